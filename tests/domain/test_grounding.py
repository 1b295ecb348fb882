from __future__ import annotations

from typing import Any

import pytest

from app.domain.grounding import Excerpt, common_words, is_grounded
from app.domain.values import Entity, Qualifier, Reading, Span
from tests.domain.claims import claim, quantity, time

STATED = (
    "Mayor Ana Brel said on Friday, 11 April 2025, that the bridge at St. Orm carried 3.5 million cars, "
    "1,200 buses and two trams of the U.S. firm Orm-Rail a year, 12% more than the police had counted."
)


def excerpt(text: str, *names: str, **facets: Any) -> Excerpt:
    """A sentence as the reader would give it; each name is "words in the text: full name"."""
    entities = []
    for name in names:
        exact, _, full = name.partition(": ")
        start = text.index(exact)
        entities.append(Entity(start, start + len(exact), exact, "PERSON", full or exact))
    reading = Reading((), (claim(text, **facets),), tuple(entities), None)
    return Excerpt(Span(0, len(text), text), reading)


def holds(said: str, *stated: str) -> bool:
    """Words against words: nothing is typed."""
    return is_grounded(excerpt(said), [excerpt(each) for each in stated], common=common_words(" ".join(stated)))


@pytest.mark.parametrize(
    "said",
    [
        "The bridge carried 3.5 million cars.",
        "The bridge carries 1200 buses and 2 trams.",
        "Some 12 percent more cars crossed, the Mayor said.",
        "Twelve per cent more than the Police counted crossed.",
        "Ana Brel spoke on Friday.",
        "On 11 April 2025 Brel spoke of St Orm's bridge.",
        "Police had counted less.",
        "A firm, Orm-Rail of the US, runs trams.",
        "There is nothing to say about it.",
    ],
)
def test_what_the_evidence_has_in_other_spelling_is_not_new(said: str) -> None:
    assert holds(said, STATED)


@pytest.mark.parametrize(
    "said",
    [
        "The bridge carried 3.5 cars.",
        "The bridge carried 3.5 billion cars.",
        "The bridge carried 200 buses.",
        "The bridge carried $1,200.",
        "The bridge carried dozens of buses.",
        "The bridge carried three trams.",
        "The tram ran for the second time.",
        "Brel spoke on Monday.",
        "Brel spoke on 12 April 2025.",
        "Brel spoke on 11 April 2024.",
        "Brel spoke yesterday.",
        "Ana Marr spoke.",
        "Brel Ana spoke.",
        "The WHO counted buses.",
        "Norvia counted buses.",
        "The A320 took buses.",
        "Orm Council counted buses.",
    ],
)
def test_a_number_date_or_name_that_is_not_there_is_new(said: str) -> None:
    assert not holds(said, STATED)


def test_the_head_of_a_sentence_is_no_name_if_the_article_has_it_in_lower_case() -> None:
    said, stated = excerpt("Residents left the town."), [excerpt("They left the town.")]
    assert not is_grounded(said, stated, common=frozenset())
    assert is_grounded(said, stated, common=common_words("The residents were told on Monday."))


def test_a_name_stays_one_where_the_article_has_its_letters_in_lower_case() -> None:
    stated = [excerpt("A brown van left the town.")]
    assert holds("Brown is the van.", "A brown van left the town.")
    assert not is_grounded(excerpt("Brown left the town.", "Brown"), stated, common=frozenset({"brown"}))


def test_a_mention_may_be_given_the_fullest_name_that_the_article_has_for_it() -> None:
    stated = excerpt("Brel left the town.", "Brel: Ana Brel")
    assert is_grounded(excerpt("Ana Brel left the town."), [stated], common=frozenset())
    assert not holds("Ana Brel left the town.", "Brel left the town.")


def test_names_and_figures_may_stand_in_different_sentences_of_the_evidence_but_not_across_them() -> None:
    assert holds("Brel counted 12 buses.", "Brel went there.", "There were 12 buses.")
    assert not holds("Ana Brel went there.", "They saw Ana", "Brel went there.")


@pytest.mark.parametrize(
    ("said", "stated", "is_there"),
    [
        (("12", 12.0, {}), ("a dozen", 12.0, {}), True),
        (("1.2 million", 1.2e6, {}), ("1,200,000", 1.2e6, {}), True),
        (("12", 12.0, {}), ("about 12", 12.0, {"qualifier": Qualifier.ABOUT}), True),
        (("12", 12.0, {}), ("at least 12", 12.0, {"qualifier": Qualifier.AT_LEAST}), False),
        (("5 dollars", 5.0, {"unit": "USD"}), ("5 euros", 5.0, {"unit": "EUR"}), False),
        (("12", 12.0, {}), ("13", 13.0, {}), False),
    ],
)
def test_a_typed_figure_is_found_in_one_of_the_same_value(said: Any, stated: Any, is_there: bool) -> None:
    sides = []
    for exact, low, facets in (said, stated):
        text = f"The bridge carried {exact} cars."
        sides.append(excerpt(text, quantities=(quantity(text, exact, low, **facets),)))
    assert is_grounded(sides[0], sides[1:], common=frozenset()) is is_there


def test_a_typed_figure_may_be_one_that_the_evidence_has_in_words_the_reader_did_not_type() -> None:
    text = "The bridge carried 12 cars."
    said = excerpt(text, quantities=(quantity(text, "12", 12.0),))
    assert is_grounded(said, [excerpt("Twelve, in all.")], common=frozenset())
    assert not is_grounded(said, [excerpt("Thirteen, in all.")], common=frozenset())


@pytest.mark.parametrize(
    ("said", "stated", "is_there"),
    [
        (("on Friday", "2025-04-11"), ("on 11 April", "2025-04-11"), True),
        (("in April", "2025-04"), ("on 11 April", "2025-04-11"), True),
        (("on 11 April", "2025-04-11"), ("in April", "2025-04"), False),
        (("on Friday", "2025-04-11"), ("on Friday", "2025-04-18"), False),
        (("on 12 April", "2025-04-12"), ("on 11 April", "2025-04-11"), False),
    ],
)
def test_a_typed_date_is_found_in_one_that_lies_in_it(said: Any, stated: Any, is_there: bool) -> None:
    sides = []
    for exact, edtf in (said, stated):
        text = f"The bridge was closed {exact}."
        sides.append(excerpt(text, times=(time(text, exact, edtf),)))
    assert is_grounded(sides[0], sides[1:], common=frozenset()) is is_there
