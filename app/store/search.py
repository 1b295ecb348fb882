"""Finding by words and by likeness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped
from sqlmodel import Session, col, select

from app.domain.ports import Vector
from app.store.loading import without
from app.store.tables import Article, ClaimRow


def has_words(column: InstrumentedAttribute[str] | Mapped[str], words: str) -> ColumnElement[bool]:
    """Every word of ``words`` occurs in the column, in any order and case, also inside other words."""
    return and_(*(column.icontains(word, autoescape=True) for word in words.split()))


def nearest_claims(session: Session, vector: Vector, *, limit: int) -> Sequence[tuple[ClaimRow, Article, float]]:
    """The claims closest in meaning with their articles, closest first, with the cosine of the vectors (-1 to 1)."""
    # The index looks at hnsw.ef_search rows and returns no more: it must not be fewer than are asked for.
    session.connection().execute(text("SELECT set_config('hnsw.ef_search', :n, true)"), {"n": str(max(100, limit))})
    vectors: Any = ClaimRow.embedding
    distance = vectors.cosine_distance(vector)
    # The join is what keeps the search within the session's workspace: a claim has none of its own.
    nearest = select(ClaimRow.id, distance.label("distance")).join(Article).order_by(distance).limit(limit).subquery()
    rows = session.exec(
        select(ClaimRow, Article, nearest.c.distance)
        .join(nearest, nearest.c.id == ClaimRow.id)
        .join(Article, col(Article.id) == ClaimRow.article_id)
        .order_by(nearest.c.distance, col(ClaimRow.id))
        .options(*without(ClaimRow.embedding, ClaimRow.question_embedding, Article.text, Article.embedding))
    )
    return [(claim, article, 1 - distance) for claim, article, distance in rows]
