"""What is kept no longer: articles past their time with all they brought, stories that nothing is left of, events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.domain.errors import NotFoundError
from app.store import consolidation, deliveries, events, idempotency
from app.store.engine import SessionFactory
from app.store.tables import Article, Story

AT_ONCE = 100


def purge(sessions: SessionFactory, *, before: datetime, workspace_id: UUID | None = None, now: datetime) -> int:
    """Let go of the events from before an instant, withdraw the articles accepted before it, then delete the stories
    begun before it that are empty; the number of articles. Each step, and each article, is a transaction of its own: a
    purge that is cut short goes on where it was."""
    with sessions.begin() as session:
        forget_news(session, before=before, workspace_id=workspace_id)
        idempotency.sweep(session, now=now)
    purged = 0
    while ids := _expired(sessions, before=before, workspace_id=workspace_id):
        for article_id in ids:
            purged += _withdraw(sessions, article_id, now=now)
    with sessions.begin() as session:
        while _delete_empty_stories(session, before=before, workspace_id=workspace_id):
            pass  # one that others were merged into goes after them
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


def _delete_empty_stories(session: Session, *, before: datetime, workspace_id: UUID | None) -> int:
    """How many were deleted. A story that somebody holds is passed over: an article may be on its way into it."""
    merged = aliased(Story)
    is_empty = and_(
        col(Story.created_at) < before,
        ~exists().where(col(Article.story_id) == Story.id),
        ~exists().where(col(merged.merged_into) == Story.id),
    )
    if workspace_id is not None:
        is_empty &= col(Story.workspace_id) == workspace_id
    held = session.exec(select(Story.id).where(is_empty).with_for_update(skip_locked=True)).all()
    # Asked once more: what was filed between the first look and the lock is seen only now.
    empty = delete(Story).where(col(Story.id).in_(held), is_empty)
    return session.exec(empty.execution_options(synchronize_session=False)).rowcount
