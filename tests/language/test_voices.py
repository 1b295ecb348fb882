"""Our own gold sentences: who asserts the main proposition, and how surely."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

GOLD = Path(__file__).parent / "gold"
FLOORS = {  # shares of holders, of factuality
    "holders.json": (0.95, 0.97),
    "factuality.json": (0.97, 0.97),
    "voices.json": (0.95, 0.95),
}


@pytest.mark.parametrize("name", FLOORS)
def test_gold_sentences_are_read_right(reader, name):
    items = json.loads((GOLD / name).read_text(encoding="utf-8"))
    assert len(items) >= 40
    right: Counter[str] = Counter()
    misses = []
    for item in items:
        published = datetime.fromisoformat(item["published_at"]).replace(tzinfo=UTC) if item["published_at"] else None
        claims = reader.read(item["text"], title=None, published_at=published).claims
        main = max(claims, key=lambda c: c.end - c.start)
        holder = main.holder.name.lower() if main.holder else ""
        is_held = not holder if item["holder"] is None else item["holder"].split()[-1].lower() in holder
        right["holder"] += is_held
        right["factuality"] += main.factuality == item["factuality"]
        if not is_held or main.factuality != item["factuality"]:
            misses.append((item["id"], holder, main.factuality.value))
    holders, factuality = FLOORS[name]
    assert right["holder"] >= holders * len(items), misses
    assert right["factuality"] >= factuality * len(items), misses
