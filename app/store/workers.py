"""The job queue's side of a crash: which workers live, and what becomes of the jobs of those that do not.

Procrastinate keeps the tables and the functions (``procrastinate_*``); the queries here add what must be one statement
under a row lock: its own rescue reads the stalled jobs and retries them one after the other, and a job that somebody
else has picked up in between would run twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from app.domain.errors import problem_urn
from app.domain.events import EventType, Happening
from app.store import events
from app.store.tables import Article, utc_now

ANALYSIS_FAILED = "analysis-failed"
ANALYSE = "analyse_article"  # the tasks' names in the queue
DELIVER = "deliver_webhook"
HEARTBEAT_SECONDS = 3
STALLED_SECONDS = 15  # a worker that has not reported for this long is taken for dead
MAX_ATTEMPTS = 5  # of one article, whether they raised an error or killed their worker


@dataclass(frozen=True, slots=True)
class Rescue:
    """Articles whose jobs were taken back from dead workers: run again, or given up after too many attempts."""

    retried: tuple[UUID, ...]
    given_up: tuple[UUID, ...]


def worker_seen(session: Session, *, within_seconds: float = STALLED_SECONDS) -> bool:
    """Whether a worker reported lately."""
    return count_workers(session, within_seconds=within_seconds) > 0


def count_workers(session: Session, *, within_seconds: float = STALLED_SECONDS) -> int:
    query = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :seconds)"
    return int(session.connection().execute(text(query), {"seconds": within_seconds}).scalar_one())


def count_jobs(session: Session) -> int:
    """Analyses that wait or run."""
    query = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = :task"
    return int(session.connection().execute(text(query), {"task": ANALYSE}).scalar_one())


def oldest_job_seconds(session: Session) -> float:
    """How long the analysis that is next in the queue has waited; 0 when none waits. By the database's clock."""
    query = """
        SELECT extract(epoch FROM clock_timestamp() - max(event.at)) FROM procrastinate_events event
        WHERE event.type IN ('deferred', 'deferred_for_retry') AND event.job_id = (
            SELECT id FROM procrastinate_jobs
            WHERE status = 'todo' AND task_name = :task AND (scheduled_at IS NULL OR scheduled_at <= now())
            ORDER BY priority DESC, id LIMIT 1)
    """
    return max(0.0, float(session.connection().execute(text(query), {"task": ANALYSE}).scalar_one() or 0.0))


def rescue_stalled(session: Session, *, stalled_seconds: float = STALLED_SECONDS) -> Rescue:
    """Take back the jobs of workers whose heartbeat stopped. The caller commits.

    Liveness is a subquery, so that it is judged again for a row that changed while we waited for its lock.
    """
    return _take_back(
        session,
        "(job.worker_id IS NULL OR job.worker_id NOT IN (SELECT id FROM procrastinate_workers "
        "WHERE last_heartbeat >= now() - make_interval(secs => :seconds)))",
        {"seconds": stalled_seconds},
    )


def release_worker(session: Session, worker_id: int) -> Rescue:
    """Take back the jobs of a worker that is known to be gone, or is about to go. The caller commits."""
    rescue = _take_back(session, "job.worker_id = :worker_id", {"worker_id": worker_id})
    session.connection().execute(text("SELECT procrastinate_unregister_worker_v1(:id)"), {"id": worker_id})
    return rescue


def mark_failed(session: Session, article_ids: Collection[UUID], *, reason: str, kind: str, now: datetime) -> None:
    """Say on the articles that their analysis was given up, and why: in words, and by the kind of trouble. The caller
    commits; deleted ones are ignored."""
    failed: dict[UUID, list[Happening]] = defaultdict(list)
    for article_id in sorted(article_ids):
        article = session.get(Article, article_id, with_for_update=True)
        if article is not None and article.status != "analysed":
            article.status, article.error, article.error_type = "failed", reason, kind
            session.add(article)
            data = {"article_id": str(article_id), "error": reason, "error_type": problem_urn(kind)}
            failed[article.workspace_id].append(Happening(EventType.ARTICLE_FAILED, article.story_id, data))
    for workspace_id in sorted(failed):
        events.record(session, workspace_id, failed[workspace_id], now=now)


def _take_back(session: Session, condition: str, parameters: dict[str, float]) -> Rescue:
    # The condition is one of the two constants above.
    query = f"""
        SELECT job.id, job.attempts, (job.args ->> 'article_id')::uuid AS article_id,
            EXISTS (SELECT 1 FROM procrastinate_jobs other
                    WHERE other.queueing_lock = job.queueing_lock AND other.status = 'todo') AS has_successor
        FROM procrastinate_jobs job
        WHERE job.status = 'doing' AND job.task_name = :task AND {condition}
        ORDER BY job.id
        FOR UPDATE OF job SKIP LOCKED
    """  # noqa: S608
    connection = session.connection()
    retried, given_up = [], []
    for row in connection.execute(text(query), {"task": ANALYSE, **parameters}).all():
        if row.has_successor:  # the article was queued again since: that job does the work of this one
            _finish(session, row.id, "aborted")
        elif row.attempts + 1 >= MAX_ATTEMPTS:
            _finish(session, row.id, "failed")
            given_up.append(row.article_id)
        else:
            retry = "SELECT procrastinate_retry_job_v2(:id, now(), NULL, NULL, NULL)"
            connection.execute(text(retry), {"id": row.id})
            retried.append(row.article_id)
    _retry_deliveries(session, condition, parameters)
    reason = f"The worker died {MAX_ATTEMPTS} times while analysing it."
    mark_failed(session, given_up, reason=reason, kind=ANALYSIS_FAILED, now=utc_now())
    return Rescue(retried=tuple(retried), given_up=tuple(given_up))


def _retry_deliveries(session: Session, condition: str, parameters: dict[str, float]) -> None:
    """However often: a message does not kill the worker that sends it. The receiver may get it twice, under one id."""
    query = f"""
        SELECT procrastinate_retry_job_v2(job.id, now(), NULL, NULL, NULL) FROM (
            SELECT job.id FROM procrastinate_jobs job
            WHERE job.status = 'doing' AND job.task_name = :task AND {condition}
            ORDER BY job.id FOR UPDATE OF job SKIP LOCKED) job
    """  # noqa: S608
    session.connection().execute(text(query), {"task": DELIVER, **parameters})


def _finish(session: Session, job_id: int, status: str) -> None:
    query = "SELECT procrastinate_finish_job_v1(:id, CAST(:status AS procrastinate_job_status), false)"
    session.connection().execute(text(query), {"id": job_id, "status": status})
