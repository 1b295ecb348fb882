"""Timelines, of one story and across all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from app.api import assembly, examples
from app.api.deps import AsOf, CurrentStory, Now, PagingDep, ReadingSession, WantsSelectors
from app.api.examples import ok
from app.api.formats import calendar, spreadsheet, timelinejs
from app.api.pagination import Paging
from app.api.problems import CURSOR, INVALID, NOT_FOUND, STORY_RESPONSES, responses
from app.api.schemas.common import Page
from app.api.schemas.fields import Day, Words
from app.api.schemas.stories import TimelineItem
from app.domain.errors import InvalidInputError
from app.store import past_timeline, timeline
from app.store.timeline import EntryKey, EntryRead, Window

router = APIRouter(prefix="/v1", tags=["timeline"])

MAX_EXPORTED = 5000  # entries of one answer that is not in pages
_STEP = 100
_OK = ok("In time order.", examples.TIMELINE_PAGE)
_OK["content"] |= {
    media_type: {"schema": {"type": kind}, "example": examples.shown(example)}
    for media_type, kind, example in (
        (timelinejs.MEDIA_TYPE, "object", examples.TIMELINEJS),
        ("text/csv", "string", examples.TIMELINE_CSV),
        ("text/calendar", "string", examples.TIMELINE_ICS),
    )
}
Format = Annotated[
    Literal["timelinejs", "csv", "ics"] | None,
    Query(
        description="For other programs: TimelineJS3, CSV or iCalendar. The answer is then all of the timeline in one, "
        f"up to {MAX_EXPORTED} entries; `limit`, `cursor` and `selectors` mean nothing."
    ),
]


@router.get(
    "/stories/{story_id}/timeline",
    operation_id="getStoryTimeline",
    summary="Read a story's timeline",
    response_model=Page[TimelineItem],
    responses={
        200: _OK,
        **STORY_RESPONSES,
        **responses(NOT_FOUND, INVALID, CURSOR),
    },
)
def get_story_timeline(
    *,
    story: CurrentStory,
    session: ReadingSession,
    paging: PagingDep,
    wants_selectors: WantsSelectors,
    now: Now,
    response: Response,
    as_of: AsOf = None,
    format: Format = None,
) -> Page[TimelineItem] | Response:
    """What happened when, as the story's articles date it. What no article dates is not in it.

    An entry gathers the articles that tell the same event of the same time. `conflict_ids` points at the open
    reports that stand on the same claims: somebody tells it differently. With `as_of`, entries, dates and counts are
    those that could be given then.
    """
    window = Window(story_id=story.id)
    if format is None:
        return _page(session, paging, window, as_of=as_of, wants_selectors=wants_selectors)
    answer = _formatted(format, _all(session, window, as_of=as_of), title=story.title, now=now)
    answer.headers.update(response.headers)
    return answer


@router.get(
    "/timeline",
    operation_id="getTimeline",
    summary="Read the timeline across stories",
    response_model=Page[TimelineItem],
    responses={200: _OK, **responses(INVALID, CURSOR)},
)
def get_timeline(
    *,
    session: ReadingSession,
    paging: PagingDep,
    wants_selectors: WantsSelectors,
    now: Now,
    first_day: Annotated[
        Day | None, Query(alias="from", description="Happened on this day or later.", examples=["2024-11-01"])
    ] = None,
    last_day: Annotated[
        Day | None, Query(alias="to", description="Happened on this day or earlier.", examples=["2024-11-30"])
    ] = None,
    q: Annotated[Words | None, Query(description="Words that all occur in the entry.")] = None,
    as_of: AsOf = None,
    format: Format = None,
) -> Page[TimelineItem] | Response:
    """The timelines of all stories as one. An entry whose date is not known to the day is within `from` and `to` when
    it may be."""
    if first_day and last_day and first_day > last_day:
        raise InvalidInputError("from must not be later than to.", pointer="from")
    window = Window(first_day=first_day, last_day=last_day, words=q)
    if format is None:
        return _page(session, paging, window, as_of=as_of, wants_selectors=wants_selectors)
    return _formatted(format, _all(session, window, as_of=as_of), title=None, now=now)


def _formatted(
    format: Literal["timelinejs", "csv", "ics"], items: list[TimelineItem], *, title: str | None, now: datetime
) -> Response:
    match format:
        case "timelinejs":
            return JSONResponse(timelinejs.timelinejs(items, title=title), media_type=timelinejs.MEDIA_TYPE)
        case "csv":
            return Response(spreadsheet.timeline_csv(items), media_type=spreadsheet.MEDIA_TYPE)
        case "ics":
            return Response(calendar.timeline_ics(items, title=title, now=now), media_type=calendar.MEDIA_TYPE)


def _all(session: Session, window: Window, *, as_of: datetime | None) -> list[TimelineItem]:
    items: list[TimelineItem] = []
    after = None
    while rows := _rows(session, window, as_of=as_of, after=after, limit=_STEP):
        items += [assembly.timeline_item(row) for row in rows]
        after = rows[-1].key
        if len(items) > MAX_EXPORTED:
            raise InvalidInputError(f"More than {MAX_EXPORTED} entries: read them in pages.", pointer="format")
    return items


def _page(
    session: Session, paging: Paging, window: Window, *, as_of: datetime | None, wants_selectors: bool
) -> Page[TimelineItem]:
    after = paging.after(str, str, UUID)
    rows = _rows(session, window, as_of=as_of, after=after, limit=paging.rows)
    items = [assembly.timeline_item(row) for row in rows[: paging.limit]]
    if wants_selectors:
        assembly.add_selectors(session, (piece for item in items for piece in item.evidence))
    return paging.page(rows, key=lambda row: row.key, items=items)


def _rows(
    session: Session, window: Window, *, as_of: datetime | None, after: EntryKey | None, limit: int
) -> Sequence[EntryRead]:
    if as_of is None:
        return timeline.list_entries(session, window, after=after, limit=limit)
    return past_timeline.list_entries(session, window, as_of=as_of, after=after, limit=limit)
