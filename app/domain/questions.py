"""Which questions could two claims of different articles both answer, and how do the two answers relate?

A claim has typed slots: its figures, its dates, its places, names and causes, and the claim as a whole. Every pair of
slots of one type is a question that both may answer. What the text alone decides is decided here, without a model:
facets that forbid one question (``domain.facets``), and the typed comparators that say how the answers relate. Each
gate that was asked is kept with its figure, so that a match, or its absence, can be explained.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from app.domain import denial, facets, quantity, when
from app.domain.values import Claim, ConflictKind, Known, Quantity, Relation, Slot, Span, TimeRef

STATEMENT = "statement"
ONE_EVENT = 0.15
"""Least share of words in common for two claims to date one event differently, or to place it."""
REPORTABLE = frozenset({Relation.UPDATE, Relation.DISCREPANCY, Relation.CONTRADICTION})


@dataclass(frozen=True, slots=True)
class Gate:
    """One test: ``figure`` in [0, 1], 1 for full agreement of a facet or the probability a model gave."""

    name: str
    figure: float
    is_passed: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A slot of each claim that may answer one question. ``relation`` is the comparator's word on the answers, None
    where only a model that reads the whole claims can say. ``kind``: a ConflictKind, or STATEMENT for whole claims.
    ``is_settled``: the text alone says that both answer it, as with what one person is said to be, or where both give
    one precise figure or name one minute."""

    kind: str
    first: Span
    second: Span
    relation: Relation | None
    gates: tuple[Gate, ...]
    is_settled: bool = False

    @property
    def is_open(self) -> bool:
        """No facet forbids it."""
        return all(gate.is_passed for gate in self.gates)

    @property
    def slots(self) -> tuple[int, int, int, int]:
        """The two spans, as a key."""
        return self.first.start, self.first.end, self.second.start, self.second.end


def questions(a: Known, b: Known) -> tuple[Question, ...]:
    """All questions of two claims, closed ones included, that of the claims as wholes last. Empty within one article:
    a paper that reports both sides is not in conflict with itself."""
    if a.article_id == b.article_id:
        return ()
    return (*_quantities(a, b), *_dates(a, b), *_slots(a, b), *_existence(a, b), _statement(a, b))


def _quantities(a: Known, b: Known) -> Iterator[Question]:
    for x in a.claim.quantities:
        for y in b.claim.quantities:
            if quantity.is_comparable(x, y):
                relation = quantity.compare(x, y)
                revised = relation != Relation.AGREE and is_revised(a, b, x, y)
                gates = _quantity_gates((a, x), (b, y), is_revised=revised)
                if revised:
                    relation = Relation.UPDATE
                elif relation in REPORTABLE and (
                    _is_room_left((a, x), (b, y)) or facets.is_sum(x, a.claim, y) or facets.is_sum(y, b.claim, x)
                ):
                    relation = Relation.COMPATIBLE
                is_settled = relation == Relation.AGREE and _is_figure_of_one_thing(x, y)
                yield Question(ConflictKind.QUANTITY, x, y, relation, gates, is_settled=is_settled)


def _is_figure_of_one_thing(x: Quantity, y: Quantity) -> bool:
    """Nobody gives a precise figure of the same things, or of money, twice by chance."""
    return quantity.is_precise(x) and (facets.counted(x, y) >= facets.GENERIC or quantity.is_money(x))


def _is_room_left(mine: tuple[Known, Quantity], yours: tuple[Known, Quantity]) -> bool:
    """The smaller figure is a count that goes on."""
    known, smaller = min(mine, yours, key=lambda side: quantity.interval(side[1])[1])
    return facets.is_provisional(smaller, known.claim)


def _quantity_gates(
    mine: tuple[Known, Quantity], yours: tuple[Known, Quantity], *, is_revised: bool
) -> tuple[Gate, ...]:
    (a, x), (b, y) = mine, yours
    counted, role, day = facets.counted(x, y), facets.role(x, y), facets.day(a, b, x, y)
    anchor = facets.anchor(a.claim, b.claim, x, y)
    part = facets.is_part(x, a.claim) != facets.is_part(y, b.claim)
    part = part or facets.is_further(x, a.claim) or facets.is_further(y, b.claim)
    total = facets.is_total(x, a.claim) != facets.is_total(y, b.claim)
    is_bearer = not (x.unit == y.unit == "yr" and x.counted and y.counted) or (counted > 0 and not facets.is_anyone(x))
    is_named = role == 1.0 or not (facets.is_of_nothing(x, a.claim) or facets.is_of_nothing(y, b.claim))
    return (
        # What is counted is named in too many ways to forbid anything: it sets how sure the model must be. But an age
        # is somebody's, and of two men of two ages nobody knows that they are one.
        Gate("counted", counted, is_bearer),
        Gate("named", float(is_named), is_named),
        Gate("role", role, role > 0),
        Gate("whole", float(not part), not part),
        Gate("total", float(not total), not total),
        Gate("day", day, day > 0 or is_revised),
        Gate("anchor", anchor, anchor > 0),
        *([_names_gate(a, b)] if facets.is_measure(x) else []),
        *_common_gates(a, b, time=facets.time(a, b)),
    )


def _common_gates(a: Known, b: Known, *, time: float) -> tuple[Gate, ...]:
    factuality = facets.factuality(a.claim, b.claim)
    return Gate("factuality", factuality, factuality > 0), Gate("time", time, time > 0)


def _names_gate(a: Known, b: Known) -> Gate:
    names = facets.names(a.claim, b.claim)
    return Gate("names", names, names > 0)


_GROWING = {"killed", "injured", "displaced", "arrested", "missing", "infected", "complaint"}
_GROWTH = {"rise", "climb", "grow", "increase", "reach", "mount", "swell", "now", "so far", "confirm", "stand"}


def is_revised(a: Known, b: Known, x: Quantity, y: Quantity) -> bool:
    """A cumulative figure that a later report raised: tolls, and figures that the text says have grown."""
    if a.published_at is None or b.published_at is None or a.published_at.date() == b.published_at.date():
        return False
    if facets.is_move(a.claim, x) or facets.is_move(b.claim, y):
        return False
    is_first = a.published_at < b.published_at
    earlier, later, before, claim = (x, y, a.claim, b.claim) if is_first else (y, x, b.claim, a.claim)
    was, became = (max(end for end in quantity.interval(q) if isfinite(end)) for q in (earlier, later))
    names = {name.split()[-1] for q in (x, y) for name in quantity.canonical_question(q) if name}
    grows = bool(names & _GROWING) or bool(_GROWTH & {*claim.frame.lemmas, claim.frame.predicate or ""})
    grows = grows or facets.is_provisional(earlier, before)
    return grows and became > was


def _dates(a: Known, b: Known) -> Iterator[Question]:
    """Each resolved date of one claim against each of the other's: of what they are the date is the model's to say. Two
    dates are opposed only where the words, too, speak for one event: nearly every sentence has a date."""
    overlap, subject = facets.lemma_overlap(a.claim, b.claim), facets.subject(a.claim, b.claim)
    factuality = facets.factuality(a.claim, b.claim)
    gates = (
        Gate("predicate", facets.predicate(a.claim, b.claim), True),
        Gate("subject", subject, True),
        Gate("lemmas", overlap, True),
        Gate("factuality", factuality, factuality > 0),
    )
    is_one_event = subject > 0 and (gates[0].figure == 1.0 or overlap >= ONE_EVENT)
    event = Gate("event", float(is_one_event), is_one_event)
    for x in _resolved(a.claim):
        for y in _resolved(b.claim):
            relation = when.compare(x, y)
            asked = (*gates, event) if relation in REPORTABLE else gates
            yield Question(ConflictKind.DATE, x, y, relation, asked, is_settled=_is_one_moment(x, y, relation))


def _is_one_moment(x: TimeRef, y: TimeRef, relation: Relation) -> bool:
    """Nobody names one minute twice by chance, whatever each says of it."""
    return relation not in REPORTABLE and when.clock(x) is not None and when.clock(x) == when.clock(y)


def _resolved(claim: Claim) -> list[TimeRef]:
    return [t for t in claim.times if t.edtf]


def _slots(a: Known, b: Known) -> Iterator[Question]:
    """Places, names and causes of one type; what somebody is said to be, when both speak of one person."""
    for x in facets.slots(a.claim):
        for y in facets.slots(b.claim):
            same_key = facets.is_same_key(x, y)
            key = Gate("key", 1.0 if same_key else facets.SILENT, True)
            if x.kind == y.kind == ConflictKind.IDENTITY:
                relation = _description_relation(x, y) if same_key else None
                if relation is not None:
                    # What the claims go on to say of the person has no part in who the person is.
                    yield Question(x.kind, x, y, relation, (key,), is_settled=True)
            elif x.kind == y.kind:
                relation = _slot_relation(x, y)
                gates = (*_common_gates(a, b, time=facets.period(a, b)), key)
                if relation in REPORTABLE:
                    is_one_event = same_key or facets.lemma_overlap(a.claim, b.claim) >= ONE_EVENT
                    gates = (*gates, Gate("event", float(is_one_event), is_one_event))
                yield Question(x.kind, x, y, relation, gates)


def _slot_relation(x: Slot, y: Slot) -> Relation:
    """A value that contains the other, or shares most of its words, is the vaguer form of one answer."""
    return _wording_relation(x, y) or (Relation.DISCREPANCY if x.kind == ConflictKind.CAUSE else Relation.CONTRADICTION)


def _description_relation(x: Slot, y: Slot) -> Relation | None:
    """Two descriptions of one person are opposed only when they give the same office elsewhere ("head of the port",
    "head of the railway"); of others both may be true, and they are None: two questions."""
    found = _wording_relation(x, y)
    is_one_time = not (_words(x.value) ^ _words(y.value)) & _ONCE
    is_one_office = _office(x.value) is not None and _office(x.value) == _office(y.value)
    return Relation.DISCREPANCY if found is None and is_one_time and is_one_office else found


def _wording_relation(x: Slot, y: Slot) -> Relation | None:
    """Agree or compatible by the words alone; None when they are two values."""
    mine, yours = _words(x.value), _words(y.value)
    if mine == yours:
        return Relation.AGREE
    if len(mine & yours) >= 0.8 * max(1, min(len(mine), len(yours))):
        return Relation.COMPATIBLE
    return None


def _office(description: str) -> str | None:
    """The word before "of" or "at": "head" in "deputy head of the port". None when there is neither."""
    words = description.lower().split()
    at = next((n for n, word in enumerate(words) if word in {"of", "at"}), 0)
    return words[at - 1] if at else None


def _words(value: str) -> set[str]:
    return {word for word in re.findall(r"\w+", value.lower()) if word not in _EMPTY}


_ONCE = frozenset(
    {"former", "ex", "then", "acting", "interim", "deputy", "designate", "designated", "incoming", "outgoing"}
)
"""Words that make two offices of one title: the former head of one body may well be the head of another."""
_EMPTY = frozenset({"the", "a", "an", "of", "in", "at", "on", "and", "s"})


def _existence(a: Known, b: Known) -> Iterator[Question]:
    """One claim knows of no such thing as the other one reports."""
    if denial.knows_of_none(a.claim, b.claim) or denial.knows_of_none(b.claim, a.claim):
        gates = _common_gates(a, b, time=facets.period(a, b))
        yield Question(ConflictKind.OCCURRENCE, a.claim, b.claim, Relation.CONTRADICTION, gates, is_settled=True)


def _statement(a: Known, b: Known) -> Question:
    """The claims as wholes: what they say of one question, a model has to read."""
    opposed = denial.polarity(a.claim) != denial.polarity(b.claim)
    overlap, names = facets.lemma_overlap(a.claim, b.claim), facets.names(a.claim, b.claim)
    is_withheld = denial.withholds(a.claim) or denial.withholds(b.claim)
    factuality = 0.0 if is_withheld else facets.factuality(a.claim, b.claim)
    gates = (
        Gate("polarity", float(not opposed), True),
        Gate("lemmas", overlap, True),
        Gate("names", names, True),
        Gate("factuality", factuality, True),
    )
    return Question(STATEMENT, a.claim, b.claim, None, gates)


def are_one_value(x: Span, y: Span) -> bool:
    """By the comparators: figures of which one rounds the other, dates that fit each other, the same words."""
    if isinstance(x, Quantity) and isinstance(y, Quantity):
        return quantity.is_comparable(x, y) and quantity.is_one_figure(x, y)
    if isinstance(x, TimeRef) and isinstance(y, TimeRef):
        return when.compare(x, y) in (Relation.AGREE, Relation.COMPATIBLE)
    return isinstance(x, Slot) and isinstance(y, Slot) and x.value.lower() == y.value.lower()


def slot_keys(claim: Claim) -> tuple[str, ...]:
    """What an index needs to find the claims that could answer a question this claim answers, in order."""
    asked = [quantity.canonical_question(q) for q in claim.quantities]
    keys = {f"quantity:{counted.split()[-1]}" for counted, _ in asked if counted}
    keys |= {f"quantity:role:{role}" for _, role in asked if role}
    keys |= {f"{s.kind}:{s.key.split()[-1]}" for s in facets.slots(claim) if s.key}
    if claim.frame.predicate:
        keys |= {f"event:{claim.frame.predicate}"}
        keys |= {f"date:{claim.frame.predicate}" for t in claim.times if t.edtf}
    keys |= {f"clock:{clock}" for t in claim.times if (clock := when.clock(t))}
    return tuple(sorted(keys))
