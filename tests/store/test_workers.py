"""Whose jobs are taken back, and what becomes of them. The queue's rows are made by its own functions."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from app.pipeline.jobs import QUEUE, defer_analysis
from app.store import workers
from app.store.tables import Article, Event

NOW = datetime(2031, 5, 6, tzinfo=UTC)


def _article(session: Session, *, status: str = "analysing") -> UUID:
    article = Article(text="The ferry left.", fingerprint=str(len(session.new)) + status, status=status, created_at=NOW)
    session.add(article)
    session.flush()
    return article.id


def _worker(session: Session, *, seconds_ago: float = 0) -> int:
    query = (
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => :ago)) RETURNING id"
    )
    return int(session.connection().execute(text(query), {"ago": seconds_ago}).scalar_one())


def _running_job(session: Session, article_id: UUID, worker_id: int, *, attempts: int = 0) -> None:
    defer_analysis(session, article_id)
    connection = session.connection()
    connection.execute(
        text("SELECT procrastinate_fetch_job_v2(ARRAY[:queue], :worker)"), {"queue": QUEUE, "worker": worker_id}
    )
    connection.execute(text("UPDATE procrastinate_jobs SET attempts = :n WHERE status = 'doing'"), {"n": attempts})


def _jobs(session: Session) -> list[tuple[str, int]]:
    rows = session.connection().execute(text("SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id"))
    return [tuple(row) for row in rows]


def test_a_worker_is_seen_while_its_heartbeat_is_fresh(session: Session) -> None:
    assert not workers.worker_seen(session)
    _worker(session, seconds_ago=workers.STALLED_SECONDS + 1)
    assert not workers.worker_seen(session)
    _worker(session)
    assert workers.worker_seen(session)
    assert workers.count_workers(session) == 1


def test_jobs_that_wait_or_run_are_counted(session: Session) -> None:
    _running_job(session, _article(session), _worker(session))
    defer_analysis(session, _article(session, status="queued"))
    assert workers.count_jobs(session) == 2


def test_the_job_of_a_live_worker_is_left_alone(session: Session) -> None:
    _running_job(session, _article(session), _worker(session, seconds_ago=workers.STALLED_SECONDS - 5))
    assert workers.rescue_stalled(session) == workers.Rescue(retried=(), given_up=())
    assert _jobs(session) == [("doing", 0)]


def test_the_job_of_a_silent_worker_runs_again(session: Session) -> None:
    article_id = _article(session)
    _running_job(session, article_id, _worker(session, seconds_ago=workers.STALLED_SECONDS + 1))
    assert workers.rescue_stalled(session).retried == (article_id,)
    assert _jobs(session) == [("todo", 1)]
    assert workers.rescue_stalled(session).retried == ()


def test_the_job_of_a_worker_that_was_forgotten_runs_again(session: Session) -> None:
    article_id, worker_id = _article(session), _worker(session)
    _running_job(session, article_id, worker_id)
    session.connection().execute(text("SELECT procrastinate_unregister_worker_v1(:id)"), {"id": worker_id})
    assert workers.rescue_stalled(session).retried == (article_id,)


def test_releasing_a_worker_gives_back_its_jobs_and_only_its(session: Session) -> None:
    gone, alive = _worker(session), _worker(session)
    first, second = _article(session), _article(session, status="queued")
    _running_job(session, first, gone)
    _running_job(session, second, alive)
    assert workers.release_worker(session, gone).retried == (first,)
    assert _jobs(session) == [("todo", 1), ("doing", 0)]
    assert workers.count_workers(session) == 1


def test_an_article_that_keeps_killing_its_worker_is_given_up_with_a_reason(session: Session) -> None:
    article_id, worker_id = _article(session), _worker(session)
    _running_job(session, article_id, worker_id, attempts=workers.MAX_ATTEMPTS - 1)
    assert workers.release_worker(session, worker_id).given_up == (article_id,)
    assert [status for status, _ in _jobs(session)] == ["failed"]
    article = session.get(Article, article_id)
    assert article is not None
    assert article.status == "failed"
    assert "worker died" in (article.error or "")


def test_an_article_queued_again_meanwhile_is_not_run_twice(session: Session) -> None:
    article_id, worker_id = _article(session), _worker(session)
    _running_job(session, article_id, worker_id)
    defer_analysis(session, article_id)
    assert workers.release_worker(session, worker_id) == workers.Rescue(retried=(), given_up=())
    assert [status for status, _ in _jobs(session)] == ["aborted", "todo"]


@pytest.mark.parametrize(("before", "after"), [("queued", "failed"), ("analysing", "failed"), ("analysed", "analysed")])
def test_only_an_unfinished_analysis_can_fail(session: Session, before: str, after: str) -> None:
    article_id = _article(session, status=before)
    workers.mark_failed(session, [article_id], reason="It was too odd.", kind="odd", now=NOW)
    article = session.get(Article, article_id)
    assert article is not None
    assert article.status == after
    assert (article.error, article.error_type) == (("It was too odd.", "odd") if after == "failed" else (None, None))
    told = session.exec(select(Event).where(Event.type == "article.failed")).all()
    assert [event.data for event in told] == [
        {"article_id": str(article_id), "error": "It was too odd.", "error_type": "urn:claimline:problem:odd"}
        for _ in range(after == "failed")
    ]


def test_failing_a_deleted_article_is_no_error(session: Session) -> None:
    workers.mark_failed(session, [UUID(int=7)], reason="It was too odd.", kind="odd", now=NOW)
