"""Rules: relative expressions without their words, resolved against a day; and how two dates relate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import when
from app.domain.periods import EASTER_OFFSETS, FLOATING, HOLIDAYS, MONTHS, SEASONS, WEEKDAYS, easter
from app.domain.values import Basis, Relation, TimeRef

WEDNESDAY = date(2024, 11, 6)

RULES = [
    ("2024-11-05", "2024-11-05"),
    ("-1d", "2024-11-05"),
    ("mon<", "2024-11-04"),
    ("wed<", "2024-11-06"),
    ("wed<<", "2024-10-30"),
    ("wed>>", "2024-11-13"),
    ("fri>", "2024-11-08"),
    ("w+1 fri=", "2024-11-15"),
    ("w-1 fri=", "2024-11-01"),
    ("sat> +7d", "2024-11-16"),
    ("weekend<", "2024-11-02/2024-11-03"),
    ("../weekend>", "../2024-11-09"),
    ("w+0", "2024-11-04/2024-11-10"),
    ("m-1", "2024-10"),
    ("y+1", "2025"),
    ("../y+1 end", "../2025-12-31"),
    ("D+0", "202X"),
    ("C-1", "19XX"),
    ("Q-1", "2024-07/2024-09"),
    ("aug<", "2024-08"),
    ("aug>", "2025-08"),
    ("aug</..", "2024-08/.."),
    ("dec=", "2024-12"),
    ("winter<<", "2023-24"),
    ("winter?", "2024-24"),
    ("q3<", "2024-07/2024-09"),
    ("q3< in2012", "2012-07/2012-09"),
    ("y-1 h1=", "2023-01/2023-06"),
    ("12-10<?", "2024-12-10"),  # five weeks ahead outweigh a past tense
    ("04-02<?", "2024-04-02"),
    ("05-18:sun?", "2025-05-18"),
    ("dom23<", "2024-10-23"),
    ("dom31>", "2024-12-31"),
    ("christmaseve<", "2023-12-24"),
    ("eastermonday<", "2024-04-01"),
    ("thanksgiving>", "2024-11-28"),
    ("2024-02 end", "2024-02-29"),
    ("2024 first3m", "2024-01/2024-03"),
    ("2024-08 last1w", "2024-08-25/2024-08-31"),
    ("2024-04 tue#2", "2024-04-09"),
    ("2024-04 fri#-1", "2024-04-26"),
    ("2016-11 -1y", "2015-11"),
    ("2020-02-29 -1y", "2019-02-28"),
    ("2020-24 +1y", "2021-24"),
    ("2019-05-14 -2d", "2019-05-12"),
    ("1911-11-11 T17:12 +60n", "1911-11-11T18:12"),
    ("mon< T23:50 +20n", "2024-11-05T00:10"),
    ("T04:50", "2024-11-06T04:50"),
    ("t04:50", "2024-11-06T04:50"),
    ("y-30~", "1994~"),
    ("thu< mon</thu<", "2024-10-28/2024-10-31"),
    ("spring<~", "2024-21"),  # level 1 has no approximate seasons
    ("2021-03/2020-01", "2021-03"),  # an interval that ends before it begins is its beginning
]


@pytest.mark.parametrize(("rule", "edtf"), RULES)
def test_a_rule_resolves_against_its_anchor(rule: str, edtf: str) -> None:
    assert when.resolve(rule, WEDNESDAY) == edtf


@pytest.mark.parametrize(
    "rule", ["", "soon", "tue", "xyz<", "dom0<", "dom32<", "2024-13", "T25:00", "11-05", "foo#2", "~"]
)
def test_what_is_not_a_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        when.resolve(rule, WEDNESDAY)


NAMES = [
    *WEEKDAYS, *MONTHS, *SEASONS, *HOLIDAYS, *EASTER_OFFSETS, *FLOATING, "weekend", "q1", "q4", "h1", "h2", "dom1",
    "dom31", "02-29", "11-05", "05-18:sun",
]  # fmt: skip
name_steps = st.builds(
    str.__add__, st.sampled_from(NAMES), st.sampled_from(["<", "<<", ">", ">>", "=", "?", "<?", ">?"])
)
shift_steps = st.builds("{:+d}{}".format, st.integers(-99_999, 99_999), st.sampled_from("ndwmy"))
unit_steps = st.builds("{}{:+d}".format, st.sampled_from("wmyDCQ"), st.integers(-9_999, 9_999))
other_steps = st.sampled_from(["end", "start", "first3m", "last2w", "first10d", "in2012", "T00:00", "T23:59", "tue#5"])
literal_steps = st.sampled_from(["2024-11-05", "2024-02", "0001", "9999", "9999-12-31", "198X", "19XX", "2020-24"])
points = st.lists(st.one_of(name_steps, shift_steps, unit_steps, other_steps, literal_steps), min_size=1, max_size=4)
rules = st.one_of(
    points.map(" ".join),
    points.map(lambda p: " ".join(p) + "~"),
    points.map(lambda p: "../" + " ".join(p)),
    points.map(lambda p: " ".join(p) + "/.."),
    st.builds("{}/{}".format, points.map(" ".join), points.map(" ".join)),
)


@settings(deadline=None)
@given(rules, st.dates())
def test_every_rule_has_a_value_for_every_anchor(rule: str, anchor: date) -> None:
    edtf = when.resolve(rule, anchor)
    earliest, latest = when.bounds(edtf)
    assert earliest is None or latest is None or earliest <= latest
    assert when.precision(edtf)
    assert when.label(edtf)


@settings(deadline=None)
@given(rules, st.dates(), st.dates())
def test_an_absolute_rule_does_not_look_at_its_anchor(rule: str, a: date, b: date) -> None:
    if when.is_absolute(rule):
        assert when.resolve(rule, a) == when.resolve(rule, b)


@settings(deadline=None)
@given(st.sampled_from(["<", "<<", ">", ">>"]), st.sampled_from(WEEKDAYS), st.dates(date(1000, 1, 1), date(3000, 1, 1)))
def test_a_weekday_lies_on_its_side_within_a_week(direction: str, name: str, anchor: date) -> None:
    day = date.fromisoformat(when.resolve(name + direction, anchor))
    distance = (day - anchor).days * (1 if direction.startswith(">") else -1)
    assert WEEKDAYS[day.weekday()] == name
    assert (1 if len(direction) == 2 else 0) <= distance <= 7


@pytest.mark.parametrize(
    ("year", "month", "day"), [(1961, 4, 2), (2000, 4, 23), (2018, 4, 1), (2024, 3, 31), (2038, 4, 25)]
)
def test_easter_is_where_the_almanac_has_it(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


# --- comparing ----------------------------------------------------------------------------------------------------


def ref(edtf: str | None, *, rule: str | None = None) -> TimeRef:
    earliest, latest = when.bounds(edtf) if edtf else (None, None)
    return TimeRef(0, 1, "x", edtf, earliest, latest, Basis.EXPLICIT, rule)


COMPARISONS = [
    ("2025-03-04", "2025-03-04", Relation.AGREE),
    ("1995", "1995~", Relation.AGREE),
    ("2025-03-04", "2025-03", Relation.COMPATIBLE),
    ("2025-03-04", "2025-03-04T02:40", Relation.COMPATIBLE),
    ("2025-03-01/2025-03-05", "2025-03-04/2025-03-09", Relation.COMPATIBLE),
    ("2024-08/..", "2025-03-04", Relation.COMPATIBLE),
    ("2025-03-04", None, Relation.COMPATIBLE),
    ("2025-03-04", "2025-03-05", Relation.CONTRADICTION),
    ("2025-03-04T02:40", "2025-03-04T03:10", Relation.CONTRADICTION),
    ("2025-03", "2025-04", Relation.CONTRADICTION),
    ("1995~", "1997", Relation.DISCREPANCY),
    ("../2025-03-04", "2025-03-09", Relation.DISCREPANCY),
    ("2024-08/..", "2024-07", Relation.DISCREPANCY),
]


@pytest.mark.parametrize(("a", "b", "relation"), COMPARISONS)
def test_two_dates_relate(a: str | None, b: str | None, relation: Relation) -> None:
    assert when.compare(ref(a), ref(b)) == relation
    assert when.compare(ref(b), ref(a)) == relation


def test_the_same_clock_on_a_presumed_day_is_no_conflict() -> None:
    presumed = ref("2025-04-10T04:50", rule="t04:50")
    assert when.is_day_presumed(presumed)
    assert when.compare(presumed, ref("2025-04-09T04:50")) == Relation.COMPATIBLE
    assert when.compare(presumed, ref("2025-04-09T05:30")) == Relation.DISCREPANCY


def test_an_approximate_clock_leaves_room() -> None:
    assert when.compare(ref("2025-04-09T20:00", rule="T20:00~"), ref("2025-04-09T20:20")) == Relation.DISCREPANCY


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [("2025-04-09T04:50", "04:50"), ("2025-04-09T05:00", None), ("2025-04-09T17:45", None), ("2025-04-09", None)],
)
def test_a_minute_is_named_by_no_chance_unless_it_is_a_round_one(edtf: str, expected: str | None) -> None:
    assert when.clock(ref(edtf)) == expected


# --- the story's date ---------------------------------------------------------------------------------------------


def test_a_reference_without_anchor_is_resolved_against_the_story_by_its_rule_alone() -> None:
    tuesday = TimeRef(3, 13, "on Tuesday", None, None, None, Basis.EXPLICIT, "tue<", when.NO_ANCHOR)
    resolved = when.resolve_against_story(tuesday, WEDNESDAY)
    assert (resolved.edtf, resolved.earliest, resolved.latest) == ("2024-11-05", date(2024, 11, 5), date(2024, 11, 5))
    assert resolved.basis == Basis.RELATIVE_TO_STORY
    assert resolved.unresolved is None


@pytest.mark.parametrize("reason", [when.VAGUE, when.EVENT_ANCHORED])
def test_what_no_anchor_can_help_stays_unresolved(reason: str) -> None:
    later = TimeRef(0, 14, "two days later", None, None, None, Basis.EXPLICIT, None, reason)
    assert when.resolve_against_story(later, WEDNESDAY) == later


def test_a_resolved_reference_keeps_its_own_date() -> None:
    own = ref("2024-08", rule="aug<")
    assert when.resolve_against_story(own, WEDNESDAY) == own


def test_one_bare_weekday_a_week_apart_is_no_conflict() -> None:
    early, late = (
        TimeRef(0, 11, "on Saturday", edtf, *when.bounds(edtf), Basis.RELATIVE_TO_PUBLICATION)
        for edtf in ("2025-07-26", "2025-08-02")
    )
    assert when.compare(early, late) == Relation.COMPATIBLE
    dated = replace(late, exact="on Saturday 2 August", basis=Basis.EXPLICIT)
    assert when.compare(early, dated) == Relation.CONTRADICTION
