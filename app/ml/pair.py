"""The pair model: one cross-encoder with an output for each thing that is asked of two texts read together."""

from __future__ import annotations

from app.domain.errors import ConfigurationError
from app.ml.inference import PairClassifier
from app.ml.manifest import Manifest

QUESTION = ("same", "agree", "compatible", "discrepancy", "contradiction", "update")
"""The logit of "same question", then the relation of the answers if it is."""
ENTAILMENT = ("entails", "neutral", "contradicts")
LABELS = (*QUESTION, *ENTAILMENT)


def load_pair_model(manifest: Manifest, *, threads: int, batch_tokens: int) -> PairClassifier:
    """Load a verified folder. Raises ConfigurationError when its outputs are not LABELS."""
    if manifest.labels != LABELS:
        raise ConfigurationError(f"Model folder {manifest.folder}: the labels must be {', '.join(LABELS)}.")
    return PairClassifier(manifest, threads=threads, batch_tokens=batch_tokens)
