"""Claims as matching sees them, and which pairs deserve a look: candidates come from indexes, never from scans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from app.domain.values import Known
from app.store import facets
from app.store.loading import without
from app.store.tables import Article, ClaimRow

NEAREST = 8  # claims of other articles by question vector, for each new claim
BY_SLOT = 8  # by shared slot key
ALIKE = 4  # and by sentence vector
MOST_COMPARED = 1_000  # claims of a story, eighty articles or so, that are compared one by one
POOL = 100  # of a larger story: the claims by question vector that are looked at for each new one


@dataclass(frozen=True, slots=True)
class Candidate:
    """A new claim and a claim of another article of the story.

    ``similarity`` and ``nearness``: the cosines of their sentence vectors and of their question vectors. ``between``:
    how many claims of their two articles are nearer to one of them than the other is, by the question vectors; 0:
    nearest to each other. ``crowd``: the same by the sentence vectors.
    """

    new_id: UUID
    other_id: UUID
    similarity: float
    nearness: float
    between: int
    crowd: int


_ALL = "c.story_id = :story"
# A condition on the story that no index answers, so that PostgreSQL walks that of the vectors and stops early.
_NEAR = "(c.story_id = :story) is true order by c.question_embedding <=> n.question_embedding limit :pool"

_FOUND = """
with pool as (
    select n.id as new_id, o.id as other_id, o.is_sharing, o.distance, o.unlikeness,
        row_number() over (partition by n.id order by o.distance, o.id) as place,
        row_number() over (partition by n.id, o.is_sharing order by o.distance, o.id) as place_by_slot,
        row_number() over (partition by n.id order by o.unlikeness, o.id) as place_alike,
        rank() over (partition by n.id, o.article_id order by o.distance)
        + rank() over (partition by o.id, n.article_id order by o.distance) - 2 as nearer,
        rank() over (partition by n.id, o.article_id order by o.unlikeness)
        + rank() over (partition by o.id, n.article_id order by o.unlikeness) - 2 as more_alike
    from claim n
    cross join lateral (
        select c.id, c.article_id, c.question_embedding <=> n.question_embedding as distance,
            c.slot_keys && n.slot_keys as is_sharing, c.embedding <=> n.embedding as unlikeness
        from claim c
        where c.article_id <> n.article_id and {wanted}
    ) o
    where n.article_id in (select article_id from claim where id = any(:claims))
),
found as (
    select * from pool where new_id = any(:claims)
    and (place <= :nearest or (is_sharing and place_by_slot <= :by_slot) or place_alike <= :alike)
)
"""
# Where the pool holds every claim of the two articles, a rank in it says how many claims are nearer.
_RANKED = """
select new_id, other_id, 1 - unlikeness, 1 - distance, nearer, more_alike
from found
order by 1, 4 desc, 2
"""
_COUNTED = """
select new_id, other_id, 1 - unlikeness, 1 - distance,
    (select count(*) from claim c where c.article_id = n.article_id
        and c.question_embedding <=> o.question_embedding < distance)
    + (select count(*) from claim c where c.article_id = o.article_id
        and c.question_embedding <=> n.question_embedding < distance),
    (select count(*) from claim c where c.article_id = n.article_id and c.embedding <=> o.embedding < unlikeness)
    + (select count(*) from claim c where c.article_id = o.article_id and c.embedding <=> n.embedding < unlikeness)
from found
join claim n on n.id = new_id
join claim o on o.id = other_id
order by 1, 4 desc, 2
"""


def find_candidates(
    session: Session, *, claim_ids: Iterable[UUID], story_id: UUID, most_compared: int = MOST_COMPARED
) -> list[Candidate]:
    """At most NEAREST + BY_SLOT + ALIKE claims of the story's other articles for each of these claims, each pair once.

    Up to ``most_compared`` claims in the story every one is compared. Of more, those that share a slot or are alike are
    looked for among the POOL nearest, and the index that finds these is approximate.
    """
    is_small = _claims_up_to(session, story_id, most_compared + 1) <= most_compared
    given = {"story": story_id, "claims": list(claim_ids), "nearest": NEAREST, "by_slot": BY_SLOT, "alike": ALIKE}
    connection = session.connection()
    if not is_small:
        given |= {"pool": POOL}
        connection.execute(text("select set_config('hnsw.ef_search', :width, true)"), {"width": str(2 * POOL)})
    query = _FOUND.format(wanted=_ALL) + _RANKED if is_small else _FOUND.format(wanted=_NEAR) + _COUNTED
    rows = connection.execute(text(query), given)
    pairs = {
        frozenset((new_id, other_id)): Candidate(new_id, other_id, float(alike), float(near), between, crowd)
        for new_id, other_id, alike, near, between, crowd in rows
    }
    return list(pairs.values())


def _claims_up_to(session: Session, story_id: UUID, most: int) -> int:
    """How many claims the story has, counted no further than ``most``."""
    some = select(ClaimRow.id).where(ClaimRow.story_id == story_id).limit(most).subquery()
    return session.exec(select(func.count()).select_from(some)).one()


def load_known(session: Session, claim_ids: Iterable[UUID]) -> dict[UUID, Known]:
    """Stored claims with where and when they were published."""
    rows = session.exec(
        select(ClaimRow, Article)
        .join(Article)
        .where(col(ClaimRow.id).in_(list(claim_ids)))
        .order_by(col(ClaimRow.id))
        .options(*without(ClaimRow.embedding, ClaimRow.question_embedding, Article.text, Article.embedding))
    ).all()
    return {claim.id: _known(claim, article) for claim, article in rows}


def _known(claim: ClaimRow, article: Article) -> Known:
    return Known(
        id=str(claim.id),
        article_id=str(article.id),
        claim=facets.from_json(claim.facets),
        source=article.source_name,
        title=article.title,
        published_at=article.published_at or midnight(article.dated),
        created_at=article.created_at,
        origin=str(article.origin_id or article.id),
    )


def published_on(article: Article) -> date | None:
    """The day (UTC) an article was published, or else the one its own date line gives."""
    return article.published_at.astimezone(UTC).date() if article.published_at else article.dated


def midnight(day: date | None) -> datetime | None:
    """The start of a day in UTC: what an article dated by its own date line counts as."""
    return datetime.combine(day, time(), UTC) if day else None
