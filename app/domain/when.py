"""When: the rules by which expressions of time become EDTF (ISO 8601-2) dates, and how two dates relate.

A *rule* is the normal form of a time expression: what it says, free of the words it says it in, so that "on Tuesday"
in an undated article can be resolved later against the story's date. Grammar, with ``anchor`` a day:

    rule   = point | point "/" point | "../" point | point "/.."
    point  = step *(" " step) ["~"]          steps apply from left to right, starting from the anchor; ~ approximate
    step   = EDTF                            2024-11-05, 2024-11, 2024, 2024-21, 198X, 19XX: replaces the point
           | name direction                  "tue<", "aug>>", "winter=", "q3<", "weekend>", "christmas<", "11-05?",
                                             "05-18:sun?" (with its weekday), "dom23<" (the 23rd)
           | sign n unit                     "-1d", "+2w", "+90n" (minutes): shift, keeping the grain of the point
           | unit sign n                     "w-1", "m+1", "y+0", "D-2", "C+0": the week, month ... century n away
           | "end" | "start"                 last or first day of the point
           | "first" n "m" | "last" n "m"    its first or last n months (or "d" days, "w" weeks)
           | name "#" n                      the n-th such weekday of the point's month; -1 the last: "tue#2"
           | "in" year                       the same days, month or quarter of another year: "in2012"
           | "T" hh ":" mm                   clock time on the day of the point; "t" when the day is only presumed

    direction: "<" at or before, "<<" wholly before, ">" at or after, ">>" wholly after, "=" in the same week (weekday),
    month (day of a month) or year (others), "?" nearest, "<?" and ">?" before or after unless the nearest lies within
    a month and a half on the other side (a planned day told in the past tense, a past one in the present).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from functools import lru_cache

from app.domain import edtf as values
from app.domain import periods
from app.domain.edtf import Point, bounds, is_simple, label, precision, read_point
from app.domain.periods import WEEKDAYS, Period
from app.domain.values import Basis, Relation, TimeRef

NO_ANCHOR = "no_anchor"
VAGUE = "vague"
EVENT_ANCHORED = "event_anchored"

_NEAR = 45  # days within which closeness outweighs the tense of a verb


@dataclass(frozen=True, slots=True)
class Anchors:
    """What relative expressions may be resolved against: the article's own date, and the time last spoken of (a day, or
    EDTF for what is known less exactly: "2022-06")."""

    published: date | None
    previous: date | str | None = None


@lru_cache(maxsize=4096)
def resolve(rule: str, anchor: date) -> str:
    """The EDTF of a rule seen from ``anchor``. Total over the grammar; ValueError for what is not in it."""
    if rule.startswith("../"):
        return "../" + _start_of(_point(rule[3:], anchor))
    if rule.endswith("/.."):
        return _start_of(_point(rule[:-3], anchor)) + "/.."
    if "/" not in rule:
        return _point(rule, anchor)
    first, second = (_point(side, anchor) for side in rule.split("/", 1))
    start, end = first.split("/")[0], second.split("/")[-1]
    low, high = bounds(start)[0], bounds(end)[1]
    return f"{start}/{end}" if low and high and low <= high else start


def is_absolute(rule: str) -> bool:
    """Whether the rule says the same whatever the anchor: each side of it starts with a date."""
    sides = [side for side in rule.split("/") if side != ".."]
    return all(is_simple(side.removesuffix("~").split(" ")[0]) for side in sides)


def resolve_against_story(ref: TimeRef, anchor: date) -> TimeRef:
    """The same reference resolved against the story's date, when all it lacked was an anchor; else unchanged."""
    if ref.edtf is not None or ref.rule is None or ref.unresolved != NO_ANCHOR:
        return ref
    edtf = resolve(ref.rule, anchor)
    earliest, latest = bounds(edtf)
    return replace(ref, edtf=edtf, earliest=earliest, latest=latest, basis=Basis.RELATIVE_TO_STORY, unresolved=None)


def compare(a: TimeRef, b: TimeRef) -> Relation:
    """How two answers to "when?" relate: agree when equal, compatible when the intervals meet or one is unknown,
    contradiction when they are disjoint; discrepancy when they are disjoint and one is approximate, open, or a clock
    time whose day is only presumed (compatible, then, when the clocks agree)."""
    if a.edtf is None or b.edtf is None:
        return Relation.COMPATIBLE
    if a.edtf.rstrip("~") == b.edtf.rstrip("~"):
        return Relation.AGREE
    (a_start, a_end), (b_start, b_end) = values.instants(a.edtf), values.instants(b.edtf)
    is_presumed = is_day_presumed(a) or is_day_presumed(b)
    if (a_start <= b_end and b_start <= a_end) or (is_presumed and a.edtf[10:] == b.edtf[10:]):
        return Relation.COMPATIBLE
    if _is_one_weekday(a, b):
        return Relation.COMPATIBLE
    is_loose = is_presumed or any("~" in f"{ref.edtf}{ref.rule}" or ".." in (ref.edtf or "") for ref in (a, b))
    return Relation.DISCREPANCY if is_loose else Relation.CONTRADICTION


_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE)


def _is_one_weekday(a: TimeRef, b: TimeRef) -> bool:
    """The same bare weekday, a week apart by what it was resolved against: which week is meant was not said."""
    names = [_WEEKDAY.findall(ref.exact.lower()) for ref in (a, b)]
    is_bare = all(ref.basis != Basis.EXPLICIT and not any(map(str.isdigit, ref.exact)) for ref in (a, b))
    is_week = bool(a.earliest and b.earliest and abs((a.earliest - b.earliest).days) == 7)
    return is_bare and is_week and len(names[0]) == 1 and names[0] == names[1]


def is_day_presumed(ref: TimeRef) -> bool:
    """A clock time whose text does not say on which day: "at 4:50 p.m." alone in its sentence."""
    return ref.rule is not None and bool(re.search(r"(?:^| )t\d\d:", ref.rule))


def clock(ref: TimeRef) -> str | None:
    """ "18:22", where a reference names a minute that two texts hardly name by chance: no quarter of an hour."""
    if ref.edtf is None or values.precision(ref.edtf) != "minute" or ref.edtf.endswith("~"):
        return None
    return None if int(ref.edtf[14:16]) % 15 == 0 else ref.edtf[11:16]


# --- points -------------------------------------------------------------------------------------------------------


def _start_of(edtf: str) -> str:
    return edtf.replace("~", "").split("/")[0]


def _point(text: str, anchor: date) -> str:
    point = Point(periods.day_period(anchor))
    steps = text.removesuffix("~").split()
    if not steps:
        raise ValueError("an empty rule")
    for step in steps:
        point = read_point(step) if is_simple(step) else _apply(step, point)
    # level 1 qualifies days, months and years, no instants and seasons; nor do we qualify intervals
    is_about = text.endswith("~") and precision(point.edtf) in ("day", "month", "year")
    return f"{point.edtf}~" if is_about else point.edtf


def _apply(step: str, point: Point) -> Point:
    for pattern, move in _MOVES:
        found = pattern.fullmatch(step)
        if found:
            return move(found.groupdict(), point)
    raise ValueError(f"not a step of a time rule: {step!r}")


def _shift(step: Mapping[str, str], point: Point) -> Point:
    """Move by n units and keep the grain: a year from November 2016 is November 2017."""
    n, unit, period = int(step["n"]), step["unit"], point.period
    if unit == "n":
        midnight = datetime(2000, 1, 1)  # noqa: DTZ001 - only the difference counts
        moved = datetime.combine(midnight, point.clock or time()) + timedelta(minutes=n)
        return Point(periods.day_period(periods.plus_days(period.start, (moved - midnight).days)), moved.time())
    if unit in "dw":
        days = n * 7 if unit == "w" else n
        start, end = periods.plus_days(period.start, days), periods.plus_days(period.end, days)
        return Point(periods.day_period(start) if start == end else periods.span_period(start, end))
    year, month = _month_away(period.start, n * 12 if unit == "y" else n)
    grain = precision(period.edtf)
    if grain == "month":
        return Point(periods.month_period(year, month))
    if grain == "day":
        return Point(periods.day_period(date(year, month, min(period.start.day, periods.month_length(year, month)))))
    return Point(_in_year(period, year))


def _month_away(day: date, n: int) -> tuple[int, int]:
    """Year and month ``n`` months from a day's, held within the calendar."""
    months = min(max(day.year * 12 + day.month - 1 + n, MINYEAR * 12), MAXYEAR * 12 + 11)
    return months // 12, months % 12 + 1


def _away(step: Mapping[str, str], point: Point) -> Point:
    """The whole week, month, year, decade, century or quarter n away from the one the point starts in."""
    n, day = int(step["n"]), point.period.start
    year, month = _month_away(day, n * {"m": 1, "Q": 3, "y": 12, "D": 120, "C": 1200}.get(step["unit"], 0))
    make: dict[str, Callable[[], Period]] = {
        "w": lambda: periods.week_period(periods.plus_days(day, 7 * n)),
        "m": lambda: periods.month_period(year, month),
        "Q": lambda: periods.months_period(year, (month - 1) // 3 * 3 + 1, 3),
        "y": lambda: periods.year_period(year),
        "D": lambda: periods.decade_period(year),
        "C": lambda: periods.century_period(year),
    }
    return Point(make[step["unit"]]())


def _edge(step: Mapping[str, str], point: Point) -> Point:
    return Point(periods.day_period(point.period.start if step["edge"] == "start" else point.period.end))


def _side(step: Mapping[str, str], point: Point) -> Point:
    """The first or last n days, weeks or months of a period."""
    n, unit, period, is_first = int(step["n"]), step["unit"], point.period, step["side"] == "first"
    if unit == "m":
        start = period.start if is_first else date(*_month_away(period.end, 1 - n), 1)
        last = periods.month_period(*_month_away(start, n - 1))
        return Point(Period(start, last.end, f"{start.isoformat()[:7]}/{last.edtf}"))
    days = n * 7 - 1 if unit == "w" else n - 1
    first, last_day = period.start, period.end
    start, end = (first, periods.plus_days(first, days)) if is_first else (periods.plus_days(last_day, -days), last_day)
    return Point(periods.span_period(start, end))


def _nth(step: Mapping[str, str], point: Point) -> Point:
    return Point(periods.day_period(periods.nth_weekday(point.period.start, _weekday(step["name"]), int(step["n"]))))


def _weekday(name: str) -> int:
    if name not in WEEKDAYS:
        raise ValueError(f"no such weekday: {name!r}")
    return WEEKDAYS.index(name)


def _other_year(step: Mapping[str, str], point: Point) -> Point:
    return Point(_in_year(point.period, int(step["year"])))


def _in_year(period: Period, year: int) -> Period:
    """The same days, month, season or quarter in another year; a decade or a century moves with its year."""
    year = min(max(year, MINYEAR), MAXYEAR)
    if "X" in period.edtf:
        return periods.decade_period(year) if period.edtf.count("X") == 1 else periods.century_period(year)
    sides = [side[4:].replace("-02-29", "-02-28") for side in period.edtf.split("/")]
    ends = [read_point(f"{year:04d}{side}").period for side in sides]
    last = ends[-1]
    if last.end < ends[0].start:  # over the turn of the year
        last = read_point(f"{min(year + 1, MAXYEAR):04d}{sides[-1]}").period
    return (
        ends[0]
        if len(ends) == 1
        else Period(ends[0].start, max(ends[0].start, last.end), f"{ends[0].edtf}/{last.edtf}")
    )


def _clock(step: Mapping[str, str], point: Point) -> Point:
    return Point(periods.day_period(point.period.start), time(int(step["hour"]), int(step["minute"])))


def _named(step: Mapping[str, str], point: Point) -> Point:
    """The occurrence of a name that the direction picks out."""
    name, direction, near = step["name"], step["direction"], point.period
    found = list(periods.occurrences(name, near.start))
    before = [p for p in found if (p.end < near.start if direction == "<<" else p.start <= near.end)]
    after = [p for p in found if (p.start > near.end if direction == ">>" else p.end >= near.start)]
    nearest = min(found, key=lambda p: (_gap(p, near), p.start))
    if direction == "=":
        return Point(next((p for p in found if _container(name, p) == _container(name, near)), nearest))
    if direction.endswith("?") and (direction == "?" or _gap(nearest, near) <= _NEAR):
        return Point(nearest)
    chosen = before[-1:] if direction.startswith("<") else after[:1]
    return Point(chosen[0] if chosen else nearest)


def _gap(period: Period, near: Period) -> int:
    return max((period.start - near.end).days, (near.start - period.end).days, 0)


def _container(name: str, period: Period) -> tuple[int, ...]:
    """What "this" delimits: the week of a weekday, the month of a day, else the year."""
    if name in WEEKDAYS or name == "weekend":
        return period.start.isocalendar()[:2]
    return (period.start.year, period.start.month) if name.startswith("dom") else (period.start.year,)


_MOVES: tuple[tuple[re.Pattern[str], Callable[[Mapping[str, str], Point], Point]], ...] = (
    (re.compile(r"(?P<n>[+-]\d{1,6})(?P<unit>[ndwmy])"), _shift),
    (re.compile(r"(?P<unit>[wmyDCQ])(?P<n>[+-]\d{1,4})"), _away),
    (re.compile(r"(?P<edge>start|end)"), _edge),
    (re.compile(r"(?P<side>first|last)(?P<n>[1-9]\d{0,2})(?P<unit>[dwm])"), _side),
    (re.compile(r"(?P<name>[a-z]{3})#(?P<n>-1|[1-5])"), _nth),
    (re.compile(r"in(?P<year>\d{4})"), _other_year),
    (re.compile(r"[Tt](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)"), _clock),
    (re.compile(r"(?P<name>dom\d{1,2}|\d\d-\d\d(?::[a-z]{3})?|[a-z]+\d?)(?P<direction><<|>>|<\?|>\?|[<>=?])"), _named),
)

__all__ = [
    "EVENT_ANCHORED",
    "NO_ANCHOR",
    "VAGUE",
    "Anchors",
    "bounds",
    "clock",
    "compare",
    "is_absolute",
    "is_day_presumed",
    "label",
    "precision",
    "resolve",
    "resolve_against_story",
]
