"""What the models say of pairs of claims, asked sparingly: the cheap figures decide which pairs a model reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from app.domain import matching
from app.domain.matching import Scores, SlotKey
from app.domain.ports import QuestionModel
from app.domain.questions import Question, questions
from app.domain.thresholds import Thresholds
from app.domain.values import Known, Passage, QuestionJudgement, Relation, Span

MOST_READ, LEAST_ROOM = 3, 12
"""Pairs in which one claim is read together with another; in all, an article has room for as many as it has claims, or
LEAST_ROOM. First come those where that could make a report of slots, then those of most promise. It bounds the time an
article takes in a story of many."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two claims of different articles; the figures are those of ``store.candidates.Candidate``."""

    first: Known
    second: Known
    similarity: float
    nearness: float
    between: int
    crowd: int = 0

    @property
    def scores(self) -> Scores:
        """What is known before any model has read the pair."""
        return Scores(self.similarity, self.nearness, self.between, self.crowd)


def score(pairs: Sequence[Pair], *, question: QuestionModel, thresholds: Thresholds) -> list[Scores]:
    """The figures of each pair, in order: slots of two claims by their vectors; where those could make a report, or
    decide nothing, claims as wholes by the model that reads both."""
    marked = _compare_slots(pairs, question)
    scores = [replace(p.scores, marked=marked.get(n, {})) for n, p in enumerate(pairs)]
    sides = [(pair.first, pair.second, each) for pair, each in zip(pairs, scores, strict=True)]
    opposed = {n for n, side in enumerate(sides) if matching.may_differ(*side, thresholds=thresholds)}
    promise = [_promise(pair, thresholds) for pair in pairs]
    near = {
        n
        for n, side in enumerate(sides)
        if promise[n] >= thresholds.read
        and matching.is_near(scores[n])
        and not matching.say_the_same(*side, thresholds=thresholds)
    }
    for n, judgement in _read(pairs, promise, (opposed, near - opposed), model=question).items():
        scores[n] = replace(scores[n], whole=judgement)
    return scores


def _compare_slots(pairs: Sequence[Pair], model: QuestionModel) -> dict[int, dict[SlotKey, QuestionJudgement]]:
    """For each pair, by its place: the slots that could make a report, as their vectors compare."""
    asked = [
        (n, q)
        for n, pair in enumerate(pairs)
        if matching.are_slots_near(pair.scores, Relation.AGREE) and not _are_same_words(pair)
        for q in questions(pair.first, pair.second)
        if matching.needs_marking(q, pair.scores)
    ]
    judged = model.compare([_marked(pairs[n], q) for n, q in asked])
    found: dict[int, dict[SlotKey, QuestionJudgement]] = {}
    for (n, q), judgement in zip(asked, judged, strict=True):
        found.setdefault(n, {})[q.slots] = judgement
    return found


def _read(
    pairs: Sequence[Pair], promise: Sequence[float], wanted: Sequence[Set[int]], *, model: QuestionModel
) -> dict[int, QuestionJudgement]:
    """For each pair that is read, by its place: the model's word on the two claims as wholes. Of two claims in the
    same words nobody needs to ask. ``wanted`` are the pairs that matter, those first that matter most."""
    found = {n: QuestionJudgement(1.0, 0.0) for each in wanted for n in each if _are_same_words(pairs[n])}
    claims = ({pair.first.id for pair in pairs}, {pair.second.id for pair in pairs})
    room = max(LEAST_ROOM, min(map(len, claims)))  # the article's own are fewer than those it meets
    read: Counter[str] = Counter()
    chosen: list[int] = []
    order = [(-promise[n], pair.first.id, pair.second.id) for n, pair in enumerate(pairs)]
    for n in (n for each in wanted for n in sorted(each - found.keys(), key=order.__getitem__)):
        ids = pairs[n].first.id, pairs[n].second.id
        if len(chosen) < room and max(read[x] for x in ids) < MOST_READ:
            read.update(ids)
            chosen.append(n)
    judged = model.judge([(passage(pairs[n].first), passage(pairs[n].second)) for n in chosen])
    return found | dict(zip(chosen, judged, strict=True))


def _promise(pair: Pair, limits: Thresholds) -> float:
    """How likely an editor has something to say of a pair."""
    return limits.promise(*matching.standing(pair.first, pair.second, pair.scores))


def _are_same_words(pair: Pair) -> bool:
    one, other = (" ".join(known.claim.exact.lower().split()) for known in (pair.first, pair.second))
    return one == other


def passage(known: Known, slot: Span | None = None) -> Passage:
    """What the pair model reads of a claim, with the slot that is asked about marked."""
    day = known.published_at.date() if known.published_at else None
    start = known.claim.start
    is_inside = slot is not None and start <= slot.start and slot.end <= known.claim.end
    at = (slot.start - start, slot.end - start) if slot is not None and is_inside else None
    return Passage(known.claim.exact, known.claim.context, known.title, day, at)


def _marked(pair: Pair, question: Question) -> tuple[Passage, Passage]:
    return passage(pair.first, question.first), passage(pair.second, question.second)
