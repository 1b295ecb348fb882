"""EDTF values: what they span, how fine they are, how they read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.edtf import bounds, instants, label, precision

VALUES = [
    # edtf, earliest, latest, precision, label
    ("2025-03-04", date(2025, 3, 4), date(2025, 3, 4), "day", "4 March 2025"),
    ("2025-04-09T04:50", date(2025, 4, 9), date(2025, 4, 9), "minute", "4:50 on 9 April 2025"),
    ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month", "February 2024"),
    ("2024", date(2024, 1, 1), date(2024, 12, 31), "year", "2024"),
    ("2025-22", date(2025, 6, 1), date(2025, 8, 31), "season", "summer 2025"),
    ("2020-24", date(2020, 12, 1), date(2021, 2, 28), "season", "winter 2020-21"),
    ("198X", date(1980, 1, 1), date(1989, 12, 31), "interval", "the 1980s"),
    ("18XX", date(1800, 1, 1), date(1899, 12, 31), "interval", "the 1800s"),
    ("1995~", date(1995, 1, 1), date(1995, 12, 31), "year", "about 1995"),
    ("2024-08/..", date(2024, 8, 1), None, "interval", "since August 2024"),
    ("../2025-01-17", None, date(2025, 1, 17), "interval", "until 17 January 2025"),
    ("2013-07/2013-09", date(2013, 7, 1), date(2013, 9, 30), "interval", "July 2013 to September 2013"),
    ("2014-03-03/2014-03-07", date(2014, 3, 3), date(2014, 3, 7), "interval", "3 March 2014 to 7 March 2014"),
]


@pytest.mark.parametrize(("edtf", "earliest", "latest", "fineness", "name"), VALUES)
def test_a_value_says_what_it_spans(
    edtf: str, earliest: date | None, latest: date | None, fineness: str, name: str
) -> None:
    assert bounds(edtf) == (earliest, latest)
    assert precision(edtf) == fineness
    assert label(edtf) == name


@pytest.mark.parametrize(
    "text", ["", "soon", "2024-13", "2024-25", "2024-02-30", "2024/2025/2026", "24-02", "2024-1-1"]
)
def test_what_is_not_a_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        bounds(text)


@settings(deadline=None)
@given(st.dates(), st.dates())
def test_bounds_are_ordered(a: date, b: date) -> None:
    first, last = sorted((a, b))
    assert bounds(f"{first}/{last}") == (first, last)
    for edtf in (first.isoformat(), first.isoformat()[:7], first.isoformat()[:4], f"{first}/{last}"):
        earliest, latest = bounds(edtf)
        assert earliest is not None
        assert latest is not None
        assert earliest <= first <= latest
        start, end = instants(edtf)
        assert start <= end
