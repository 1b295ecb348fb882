from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ml.families import read_event
from app.ml.metrics import (
    average_precision,
    expected_calibration_error,
    f1_score,
    recall_at_precision,
    retrieval,
    roc_auc,
)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_auc_is_the_chance_that_a_positive_outranks_a_negative(rows: list[tuple[int, bool]]) -> None:
    positives = [score for score, label in rows if label]
    negatives = [score for score, label in rows if not label]
    if positives and negatives:
        wins = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
        found = roc_auc([score for score, _ in rows], [label for _, label in rows])
        assert found == pytest.approx(wins / len(positives) / len(negatives))


@pytest.mark.parametrize(
    ("ratio", "recall"),
    [(None, 0.75), (1.0, 0.75), (10.0, 0.5)],  # one negative lies above the third positive
)
def test_rarer_positives_lower_the_recall_at_a_precision(ratio: float | None, recall: float) -> None:
    scores = [0.9, 0.8, 0.7, 0.6, 0.1, 0.1, 0.1, 0.1]
    labels = [True, True, False, True, True, False, False, False]
    found, threshold = recall_at_precision(scores, labels, precision=0.75, negatives_per_positive=ratio)
    assert found == recall
    assert threshold == {0.75: 0.6, 0.5: 0.8}[recall]


def test_an_unreachable_precision_has_no_recall() -> None:
    assert recall_at_precision([0.1, 0.9], [True, False], precision=0.9, negatives_per_positive=None) == (
        0.0,
        float("inf"),
    )


def test_calibration_error_is_the_gap_between_said_and_seen() -> None:
    said = np.full(10, 0.8)
    assert expected_calibration_error(said, np.array([1.0] * 8 + [0.0] * 2)) == pytest.approx(0.0)
    assert expected_calibration_error(said, np.array([1.0] * 5 + [0.0] * 5)) == pytest.approx(0.3)


def test_vectors_that_tell_questions_apart_are_perfect_at_retrieval(event_file: Path) -> None:
    # Order: three sentences and two near misses of one family, two sentences of the other.
    axes = np.eye(3)
    vectors = axes[[0, 0, 0, 2, 0, 1, 1]]
    figures = retrieval([read_event(event_file)], [vectors])
    assert figures == {"recall@5": 1.0, "recall@10": 1.0, "auc_near": 1.0, "auc_other": 1.0}


def test_average_precision_and_f1_of_a_short_list() -> None:
    assert average_precision([0.9, 0.8, 0.7], [True, False, True]) == pytest.approx((1 + 2 / 3) / 2)
    assert f1_score([True, True, False], [True, False, True]) == pytest.approx(0.5)
    assert f1_score([False], [False]) == 0.0
