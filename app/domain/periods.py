"""The calendar arithmetic behind relative dates: periods, and the nearest Tuesday, August, winter or Easter to a day.

A ``Period`` is a whole stretch of days with its EDTF (ISO 8601-2) spelling. Seasons are the meteorological ones of the
northern hemisphere; a winter carries the year in which it starts. Weeks run from Monday to Sunday.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "winter": 24}
HOLIDAYS = {
    "newyear": (1, 1),
    "valentine": (2, 14),
    "stpatrick": (3, 17),
    "mayday": (5, 1),
    "halloween": (10, 31),
    "allsaints": (11, 1),
    "christmaseve": (12, 24),
    "christmas": (12, 25),
    "boxingday": (12, 26),
    "newyearseve": (12, 31),
}
EASTER_OFFSETS = {
    "shrovetuesday": -47,
    "ashwednesday": -46,
    "palmsunday": -7,
    "maundythursday": -3,
    "goodfriday": -2,
    "easter": 0,
    "eastermonday": 1,
    "ascension": 39,
    "whitsun": 49,
    "whitmonday": 50,
}
# name -> (month, weekday, n-th in the month; -1 is the last)
FLOATING = {"thanksgiving": (11, 3, 4), "laborday": (9, 0, 1), "memorialday": (5, 0, -1), "mlkday": (1, 0, 3)}


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` to ``end``, both included, and how EDTF writes them."""

    start: date
    end: date
    edtf: str


def make_date(year: int, month: int, day: int) -> date:
    """The date, with its year held within what ``datetime`` can say."""
    return date(min(max(year, MINYEAR), MAXYEAR), month, day)


def plus_days(day: date, n: int) -> date:
    """``day`` moved by ``n`` days, held within the calendar."""
    ordinal = min(max(day.toordinal() + n, date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(ordinal)


def month_length(year: int, month: int) -> int:
    """Days in a month."""
    return 31 if month == 12 else (make_date(year, month + 1, 1) - timedelta(days=1)).day


def day_period(day: date) -> Period:
    return Period(day, day, day.isoformat())


def span_period(start: date, end: date) -> Period:
    return Period(start, end, f"{start.isoformat()}/{end.isoformat()}")


def month_period(year: int, month: int) -> Period:
    first = make_date(year, month, 1)
    return Period(first, first.replace(day=month_length(first.year, month)), f"{first.year:04d}-{month:02d}")


def year_period(year: int) -> Period:
    first = make_date(year, 1, 1)
    return Period(first, first.replace(month=12, day=31), f"{first.year:04d}")


def decade_period(year: int) -> Period:
    first = make_date(year // 10 * 10, 1, 1)
    return Period(first, make_date(year // 10 * 10 + 9, 12, 31), f"{year // 10:03d}X")


def century_period(year: int) -> Period:
    first = make_date(year // 100 * 100, 1, 1)
    return Period(first, make_date(year // 100 * 100 + 99, 12, 31), f"{year // 100:02d}XX")


def season_period(year: int, code: int) -> Period:
    first_month = (code - 20) * 3
    first = make_date(year, first_month, 1)
    if code == 24:
        after = min(first.year + 1, MAXYEAR)
        last = make_date(after, 2, month_length(after, 2))
    else:
        last = first.replace(month=first_month + 2, day=month_length(first.year, first_month + 2))
    return Period(first, max(first, last), f"{first.year:04d}-{code}")


def months_period(year: int, first_month: int, n: int) -> Period:
    """``n`` months of one year: quarters, halves."""
    first, last = month_period(year, first_month), month_period(year, first_month + n - 1)
    return Period(first.start, last.end, f"{first.edtf}/{last.edtf}")


def week_period(day: date) -> Period:
    monday = plus_days(day, -day.weekday())
    return span_period(monday, plus_days(monday, 6))


def easter(year: int) -> date:
    """Western Easter Sunday (anonymous Gregorian algorithm; Meeus, Astronomical Algorithms, 1991)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return make_date(year, month, day + 1)


def nth_weekday(in_month: date, weekday: int, n: int) -> date:
    """The n-th such weekday of the month of a day; n = -1 is the last, and so is a fifth that is not there."""
    last = in_month.replace(day=month_length(in_month.year, in_month.month))
    last -= timedelta(days=(last.weekday() - weekday) % 7)
    if n < 0:
        return last
    first = in_month.replace(day=1)
    return min(plus_days(first, (weekday - first.weekday()) % 7 + 7 * (n - 1)), last)


def occurrences(name: str, around: date) -> Iterator[Period]:
    """The periods called ``name`` in the neighbourhood of a day, in time order.

    ``name``: a weekday ("mon"), a month ("jan"), a season, "q3", "h1", "weekend", a holiday, a day of some month
    ("dom23"), a day without year ("11-05"), or one with its weekday ("05-18:sun"). Raises ValueError for others.
    """
    if name in WEEKDAYS:
        first = plus_days(around, WEEKDAYS.index(name) - around.weekday())
        yield from (day_period(plus_days(first, 7 * n)) for n in (-2, -1, 0, 1, 2))
    elif name == "weekend":
        saturday = plus_days(around, 5 - around.weekday())
        for n in (-14, -7, 0, 7, 14):
            yield span_period(plus_days(saturday, n), plus_days(saturday, n + 1))
    elif name.startswith("dom"):
        yield from _days_of_months(int(name[3:]), around)
    elif name[:1].isdigit():
        yield from _days_of_years(name, around)
    else:
        for year in range(max(around.year - 2, MINYEAR), min(around.year + 2, MAXYEAR) + 1):
            yield _once_a_year(name, year)


def _days_of_months(day: int, around: date) -> Iterator[Period]:
    if not 1 <= day <= 31:
        raise ValueError(f"no such day of a month: {day}")
    for n in range(-3, 4):
        months = around.year * 12 + around.month - 1 + n
        year, month = months // 12, months % 12 + 1
        if MINYEAR <= year <= MAXYEAR and day <= month_length(year, month):
            yield day_period(make_date(year, month, day))


def _days_of_years(name: str, around: date) -> Iterator[Period]:
    text, _, weekday = name.partition(":")
    month, day = (int(part) for part in text.split("-"))
    # 29 February may be eight years away
    reach = 8 if (month, day) == (2, 29) else 2
    years = range(max(around.year - reach, MINYEAR), min(around.year + reach, MAXYEAR) + 1)
    found = [make_date(year, month, day) for year in years if day <= month_length(year, month)]
    agreeing = [d for d in found if weekday and WEEKDAYS[d.weekday()] == weekday and abs(d.year - around.year) <= 1]
    yield from (day_period(d) for d in agreeing or found)


def _once_a_year(name: str, year: int) -> Period:
    if name in MONTHS:
        period = month_period(year, MONTHS.index(name) + 1)
    elif name in SEASONS:
        period = season_period(year, SEASONS[name])
    elif name in HOLIDAYS:
        period = day_period(make_date(year, *HOLIDAYS[name]))
    elif name in EASTER_OFFSETS:
        period = day_period(plus_days(easter(year), EASTER_OFFSETS[name]))
    elif name in FLOATING:
        month, weekday, n = FLOATING[name]
        period = day_period(nth_weekday(make_date(year, month, 1), weekday, n))
    elif name in ("q1", "q2", "q3", "q4"):
        period = months_period(year, int(name[1]) * 3 - 2, 3)
    elif name in ("h1", "h2"):
        period = months_period(year, int(name[1]) * 6 - 5, 6)
    else:
        raise ValueError(f"no such name in the calendar: {name!r}")
    return period
