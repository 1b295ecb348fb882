"""The pair model: one cross-encoder that tells how two texts relate, whoever asks."""

from __future__ import annotations

from app.domain.errors import ConfigurationError
from app.ml.inference import PairClassifier
from app.ml.manifest import Manifest

LABELS = ("opposed", "agree", "apart")
"""Two claims answer one question differently, or alike, or no common one; of a premise and a hypothesis: contradiction,
entailment, neutral."""
OPPOSED, AGREE, APART = range(len(LABELS))


def load_pair_model(manifest: Manifest, *, threads: int, batch_tokens: int) -> PairClassifier:
    """Load a verified folder. Raises ConfigurationError when its outputs are not LABELS."""
    if manifest.labels != LABELS:
        raise ConfigurationError(f"Model folder {manifest.folder}: the labels must be {', '.join(LABELS)}.")
    return PairClassifier(manifest, threads=threads, batch_tokens=batch_tokens)
