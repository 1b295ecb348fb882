"""The shipped cross-encoders against the fp32 checkpoints they were made of (models/training/reference.py)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from app.ml.inference import PairClassifier
from app.ml.manifest import load_manifest

TOLERANCE = 0.15
"""Of a logit: what int8 weights cost. Logits span some 8; decisions are taken on calibrated probabilities."""


def _logits(models_dir: Path, folder: str) -> tuple[np.ndarray, np.ndarray]:
    rows = json.loads((Path(__file__).parent / f"{folder}_reference.json").read_text(encoding="utf-8"))
    model = PairClassifier(load_manifest(models_dir / folder), threads=1, batch_tokens=2048)
    return model.logits([tuple(row["pair"]) for row in rows]), np.array([row["logits"] for row in rows])


def test_entailment_gives_the_logits_of_its_checkpoint(models_dir: Path) -> None:
    shipped, reference = _logits(models_dir, "entailment")
    assert shipped == pytest.approx(reference, abs=TOLERANCE)


def test_the_question_head_gives_the_logits_of_its_checkpoint_calibrated(models_dir: Path) -> None:
    shipped, reference = _logits(models_dir, "question-head")
    scale, shift = np.polyfit(reference[:, 0], shipped[:, 0], deg=1)
    assert shipped[:, 0] == pytest.approx(scale * reference[:, 0] + shift, abs=TOLERANCE)
    assert shipped[:, 1:] * 1.0955 == pytest.approx(reference[:, 1:], abs=TOLERANCE)
