"""The event log: what happens is written in the transaction that makes it so, and read in the order it was committed.

Events are numbered by a counter on the workspace's row. A sequence would not do: its numbers are handed out before
the commit, so that a reader who has seen 8 could find 7 only later, or never. Whoever has raised the counter holds its
row until the transaction ends; the next number is given out after that, so an event that can be seen has none still
to come before it. The numbers have no gaps, outlive a dump and restore (transaction ids do not), and need no wait for
long transactions elsewhere, as a snapshot's horizon would.

The price is that writers of one workspace take turns from ``record`` to their commit: it is to be the last thing a
transaction locks, which also keeps it out of deadlocks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, update
from sqlmodel import Session, col, select

from app.domain.events import Happening
from app.store.tables import Event, Story, Workspace
from app.store.workspaces import workspace_of


def record(session: Session, workspace_id: UUID, happenings: Sequence[Happening], *, now: datetime) -> None:
    """Write down what has happened. Call it when the transaction has all its other locks."""
    if not happenings:
        return
    session.flush()
    counting = (
        update(Workspace)
        .where(col(Workspace.id) == workspace_id)
        .values(event_count=Workspace.event_count + len(happenings))
        .returning(col(Workspace.event_count))
    )
    last: int = session.connection().execute(counting).scalar_one()
    rows = [
        {
            "workspace_id": workspace_id, "number": number, "type": str(event.type), "data": dict(event.data),
            "story_id": event.story_id, "created_at": now,
        }
        for number, event in enumerate(happenings, start=last - len(happenings) + 1)
    ]  # fmt: skip
    session.connection().execute(insert(Event), rows)


def list_events(
    session: Session, *, after: int = 0, types: Iterable[str] = (), story_id: UUID | None = None, limit: int
) -> Sequence[Event]:
    """Events of the session's workspace after a number, oldest first; no types are all types."""
    query = select(Event).where(col(Event.number) > after)
    wanted = list(types)
    if wanted:
        query = query.where(col(Event.type).in_(wanted))
    if story_id is not None:
        query = query.where(Event.story_id == story_id)
    return session.exec(query.order_by(col(Event.number)).limit(limit)).all()


def last_numbers(session: Session, story_ids: Collection[UUID]) -> dict[UUID, int]:
    """Of each of the stories that is still there the number of its last event, 0 when it has none."""
    last = select(func.max(col(Event.number))).where(col(Event.story_id) == Story.id).scalar_subquery()
    return dict(session.exec(select(Story.id, func.coalesce(last, 0)).where(col(Story.id).in_(story_ids))).all())


def kept_numbers(session: Session) -> tuple[int, int]:
    """Of the session's workspace: the number before its oldest event that is kept, and that of its last one. Whoever
    stopped between the two has missed nothing."""
    workspace_id = workspace_of(session)
    # In this order: events may come between the two queries, and none may be taken for let go of.
    oldest = session.exec(select(func.min(col(Event.number))).where(Event.workspace_id == workspace_id)).one()
    last = session.exec(select(Workspace.event_count).where(Workspace.id == workspace_id)).one()
    return (last if oldest is None else oldest - 1), last


def forget_events(session: Session, *, before: datetime, workspace_id: UUID | None = None) -> int:
    """Delete the events from before an instant; how many. Their numbers are not used again."""
    old = delete(Event).where(col(Event.created_at) < before)
    if workspace_id is not None:
        old = old.where(col(Event.workspace_id) == workspace_id)
    return session.exec(old).rowcount
