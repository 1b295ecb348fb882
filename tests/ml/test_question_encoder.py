from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.ml.encoder import OnnxEncoder
from app.ml.manifest import load_manifest

TEXTS = [
    "Twelve cows drowned when the barn flooded, the farmer said.",
    "The flood in the barn killed about 20 animals, according to the vet.",
    "The barn was built in 1911 by the farmer's grandfather.",
    "Water reached the barn at dawn on Friday.",
]
# The fp32 checkpoint's cosines, by torch and transformers; int8 weights move a cosine by 0.03 at most.
COSINES = [
    [1.0000, 0.7165, 0.0659, 0.3114],
    [0.7165, 1.0000, 0.1172, 0.2461],
    [0.0659, 0.1172, 1.0000, 0.0407],
    [0.3114, 0.2461, 0.0407, 1.0000],
]


@pytest.fixture(scope="module")
def question_encoder(models_dir: Path) -> OnnxEncoder:
    return OnnxEncoder(load_manifest(models_dir / "question-encoder"), threads=1, batch_tokens=2048)


def test_cosines_are_those_of_the_trained_checkpoint(question_encoder: OnnxEncoder) -> None:
    vectors = np.array(question_encoder.encode(TEXTS))
    assert np.allclose(vectors @ vectors.T, COSINES, atol=0.04)


def test_two_answers_to_one_question_are_nearer_than_other_facts(
    question_encoder: OnnxEncoder, encoder: OnnxEncoder
) -> None:
    def margin(model: OnnxEncoder) -> float:
        vectors = np.array(model.encode(TEXTS))
        cosines = vectors @ vectors.T
        return float(cosines[0, 1] - max(cosines[0, 2], cosines[0, 3]))

    assert margin(question_encoder) > 0.1
    assert margin(question_encoder) > margin(encoder)
