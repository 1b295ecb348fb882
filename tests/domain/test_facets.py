from __future__ import annotations

import pytest

from app.domain import facets
from app.domain.values import BaseMeasure, Claim, ClaimKind, Entity, Factuality, Known, Quantity
from tests.domain.claims import claim, frame, known, quantity, time

TEXT = "The ministry counted 40 injured miners and 12 rescued guards by noon."


@pytest.mark.parametrize(
    ("a", "b", "agree"),
    [
        (Factuality.ASSERTED, Factuality.DENIED, True),
        (Factuality.ASSERTED, Factuality.UNCONFIRMED, True),
        (Factuality.PLANNED, Factuality.POSSIBLE, True),
        (Factuality.PLANNED, Factuality.ASSERTED, False),
        (Factuality.POSSIBLE, Factuality.ASSERTED, False),
    ],
)
def test_what_is_planned_is_never_compared_with_what_has_happened(a: Factuality, b: Factuality, agree: bool) -> None:
    assert (facets.factuality(claim(TEXT, factuality=a), claim(TEXT, factuality=b)) > 0) is agree


def test_an_opinion_has_no_truth_to_contradict() -> None:
    assert facets.factuality(claim(TEXT, kind=ClaimKind.ASSESSMENT), claim(TEXT)) == 0


@pytest.mark.parametrize(
    ("a", "b", "agree"),
    [
        ("soldier", "troop", True),
        ("norvian troop", "norvian soldier", True),
        ("norvian troop", "troop", True),
        ("norvian troop", "estian troop", False),
        ("miner", "guard", False),
    ],
)
def test_counted_things_are_compared_by_head_and_by_modifier(a: str, b: str, agree: bool) -> None:
    x, y = quantity(TEXT, "40", 40, counted=a), quantity(TEXT, "12", 12, counted=b)
    assert (facets.counted(x, y) > 0) is agree


def test_points_of_what_is_not_said() -> None:
    x, y = quantity(TEXT, "40", 40, counted="point"), quantity(TEXT, "12", 12, counted="point")
    assert facets.counted(x, y) == facets.SILENT


def test_injured_and_killed_are_different_questions() -> None:
    x, y = quantity(TEXT, "40", 40, role="injured"), quantity(TEXT, "12", 12, role="killed")
    assert facets.role(x, y) == 0
    assert facets.role(x, quantity(TEXT, "12", 12)) == facets.SILENT


@pytest.mark.parametrize(
    ("text", "exact", "is_part"),
    [
        ("Eleven of the dead lived in the lower town.", "Eleven", True),
        ("The brigade lost 80 men, including 12 officers.", "12", True),
        ("Some 300 guests were on board.", "300", False),
        ("A crowd of 300 filled the square.", "300", False),
    ],
)
def test_a_part_is_told_from_its_whole(text: str, exact: str, is_part: bool) -> None:
    assert facets.is_part(quantity(text, exact, 1), claim(text)) is is_part


def test_last_years_figure_is_not_this_years() -> None:
    past = "In 2021 the turnout was 54 percent."
    a = known(claim(past, times=(time(past, "2021", "2021"),)), "a")
    assert facets.time(a, known(claim("Turnout was 61 percent."), "b")) == 0
    assert (
        facets.time(known(claim("Turnout was 60 percent."), "c"), known(claim("Turnout was 61 percent."), "b"))
        == facets.SILENT
    )


def test_a_figure_of_several_years_may_be_what_the_story_is_about() -> None:
    text = "The fund lost 40 million between 2018 and 2022."
    lost = known(claim(text, times=(time(text, "between 2018 and 2022", "2018/2022"),)), "a")
    assert facets.time(lost, known(claim("Some 60 million has vanished."), "b")) > 0


def test_named_subjects_that_share_no_word_are_two_things() -> None:
    def about(subject: str, name: str) -> Claim:
        return claim(TEXT, entities=(Entity(0, 3, name, "ORG", name),), frame=frame(subject=subject))

    assert facets.names(about("brel index", "Brel"), about("orun index", "Orun")) == 0
    assert facets.names(about("norvian troop", "Norvian"), about("more norvian soldier", "Norvian")) == 1
    assert facets.names(about("norvian troop", "Norvian"), claim(TEXT, frame=frame(subject="troop"))) == facets.SILENT


def test_a_move_is_of_its_day() -> None:
    def move(text: str, exact: str, day: int) -> tuple[Known, Quantity]:
        figure = quantity(text, exact, 2.0, unit="%", counted="index")
        return known(claim(text, quantities=(figure,), frame=frame("fall", "index fall")), f"a{day}", day=day), figure

    (a, x), (b, y) = (
        move("The index fell 2 percent.", "2 percent", 3),
        move("The index fell 3 percent.", "3 percent", 4),
    )
    assert facets.day(a, b, x, y) == 0
    (c, z) = move("The index fell by 3 percent.", "3 percent", 3)
    assert facets.day(a, c, x, z) == 1


def test_figures_given_for_two_days_are_two_questions() -> None:
    def on(text: str, exact: str, edtf: str) -> Known:
        return known(claim(text, times=(time(text, exact, edtf),)), text)

    a, b = on("On 3 March 40 guests came.", "3 March", "2025-03-03"), on("On 9 March 20 came.", "9 March", "2025-03-09")
    figure = quantity(TEXT, "40", 40, counted="guest")
    assert facets.day(a, b, figure, figure) == 0
    assert facets.day(a, a, figure, figure) == 1


def test_lemma_overlap_is_a_share_of_the_shorter_claim() -> None:
    a, b = claim(TEXT, frame=frame(lemmas="gate jam night")), claim(TEXT, frame=frame(lemmas="gate jam"))
    assert facets.lemma_overlap(a, b) == 1
    assert facets.lemma_overlap(a, claim(TEXT)) == 0


@pytest.mark.parametrize(
    ("text", "number", "is_part"),
    [
        ("Only 52 percent voted in the capital itself.", "52", True),
        ("The port alone lost 40 cranes.", "40", True),
        ("Some 300 are still in the hall.", "300", True),
        ("Turnout was 61 percent.", "61", False),
    ],
)
def test_a_place_alone_is_a_part(text: str, number: str, is_part: bool) -> None:
    made = quantity(text, number, float(number))
    assert facets.is_part(made, claim(text, quantities=(made,))) is is_part


def test_what_a_part_is_taken_of_is_a_total() -> None:
    text = "The jury convicted her on nine of eleven charges."
    nine, eleven = quantity(text, "nine", 9), quantity(text, "eleven", 11)
    made = claim(text, quantities=(nine, eleven))
    assert (facets.is_total(nine, made), facets.is_total(eleven, made)) == (False, True)


def test_a_count_that_goes_on_is_provisional() -> None:
    text = "The number of packs returned so far stands at 970."
    made = quantity(text, "970", 970)
    assert facets.is_provisional(made, claim(text, quantities=(made,)))


def test_distances_from_two_places_are_two_questions() -> None:
    def distance(text: str, number: str, name: str) -> tuple[Claim, Quantity]:
        made = quantity(text, number, 2, unit="mi", base=BaseMeasure(3218.7, 3218.7, "m"))
        at = text.index(name)
        entity = Entity(at, at + len(name), name, "GPE", name)
        return claim(text, quantities=(made,), entities=(entity,)), made

    cape, x = distance("The wreck lies two miles to the east of Gull Cape.", "two miles", "Gull Cape")
    port, y = distance("It sank two miles from Port Anse.", "two miles", "Port Anse")
    assert facets.anchor(cape, port, x, y) == 0
    assert facets.anchor(cape, cape, x, x) == 1
