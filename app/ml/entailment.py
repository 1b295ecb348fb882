"""Does a premise entail or contradict a hypothesis? Figures of the shipped model are in models/entailment/card.md."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.errors import ConfigurationError
from app.domain.values import Entailment
from app.ml.inference import PairClassifier
from app.ml.manifest import Manifest

LABELS = ("entailment", "neutral", "contradiction")


class OnnxEntailment:
    """``ports.EntailmentModel``: a cross-encoder whose three labels may come in any order."""

    def __init__(self, manifest: Manifest, *, threads: int, batch_tokens: int) -> None:
        if sorted(manifest.labels) != sorted(LABELS):
            raise ConfigurationError(f"Model folder {manifest.folder}: the labels must be {', '.join(LABELS)}.")
        self.version = manifest.version
        self._order = [manifest.labels.index(label) for label in LABELS]
        self._classifier = PairClassifier(manifest, threads=threads, batch_tokens=batch_tokens)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Entailment]:
        """Calibrated probabilities for each (premise, hypothesis)."""
        return [Entailment(*row[self._order].tolist()) for row in self._classifier.probabilities(pairs)]

    def warm_up(self) -> None:
        self._classifier.warm_up()
