"""One article through the stages, in order: fetch, read, summarise, tag, save, link, match, consolidate.

Models run with no transaction open; every stage replaces what it wrote, so a job can be repeated from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter
from uuid import UUID

import structlog
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, select

from app import traces
from app.domain import linking, matching, wording
from app.domain.articles import Page
from app.domain.errors import UnsupportedLanguageError
from app.domain.events import EventType, Happening
from app.domain.languages import Identify, foreign_language
from app.domain.ports import Encoder, QuestionModel, Reader, WorthinessModel
from app.domain.summary import summarise
from app.domain.thresholds import LIMITS, Thresholds
from app.metrics import STAGE_SECONDS
from app.pipeline import judging
from app.pipeline.abstracting import Abstractor
from app.pipeline.judging import Pair
from app.store import analysis, articles, consolidation, events, pairs
from app.store.candidates import find_candidates, load_known, published_on
from app.store.changes import shown
from app.store.pairs import Scored
from app.store.tables import Article, Story

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Analyst:
    """The parts that read an article, handed in by the composition root."""

    sessions: sessionmaker[Session]
    fetch: Callable[[str], Page]
    identify: Identify
    reader: Reader
    encoder: Encoder
    question_encoder: Encoder
    question: QuestionModel
    worthiness: WorthinessModel
    now: Callable[[], datetime]
    summary_sentences: int
    story_window: timedelta
    thresholds: Thresholds = LIMITS
    abstractor: Abstractor | None = None  # without one, summaries are extractive

    @property
    def versions(self) -> dict[str, str]:
        """What made a derived row: stored with it."""
        return {
            "reader": self.reader.version,
            "encoder": self.encoder.version,
            "question_encoder": self.question_encoder.version,
            "question": self.question.version,
            "entailment": self.question.version,  # the same model says what contradicts what
            "worthiness": self.worthiness.version,
            "rules": matching.RULES,
        }

    def analyse(self, article_id: UUID) -> None:
        """Bring an article to ``analysed``. An article that is gone meanwhile is no error: there is nothing to do."""
        with self.sessions.begin() as session:
            article = session.get(Article, article_id)
            if article is None:
                return
            article.status, article.error, article.error_type = "analysing", None, None
            session.add(article)
        if article.url and not article.text:
            with _stage("fetch"):
                article = self._fetch(article_id, article.url)
        if self._is_left_alone(article):
            return
        with _stage("read"):
            made = self._read(article)
        with _stage("save"), self.sessions.begin() as session:
            claim_ids = analysis.save_analysis(session, _fresh(session, article_id), made)
        with _stage("link"), self.sessions.begin() as session:
            story_id, redated = self._link(session, article_id, made)
        with _stage("match"):
            scored = self._match(story_id, {*claim_ids, *redated})
        with _stage("consolidate"), self.sessions.begin() as session:
            self._consolidate(session, article_id, claim_ids, redated, scored)
        log.info("article_analysed", article_id=str(article_id), claims=len(claim_ids), pairs=len(scored))

    def _fetch(self, article_id: UUID, url: str) -> Article:
        page = self.fetch(url)
        with self.sessions.begin() as session:
            return articles.save_page(session, article_id, page)

    def _is_left_alone(self, article: Article) -> bool:
        """Whether the article is kept, but not analysed, for its language. A text was judged when it was accepted,
        and what is only fetched here is judged here. Raises UnsupportedLanguageError."""
        if not (article.url or article.keeps_other_languages):
            return False
        language = foreign_language(article.text, declared=article.language, identify=self.identify)
        if language is None:
            return False
        if not article.keeps_other_languages:
            raise UnsupportedLanguageError(language)
        with self.sessions.begin() as session:
            articles.keep_unanalysed(session, article.id, language=language)
        log.info("article_left_unanalysed", article_id=str(article.id), language=language)
        return True

    def _read(self, article: Article) -> analysis.Analysis:
        """Everything that follows from the text alone."""
        reading = self.reader.read(article.text, title=article.title, published_at=article.published_at)
        opening = "\n".join(x for x in (article.title, article.text) if x)
        article_vector, *sentences = self.encoder.encode([opening, *(s.exact for s in reading.sentences)])
        scores = self.worthiness.score(reading.claims)
        claims = tuple(replace(c, check_worthiness=round(s, 4)) for c, s in zip(reading.claims, scores, strict=True))
        texts = [c.exact for c in claims]
        summary = summarise(reading.sentences, sentences, limit=self.summary_sentences, model=self.encoder.version)
        if self.abstractor is not None:
            summary = self.abstractor.write(article, reading, sentences) or summary
        return analysis.Analysis(
            claims=claims,
            vectors=tuple(self.encoder.encode(texts)),
            question_vectors=tuple(self.question_encoder.encode(texts)),
            article_vector=article_vector,
            names=tuple(e.name for e in reading.entities),
            headline=wording.shorten(article.title or next((s.exact for s in reading.sentences), article.text)),
            dated=reading.dated,
            summary=summary,
            made_by=self.versions,
        )

    def _link(self, session: Session, article_id: UUID, made: analysis.Analysis) -> tuple[UUID, set[UUID]]:
        """File the article under its story (a new one when none fits) and date what only the story can date."""
        analysis.lock_linking(session)
        article = _fresh(session, article_id)
        if article.story_id is None:
            article.story_id = self._choose_story(session, article) or self._found_story(
                session, made.headline, workspace_id=article.workspace_id
            )
        story = consolidation.lock_story(session, article.story_id)
        analysis.file_article(session, article, story.id)
        return story.id, analysis.resolve_undated(session, story)

    def _choose_story(self, session: Session, article: Article) -> UUID | None:
        near = analysis.nearest_articles(session, article, window=self.story_window)
        candidates = [
            linking.Candidate(str(x.id), str(x.story_id), similarity, published_on(x), tuple(x.names))
            for x, similarity in near
        ]
        features = linking.LinkFeatures(published_on(article), tuple(article.names))
        choice = linking.choose_story(features, candidates, window_days=self.story_window.days)
        return UUID(choice.story_id) if choice else None

    def _found_story(self, session: Session, headline: str, *, workspace_id: UUID) -> UUID:
        story = Story(workspace_id=workspace_id, title=headline, created_at=self.now(), updated_at=self.now())
        session.add(story)
        session.flush()
        return story.id

    def _match(self, story_id: UUID, claim_ids: set[UUID]) -> list[Scored]:
        """Candidates from the indexes, as the models judge them."""
        with self.sessions() as session:
            found = find_candidates(session, claim_ids=claim_ids, story_id=story_id)
            known = load_known(session, {x for c in found for x in (c.new_id, c.other_id)})
        near = [
            Pair(known[c.new_id], known[c.other_id], c.similarity, c.nearness, c.between, c.crowd)
            for c in found
            if c.new_id in known and c.other_id in known
        ]
        scores = judging.score(near, question=self.question, thresholds=self.thresholds)
        return [Scored(p.first, p.second, s) for p, s in zip(near, scores, strict=True)]

    def _consolidate(
        self,
        session: Session,
        article_id: UUID,
        claim_ids: Sequence[UUID],
        redated: set[UUID],
        scored: list[Scored],
    ) -> None:
        """Matches, conflicts, groups, timeline and the article's status, in one transaction on the locked story."""
        article = _fresh(session, article_id)
        if article.story_id is None:
            raise StoryLostError(f"article {article_id} lost its story while it was analysed")
        story = consolidation.lock_story(session, article.story_id)
        rematched = analysis.claim_ids_of(session, article_id) | redated
        matches = [
            (UUID(x.first.id), UUID(x.second.id), match)
            for x in scored
            for match in matching.match(x.first, x.second, x.scores, thresholds=self.thresholds)
        ]
        pairs.replace_pairs(session, story.id, rematched, scored)
        touched = analysis.replace_matches(session, story.id, rematched, matches) | {*claim_ids, *redated}
        earlier = shown(session, rematched - set(claim_ids))
        analysis.drop_stale_claims(session, article_id, claim_ids)
        article.status, article.analysed_at = "analysed", self.now()
        session.add(article)
        consolidation.consolidate(
            session, story=story, touched=touched, versions=self.versions, now=self.now(), earlier=earlier
        )
        analysed = Happening(EventType.ARTICLE_ANALYSED, story.id, {"article_id": str(article_id)})
        events.record(session, article.workspace_id, [analysed], now=self.now())


class StoryLostError(Exception):
    """The article was taken out of its story in mid-analysis; the job is tried again."""


def _fresh(session: Session, article_id: UUID) -> Article:
    return session.exec(select(Article).where(Article.id == article_id).with_for_update()).one()


@contextmanager
def _stage(name: str) -> Iterator[None]:
    start = perf_counter()
    with traces.span(name):
        yield
    STAGE_SECONDS.labels(stage=name).observe(perf_counter() - start)
