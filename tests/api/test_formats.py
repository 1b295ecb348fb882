"""Timelines in the formats of other programs, read back by parsers of those formats."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.formats.calendar import timeline_ics
from app.api.formats.characters import printable
from app.api.formats.spreadsheet import cell, timeline_csv
from app.api.formats.timelinejs import timelinejs
from app.api.schemas.stories import TimelineItem
from app.domain.edtf import bounds
from tests.api import world
from tests.api.problem import check
from tests.api.world import World

ID = "01930311-2c4e-7a11-9f5e-1c7a2f9d3b40"
NOW = datetime(2025, 5, 13, tzinfo=UTC)
HOSTILE = "=cmd|' /C calc'!A0 </script><img src=x onerror=alert(1)>\r\nEND:VCALENDAR\x07 \"a\",b;c\\n &amp; \u202e"


def item(text: str = "The quay burnt.", edtf: str = "2025-05-12", precision: str = "day") -> TimelineItem:
    earliest, latest = bounds(edtf)
    when = {
        "edtf": edtf,
        "earliest": earliest or date.min,
        "latest": latest or date.max,
        "precision": precision,
        "basis": "explicit",
    }
    piece = {"article_id": ID, "claim_id": ID, "start": 3, "end": 3 + len(text), "exact": text}
    return TimelineItem.model_validate(
        {
            "id": ID,
            "story_id": ID,
            "date": when,
            "text": text,
            "evidence": [piece],
            "sources": 2,
            "origins": 1,
            "conflict_ids": [],
        }
    )


@pytest.mark.parametrize(
    ("edtf", "precision", "start", "end", "shown"),
    [
        ("2025-05-12", "day", {"year": 2025, "month": 5, "day": 12}, None, None),
        ("2025-05", "month", {"year": 2025, "month": 5}, None, None),
        ("2025", "year", {"year": 2025}, None, None),
        ("2025~", "year", {"year": 2025}, None, "2025~"),
        (
            "2025-05-10/2025-05-12",
            "interval",
            {"year": 2025, "month": 5, "day": 10},
            {"year": 2025, "month": 5, "day": 12},
            None,
        ),
        ("2025-05-10/..", "interval", {"year": 2025, "month": 5, "day": 10}, None, None),
        ("2025-05-12T21:30", "minute", {"year": 2025, "month": 5, "day": 12, "hour": 21, "minute": 30}, None, None),
    ],
)
def test_timelinejs_says_no_more_of_a_date_than_is_known(
    edtf: str, precision: str, start: dict[str, int], end: dict[str, int] | None, shown: str | None
) -> None:
    [event] = timelinejs([item(edtf=edtf, precision=precision)], title=None)["events"]
    assert (event["start_date"], event.get("end_date"), event.get("display_date")) == (start, end, shown)


@pytest.mark.parametrize(
    ("edtf", "precision", "start", "end"),
    [
        ("2025-05-12", "day", date(2025, 5, 12), date(2025, 5, 13)),
        ("2025-05", "month", date(2025, 5, 1), date(2025, 6, 1)),
        ("2025-05-10/..", "interval", date(2025, 5, 10), None),
        ("2025-05-12T21:30", "minute", datetime(2025, 5, 12, 21, 30), None),  # noqa: DTZ001 - floating, as articles have it
    ],
)
def test_icalendar_spans_the_days_that_a_date_can_mean(edtf: str, precision: str, start: Any, end: Any) -> None:
    calendar = icalendar.Calendar.from_ical(timeline_ics([item(edtf=edtf, precision=precision)], title=None, now=NOW))
    [event] = calendar.walk("VEVENT")
    assert event["DTSTART"].dt == start
    assert (event["DTEND"].dt if "DTEND" in event else None) == end


def test_hostile_text_stays_text_in_every_format() -> None:
    hostile = item(HOSTILE)
    shown = timelinejs([hostile], title=HOSTILE)
    for html in (shown["title"]["text"]["headline"], *shown["events"][0]["text"].values()):
        assert "<img" not in html
        assert "<script" not in html
    calendar = icalendar.Calendar.from_ical(timeline_ics([hostile, item()], title=HOSTILE, now=NOW))
    assert [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")] == [printable(HOSTILE), "The quay burnt."]
    _, row = csv.reader(io.StringIO(timeline_csv([hostile]), newline=""))
    assert row[7] == f"'{HOSTILE}"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives_each_format(text: str) -> None:
    _, row = csv.reader(io.StringIO(timeline_csv([item(text)]), newline=""))
    assert row[7] in (text, f"'{text}")
    calendar = icalendar.Calendar.from_ical(timeline_ics([item(text)], title=None, now=NOW))
    [event] = calendar.walk("VEVENT")
    assert str(event["SUMMARY"]) == printable(text)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_a_cell_that_would_be_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell("about 40 = many") == "about 40 = many"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("format", "media_type"),
    [("timelinejs", "application/vnd.timelinejs+json"), ("csv", "text/csv"), ("ics", "text/calendar")],
)
async def test_a_timeline_is_answered_whole_in_the_format_that_is_asked_for(
    client: httpx.AsyncClient, session: Any, brandt: World, format: str, media_type: str
) -> None:
    for _ in range(101):
        world.add_entry(session, brandt.burnt)
    session.commit()
    path = f"/v1/stories/{brandt.story.id}/timeline"
    answer = await client.get(path, params={"format": format, "limit": 1})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media_type
    kept = await client.get(path, params={"format": format}, headers={"If-None-Match": answer.headers["ETag"]})
    assert kept.status_code == 304
    if format == "timelinejs":
        ids = [event["unique_id"].removeprefix("entry-") for event in answer.json()["events"]]
    elif format == "csv":
        ids = [row["id"] for row in csv.DictReader(io.StringIO(answer.text, newline=""))]
    else:
        ids = [
            str(event["UID"]).partition("@")[0] for event in icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
        ]
    assert len(set(map(UUID, ids))) == 102


@pytest.mark.anyio
async def test_a_format_that_is_not_known_is_a_problem(client: httpx.AsyncClient, brandt: World) -> None:
    check(await client.get("/v1/timeline?format=xls"), 422)
