"""What a set of claims and the matches between them add up to: conflict reports, claim groups, timeline entries.

Pure, so that a story as it stands and a story as it stood are composed by the same functions: only the claims differ.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import isfinite
from typing import Protocol
from uuid import UUID

from app.domain import conflict, facets, quantity, timeline
from app.domain.conflict import Answer, Link, Report
from app.domain.grouping import components, dense_groups
from app.domain.matching import corroborates
from app.domain.questions import REPORTABLE, STATEMENT
from app.domain.timeline import Dating, Entry
from app.domain.values import Claim, ConflictKind, Known, Quantity, Relation, Span, TimeRef


class Matched(Protocol):
    """A stored match: the two claims, the kind of question, and which of their slots answer it."""

    first_id: UUID
    second_id: UUID
    kind: str
    slots: str  # "start:end|start:end"
    relation: str
    confidence: float


def reports(known: Mapping[UUID, Known], matches: Sequence[Matched]) -> list[Report]:
    """One report for each question that the claims answer differently.

    Claims that differences join have one question between them, as a rule: of the reports that could be made of them
    the one on most claims is. Others are made of the same claims only, where these differ in further slots.
    """
    differing = [(m.first_id, m.second_id) for m in matches if m.relation in REPORTABLE]
    taken = {x for pair in differing for x in pair}
    made: list[Report] = []
    for group in components([], differing):
        others = taken.difference(group)
        touching = [m for m in matches if not {m.first_id, m.second_id}.isdisjoint(group)]
        made += _reports_among(known, [m for m in touching if {m.first_id, m.second_id}.isdisjoint(others)])
    return made


def _reports_among(known: Mapping[UUID, Known], matches: Sequence[Matched]) -> list[Report]:
    found = [report for kind in ConflictKind for report in _reports_of_kind(known, matches, kind)]
    if not found:
        return []
    main = max(found, key=lambda report: (len(claims_of(report)), _is_of_slots(report), report.confidence))
    claims = claims_of(main)
    return [main, *(x for x in found if x is not main and _is_of_slots(x) and claims_of(x) <= claims)]


def _is_of_slots(report: Report) -> bool:
    return report.kind != ConflictKind.OCCURRENCE


def _reports_of_kind(known: Mapping[UUID, Known], matches: Sequence[Matched], kind: ConflictKind) -> Iterator[Report]:
    links = _links(known, matches, kind)
    links += _agreements(known, matches, {x for link in links for x in (link.first, link.second)})
    weights = {(x.first, x.second): x.confidence for x in links}
    for answers in dense_groups(weights, are_comparable=_are_of_two_articles, answer=_said):
        inside = set(answers)
        made = conflict.report(kind, [x for x in links if x.first in inside and x.second in inside])
        if made is not None:
            yield made


def _are_of_two_articles(a: Answer, b: Answer) -> bool:
    return a.known.article_id != b.known.article_id


def _said(answer: Answer) -> Hashable:
    """What an answer says, in whatever unit or with whatever hedge or bound; a whole claim says what no other does."""
    if isinstance(answer.value, Quantity):
        return frozenset(end for end in quantity.interval(answer.value) if isfinite(end))
    return answer if isinstance(answer.value, Claim) else conflict.label(answer)


def _links(known: Mapping[UUID, Known], matches: Iterable[Matched], kind: str) -> list[Link]:
    links = (Link(*_answers(known, m), Relation(m.relation), m.confidence) for m in matches if m.kind == kind)
    return [link for link in links if _is_resolved(link.first) and _is_resolved(link.second)]


def _is_resolved(answer: Answer) -> bool:
    """Not a date that is gone since the claims were matched: an undated article's weekday has its day from the story,
    and none while the article is read again."""
    return not isinstance(answer.value, TimeRef) or bool(answer.value.edtf)


def _answers(known: Mapping[UUID, Known], m: Matched) -> tuple[Answer, Answer]:
    first, second = m.slots.split("|")
    return _answer(known[m.first_id], first), _answer(known[m.second_id], second)


def _agreements(known: Mapping[UUID, Known], matches: Iterable[Matched], answers: set[Answer]) -> list[Link]:
    """Which of the whole claims among these answers say the same."""
    whole = {answer for answer in answers if isinstance(answer.value, Claim)}
    return [link for link in _links(known, matches, STATEMENT) if link.first in whole and link.second in whole]


def _answer(known: Known, slot: str) -> Answer:
    """The slot of the claim that a match is about, by its span; the claim itself when the span is the claim's."""
    start, end = (int(x) for x in slot.split(":"))
    claim = known.claim
    parts: tuple[Span, ...] = (*claim.quantities, *claim.times, *facets.slots(claim))
    return Answer(known, next((x for x in parts if (x.start, x.end) == (start, end)), claim))


def groups(known: Mapping[UUID, Known], matches: Sequence[Matched]) -> list[list[Known]]:
    """Claims that say the same, each group in order of report; a claim that nobody repeats is a group of one. Two
    claims say the same as wholes, or by giving one figure or date for one question and nothing that is at odds."""
    at_odds = {(m.first_id, m.second_id) for m in matches if m.relation in REPORTABLE}
    links = [(m.first_id, m.second_id) for m in matches if m.kind == STATEMENT]
    links += [
        (m.first_id, m.second_id)
        for m in matches
        if (m.first_id, m.second_id) not in at_odds
        and corroborates(m.kind, m.confidence, *(answer.value for answer in _answers(known, m)))
    ]
    return [sorted((known[x] for x in group), key=_reported) for group in components(sorted(known), links)]


def _reported(known: Known) -> tuple[str, str, int]:
    instant = known.published_at or known.created_at
    return (instant.isoformat(), known.article_id, known.claim.start)


def entries(known: Mapping[UUID, Known], matches: Iterable[Matched]) -> list[Entry]:
    """One timeline entry for each event that the claims date."""
    nodes = timeline.datings(known[x] for x in sorted(known))
    by_claim: dict[str, list[Dating]] = {}
    for node in nodes:
        by_claim.setdefault(node.known.id, []).append(node)
    one_event = [
        (x, y)
        for m in matches
        if m.kind in (STATEMENT, ConflictKind.DATE)
        for x in by_claim.get(str(m.first_id), [])
        for y in by_claim.get(str(m.second_id), [])
        if timeline.are_one_event(x, y)
    ]
    same_day = [(x, y) for group in by_claim.values() for x, y in combinations(group, 2) if x.time.edtf == y.time.edtf]
    return [timeline.entry(group) for group in components(nodes, one_event + same_day)]


def claims_of(report: Report) -> frozenset[str]:
    """The ids of the claims that a report stands on."""
    return frozenset(answer.known.id for position in report.positions for answer in position.answers)
