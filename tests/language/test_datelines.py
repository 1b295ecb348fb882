"""The date an article gives itself."""

from __future__ import annotations

from datetime import date

import pytest

from app.language.dates import find_dateline

DATED = [
    # text, published, its own date
    ("STATEMENT BY THE HARBOUR BOARD\nIssued 9 April 2025\n\nThe board regrets the delay.", None, date(2025, 4, 9)),
    ("World\n\nCrane falls in Vesk\n\n2024-11-04\n\nAuthor: Tam\n\nA crane fell.", None, date(2024, 11, 4)),
    (" date 2024-11-06 \n\nFishermen have cut their nets.", None, date(2024, 11, 6)),
    (" date 2024-11-06 Crane falls in Vesk as crowd looks on\n\nA crane fell.", None, date(2024, 11, 6)),
    ("ORMLEY TRAMS\nUpdate for passengers\nSunday 27 July 2025, 10:00\n\nTrams are back.", None, date(2025, 7, 27)),
    ("To the press, 12 October 2025, 23:50\n\nWe won.", None, date(2025, 10, 12)),
    ("Published: March 3, 2025 at 5:10 p.m.\nA crane fell.", None, date(2025, 3, 3)),
    ("PORT ORMLEY, March 3 (Coast Wire) - A crane fell.", date(2025, 3, 4), date(2025, 3, 3)),
    ("PORT ORMLEY, Dec 31 (Coast Wire) - A crane fell.", date(2025, 1, 1), date(2024, 12, 31)),
    ("VESK, 14 Nov 2024 - A crane fell.", None, date(2024, 11, 14)),
    # no date of its own
    ("PORT ORMLEY, March 3 (Coast Wire) - A crane fell.", None, None),
    ("The crane fell on 3 March 2025 and killed nobody.", None, None),
    ("A treaty was signed.\n\nIt came into force on 1 May 1990.", None, None),
    ("The charter of 12 June 1968.\nIt still stands.", None, None),
    ("", None, None),
    ("30 February 2024\nA crane fell.", None, None),
]


@pytest.mark.parametrize(("text", "published", "dated"), DATED)
def test_an_article_is_dated_by_its_own_first_lines(text: str, published: date | None, dated: date | None) -> None:
    assert find_dateline(text, published=published) == dated
