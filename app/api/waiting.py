"""Waiting for analyses without holding a thread or a connection: one poll serves all the requests that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from app.store.articles import unsettled
from app.store.engine import SessionFactory

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.1


class AnalysisWatch:
    """Tells waiting requests when their articles are analysed, failed or gone. Lives in one event loop."""

    def __init__(self, *, sessions: SessionFactory) -> None:
        self._sessions = sessions
        self._waiting: dict[asyncio.Future[None], UUID] = {}
        self._poll: asyncio.Task[None] | None = None

    async def until_settled(self, article_id: UUID, *, timeout: float) -> bool:
        """Whether the article was settled within ``timeout`` seconds."""
        settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[settled] = article_id
        if self._poll is None or self._poll.done():
            self._poll = asyncio.create_task(self._run())
        try:
            await asyncio.wait_for(settled, timeout)
        except TimeoutError:
            return False
        else:
            return True
        finally:
            self._waiting.pop(settled, None)

    async def _run(self) -> None:
        while self._waiting:
            asked = set(self._waiting.values())
            try:
                open_ids = await run_in_threadpool(self._unsettled, asked)
            except SQLAlchemyError as error:
                # The articles are safe; those who wait are answered 202 when their time is up.
                log.warning("wait_poll_failed", error=type(error).__name__)
            else:
                self._wake(asked - open_ids)
            await asyncio.sleep(POLL_SECONDS)

    def _wake(self, article_ids: set[UUID]) -> None:
        for settled, article_id in self._waiting.items():
            if article_id in article_ids and not settled.done():
                settled.set_result(None)

    def _unsettled(self, article_ids: Iterable[UUID]) -> set[UUID]:
        with self._sessions() as session:
            return unsettled(session, article_ids)
