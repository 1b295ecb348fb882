"""The shipped cross-encoder against the fp32 checkpoint it was made of (models/training/reference.py)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from app.ml.inference import PairClassifier
from app.ml.manifest import load_manifest

TOLERANCE = 0.15
"""Of a logit: what int8 weights and activations cost. Logits span some 8; decisions are taken on probabilities."""


def test_the_pair_model_gives_the_logits_of_its_checkpoint_calibrated(models_dir: Path) -> None:
    """Calibration multiplies all logits by one scale and shifts each output."""
    rows = json.loads((Path(__file__).parent / "pair_reference.json").read_text(encoding="utf-8"))
    model = PairClassifier(load_manifest(models_dir / "pair"), threads=1, batch_tokens=2048)
    shipped = model.logits([tuple(row["pair"]) for row in rows])
    reference = np.array([row["logits"] for row in rows])
    moved, moved_reference = (values - values.mean(axis=0) for values in (shipped, reference))
    scale = (moved * moved_reference).sum() / (moved_reference**2).sum()
    assert 0.3 < scale < 3
    assert moved == pytest.approx(scale * moved_reference, abs=TOLERANCE)
