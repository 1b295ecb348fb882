"""Different answer? One report for one question: all positions of a story on it, from the matches that link them.

A report is about a question, not a pair. Answers that agree in value stand in one position; the question and the
explanation are composed from the values, so that the same evidence gives the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from app.domain import denial, quantity, when, wording
from app.domain.questions import REPORTABLE, are_one_value
from app.domain.values import Claim, ConflictKind, Holder, Known, Quantity, Relation, Slot, Span, TimeRef


@dataclass(frozen=True, slots=True)
class Answer:
    """What one claim answers: ``value`` is the slot that answers, or the claim itself where the whole of it does."""

    known: Known
    value: Span

    @property
    def order(self) -> tuple[str, str, int]:
        return (_instant(self.known).isoformat(), self.known.article_id, self.value.start)


@dataclass(frozen=True, slots=True)
class Link:
    """A stored match between two answers of different articles."""

    first: Answer
    second: Answer
    relation: Relation
    confidence: float


@dataclass(frozen=True, slots=True)
class Position:
    label: str
    value: dict[str, Any]
    answers: tuple[Answer, ...]
    sources: int
    origins: int
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    kind: ConflictKind
    verdict: Relation
    question: str
    explanation: str
    confidence: float
    positions: tuple[Position, ...]


def report(kind: ConflictKind, links: Sequence[Link]) -> Report | None:
    """The report on the question that these connected links answer; None when nothing in it is reportable."""
    answers = sorted({x for link in links for x in (link.first, link.second)}, key=lambda a: a.order)
    groups = _by_value(answers, links)
    side = {answer: n for n, group in enumerate(groups) for answer in group}
    crossing = [x for x in links if x.relation in REPORTABLE and side[x.first] != side[x.second]]
    if not crossing:
        return None
    standing = sorted({n for x in crossing for n in (side[x.first], side[x.second])})
    is_denied = len({denial.polarity(groups[n][0].known.claim) for n in standing}) > 1
    positions = tuple(_position(groups[n], is_denied=is_denied) for n in standing)
    verdict = _verdict(crossing)
    if verdict == Relation.UPDATE:
        positions = tuple(sorted(positions, key=lambda p: p.first_seen_at, reverse=True))
    elif kind == ConflictKind.QUANTITY:
        positions = tuple(sorted(positions, key=lambda p: _size(p.answers[0].value)))
    question = wording.question(kind, [p.answers[0].known.claim for p in positions], _values(positions))
    return Report(
        kind=kind,
        verdict=verdict,
        question=question,
        explanation=_explanation(kind, verdict, positions),
        confidence=round(max(x.confidence for x in crossing), 3),
        positions=positions,
    )


def _values(positions: Iterable[Position]) -> list[Span]:
    return [p.answers[0].value for p in positions]


def _by_value(answers: Sequence[Answer], links: Sequence[Link]) -> list[list[Answer]]:
    """Answers that give the same value, in order of first report. A vague answer ("overnight") that fits two others
    does not bring them together: nobody joins a group with somebody who answers differently."""
    opposed = {frozenset((x.first, x.second)) for x in links if x.relation in REPORTABLE}
    agreed = {frozenset((x.first, x.second)) for x in links if x.relation in (Relation.AGREE, Relation.COMPATIBLE)}
    agreed |= _allies(opposed)
    groups: list[list[Answer]] = []
    for answer in answers:
        homes = (g for g in groups if any(_is_same_value(answer, other, agreed) for other in g))
        home = next((g for g in homes if not any(frozenset((answer, other)) in opposed for other in g)), None)
        if home is None:
            groups.append([answer])
        else:
            home.append(answer)
    return groups


def _allies(opposed: set[frozenset[Answer]]) -> set[frozenset[Answer]]:
    """Whole claims that deny the same claim and not each other stand on one side."""
    against: dict[Answer, set[Answer]] = {}
    for pair in opposed:
        for answer in pair:
            if isinstance(answer.value, Claim):
                against.setdefault(answer, set()).update(pair - {answer})
    return {
        frozenset((a, b))
        for a, b in combinations(sorted(against, key=lambda x: x.order), 2)
        if against[a] & against[b] and frozenset((a, b)) not in opposed
    }


def _is_same_value(a: Answer, b: Answer, agreed: set[frozenset[Answer]]) -> bool:
    return are_one_value(a.value, b.value) or frozenset((a, b)) in agreed


def _position(answers: Sequence[Answer], *, is_denied: bool) -> Position:
    lead = answers[0]
    return Position(
        label=label(lead, is_denied=is_denied),
        value=_typed(lead),
        answers=tuple(answers),
        sources=len({a.known.source or a.known.article_id for a in answers}),
        origins=len({a.known.origin or a.known.article_id for a in answers}),
        first_seen_at=min(_instant(a.known) for a in answers),
    )


def label(answer: Answer, *, is_denied: bool = True) -> str:
    """A position in a few words; ``is_denied``: the report is on whether something is so."""
    value = answer.value
    if isinstance(value, Quantity):
        return quantity.label(value)
    if isinstance(value, TimeRef):
        return when.label(value.edtf or "")
    if isinstance(value, Slot):
        return value.value
    if not is_denied:
        return f"“{wording.shorten(value.exact)}”"
    return f"{'yes' if denial.polarity(answer.known.claim) else 'no'}: {wording.shorten(value.exact)}"


def _typed(answer: Answer) -> dict[str, Any]:
    """A position's value for programs; the keys depend on the kind of the conflict alone."""
    value = answer.value
    if isinstance(value, Quantity):
        return {"low": value.low, "high": value.high, "qualifier": str(value.qualifier), "unit": value.unit}
    if isinstance(value, TimeRef):
        earliest, latest = (d.isoformat() if d else None for d in (value.earliest, value.latest))
        return {"edtf": value.edtf, "earliest": earliest, "latest": latest}
    if isinstance(value, Slot):
        return {"text": value.value}
    return {"affirmed": denial.polarity(answer.known.claim)}


def _verdict(crossing: Sequence[Link]) -> Relation:
    """What most of the differences are; at a tie the milder word, which claims less."""
    milder_first = (Relation.UPDATE, Relation.DISCREPANCY, Relation.CONTRADICTION)
    return max(milder_first, key=lambda relation: sum(x.relation == relation for x in crossing))


_BECAUSE = {
    Relation.CONTRADICTION: "These cannot all be right.",
    Relation.DISCREPANCY: "The wording leaves room for more than one of these to be right.",
    Relation.UPDATE: "The later report revises the earlier figure.",
}


def _explanation(kind: ConflictKind, verdict: Relation, positions: Sequence[Position]) -> str:
    parts = [f"{p.label} ({_who(p)})" for p in positions]
    tail = _BECAUSE[verdict]
    if kind == ConflictKind.OCCURRENCE and any(
        denial.is_lack_of_information(p.answers[0].known.claim) for p in positions
    ):
        tail = "One side says only that it has no such information, which is weaker than a denial."
    return f"{'; '.join(parts)}. {tail}"


def _who(position: Position) -> str:
    """Who gives this answer: holders first, then the sources that print it."""
    holders = list(
        dict.fromkeys(h.name for h in (a.known.claim.holder for a in position.answers) if isinstance(h, Holder))
    )
    sources = list(dict.fromkeys(a.known.source for a in position.answers if a.known.source))
    named = wording.listed(holders[:3])
    printed = f"{len(sources)} sources" if len(sources) > 2 else wording.listed(sources)
    return ", in ".join(x for x in (named, printed) if x) or "one article"


def _size(value: Span) -> tuple[float, float]:
    return quantity.interval(value)[::-1] if isinstance(value, Quantity) else (0.0, 0.0)


def _instant(known: Known) -> datetime:
    return known.published_at or known.created_at
