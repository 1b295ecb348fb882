"""The job queue: an article's analysis is deferred in the transaction that stores the article, and run by workers.

Nothing here knows what an analysis is: the composition root hands it in, so that the API process, which only defers,
loads no model.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.worker import Worker
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app import metrics, traces
from app.domain.errors import (
    InvalidInputError,
    NotFoundError,
    OutboundRefusedError,
    SameArticleError,
    UnreachableError,
    UnsupportedLanguageError,
)
from app.logs import bound_contextvars, get_logger
from app.pipeline.deferring import defer
from app.pipeline.webhooks import CONCURRENCY as SENDERS
from app.pipeline.webhooks import Postman, dispatch_forever, send_forever
from app.store import idempotency, workers
from app.store.engine import SessionFactory, conninfo
from app.store.retention import forget_news, purge
from app.store.tables import utc_now
from app.store.workers import ANALYSE, ANALYSIS_FAILED, HEARTBEAT_SECONDS, MAX_ATTEMPTS, STALLED_SECONDS

QUEUE = "analysis"
PURGE = "purge_expired"
PURGE_CRON = "17 * * * *"
EVENT_RETENTION = timedelta(days=30)
RESCUE_SECONDS = 5.0
POLL_SECONDS = 2.0  # for jobs whose time comes without a notification: retries
DRAIN_SECONDS = 6.0  # what a job in flight gets to finish after SIGTERM, before it is put back

log = get_logger(__name__)


# What kind of trouble an article failed with, by the error; other errors are ANALYSIS_FAILED.
KINDS: dict[type[BaseException], str] = {
    InvalidInputError: "invalid-article",
    OutboundRefusedError: "url-refused",
    SameArticleError: "same-article",
    UnsupportedLanguageError: "unsupported-language",
    UnreachableError: "url-unreachable",
}


class BackOff(BaseRetryStrategy):
    """2, 4, 8, 16 seconds, then give up; for somebody else's server 4, 16, 64, 256; at once when trying again cannot
    help."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if is_final(exception, attempts=job.attempts):
            return None
        factor = 4 if isinstance(exception, UnreachableError) else 2
        return RetryDecision(retry_in={"seconds": factor ** (job.attempts + 1)})


def is_final(error: BaseException, *, attempts: int) -> bool:
    """Whether an analysis that was tried ``attempts`` times before and raised this now is given up."""
    return isinstance(error, InvalidInputError) or attempts + 1 >= MAX_ATTEMPTS


def defer_analysis(session: Session, article_id: UUID, *, is_new: bool = False) -> None:
    """Queue the article's analysis in the session's own transaction: both are committed or neither.

    An article that is waiting already is not queued twice; one that is being analysed is, and runs again after.
    ``is_new``: the article was made in this transaction, so that nothing can be queued for it.
    """
    if is_new:
        _defer(session, article_id)
        return
    try:
        with session.begin_nested():  # a refused insert must not spoil the caller's transaction
            _defer(session, article_id)
    except AlreadyEnqueued:
        log.debug("analysis_already_queued", article_id=str(article_id))


def _defer(session: Session, article_id: UUID) -> None:
    trace = traces.carried()
    carried = {"trace": trace} if trace else {}
    defer(session, ANALYSE, queue=QUEUE, lock=f"article:{article_id}", article_id=str(article_id), **carried)


def worker_app(
    url: str,
    *,
    analyse: Callable[[UUID], None],
    sessions: SessionFactory,
    retention: timedelta | None = None,
    event_retention: timedelta = EVENT_RETENTION,
) -> App:
    """The queue as a worker sees it: analyses in a thread, and every hour, on one of the workers, what is past its
    retention is let go of."""
    app = App(connector=PsycopgConnector(conninfo=conninfo(url), min_size=1, max_size=4))

    @app.task(name=ANALYSE, queue=QUEUE, pass_context=True, retry=BackOff())
    def analyse_article(context: JobContext, article_id: str, trace: dict[str, str] | None = None) -> None:
        attempts = context.job.attempts
        about: traces.Attributes = {"claimline.article_id": article_id, "claimline.attempt": attempts + 1}
        with (
            traces.job_span(ANALYSE, carried_trace=trace, attributes=about),
            bound_contextvars(job_id=context.job.id, article_id=article_id, **traces.for_logs()),
        ):
            _analyse(UUID(article_id), analyse=analyse, sessions=sessions, attempts=attempts)

    @app.periodic(cron=PURGE_CRON)
    @app.task(name=PURGE, queue=QUEUE, queueing_lock=PURGE)
    def purge_expired(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate says for when it was meant
        if retention is not None:
            purge_older(sessions, retention)
        with sessions.begin() as session:
            forget_news(session, before=utc_now() - event_retention)
            idempotency.sweep(session, now=utc_now())

    return app


def purge_older(sessions: SessionFactory, retention: timedelta) -> None:
    now = utc_now()
    purged = purge(sessions, before=now - retention, now=now)
    if purged:
        log.info("articles_purged", articles=purged)


def _analyse(article_id: UUID, *, analyse: Callable[[UUID], None], sessions: SessionFactory, attempts: int) -> None:
    started = time.perf_counter()
    try:
        analyse(article_id)
    except NotFoundError:  # deleted while it waited
        metrics.ANALYSES.labels("deleted").inc()
        log.info("article_deleted_before_analysis")
    except Exception as error:
        if is_final(error, attempts=attempts):
            metrics.ANALYSES.labels("failed").inc()
            with sessions.begin() as session:
                reason = _reason(error, attempts=attempts + 1)
                workers.mark_failed(session, [article_id], reason=reason, kind=_kind(error), now=utc_now())
        else:
            metrics.ANALYSES.labels("retried").inc()
        log.exception("analysis_failed", attempt=attempts + 1)
        raise
    else:
        metrics.ANALYSES.labels("analysed").inc()
        metrics.ANALYSIS_SECONDS.observe(time.perf_counter() - started)


def _reason(error: Exception, *, attempts: int) -> str:
    """What the client may read: our own words in full, of others only the kind."""
    if isinstance(error, (InvalidInputError, UnreachableError)):
        return str(error)
    return f"The analysis failed {attempts} times, the last time with {type(error).__name__}."


def _kind(error: Exception) -> str:
    return next((KINDS[base] for base in type(error).__mro__ if base in KINDS), ANALYSIS_FAILED)


def run_worker(
    url: str,
    *,
    analyse: Callable[[UUID], None],
    sessions: SessionFactory,
    concurrency: int,
    on_registered: Callable[[int], None] | None = None,
    drain_seconds: float = DRAIN_SECONDS,
    retention: timedelta | None = None,
    event_retention: timedelta = EVENT_RETENTION,
    postman: Postman | None = None,
) -> bool:
    """Take jobs, and with a ``postman`` send messages, until SIGTERM or SIGINT; True when it was asked to stop, False
    when it stopped by itself.

    After the signal no job is taken; the ones in flight get ``drain_seconds``, then they are put back and the process
    exits under them. A second signal exits at once and leaves them to be rescued.
    """
    app = worker_app(url, analyse=analyse, sessions=sessions, retention=retention, event_retention=event_retention)
    side = [lambda _: _rescue_forever(sessions)]
    if postman is not None:
        side += [lambda _: dispatch_forever(sessions), lambda worker: send_forever(url, postman, beside=worker)]
    running = _run(
        app, sessions, concurrency=concurrency, on_registered=on_registered, drain_seconds=drain_seconds, beside=side
    )
    return asyncio.run(running)


async def _run(
    app: App,
    sessions: SessionFactory,
    *,
    concurrency: int,
    on_registered: Callable[[int], None] | None,
    drain_seconds: float,
    beside: Sequence[Callable[[Worker], Coroutine[Any, Any, None]]],
) -> bool:
    loop = asyncio.get_running_loop()
    threads = concurrency + SENDERS + 3
    loop.set_default_executor(ThreadPoolExecutor(max_workers=threads, thread_name_prefix="job"))
    async with app.open_async():
        worker = Worker(
            app,
            queues=[QUEUE],
            concurrency=concurrency,
            delete_jobs="successful",
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            fetch_job_polling_interval=POLL_SECONDS,
            install_signal_handlers=False,
        )
        is_asked_to_stop = _stop_on_signals(worker, sessions, drain_seconds=drain_seconds)
        side = [asyncio.create_task(each(worker)) for each in beside]
        if on_registered:
            side.append(asyncio.create_task(_report(worker, on_registered)))
        try:
            await worker.run()
        finally:
            for task in side:
                task.cancel()
            await asyncio.gather(*side, return_exceptions=True)
    return is_asked_to_stop.is_set()


def _stop_on_signals(worker: Worker, sessions: SessionFactory, *, drain_seconds: float) -> asyncio.Event:
    loop, asked = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        if asked.is_set():
            os._exit(1)
        asked.set()
        worker.stop()
        loop.call_later(drain_seconds, _leave, worker, sessions)

    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop)
    return asked


def _leave(worker: Worker, sessions: SessionFactory) -> None:
    """Put back what still runs and go: threads cannot be interrupted, and an analysis can be repeated."""
    worker_id = worker.worker_id
    if worker_id is not None:
        try:
            with sessions.begin() as session:
                rescue = workers.release_worker(session, worker_id)
            log.warning("jobs_put_back", jobs=len(rescue.retried))
        except SQLAlchemyError:  # then other workers take them, once this one's heartbeat has stopped
            log.exception("putting_back_failed")
    os._exit(0)


async def _report(worker: Worker, on_registered: Callable[[int], None]) -> None:
    while worker.worker_id is None:
        await asyncio.sleep(0.05)
    on_registered(worker.worker_id)


async def _rescue_forever(sessions: SessionFactory) -> None:
    while True:
        try:
            await asyncio.to_thread(_rescue, sessions)
        except SQLAlchemyError:
            log.exception("rescue_failed")
        await asyncio.sleep(RESCUE_SECONDS)


def _rescue(sessions: SessionFactory) -> None:
    with sessions.begin() as session:
        rescue = workers.rescue_stalled(session)
    if rescue.retried or rescue.given_up:
        metrics.JOBS_RESCUED.labels("retried").inc(len(rescue.retried))
        metrics.JOBS_RESCUED.labels("given_up").inc(len(rescue.given_up))
        log.warning("jobs_rescued", retried=len(rescue.retried), given_up=len(rescue.given_up))
