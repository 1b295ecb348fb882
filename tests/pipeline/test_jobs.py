"""The queue on a real database: what is committed together, what is tried again, what is given up."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import procrastinate.jobs
import pytest
from procrastinate import App
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app.domain.errors import InvalidInputError, NotFoundError, OutboundRefusedError, UnreachableError
from app.pipeline.jobs import BackOff, defer_analysis, is_final, worker_app
from app.store.engine import SessionFactory, create_engine, session_factory
from app.store.tables import Article
from app.store.workers import MAX_ATTEMPTS, count_jobs

NOW = datetime(2031, 5, 6, tzinfo=UTC)
WORDS = "The mayor's own words."


@pytest.fixture
def committing(database_url: str) -> Iterator[SessionFactory]:
    engine = create_engine(database_url)
    yield session_factory(engine)
    engine.dispose()


def _add(session: Session, name: str = "one") -> UUID:
    article = Article(text=WORDS, fingerprint=name, created_at=NOW)
    session.add(article)
    session.flush()
    defer_analysis(session, article.id)
    return article.id


def _work(app: App) -> None:
    """Take every job that is due, then stop."""

    async def run() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False, delete_jobs="successful")

    asyncio.run(run())


def _due_now(sessions: SessionFactory) -> None:
    with sessions.begin() as session:
        session.connection().execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))


def _article(sessions: SessionFactory, article_id: UUID) -> Article:
    with sessions() as session:
        return session.get_one(Article, article_id)


def test_article_and_job_are_committed_together(database_url: str, committing: SessionFactory) -> None:
    seen: list[UUID] = []
    with committing.begin() as session:
        article_id = _add(session)
        with committing() as other:
            assert count_jobs(other) == 0
    _work(worker_app(database_url, analyse=seen.append, sessions=committing))
    assert seen == [article_id]
    with committing() as session:
        assert count_jobs(session) == 0


def test_a_rolled_back_article_leaves_no_job(database_url: str, committing: SessionFactory) -> None:
    seen: list[UUID] = []
    with committing() as session:
        _add(session)
        session.rollback()
    _work(worker_app(database_url, analyse=seen.append, sessions=committing))
    assert seen == []


def test_an_article_that_waits_is_not_queued_twice_and_the_transaction_goes_on(session: Session) -> None:
    article_id = _add(session)
    defer_analysis(session, article_id)
    _add(session, "another")
    session.commit()
    assert count_jobs(session) == 2


def _failing(error: Exception, *, times: int, seen: list[UUID]) -> Callable[[UUID], None]:
    def analyse(article_id: UUID) -> None:
        seen.append(article_id)
        if len(seen) <= times:
            raise error

    return analyse


def test_a_passing_trouble_is_tried_again_later(database_url: str, committing: SessionFactory) -> None:
    seen: list[UUID] = []
    with committing.begin() as session:
        article_id = _add(session)
    trouble = OperationalError("SELECT 1", {}, Exception("gone"))
    app = worker_app(database_url, analyse=_failing(trouble, times=1, seen=seen), sessions=committing)
    _work(app)
    _work(app)
    assert seen == [article_id]  # its time has not come
    _due_now(committing)
    _work(worker_app(database_url, analyse=_failing(trouble, times=1, seen=seen), sessions=committing))
    assert seen == [article_id] * 2
    assert _article(committing, article_id).status == "queued"


def test_a_lasting_trouble_fails_the_article_without_telling_its_text(
    database_url: str, committing: SessionFactory
) -> None:
    seen: list[UUID] = []
    with committing.begin() as session:
        article_id = _add(session)
    for _ in range(MAX_ATTEMPTS + 1):
        _due_now(committing)
        _work(worker_app(database_url, analyse=_failing(ValueError(WORDS), times=99, seen=seen), sessions=committing))
    assert len(seen) == MAX_ATTEMPTS
    article = _article(committing, article_id)
    assert article.status == "failed"
    assert "ValueError" in (article.error or "")
    assert WORDS not in (article.error or "")


def test_an_article_that_cannot_be_analysed_fails_at_once_with_its_reason(
    database_url: str, committing: SessionFactory
) -> None:
    seen: list[UUID] = []
    with committing.begin() as session:
        article_id = _add(session)
    refuse = _failing(InvalidInputError("The text is in no known language."), times=99, seen=seen)
    _work(worker_app(database_url, analyse=refuse, sessions=committing))
    _due_now(committing)
    _work(worker_app(database_url, analyse=refuse, sessions=committing))
    assert len(seen) == 1
    failed = _article(committing, article_id)
    assert (failed.error, failed.error_type) == ("The text is in no known language.", "invalid-article")


def test_a_server_that_stays_away_is_given_up_with_what_it_last_answered(
    database_url: str, committing: SessionFactory
) -> None:
    seen: list[UUID] = []
    with committing.begin() as session:
        article_id = _add(session)
    away = _failing(UnreachableError("The URL answers 503."), times=99, seen=seen)
    for _ in range(MAX_ATTEMPTS + 1):
        _due_now(committing)
        _work(worker_app(database_url, analyse=away, sessions=committing))
    assert len(seen) == MAX_ATTEMPTS
    failed = _article(committing, article_id)
    assert (failed.status, failed.error, failed.error_type) == ("failed", "The URL answers 503.", "url-unreachable")


def test_an_article_deleted_while_it_waited_is_no_trouble(database_url: str, committing: SessionFactory) -> None:
    seen: list[UUID] = []
    with committing.begin() as session:
        article_id = _add(session)
        session.delete(session.get_one(Article, article_id))
    gone = NotFoundError(what="article", id=str(article_id))
    _work(worker_app(database_url, analyse=_failing(gone, times=99, seen=seen), sessions=committing))
    assert seen == [article_id]
    with committing() as session:
        assert count_jobs(session) == 0


@pytest.mark.parametrize(
    ("error", "attempts", "expected"),
    [
        (ValueError(), 0, False),
        (ValueError(), MAX_ATTEMPTS - 2, False),
        (ValueError(), MAX_ATTEMPTS - 1, True),
        (InvalidInputError("no"), 0, True),
        (OutboundRefusedError("no"), 0, True),
        (UnreachableError("later"), MAX_ATTEMPTS - 2, False),
        (UnreachableError("later"), MAX_ATTEMPTS - 1, True),
    ],
)
def test_giving_up(error: Exception, attempts: int, expected: bool) -> None:
    assert is_final(error, attempts=attempts) is expected


@pytest.mark.parametrize(
    ("error", "waits"), [(ValueError(), [2, 4, 8, 16]), (UnreachableError("later"), [4, 16, 64, 256])]
)
def test_the_waits_between_attempts_grow(error: Exception, waits: list[float]) -> None:
    def wait(attempts: int) -> float:
        job = procrastinate.jobs.Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
        decision = BackOff().get_retry_decision(exception=error, job=job)
        assert decision is not None
        assert decision.retry_at is not None
        return (decision.retry_at - datetime.now(UTC)).total_seconds()

    assert [wait(n) for n in range(MAX_ATTEMPTS - 1)] == pytest.approx(waits, abs=0.5)


def test_deferring_loads_no_model_and_no_parser() -> None:
    code = (
        "import sys, app.pipeline.jobs; "
        "assert not {'spacy', 'onnxruntime', 'transformers', 'torch', 'app.ml', 'app.language'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
