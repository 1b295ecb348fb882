"""News sentences of ten domains, scored as ``bench/language.py`` scores them: every facet above its floor."""

from __future__ import annotations

from pathlib import Path

import pytest
from language import items, score

from app.language.reader import SpacyReader

NEWS = Path(__file__).parent / "gold" / "news"
FLOORS = {
    "quantities_value_f1": 0.93,
    "qualifier_accuracy": 0.93,
    "counted_accuracy": 0.85,
    "times_value_f1": 0.88,
    "holder_accuracy": 0.85,
    "factuality_accuracy": 0.88,
}


@pytest.fixture(scope="module")
def scored(reader: SpacyReader) -> tuple[dict[str, float], list[str]]:
    return score(list(items(NEWS)), reader)


@pytest.mark.parametrize(("facet", "floor"), FLOORS.items())
def test_news_sentences_are_read_above_the_floor_of_each_facet(
    scored: tuple[dict[str, float], list[str]], facet: str, floor: float
) -> None:
    figures, misses = scored
    assert figures["items"] >= 80
    assert figures[facet] >= floor, misses


def test_little_is_taken_for_a_quantity_that_is_none(scored: tuple[dict[str, float], list[str]]) -> None:
    figures, misses = scored
    assert figures["quantities_extra"] <= 5, misses
