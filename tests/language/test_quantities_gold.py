"""Our own annotated sentences, in the form of FacetBench: floors that no change may break."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.domain.values import Quantity
from app.language.parse import SentenceParser
from app.language.quantities import find_quantities

GOLD = Path(__file__).parent / "gold" / "quantities.json"


def test_the_gold_sentences_are_read_as_annotated() -> None:
    parser, scores = SentenceParser(), Counter[str]()
    for item in json.loads(GOLD.read_text(encoding="utf-8")):
        text = item["text"]
        (parsed,) = parser.parse(text, [(0, len(text))])
        scores += _score(text, item["quantities"], find_quantities(parsed.span, offset=0))
    assert scores["gold"] >= 160
    recall, precision = scores["value"] / scores["gold"], scores["value"] / (scores["found"] + scores["extra"])
    assert 2 * recall * precision / (recall + precision) >= 0.97
    assert scores["qualifier"] / scores["found"] >= 0.97
    assert scores["counted"] / scores["found"] >= 0.93
    assert scores["extra"] <= 2


def _score(text: str, gold: list[dict[str, Any]], found: tuple[Quantity, ...]) -> Counter[str]:
    """Counts of what overlaps an annotation and agrees with it; ``extra`` overlaps none."""
    scores, left, reach = Counter(gold=len(gold)), list(found), 0
    for expected in gold:
        start = text.index(expected["exact"], reach)
        end, reach = start + len(expected["exact"]), start + 1
        hit = next((quantity for quantity in left if quantity.start < end and start < quantity.end), None)
        if hit is None:
            continue
        left.remove(hit)
        named = f"{hit.counted} {hit.role}"
        value = (hit.low, hit.high, hit.unit) == (_close(expected["low"]), _close(expected["high"]), expected["unit"])
        scores["found"] += 1
        scores["value"] += value
        scores["qualifier"] += hit.qualifier == expected["qualifier"]
        scores["counted"] += all(word in named for word in expected["counted"])
    scores["extra"] = len(left)
    return scores


def _close(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=0.006)
