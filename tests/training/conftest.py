"""The training scripts import each other as top-level modules; only those without torch are tested here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).resolve().parents[2] / folder) for folder in ("models/training", "bench")]


@pytest.fixture
def event_file(tmp_path: Path) -> Path:
    """One invented event in the format of the question families."""
    path = tmp_path / "a_barn.json"
    path.write_text(EVENT, encoding="utf-8")
    return path


EVENT = """{"event": "Barn floods at Lower Wick", "date": "2025-02-07", "families": [
 {"question": "How many cows drowned?", "slot": "quantity", "positions": [
   {"answer": "12", "sentences": [
     {"text": "Twelve cows drowned in the barn.", "span": "Twelve", "context": null, "holder": null,
      "factuality": "asserted", "published": "2025-02-07"},
     {"text": "The farmer lost 12 cows.", "span": "12", "context": "The barn stood open.", "holder": null,
      "factuality": "asserted", "published": "2025-02-07"}]},
   {"answer": "20", "sentences": [
     {"text": "Some 20 animals died, the vet said.", "span": "20", "context": null, "holder": "the vet",
      "factuality": "asserted", "published": "2025-02-08"}]}],
  "relations": [[1, 0, "contradiction"]],
  "near_misses": [
   {"text": "The barn holds 60 cows.", "context": null, "reason": "different_scope"},
   {"text": "A dozen cows were lost.", "context": null, "reason": "unit_or_rounding"}]},
 {"question": "When did the water come?", "slot": "date", "positions": [
   {"answer": "dawn", "sentences": [
     {"text": "The water came at dawn.", "span": "dawn", "context": null, "holder": null,
      "factuality": "asserted", "published": "2025-02-07"}]},
   {"answer": "midnight", "sentences": [
     {"text": "By midnight it stood knee-deep.", "span": "midnight", "context": "Then the water came.",
      "holder": null, "factuality": "asserted", "published": "2025-02-07"}]}],
  "relations": [[0, 1, "discrepancy"]], "near_misses": []}]}
"""
