"""What handlers ask for, as annotated aliases. Everything comes from the application's state; nothing is global.

What touches the database is a plain function, which FastAPI runs in a thread; the rest is ``async`` to spare one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request, Response
from sqlmodel import Session

from app.api import examples
from app.api.access import Gate
from app.api.backlog import Backlog
from app.api.following import Following
from app.api.pagination import Paging, listing_of
from app.api.problems import MEDIA, ProblemError
from app.api.schemas.common import Limit
from app.api.schemas.fields import ZonedInstant
from app.api.waiting import AnalysisWatch
from app.domain.errors import NotFoundError
from app.domain.languages import Identify
from app.domain.ports import Encoder
from app.outbound import Outbound
from app.store.engine import SessionFactory
from app.store.keys import Caller
from app.store.stories import get_heir, get_story
from app.store.tables import Story, utc_now
from app.store.workspaces import bound

_VERSION = version("claimline")  # reads a file


class DeferAnalysis(Protocol):
    """Queue an article's analysis in the session's transaction; ``is_new``: that transaction made the article."""

    def __call__(self, session: Session, article_id: UUID, *, is_new: bool = False) -> object: ...


@dataclass(slots=True)
class Services:
    """What the composition root hands in: all that a handler may reach. The encoder is loaded on first use."""

    sessions: SessionFactory
    defer_analysis: DeferAnalysis
    load_encoder: Callable[[], Encoder]
    watch: AnalysisWatch
    gate: Gate
    outbound: Outbound
    identify: Identify | None
    backlog: Backlog
    following: Following
    _encoder: Encoder | None = None
    _loading: threading.Lock = field(default_factory=threading.Lock)

    def encoder(self) -> Encoder:
        with self._loading:
            if self._encoder is None:
                self._encoder = self.load_encoder()
            return self._encoder


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(_services)]


async def _workspace_id(request: Request) -> UUID:
    caller: Caller = request.state.caller
    return caller.workspace_id


WorkspaceId = Annotated[UUID, Depends(_workspace_id)]  # of the caller


def _writing(services: ServicesDep, workspace_id: WorkspaceId) -> Iterator[Session]:
    with bound(services.sessions, workspace_id) as session:
        yield session


def _reading(services: ServicesDep, workspace_id: WorkspaceId) -> Iterator[Session]:
    with bound(services.sessions, workspace_id) as session:
        # Several queries make one answer: they must see one moment of the story.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield session


# With scope "function" a transaction ends before the answer goes out: a commit that fails is not answered 2xx.
WritingSession = Annotated[Session, Depends(_writing, scope="function")]
ReadingSession = Annotated[Session, Depends(_reading, scope="function")]


async def _now() -> datetime:
    return utc_now()


Now = Annotated[datetime, Depends(_now)]


async def _paging(
    request: Request,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[
        str | None, Query(max_length=1000, description="`next_cursor` of the page before; with the same filters.")
    ] = None,
) -> Paging:
    return Paging(listing=listing_of(request), limit=limit, cursor=cursor)


PagingDep = Annotated[Paging, Depends(_paging)]


async def _wants_selectors(
    selectors: Annotated[
        Literal["w3c"] | None, Query(description="`w3c` adds W3C Web Annotation selectors to each piece of evidence.")
    ] = None,
) -> bool:
    return selectors == "w3c"


WantsSelectors = Annotated[bool, Depends(_wants_selectors)]


AsOf = Annotated[
    ZonedInstant | None,
    Query(
        description="Answer with what was known then, from the articles published by that moment (or accepted by it, "
        "when they have no date). With a time zone; `+` is written `%2B`.",
        examples=["2024-11-05T12:00:00Z"],
    ),
]


async def json_body(request: Request) -> None:
    """Refuse a body of another type before it is looked at: a form would otherwise be called 'not an object'."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type and media_type != "application/json" and not media_type.endswith("+json"):
        raise ProblemError(MEDIA, f"Send the body as application/json, not {media_type[:100]}.")


JsonBody = Depends(json_body)


async def _queue_keeps_up(services: ServicesDep) -> None:
    await services.backlog.check()


QueueKeepsUp = Depends(_queue_keeps_up)


def parse_id(what: str, id: str) -> UUID:
    """An id of ours. To clients ids are opaque, so that one we cannot have given is not found rather than invalid."""
    try:
        return UUID(id)
    except ValueError as error:
        raise NotFoundError(what=what, id=id[:100]) from error


def _path_id(what: str) -> Any:
    return Path(description=f"The {what}'s id.", json_schema_extra={"format": "uuid"}, examples=[_EXAMPLE_IDS[what]])


_EXAMPLE_IDS = {
    "article": examples.ARTICLE_ID,
    "story": examples.STORY_ID,
    "conflict": examples.CONFLICT_ID,
    "webhook": examples.WEBHOOK_ID,
    "delivery": examples.DELIVERY_ID,
}


async def _article_id(article_id: Annotated[str, _path_id("article")]) -> UUID:
    return parse_id("article", article_id)


async def _story_id(story_id: Annotated[str, _path_id("story")]) -> UUID:
    return parse_id("story", story_id)


async def _conflict_id(conflict_id: Annotated[str, _path_id("conflict")]) -> UUID:
    return parse_id("conflict", conflict_id)


async def _webhook_id(webhook_id: Annotated[str, _path_id("webhook")]) -> UUID:
    return parse_id("webhook", webhook_id)


async def _delivery_id(delivery_id: Annotated[str, _path_id("delivery")]) -> UUID:
    return parse_id("delivery", delivery_id)


ArticleId = Annotated[UUID, Depends(_article_id)]
StoryId = Annotated[UUID, Depends(_story_id)]
ConflictId = Annotated[UUID, Depends(_conflict_id)]
WebhookId = Annotated[UUID, Depends(_webhook_id)]
DeliveryId = Annotated[UUID, Depends(_delivery_id)]


class MovedToHeirError(Exception):
    """The story was merged; it lives on under another id."""

    def __init__(self, heir_id: UUID) -> None:
        super().__init__(str(heir_id))
        self.heir_id = heir_id


class NotModifiedError(Exception):
    """The client has this version already."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


def _story(
    story_id: StoryId,
    session: ReadingSession,
    response: Response,
    if_none_match: Annotated[
        str | None,
        Header(alias="If-None-Match", description="An `ETag` of this address: 304 as long as it is current."),
    ] = None,
) -> Story:
    """The story of the path: 404 when there is none, 308 when it was merged, 304 when the client has this version."""
    story = get_story(session, story_id)
    if story.merged_into is not None:
        raise MovedToHeirError(get_heir(session, story_id).id)
    etag = f'W/"{story.version}-{_VERSION}"'
    if if_none_match and (if_none_match.strip() == "*" or _opaque(etag) in map(_opaque, if_none_match.split(","))):
        raise NotModifiedError(etag)
    response.headers.update({"ETag": etag, "Cache-Control": "no-cache"})
    return story


def _opaque(etag: str) -> str:
    """Weak comparison (RFC 9110, 8.8.3.2) ignores the W/."""
    return etag.strip().removeprefix("W/")


CurrentStory = Annotated[Story, Depends(_story)]
