"""The stages on real parts: reader, models and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from app.pipeline.analyse import Analyst
from app.store.analysis import newest_encoder
from app.store.engine import SessionFactory
from app.store.tables import (
    DEFAULT_WORKSPACE,
    Article,
    ArticleSummary,
    ClaimMatch,
    ClaimRow,
    Conflict,
    Event,
    Position,
    PositionEvidence,
    Story,
    TimelineEntry,
    Workspace,
)

NOW = datetime(2025, 5, 20, 12, tzinfo=UTC)

WIRE = """SANT ORM, May 12 (Coast Wire) - About 900 Norvian soldiers were deployed to the border district of Ulm on \
Monday, Defence Minister Ilya Marr said.

The soldiers crossed the Tesk bridge before dawn. Marr told reporters that they carried no heavy weapons.

Three villagers were injured when a truck overturned near the bridge, the regional hospital said."""

LOCAL = """Troops reach Ulm

By our correspondent

Some 1,400 Norvian soldiers have been deployed to the border district of Ulm, according to the mayor, Ana Brel.

She said the Tesk bridge was closed to traffic on 12 May 2025 while the columns passed.

- Schools in Ulm stay shut
- Buses run as usual"""

UNDATED = """Residents of Ulm watched the columns pass on Monday, and the council opened the town hall to anyone who \
did not want to stay at home near the bridge."""


@pytest.fixture
def analyst(sessions: SessionFactory, parts: dict[str, Any]) -> Analyst:
    return Analyst(sessions=sessions, now=lambda: NOW, summary_sentences=3, story_window=timedelta(days=14), **parts)


@pytest.fixture
def submit(session: Session, analyst: Analyst) -> Callable[..., UUID]:
    def _submit(text: str, *, source: str, day: int | None = None, story_id: UUID | None = None) -> UUID:
        published = datetime(2025, 5, day, 18, tzinfo=UTC) if day else None
        article = Article(text=text, source_name=source, fingerprint=text, published_at=published, story_id=story_id)
        session.add(article)
        session.commit()
        analyst.analyse(article.id)
        session.expire_all()
        return article.id

    return _submit


def test_an_article_is_summarised_tagged_and_filed_under_a_story(session: Session, submit: Callable[..., UUID]) -> None:
    article = session.get(Article, submit(WIRE, source="Coast Wire", day=12))
    assert article is not None
    assert (article.status, article.error, article.analysed_at) == ("analysed", None, NOW)
    assert article.story_id is not None
    claims = session.exec(select(ClaimRow).order_by(col(ClaimRow.start))).all()
    assert all(WIRE[c.start : c.end] == c.exact for c in claims)
    figure = next(q for c in claims for q in c.facets["quantities"] if q["exact"] == "900")
    assert (figure["qualifier"], figure["role"]) == ("about", "deployed")
    assert "soldier" in figure["counted"]
    summary = session.get(ArticleSummary, article.id)
    assert summary is not None
    for sentence in summary.sentences:
        for span in sentence["evidence"]:
            assert WIRE[span["start"] : span["end"]] == span["exact"]


def test_what_made_the_stored_vectors_is_known(session: Session, analyst: Analyst, submit: Callable[..., UUID]) -> None:
    assert newest_encoder(session) is None
    submit(WIRE, source="Coast Wire", day=12)
    assert newest_encoder(session) == analyst.encoder.version


def test_two_accounts_of_one_event_meet_in_one_conflict(session: Session, submit: Callable[..., UUID]) -> None:
    first, second = submit(WIRE, source="Coast Wire", day=12), submit(LOCAL, source="Ulm Echo", day=13)
    stories = {a.story_id for a in session.exec(select(Article)).all()}
    assert len(stories) == 1
    conflict = session.exec(select(Conflict).where(Conflict.kind == "quantity")).one()
    positions = session.exec(
        select(Position).where(Position.conflict_id == conflict.id).order_by(col(Position.ordinal))
    ).all()
    assert [p.label for p in positions] == ["about 900", "about 1,400"]
    evidence = session.exec(select(PositionEvidence, ClaimRow).join(ClaimRow)).all()
    assert {claim.article_id for _, claim in evidence} == {first, second}
    texts = {first: WIRE, second: LOCAL}
    assert all(texts[claim.article_id][e.start : e.end] == e.exact for e, claim in evidence)
    assert {e.holder for e, _ in evidence} == {"Ilya Marr", "Ana Brel"}


def test_an_article_filed_before_its_analysis_is_no_neighbour(session: Session, submit: Callable[..., UUID]) -> None:
    story = Story(title="Port")
    session.add(story)
    session.flush()
    session.add(Article(text=LOCAL, fingerprint="waiting", story_id=story.id))
    session.commit()
    article = session.get_one(Article, submit(WIRE, source="Coast Wire", day=12))
    assert (article.status, article.story_id == story.id) == ("analysed", False)


def test_an_undated_article_is_dated_by_its_story_and_says_so(session: Session, submit: Callable[..., UUID]) -> None:
    submit(UNDATED, source="Blog")
    assert session.exec(select(TimelineEntry)).all() == []
    story = session.exec(select(Story)).one()
    submit(WIRE, source="Coast Wire", day=12, story_id=story.id)
    entries = session.exec(select(TimelineEntry)).all()
    assert {e.edtf for e in entries} == {"2025-05-12"}
    assert {e.basis for e in entries} == {"relative_to_story", "relative_to_publication"}


def test_analysing_twice_changes_nothing(session: Session, submit: Callable[..., UUID], analyst: Analyst) -> None:
    submit(WIRE, source="Coast Wire", day=12)
    article = submit(LOCAL, source="Ulm Echo", day=13)
    before = _shown(session)
    analyst.analyse(article)
    session.expire_all()
    assert _shown(session) == before


def test_an_article_that_was_withdrawn_meanwhile_is_no_error(analyst: Analyst) -> None:
    analyst.analyse(UUID(int=7))


@pytest.mark.parametrize(
    "text",
    [
        "?",
        "x" * 5000,
        "1 2 3 4 5 6 7 8 9",
        "\u202eright to left \u05d0\u05d1",
        "😀 " * 500,
        "\r\n\t - \r\n * a",
        "WORLD\n\nBRIEF",
    ],
)
def test_ugly_text_is_analysed_like_any_other(session: Session, submit: Callable[..., UUID], text: str) -> None:
    article = session.get(Article, submit(text, source="x"))
    assert article is not None
    assert article.status == "analysed"
    assert all(text[c.start : c.end] == c.exact for c in session.exec(select(ClaimRow)).all())


def _shown(session: Session) -> str:
    """Everything derived, ids included, times of derivation not."""
    tables = (ClaimRow, Conflict, Position, TimelineEntry)
    rows = [
        r.model_dump(mode="json", exclude={"embedding", "question_embedding"})
        for t in tables
        for r in session.exec(select(t)).all()
    ]
    rows = [{k: v for k, v in row.items() if not (k == "id" and "conflict_id" in row)} for row in rows]
    matches = [m.model_dump(mode="json", exclude={"id"}) for m in session.exec(select(ClaimMatch)).all()]
    return json.dumps(sorted(json.dumps(r, sort_keys=True) for r in [*rows, *matches]))


def test_what_an_analysis_changes_is_told_once(session: Session, analyst: Analyst, submit: Callable[..., UUID]) -> None:
    def told() -> list[tuple[str, bool | None]]:
        found = session.exec(select(Event).where(col(Event.number) > start).order_by(col(Event.number))).all()
        return [(event.type, event.data.get("is_timeline_changed")) for event in found]

    start = session.get_one(Workspace, DEFAULT_WORKSPACE).event_count
    first = submit(WIRE, source="Coast Wire", day=12)
    assert told() == [("story.updated", True), ("article.analysed", None)]
    start += 2
    submit(LOCAL, source="Ulm Gazette", day=13)
    assert told()[0] == ("conflict.opened", None)
    assert told()[-2:] == [("story.updated", True), ("article.analysed", None)]
    start = session.get_one(Workspace, DEFAULT_WORKSPACE, populate_existing=True).event_count
    analyst.analyse(first)
    session.expire_all()
    assert told() == [("story.updated", False), ("article.analysed", None)]
