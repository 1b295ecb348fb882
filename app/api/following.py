"""Streams of a story's events: one poll serves them all, and none holds a thread or a connection while it waits.

A poll asks for the last event of every followed story by index, so that it costs the same whatever is in the log. Told
by LISTEN instead, each API process would hold a connection more, and poolers that lend one by the transaction would
not do.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from app.domain.events import EventType
from app.store import events
from app.store.engine import SessionFactory
from app.store.tables import Event
from app.store.workspaces import bound

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
PAGE = 100


@dataclass(slots=True, eq=False)
class Follower:
    """One client's place in a story: ``after`` is the last event it was given."""

    workspace_id: UUID
    story_id: UUID
    after: int
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def wake(self) -> None:
        self._woken.set()

    async def sleep(self, *, until: float) -> None:
        """Until there is something to look for, or the loop's clock says ``until``, which is the end."""
        try:
            async with asyncio.timeout_at(until):
                await self._woken.wait()
        except TimeoutError:
            self.is_over = True
        self._woken.clear()


class Following:
    """The streams of this process. Lives in one event loop; ``stop`` may be called from anywhere."""

    def __init__(self, *, sessions: SessionFactory, most: int, seconds: float) -> None:
        self.most, self._seconds = most, seconds
        self.open = 0  # streams that were let in: see ``api.routes.events``
        self._sessions = sessions
        self._followers: set[Follower] = set()
        self._poll: asyncio.Task[None] | None = None
        self._is_stopping = False

    def stop(self) -> None:
        """End all streams, which take note within a poll."""
        self._is_stopping = True

    async def follow(self, follower: Follower) -> AsyncIterator[Event]:
        """The story's events after the follower's, as they come. Ends with the story (deleted, or merged into
        another), when the process stops, when the database is away, and when its time is up."""
        until = asyncio.get_running_loop().time() + self._seconds
        self._followers.add(follower)
        if self._poll is None or self._poll.done():
            self._poll = asyncio.create_task(self._run())
        try:
            while not (follower.is_over or self._is_stopping):
                page = await run_in_threadpool(self._read, follower)
                for event in page:
                    yield event
                    follower.after = event.number
                    follower.is_over |= event.type == EventType.STORY_MERGED
                if len(page) < PAGE and not follower.is_over:
                    await follower.sleep(until=until)
        except SQLAlchemyError as error:
            log.warning("stream_broken_off", error=type(error).__name__)
        finally:
            self._followers.discard(follower)

    async def _run(self) -> None:
        while self._followers and not self._is_stopping:
            await asyncio.sleep(POLL_SECONDS)
            try:
                last = await run_in_threadpool(self._last, {x.story_id for x in self._followers})
            except SQLAlchemyError as error:  # a stream that is woken meanwhile finds out by itself
                log.warning("stream_poll_failed", error=type(error).__name__)
            else:
                self._wake(last)
        for follower in self._followers:
            follower.wake()

    def _wake(self, last: dict[UUID, int]) -> None:
        for follower in self._followers:
            number = last.get(follower.story_id)
            follower.is_over |= number is None
            if number is None or number > follower.after:
                follower.wake()

    def _read(self, follower: Follower) -> Sequence[Event]:
        with bound(self._sessions, follower.workspace_id) as session:
            return events.list_events(session, after=follower.after, story_id=follower.story_id, limit=PAGE)

    def _last(self, story_ids: set[UUID]) -> dict[UUID, int]:
        with self._sessions() as session:
            return events.last_numbers(session, story_ids)
