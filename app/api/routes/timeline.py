"""Timelines, of one story and across all."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import Session

from app.api import assembly, examples
from app.api.deps import AsOf, CurrentStory, PagingDep, ReadingSession, WantsSelectors
from app.api.examples import ok
from app.api.pagination import Paging
from app.api.problems import CURSOR, INVALID, NOT_FOUND, STORY_RESPONSES, responses
from app.api.schemas.common import Page
from app.api.schemas.fields import Day, Words
from app.api.schemas.stories import TimelineItem
from app.domain.errors import InvalidInputError
from app.store import past_timeline, timeline
from app.store.timeline import Window

router = APIRouter(prefix="/v1", tags=["timeline"])


@router.get(
    "/stories/{story_id}/timeline",
    operation_id="getStoryTimeline",
    summary="Read a story's timeline",
    responses={
        200: ok("In time order.", examples.TIMELINE_PAGE),
        **STORY_RESPONSES,
        **responses(NOT_FOUND, INVALID, CURSOR),
    },
)
def get_story_timeline(
    story: CurrentStory,
    session: ReadingSession,
    paging: PagingDep,
    wants_selectors: WantsSelectors,
    as_of: AsOf = None,
) -> Page[TimelineItem]:
    """What happened when, as the story's articles date it. What no article dates is not in it.

    An entry gathers the articles that tell the same event of the same time. `conflict_ids` points at the open
    reports that stand on the same claims: somebody tells it differently. With `as_of`, entries, dates and counts are
    those that could be given then.
    """
    return _page(session, paging, Window(story_id=story.id), as_of=as_of, wants_selectors=wants_selectors)


@router.get(
    "/timeline",
    operation_id="getTimeline",
    summary="Read the timeline across stories",
    responses={200: ok("In time order.", examples.TIMELINE_PAGE), **responses(INVALID, CURSOR)},
)
def get_timeline(
    *,
    session: ReadingSession,
    paging: PagingDep,
    wants_selectors: WantsSelectors,
    first_day: Annotated[
        Day | None, Query(alias="from", description="Happened on this day or later.", examples=["2024-11-01"])
    ] = None,
    last_day: Annotated[
        Day | None, Query(alias="to", description="Happened on this day or earlier.", examples=["2024-11-30"])
    ] = None,
    q: Annotated[Words | None, Query(description="Words that all occur in the entry.")] = None,
    as_of: AsOf = None,
) -> Page[TimelineItem]:
    """The timelines of all stories as one. An entry whose date is not known to the day is within `from` and `to` when
    it may be."""
    if first_day and last_day and first_day > last_day:
        raise InvalidInputError("from must not be later than to.", pointer="from")
    window = Window(first_day=first_day, last_day=last_day, words=q)
    return _page(session, paging, window, as_of=as_of, wants_selectors=wants_selectors)


def _page(
    session: Session, paging: Paging, window: Window, *, as_of: datetime | None, wants_selectors: bool
) -> Page[TimelineItem]:
    after = paging.after(str, str, UUID)
    if as_of is None:
        rows = timeline.list_entries(session, window, after=after, limit=paging.rows)
    else:
        rows = past_timeline.list_entries(session, window, as_of=as_of, after=after, limit=paging.rows)
    items = [assembly.timeline_item(row) for row in rows[: paging.limit]]
    if wants_selectors:
        assembly.add_selectors(session, (piece for item in items for piece in item.evidence))
    return paging.page(rows, key=lambda row: row.key, items=items)
