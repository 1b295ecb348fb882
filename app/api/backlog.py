"""Saying "later" early: no article is taken when those taken before have waited too long already."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from time import monotonic

from starlette.concurrency import run_in_threadpool

from app.api.problems import QUEUE_BEHIND, ProblemError
from app.store.engine import SessionFactory
from app.store.workers import oldest_job_seconds

FRESH_SECONDS = 1.0
SHORTEST_WAIT, LONGEST_WAIT = 5, 60


@dataclass(slots=True)
class Backlog:
    """How long the oldest waiting analysis has waited, asked once a second. ``most_seconds`` 0: it may wait forever."""

    sessions: SessionFactory
    most_seconds: int
    _age: float = 0.0
    _asked_at: float = float("-inf")
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def check(self) -> None:
        """Raise ProblemError (429, with Retry-After) when the queue is too far behind."""
        if not self.most_seconds:
            return
        async with self._asking:
            if monotonic() - self._asked_at > FRESH_SECONDS:
                self._age = await run_in_threadpool(self._ask)
                self._asked_at = monotonic()
        if self._age > self.most_seconds:
            wait = min(max(math.ceil(self._age - self.most_seconds), SHORTEST_WAIT), LONGEST_WAIT)
            raise ProblemError(
                QUEUE_BEHIND,
                f"The oldest article has waited {self._age:.0f} s for its analysis; {self.most_seconds} s are allowed.",
                headers={"Retry-After": str(wait)},
            )

    def _ask(self) -> float:
        with self.sessions() as session:
            return oldest_job_seconds(session)
