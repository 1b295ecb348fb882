"""Claims for tests, built from a sentence and the slots it carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.domain import when
from app.domain.matching import Scores
from app.domain.questions import REPORTABLE, questions
from app.domain.values import (
    Basis,
    Claim,
    ClaimKind,
    Factuality,
    Frame,
    Known,
    Qualifier,
    Quantity,
    QuestionJudgement,
    TimeRef,
)


def quantity(text: str, exact: str, low: float | None, high: float | None = None, **facets: Any) -> Quantity:
    start = text.index(exact)
    facets.setdefault("qualifier", Qualifier.EXACT)
    upper = low if high is None and facets["qualifier"] in (Qualifier.EXACT, Qualifier.ABOUT) else high
    return Quantity(start, start + len(exact), exact, low, upper, **facets)


def time(text: str, exact: str, edtf: str) -> TimeRef:
    start = text.index(exact)
    earliest, latest = when.bounds(edtf)
    return TimeRef(start, start + len(exact), exact, edtf, earliest, latest, Basis.EXPLICIT)


def claim(text: str, **fields: Any) -> Claim:
    fields.setdefault("kind", ClaimKind.EVENT)
    fields.setdefault("factuality", Factuality.ASSERTED)
    fields.setdefault("check_worthiness", 0.8)
    return Claim(0, len(text), text, **fields)


def known(claim: Claim, article: str, *, day: int = 1, source: str | None = None, origin: str = "") -> Known:
    at = datetime(2025, 3, day, 9, tzinfo=UTC)
    return Known(f"{article}:{claim.exact}", article, claim, source or article, None, at, at, origin)


def frame(predicate: str | None = None, lemmas: str = "", **fields: Any) -> Frame:
    return Frame(predicate=predicate, lemmas=tuple(lemmas.split()), **fields)


def figure(text: str, exact: str, value: float, *, article: str, day: int = 1, **facets: Any) -> Known:
    """A claim with one counted figure."""
    made = claim(text, quantities=(quantity(text, exact, value, **facets),), frame=frame(lemmas=text.lower()))
    return known(made, article, day=day)


def judged(a: Known, b: Known, *, same: float = 0.95, differ: float = 0.95) -> Scores:
    """What models say that give every question of two claims the same figures."""
    said = QuestionJudgement(same, differ)
    marked = {q.slots: said for q in questions(a, b)}
    return Scores(similarity=0.8, nearness=0.9, between=0, crowd=0, whole=said, marked=marked)


def read_by_slots(a: Known, b: Known, *, same: float = 0.95) -> Scores:
    """The same, but that read together the claims differ where the comparators say that their slots do."""
    differ = 0.95 if any(q.relation in REPORTABLE for q in questions(a, b)) else 0.05
    return replace(judged(a, b, same=same), whole=QuestionJudgement(same, differ))


__all__ = ["claim", "date", "figure", "frame", "judged", "known", "quantity", "read_by_slots", "replace", "time"]
