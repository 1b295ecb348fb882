"""Arithmetic over quantities: intervals, comparisons, labels and synonyms."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.quantity import (
    canonical_counted,
    canonical_question,
    compare,
    interval,
    is_comparable,
    is_one_figure,
    is_precise,
    label,
    tolerance,
)
from app.domain.values import BaseMeasure, Qualifier, Quantity, Relation

METRES = {"km": 1000.0, "mi": 1609.344, "m": 1.0}


def quantity(value: float, qualifier: str = "exact", unit: str | None = None, exact: str = "12") -> Quantity:
    """A quantity with one stated value; the qualifier opens its ends. Lengths get their SI measure."""
    low = None if qualifier in ("up_to", "less_than") else value
    high = None if qualifier in ("at_least", "more_than") else value
    return _with_base(Quantity(0, len(exact), exact, low, high, Qualifier(qualifier), unit))


def between(low: float, high: float, unit: str | None = None) -> Quantity:
    return _with_base(Quantity(0, 2, "12", low, high, Qualifier.BETWEEN, unit))


def _with_base(stated: Quantity) -> Quantity:
    if stated.unit not in METRES:
        return stated
    low, high = (None if end is None else end * METRES[stated.unit] for end in (stated.low, stated.high))
    return replace(stated, base=BaseMeasure(low, high, "m"))


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (quantity(40), (40, 40)),
        (quantity(40, "about"), (40, 40)),
        (quantity(40, "up_to"), (-math.inf, 40)),
        (quantity(40, "less_than"), (-math.inf, 40)),
        (quantity(40, "at_least"), (40, math.inf)),
        (quantity(40, "more_than"), (40, math.inf)),
        (between(10, 12), (10, 12)),
        (quantity(2, unit="km"), (2000, 2000)),
    ],
)
def test_the_qualifier_opens_the_interval(stated: Quantity, expected: tuple[float, float]) -> None:
    assert interval(stated) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (quantity(11_000), quantity(11_000), "agree"),
        (quantity(11_000, "about"), quantity(11_000), "agree"),
        (quantity(1, unit="km"), quantity(1000, unit="m"), "agree"),
        (quantity(1_987), quantity(2_000, "about"), "compatible"),
        (quantity(1_987), quantity(2_000), "compatible"),
        (quantity(47), quantity(50, "about"), "compatible"),
        (quantity(9, unit="mi"), quantity(14.5, unit="km"), "compatible"),
        (quantity(44.7, unit="%"), quantity(45, unit="%"), "compatible"),
        (quantity(33.333, unit="%", exact="a third"), quantity(35, unit="%"), "compatible"),
        (quantity(45), quantity(40, "at_least"), "compatible"),
        (quantity(14), quantity(10, "more_than"), "compatible"),
        (quantity(8), quantity(10, "less_than"), "compatible"),
        (quantity(40), quantity(24, "at_least", exact="dozens"), "compatible"),
        (quantity(100), quantity(24, "at_least", exact="dozens"), "compatible"),
        (quantity(11), between(10, 12), "compatible"),
        (between(10, 20), between(12, 15), "compatible"),
        (quantity(40, "at_least"), quantity(60, "at_least"), "compatible"),
        (quantity(12_000, "up_to"), quantity(10_000, "at_least"), "compatible"),
        (quantity(12_000, "up_to"), quantity(12_000), "compatible"),
        (quantity(10_000, "about"), quantity(11_000, "about"), "discrepancy"),
        (quantity(11_000, "about"), quantity(12_000, "up_to"), "discrepancy"),
        (quantity(10_000, "up_to"), quantity(12_000, "up_to"), "discrepancy"),
        (between(380, 420), between(400, 450), "discrepancy"),
        (quantity(40, "at_least"), quantity(400), "discrepancy"),
        (quantity(24, "at_least", exact="dozens"), quantity(400), "discrepancy"),
        (quantity(12), quantity(17), "contradiction"),
        (quantity(150), quantity(155), "contradiction"),
        (quantity(10_000, "about"), quantity(20_000), "contradiction"),
        (quantity(35), quantity(40, "at_least"), "contradiction"),
        (quantity(15_000), quantity(12_000, "up_to"), "contradiction"),
        (quantity(9, unit="mi"), quantity(20, unit="km"), "contradiction"),
        (quantity(38, unit="%"), quantity(44, unit="%"), "contradiction"),
        (between(10, 12), between(15, 18), "contradiction"),
    ],
)
def test_two_answers_relate_as_an_editor_would_say(a: Quantity, b: Quantity, expected: str) -> None:
    assert compare(a, b) is compare(b, a) is Relation(expected)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (quantity(1), quantity(2), True),
        (quantity(1, unit="USD"), quantity(2, unit="USD"), True),
        (quantity(1, unit="USD"), quantity(2, unit="EUR"), False),
        (quantity(1, unit="mi"), quantity(2, unit="km"), True),
        (quantity(1, unit="mi"), quantity(2), False),
        (quantity(1, unit="%"), quantity(2, unit="pp"), False),
        (quantity(6e6, unit="EUR"), quantity(7e6), True),
        (quantity(6e6, unit="EUR"), quantity(7e5), False),
        (quantity(6e6, unit="EUR"), replace(quantity(7e6), counted="voter"), False),
        (quantity(6e6, unit="t"), quantity(7e6), False),
    ],
)
def test_only_one_dimension_is_compared(a: Quantity, b: Quantity, expected: bool) -> None:
    assert is_comparable(a, b) is is_comparable(b, a) is expected
    if not expected:
        with pytest.raises(ValueError, match="cannot compare"):
            compare(a, b)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (quantity(118_000), True),
        (quantity(11_000, "about"), True),
        (quantity(640), True),
        (quantity(6.8e9, unit="EUR"), True),
        (quantity(44.7, unit="%"), True),
        (quantity(3_000), False),
        (quantity(24), False),
        (quantity(45, unit="%"), False),
    ],
)
def test_a_figure_of_two_digits_is_precise_unless_it_is_a_small_count(stated: Quantity, expected: bool) -> None:
    assert is_precise(stated) is expected


qualifiers = st.sampled_from([q.value for q in Qualifier if q is not Qualifier.BETWEEN])
values = st.floats(0.01, 1e9).map(lambda value: float(f"{value:.3g}"))
points = st.builds(quantity, values, qualifiers, st.none())
ranges = st.builds(lambda low, width: between(low, low + width), values, values)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (quantity(47.8e6, unit="EUR"), quantity(48e6, unit="EUR"), True),
        (quantity(61.4, unit="%"), quantity(60, "more_than", unit="%"), True),
        (quantity(74, unit="%"), quantity(60, "more_than", unit="%"), False),
        (quantity(412), quantity(400, "at_least"), True),
        (quantity(9), quantity(12, "less_than"), False),
        (quantity(11), between(10, 12), False),
        (quantity(12), quantity(17), False),
        (quantity(1.02, unit="km"), quantity(1000, "more_than", unit="m"), True),
    ],
)
def test_a_figure_and_its_rounding_are_one(a: Quantity, b: Quantity, expected: bool) -> None:
    assert is_one_figure(a, b) is is_one_figure(b, a) is expected


@given(points | ranges, points | ranges)
def test_comparison_is_symmetric(a: Quantity, b: Quantity) -> None:
    assert compare(a, b) is compare(b, a)


@given(points | ranges)
def test_a_quantity_agrees_with_itself(stated: Quantity) -> None:
    assert compare(stated, stated) is Relation.AGREE


@given(values, qualifiers, st.sampled_from(sorted(METRES)), st.sampled_from(sorted(METRES)))
def test_the_same_length_in_another_unit_agrees(value: float, qualifier: str, unit: str, other: str) -> None:
    stated = quantity(value, qualifier, unit)
    assert compare(stated, quantity(value * METRES[unit] / METRES[other], qualifier, other)) is Relation.AGREE


@given(values, values, st.sampled_from(["about", "up_to", "at_least"]))
def test_comparing_hedged_lengths_does_not_depend_on_the_unit(first: float, second: float, qualifier: str) -> None:
    assume(abs(first - second) > 0.12 * max(first, second))  # clear of the rounding of either unit
    in_metres = compare(quantity(first, qualifier, "m"), quantity(second, qualifier, "m"))
    in_miles = compare(quantity(first, qualifier, "mi"), quantity(second, qualifier, "mi"))
    assert in_metres is in_miles


@given(points)
def test_a_tolerance_is_never_negative_and_smaller_than_the_value(stated: Quantity) -> None:
    assert 0 <= tolerance(stated) <= 0.5 * max(stated.low or 0, stated.high or 0)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (quantity(11_000, "about"), "about 11,000"),
        (quantity(12_000, "up_to"), "up to 12,000"),
        (quantity(40, "at_least"), "at least 40"),
        (quantity(40, "more_than"), "more than 40"),
        (quantity(40, "less_than"), "fewer than 40"),
        (quantity(40, "less_than", "km"), "less than 40 km"),
        (quantity(24, "at_least", exact="Dozens"), "dozens"),
        (quantity(3_200_000, unit="USD"), "$3.2 million"),
        (quantity(310, "about", "PLN"), "about 310 PLN"),
        (quantity(1_234_567), "1,234,567"),
        (quantity(14.5, unit="km"), "14.5 km"),
        (quantity(1, unit="yr"), "1 year"),
        (quantity(3, unit="pp"), "3 percentage points"),
        (quantity(61.7, unit="%"), "61.7%"),
        (quantity(-31, unit="°C"), "-31 °C"),
        (between(10, 12, "wk"), "10 to 12 weeks"),
        (between(750_000, 1_000_000, "USD"), "$750,000 to $1 million"),
    ],
)
def test_labels_are_plain_english(stated: Quantity, expected: str) -> None:
    assert label(stated) == expected


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        ("north korean troop", "north korean soldier"),
        ("north korean serviceman", "north korean soldier"),
        ("people", "person"),
        ("death toll", "killed"),
        ("died", "killed"),
        ("wounded", "injured"),
        ("lorry", "truck"),
        ("goat", "goat"),
        ("", ""),
    ],
)
def test_synonyms_share_one_term(counted: str, expected: str) -> None:
    assert canonical_counted(counted) == expected


def test_the_dead_and_the_people_killed_are_one_question() -> None:
    dead = replace(quantity(23), counted="dead")
    killed = replace(quantity(23), counted="people", role="killed")
    toll = replace(quantity(23), counted="death toll", role="killed")
    assert canonical_question(dead) == canonical_question(killed) == canonical_question(toll) == ("person", "killed")
    assert canonical_question(quantity(23)) == (None, None)
