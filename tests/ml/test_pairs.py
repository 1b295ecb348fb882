from __future__ import annotations

import numpy as np
import pytest

from app.ml.encoder import OnnxEncoder
from app.ml.pairs import FEATURES, pair_features


def _words(encoder: OnnxEncoder, first: str, second: str) -> dict[str, float]:
    row = pair_features([(first, second)], encoder=encoder)[0]
    return dict(zip(FEATURES, row.tolist(), strict=True))


@pytest.mark.parametrize(
    ("first", "second", "feature"),
    [
        ("The bridge was not closed.", "The bridge was closed.", "negated_first_only"),
        ("The bridge was closed.", "The bridge wasn't closed.", "negated_second_only"),
        ("Nobody was hurt.", "No one was not hurt.", "negated_both"),
        ("The road is open.", "The road is closed.", "opposites"),
        ("Twelve were hurt.", "12 were hurt.", "new_number_in_second"),
        ("In all 1,250 fled.", "Police say 1,250 fled.", "numbers_agree"),
        ("The plant may shut.", "The plant shut.", "hedged_first_only"),
        ("The plant shut.", "The plant will shut.", "hedged_second_only"),
    ],
)
def test_words_that_set_a_pair_apart_are_seen(encoder: OnnxEncoder, first: str, second: str, feature: str) -> None:
    assert _words(encoder, first, second)[feature] == 1.0
    assert _words(encoder, "A cat slept.", "A cat slept.")[feature] == 0.0


def test_a_sentence_and_itself_are_one(encoder: OnnxEncoder) -> None:
    found = _words(encoder, "The dam held.", "The dam held.")
    assert found["cosine"] == pytest.approx(1.0, abs=1e-6)
    assert (found["second_in_first"], found["length_ratio"]) == (1.0, 1.0)


def test_no_pairs_make_no_rows_and_empty_texts_make_finite_ones(encoder: OnnxEncoder) -> None:
    assert pair_features([], encoder=encoder).shape == (0, len(FEATURES))
    assert np.isfinite(pair_features([("", ""), ("", "A word.")], encoder=encoder)).all()
