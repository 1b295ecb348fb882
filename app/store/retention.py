"""What is kept no longer: articles past their time with all they brought, stories that nothing is left of, events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.domain.errors import NotFoundError
from app.store import consolidation, deliveries, events
from app.store.engine import SessionFactory
from app.store.tables import Article, Story

AT_ONCE = 100


def purge(sessions: SessionFactory, *, before: datetime, workspace_id: UUID | None = None, now: datetime) -> int:
    """Withdraw the articles accepted before an instant, then delete the stories begun before it that are empty, and
    the events from before it; the number of articles. Each article is a transaction of its own: a purge that is cut
    short goes on where it was."""
    purged = 0
    while ids := _expired(sessions, before=before, workspace_id=workspace_id):
        for article_id in ids:
            purged += _withdraw(sessions, article_id, now=now)
    with sessions.begin() as session:
        _delete_empty_stories(session, before=before, workspace_id=workspace_id)
        forget_news(session, before=before, workspace_id=workspace_id)
    return purged


def forget_news(session: Session, *, before: datetime, workspace_id: UUID | None = None) -> None:
    """Let go of the events from before an instant, and of what was sent to webhooks. The caller commits."""
    events.forget_events(session, before=before, workspace_id=workspace_id)
    deliveries.forget_deliveries(session, before=before, workspace_id=workspace_id)


def _expired(sessions: SessionFactory, *, before: datetime, workspace_id: UUID | None) -> Sequence[UUID]:
    query = select(Article.id).where(col(Article.created_at) < before)
    if workspace_id is not None:
        query = query.where(Article.workspace_id == workspace_id)
    with sessions() as session:
        return session.exec(query.order_by(col(Article.created_at), col(Article.id)).limit(AT_ONCE)).all()


def _withdraw(sessions: SessionFactory, article_id: UUID, *, now: datetime) -> int:
    with sessions.begin() as session:
        try:
            consolidation.withdraw_article(session, article_id, now=now)
        except NotFoundError:  # somebody else was faster
            return 0
        return 1


def _delete_empty_stories(session: Session, *, before: datetime, workspace_id: UUID | None) -> None:
    merged = aliased(Story)
    empty = (
        delete(Story)
        .where(col(Story.created_at) < before)
        .where(~exists().where(col(Article.story_id) == Story.id))
        .where(~exists().where(col(merged.merged_into) == Story.id))
        .execution_options(synchronize_session=False)
    )
    if workspace_id is not None:
        empty = empty.where(col(Story.workspace_id) == workspace_id)
    while session.exec(empty).rowcount:  # one that others were merged into goes after them
        pass
