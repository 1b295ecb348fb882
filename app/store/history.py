"""A story as it stood at a moment: composed anew, by the functions that compose it today, from what was out by then.

An article is known from its ``published_at`` on, or from when it was accepted when it has none. Reports and entries
keep the ids of today's rows that share most of their evidence. Withdrawn articles are gone from the past as well: what
was taken back is no evidence of any time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.domain import composition, matching
from app.domain.conflict import Position as PositionValue
from app.domain.conflict import Report
from app.domain.errors import NotFoundError
from app.domain.grouping import keep_ids
from app.domain.values import ConflictKind
from app.store import derived
from app.store.candidates import load_known
from app.store.claims import AttributedQuote, quotes
from app.store.conflicts import ConflictKey, ConflictRead, Filters, PositionRead, sort_key
from app.store.tables import Article, ClaimMatch, ClaimRow, Conflict, ConflictJudgement

Kept = Mapping[UUID, Conflict]


def known_at(article: Any = Article) -> ColumnElement[datetime]:
    """When the public could know an article."""
    return func.coalesce(article.published_at, article.created_at)


def list_conflicts(
    session: Session, story_id: UUID, filters: Filters, *, as_of: datetime, after: ConflictKey | None, limit: int
) -> Sequence[ConflictRead]:
    """Most certain first, as ``conflicts.list_conflicts`` lists those of today."""
    found = sorted((x for x in conflicts_then(session, story_id, as_of=as_of) if filters.admit(x.row)), key=_key)
    return [x for x in found if after is None or x.key > after][:limit]


def get_conflict(session: Session, conflict_id: UUID, *, as_of: datetime) -> ConflictRead:
    """The report as it stood. Raises NotFoundError, also when there was nothing to report yet."""
    row = session.get(Conflict, conflict_id)
    found = conflicts_then(session, row.story_id, as_of=as_of) if row else []
    then = next((x for x in found if x.row.id == conflict_id), None)
    if then is None:
        raise NotFoundError(what="conflict", id=str(conflict_id))
    return then


def conflicts_then(session: Session, story_id: UUID, *, as_of: datetime) -> list[ConflictRead]:
    """Every report that the story's articles gave rise to by then, with the editor's words of that time."""
    matches = matches_then(session, story_id, kinds=ConflictKind, as_of=as_of)
    known = load_known(session, {x for m in matches for x in (m.first_id, m.second_id)})
    made = composition.reports(known, matches)
    today = derived.conflict_evidence(session, story_id, set(known))
    kept = _keep(today, made)
    judged = _judgements(session, [row.id for row in kept if row], as_of=as_of)
    evidence = quotes(session, {UUID(x) for report in made for x in composition.claims_of(report)})
    return [
        _read(
            _conflict(
                report,
                row,
                story_id,
                judgement=judged.get(row.id) if row else None,
                versions=derived.versions_of(today, report) | {"rules": matching.RULES},
                as_of=as_of,
            ),
            report,
            evidence,
        )
        for report, row in zip(made, kept, strict=True)
    ]


def matches_then(session: Session, story_id: UUID, *, kinds: Iterable[str], as_of: datetime) -> Sequence[ClaimMatch]:
    """The story's matches of these kinds between claims of articles that were known by then, in a fixed order."""
    query = select(ClaimMatch).where(ClaimMatch.story_id == story_id, col(ClaimMatch.kind).in_(list(kinds)))
    for side in (ClaimMatch.first_id, ClaimMatch.second_id):
        claim, article = aliased(ClaimRow), aliased(Article)
        query = query.join(claim, col(claim.id) == side).join(article, col(article.id) == claim.article_id)
        query = query.where(known_at(article) <= as_of)
    order = (ClaimMatch.first_id, ClaimMatch.second_id, ClaimMatch.kind, ClaimMatch.slots)
    return session.exec(query.order_by(*(col(x) for x in order))).all()


def _keep(today: Sequence[tuple[Conflict, frozenset[str]]], made: Sequence[Report]) -> list[Conflict | None]:
    """For each report of then the row of today that it became."""
    rows = {row.id: row for row, _ in today}
    kept: dict[int, UUID | None] = {}
    for kind in ConflictKind:
        mine = [n for n, report in enumerate(made) if report.kind == kind]
        old = {row.id: evidence for row, evidence in today if row.kind == kind}
        ids = keep_ids(old, [composition.claims_of(made[n]) for n in mine])
        kept |= dict(zip(mine, ids, strict=True))
    return [rows[x] if (x := kept[n]) else None for n in range(len(made))]


def _judgements(session: Session, conflict_ids: Collection[UUID], *, as_of: datetime) -> dict[UUID, ConflictJudgement]:
    """The last verdict on each report that was given by then."""
    rows = session.exec(
        select(ConflictJudgement)
        .where(col(ConflictJudgement.conflict_id).in_(conflict_ids), col(ConflictJudgement.judged_at) <= as_of)
        .order_by(col(ConflictJudgement.judged_at), col(ConflictJudgement.id))
    )
    return {row.conflict_id: row for row in rows}


def _conflict(
    made: Report,
    row: Conflict | None,
    story_id: UUID,
    *,
    judgement: ConflictJudgement | None,
    versions: dict[str, str],
    as_of: datetime,
) -> Conflict:
    """The row that the report would have had then; it is never stored."""
    second_answer = sorted(position.first_seen_at for position in made.positions)[1]
    is_resolved = judgement is not None and judgement.status == "resolved"
    return Conflict(
        id=row.id if row else stable_id(min(composition.claims_of(made)), made.kind),
        story_id=story_id,
        kind=str(made.kind),
        verdict=str(made.verdict),
        question=made.question,
        explanation=made.explanation,
        confidence=made.confidence,
        status=judgement.status if judgement else "open",
        note=judgement.note if judgement else None,
        detected_at=row.detected_at if row and row.detected_at <= as_of else second_answer,
        closed_at=judgement.judged_at if judgement and is_resolved else None,
        versions=row.versions if row else versions,
    )


def stable_id(claim_id: str, name: str) -> UUID:
    """The id of what has become part of something else since, and so has no row to take one from."""
    return uuid5(UUID(claim_id), name)


def _read(row: Conflict, made: Report, evidence: Sequence[AttributedQuote]) -> ConflictRead:
    return ConflictRead(sort_key(row), row, [_position(position, evidence) for position in made.positions])


def _position(made: PositionValue, evidence: Sequence[AttributedQuote]) -> PositionRead:
    claims = {answer.known.id for answer in made.answers}
    return PositionRead(
        label=made.label,
        value=made.value,
        sources=made.sources,
        origins=made.origins,
        first_seen_at=made.first_seen_at,
        evidence=[quote for quote in evidence if str(quote.claim_id) in claims],
    )


def _key(read: ConflictRead) -> ConflictKey:
    return read.key
