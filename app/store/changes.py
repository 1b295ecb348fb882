"""What readers of a story are shown, as far as some claims go: taken before and after a rebuild, it tells what
changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import or_
from sqlmodel import Session, col, select

from app.domain.events import Happening, ShownConflict, conflict_happenings, story_updated
from app.store.tables import Conflict, Position, PositionEvidence, Story, TimelineEntry, TimelineEvidence

Entries = dict[UUID, frozenset[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Shown:
    """Reports and timeline entries, by id."""

    conflicts: dict[UUID, ShownConflict] = field(default_factory=dict)
    entries: Entries = field(default_factory=dict)

    def with_earlier(self, earlier: Shown) -> Shown:
        """With what was shown still earlier in place of what is shown of the same."""
        return Shown(self.conflicts | earlier.conflicts, self.entries | earlier.entries)


def shown(
    session: Session,
    claim_ids: Collection[UUID],
    *,
    conflict_ids: Collection[UUID] = (),
    entry_ids: Collection[UUID] = (),
) -> Shown:
    """What stands on any of the claims, and what there is with these ids."""
    session.flush()
    return Shown(_conflicts(session, claim_ids, conflict_ids), _entries(session, claim_ids, entry_ids))


def happenings(story: Story, before: Shown, after: Shown) -> list[Happening]:
    """What became of the story's reports, and that it has changed."""
    is_timeline_changed = before.entries != after.entries
    return [
        *conflict_happenings(story.id, before.conflicts, after.conflicts),
        story_updated(story.id, version=story.version, is_timeline_changed=is_timeline_changed),
    ]


def _conflicts(
    session: Session, claim_ids: Collection[UUID], conflict_ids: Collection[UUID]
) -> dict[UUID, ShownConflict]:
    touched = select(Position.conflict_id).join(PositionEvidence).where(col(PositionEvidence.claim_id).in_(claim_ids))
    wanted = or_(col(Conflict.id).in_(touched), col(Conflict.id).in_(conflict_ids))
    columns = (
        Conflict.id, Conflict.kind, Conflict.verdict, Conflict.status, Conflict.confidence, Conflict.closed_at,
        Conflict.question, Conflict.explanation, Conflict.note,
    )  # fmt: skip
    reports = session.execute(sqlalchemy.select(*map(col, columns)).where(wanted)).all()
    positions = _positions(session, [row.id for row in reports])
    return {
        row.id: ShownConflict(
            row.kind, row.verdict, row.status, row.confidence, is_closed=row.closed_at is not None,
            words=(row.question, row.explanation, row.note, positions[row.id]),
        )
        for row in sorted(reports, key=lambda row: row.id)
    }  # fmt: skip


def _positions(session: Session, conflict_ids: Collection[UUID]) -> dict[UUID, frozenset[tuple[Any, ...]]]:
    """Each report's positions with their counts, one for each claim."""
    rows = session.execute(
        sqlalchemy.select(*map(col, (Position.conflict_id, Position.ordinal, Position.label, Position.sources)))
        .add_columns(col(Position.origins), col(PositionEvidence.claim_id))
        .outerjoin(PositionEvidence, col(PositionEvidence.position_id) == Position.id)
        .where(col(Position.conflict_id).in_(conflict_ids))
    )
    found: dict[UUID, set[tuple[Any, ...]]] = defaultdict(set)
    for conflict_id, *parts in rows:
        found[conflict_id].add(tuple(parts))
    return defaultdict(frozenset, {key: frozenset(parts) for key, parts in found.items()})


def _entries(session: Session, claim_ids: Collection[UUID], entry_ids: Collection[UUID]) -> Entries:
    touched = select(TimelineEvidence.entry_id).where(col(TimelineEvidence.claim_id).in_(claim_ids))
    columns = (
        TimelineEntry.id, TimelineEntry.sort_at, TimelineEntry.edtf, TimelineEntry.text, TimelineEntry.basis,
        TimelineEntry.sources, TimelineEntry.origins, TimelineEvidence.claim_id,
    )  # fmt: skip
    rows = session.execute(
        sqlalchemy.select(*map(col, columns))
        .join(TimelineEvidence, col(TimelineEvidence.entry_id) == TimelineEntry.id)
        .where(or_(col(TimelineEntry.id).in_(touched), col(TimelineEntry.id).in_(entry_ids)))
    )
    found: dict[UUID, set[tuple[Any, ...]]] = defaultdict(set)
    for entry_id, *parts in rows:
        found[entry_id].add(tuple(parts))
    return {key: frozenset(parts) for key, parts in found.items()}
