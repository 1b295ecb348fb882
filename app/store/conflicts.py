"""Conflict reports as they are read, and the editor's verdict on them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import func, tuple_
from sqlmodel import Session, col, select

from app.domain.errors import ConflictingStateError, NotFoundError
from app.store import events
from app.store.changes import happenings, shown
from app.store.claims import AttributedQuote, by_publication
from app.store.tables import Article, ClaimRow, Conflict, ConflictJudgement, Position, PositionEvidence, Story

ConflictKey = tuple[float, str, UUID]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a listing is narrowed to; None does not narrow. Closed reports are left out unless asked for."""

    kind: str | None = None
    verdict: str | None = None
    status: str | None = None
    min_confidence: float = 0.0
    include_closed: bool = False

    def admit(self, row: Conflict) -> bool:
        """Whether a listing with these filters has the report."""
        wanted = ((self.kind, row.kind), (self.verdict, row.verdict), (self.status, row.status))
        is_shown = self.include_closed or self.status == "resolved" or row.closed_at is None
        return is_shown and row.confidence >= self.min_confidence and all(value in (None, has) for value, has in wanted)


@dataclass(frozen=True, slots=True)
class PositionRead:
    label: str
    value: dict[str, Any]
    sources: int
    origins: int
    first_seen_at: datetime
    evidence: Sequence[AttributedQuote]


@dataclass(frozen=True, slots=True)
class ConflictRead:
    """``key`` is the report's place in the listing."""

    key: ConflictKey
    row: Conflict
    positions: Sequence[PositionRead]

    @property
    def claim_ids(self) -> set[UUID]:
        """The claims that the report stands on."""
        return {quote.claim_id for position in self.positions for quote in position.evidence if quote.claim_id}


def list_conflicts(
    session: Session, story_id: UUID, filters: Filters, *, after: ConflictKey | None, limit: int
) -> Sequence[ConflictRead]:
    """Most certain first."""
    # Reports of one confidence are told apart by their question before their id, which differs between databases.
    digest = func.md5(Conflict.question)
    order = -col(Conflict.confidence), digest, col(Conflict.id)
    query = select(Conflict).where(Conflict.story_id == story_id, col(Conflict.confidence) >= filters.min_confidence)
    if filters.kind is not None:
        query = query.where(Conflict.kind == filters.kind)
    if filters.verdict is not None:
        query = query.where(Conflict.verdict == filters.verdict)
    if filters.status is not None:
        query = query.where(Conflict.status == filters.status)
    if not filters.include_closed and filters.status != "resolved":
        query = query.where(col(Conflict.closed_at).is_(None), col(Conflict.status) != "resolved")
    if after is not None:
        query = query.where(tuple_(*order) > after)
    rows = session.exec(query.order_by(*order).limit(limit)).all()
    positions = _positions(session, [conflict.id for conflict in rows])
    return [ConflictRead(sort_key(conflict), conflict, positions[conflict.id]) for conflict in rows]


def newest(session: Session, *, verdict: str | None, min_confidence: float, limit: int) -> Sequence[ConflictRead]:
    """Reports of all stories that stand, last detected first."""
    query = select(Conflict).where(
        col(Conflict.closed_at).is_(None),
        col(Conflict.status).in_(("open", "confirmed")),
        col(Conflict.confidence) >= min_confidence,
    )
    if verdict is not None:
        query = query.where(Conflict.verdict == verdict)
    rows = session.exec(query.order_by(col(Conflict.detected_at).desc(), col(Conflict.id)).limit(limit)).all()
    positions = _positions(session, [conflict.id for conflict in rows])
    return [ConflictRead(sort_key(conflict), conflict, positions[conflict.id]) for conflict in rows]


def sort_key(row: Conflict) -> ConflictKey:
    """A report's place in a listing, as the database reckons it."""
    return (-row.confidence, hashlib.md5(row.question.encode(), usedforsecurity=False).hexdigest(), row.id)


def get_conflict(session: Session, conflict_id: UUID) -> ConflictRead:
    """Raises NotFoundError."""
    conflict = session.get(Conflict, conflict_id)
    if conflict is None:
        raise NotFoundError(what="conflict", id=str(conflict_id))
    return ConflictRead(sort_key(conflict), conflict, _positions(session, [conflict.id])[conflict.id])


def count_open(session: Session) -> dict[str, int]:
    """Reports that are not closed, of all that the session sees, for every verdict there can be."""
    rows = session.execute(
        sqlalchemy.select(col(Conflict.verdict), func.count())
        .where(col(Conflict.closed_at).is_(None))
        .group_by(col(Conflict.verdict))
    )
    return dict.fromkeys(("contradiction", "discrepancy", "update"), 0) | {row[0]: row[1] for row in rows}


def judge_conflict(session: Session, conflict_id: UUID, changes: dict[str, Any], *, now: datetime) -> None:
    """Record an editor's ``status`` and ``note``, as far as ``changes`` has them, and bump the story's version.

    ``resolved`` closes the report; another status opens it again, unless its evidence was withdrawn meanwhile
    (ConflictingStateError). Raises NotFoundError.
    """
    story_id = session.exec(select(Conflict.story_id).where(Conflict.id == conflict_id)).one_or_none()
    # The story first, as consolidation does it: the other order could deadlock with it.
    story = session.exec(select(Story).where(Story.id == story_id).with_for_update(key_share=True)).one_or_none()
    conflict = session.get(Conflict, conflict_id, with_for_update=True)
    if story is None or conflict is None:
        raise NotFoundError(what="conflict", id=str(conflict_id))
    before = shown(session, (), conflict_ids=[conflict_id])
    if "status" in changes:
        _set_status(session, conflict, changes["status"], now=now)
    if "note" in changes:
        conflict.note = changes["note"]
    story.version += 1
    story.updated_at = now
    judgement = ConflictJudgement(conflict_id=conflict_id, status=conflict.status, note=conflict.note, judged_at=now)
    session.add_all((conflict, story, judgement))
    after = shown(session, (), conflict_ids=[conflict_id])
    events.record(session, story.workspace_id, happenings(story, before, after), now=now)


def _set_status(session: Session, conflict: Conflict, status: str, *, now: datetime) -> None:
    if status == "resolved":
        conflict.closed_at = conflict.closed_at or now
    elif conflict.closed_at is not None:
        stands = [position for position in _positions(session, [conflict.id])[conflict.id] if position.evidence]
        if len(stands) < 2:
            raise ConflictingStateError(
                "This report was closed because its evidence was withdrawn; it cannot be reopened."
            )
        conflict.closed_at = None
    conflict.status = status


def _positions(session: Session, conflict_ids: Iterable[UUID]) -> dict[UUID, list[PositionRead]]:
    rows = session.exec(
        select(Position)
        .where(col(Position.conflict_id).in_(list(conflict_ids)))
        .order_by(col(Position.conflict_id), col(Position.ordinal))
    ).all()
    evidence = _evidence(session, [position.id for position in rows])
    found: dict[UUID, list[PositionRead]] = defaultdict(list)
    for row in rows:
        read = PositionRead(
            label=row.label,
            value=row.value,
            sources=row.sources,
            origins=row.origins,
            first_seen_at=row.first_seen_at,
            evidence=evidence[row.id],
        )
        found[row.conflict_id].append(read)
    return found


def _evidence(session: Session, position_ids: Iterable[UUID]) -> dict[UUID, list[AttributedQuote]]:
    piece = PositionEvidence
    rows = session.execute(
        sqlalchemy.select(
            col(piece.position_id),
            col(ClaimRow.article_id),
            col(piece.claim_id),
            col(piece.start),
            col(piece.end),
            col(piece.exact),
            col(piece.holder),
            col(Article.source_name),
            col(Article.published_at),
        )
        .join(ClaimRow, col(ClaimRow.id) == piece.claim_id)
        .join(Article, col(Article.id) == ClaimRow.article_id)
        .where(col(piece.position_id).in_(list(position_ids)))
        .order_by(*by_publication())
    )
    found: dict[UUID, list[AttributedQuote]] = defaultdict(list)
    for position_id, *parts in rows:
        found[position_id].append(AttributedQuote(*parts))
    return found
