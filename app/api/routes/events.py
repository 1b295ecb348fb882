"""What has happened: listed in order, and streamed as it happens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from app.api import assembly, examples
from app.api.deps import PagingDep, ReadingSession
from app.api.examples import ok
from app.api.problems import CURSOR, INVALID, responses
from app.api.schemas.common import Page
from app.api.schemas.events import EventId, EventOut
from app.api.schemas.fields import Id
from app.domain.events import EventType
from app.store import events

router = APIRouter(prefix="/v1", tags=["events"])


@router.get(
    "/events",
    operation_id="listEvents",
    summary="List events",
    responses={200: ok("Oldest first.", examples.EVENT_PAGE), **responses(INVALID, CURSOR)},
)
def list_events(
    *,
    session: ReadingSession,
    paging: PagingDep,
    after: Annotated[
        EventId | None, Query(description="Only what happened after this event: the last id you have.")
    ] = None,
    type: Annotated[list[EventType] | None, Query(description="Only these types; may be repeated.")] = None,
    story_id: Annotated[Id | None, Query(description="Only what happened to this story.")] = None,
) -> Page[EventOut]:
    """What has happened in the workspace, in order. To go on later, pass the last `id` you have as `after`: no event
    is left out or listed twice, also while others are being written.

    * `article.analysed`, `article.failed`, `article.withdrawn`
    * `conflict.opened`: a report stands that did not before; `conflict.changed`: an answer, its evidence or the
      editor's verdict is another; `conflict.closed`
    * `story.updated`: anything that readers of the story see has changed, its `version` has grown
    * `story.merged`: the story lives on in another, and so do its reports, under their ids

    Events hold no words of articles. They are kept for a time that the operator sets, 30 days by default.
    """
    [start] = paging.after(int) or [int(after or 0)]
    rows = events.list_events(session, after=start, types=type or (), story_id=story_id, limit=paging.rows)
    items = [assembly.event_out(row) for row in rows[: paging.limit]]
    return paging.page(rows, key=lambda row: (row.number,), items=items)
