"""Same input, same versions, same output: a story analysed in two fresh databases comes out byte for byte the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, select

from app.pipeline.analyse import Analyst
from app.store.engine import create_engine
from app.store.tables import (
    ClaimGroup,
    Conflict,
    Position,
    PositionEvidence,
    TimelineEntry,
    TimelineEvidence,
)
from tests.pipeline.samples import sample_articles

SHOWN = (Conflict, Position, PositionEvidence, TimelineEntry, TimelineEvidence, ClaimGroup)
VARYING = {"detected_at", "first_seen_at", "sort_key", "embedding", "question_embedding"}


def _analysed(url: str, parts: dict[str, Any]) -> str:
    """The sample story's conflicts, groups and timeline as JSON, ids and times of writing left out."""
    engine = create_engine(url)
    sessions = sessionmaker(engine, class_=Session, expire_on_commit=False)
    now = datetime(2025, 1, 1, tzinfo=UTC)
    analyst = Analyst(sessions=sessions, now=lambda: now, summary_sentences=3, story_window=timedelta(days=14), **parts)
    for article in sample_articles():
        with sessions.begin() as session:
            session.add(article)
        analyst.analyse(article.id)
    with sessions() as session:
        shown = {t.__name__: sorted(_plain(row) for row in session.exec(select(t)).all()) for t in SHOWN}
    engine.dispose()
    return json.dumps(shown)


def _plain(row: Any) -> str:
    kept = {k: v for k, v in row.model_dump(mode="json").items() if k not in VARYING and not k.endswith("id")}
    return json.dumps(kept, sort_keys=True)


def test_two_fresh_databases_show_the_same(database_url: str, second_database_url: str, parts: dict[str, Any]) -> None:
    first, second = _analysed(database_url, parts), _analysed(second_database_url, parts)
    assert first == second
    assert "about 10,000" in first, "the sample story has a conflict to compare"
