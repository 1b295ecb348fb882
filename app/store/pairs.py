"""What the models said of pairs of claims: kept, so that every match and every silence can be explained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from app.domain.matching import Scores
from app.domain.values import Known, QuestionJudgement
from app.store.candidates import load_known
from app.store.tables import ClaimPair, ClaimRow

PairKey = tuple[float, UUID, UUID]


@dataclass(frozen=True, slots=True)
class Scored:
    """Two claims and what the models said of them."""

    first: Known
    second: Known
    scores: Scores

    @property
    def key(self) -> PairKey:
        """The pair's place in a listing."""
        return -self.scores.nearness, UUID(self.first.id), UUID(self.second.id)


def replace_pairs(session: Session, story_id: UUID, claim_ids: Iterable[UUID], pairs: Iterable[Scored]) -> None:
    """Put the pairs that a model has read in place of all that the given claims had. One whose claim is gone is
    dropped."""
    mine = list(claim_ids)
    session.exec(delete(ClaimPair).where(or_(col(ClaimPair.first_id).in_(mine), col(ClaimPair.second_id).in_(mine))))
    rows = [_row(story_id, pair) for pair in pairs if pair.scores.whole is not None]
    ids = {x for row in rows for x in (row["first_id"], row["second_id"])}
    here = set(session.exec(select(ClaimRow.id).where(col(ClaimRow.id).in_(ids), ClaimRow.story_id == story_id)).all())
    rows = [row for row in rows if row["first_id"] in here and row["second_id"] in here]
    if rows:
        session.connection().execute(insert(ClaimPair).on_conflict_do_nothing(), rows)


def list_pairs(
    session: Session,
    story_id: UUID,
    *,
    claim_id: UUID | None,
    article_id: UUID | None,
    after: PairKey | None,
    limit: int,
) -> list[Scored]:
    """The story's pairs, nearest first; with ``claim_id`` or ``article_id`` those with that claim or a claim of that
    article."""
    order = -col(ClaimPair.nearness), col(ClaimPair.first_id), col(ClaimPair.second_id)
    query = select(ClaimPair).where(ClaimPair.story_id == story_id)
    if claim_id is not None:
        query = query.where(or_(col(ClaimPair.first_id) == claim_id, col(ClaimPair.second_id) == claim_id))
    if article_id is not None:
        own = select(ClaimRow.id).where(ClaimRow.article_id == article_id)
        query = query.where(or_(col(ClaimPair.first_id).in_(own), col(ClaimPair.second_id).in_(own)))
    if after is not None:
        query = query.where(tuple_(*order) > after)
    return _read(session, session.exec(query.order_by(*order).limit(limit)).all())


def pairs_among(session: Session, claim_ids: Iterable[UUID]) -> list[Scored]:
    """All pairs of which both claims are among these, nearest first."""
    ids = list(claim_ids)
    order = -col(ClaimPair.nearness), col(ClaimPair.first_id), col(ClaimPair.second_id)
    query = select(ClaimPair).where(col(ClaimPair.first_id).in_(ids), col(ClaimPair.second_id).in_(ids))
    return _read(session, session.exec(query.order_by(*order)).all())


def _read(session: Session, rows: Sequence[ClaimPair]) -> list[Scored]:
    known = load_known(session, {x for row in rows for x in (row.first_id, row.second_id)})
    return [Scored(known[row.first_id], known[row.second_id], _scores(row.scores)) for row in rows]


def _row(story_id: UUID, pair: Scored) -> dict[str, Any]:
    a, b = UUID(pair.first.id), UUID(pair.second.id)
    kept = asdict(pair.scores if a < b else pair.scores.swapped())
    kept["marked"] = [[*slots, judged["same"], judged["differ"]] for slots, judged in sorted(kept["marked"].items())]
    first, second = min(a, b), max(a, b)
    return {
        "first_id": first,
        "second_id": second,
        "story_id": story_id,
        "nearness": pair.scores.nearness,
        "scores": kept,
    }


def _scores(kept: dict[str, Any]) -> Scores:
    return Scores(
        similarity=kept["similarity"],
        nearness=kept["nearness"],
        between=kept["between"],
        crowd=kept.get("crowd", 0),
        whole=QuestionJudgement(**kept["whole"]) if kept["whole"] else None,
        marked={(a, b, c, d): QuestionJudgement(same, differ) for a, b, c, d, same, differ in kept["marked"]},
    )
