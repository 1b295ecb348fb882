from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from app.ml.inference import PairClassifier
from app.ml.manifest import load_manifest
from app.ml.memory import Memory
from app.ml.pair import load_pair_model
from app.settings import Settings

PAIRS = [
    ("The dam holds 40 million cubic metres.", "About 38 million cubic metres are behind the dam."),
    ("Two ferries were turned back on Monday.", "The ferries sailed on Monday."),
    ("Prices rose.", "A spokesman for the ministry said on Friday that prices had fallen by 3 percent since spring."),
]


@pytest.fixture(scope="module")
def pair_model() -> PairClassifier:
    return load_pair_model(load_manifest(Settings().models_dir / "pair"), threads=1, batch_tokens=4096)


def lengths(most: int) -> tuple[Memory[str, int], list[str]]:
    """A memory of the lengths of words, and the words that had to be measured."""
    measured: list[str] = []

    def measure(words: Sequence[str]) -> list[int]:
        measured.extend(words)
        return [len(word) for word in words]

    return Memory(measure, most=most), measured


def test_only_what_is_not_remembered_is_made_and_equal_keys_once() -> None:
    memory, measured = lengths(most=10)
    assert memory.ask(["a", "bb", "a"]) == [1, 2, 1]
    assert memory.ask(["bb", "ccc"]) == [2, 3]
    assert memory.ask([]) == []
    assert measured == ["a", "bb", "ccc"]


def test_what_is_asked_for_again_outlives_what_is_not() -> None:
    memory, measured = lengths(most=2)
    for word in ("kept", "one", "kept", "two", "kept", "three", "kept", "four", "kept"):
        assert memory.ask([word]) == [len(word)]
    assert measured.count("kept") == 1
    memory.ask(["one"])
    assert measured.count("one") == 2


def test_more_than_is_remembered_is_answered_all_the_same() -> None:
    memory, _ = lengths(most=3)
    words = [str(10**n) for n in range(9)]
    assert memory.ask(words) == [len(word) for word in words]


def test_remembered_logits_are_those_of_any_other_batch_bit_for_bit(pair_model: PairClassifier) -> None:
    alone = np.vstack([pair_model.logits([pair]) for pair in PAIRS])
    first = pair_model.remembered_logits(PAIRS[:1])
    again = pair_model.remembered_logits([*PAIRS, PAIRS[0]])
    assert np.array_equal(again, alone[[0, 1, 2, 0]])
    assert np.array_equal(first, again[:1])
    assert pair_model.remembered_logits([]).shape == (0, len(pair_model.labels))
