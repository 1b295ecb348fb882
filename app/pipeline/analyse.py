"""One article through the stages, in order: read, summarise, tag, save, link, match, consolidate.

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

from app.domain import linking, matching, wording
from app.domain.matching import LIMITS, Match, Scores, Thresholds
from app.domain.ports import Encoder, EntailmentModel, QuestionModel, Reader, WorthinessModel
from app.domain.summary import summarise
from app.domain.values import Known, Passage
from app.metrics import STAGE_SECONDS
from app.store import analysis, consolidation
from app.store.candidates import find_candidates, load_known, published_on
from app.store.tables import Article, Story

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Analyst:
    """The parts that read an article, handed in by the composition root."""

    sessions: sessionmaker[Session]
    reader: Reader
    encoder: Encoder
    question_encoder: Encoder
    question: QuestionModel
    entailment: EntailmentModel
    worthiness: WorthinessModel
    now: Callable[[], datetime]
    summary_sentences: int
    story_window: timedelta
    thresholds: Thresholds = LIMITS

    @property
    def versions(self) -> dict[str, str]:
        """What made a derived row: stored with it."""
        return {
            "reader": self.reader.version,
            "encoder": self.encoder.version,
            "question_encoder": self.question_encoder.version,
            "question": self.question.version,
            "entailment": self.entailment.version,
            "worthiness": self.worthiness.version,
            "rules": matching.RULES,
        }

    def analyse(self, article_id: UUID) -> None:
        """Bring an article to ``analysed``. An article that is gone meanwhile is no error: there is nothing to do."""
        with self.sessions.begin() as session:
            article = session.get(Article, article_id)
            if article is None:
                return
            article.status, article.error = "analysing", None
            session.add(article)
        with _stage("read"):
            made = self._read(article)
        with _stage("save"), self.sessions.begin() as session:
            claim_ids = analysis.save_analysis(session, _fresh(session, article_id), made)
        with _stage("link"), self.sessions.begin() as session:
            story_id, redated = self._link(session, article_id, made)
        with _stage("match"):
            matches = self._match(story_id, {*claim_ids, *redated})
        with _stage("consolidate"), self.sessions.begin() as session:
            self._consolidate(session, article_id, claim_ids, redated, matches)
        log.info("article_analysed", article_id=str(article_id), claims=len(claim_ids), matches=len(matches))

    def _read(self, article: Article) -> analysis.Analysis:
        """Everything that follows from the text alone."""
        reading = self.reader.read(article.text, title=article.title, published_at=article.published_at)
        opening = "\n".join(x for x in (article.title, article.text) if x)
        article_vector, *sentences = self.encoder.encode([opening, *(s.exact for s in reading.sentences)])
        scores = self.worthiness.score(reading.claims)
        claims = tuple(replace(c, check_worthiness=round(s, 4)) for c, s in zip(reading.claims, scores, strict=True))
        texts = [c.exact for c in claims]
        return analysis.Analysis(
            claims=claims,
            vectors=tuple(self.encoder.encode(texts)),
            question_vectors=tuple(self.question_encoder.encode(texts)),
            article_vector=article_vector,
            names=tuple(e.name for e in reading.entities),
            headline=wording.shorten(article.title or next((s.exact for s in reading.sentences), article.text)),
            dated=reading.dated,
            summary=summarise(reading.sentences, sentences, limit=self.summary_sentences, model=self.encoder.version),
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

    def _match(self, story_id: UUID, claim_ids: set[UUID]) -> list[tuple[UUID, UUID, Match]]:
        """Candidates from the indexes, judged by the pair model, matched by facets and comparators."""
        with self.sessions() as session:
            found = find_candidates(session, claim_ids=claim_ids, story_id=story_id)
            known = load_known(session, {x for c in found for x in (c.new_id, c.other_id)})
        pairs = [(c, known[c.new_id], known[c.other_id]) for c in found if c.new_id in known and c.other_id in known]
        pairs = [(c, a, b) for c, a, b in pairs if matching.is_plausible(a, b)]
        judged = self.question.judge([(passage(a), passage(b)) for _, a, b in pairs])
        denied = self._contradictions([(a, b) for _, a, b in pairs if matching.may_deny(a, b)])
        return [
            (c.new_id, c.other_id, match)
            for (c, a, b), j in zip(pairs, judged, strict=True)
            for match in matching.match(
                a, b, Scores(c.similarity, j.same, denied.get((a, b), 0.0)), thresholds=self.thresholds
            )
        ]

    def _contradictions(self, pairs: list[tuple[Known, Known]]) -> dict[tuple[Known, Known], float]:
        """How surely the two claims of each pair contradict each other, whichever is taken as the premise."""
        texts = [(a.claim.exact, b.claim.exact) for a, b in pairs]
        forward = self.entailment.judge(texts)
        backward = self.entailment.judge([(b, a) for a, b in texts])
        return {
            pair: max(x.contradiction, y.contradiction) for pair, x, y in zip(pairs, forward, backward, strict=True)
        }

    def _consolidate(
        self,
        session: Session,
        article_id: UUID,
        claim_ids: Sequence[UUID],
        redated: set[UUID],
        matches: list[tuple[UUID, UUID, Match]],
    ) -> None:
        """Matches, conflicts, groups, timeline and the article's status, in one transaction on the locked story."""
        article = _fresh(session, article_id)
        if article.story_id is None:
            raise StoryLostError(f"article {article_id} lost its story while it was analysed")
        story = consolidation.lock_story(session, article.story_id)
        rematched = analysis.claim_ids_of(session, article_id) | redated
        touched = analysis.replace_matches(session, story.id, rematched, matches) | {*claim_ids, *redated}
        analysis.drop_stale_claims(session, article_id, claim_ids)
        article.status, article.analysed_at = "analysed", self.now()
        session.add(article)
        consolidation.consolidate(session, story=story, touched=touched, versions=self.versions, now=self.now())


class StoryLostError(Exception):
    """The article was taken out of its story in mid-analysis; the job is tried again."""


def passage(known: Known) -> Passage:
    """What the pair model reads of a claim."""
    day = known.published_at.date() if known.published_at else None
    return Passage(text=known.claim.exact, context=known.claim.context, title=known.title, published=day)


def _fresh(session: Session, article_id: UUID) -> Article:
    return session.exec(select(Article).where(Article.id == article_id).with_for_update()).one()


@contextmanager
def _stage(name: str) -> Iterator[None]:
    start = perf_counter()
    yield
    STAGE_SECONDS.labels(stage=name).observe(perf_counter() - start)
