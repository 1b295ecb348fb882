"""Writes conflicts, claim groups and timeline entries over the old rows; ids live on where evidence is shared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, update
from sqlmodel import Session, SQLModel, col, select

from app.domain import wording
from app.domain.composition import claims_of
from app.domain.conflict import Position as PositionValue
from app.domain.conflict import Report
from app.domain.grouping import keep_ids
from app.domain.timeline import Entry
from app.domain.values import Known
from app.store.tables import (
    ClaimGroup,
    ClaimGroupMember,
    Conflict,
    ConflictJudgement,
    Position,
    PositionEvidence,
    TimelineEntry,
    TimelineEvidence,
    new_id,
)


def conflict_evidence(session: Session, story_id: UUID, claim_ids: set[UUID]) -> list[tuple[Conflict, frozenset[str]]]:
    """The story's conflicts, closed ones included, that stand on any of these claims, each with all its evidence."""
    touched = select(Position.conflict_id).join(PositionEvidence).where(col(PositionEvidence.claim_id).in_(claim_ids))
    rows = session.exec(
        select(Conflict, PositionEvidence.claim_id)
        .join(Position, col(Position.conflict_id) == Conflict.id)
        .join(PositionEvidence)
        .where(Conflict.story_id == story_id, col(Conflict.id).in_(touched))
        .order_by(col(Conflict.id))
    ).all()
    found: dict[UUID, tuple[Conflict, set[str]]] = {}
    for row, claim_id in rows:
        found.setdefault(row.id, (row, set()))[1].add(str(claim_id))
    return [(row, frozenset(ids)) for row, ids in found.values()]


def versions_of(old: Iterable[tuple[Conflict, frozenset[str]]], made: Report) -> dict[str, str]:
    """What made the stored reports that this one has evidence from. What is composed anew without asking a model still
    rests on what models said before."""
    mine = claims_of(made)
    return {name: x for c, evidence in old if c.kind == made.kind and evidence & mine for name, x in c.versions.items()}


def write_conflict(
    session: Session, story_id: UUID, made: Report, *, conflict_id: UUID | None, versions: dict[str, str], now: datetime
) -> Conflict:
    """A new conflict, or the known one rewritten in place: its id, status, note and detection time stay."""
    row = session.get(Conflict, conflict_id) if conflict_id else None
    fields: dict[str, Any] = {
        "verdict": str(made.verdict), "question": made.question, "explanation": made.explanation,
        "confidence": made.confidence, "versions": versions,
    }  # fmt: skip
    if row is None:
        row = Conflict(story_id=story_id, kind=str(made.kind), detected_at=now, **fields)
    else:
        row.sqlmodel_update(fields)
        if row.status != "resolved":  # an editor closed that one
            row.closed_at = None
    session.add(row)
    session.flush()
    session.exec(delete(Position).where(col(Position.conflict_id) == row.id))
    positions = [(new_id(), ordinal, position) for ordinal, position in enumerate(made.positions)]
    _insert(session, Position, (_position(row.id, *each) for each in positions))
    _insert(session, PositionEvidence, (e for x, _, position in positions for e in _evidence_of(x, position)))
    return row


def inherit_verdict(session: Session, row: Conflict, judged: Conflict) -> None:
    """A part of a judged report comes to stand alone: the verdict was given on its evidence as well."""
    row.status, row.note, row.closed_at = judged.status, judged.note, judged.closed_at
    session.add(row)
    for verdict in session.exec(
        select(ConflictJudgement)
        .where(ConflictJudgement.conflict_id == judged.id)
        .order_by(col(ConflictJudgement.judged_at), col(ConflictJudgement.id))
    ).all():
        session.add(ConflictJudgement(conflict_id=row.id, **verdict.model_dump(exclude={"id", "conflict_id"})))
    session.flush()


def _position(conflict_id: UUID, position_id: UUID, ordinal: int, position: PositionValue) -> dict[str, Any]:
    return {
        "id": position_id, "conflict_id": conflict_id, "ordinal": ordinal, "label": position.label,
        "value": position.value, "sources": position.sources, "origins": position.origins,
        "first_seen_at": position.first_seen_at,
    }  # fmt: skip


def _evidence_of(position_id: UUID, position: PositionValue) -> Iterator[dict[str, Any]]:
    for claim_id, claim in {a.known.id: a.known.claim for a in position.answers}.items():
        yield {
            "position_id": position_id, "claim_id": UUID(claim_id), "start": claim.start, "end": claim.end,
            "exact": claim.exact, "holder": claim.holder.name if claim.holder else None,
        }  # fmt: skip


def close_conflicts(session: Session, conflict_ids: Iterable[UUID], *, now: datetime) -> None:
    """Their evidence no longer opposes anything; the row stays, with the editor's words."""
    for row in session.exec(select(Conflict).where(col(Conflict.id).in_(list(conflict_ids)))).all():
        row.closed_at = row.closed_at or now
        session.add(row)


def write_groups(session: Session, story_id: UUID, claim_ids: set[UUID], groups: Sequence[Sequence[Known]]) -> None:
    """Each group's claims in order of report; the first gives the text."""
    touched = select(ClaimGroupMember.group_id).where(col(ClaimGroupMember.claim_id).in_(claim_ids))
    members = select(ClaimGroupMember.group_id, ClaimGroupMember.claim_id)
    old = _members(session.exec(members.where(col(ClaimGroupMember.group_id).in_(touched))).all())
    kept = keep_ids(old, [frozenset(k.id for k in group) for group in groups])
    ids = [group_id or new_id() for group_id in kept]
    session.exec(delete(ClaimGroup).where(col(ClaimGroup.id).in_(list(old))))
    _insert(session, ClaimGroup, (_group(story_id, x, group) for x, group in zip(ids, groups, strict=True)))
    _insert(
        session,
        ClaimGroupMember,
        ({"group_id": x, "claim_id": UUID(k.id)} for x, group in zip(ids, groups, strict=True) for k in group),
    )


def _group(story_id: UUID, group_id: UUID, group: Sequence[Known]) -> dict[str, Any]:
    lead = group[0]
    return {
        "id": group_id,
        "story_id": story_id,
        "text": " ".join(lead.claim.exact.split()),
        "sources": len({k.source or k.article_id for k in group}),
        "origins": len({k.origin or k.article_id for k in group}),
        "sort_key": f"{(lead.published_at or lead.created_at).isoformat()}/{lead.article_id}/{lead.claim.start:07}",
    }


def write_timeline(session: Session, story_id: UUID, claim_ids: set[UUID], entries: Sequence[Entry]) -> None:
    """Each entry over the one that shared most of its claims and its date."""
    old = entry_evidence(session, claim_ids)
    kept = keep_ids(old, [entry_members(entry) for entry in entries])
    ids = [entry_id or new_id() for entry_id in kept]
    session.exec(delete(TimelineEntry).where(col(TimelineEntry.id).in_(list(old))))
    _insert(
        session,
        TimelineEntry,
        (entry_row(story_id, x, entry).model_dump() for x, entry in zip(ids, entries, strict=True)),
    )
    _insert(session, TimelineEvidence, (e for x, entry in zip(ids, entries, strict=True) for e in _evidence(x, entry)))


def entry_evidence(session: Session, claim_ids: set[UUID]) -> dict[UUID, frozenset[str]]:
    """The entries that stand on any of these claims, each with all that makes it the same: see ``entry_members``."""
    touched = select(TimelineEvidence.entry_id).where(col(TimelineEvidence.claim_id).in_(claim_ids))
    rows = session.exec(
        select(TimelineEvidence.entry_id, TimelineEvidence.claim_id, TimelineEntry.edtf)
        .join(TimelineEntry)
        .where(col(TimelineEvidence.entry_id).in_(touched))
    ).all()
    return _members((entry_id, x) for entry_id, claim_id, edtf in rows for x in (f"{claim_id}", f"{claim_id} {edtf}"))


def entry_members(entry: Entry) -> frozenset[str]:
    """A claim with two dates stands in two entries: the date is part of what makes an entry the same."""
    return frozenset(x for d in entry.datings for x in (d.known.id, f"{d.known.id} {entry.edtf}"))


def entry_row(story_id: UUID, entry_id: UUID, entry: Entry) -> TimelineEntry:
    return TimelineEntry(
        id=entry_id, story_id=story_id, edtf=entry.edtf, earliest=entry.earliest, latest=entry.latest,
        sort_at=entry.sort_at, precision=entry.precision, basis=entry.basis, text=entry.text,
        sources=entry.sources, origins=entry.origins,
    )  # fmt: skip


def _evidence(entry_id: UUID, entry: Entry) -> list[dict[str, Any]]:
    claims = {d.known.id: d.known.claim for d in entry.datings}
    return [
        {"entry_id": entry_id, "claim_id": UUID(key), "start": c.start, "end": c.end, "exact": c.exact}
        for key, c in claims.items()
    ]


def _insert(session: Session, table: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
    """Many rows in one statement."""
    listed = list(rows)
    if listed:
        session.connection().execute(insert(table), listed)


def forget_claims(session: Session, claim_ids: Sequence[UUID]) -> None:
    """Take claims out of every conflict, group and timeline entry they stand in; groups and entries that are left
    empty go. A conflict stays, with the editor's words, for consolidation to close."""
    _forget_answers(session, claim_ids)
    for owner, member, key in (
        (ClaimGroup, ClaimGroupMember, col(ClaimGroupMember.group_id)),
        (TimelineEntry, TimelineEvidence, col(TimelineEvidence.entry_id)),
    ):
        mine = col(member.claim_id).in_(claim_ids)
        touched = session.exec(select(key).where(mine)).all()
        session.exec(delete(member).where(mine))
        session.exec(delete(owner).where(col(owner.id).in_(touched), ~exists().where(key == col(owner.id))))
    session.flush()


def _forget_answers(session: Session, claim_ids: Sequence[UUID]) -> None:
    """Take what claims answer out of the conflicts, with all words that may be theirs. A report that still stands is
    composed anew by the rebuild that follows; of one that does not, what the other claims say is left."""
    mine, position_id = col(PositionEvidence.claim_id).in_(claim_ids), col(PositionEvidence.position_id)
    positions = session.exec(select(Position).where(col(Position.id).in_(select(position_id).where(mine)))).all()
    session.exec(delete(PositionEvidence).where(mine))
    others = select(position_id, func.min(PositionEvidence.exact)).group_by(position_id)
    left = dict(session.exec(others.where(position_id.in_([position.id for position in positions]))).all())
    for position in positions:
        if position.id in left:
            position.label = f"“{wording.shorten(left[position.id])}”"
            session.add(position)
        else:
            session.delete(position)
    session.exec(
        update(Conflict)
        .where(col(Conflict.id).in_({position.conflict_id for position in positions}))
        .values(question=wording.GONE_QUESTION, explanation=wording.GONE_EXPLANATION)
    )


def _members(rows: Iterable[tuple[UUID, object]]) -> dict[UUID, frozenset[str]]:
    found: dict[UUID, set[str]] = {}
    for key, member in rows:
        found.setdefault(key, set()).add(str(member))
    return {key: frozenset(members) for key, members in found.items()}
