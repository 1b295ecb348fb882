"""CSV (RFC 4180) that spreadsheets may open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from app.api.schemas.stories import TimelineItem

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
COLUMNS = (
    "id",
    "story_id",
    "edtf",
    "earliest",
    "latest",
    "precision",
    "basis",
    "text",
    "sources",
    "origins",
    "conflict_ids",
    "evidence",
)
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def timeline_csv(items: Iterable[TimelineItem]) -> str:
    """One row for each entry. Conflict ids and evidence (``article_id:start-end``) are parted by spaces."""
    out = io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for item in items:
        when = item.date
        rows.writerow(
            [
                item.id,
                item.story_id,
                when.edtf,
                when.earliest,
                when.latest,
                when.precision,
                when.basis,
                cell(item.text),
                item.sources,
                item.origins,
                " ".join(map(str, item.conflict_ids)),
                " ".join(f"{piece.article_id}:{piece.start}-{piece.end}" for piece in item.evidence),
            ]
        )
    return out.getvalue()


def cell(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula (OWASP, CSV Injection)."""
    is_formula = text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(_BEGINS_A_FORMULA)
    return f"'{text}" if is_formula else text
