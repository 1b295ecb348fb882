"""Two workers with real models on one story at once: no update is lost and nothing is there twice."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.pipeline.analyse import Analyst
from app.store.engine import create_engine, session_factory
from app.store.tables import (
    Article,
    ClaimGroupMember,
    ClaimMatch,
    ClaimRow,
    Conflict,
    Position,
    PositionEvidence,
    Story,
)
from tests.pipeline.samples import sample_articles

NOW = datetime(2025, 1, 1, tzinfo=UTC)
WORKERS = 2


class OneAtATime:
    """A part that several threads share."""

    def __init__(self, part: Any, lock: threading.Lock) -> None:
        self._part, self._lock, self.version = part, lock, part.version

    def __getattr__(self, name: str) -> Any:
        def locked(*given: Any, **named: Any) -> Any:
            with self._lock:
                return getattr(self._part, name)(*given, **named)

        return locked


def _conflicts(session: Session) -> list[tuple[str, frozenset[UUID]]]:
    """Each open report's question and the claims it stands on."""
    rows = session.exec(
        select(Conflict, PositionEvidence.claim_id)
        .join(Position, col(Position.conflict_id) == Conflict.id)
        .join(PositionEvidence)
        .where(col(Conflict.closed_at).is_(None))
    ).all()
    found: dict[UUID, tuple[str, set[UUID]]] = {}
    for conflict, claim_id in rows:
        found.setdefault(conflict.id, (conflict.question, set()))[1].add(claim_id)
    return [(question, frozenset(ids)) for question, ids in found.values()]


def test_articles_of_one_story_analysed_at_once(database_url: str, parts: dict[str, Any]) -> None:
    engine = create_engine(database_url, pool_size=2 * WORKERS)
    sessions = session_factory(engine)
    lock = threading.Lock()
    shared = {**parts, "reader": OneAtATime(parts["reader"], lock)}
    analyst = Analyst(
        sessions=sessions, now=lambda: NOW, summary_sentences=3, story_window=timedelta(days=14), **shared
    )
    with sessions.begin() as session:
        story = Story(title="Kursk")
        session.add(story)
        session.flush()
        articles = sample_articles(story_id=story.id)
        session.add_all(articles)
        ids = [article.id for article in articles]
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(analyst.analyse, [*ids, *reversed(ids)]))  # each twice: also a repeat beside the others
    with sessions() as session:
        assert set(session.exec(select(Article.status))) == {"analysed"}
        assert session.get_one(Story, story.id).version == 1 + 2 * len(ids), "an update was lost"
        spans = Counter(session.exec(select(ClaimRow.article_id, ClaimRow.start, ClaimRow.end)).all())
        assert max(spans.values()) == 1
        claims = set(session.exec(select(ClaimRow.id)).all())
        grouped = Counter(session.exec(select(ClaimGroupMember.claim_id)).all())
        assert set(grouped) == claims
        assert max(grouped.values()) == 1
        matches = Counter(
            session.exec(select(ClaimMatch.first_id, ClaimMatch.second_id, ClaimMatch.kind, ClaimMatch.slots)).all()
        )
        assert matches
        assert max(matches.values()) == 1
        conflicts = _conflicts(session)
        assert conflicts
        for n, (question, evidence) in enumerate(conflicts):
            doubled = [other for asked, other in conflicts[n + 1 :] if asked == question and evidence & other]
            assert not doubled, f"reported twice: {question}"
    engine.dispose()
