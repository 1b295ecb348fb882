"""Same question? Which slots of two claims of different articles answer one question, and how the answers relate.

A claim has typed slots. For each kind of slot the facets must agree (``domain.facets``), the pair model must believe
that both claims answer one question, and a typed comparator then says how the two answers relate. Every gate that was
asked is kept with its figure, so that a match (or its absence) can be explained.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain import facets, quantity, when
from app.domain.values import Claim, ConflictKind, Known, Quantity, Relation, Slot, Span, TimeRef

RULES = "rules@1"
STATEMENT = "statement"

SHARED = 0.2  # least overlap of content lemmas, or
ALIKE = 0.6  # least cosine of the sentence vectors, of two statements that say the same
REPORTABLE = {Relation.UPDATE, Relation.DISCREPANCY, Relation.CONTRADICTION}


@dataclass(frozen=True, slots=True)
class Scores:
    """What the models say of a pair of claims: probabilities, and the cosine of their sentence vectors. Whether answers
    differ is the comparators' to say: a model's word on it proved no better than chance."""

    similarity: float
    same: float
    contradiction: float = 0.0  # asked of pairs that ``may_deny`` alone


@dataclass(frozen=True, slots=True)
class Gate:
    name: str
    figure: float
    is_passed: bool


@dataclass(frozen=True, slots=True)
class Match:
    """One question that both claims answer, with the span and the value of each answer."""

    kind: str  # a ConflictKind, or STATEMENT: the whole claims say the same
    first: Span
    second: Span
    relation: Relation
    confidence: float
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least probability of one question: with facets that agree in full, that are partly silent, that are vague,
    and that say nothing; then of one claim contradicting the other, and of
    two statements that say the same."""

    agreeing: float = 0.3
    silent: float = 0.65
    vague: float = 0.7
    sure: float = 0.8
    contradiction: float = 0.5
    statement: float = 0.8


LIMITS = Thresholds()


def slot_keys(claim: Claim) -> tuple[str, ...]:
    """What an index needs to find the claims that could answer a question this claim answers, in order."""
    asked = [quantity.canonical_question(q) for q in claim.quantities]
    keys = {f"quantity:{counted.split()[-1]}" for counted, _ in asked if counted}
    keys |= {f"quantity:role:{role}" for _, role in asked if role}
    keys |= {f"{s.kind}:{s.key.split()[-1]}" for s in facets.slots(claim) if s.key}
    if claim.frame.predicate:
        keys |= {f"event:{claim.frame.predicate}"}
        keys |= {f"date:{claim.frame.predicate}" for t in claim.times if t.edtf}
    return tuple(sorted(keys))


def is_plausible(a: Known, b: Known) -> bool:
    """Cheap test before a model reads the pair: some slot of each could answer one question."""
    return a.article_id != b.article_id and facets.factuality(a.claim, b.claim) > 0


def match(a: Known, b: Known, scores: Scores, *, thresholds: Thresholds) -> tuple[Match, ...]:
    """All questions that both claims answer. ``a`` and ``b`` are of different articles; symmetric but for order."""
    if not is_plausible(a, b):
        return ()
    found = [*_quantities(a, b, scores, thresholds), *_dates(a, b, scores, thresholds)]
    found += _slots(a, b, scores, thresholds)
    found += _occurrence(a, b, scores, thresholds)
    found += _statement(a, b, scores, thresholds, found)
    return tuple(found)


def _quantities(a: Known, b: Known, scores: Scores, thresholds: Thresholds) -> Iterator[Match]:
    """Each figure of one claim against the one of the other whose facets agree best."""
    pairs = []
    for x in a.claim.quantities:
        for y in b.claim.quantities:
            gates = _quantity_gates((a, x), (b, y), scores, thresholds)
            if all(gate.is_passed for gate in gates):
                pairs.append((sum(gate.figure for gate in gates), -x.start, -y.start, x, y, gates))
    taken: set[int] = set()
    for _, _, _, x, y, gates in sorted(pairs, key=lambda p: p[:3], reverse=True):
        if id(x) in taken or id(y) in taken:
            continue
        taken |= {id(x), id(y)}
        relation = quantity.compare(x, y)
        if relation != Relation.AGREE and _is_revised(a, b, x, y):
            relation = Relation.UPDATE
        yield Match(ConflictKind.QUANTITY, x, y, relation, _confidence(gates, scores), gates)


def _quantity_gates(
    mine: tuple[Known, Quantity], yours: tuple[Known, Quantity], scores: Scores, limits: Thresholds
) -> tuple[Gate, ...]:
    (a, x), (b, y) = mine, yours
    counted, role, day = facets.counted(x, y), facets.role(x, y), facets.day(a, b, x, y)
    least = limits.agreeing if role == 1.0 else limits.silent if counted > facets.GENERIC else limits.vague
    part = facets.is_part(x, a.claim) != facets.is_part(y, b.claim)
    return (
        Gate("unit", float(quantity.is_comparable(x, y)), quantity.is_comparable(x, y)),
        Gate("counted", counted, counted >= facets.GENERIC),
        Gate("role", role, role > 0),
        Gate("whole", float(not part), not part),
        Gate("day", day, day > 0 or _is_revised(a, b, x, y)),
        *([_names_gate(a, b)] if facets.is_measure(x) else []),
        *_common_gates(a, b),
        Gate("same_question", scores.same, scores.same >= least),
    )


def _common_gates(a: Known, b: Known) -> tuple[Gate, ...]:
    factuality, time = facets.factuality(a.claim, b.claim), facets.time(a, b)
    return Gate("factuality", factuality, factuality > 0), Gate("time", time, time > 0)


def _names_gate(a: Known, b: Known) -> Gate:
    names = facets.names(a.claim, b.claim)
    return Gate("names", names, names > 0)


_GROWING = {"killed", "injured", "displaced", "arrested", "missing", "infected", "complaint"}
_GROWTH = {"rise", "climb", "grow", "increase", "reach", "mount", "swell", "now", "so far", "confirm", "stand"}


def _is_revised(a: Known, b: Known, x: Quantity, y: Quantity) -> bool:
    """A cumulative figure that a later report raised: tolls, and figures that the text says have grown."""
    if a.published_at is None or b.published_at is None or a.published_at.date() == b.published_at.date():
        return False
    if facets.is_move(a.claim, x) or facets.is_move(b.claim, y):
        return False
    earlier, later, claim = (x, y, b.claim) if a.published_at < b.published_at else (y, x, a.claim)
    low, high = quantity.interval(earlier), quantity.interval(later)
    names = {name.split()[-1] for q in (x, y) for name in quantity.canonical_question(q) if name}
    grows = bool(names & _GROWING) or bool(_GROWTH & set(claim.frame.lemmas) | {claim.frame.predicate or ""} & _GROWTH)
    return grows and high[0] > low[0]


def _dates(a: Known, b: Known, scores: Scores, thresholds: Thresholds) -> Iterator[Match]:
    """The date of one event, when each claim gives just one."""
    mine, yours = _only_date(a.claim), _only_date(b.claim)
    if mine is None or yours is None:
        return
    same_predicate = a.claim.frame.predicate is not None and a.claim.frame.predicate == b.claim.frame.predicate
    overlap = facets.lemma_overlap(a.claim, b.claim)
    factuality = facets.factuality(a.claim, b.claim)
    relation = when.compare(mine, yours)
    opposed = relation in REPORTABLE
    subject = facets.subject(a.claim, b.claim)
    least = thresholds.silent if opposed else thresholds.agreeing
    gates = (
        Gate("predicate", float(same_predicate), same_predicate or not opposed),
        Gate("subject", subject, subject == 1.0 or not opposed),
        Gate("lemmas", overlap, overlap >= 0.5 or not opposed),
        Gate("factuality", factuality, factuality > 0),
        Gate("same_question", scores.same, scores.same >= least),
    )
    if all(gate.is_passed for gate in gates):
        yield Match(ConflictKind.DATE, mine, yours, relation, _confidence(gates, scores), gates)


def _only_date(claim: Claim) -> TimeRef | None:
    resolved = [t for t in claim.times if t.edtf]
    return resolved[0] if len(resolved) == 1 else None


def _slots(a: Known, b: Known, scores: Scores, thresholds: Thresholds) -> Iterator[Match]:
    """Places, identities and causes: one key, other values. "Detained" here and "picked up" there are different keys of
    one question of place, which the pair model must then be sure of; a name is its own key and asks little else."""
    for x in facets.slots(a.claim):
        for y in facets.slots(b.claim):
            same_key = _same_key(x, y)
            if x.kind == y.kind and (same_key or x.kind == ConflictKind.PLACE):
                relation = _slot_relation(x, y)
                if relation is None:
                    continue
                named = thresholds.agreeing if x.kind == ConflictKind.IDENTITY else thresholds.silent
                least = named if same_key else thresholds.sure
                gates = (
                    *_common_gates(a, b),
                    Gate("key", float(same_key), True),
                    Gate("same_question", scores.same, scores.same >= least),
                )
                if all(gate.is_passed for gate in gates):
                    yield Match(x.kind, x, y, relation, _confidence(gates, scores), gates)


def _same_key(x: Slot, y: Slot) -> bool:
    return x.key == y.key or (x.kind == ConflictKind.IDENTITY and x.key.split()[-1:] == y.key.split()[-1:])


def _slot_relation(x: Slot, y: Slot) -> Relation | None:
    """A value that contains the other, or shares most of its words, is the vaguer form of one answer.

    Two descriptions of one person conflict only when they give the same office elsewhere ("head of the port", "head of
    the railway"); other pairs may both be true of one person: None, cannot tell.
    """
    mine, yours = x.value.lower().split(), y.value.lower().split()
    if mine == yours:
        return Relation.AGREE
    shared = len(set(mine) & set(yours)) / max(1, min(len(set(mine)), len(set(yours))))
    if shared >= 0.8:
        return Relation.COMPATIBLE
    if x.kind == ConflictKind.IDENTITY:
        return Relation.DISCREPANCY if _office(mine) and _office(mine) == _office(yours) else None
    return Relation.CONTRADICTION if x.kind == ConflictKind.PLACE else Relation.DISCREPANCY


def _office(description: list[str]) -> str | None:
    """The word before "of" or "at": "head" in "deputy head of the port". None when there is neither."""
    at = next((n for n, word in enumerate(description) if word in {"of", "at"}), 0)
    return description[at - 1] if at else None


def _occurrence(a: Known, b: Known, scores: Scores, thresholds: Thresholds) -> Iterator[Match]:
    """It happened against it did not: opposite polarity over the same words."""
    gates = (
        *_denial_gates(a, b),
        Gate("same_question", scores.same, scores.same >= thresholds.silent),
        Gate("entailment", scores.contradiction, scores.contradiction >= thresholds.contradiction),
    )
    if all(gate.is_passed for gate in gates):
        relation = Relation.CONTRADICTION
        yield Match(ConflictKind.OCCURRENCE, a.claim, b.claim, relation, _confidence(gates, scores), gates)


def may_deny(a: Known, b: Known) -> bool:
    """Whether the facets leave room for one claim to deny the other: worth asking the entailment model."""
    return all(gate.is_passed for gate in _denial_gates(a, b))


def _denial_gates(a: Known, b: Known) -> tuple[Gate, ...]:
    opposed = facets.polarity(a.claim) != facets.polarity(b.claim)
    same_event = facets.is_same_event(a.claim, b.claim)
    overlap = facets.lemma_overlap(a.claim, b.claim)
    return (
        Gate("polarity", float(opposed), opposed),
        Gate("predicate", float(same_event), same_event),
        Gate("lemmas", overlap, overlap >= 0.5),
        _names_gate(a, b),
        *_common_gates(a, b),
    )


def _statement(a: Known, b: Known, scores: Scores, limits: Thresholds, found: list[Match]) -> Iterator[Match]:
    """The whole claims say the same: one question, no slot of theirs at odds, like polarity."""
    at_odds = any(m.relation in REPORTABLE for m in found)
    agreeing = any(m.relation == Relation.AGREE for m in found)
    opposed = facets.polarity(a.claim) != facets.polarity(b.claim)
    overlap = facets.lemma_overlap(a.claim, b.claim)
    least = limits.agreeing if agreeing else limits.statement
    gates = (
        Gate("slots", float(not at_odds), not at_odds),
        Gate("polarity", float(not opposed), not opposed),
        Gate("same_question", scores.same, scores.same >= least),
        Gate("words", overlap, agreeing or overlap >= SHARED or scores.similarity >= ALIKE),
    )
    if all(gate.is_passed for gate in gates):
        yield Match(STATEMENT, a.claim, b.claim, Relation.AGREE, _confidence(gates, scores), gates)


def _confidence(gates: tuple[Gate, ...], scores: Scores) -> float:
    """The pair model's probability, tempered by facets that stayed silent."""
    silent = sum(1 for gate in gates if gate.figure == facets.SILENT)
    return round(scores.same * (0.9**silent), 4)
