"""Dates as EDTF (ISO 8601-2) and the rules by which relative expressions become dates.

A *rule* is the normal form of a time expression: what it says, free of the words it says it in, so that "on Tuesday"
in an undated article can be resolved later against the story's date. Grammar, with ``anchor`` a day:

    rule   = point | point "/" point | "../" point | point "/.."
    point  = step *(" " step) ["~"]          steps apply from left to right, starting from the anchor; ~ approximate
    step   = EDTF                            2024-11-05, 2024-11, 2024, 2024-21, 198X, 19XX: replaces the point
           | name direction                  "tue<", "aug>>", "winter=", "q3<", "weekend>", "christmas<", "11-05?",
                                             "05-18:sun?" (with its weekday), "dom23<" (the 23rd)
           | sign n unit                     "-1d", "+2w", "+90n" (minutes): shift, keeping the grain of the point
           | unit sign n                     "w-1", "m+1", "y+0", "D-2": the week, month, year, decade n away
           | "end" | "start"                 last or first day of the point
           | "first" n "m" | "last" n "m"    its first or last n months (or "d" days, "w" weeks)
           | name "#" n                      the n-th such weekday of the point's month; -1 the last: "tue#2"
           | "in" year                       the same days, month or quarter of another year: "in2012"
           | "T" hh ":" mm                   clock time on the day of the point; "t" when the day is only presumed

    direction: "<" at or before, "<<" wholly before, ">" at or after, ">>" wholly after, "=" in the same week (weekday),
    month (day of a month) or year (others), "?" nearest, "<?" and ">?" before or after unless the nearest lies within
    four months on the other side (verb tense is a weaker witness than closeness for a day and month without year).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from app.domain import calendar
from app.domain.calendar import WEEKDAYS, Period
from app.domain.values import Basis, Relation, TimeRef

NO_ANCHOR = "no_anchor"
VAGUE = "vague"
EVENT_ANCHORED = "event_anchored"

_EDTF = re.compile(r"(\d\d)XX|(\d{3})X|(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d))?)?)?")
_STEP = re.compile(
    r"(?P<shift>[+-]\d{1,6})(?P<shift_unit>[ndwmy])"
    r"|(?P<unit>[dwmyDC])(?P<away>[+-]\d{1,4})"
    r"|(?P<edge>start|end)"
    r"|(?P<side>first|last)(?P<many>\d{1,3})(?P<side_unit>[dwm])"
    r"|(?P<weekday>[a-z]{3})#(?P<nth>-1|[1-5])"
    r"|in(?P<year>\d{4})"
    r"|[Tt](?P<hour>\d\d):(?P<minute>\d\d)"
    r"|(?P<name>dom\d{1,2}|\d\d-\d\d(?::[a-z]{3})?|[a-z]+\d?)(?P<direction><<|>>|<\?|>\?|[<>=?])"
)
_MONTH_NAMES = tuple(date(2000, m, 1).strftime("%B") for m in range(1, 13))
_SEASON_NAMES = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}


@dataclass(frozen=True, slots=True)
class Anchors:
    """What relative expressions may be resolved against: the article's own date, and the time last spoken of (a day, or
    EDTF for what is known less exactly: "2022-06")."""

    published: date | None
    previous: date | str | None = None


@dataclass(frozen=True, slots=True)
class _Point:
    period: Period
    clock: time | None = None

    @property
    def edtf(self) -> str:
        return f"{self.period.start.isoformat()}T{self.clock:%H:%M}" if self.clock else self.period.edtf


# --- rules --------------------------------------------------------------------------------------------------------


def resolve(rule: str, anchor: date) -> str:
    """The EDTF of a rule seen from ``anchor``. Total over the grammar; ValueError for what is not in it."""
    if rule.startswith("../"):
        return "../" + _point(rule[3:], anchor).replace("~", "").split("/")[0]
    if rule.endswith("/.."):
        return _point(rule[:-3], anchor).replace("~", "").split("/")[0] + "/.."
    if "/" in rule:
        first, second = (_point(side, anchor) for side in rule.split("/"))
        start, end = first.split("/")[0], second.split("/")[-1]
        low, high = bounds(start)[0], bounds(end)[1]
        return f"{start}/{end}" if low and high and low <= high else start
    return _point(rule, anchor)


def is_absolute(rule: str) -> bool:
    """Whether the rule says the same whatever the anchor: each side of it starts with a date."""
    sides = [side for side in rule.split("/") if side != ".."]
    return all(_EDTF.fullmatch(side.removesuffix("~").split(" ")[0]) for side in sides)


def resolve_against_story(ref: TimeRef, anchor: date) -> TimeRef:
    """The same reference resolved against the story's date, when all it lacked was an anchor; else unchanged."""
    if ref.edtf is not None or ref.rule is None or ref.unresolved != NO_ANCHOR:
        return ref
    edtf = resolve(ref.rule, anchor)
    earliest, latest = bounds(edtf)
    return replace(ref, edtf=edtf, earliest=earliest, latest=latest, basis=Basis.RELATIVE_TO_STORY, unresolved=None)


def _point(text: str, anchor: date) -> str:
    point = _Point(calendar.day_period(anchor))
    steps = text.removesuffix("~").split()
    if not steps:
        raise ValueError("an empty rule")
    for step in steps:
        point = _apply(step, point)
    # EDTF has no approximate instants
    return point.edtf + ("~" if text.endswith("~") and not point.clock and "/" not in point.edtf else "")


def _apply(step: str, point: _Point) -> _Point:
    if _EDTF.fullmatch(step):
        return _literal(step)
    found = _STEP.fullmatch(step)
    if not found:
        raise ValueError(f"not a step of a time rule: {step!r}")
    period = point.period
    if found["shift"]:
        return _shift(point, int(found["shift"]), found["shift_unit"])
    if found["unit"]:
        return _Point(_unit_away(period.start, found["unit"], int(found["away"])))
    if found["edge"]:
        return _Point(calendar.day_period(period.start if found["edge"] == "start" else period.end))
    if found["side"]:
        return _Point(_side(period, found["side"], int(found["many"]), found["side_unit"]))
    if found["weekday"]:
        weekday = WEEKDAYS.index(found["weekday"])
        return _Point(calendar.day_period(calendar.nth_weekday(period.start, weekday, int(found["nth"]))))
    if found["year"]:
        return _Point(_with_year(period, int(found["year"])))
    if found["hour"]:
        return _Point(calendar.day_period(period.start), time(int(found["hour"]) % 24, int(found["minute"]) % 60))
    return _Point(_choose(found["name"], found["direction"], period))


def _literal(edtf: str) -> _Point:
    found = _EDTF.fullmatch(edtf)
    if not found:
        raise ValueError(f"not an EDTF value: {edtf!r}")
    century, decade, year, month, day, hour, minute = found.groups()
    if century:
        return _Point(calendar.century_period(int(century) * 100))
    if decade:
        return _Point(calendar.decade_period(int(decade) * 10))
    if day:
        clock = time(int(hour), int(minute)) if hour else None
        return _Point(calendar.day_period(date(int(year), int(month), int(day))), clock)
    if month and int(month) > 20:
        if int(month) > 24:
            raise ValueError(f"no such season: {edtf!r}")
        return _Point(calendar.season_period(int(year), int(month)))
    return _Point(calendar.month_period(int(year), int(month)) if month else calendar.year_period(int(year)))


def _shift(point: _Point, n: int, unit: str) -> _Point:
    period = point.period
    if unit == "n":
        clock = datetime.combine(date(2000, 1, 1), point.clock or time()) + timedelta(minutes=n)
        day = calendar.plus_days(period.start, (clock.date() - date(2000, 1, 1)).days)
        return _Point(calendar.day_period(day), clock.time())
    if unit in "dw":
        days = n * 7 if unit == "w" else n
        start, end = calendar.plus_days(period.start, days), calendar.plus_days(period.end, days)
        return _Point(calendar.day_period(start) if start == end else calendar.span_period(start, end))
    months = n * 12 if unit == "y" else n
    total = max(12, period.start.year * 12 + period.start.month - 1 + months)
    year, month = total // 12, total % 12 + 1
    if len(period.edtf) == 4:
        return _Point(calendar.year_period(year))
    if len(period.edtf) == 7 and int(period.edtf[5:]) > 20:
        return _Point(calendar.season_period(year, int(period.edtf[5:])))
    if len(period.edtf) == 7:
        return _Point(calendar.month_period(year, month))
    if "/" in period.edtf:
        return _Point(_with_year(period, year))
    day = min(period.start.day, calendar.month_length(min(year, 9999), month))
    return _Point(calendar.day_period(calendar.make_date(year, month, day)))


def _unit_away(day: date, unit: str, n: int) -> Period:
    if unit == "d":
        return calendar.day_period(calendar.plus_days(day, n))
    if unit == "w":
        return calendar.week_period(calendar.plus_days(day, 7 * n))
    if unit == "m":
        total = max(12, day.year * 12 + day.month - 1 + n)
        return calendar.month_period(total // 12, total % 12 + 1)
    if unit == "y":
        return calendar.year_period(day.year + n)
    return calendar.decade_period(day.year + 10 * n) if unit == "D" else calendar.century_period(day.year + 100 * n)


def _side(period: Period, side: str, n: int, unit: str) -> Period:
    """The first or last ``n`` days, weeks or months of a period."""
    if unit == "m":
        first = period.start if side == "first" else period.end
        start = first if side == "first" else _shift(_Point(calendar.day_period(first.replace(day=1))), 1 - n, "m").period.start
        last = _unit_away(start, "m", n - 1)
        return Period(start, last.end, f"{start:%Y-%m}/{last.edtf}")
    days = n * 7 - 1 if unit == "w" else n - 1
    if side == "first":
        return calendar.span_period(period.start, calendar.plus_days(period.start, days))
    return calendar.span_period(calendar.plus_days(period.end, -days), period.end)


def _with_year(period: Period, year: int) -> Period:
    ends = []
    for side in period.edtf.split("/"):
        rest = side[4:] if side[4:] != "-02-29" else "-02-28"
        ends.append(_literal(f"{min(max(year, 1), 9999):04d}{rest}").period)
    if len(ends) == 1:
        return ends[0]
    return Period(ends[0].start, max(ends[0].start, ends[1].end), f"{ends[0].edtf}/{ends[1].edtf}")


def _choose(name: str, direction: str, near: Period) -> Period:
    found = list(calendar.occurrences(name, near.start))
    before = [p for p in found if (p.end < near.start if direction == "<<" else p.start <= near.end)]
    after = [p for p in found if (p.start > near.end if direction == ">>" else p.end >= near.start)]
    nearest = min(found, key=lambda p: (_gap(p, near), p.start))
    if direction == "?" or (direction in ("<?", ">?") and _gap(nearest, near) <= 120):
        return nearest
    if direction == "=":
        return next((p for p in found if _same_container(name, p, near)), nearest)
    if direction.startswith("<"):
        return before[-1] if before else nearest
    return after[0] if after else nearest


def _gap(period: Period, near: Period) -> int:
    return max((period.start - near.end).days, (near.start - period.end).days, 0)


def _same_container(name: str, period: Period, near: Period) -> bool:
    if name in WEEKDAYS or name == "weekend":
        return calendar.week_period(near.start).start == calendar.week_period(period.start).start
    if name.startswith("dom"):
        return (period.start.year, period.start.month) == (near.start.year, near.start.month)
    return period.start.year == near.start.year


# --- values -------------------------------------------------------------------------------------------------------


def bounds(edtf: str) -> tuple[date | None, date | None]:
    """First and last day of an EDTF value; None is an open end. ValueError when it is not EDTF as we write it."""
    sides = edtf.split("/")
    if len(sides) > 2:
        raise ValueError(f"not an EDTF value: {edtf!r}")
    earliest = None if sides[0] == ".." else _literal(sides[0].rstrip("~?%")).period.start
    latest = None if sides[-1] == ".." else _literal(sides[-1].rstrip("~?%")).period.end
    return earliest, latest


def precision(edtf: str) -> str:
    """One of minute, day, month, season, year, interval; decades and centuries are intervals."""
    text = edtf.rstrip("~?%")
    if "/" in text or "X" in text:
        return "interval"
    if len(text) == 7:
        return "season" if int(text[5:]) > 20 else "month"
    return {4: "year", 10: "day", 16: "minute"}[len(text)]


def compare(a: TimeRef, b: TimeRef) -> Relation:
    """How two answers to "when?" relate: agree when equal, compatible when the intervals meet or one is unknown,
    contradiction when they are disjoint, discrepancy when they are disjoint and one is approximate, open or a clock
    time whose day was only presumed."""
    if a.edtf is None or b.edtf is None:
        return Relation.COMPATIBLE
    if a.edtf.rstrip("~") == b.edtf.rstrip("~"):
        return Relation.AGREE
    first, second = _instants(a.edtf), _instants(b.edtf)
    if first[0] <= second[1] and second[0] <= first[1]:
        return Relation.COMPATIBLE
    if (is_day_presumed(a) or is_day_presumed(b)) and a.edtf[11:] == b.edtf[11:]:
        return Relation.COMPATIBLE
    is_loose = any(_is_loose(ref) for ref in (a, b))
    return Relation.DISCREPANCY if is_loose else Relation.CONTRADICTION


def _instants(edtf: str) -> tuple[datetime, datetime]:
    text = edtf.rstrip("~")
    if len(text) == 16:
        return datetime.fromisoformat(text), datetime.fromisoformat(text)
    earliest, latest = bounds(text)
    return datetime.combine(earliest or date.min, time.min), datetime.combine(latest or date.max, time.max)


def is_day_presumed(ref: TimeRef) -> bool:
    """A clock time whose text does not say on which day: "at 4:50 p.m." alone in its sentence."""
    return ref.rule is not None and bool(re.search(r"(?:^| )t\d\d:", ref.rule))


def _is_loose(ref: TimeRef) -> bool:
    return is_day_presumed(ref) or "~" in f"{ref.edtf}{ref.rule}" or ".." in (ref.edtf or "")


def label(edtf: str) -> str:
    """Plain English: "4 November 2024", "August 2024", "4:50 on 9 April 2025", "since August 2024"."""
    if edtf.startswith("../"):
        return f"until {label(edtf[3:])}"
    if edtf.endswith("/.."):
        return f"since {label(edtf[:-3])}"
    if "/" in edtf:
        first, last = (label(side) for side in edtf.split("/"))
        return f"{first} to {last}"
    text = edtf.rstrip("~?%")
    about = "about " if text != edtf else ""
    point = _literal(text)
    start = point.period.start
    if "X" in text:
        return f"{about}the {text.replace('X', '0')}s"
    if len(text) == 4:
        return f"{about}{start.year}"
    if len(text) == 7 and int(text[5:]) > 20:
        years = f"{start.year}-{(start.year + 1) % 100:02d}" if text.endswith("24") else str(start.year)
        return f"{about}{_SEASON_NAMES[int(text[5:])]} {years}"
    named = f"{_MONTH_NAMES[start.month - 1]} {start.year}"
    if len(text) == 7:
        return about + named
    clock = f"{point.clock.hour}:{point.clock.minute:02d} on " if point.clock else ""
    return f"{about}{clock}{start.day} {named}"
