"""What has happened: listed in order, and streamed as it happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.api import assembly, examples
from app.api.deps import MovedToHeirError, PagingDep, ReadingSession, ServicesDep, StoryId
from app.api.examples import ok
from app.api.following import Follower
from app.api.problems import (
    CURSOR,
    INVALID,
    NOT_FOUND,
    RATE_LIMITED,
    STORY_RESPONSES,
    STREAMS_TAKEN,
    ProblemError,
    responses,
)
from app.api.schemas.common import Page
from app.api.schemas.events import EventId, EventOut
from app.api.schemas.fields import Id
from app.domain.events import EventType
from app.store import events
from app.store.stories import get_heir, get_story
from app.store.workspaces import workspace_of

RETRY_SECONDS = 3  # before a client whose stream has ended comes back

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


async def _place(request: Request, services: ServicesDep) -> AsyncIterator[None]:
    """A place among the streams of this process, until the answer has gone out. ``async``: counted by the loop alone,
    so that two cannot take the last one."""
    following = services.following
    if following.open >= following.most:
        raise ProblemError(
            STREAMS_TAKEN,
            f"This process serves {following.most} streams and has no place left.",
            headers={"Retry-After": "30"},
        )
    following.open += 1
    request.state.is_stream = True
    try:
        yield
    finally:
        following.open -= 1


def _start(
    story_id: StoryId,
    session: ReadingSession,
    last_event_id: Annotated[
        EventId | None,
        Header(alias="Last-Event-ID", description="The last event you have: what happened after it comes first."),
    ] = None,
) -> tuple[Follower, ServerSentEvent]:
    """Where the stream begins, and how it says so."""
    story = get_story(session, story_id)
    if story.merged_into is not None:
        raise MovedToHeirError(get_heir(session, story_id).id)
    kept_after, last = events.kept_numbers(session)
    given = last if last_event_id is None else int(last_event_id)
    is_known = kept_after <= given <= last
    after = given if is_known else last
    first: dict[str, Any] = {"id": str(after), "retry": RETRY_SECONDS * 1000}
    if not is_known:
        first |= {"event": "reset", "data": {"story_id": str(story.id), "version": story.version}}
    return Follower(workspace_of(session), story.id, after), ServerSentEvent(**first)


@router.get(
    "/stories/{story_id}/stream",
    operation_id="streamStory",
    summary="Follow a story",
    response_class=EventSourceResponse,
    dependencies=[Depends(_place)],
    responses={
        200: ok("Server-sent events, without an end.", examples.STREAM, media_type="text/event-stream"),
        308: STORY_RESPONSES[308],
        **responses(NOT_FOUND, INVALID, RATE_LIMITED, STREAMS_TAKEN),
    },
)
async def stream_story(
    request: Request, services: ServicesDep, start: Annotated[tuple[Follower, ServerSentEvent], Depends(_start)]
) -> AsyncIterator[ServerSentEvent]:
    """What happens to the story from now on, as server-sent events (`text/event-stream`): `event` is the type, `data`
    the event as `GET /v1/events` lists it, `id` its id.

    A client that comes back with `Last-Event-ID` first gets what it has missed. When that is no longer kept, the first
    event is `reset`: read the story anew. A comment is sent when nothing has happened for 15 seconds. The stream ends
    when the story is deleted or merged into another (after `story.merged`), when the service stops, and after a time
    that the operator sets: come back then, as browsers do by themselves.
    """
    follower, first = start
    yield first
    if not request.state.is_head:
        async for event in services.following.follow(follower):
            shown = assembly.event_out(event)
            yield ServerSentEvent(id=shown.id, event=shown.type, data=shown)
