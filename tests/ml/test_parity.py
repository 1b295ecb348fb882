"""The shipped cross-encoder against the fp32 checkpoint it was made of (models/training/reference.py)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from app.ml.inference import PairClassifier
from app.ml.manifest import load_manifest
from app.ml.pair import QUESTION

TOLERANCE = 0.15
"""Of a logit: what int8 weights cost. Logits span some 8; decisions are taken on calibrated probabilities."""


def test_the_pair_model_gives_the_logits_of_its_checkpoint_calibrated(models_dir: Path) -> None:
    """Calibration scales and shifts the first output, and divides the others by one temperature each task."""
    rows = json.loads((Path(__file__).parent / "pair_reference.json").read_text(encoding="utf-8"))
    model = PairClassifier(load_manifest(models_dir / "pair"), threads=1, batch_tokens=2048)
    shipped = model.logits([tuple(row["pair"]) for row in rows])
    reference = np.array([row["logits"] for row in rows])
    scale, shift = np.polyfit(reference[:, 0], shipped[:, 0], deg=1)
    assert shipped[:, 0] == pytest.approx(scale * reference[:, 0] + shift, abs=TOLERANCE)
    for outputs in (slice(1, len(QUESTION)), slice(len(QUESTION), None)):
        mine, theirs = shipped[:, outputs].ravel(), reference[:, outputs].ravel()
        assert mine == pytest.approx((mine @ theirs) / (theirs @ theirs) * theirs, abs=TOLERANCE)
