"""What the models say of pairs of claims, asked sparingly: the cheap figures decide which pairs a model reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain import matching
from app.domain.matching import Scores
from app.domain.ports import EntailmentModel, QuestionModel
from app.domain.questions import Question, questions
from app.domain.values import Known, Passage, QuestionJudgement, Span


@dataclass(frozen=True, slots=True)
class Pair:
    """Two claims of different articles; the figures are those of ``store.candidates.Candidate``."""

    first: Known
    second: Known
    similarity: float
    nearness: float
    between: int


def score(pairs: Sequence[Pair], *, question: QuestionModel, entailment: EntailmentModel) -> list[Scores]:
    """The figures of each pair, in order. Whole claims are read first; slots are marked, and the entailment model is
    asked, only where that could still make a report."""
    scores = [Scores(pair.similarity, pair.nearness, pair.between) for pair in pairs]
    near = [
        n
        for n, pair in enumerate(pairs)
        if matching.is_near(scores[n]) and pair.first.article_id != pair.second.article_id
    ]
    judged = question.judge([(passage(pairs[n].first), passage(pairs[n].second)) for n in near])
    for n, judgement in zip(near, judged, strict=True):
        scores[n] = replace(scores[n], whole=judgement)
    asked = [
        (n, q) for n in near for q in questions(pairs[n].first, pairs[n].second) if matching.needs_marking(q, scores[n])
    ]
    judged = question.judge([_marked(pairs[n], q) for n, q in asked])
    marked: dict[int, dict[matching.SlotKey, QuestionJudgement]] = {}
    for (n, q), judgement in zip(asked, judged, strict=True):
        marked.setdefault(n, {})[q.slots] = judgement
    for n, found in marked.items():
        scores[n] = replace(scores[n], marked=found)
    doubted = [n for n in near if matching.needs_entailment(scores[n])]
    texts = [(pairs[n].first.claim.exact, pairs[n].second.claim.exact) for n in doubted]
    forward = entailment.judge(texts)
    backward = entailment.judge([(b, a) for a, b in texts])
    for n, x, y in zip(doubted, forward, backward, strict=True):
        scores[n] = replace(scores[n], contradiction=max(x.contradiction, y.contradiction))
    return scores


def passage(known: Known, slot: Span | None = None) -> Passage:
    """What the pair model reads of a claim, with the slot that is asked about marked."""
    day = known.published_at.date() if known.published_at else None
    start = known.claim.start
    is_inside = slot is not None and start <= slot.start and slot.end <= known.claim.end
    at = (slot.start - start, slot.end - start) if slot is not None and is_inside else None
    return Passage(known.claim.exact, known.claim.context, known.title, day, at)


def _marked(pair: Pair, question: Question) -> tuple[Passage, Passage]:
    return passage(pair.first, question.first), passage(pair.second, question.second)
