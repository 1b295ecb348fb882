"""The timeline as it is read: of one story, or across all of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import sqlalchemy
from sqlalchemy import func, tuple_
from sqlmodel import Session, col, select

from app.store.claims import Quote, by_publication
from app.store.search import has_words
from app.store.tables import (
    Article,
    ClaimRow,
    Conflict,
    Position,
    PositionEvidence,
    TimelineEntry,
    TimelineEvidence,
)

EntryKey = tuple[str, str, UUID]


@dataclass(frozen=True, slots=True)
class EntryRead:
    """``key`` is the entry's place in the listing; ``conflict_ids`` are open reports on the same claims."""

    key: EntryKey
    row: TimelineEntry
    evidence: Sequence[Quote]
    conflict_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Window:
    """What a timeline is cut to; None does not cut. An entry is within the days when it may have happened on one."""

    story_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None
    words: str | None = None

    def admits(self, row: TimelineEntry) -> bool:
        """Whether the entry is within the days and has the words."""
        text = row.text.lower()
        return (
            (self.first_day is None or row.latest >= self.first_day)
            and (self.last_day is None or row.earliest <= self.last_day)
            and all(word.lower() in text for word in (self.words or "").split())
        )


def list_entries(
    session: Session,
    window: Window,
    *,
    only: Collection[UUID] | None = None,
    after: EntryKey | None,
    limit: int,
) -> Sequence[EntryRead]:
    """In time order; ``only`` those of these stories, when given."""
    # Entries of one time are told apart by their text before their id, which differs from database to database.
    order = col(TimelineEntry.sort_at), func.md5(TimelineEntry.text), col(TimelineEntry.id)
    query = select(TimelineEntry)
    if window.story_id is not None:
        query = query.where(TimelineEntry.story_id == window.story_id)
    if only is not None:
        query = query.where(col(TimelineEntry.story_id).in_(only))
    if window.first_day is not None:
        query = query.where(col(TimelineEntry.latest) >= window.first_day)
    if window.last_day is not None:
        query = query.where(col(TimelineEntry.earliest) <= window.last_day)
    if window.words is not None:
        query = query.where(has_words(col(TimelineEntry.text), window.words))
    if after is not None:
        query = query.where(tuple_(*order) > after)
    rows = session.exec(query.order_by(*order).limit(limit)).all()
    ids = [entry.id for entry in rows]
    evidence, conflicts = _evidence(session, ids), _conflicts(session, ids)
    return [replace(read(entry, evidence[entry.id]), conflict_ids=conflicts[entry.id]) for entry in rows]


def read(row: TimelineEntry, evidence: Sequence[Quote]) -> EntryRead:
    """An entry with its place in a listing, as the database reckons it, and no reports yet."""
    digest = hashlib.md5(row.text.encode(), usedforsecurity=False).hexdigest()
    return EntryRead((row.sort_at, digest, row.id), row, evidence, ())


def _evidence(session: Session, entry_ids: Iterable[UUID]) -> dict[UUID, list[Quote]]:
    piece = TimelineEvidence
    rows = session.execute(
        sqlalchemy.select(
            col(piece.entry_id),
            col(ClaimRow.article_id),
            col(piece.claim_id),
            col(piece.start),
            col(piece.end),
            col(piece.exact),
        )
        .join(ClaimRow, col(ClaimRow.id) == piece.claim_id)
        .join(Article, col(Article.id) == ClaimRow.article_id)
        .where(col(piece.entry_id).in_(list(entry_ids)))
        .order_by(*by_publication())
    )
    found: dict[UUID, list[Quote]] = defaultdict(list)
    for entry_id, article_id, claim_id, start, end, exact in rows:
        found[entry_id].append(Quote(article_id, claim_id, start, end, exact))
    return found


def _conflicts(session: Session, entry_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    rows = session.execute(
        sqlalchemy.select(col(TimelineEvidence.entry_id), col(Conflict.id))
        .distinct()
        .join(PositionEvidence, col(PositionEvidence.claim_id) == TimelineEvidence.claim_id)
        .join(Position, col(Position.id) == PositionEvidence.position_id)
        .join(Conflict, col(Conflict.id) == Position.conflict_id)
        .where(
            col(TimelineEvidence.entry_id).in_(list(entry_ids)),
            col(Conflict.closed_at).is_(None),
            col(Conflict.status).in_(("open", "confirmed")),
        )
        .order_by(col(TimelineEvidence.entry_id), col(Conflict.id))
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for entry_id, conflict_id in rows:
        found[entry_id].append(conflict_id)
    return found
