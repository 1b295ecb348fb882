"""What kept libraries read of the same texts, by the same scorer: the figures behind what is the rules' own work.

    .venv/tools/bin/uv run --frozen --with dateparser --with parsedatetime --with quantulum3 \\
        python bench/libraries.py [--timeml DIR] [--facetbench DIR]

The libraries are no dependencies of the project: uv adds them for one run. Where their form differs from ours they are
given the better of it. Dates have the precision the library says they have; weekdays are those past, or today. Any unit
of quantulum3's counts as the right one, its shares are percentages, its dozens counts, our qualifiers set the bounds of
its numbers, and those inside our time expressions are left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import timeml
from language import Item, items, report, score

from app.domain.values import Basis, Claim, ClaimKind, Factuality, Qualifier, Quantity, Reading, TimeRef
from app.language.qualifiers import qualifier_of
from app.language.reader import SpacyReader

FORMS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "time": "%Y-%m-%dT%H:%M"}
FACTORS = {"dozen": 12}  # units of quantulum3 that are part of the number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--timeml", type=Path, help="a folder of TimeML files: dates")
    parser.add_argument("--facetbench", type=Path, help="a folder of FacetBench JSON files: quantities")
    args = parser.parse_args()
    if args.timeml:
        for find in (dateparser_dates, parsedatetime_dates):
            report(find.__name__.removesuffix("_dates"), *timeml.score(args.timeml, find), verbose=False)
    if args.facetbench:
        figures, misses = score([with_any_unit(item) for item in items(args.facetbench)], Quantulum())
        quantities = {facet: value for facet, value in figures.items() if facet.startswith("quantities")}
        report("quantulum3", quantities, misses, verbose=False)


def dateparser_dates(document: timeml.Document) -> list[TimeRef]:
    from dateparser.date import DateDataParser
    from dateparser.search import search_dates

    base = _noon(document.created)
    options: dict[str, Any] = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past"}
    single = DateDataParser(languages=["en"], settings=options)
    found: list[TimeRef] = []
    for exact, at in search_dates(document.text, languages=["en"], settings=options) or []:
        start = document.text.find(exact, found[-1].end if found else 0)
        if start >= 0:
            is_today = base is not None and at.date() == base.date() - timedelta(7) and f"{base:%A}" in exact
            found.append(_reference(start, exact, base if is_today else at, single.get_date_data(exact).period))
    return found


def parsedatetime_dates(document: timeml.Document) -> list[TimeRef]:
    from parsedatetime import VERSION_CONTEXT_STYLE, Calendar, Constants

    constants = Constants(usePyICU=False)
    constants.DOWParseStyle, constants.CurrentDOWParseStyle = -1, True
    found = Calendar(constants, version=VERSION_CONTEXT_STYLE).nlp(document.text, _noon(document.created)) or ()
    return [_reference(start, exact, at, _precision(context)) for at, context, start, _, exact in found]


def _precision(context: Any) -> str:
    """The finest unit that parsedatetime says it has read."""
    levels = ("year", "month", "week", "day")
    read = [level for level in levels if context.accuracy & getattr(context, f"ACU_{level.upper()}")]
    return "time" if context.hasTime else read[-1] if read else "day"


def _noon(day: date | None) -> datetime | None:
    return datetime.combine(day, time(12)) if day else None


def _reference(start: int, exact: str, at: datetime, precision: str) -> TimeRef:
    monday = at.date() - timedelta(at.weekday())
    edtf = f"{monday}/{monday + timedelta(6)}" if precision == "week" else at.strftime(FORMS[precision])
    return TimeRef(start, start + len(exact), exact, edtf, at.date(), at.date(), Basis.EXPLICIT)


def with_any_unit(item: Item) -> Item:
    """The item with its quantities alone, and their units told no further than that there is one."""
    quantities = [quantity | {"unit": quantity["unit"] and "unit"} for quantity in item["quantities"]]
    return {key: item[key] for key in ("id", "text", "published_at")} | {"quantities": quantities}


class Quantulum:
    """quantulum3 as a ``ports.Reader``: one claim with all quantities of a text."""

    version = "quantulum3"

    def __init__(self) -> None:
        self._ours = SpacyReader()

    def read(self, text: str, *, title: str | None, published_at: datetime | None) -> Reading:
        ours = self._ours.read(text, title=title, published_at=published_at)
        times = [time for claim in ours.claims for time in claim.times]
        numbers = (q for q in _quantities(text) if not any(q.start < t.end and t.start < q.end for t in times))
        claim = Claim(0, len(text), text, ClaimKind.EVENT, Factuality.ASSERTED, quantities=tuple(numbers))
        return replace(ours, claims=(claim,))


def _quantities(text: str) -> Iterator[Quantity]:
    from quantulum3 import parser

    for found in parser.parse(text):
        start, end = found.span
        is_share = found.unit.name == "dimensionless" and 0 < found.value < 1
        factor = 100 if is_share else FACTORS.get(found.unit.name, 1)
        low, high = (factor * (found.value + sign * (found.uncertainty or 0.0)) for sign in (-1, 1))
        qualifier = qualifier_of(text, start=start, end=end, is_duration=False) if low == high else Qualifier.BETWEEN
        yield Quantity(
            start,
            end,
            text[start:end],
            None if qualifier in (Qualifier.UP_TO, Qualifier.LESS_THAN) else low,
            None if qualifier in (Qualifier.AT_LEAST, Qualifier.MORE_THAN) else high,
            qualifier,
            unit="unit" if is_share or found.unit.name not in ("dimensionless", *FACTORS) else None,
        )


if __name__ == "__main__":
    main()
