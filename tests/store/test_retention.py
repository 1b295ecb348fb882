"""What is past its time goes with all it brought; the rest stays as if it had never been there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner

from app import cli
from app.domain.errors import ConfigurationError
from app.domain.events import EventType, Happening
from app.pipeline.jobs import PURGE, purge_older, worker_app
from app.store import events
from app.store.engine import SessionFactory, create_engine, session_factory
from app.store.retention import purge
from app.store.tables import (
    DEFAULT_WORKSPACE,
    Article,
    ClaimRow,
    Conflict,
    Event,
    IdempotencyRecord,
    Story,
    TimelineEntry,
    Workspace,
)
from tests.api import world

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OLD, NEW = NOW - timedelta(days=40), NOW - timedelta(days=2)


def _world(session: Session) -> world.World:
    """A story whose one article is old and the other new, and one that is old altogether."""
    built = world.build(session)
    built.ledger.created_at, built.radio.created_at, built.story.created_at = OLD, NEW, OLD
    gone = world.add_story(session, "Gone", created_at=OLD)
    world.add_story(session, "Merged into it", created_at=OLD, merged_into=gone.id)
    article = world.add_article(session, "Old words.", story_id=gone.id, created_at=OLD)
    world.add_conflict(session, world.add_claim(session, article, "Old words."))
    world.add_story(session, "Empty and new", created_at=NEW)
    session.add_all((built.ledger, built.radio, built.story))
    session.commit()
    return built


def test_old_articles_go_with_their_claims_and_what_stood_on_them(session: Session, sessions: SessionFactory) -> None:
    built = _world(session)
    assert purge(sessions, before=NOW - timedelta(days=30), now=NOW) == 2
    assert purge(sessions, before=NOW - timedelta(days=30), now=NOW) == 0
    session.expire_all()
    assert [article.id for article in session.exec(select(Article))] == [built.radio.id]
    assert [claim.id for claim in session.exec(select(ClaimRow))] == [built.fifty_five.id]
    assert session.exec(select(TimelineEntry)).all() == []
    [conflict] = session.exec(select(Conflict)).all()
    assert (conflict.id, conflict.closed_at is None) == (built.conflict.id, False)
    assert {story.title for story in session.exec(select(Story))} == {"Fire at Brandt Quay", "Empty and new"}


def test_one_workspace_can_be_purged_alone(session: Session, sessions: SessionFactory) -> None:
    elsewhere = Workspace(name="elsewhere")
    session.add(elsewhere)
    session.flush()
    world.add_article(session, "Theirs.", workspace_id=elsewhere.id, created_at=OLD)
    world.add_article(session, "Ours.", created_at=OLD)
    session.commit()
    assert purge(sessions, before=NOW, workspace_id=elsewhere.id, now=NOW) == 1
    assert [article.text for article in session.exec(select(Article))] == ["Ours."]


def test_a_purge_does_not_wait_for_a_story_that_an_article_is_on_its_way_into(database_url: str) -> None:
    engine = create_engine(database_url, lock_seconds=0.5)
    sessions = session_factory(engine)
    with sessions.begin() as session:
        awaited, empty = (world.add_story(session, title, created_at=OLD).id for title in ("Awaited", "Empty"))
        events.record(session, DEFAULT_WORKSPACE, [Happening(EventType.STORY_UPDATED, empty, {})], now=OLD)
    with sessions.begin() as submitting:
        world.add_article(submitting, "Late words.", story_id=awaited)
        assert purge(sessions, before=NOW - timedelta(days=30), now=NOW) == 0
    with sessions() as session:
        assert session.exec(select(Story.id)).all() == [awaited]
        assert session.exec(select(Event)).all() == []
        assert session.exec(select(Article.story_id)).all() == [awaited]
    engine.dispose()


def test_expired_answers_to_keys_go_with_a_purge_and_every_hour(
    session: Session, sessions: SessionFactory, database_url: str
) -> None:
    def answer(age: timedelta) -> None:
        fields = {"request_hash": "", "status": 202, "body": {}, "headers": {}}
        session.add(IdempotencyRecord(key=str(age), created_at=datetime.now(UTC) - age, **fields))
        session.commit()

    answer(timedelta(hours=23))
    hourly = worker_app(database_url, analyse=lambda _: None, sessions=sessions).tasks[PURGE]
    for sweep in (lambda: purge(sessions, before=OLD, now=datetime.now(UTC)), lambda: hourly(0)):
        answer(timedelta(hours=25))
        sweep()
        assert session.exec(select(IdempotencyRecord.key)).all() == [str(timedelta(hours=23))]


def test_the_hourly_task_keeps_what_is_within_the_retention(session: Session, sessions: SessionFactory) -> None:
    now = datetime.now(UTC)
    for days in (1, 29, 31):
        world.add_article(session, f"{days} days.", created_at=now - timedelta(days=days))
    session.commit()
    purge_older(sessions, timedelta(days=30))
    assert {article.text for article in session.exec(select(Article))} == {"1 days.", "29 days."}


def test_the_command_asks_first(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMLINE_DATABASE_URL", database_url)
    engine = create_engine(database_url)
    with Session(engine) as session:
        world.add_article(session, "Words.", created_at=OLD)
        session.commit()
        run = CliRunner().invoke
        assert isinstance(run(cli.app, ["purge"]).exception, ConfigurationError)
        assert isinstance(
            run(cli.app, ["purge", "--days", "1", "--workspace", "x", "--yes"]).exception, ConfigurationError
        )
        assert run(cli.app, ["purge", "--days", "1"], input="n\n").exit_code == 1
        assert len(session.exec(select(Article)).all()) == 1
        session.rollback()
        assert "1 articles deleted" in run(cli.app, ["purge", "--days", "1", "--yes"]).stdout
        assert session.exec(select(Article)).all() == []
    engine.dispose()
