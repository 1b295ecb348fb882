"""Claims of an article and the groups of claims that say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import text, tuple_
from sqlmodel import Session, col, select

from app.store.loading import without
from app.store.tables import Article, ClaimGroup, ClaimGroupMember, ClaimRow

GroupKey = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Quote:
    """A piece of an article's text that something stands on."""

    article_id: UUID
    claim_id: UUID | None
    start: int
    end: int
    exact: str


@dataclass(frozen=True, slots=True)
class AttributedQuote(Quote):
    """With who asserts it, and who published it when."""

    holder: str | None
    source: str | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class GroupRead:
    """``key`` is the group's place in the listing."""

    key: GroupKey
    id: UUID
    text: str
    sources: int
    origins: int
    evidence: Sequence[Quote]


def claims_of(session: Session, article_id: UUID) -> Sequence[ClaimRow]:
    """In the order of the text, without vectors."""
    query = select(ClaimRow).where(ClaimRow.article_id == article_id).order_by(col(ClaimRow.start), col(ClaimRow.end))
    return session.exec(query.options(*without(ClaimRow.embedding, ClaimRow.question_embedding))).all()


def list_groups(session: Session, story_id: UUID, *, after: GroupKey | None, limit: int) -> Sequence[GroupRead]:
    """The story's groups in the order of their sort key, each with its claims by date of publication."""
    order = col(ClaimGroup.sort_key), col(ClaimGroup.id)
    query = select(ClaimGroup).where(ClaimGroup.story_id == story_id)
    if after is not None:
        query = query.where(tuple_(*order) > after)
    groups = session.exec(query.order_by(*order).limit(limit)).all()
    evidence = _evidence(session, [group.id for group in groups])
    return [
        GroupRead(
            key=(group.sort_key, group.id),
            id=group.id,
            text=group.text,
            sources=group.sources,
            origins=group.origins,
            evidence=evidence[group.id],
        )
        for group in groups
    ]


def _evidence(session: Session, group_ids: Iterable[UUID]) -> dict[UUID, list[Quote]]:
    member, claim = ClaimGroupMember, ClaimRow
    rows = session.execute(
        sqlalchemy.select(
            col(member.group_id),
            col(claim.article_id),
            col(claim.id),
            col(claim.start),
            col(claim.end),
            col(claim.exact),
        )
        .join(ClaimRow, col(ClaimRow.id) == ClaimGroupMember.claim_id)
        .join(Article, col(Article.id) == ClaimRow.article_id)
        .where(col(ClaimGroupMember.group_id).in_(list(group_ids)))
        .order_by(*by_publication())
    )
    found: dict[UUID, list[Quote]] = defaultdict(list)
    for group_id, article_id, claim_id, start, end, exact in rows:
        found[group_id].append(Quote(article_id, claim_id, start, end, exact))
    return found


def quotes(session: Session, claim_ids: Iterable[UUID]) -> list[AttributedQuote]:
    """The claims as evidence, in the order of ``by_publication``."""
    claim = ClaimRow
    rows = session.execute(
        sqlalchemy.select(
            col(claim.article_id),
            col(claim.id),
            col(claim.start),
            col(claim.end),
            col(claim.exact),
            col(claim.facets)["holder"]["name"].astext,
            col(Article.source_name),
            col(Article.published_at),
        )
        .join(Article, col(Article.id) == claim.article_id)
        .where(col(claim.id).in_(list(claim_ids)))
        .order_by(*by_publication())
    )
    return [AttributedQuote(*row) for row in rows]


def by_publication() -> tuple[Any, ...]:
    """The order of evidence: as it was published, undated last; ids only where nothing else tells two apart."""
    return (
        col(Article.published_at).asc().nulls_last(),
        col(Article.source_name).asc().nulls_last(),
        col(ClaimRow.start),
        col(ClaimRow.exact),
        col(ClaimRow.id),
    )


def surroundings(session: Session, quotes: Sequence[Quote], *, reach: int) -> list[tuple[str, str]]:
    """Up to ``reach`` characters before and after each piece; cut out by the database, texts being long."""
    cut = text(
        "SELECT substr(a.text, greatest(q.start - :reach, 0) + 1, least(q.start, :reach)), "
        "substr(a.text, q.stop + 1, :reach) "
        "FROM unnest(CAST(:articles AS uuid[]), CAST(:starts AS int[]), CAST(:stops AS int[])) "
        "WITH ORDINALITY AS q(article_id, start, stop, n) JOIN article a ON a.id = q.article_id ORDER BY q.n"
    )
    given = {
        "articles": [quote.article_id for quote in quotes],
        "starts": [quote.start for quote in quotes],
        "stops": [quote.end for quote in quotes],
    }
    return [(before, behind) for before, behind in session.connection().execute(cut, {**given, "reach": reach})]
