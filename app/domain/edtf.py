"""EDTF (ISO 8601-2, levels 0 and 1) as far as news copy needs it: what a value spans, how fine it is, how it reads.

Understood are days, months, years, seasons (21-24), decades (198X), centuries (18XX), minutes, intervals of these, open
ends ("..") and a trailing "~", "?" or "%". The ``edtf`` package takes 5-30 ms a value, refuses minutes and ends every
winter in December; reading a page of dates must not cost half a second.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from app.domain import periods
from app.domain.periods import Period

_SIMPLE = re.compile(r"(\d\d)XX|(\d{3})X|(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d))?)?)?")
_QUALIFIERS = "~?%"
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SEASON_NAMES = {code: name for name, code in periods.SEASONS.items()}


@dataclass(frozen=True, slots=True)
class Point:
    """A period, or a minute of its first day."""

    period: Period
    clock: time | None = None

    @property
    def edtf(self) -> str:
        return f"{self.period.start.isoformat()}T{self.clock:%H:%M}" if self.clock else self.period.edtf


def is_simple(text: str) -> bool:
    """Whether the text has the form of a value without interval and qualifier."""
    return _SIMPLE.fullmatch(text) is not None


def read_point(text: str) -> Point:
    """A value without interval and qualifier. ValueError when it is none, or names no day there is."""
    found = _SIMPLE.fullmatch(text)
    if not found:
        raise ValueError(f"not an EDTF value: {text!r}")
    century, decade, year, month, day, hour, minute = found.groups()
    clock = None
    if century:
        period = periods.century_period(int(century) * 100)
    elif decade:
        period = periods.decade_period(int(decade) * 10)
    elif day:
        period = periods.day_period(date(int(year), int(month), int(day)))
        clock = time(int(hour), int(minute)) if hour else None
    elif month and 21 <= int(month) <= 24:
        period = periods.season_period(int(year), int(month))
    elif month:
        period = periods.month_period(int(year), int(month))
    else:
        period = periods.year_period(int(year))
    return Point(period, clock)


def bounds(edtf: str) -> tuple[date | None, date | None]:
    """First and last day of a value; None is an open end. ValueError when it is not EDTF as described above."""
    sides = edtf.split("/")
    if len(sides) > 2:
        raise ValueError(f"not an EDTF value: {edtf!r}")
    earliest = None if sides[0] == ".." else read_point(sides[0].rstrip(_QUALIFIERS)).period.start
    latest = None if sides[-1] == ".." else read_point(sides[-1].rstrip(_QUALIFIERS)).period.end
    return earliest, latest


def instants(edtf: str) -> tuple[datetime, datetime]:
    """First and last minute of a value; open ends reach to the ends of the calendar."""
    text = edtf.rstrip(_QUALIFIERS)
    if len(text) == 16 and "/" not in text:
        return datetime.fromisoformat(text), datetime.fromisoformat(text)
    earliest, latest = bounds(text)
    return datetime.combine(earliest or date.min, time.min), datetime.combine(latest or date.max, time.max)


def precision(edtf: str) -> str:
    """One of minute, day, month, season, year, interval; decades and centuries are intervals."""
    text = edtf.rstrip(_QUALIFIERS)
    if "/" in text or "X" in text:
        return "interval"
    if len(text) == 7:
        return "season" if int(text[5:]) > 20 else "month"
    return {4: "year", 10: "day", 16: "minute"}[len(text)]


def label(edtf: str) -> str:
    """Plain English: "4 November 2024", "August 2024", "4:50 on 9 April 2025", "since August 2024"."""
    if edtf.startswith("../"):
        return f"until {label(edtf[3:])}"
    if edtf.endswith("/.."):
        return f"since {label(edtf[:-3])}"
    if "/" in edtf:
        return " to ".join(label(side) for side in edtf.split("/"))
    text = edtf.rstrip(_QUALIFIERS)
    return f"{'about ' if text != edtf else ''}{_name(read_point(text), text)}"


def _name(point: Point, text: str) -> str:
    start = point.period.start
    if "X" in text:
        name = f"the {text.replace('X', '0')}s"
    elif len(text) == 4:
        name = str(start.year)
    elif precision(text) == "season":
        years = f"{start.year}-{(start.year + 1) % 100:02d}" if text.endswith("24") else str(start.year)
        name = f"{_SEASON_NAMES[int(text[5:])]} {years}"
    else:
        month = f"{_MONTH_NAMES[start.month - 1]} {start.year}"
        clock = f"{point.clock.hour}:{point.clock.minute:02d} on " if point.clock else ""
        name = month if len(text) == 7 else f"{clock}{start.day} {month}"
    return name
