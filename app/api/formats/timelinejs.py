"""TimelineJS3 (https://timeline.knightlab.com/docs/json-format.html)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from html import escape
from typing import Any

from app.api.formats.characters import printable
from app.api.schemas.common import EdtfDate
from app.api.schemas.stories import TimelineItem

MEDIA_TYPE = "application/vnd.timelinejs+json"
_UNITS = {"year": 1, "month": 2}
_CLOCK = re.compile(r"T(\d\d):(\d\d)")


def timelinejs(items: Iterable[TimelineItem], *, title: str | None) -> dict[str, Any]:
    """The timeline as TimelineJS reads it. What it takes for HTML is escaped: a claim cannot bring markup along."""
    shown: dict[str, Any] = {"events": [_event(item) for item in items]}
    if title is not None:
        shown["title"] = {"text": {"headline": _html(title)}}
    return shown


def _event(item: TimelineItem) -> dict[str, Any]:
    event: dict[str, Any] = {
        "unique_id": f"entry-{item.id}",
        "start_date": _start(item.date),
        "text": {"headline": _html(item.text), "text": _quotes(item)},
    }
    if item.date.precision in ("season", "interval") and item.date.latest < date.max:
        event["end_date"] = _parts(item.date.latest, units=3)
    if item.date.precision == "season" or re.search("[?~%]", item.date.edtf):
        event["display_date"] = _html(item.date.edtf)  # a day would say more than is known
    return event


def _start(when: EdtfDate) -> dict[str, int]:
    first = when.earliest if when.earliest > date.min else when.latest  # open at its beginning
    parts = _parts(first, units=_UNITS.get(when.precision, 3))
    clock = _CLOCK.search(when.edtf) if when.precision == "minute" else None
    return parts | ({"hour": int(clock[1]), "minute": int(clock[2])} if clock else {})


def _parts(day: date, *, units: int) -> dict[str, int]:
    return dict(list({"year": day.year, "month": day.month, "day": day.day}.items())[:units])


def _quotes(item: TimelineItem) -> str:
    quotes = "".join(f"<blockquote>{_html(piece.exact)}</blockquote>" for piece in item.evidence)
    disputed = f"<p>Open conflict reports: {len(item.conflict_ids)}</p>" if item.conflict_ids else ""
    return f"{quotes}<p>Sources: {item.sources}, independent: {item.origins}</p>{disputed}"


def _html(text: str) -> str:
    return escape(printable(text))
