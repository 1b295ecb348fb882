"""Sessions that see one workspace and nothing else.

The bound is put on every ORM statement of such a session, so that a query cannot forget it: what is of another
workspace is not found. It holds for the tables that are reached by an id or listed across stories; all others are read
through these. SQL written as text is not covered, and takes ids that were read with the bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, event
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlmodel import Session, col, select

from app.store.engine import SessionFactory
from app.store.tables import (
    DEFAULT_WORKSPACE,
    Article,
    ClaimGroup,
    Conflict,
    Event,
    Story,
    TimelineEntry,
    Webhook,
    Workspace,
)

_KEY = "workspace_id"


@contextmanager
def bound(sessions: SessionFactory, workspace_id: UUID) -> Iterator[Session]:
    """A session within the workspace, in a transaction that is committed when the block ends well."""
    with sessions(info={_KEY: workspace_id}) as session, session.begin():
        yield session


def workspace_of(session: Session) -> UUID:
    """The workspace that the session is bound to; what is bound to none writes to the default one."""
    found: UUID = session.info.get(_KEY, DEFAULT_WORKSPACE)
    return found


def find_workspace(session: Session, name: str) -> Workspace | None:
    return session.exec(select(Workspace).where(Workspace.name == name)).one_or_none()


@event.listens_for(Session, "do_orm_execute")
def _bind(state: ORMExecuteState) -> None:
    workspace_id = state.session.info.get(_KEY)
    if workspace_id is not None and (state.is_select or state.is_update or state.is_delete):
        state.statement = state.statement.options(*_criteria(workspace_id))


@lru_cache(maxsize=256)  # built for each statement they would cost a tenth of a request
def _criteria(workspace_id: UUID) -> tuple[Any, ...]:
    of_workspace: Any = select(Story.__table__.c.id).where(Story.__table__.c.workspace_id == workspace_id)  # type: ignore[attr-defined]

    def through_story(table: Any) -> ColumnElement[bool]:
        return col(table.story_id).in_(of_workspace)

    return (
        *(
            with_loader_criteria(table, col(table.workspace_id) == workspace_id)
            for table in (Story, Article, Event, Webhook)
        ),
        *(with_loader_criteria(table, through_story(table)) for table in (Conflict, ClaimGroup, TimelineEntry)),
    )
