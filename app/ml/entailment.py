"""Does a premise entail or contradict a hypothesis? Figures of the shipped model are in models/entailment/card.md."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.errors import ConfigurationError
from app.domain.ports import Encoder
from app.domain.values import Entailment
from app.ml.inference import PairClassifier, softmax
from app.ml.linear import load_linear
from app.ml.manifest import Manifest
from app.ml.pairs import FEATURES, pair_features

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


class FacetEntailment:
    """``ports.EntailmentModel``: multinomial regression on the cosine and the words of a pair."""

    def __init__(self, manifest: Manifest, *, encoder: Encoder) -> None:
        """Raises ConfigurationError when the folder's weights were not made for this encoder."""
        self.version = manifest.version
        self._encoder = encoder
        self._linear = load_linear(
            manifest, features=len(FEATURES), labels=len(LABELS), encoder_version=encoder.version
        )

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Entailment]:
        """Probabilities for each (premise, hypothesis)."""
        scores = self._linear.scores(pair_features(pairs, encoder=self._encoder))
        return [Entailment(*row.tolist()) for row in softmax(scores)]
