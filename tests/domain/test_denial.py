from __future__ import annotations

import pytest

from app.domain import denial
from app.domain.values import Entity
from tests.domain.claims import claim, frame


@pytest.mark.parametrize(
    ("text", "lemmas", "expected"),
    [
        ("A judge found grave election fraud in Arn.", "judge find grave election fraud arn", True),
        ("There was no election fraud, a judge found.", "election fraud judge find", False),
        ("A judge found election rules in Arn.", "judge find election rule arn", False),
        ("There is no sign of election fraud.", "sign election fraud", False),
    ],
)
def test_no_evidence_of_a_thing_is_told_against_who_reports_the_very_thing(
    text: str, lemmas: str, expected: bool
) -> None:
    none = claim(
        "The board has no evidence of any election fraud.", frame=frame(lemmas="board evidence election fraud")
    )
    other = claim(text, frame=frame(lemmas=lemmas, is_negated="no election" in text))
    assert denial.knows_of_none(none, other) is expected
    assert not denial.knows_of_none(other, none)


def test_a_clause_may_say_what_the_noun_phrase_says() -> None:
    none = claim("There is no word of crew losses.", frame=frame(lemmas="word crew loss"))
    for text, lemmas, expected in (
        ("The crew suffered heavy losses.", "crew suffer heavy loss", True),
        ("The crew feared losses.", "crew fear loss", False),
    ):
        assert denial.knows_of_none(none, claim(text, frame=frame(lemmas=lemmas))) is expected


def test_no_information_on_somebody_is_no_denial_of_what_he_did() -> None:
    start = len("The board has no information about ")
    none = claim(
        "The board has no information about Tom Hask.",
        frame=frame(lemmas="board information tom hask"),
        entities=(Entity(start, start + 8, "Tom Hask", "PERSON", "Tom Hask"),),
    )
    assert not denial.knows_of_none(none, claim("Tom Hask fled.", frame=frame(lemmas="tom hask flee")))
