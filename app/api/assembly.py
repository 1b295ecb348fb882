"""Rows to the shapes of the contract: the pure step between a query and its answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import Session

from app.api.schemas.articles import ArticleDetail, ArticleOut, SourceOut, SummaryOut, SummarySentenceOut
from app.api.schemas.claims import ClaimGroupOut, ClaimOut, SimilarClaim
from app.api.schemas.common import EdtfDate, Evidence, TextPositionSelector, TextQuoteSelector
from app.api.schemas.events import EventOut
from app.api.schemas.stories import (
    AnswerSpan,
    ConflictOut,
    GateOut,
    PairOut,
    PositionOut,
    QuestionOut,
    StoryOut,
    TimelineItem,
)
from app.domain.errors import problem_urn
from app.domain.events import EventType
from app.domain.matching import explain
from app.domain.thresholds import LIMITS
from app.domain.values import Known
from app.store import articles, claims
from app.store.claims import GroupRead, Quote, surroundings
from app.store.conflicts import ConflictRead
from app.store.pairs import Scored
from app.store.stories import StoryFigures
from app.store.tables import Article, ArticleSummary, ClaimRow, Event, Story
from app.store.timeline import EntryRead

QUOTE_REACH = 32  # characters of prefix and suffix in a TextQuoteSelector


def article_out(row: Article) -> ArticleOut:
    return ArticleOut(**_article_fields(row))


def _article_fields(row: Article) -> dict[str, object]:
    source = SourceOut(name=row.source_name, domain=row.source_domain) if row.source_name else None
    kept = (
        "id",
        "status",
        "error",
        "url",
        "title",
        "author",
        "published_at",
        "language",
        "external_id",
        "story_id",
        "created_at",
        "analysed_at",
    )
    return {key: getattr(row, key) for key in kept} | {
        "source": source,
        "metadata": row.details,
        "error_type": problem_urn(row.error_type) if row.error_type else None,
    }


def article_detail(session: Session, article_id: UUID) -> ArticleDetail:
    """The article with its summary and claims. Raises NotFoundError."""
    row = articles.get_article(session, article_id)
    summary = articles.get_summary(session, article_id)
    found = [claim_out(claim) for claim in claims.claims_of(session, article_id)]
    return ArticleDetail(**_article_fields(row), summary=summary and summary_out(summary), claims=found)


def summary_out(row: ArticleSummary) -> SummaryOut:
    sentences = [
        SummarySentenceOut(
            text=sentence["text"],
            evidence=[Evidence(article_id=row.article_id, claim_id=None, **span) for span in sentence["evidence"]],
        )
        for sentence in row.sentences
    ]
    return SummaryOut(text=row.text, method=row.method, model=row.model, sentences=sentences)


def claim_out(row: ClaimRow) -> ClaimOut:
    return ClaimOut(**_claim_fields(row))


def _claim_fields(row: ClaimRow) -> dict[str, object]:
    names = ("check_worthiness", "kind", "factuality", "holder", "quantities", "times", "entities")
    placed = {"id": row.id, "article_id": row.article_id, "start": row.start, "end": row.end, "exact": row.exact}
    return placed | {name: row.facets[name] for name in names}


def similar_claim(row: ClaimRow, article: Article, similarity: float) -> SimilarClaim:
    return SimilarClaim(
        **_claim_fields(row),
        similarity=max(-1.0, min(1.0, similarity)),
        story_id=row.story_id,
        source=article.source_name,
        published_at=article.published_at,
    )


def group_out(group: GroupRead) -> ClaimGroupOut:
    return ClaimGroupOut.model_validate(group)


def story_out(row: Story, figures: StoryFigures) -> StoryOut:
    summary = figures.summary and summary_out(figures.summary)
    kept = {key: getattr(row, key) for key in ("id", "title", "version", "created_at", "updated_at")}
    counted = {
        key: getattr(figures, key)
        for key in (
            "article_count",
            "source_count",
            "origin_count",
            "first_published_at",
            "last_published_at",
            "open_conflicts",
        )
    }
    return StoryOut(**kept, **counted, summary=summary)


def timeline_item(entry: EntryRead) -> TimelineItem:
    row = entry.row
    return TimelineItem(
        id=row.id,
        story_id=row.story_id,
        date=EdtfDate.model_validate(row),
        text=row.text,
        evidence=[Evidence.model_validate(quote) for quote in entry.evidence],
        sources=row.sources,
        origins=row.origins,
        conflict_ids=list(entry.conflict_ids),
    )


def pair_out(pair: Scored) -> PairOut:
    """The pair with every gate of every question, worked out anew from what the models said."""
    asked = explain(pair.first, pair.second, pair.scores, thresholds=LIMITS)
    return PairOut(
        first=_claim_evidence(pair.first),
        second=_claim_evidence(pair.second),
        nearness=pair.scores.nearness,
        similarity=pair.scores.similarity,
        questions=[
            QuestionOut(
                kind=m.kind,
                first=AnswerSpan.model_validate(m.first),
                second=AnswerSpan.model_validate(m.second),
                relation=m.relation,
                is_match=m.is_match,
                confidence=m.confidence,
                gates=[GateOut.model_validate(gate) for gate in m.gates],
            )
            for m in asked
        ],
    )


def _claim_evidence(known: Known) -> Evidence:
    claim = known.claim
    return Evidence(
        article_id=UUID(known.article_id), claim_id=UUID(known.id), start=claim.start, end=claim.end, exact=claim.exact
    )


def conflict_out(conflict: ConflictRead) -> ConflictOut:
    names = set(ConflictOut.model_fields) - {"positions", "matches"}
    positions = [PositionOut.model_validate(position) for position in conflict.positions]
    return ConflictOut(**{name: getattr(conflict.row, name) for name in names}, positions=positions)


def event_out(row: Event) -> EventOut:
    return EventOut(
        id=str(row.number), type=EventType(row.type), created_at=row.created_at, story_id=row.story_id, data=row.data
    )


def add_selectors(session: Session, evidence: Iterable[Evidence]) -> None:
    """Give each piece its W3C Web Annotation selectors (TextPositionSelector, TextQuoteSelector)."""
    pieces = list(evidence)
    quotes = [Quote(piece.article_id, piece.claim_id, piece.start, piece.end, piece.exact) for piece in pieces]
    around = surroundings(session, quotes, reach=QUOTE_REACH)
    for piece, (prefix, suffix) in zip(pieces, around, strict=True):
        piece.selectors = [
            TextPositionSelector(start=piece.start, end=piece.end),
            TextQuoteSelector(exact=piece.exact, prefix=prefix, suffix=suffix),
        ]


def evidence_of_summaries(summaries: Iterable[SummaryOut | None]) -> Sequence[Evidence]:
    return [piece for summary in summaries if summary for sentence in summary.sentences for piece in sentence.evidence]


def evidence_of_conflicts(conflicts: Iterable[ConflictOut]) -> Sequence[Evidence]:
    return [piece for conflict in conflicts for position in conflict.positions for piece in position.evidence]


def evidence_of_pairs(pairs: Iterable[PairOut]) -> Sequence[Evidence]:
    return [piece for pair in pairs for piece in (pair.first, pair.second)]
