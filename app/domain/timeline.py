"""Dated claims to timeline entries: one entry for one event, however many articles date it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain import when
from app.domain.values import Known, Relation, TimeRef


@dataclass(frozen=True, slots=True)
class Dating:
    """One claim with one of its resolved times."""

    known: Known
    time: TimeRef

    @property
    def order(self) -> tuple[str, str, int]:
        instant = self.known.published_at or self.known.created_at
        return (instant.isoformat(), self.known.article_id, self.time.start)


@dataclass(frozen=True, slots=True)
class Entry:
    """``datings`` in order of report; the first of the most precise ones gives date and text."""

    edtf: str
    earliest: date
    latest: date
    sort_at: str
    precision: str
    basis: str
    text: str
    datings: tuple[Dating, ...]
    sources: int
    origins: int


def datings(claims: Iterable[Known]) -> list[Dating]:
    """Every resolved time that is bounded on at least one side; undated claims stay out."""
    return [Dating(k, t) for k in claims for t in k.claim.times if t.edtf and (t.earliest or t.latest)]


def are_one_event(a: Dating, b: Dating) -> bool:
    """Given that the claims tell of one event: may these two times be its date?"""
    return when.compare(a.time, b.time) in (Relation.AGREE, Relation.COMPATIBLE)


def entry(group: Sequence[Dating]) -> Entry:
    """The entry for datings of one event; the narrowest date wins, as the vaguer ones contain it."""
    ordered = sorted(group, key=lambda d: d.order)
    lead = min(ordered, key=lambda d: (_width(d.time), ordered.index(d)))
    time = lead.time
    earliest = time.earliest or time.latest
    latest = time.latest or time.earliest
    if earliest is None or latest is None or time.edtf is None:
        raise ValueError("an entry needs a resolved time")
    return Entry(
        edtf=time.edtf,
        earliest=earliest,
        latest=latest,
        sort_at=_sort_at(time.edtf, earliest),
        precision=when.precision(time.edtf),
        basis=str(time.basis),
        text=" ".join(lead.known.claim.exact.split()),
        datings=tuple(ordered),
        sources=len({d.known.source or d.known.article_id for d in ordered}),
        origins=len({d.known.origin or d.known.article_id for d in ordered}),
    )


def _width(time: TimeRef) -> tuple[int, int]:
    """Days the date may fall in; a clock time is narrower than its day, an open end wider than anything."""
    if time.earliest is None or time.latest is None:
        return (1_000_000, 0)
    return ((time.latest - time.earliest).days, 0 if "T" in (time.edtf or "") else 1)


def _sort_at(edtf: str, earliest: date) -> str:
    """ "YYYY-MM-DDTHH:MM": a clock time sorts inside its day, a whole day before its clock times."""
    clock = edtf.split("T", 1)[1][:5] if "T" in edtf.split("/", 1)[0] else "00:00"
    return f"{earliest.isoformat()}T{clock}"
