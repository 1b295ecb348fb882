"""Webhooks as Standard Webhooks (standardwebhooks.com): messages are made from the event log, queued as jobs, signed,
sent, and tried again with growing pauses.

They have a queue of their own in each worker process, so that a receiver that answers slowly holds up no analysis.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.worker import Worker
from standardwebhooks import Webhook as Signer

from app import metrics
from app.domain.errors import OutboundRefusedError, UnreachableError
from app.logs import bound_contextvars, get_logger
from app.outbound import Outbound
from app.pipeline.deferring import defer
from app.store import deliveries
from app.store.deliveries import Letter, Outcome
from app.store.engine import SessionFactory, conninfo
from app.store.tables import utc_now
from app.store.webhooks import Patience
from app.store.workers import DELIVER, HEARTBEAT_SECONDS, STALLED_SECONDS

QUEUE = "webhooks"
CONCURRENCY = 4  # messages that one worker process sends at once
DISPATCH_SECONDS = 1.0
ANSWER_SECONDS = 10  # that a receiver has
PAUSES = (5, 30, 120, 600, 1800, 7200, 21600)  # seconds after each attempt that failed; then the message is given up
BROKEN_SECONDS = 30  # after a failure of ours, such as a database that went away

log = get_logger(__name__)


class TryAgainError(Exception):
    """The message was not taken; it is to be sent again in so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class _Pause(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:  # noqa: ARG002
        seconds = exception.seconds if isinstance(exception, TryAgainError) else BROKEN_SECONDS
        return RetryDecision(retry_in={"seconds": seconds})


@dataclass(frozen=True, slots=True)
class Postman:
    """Sends messages through the one door out of the service."""

    sessions: SessionFactory
    outbound: Outbound
    now: Callable[[], datetime] = utc_now
    pauses: Sequence[int] = PAUSES
    patience: Patience = field(default_factory=Patience)

    def deliver(self, delivery_id: UUID) -> None:
        """Send the message once, when it is still wanted. Raises TryAgainError when it was not taken."""
        with self.sessions.begin() as session:
            letter = deliveries.open_letter(session, delivery_id, now=self.now())
        if letter is None:
            return
        outcome, is_final = self._send(letter)
        is_last = is_final or letter.tries >= len(self.pauses)
        with self.sessions.begin() as session:
            is_to_be_continued = deliveries.settle(
                session, letter, outcome, is_last=is_last, patience=self.patience, now=self.now()
            )
        result = "delivered" if outcome.is_delivered else "retried" if is_to_be_continued else "failed"
        metrics.WEBHOOKS.labels(result).inc()
        log.info("webhook_sent", result=result, status=outcome.status_code, attempt=letter.tries + 1)
        if is_to_be_continued:
            pause = self.pauses[letter.tries]
            raise TryAgainError(pause + round(pause * random.random() / 5))  # noqa: S311 - so that not all come at once

    def _send(self, letter: Letter) -> tuple[Outcome, bool]:
        """What came of it, and whether that is final."""
        started = time.perf_counter()
        headers = {"Content-Type": "application/json", **signed(letter, at=self.now())}
        status, error, is_final = None, None, False
        try:
            status = self.outbound.post(
                letter.url, content=letter.body.encode(), seconds=ANSWER_SECONDS, headers=headers
            )
        except OutboundRefusedError as refusal:
            error, is_final = str(refusal), True
        except UnreachableError as failure:
            error = str(failure)
        return Outcome(status, error, round((time.perf_counter() - started) * 1000)), is_final


def signed(letter: Letter, *, at: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks; with two secrets there are two signatures. The id is that of the message, the
    same in every attempt; the time is that of the attempt."""
    message_id = f"msg_{letter.id}"
    signatures = [Signer(secret).sign(message_id, at, letter.body) for secret in letter.secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def dispatch(sessions: SessionFactory, *, now: Callable[[], datetime] = utc_now) -> int:
    """Make messages of what has happened, and queue what waits; how many were queued. Each step is a transaction."""
    while True:
        with sessions.begin() as session:
            if not deliveries.write_messages(session, now=now()):
                break
    queued = 0
    while True:
        with sessions.begin() as session:
            ids = deliveries.take_unqueued(session, now=now())
            for delivery_id in ids:
                defer(session, DELIVER, queue=QUEUE, delivery_id=str(delivery_id))
        queued += len(ids)
        if not ids:
            return queued


def delivery_app(url: str, postman: Postman) -> App:
    """The queue of messages as a worker sees it."""
    app = App(connector=PsycopgConnector(conninfo=conninfo(url), min_size=1, max_size=4))

    @app.task(name=DELIVER, queue=QUEUE, retry=_Pause())
    def deliver_webhook(delivery_id: str) -> None:
        with bound_contextvars(delivery_id=delivery_id):
            postman.deliver(UUID(delivery_id))

    return app


class _OfOneProcess(JobManager):
    """For a second worker of a process: it goes by the registration of the first, which is what the process is known
    by to those who count workers and those who take back the jobs of dead ones."""

    def __init__(self, app: App, worker_id: int) -> None:
        super().__init__(app.connector)
        self._worker_id = worker_id

    async def register_worker(self) -> int:
        return self._worker_id

    async def unregister_worker(self, worker_id: int) -> None:
        pass


def companion(app: App, *, worker_id: int) -> Worker:
    """A worker for messages, beside the one that is registered with this id."""
    app.job_manager = _OfOneProcess(app, worker_id)
    return Worker(
        app,
        queues=[QUEUE],
        concurrency=CONCURRENCY,
        delete_jobs="successful",
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=STALLED_SECONDS,
        fetch_job_polling_interval=DISPATCH_SECONDS,
        install_signal_handlers=False,
    )


async def dispatch_forever(sessions: SessionFactory) -> None:
    while True:
        try:
            await asyncio.to_thread(dispatch, sessions)
        except Exception:  # the queue's errors are not SQLAlchemy's
            log.exception("dispatch_failed")
        await asyncio.sleep(DISPATCH_SECONDS)


async def send_forever(url: str, postman: Postman, *, beside: Worker) -> None:
    """Take messages until cancelled, beside the process's own worker; what is being sent then is finished."""
    while True:
        while beside.worker_id is None:
            await asyncio.sleep(0.05)
        app = delivery_app(url, postman)
        try:
            async with app.open_async():
                await companion(app, worker_id=beside.worker_id).run()
        except Exception:
            log.exception("sending_failed")
        await asyncio.sleep(BROKEN_SECONDS)
