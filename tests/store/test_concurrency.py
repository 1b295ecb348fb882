"""Several writers on one story at once: each waits for its turn, nothing is lost, nothing is there twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, select

from app.domain import matching
from app.store import analysis, conflicts, consolidation
from app.store.engine import create_engine, session_factory
from app.store.tables import Article, ClaimMatch, Conflict, Story
from tests.api import world

WRITERS, ROUNDS = 4, 6
VERSIONS = {"rules": matching.RULES}


def _at_once(jobs: list[Callable[[], None]]) -> None:
    """Run all, each in a thread, from one starting line; the first error of any is raised."""
    line, errors = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], None]) -> None:
        try:
            line.wait()
            job()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_workers_an_editor_and_a_withdrawal_on_one_story_lose_and_double_nothing(database_url: str) -> None:
    engine = create_engine(database_url, pool_size=WRITERS + 4)
    sessions = session_factory(engine)
    with sessions() as session:
        brandt = world.build(session)
        extra = world.add_article(session, "Rain fell on Brandt Quay.", story_id=brandt.story.id, source_name="Extra")
        world.add_claim(session, extra, "Rain fell on Brandt Quay.")
        session.commit()
        [match] = session.exec(select(ClaimMatch)).all()
        found = (match.first_id, match.second_id, match.kind, match.slots)
        first_version = session.get_one(Story, brandt.story.id).version
    claims = {brandt.burnt.id, brandt.forty.id, brandt.fifty_five.id}

    def rebuild() -> None:
        for number in range(ROUNDS):
            with sessions.begin() as session:
                story = consolidation.lock_story(session, brandt.story.id)
                now = world.MONDAY + timedelta(minutes=number)
                consolidation.consolidate(session, story=story, touched=claims, versions=VERSIONS, now=now)

    def judge() -> None:
        for number in range(ROUNDS):
            with sessions.begin() as session:
                changes = {"status": "confirmed", "note": f"note {number}"}
                conflicts.judge_conflict(session, brandt.conflict.id, changes, now=world.MONDAY)

    def withdraw() -> None:
        with sessions.begin() as session:
            consolidation.withdraw_article(session, extra.id, now=world.MONDAY)

    _at_once([*[rebuild] * WRITERS, judge, withdraw])

    with sessions() as session:
        story = session.get_one(Story, brandt.story.id)
        assert story.version == first_version + WRITERS * ROUNDS + ROUNDS + 1  # no update was lost
        [kept] = session.exec(select(Conflict)).all()  # and no report is there twice
        assert (kept.id, kept.status, kept.note) == (brandt.conflict.id, "confirmed", f"note {ROUNDS - 1}")
        assert [(m.first_id, m.second_id, m.kind, m.slots) for m in session.exec(select(ClaimMatch))] == [found]
        assert set(session.exec(select(Article.id))) == {brandt.ledger.id, brandt.radio.id}
        for table, key in (("claim_group_member", "claim_id"), ("position_evidence", "claim_id")):
            doubled = text(f"SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1")
            assert session.connection().execute(doubled).all() == []
    engine.dispose()


def test_first_articles_of_one_event_filed_at_once_take_turns(database_url: str) -> None:
    """Linking decides one article at a time: whoever comes second sees the story of the first."""
    engine = create_engine(database_url, pool_size=WRITERS + 1)
    sessions = session_factory(engine)
    with sessions() as session:
        ids = [world.add_article(session, f"Report {n}.", source_name=f"S{n}").id for n in range(WRITERS)]
        session.commit()
    founded: list[UUID] = []

    def file(article_id: UUID) -> Callable[[], None]:
        def run() -> None:
            with sessions.begin() as session:
                analysis.lock_linking(session)
                article = session.get_one(Article, article_id, with_for_update=True)
                near = analysis.nearest_articles(session, article, window=timedelta(days=14))
                story_id = near[0][0].story_id if near else _found(session)
                assert story_id
                analysis.file_article(session, article, story_id)

        return run

    def _found(session: Session) -> UUID:
        founded.append(world.add_story(session).id)
        return founded[-1]

    _at_once([file(article_id) for article_id in ids])
    with sessions() as session:
        assert len(founded) == 1
        assert set(session.exec(select(Article.story_id))) == set(founded)
    engine.dispose()


def test_opposite_moves_at_once_wait_for_each_other(database_url: str) -> None:
    """Both lock both stories: in an order of their own, not in that of coming and going."""
    engine = create_engine(database_url, pool_size=3)
    sessions = session_factory(engine)
    with sessions() as session:
        stories = [world.add_story(session, title).id for title in ("Here", "There")]
        movers = [
            world.add_article(session, f"Report {n}.", story_id=story_id).id for n, story_id in enumerate(stories)
        ]
        session.commit()

    def move(article_id: UUID, story_id: UUID) -> Callable[[], None]:
        def run() -> None:
            with sessions.begin() as session:
                consolidation.move_article(session, article_id, story_id, now=world.MONDAY)

        return run

    for _ in range(ROUNDS):
        stories.reverse()
        _at_once([move(*each) for each in zip(movers, stories, strict=True)])
    with sessions() as session:
        assert [session.get_one(Article, article_id).story_id for article_id in movers] == stories
    engine.dispose()
