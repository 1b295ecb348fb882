"""Which pairs and slots the models are asked about: hand-written models note what they were given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.matching import match
from app.domain.thresholds import LIMITS
from app.domain.values import Known, Passage, QuestionJudgement
from app.pipeline.judging import LEAST_ROOM, MOST_READ, Pair, passage, score
from tests.domain.claims import claim, figure, known


class NotingQuestions:
    version = "noting@1"

    def __init__(self, same: float, differ: float) -> None:
        self.compared: list[tuple[Passage, Passage]] = []
        self.asked: list[tuple[Passage, Passage]] = []
        self._said = QuestionJudgement(same, differ)

    def compare(self, pairs: Sequence[tuple[Passage, Passage]]) -> list[QuestionJudgement]:
        self.compared += pairs
        return [self._said] * len(pairs)

    def judge(self, pairs: Sequence[tuple[Passage, Passage]]) -> list[QuestionJudgement]:
        self.asked += pairs
        return [self._said] * len(pairs)


def _troops(value: str, article: str) -> Known:
    text = f"The ministry put the force at {value} soldiers."
    return figure(text, value, float(value), article=article, counted="soldier", role="deployed")


def _pair(nearness: float, *, other: str = "700") -> Pair:
    return Pair(_troops("900", "a"), _troops(other, "b"), 0.2, nearness, 0)


def test_a_pair_that_is_not_near_is_not_read() -> None:
    question = NotingQuestions(0.9, 0.9)
    (found,) = score([_pair(0.2)], question=question, thresholds=LIMITS)
    assert (found.whole, found.marked) == (None, {})
    assert not question.asked


def test_figures_that_differ_are_compared_with_marks_and_then_read_together() -> None:
    question = NotingQuestions(0.9, 0.9)
    (found,) = score([_pair(0.9)], question=question, thresholds=LIMITS)
    (marked,) = question.compared
    assert [side.text[slice(*side.slot)] for side in marked if side.slot] == ["900", "700"]
    assert list(found.marked.values()) == [QuestionJudgement(0.9, 0.9)]
    assert [side.text for side in question.asked[0]] == [side.text for side in marked]
    assert found.whole == QuestionJudgement(0.9, 0.9)


def test_claims_that_say_the_same_by_their_figures_are_not_read() -> None:
    question = NotingQuestions(0.9, 0.9)
    again = figure("It has 900 soldiers.", "900", 900.0, article="b", counted="soldier")
    pair = Pair(_troops("900", "a"), again, 0.2, 0.9, 0)
    score([pair], question=question, thresholds=LIMITS)
    assert len(question.compared) == 1
    assert not question.asked


def test_a_pair_that_could_make_a_report_is_read_before_nearer_ones() -> None:
    question, new = NotingQuestions(0.9, 0.9), _troops("900", "new")
    near = [Pair(new, known(claim(f"The force number {n} rests."), f"near{n}"), 0.9, 0.99, 0) for n in range(9)]
    far = Pair(new, _troops("700", "far"), 0.2, 0.8, 1)
    scores = score([*near, far], question=question, thresholds=LIMITS)
    assert scores[-1].whole is not None
    assert len(question.asked) == MOST_READ


def test_one_figure_of_two_sentences_that_are_alike_is_compared_though_their_questions_are_far_apart() -> None:
    for other, asked in (("900", 1), ("700", 0)):
        question = NotingQuestions(0.9, 0.9)
        again = figure("It has 900 soldiers.", "900", float(other), article="b", counted="soldier")
        pair = Pair(_troops("900", "a"), again, 0.7, 0.3, 4)
        (found,) = score([pair], question=question, thresholds=LIMITS)
        assert len(question.compared) == asked
        assert len(match(pair.first, pair.second, found, thresholds=LIMITS)) == asked


def test_the_same_words_are_not_read() -> None:
    question = NotingQuestions(0.9, 0.9)
    (found,) = score([_pair(0.9, other="900")], question=question, thresholds=LIMITS)
    assert found.whole == QuestionJudgement(1.0, 0.0)
    assert not question.compared
    assert not question.asked


def test_a_claim_is_read_with_its_nearest_only() -> None:
    question, new = NotingQuestions(0.1, 0.1), _troops("900", "new")
    pairs = [Pair(new, _troops(str(100 + n), f"old{n}"), 0.5, 0.7 + n / 100, 0) for n in range(MOST_READ + 3)]
    scores = score(pairs, question=question, thresholds=LIMITS)
    assert len(question.asked) == MOST_READ
    assert [each.whole is None for each in scores] == [True] * 3 + [False] * MOST_READ


def test_a_pair_of_little_promise_is_not_read_unless_its_slots_could_make_a_report() -> None:
    new = _troops("900", "new")
    near = Pair(_troops("900", "a"), known(claim("The town is quiet."), "b"), 0.4, 0.5, 5, 5)
    far = Pair(new, _troops("700", "far"), 0.2, 0.8, 1)
    question = NotingQuestions(0.9, 0.9)
    scores = score([near, far], question=question, thresholds=LIMITS)
    assert [each.whole is None for each in scores] == [True, False]
    patient = replace(LIMITS, read=0.0)
    assert score([near], question=question, thresholds=patient)[0].whole is not None


def test_an_article_has_room_for_as_many_pairs_as_it_has_claims() -> None:
    question = NotingQuestions(0.1, 0.1)
    claims = [[_troops(str(100 + n), f"{article}{n}") for n in range(2 * LEAST_ROOM)] for article in "ab"]
    score([Pair(a, b, 0.5, 0.8, 0) for a in claims[0] for b in claims[1]], question=question, thresholds=LIMITS)
    assert len(question.asked) == 2 * LEAST_ROOM


def test_a_slot_outside_the_claim_is_not_marked() -> None:
    known = _troops("900", "a")
    outside = figure("x" * 200 + " 900", "900", 900, article="a").claim.quantities[0]
    assert passage(known, outside).slot is None
