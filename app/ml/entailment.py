"""Does a premise entail or contradict a hypothesis? Figures of the shipped model are in models/pair/card.md."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.values import Entailment
from app.ml.inference import PairClassifier, softmax
from app.ml.manifest import Manifest
from app.ml.pair import AGREE, APART, OPPOSED


class OnnxEntailment:
    """``ports.EntailmentModel``: the pair model, on texts without context."""

    def __init__(self, model: PairClassifier, manifest: Manifest) -> None:
        """``manifest`` says how its logits are calibrated on such texts."""
        self.version = model.version
        self._model = model
        self._scale, *self._shifts = manifest.entailment

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Entailment]:
        """Calibrated probabilities for each (premise, hypothesis)."""
        odds = softmax(self._model.remembered_logits(pairs) * self._scale + self._shifts)
        return [Entailment(*row) for row in odds[:, [AGREE, APART, OPPOSED]].tolist()]
