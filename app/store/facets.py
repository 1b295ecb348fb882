"""Claims to JSON and back: what ``ClaimRow.facets`` holds. Keys are the names of the fields of ``domain.values``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from app.domain import values as v


def to_json(claim: v.Claim) -> dict[str, Any]:
    """All of a claim as plain JSON values; enums are strings already, dates become ISO strings."""
    return {key: _plain(value) for key, value in asdict(claim).items()}


def from_json(facets: dict[str, Any]) -> v.Claim:
    """The inverse of ``to_json``: ``from_json(to_json(claim)) == claim``."""
    frame = facets["frame"]
    return v.Claim(
        **{key: facets[key] for key in ("start", "end", "exact", "context", "check_worthiness")},
        kind=v.ClaimKind(facets["kind"]),
        factuality=v.Factuality(facets["factuality"]),
        holder=v.Holder(**facets["holder"]) if facets["holder"] else None,
        quantities=tuple(_quantity(q) for q in facets["quantities"]),
        times=tuple(_time(t) for t in facets["times"]),
        entities=tuple(v.Entity(**e) for e in facets["entities"]),
        frame=v.Frame(
            **{
                **frame,
                "lemmas": tuple(frame["lemmas"]),
                "slots": tuple(v.Slot(**{**s, "kind": v.ConflictKind(s["kind"])}) for s in frame["slots"]),
            }
        ),
    )


def time_to_json(time: v.TimeRef) -> dict[str, Any]:
    return {key: _plain(value) for key, value in asdict(time).items()}


def _quantity(q: dict[str, Any]) -> v.Quantity:
    base = v.BaseMeasure(**q["base"]) if q["base"] else None
    return v.Quantity(**{**q, "qualifier": v.Qualifier(q["qualifier"]), "base": base})


def _time(t: dict[str, Any]) -> v.TimeRef:
    days = {key: date.fromisoformat(t[key]) if t[key] else None for key in ("earliest", "latest")}
    return v.TimeRef(**{**t, **days, "basis": v.Basis(t["basis"])})


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
