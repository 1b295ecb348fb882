"""Same question? Which questions two claims of different articles both answer, and how the answers relate.

``domain.questions`` says what the text alone decides; here the models' figures join it. That two claims answer one
question differently has one probability, of the pair: what the cross-encoder that reads both says, how the claims stand
to each other, and how far a figure of one is another figure of what the other counts. It is the report's confidence. In
which slots the claims differ, the facets and the slots' vectors say; how two figures or dates differ is the
comparators' word alone. Where no slot differs, the claims differ as wholes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log, log1p

from app.domain import facets
from app.domain.questions import REPORTABLE, STATEMENT, Gate, Question, are_one_value, questions
from app.domain.thresholds import Thresholds, logit
from app.domain.values import ConflictKind, Known, QuestionJudgement, Relation, Slot, Span

RULES = "rules@11"
SURE = "confidence"
"""The gate that a report's confidence has to pass."""
SETTLED = 0.9
"""Confidence where the words alone settle that one question is answered: two persons may bear one name."""
NEAR, ALIKE = 0.45, 0.45
"""For a model to read two claims together: least cosine of their question vectors, or of their sentence vectors. Two
claims that say one thing may answer by it questions that are asked apart."""
SLOTS_NEAR, SLOTS_BETWEEN = 0.55, 1
"""For their slots to be compared, which costs less: least cosine of the question vectors, and most claims nearer than
they are."""
USUAL, FAR, CROWDED = 0.6, 0.5, 0.03
"""What is added to the least probability of one question: FAR for each unit of cosine below the USUAL one, CROWDED for
each claim that is nearer."""
COMPARED = frozenset({ConflictKind.QUANTITY, ConflictKind.DATE})
"""Kinds of answers of which the comparators alone say how they relate."""
LEAST_ODDS = -5.0
"""Log odds of one question below which two figures tell nothing."""
CORROBORATES = 0.5
"""Least probability of one question for two claims with one figure or date to say the same by it."""
SlotKey = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the models say of a pair of claims.

    ``similarity`` and ``nearness``: cosines of the sentence vectors and of the question vectors. ``between``: how many
    claims of their articles are nearer to one of them than the other is, by the question vectors; ``crowd``: the same
    by the sentence vectors. ``whole``: the pair model on the claims as they stand; ``marked``: the question encoder on
    one slot of each, by their spans. None or missing: not asked.
    """

    similarity: float
    nearness: float
    between: int
    crowd: int
    whole: QuestionJudgement | None = None
    marked: Mapping[SlotKey, QuestionJudgement] = field(default_factory=dict)

    def swapped(self) -> Scores:
        """The same of the pair in the other order."""
        return replace(self, marked={(c, d, a, b): judged for (a, b, c, d), judged in self.marked.items()})


@dataclass(frozen=True, slots=True)
class Match:
    """One question that both claims answer, with the span and the value of each answer."""

    kind: str  # a ConflictKind, or STATEMENT: the whole claims say the same
    first: Span
    second: Span
    relation: Relation
    confidence: float
    gates: tuple[Gate, ...]

    @property
    def is_match(self) -> bool:
        return all(gate.is_passed for gate in self.gates)


def is_near(scores: Scores) -> bool:
    """Whether a model may read the two claims together, if there is room."""
    return scores.nearness >= NEAR or scores.similarity >= ALIKE


def standing(a: Known, b: Known, scores: Scores) -> tuple[float, ...]:
    """How two claims stand to each other before any model has read them together: their nearness, the cosine of their
    vectors, the logarithm of their lengths multiplied (claims that say more answer more questions), and log1p of how
    many claims are nearer by either vector."""
    said = log(len(a.claim.exact) * len(b.claim.exact))
    return scores.nearness, scores.similarity, said, log1p(scores.between), log1p(scores.crowd)


def _are_alike(scores: Scores) -> bool:
    """Two sentences that are nearest to each other: they may say one thing."""
    return scores.similarity >= ALIKE and not scores.crowd


def are_slots_near(scores: Scores, relation: Relation | None) -> bool:
    """Whether two slots of the claims should be compared, by how their answers relate: one answer given twice may be
    one claim of two sentences that are alike, whatever else these answer."""
    is_one_question = scores.nearness >= SLOTS_NEAR and scores.between <= SLOTS_BETWEEN
    return is_one_question or (relation == Relation.AGREE and _are_alike(scores))


def needs_marking(question: Question, scores: Scores) -> bool:
    """Whether something could come of these two slots if they answer one question: a report, or for what comparators
    read that the claims say the same."""
    if question.kind == STATEMENT or question.is_settled or not question.is_open:
        return False
    is_asked = question.kind in COMPARED or question.relation in REPORTABLE
    return is_asked and are_slots_near(scores, question.relation)


def may_differ(a: Known, b: Known, scores: Scores, *, thresholds: Thresholds) -> bool:
    """Whether two slots make a report if a model that reads the two claims together agrees."""
    slots = _slot_matches(a, b, scores, thresholds)
    return any({gate.name for gate in m.gates if not gate.is_passed} == {SURE} for m in slots)


def say_the_same(a: Known, b: Known, scores: Scores, *, thresholds: Thresholds) -> bool:
    """Whether the slots alone have decided that the two claims do."""
    slots = _slot_matches(a, b, scores, thresholds)
    return any(m.is_match and corroborates(m.kind, m.confidence, m.first, m.second) for m in slots)


def _slot_matches(a: Known, b: Known, scores: Scores, limits: Thresholds) -> list[Match]:
    return [_slot_match(q, scores, 0.0, limits) for q in questions(a, b) if q.kind != STATEMENT]


def corroborates(kind: str, confidence: float, first: Span, second: Span) -> bool:
    """Whether two claims say the same by these answers: one figure or date, for what is likely one question."""
    return kind in COMPARED and confidence >= CORROBORATES and are_one_value(first, second)


def figures(a: Known, b: Known, scores: Scores, found: Sequence[Question]) -> tuple[float, ...]:
    """What is known of a pair that was read: the log odds that its claims are opposed and that they agree, their
    ``standing``, and what their figures say (``_rivalry``)."""
    opposed, agree = _read(scores)
    return logit(opposed), logit(agree), *standing(a, b, scores), *_rivalry(found, scores)


def _read(scores: Scores) -> tuple[float, float]:
    """Probabilities that the claims give different answers to one question, and the same one, as they were read."""
    whole = scores.whole or QuestionJudgement(0.0, 0.0)
    return whole.same * whole.differ, whole.same * (1 - whole.differ)


def _rivalry(found: Sequence[Question], scores: Scores) -> tuple[float, float, float]:
    """Of the two figures that differ and likeliest answer one question: by how much its log odds exceed LEAST_ODDS (0
    where no two differ), and the doubt that the facets leave. And 1 where the facets forbid some two to be compared."""
    differing = [q for q in found if q.kind == ConflictKind.QUANTITY and q.relation in REPORTABLE]
    odds = {q: logit(scores.marked[q.slots].same) for q in differing if q.is_open and q.slots in scores.marked}
    likeliest = max(odds, key=odds.__getitem__, default=None)
    above, left = (max(0.0, odds[likeliest] - LEAST_ODDS), doubt(likeliest)) if likeliest else (0.0, 0)
    return above, float(left), float(any(not q.is_open for q in differing))


def match(a: Known, b: Known, scores: Scores, *, thresholds: Thresholds) -> tuple[Match, ...]:
    """All questions that both claims answer. ``a`` and ``b`` are of different articles; symmetric but for order."""
    return tuple(m for m in explain(a, b, scores, thresholds=thresholds) if m.is_match)


def explain(a: Known, b: Known, scores: Scores, *, thresholds: Thresholds) -> tuple[Match, ...]:
    """Every question of the two claims with every gate that was asked; a match is one that passed them all."""
    if not (found := questions(a, b)):
        return ()
    *asked, statement = found
    known = figures(a, b, scores, found)
    opposed = thresholds.opposed(*known) if scores.whole is not None else 0.0
    slots = [_slot_match(q, scores, opposed, thresholds) for q in asked]
    passed = _one_each([m for m in slots if m.is_match])
    slots = [m for m in slots if m in passed or not m.is_match]
    return (*slots, _whole_match(statement, scores, slots, (opposed, thresholds.alike(*known)), thresholds))


def _slot_match(question: Question, scores: Scores, confidence: float, limits: Thresholds) -> Match:
    """``confidence``: that the claims answer one question differently."""
    if question.is_settled:
        return Match(question.kind, question.first, question.second, _relation(question), SETTLED, question.gates)
    is_reportable = question.relation in REPORTABLE
    is_marked = is_reportable or question.kind in COMPARED
    judged = scores.marked.get(question.slots) if is_marked else scores.whole
    same, differ = (judged.same, judged.differ) if judged is not None else (0.0, 0.0)
    is_asked = are_slots_near(scores, question.relation) if is_marked else is_near(scores)
    least = limits.same[doubt(question)] + _remote(scores)
    gates = [
        Gate("near", round(scores.nearness, 4), is_asked),
        *question.gates,
        Gate("same_question", same, same >= least),
    ]
    if is_reportable:
        if question.kind not in COMPARED:
            gates += [Gate("answers_differ", differ, differ >= limits.differ)]
        gates += _report_gates(scores, confidence, limits)
    figure = confidence if is_reportable else same
    return Match(question.kind, question.first, question.second, _relation(question), round(figure, 4), tuple(gates))


def _report_gates(scores: Scores, confidence: float, limits: Thresholds) -> tuple[Gate, Gate]:
    opposed, _ = _read(scores)
    return Gate("read_together", opposed, True), Gate(SURE, confidence, confidence >= limits.report)


def _relation(question: Question) -> Relation:
    return question.relation or Relation.COMPATIBLE


def _remote(scores: Scores) -> float:
    """What is asked on top of claims that are far apart as wholes, or that have others between them."""
    return FAR * (USUAL - scores.nearness) + CROWDED * scores.between


def doubt(question: Question | Match) -> int:
    """0 where the facets agree in full, 1 in part, 2 where they leave everything to the model."""
    figures = {gate.name: gate.figure for gate in question.gates}
    if question.kind == ConflictKind.QUANTITY:
        counted, role = figures["counted"], figures["role"]
        if counted == 0.0 or max(counted, role) <= facets.SILENT:
            return 2
        return 0 if counted >= facets.GENERIC and role == 1.0 else 1
    if question.kind == ConflictKind.DATE:
        return 0 if figures["predicate"] == 1.0 and figures["subject"] == 1.0 else 1 if figures["lemmas"] >= 0.3 else 2
    return 1 if figures["key"] == 1.0 else 2


def _one_each(matches: list[Match]) -> list[Match]:
    """Each slot answers one question at most: the likeliest pairs first."""
    taken: set[tuple[str, int, int, int]] = set()
    kept = []
    for m in sorted(matches, key=lambda m: (-_likelihood(m), m.first.start, m.second.start)):
        ends = {(m.kind, 0, m.first.start, m.first.end), (m.kind, 1, m.second.start, m.second.end)}
        if not ends & taken:
            taken |= ends
            kept.append(m)
    return kept


def _likelihood(m: Match) -> float:
    """That the two slots answer one question."""
    return next((gate.figure for gate in m.gates if gate.name == "same_question"), SETTLED)


def _whole_match(
    question: Question, scores: Scores, slots: list[Match], likely: tuple[float, float], limits: Thresholds
) -> Match:
    """Two claims as wholes: they oppose each other and no slot has reported it, or they say the same. ``likely``: how
    likely is each."""
    confidence, alike = likely
    at_odds = any(m.relation in REPORTABLE and m.is_match for m in slots)
    gates = (
        Gate("near", round(scores.nearness, 4), is_near(scores)),
        Gate("slots", float(not at_odds), not at_odds),
        *question.gates,
    )
    if alike >= confidence:
        is_rival = any(m.relation in REPORTABLE and _are_given(m.first, m.second) for m in slots)
        gates += (
            Gate("words_agree", float(not is_rival), not is_rival),
            Gate("read_together", _read(scores)[1], True),
            Gate(SURE, alike, alike >= limits.agree),
        )
        return Match(STATEMENT, question.first, question.second, Relation.AGREE, round(alike, 4), gates)
    factual = next(gate.figure for gate in question.gates if gate.name == "factuality")
    is_free = not any(map(_speaks_for_both, slots))
    gates += (
        Gate("factual", factual, factual > 0),
        Gate("figures", float(is_free), is_free),
        *_report_gates(scores, confidence, limits),
    )
    kind, relation = ConflictKind.OCCURRENCE, Relation.CONTRADICTION
    return Match(kind, question.first, question.second, relation, round(confidence, 4), gates)


def _speaks_for_both(slot: Match) -> bool:
    """Whether two figures or dates say that both claims may be right: they answer one question and fit each other, or
    are of the killed and of the injured, or the ages of two persons."""
    if slot.is_match:
        return slot.kind in COMPARED and slot.relation not in REPORTABLE
    return any(gate.name in {"role", "counted"} and not gate.is_passed for gate in slot.gates)


def _are_given(x: Span, y: Span) -> bool:
    """Whether both claims say of an event where it was or why, and do not just name a place."""
    return isinstance(x, Slot) and isinstance(y, Slot) and x.kind != ConflictKind.IDENTITY and bool(x.key and y.key)
