"""What the analysis of one article writes: its reading, its story, its matches. Each step replaces what it wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import delete, func, or_, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from app.domain import when
from app.domain.matching import Match
from app.domain.origin import is_copy
from app.domain.ports import Vector
from app.domain.questions import slot_keys
from app.domain.values import Claim, Summary
from app.store import derived, facets
from app.store.candidates import midnight
from app.store.loading import without
from app.store.tables import UNANCHORED, Article, ArticleSummary, ClaimMatch, ClaimRow, Story, new_id

COPY_SIMILARITY = 0.9  # vectors of near-copies are closer than this: it keeps the texts to compare few
REACH = 4
NEIGHBOURS = 20  # articles by vector that linking and the search for copies look at


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is derived from one article's text, ready to be written."""

    claims: tuple[Claim, ...]
    vectors: tuple[Vector, ...]
    question_vectors: tuple[Vector, ...]
    article_vector: Vector
    names: tuple[str, ...]  # entities, one for each mention
    headline: str  # what a story founded by this article is called
    dated: date | None
    summary: Summary | None
    made_by: dict[str, str]


def save_analysis(session: Session, article: Article, analysis: Analysis) -> list[UUID]:
    """Write claims and summary; a claim whose span was known keeps its id. Returns the claims' ids, in text order.

    Claims of an earlier analysis that are gone now stay until ``drop_stale_claims``, so that a rebuild can see what
    they took part in.
    """
    article.embedding, article.names, article.dated = analysis.article_vector, list(analysis.names), analysis.dated
    article.origin_id = _origin(session, article)
    session.add(article)
    _save_summary(session, article.id, analysis.summary)
    known = {(c.start, c.end): c for c in session.exec(select(ClaimRow).where(ClaimRow.article_id == article.id)).all()}
    ids = []
    for claim, vector, question in zip(analysis.claims, analysis.vectors, analysis.question_vectors, strict=True):
        fields: dict[str, Any] = {
            "exact": claim.exact, "slot_keys": list(slot_keys(claim)), "facets": facets.to_json(claim),
            "embedding": vector, "question_embedding": question, "made_by": analysis.made_by,
        }  # fmt: skip
        row = known.get((claim.start, claim.end))
        if row is None:
            row = ClaimRow(id=new_id(), article_id=article.id, start=claim.start, end=claim.end, **fields)
        else:
            row.sqlmodel_update(fields)
        session.add(row)
        ids.append(row.id)
    session.flush()
    return ids


def newest_encoder(session: Session) -> str | None:
    """The version of the encoder that the newest claim's vector is from, or None when there is no claim."""
    newest = select(col(ClaimRow.made_by)["encoder"].astext).order_by(col(ClaimRow.id).desc()).limit(1)
    return session.exec(newest).first()


def _save_summary(session: Session, article_id: UUID, summary: Summary | None) -> None:
    session.exec(delete(ArticleSummary).where(col(ArticleSummary.article_id) == article_id))
    if summary is not None:
        sentences = [
            {"text": s.text, "evidence": [{"start": e.start, "end": e.end, "exact": e.exact} for e in s.evidence]}
            for s in summary.sentences
        ]
        session.add(
            ArticleSummary(
                article_id=article_id,
                text=summary.text,
                method=summary.method,
                model=summary.model,
                sentences=sentences,
            )
        )


def _origin(session: Session, article: Article) -> UUID:
    """The origin of the nearest earlier article that is a near-copy, else the article itself."""
    distance = cast(Any, Article.embedding).cosine_distance(article.embedding)
    nearest = session.exec(
        select(Article, distance)
        .where(Article.workspace_id == article.workspace_id, Article.id != article.id)
        .where(Article.created_at <= article.created_at, col(Article.origin_id).is_not(None))
        .order_by(distance, col(Article.created_at), col(Article.id))
        .limit(5)
    ).all()
    # With the distance as a condition the vector index would be read to its end for the five that fulfil it.
    close = (other for other, apart in nearest if apart <= 1 - COPY_SIMILARITY)
    copied = next((other for other in close if is_copy(other.text, article.text)), None)
    return (copied.origin_id if copied else None) or article.id


def nearest_articles(session: Session, article: Article, *, window: timedelta) -> list[tuple[Article, float]]:
    """Analysed articles that have a story, nearest first, with their cosine; dated ones within REACH windows of this
    one's date: past the window a gap costs, but does not forbid."""
    distance = cast(Any, Article.embedding).cosine_distance(article.embedding)
    query = select(Article, (1 - distance).label("similarity")).where(
        Article.workspace_id == article.workspace_id, Article.id != article.id, col(Article.story_id).is_not(None)
    )
    query = query.where(col(Article.embedding).is_not(None))  # a story may be given on submission, before the analysis
    at = article.published_at or midnight(article.dated)
    if at is not None:
        query = query.where(
            or_(
                col(Article.published_at).is_(None),
                col(Article.published_at).between(at - REACH * window, at + REACH * window),
            )
        )
    query = query.options(*without(Article.text, Article.embedding))
    rows = session.exec(query.order_by(distance, col(Article.id)).limit(NEIGHBOURS)).all()
    return [(row, float(similarity)) for row, similarity in rows]


def lock_linking(session: Session) -> None:
    """One linker at a time, until the transaction ends: two first articles of one event must not found two stories."""
    session.connection().execute(text("select pg_advisory_xact_lock(hashtext('claimline.linking'))"))


def file_article(session: Session, article: Article, story_id: UUID) -> None:
    """Put the article and its claims under a story."""
    article.story_id = story_id
    session.add(article)
    session.flush()
    session.connection().execute(
        update(ClaimRow).where(col(ClaimRow.article_id) == article.id).values(story_id=story_id)
    )


def claim_ids_of(session: Session, article_id: UUID) -> set[UUID]:
    return set(session.exec(select(ClaimRow.id).where(ClaimRow.article_id == article_id)).all())


def drop_stale_claims(session: Session, article_id: UUID, current: Sequence[UUID]) -> None:
    """Remove the claims that the article's newest analysis no longer finds."""
    stale = session.exec(
        select(ClaimRow.id).where(ClaimRow.article_id == article_id, col(ClaimRow.id).not_in(current))
    ).all()
    derived.forget_claims(session, stale)
    session.exec(delete(ClaimRow).where(col(ClaimRow.id).in_(stale)))


def resolve_undated(session: Session, story: Story) -> set[UUID]:
    """Date the relative expressions of the story's undated articles against the story; returns the claims changed.

    The anchor is the median day of the dated articles (the earlier of two): stable against one late feature.
    """
    undated = select(Article.id).where(
        Article.story_id == story.id, col(Article.published_at).is_(None), col(Article.dated).is_(None)
    )
    pending = session.exec(
        select(ClaimRow)
        .where(ClaimRow.story_id == story.id, UNANCHORED, col(ClaimRow.article_id).in_(undated))
        .options(*without(ClaimRow.embedding, ClaimRow.question_embedding))
    ).all()
    anchor = _median_day(session, story.id) if pending else None
    if anchor is None:
        return set()
    changed = set()
    for row in pending:
        claim = facets.from_json(row.facets)
        times = [facets.time_to_json(when.resolve_against_story(t, anchor)) for t in claim.times]
        if times != row.facets["times"]:
            row.facets = {**row.facets, "times": times}
            session.add(row)
            changed.add(row.id)
    session.flush()
    return changed


def _median_day(session: Session, story_id: UUID) -> date | None:
    day = func.coalesce(func.date(func.timezone("UTC", Article.published_at)), Article.dated)
    median = func.percentile_disc(0.5).within_group(day)
    found: date | None = session.exec(select(median).where(Article.story_id == story_id)).one()
    return found


def replace_matches(
    session: Session, story_id: UUID, claim_ids: Iterable[UUID], matches: Iterable[tuple[UUID, UUID, Match]]
) -> set[UUID]:
    """Put these matches in place of all that the given claims had; returns every claim that gained or lost one.

    A match whose claim is gone or has left the story since it was found is dropped.
    """
    mine = list(claim_ids)
    old = or_(col(ClaimMatch.first_id).in_(mine), col(ClaimMatch.second_id).in_(mine))
    touched = {x for m in session.exec(select(ClaimMatch).where(old)).all() for x in (m.first_id, m.second_id)}
    session.exec(delete(ClaimMatch).where(old))
    rows = [_match_row(story_id, *found) for found in matches]
    ids = {x for row in rows for x in (row["first_id"], row["second_id"])}
    here = set(session.exec(select(ClaimRow.id).where(col(ClaimRow.id).in_(ids), ClaimRow.story_id == story_id)).all())
    rows = [row for row in rows if row["first_id"] in here and row["second_id"] in here]
    if rows:
        session.connection().execute(insert(ClaimMatch).on_conflict_do_nothing(), rows)
    return touched | here


def _match_row(story_id: UUID, a: UUID, b: UUID, match: Match) -> dict[str, Any]:
    first, second = (match.first, match.second) if a < b else (match.second, match.first)
    return {
        "id": new_id(), "story_id": story_id, "first_id": min(a, b), "second_id": max(a, b), "kind": str(match.kind),
        "slots": f"{first.start}:{first.end}|{second.start}:{second.end}", "relation": str(match.relation),
        "confidence": match.confidence,
    }  # fmt: skip
