"""Same question? Which questions two claims of different articles both answer, and how the answers relate.

``domain.questions`` says what the text alone decides; here the models' figures join it. Two claims with the slot in
question marked have a probability that they answer one question; how high it must be depends on what the facets say.
No report rests on one model: two slots must answer one question by their vectors and by the cross-encoder that reads
the claims together. How figures and dates differ is the comparators' word alone; whether whole claims do is the
cross-encoder's. What the figures of a pair add up to is the report's confidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import log, log1p

from app.domain import facets
from app.domain.questions import REPORTABLE, STATEMENT, Gate, Question, are_one_value, questions
from app.domain.thresholds import Thresholds, logit
from app.domain.values import Claim, ConflictKind, Known, QuestionJudgement, Relation, Slot, Span

RULES = "rules@9"
SURE = "confidence"
"""The gate that a report's confidence has to pass."""
_BY_MODELS = frozenset({"near", "same_question", "read_together", SURE, "answers_differ"})
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


def may_be_opposed(a: Known, b: Known, scores: Scores, *, thresholds: Thresholds) -> bool:
    """Whether the slots make a report if a model that reads the two claims together agrees."""
    sure = replace(scores, whole=QuestionJudgement(1.0, 1.0))
    return any(m.is_match and m.relation in REPORTABLE for m in _slot_matches(a, b, sure, thresholds))


def say_the_same(a: Known, b: Known, scores: Scores, *, thresholds: Thresholds) -> bool:
    """Whether the slots alone have decided that the two claims do."""
    slots = _slot_matches(a, b, scores, thresholds)
    return any(m.is_match and corroborates(m.kind, m.confidence, m.first, m.second) for m in slots)


def _slot_matches(a: Known, b: Known, scores: Scores, limits: Thresholds) -> list[Match]:
    return [_slot_match(q, scores, limits) for q in questions(a, b) if q.kind != STATEMENT]


def corroborates(kind: str, confidence: float, first: Span, second: Span) -> bool:
    """Whether two claims say the same by these answers: one figure or date, for what is likely one question."""
    return kind in COMPARED and confidence >= CORROBORATES and are_one_value(first, second)


def _opposed(whole: QuestionJudgement) -> float:
    """Probability that two claims give different answers to one question."""
    return whole.same * whole.differ


def match(a: Known, b: Known, scores: Scores, *, thresholds: Thresholds) -> tuple[Match, ...]:
    """All questions that both claims answer. ``a`` and ``b`` are of different articles; symmetric but for order."""
    return tuple(m for m in explain(a, b, scores, thresholds=thresholds) if m.is_match)


def explain(a: Known, b: Known, scores: Scores, *, thresholds: Thresholds) -> tuple[Match, ...]:
    """Every question of the two claims with every gate that was asked; a match is one that passed them all."""
    if not (found := questions(a, b)):
        return ()
    *asked, statement = found
    slots = [_slot_match(q, scores, thresholds) for q in asked]
    whole = _whole_match(statement, (a, b), scores, thresholds, slots)
    if whole.is_match and whole.relation in REPORTABLE and (slot := _likeliest(slots)) is not None:
        slots[slots.index(slot)] = _sure(slot, whole.confidence)
    passed = _one_each([m for m in slots if m.is_match])
    slots = [m for m in slots if m in passed or not m.is_match]
    return (*slots, _whole_match(statement, (a, b), scores, thresholds, slots))


def _likeliest(slots: list[Match]) -> Match | None:
    """Of the slots that lack nothing but confidence, the one in which two claims that oppose each other may differ."""
    able = [m for m in slots if m.relation in REPORTABLE and {g.name for g in m.gates if not g.is_passed} == {SURE}]
    return max(able, key=lambda m: m.confidence, default=None)


def _sure(slot: Match, confidence: float) -> Match:
    gates = tuple(Gate(SURE, confidence, True) if gate.name == SURE else gate for gate in slot.gates)
    return replace(slot, confidence=confidence, gates=gates)


def _slot_match(question: Question, scores: Scores, limits: Thresholds) -> Match:
    if question.is_settled:
        return Match(question.kind, question.first, question.second, _relation(question), SETTLED, question.gates)
    is_reportable = question.relation in REPORTABLE
    is_marked = is_reportable or question.kind in COMPARED
    judged = scores.marked.get(question.slots) if is_marked else scores.whole
    same, differ = (judged.same, judged.differ) if judged is not None else (0.0, 0.0)
    is_asked = are_slots_near(scores, question.relation) if is_marked else is_near(scores)
    left = doubt(question)
    least = limits.same[left] + _remote(scores)
    gates = [
        Gate("near", round(scores.nearness, 4), is_asked),
        *question.gates,
        Gate("same_question", same, same >= least),
    ]
    figure = same
    if is_reportable:
        # That an editor would sign a report of two slots; none rests on the vectors alone.
        figure = limits.slots(logit(same), logit(_read(scores)), left) if scores.whole is not None else 0.0
        least = limits.report if question.kind in COMPARED else limits.worded
        read = _read(scores)
        gates += [Gate("read_together", read, read >= limits.opposed), Gate(SURE, figure, figure >= least)]
        if question.kind not in COMPARED:
            gates += [Gate("answers_differ", differ, differ >= limits.differ)]
    return Match(question.kind, question.first, question.second, _relation(question), round(figure, 4), tuple(gates))


def _read(scores: Scores) -> float:
    return _opposed(scores.whole) if scores.whole is not None else 0.0


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
    for m in sorted(matches, key=lambda m: (-m.confidence, m.first.start, m.second.start)):
        ends = {(m.kind, 0, m.first.start, m.first.end), (m.kind, 1, m.second.start, m.second.end)}
        if not ends & taken:
            taken |= ends
            kept.append(m)
    return kept


def _whole_match(
    question: Question, claims: tuple[Known, Known], scores: Scores, limits: Thresholds, slots: list[Match]
) -> Match:
    """Two claims as wholes: they say the same, or oppose each other and no slot has reported it."""
    whole = scores.whole or QuestionJudgement(0.0, 0.0)
    at_odds = any(m.relation in REPORTABLE and m.is_match for m in slots)
    gates = (
        Gate("near", round(scores.nearness, 4), is_near(scores)),
        Gate("slots", float(not at_odds), not at_odds),
        *question.gates,
    )
    opposed, agree = _opposed(whole), whole.same * (1 - whole.differ)
    figures = logit(opposed), logit(agree), *standing(*claims, scores)
    if agree >= opposed:
        # Claims whose figures may well answer one question differently do not say the same, reported or not.
        doubted = max((m.confidence for m in slots if m.relation in REPORTABLE), default=0.0)
        alike = limits.alike(*figures)
        is_rival = any(m.relation in REPORTABLE and _are_given(m.first, m.second) for m in slots)
        gates += (
            Gate("slots_agree", 1 - doubted, doubted <= limits.doubt),
            Gate("words_agree", float(not is_rival), not is_rival),
            Gate("read_together", agree, True),
            Gate(SURE, alike, alike >= limits.agree),
        )
        return Match(STATEMENT, question.first, question.second, Relation.AGREE, round(alike, 4), gates)
    factual = _figure(question, "factuality")
    confidence, worthy = limits.wholes(*figures), _worthiness(question)
    is_free = not any(map(_speaks_for_both, slots))
    gates += (
        Gate("factual", factual, factual > 0),
        Gate("worthy", worthy, worthy >= limits.worthy),
        Gate("figures", float(is_free), is_free),
        Gate("read_together", opposed, opposed >= limits.opposed),
        Gate(SURE, confidence, confidence >= limits.report),
    )
    kind, relation = ConflictKind.OCCURRENCE, Relation.CONTRADICTION
    return Match(kind, question.first, question.second, relation, round(confidence, 4), gates)


def _speaks_for_both(slot: Match) -> bool:
    """Whether two figures or dates say that both claims may be right: they answer one question and fit each other, or
    are of two things. What a reader of whole claims takes for a contradiction is often just that."""
    if slot.is_match:
        return slot.kind in COMPARED and slot.relation not in REPORTABLE
    facets_forbid = any(not gate.is_passed for gate in slot.gates if gate.name not in _BY_MODELS)
    return slot.kind == ConflictKind.QUANTITY and facets_forbid


def _are_given(x: Span, y: Span) -> bool:
    """Whether both claims say of an event where it was or why, and do not just name a place."""
    return isinstance(x, Slot) and isinstance(y, Slot) and x.kind != ConflictKind.IDENTITY and bool(x.key and y.key)


def _figure(question: Question, name: str) -> float:
    return next(gate.figure for gate in question.gates if gate.name == name)


def _worthiness(question: Question) -> float:
    """Of the claim that a fact-checker would care less about."""
    return min(c.check_worthiness for c in (question.first, question.second) if isinstance(c, Claim))
