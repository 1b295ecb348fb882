"""Stories: begun, followed to their heirs, listed by last change, and the figures that describe them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import func, text, tuple_
from sqlmodel import Session, col, select

from app.domain.errors import NotFoundError
from app.store.search import has_words
from app.store.tables import Article, ArticleSummary, Conflict, Story
from app.store.workspaces import workspace_of


@dataclass(frozen=True, slots=True)
class StoryFigures:
    """What the analysed articles of a story add up to."""

    article_count: int = 0
    source_count: int = 0
    origin_count: int = 0
    first_published_at: datetime | None = None
    last_published_at: datetime | None = None
    open_conflicts: int = 0
    summary: ArticleSummary | None = None


def add_story(session: Session, *, title: str, now: datetime) -> Story:
    story = Story(workspace_id=workspace_of(session), title=title, created_at=now, updated_at=now)
    session.add(story)
    session.flush()
    return story


def get_story(session: Session, story_id: UUID) -> Story:
    """The story, merged or not. Raises NotFoundError."""
    story = session.get(Story, story_id)
    if story is None:
        raise NotFoundError(what="story", id=str(story_id))
    return story


def get_heir(session: Session, story_id: UUID) -> Story:
    """The story that this one lives on in: itself, unless it was merged into another. Raises NotFoundError."""
    story = get_story(session, story_id)
    while story.merged_into is not None:
        story = get_story(session, story.merged_into)
    return story


def list_stories(
    session: Session,
    *,
    words: str | None,
    updated_since: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Story]:
    """Last changed first, merged ones left out; ``after`` is the last row's (updated_at, id)."""
    query = select(Story).where(col(Story.merged_into).is_(None))
    if words is not None:
        query = query.where(has_words(col(Story.title), words))
    if updated_since is not None:
        query = query.where(col(Story.updated_at) >= updated_since)
    if after is not None:
        query = query.where(tuple_(col(Story.updated_at), col(Story.id)) < after)
    return session.exec(query.order_by(col(Story.updated_at).desc(), col(Story.id).desc()).limit(limit)).all()


def figures(session: Session, story_ids: Iterable[UUID]) -> dict[UUID, StoryFigures]:
    """For each of the stories, also those without articles."""
    ids = list(story_ids)
    counts, conflicts, summaries = _counts(session, ids), _open_conflicts(session, ids), _summaries(session, ids)
    return {
        story_id: StoryFigures(
            **counts.get(story_id, {}), open_conflicts=conflicts.get(story_id, 0), summary=summaries.get(story_id)
        )
        for story_id in ids
    }


def _counts(session: Session, story_ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    # An article without a source, or that no other shares its origin with, counts for itself.
    own_id = sqlalchemy.cast(col(Article.id), sqlalchemy.Text)
    rows = session.execute(
        sqlalchemy.select(
            col(Article.story_id),
            func.count().label("article_count"),
            func.count(func.distinct(func.coalesce(col(Article.source_name), own_id))).label("source_count"),
            func.count(func.distinct(func.coalesce(col(Article.origin_id), col(Article.id)))).label("origin_count"),
            func.min(col(Article.published_at)).label("first_published_at"),
            func.max(col(Article.published_at)).label("last_published_at"),
        )
        .where(col(Article.story_id).in_(story_ids), col(Article.status) == "analysed")
        .group_by(col(Article.story_id))
    ).mappings()
    return {row["story_id"]: {key: value for key, value in row.items() if key != "story_id"} for row in rows}


def _open_conflicts(session: Session, story_ids: list[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        sqlalchemy.select(col(Conflict.story_id), func.count())
        .where(col(Conflict.story_id).in_(story_ids), col(Conflict.status) == "open", col(Conflict.closed_at).is_(None))
        .group_by(col(Conflict.story_id))
    )
    return {row[0]: row[1] for row in rows}


def _summaries(session: Session, story_ids: list[UUID]) -> dict[UUID, ArticleSummary]:
    """Of each story, the summary of the article nearest to the mean of all its articles' vectors."""
    central = text(
        "SELECT DISTINCT ON (a.story_id) a.story_id, a.id FROM article a "
        "JOIN (SELECT story_id, avg(embedding) AS mean FROM article "
        "      WHERE story_id = ANY(:ids) AND status = 'analysed' GROUP BY story_id) m ON m.story_id = a.story_id "
        "JOIN article_summary s ON s.article_id = a.id WHERE a.status = 'analysed' AND s.text <> '' "
        "ORDER BY a.story_id, a.embedding <=> m.mean NULLS LAST, a.published_at NULLS LAST, a.id"
    )
    story_of = {
        article_id: story_id for story_id, article_id in session.connection().execute(central, {"ids": story_ids})
    }
    rows = session.exec(select(ArticleSummary).where(col(ArticleSummary.article_id).in_(list(story_of))))
    return {story_of[summary.article_id]: summary for summary in rows}
