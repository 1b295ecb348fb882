"""Does a premise entail or contradict a hypothesis? Figures of the shipped model are in models/pair/card.md."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.values import Entailment
from app.ml.inference import PairClassifier, softmax
from app.ml.pair import LABELS, QUESTION


class OnnxEntailment:
    """``ports.EntailmentModel``: the pair model's last three outputs."""

    def __init__(self, model: PairClassifier) -> None:
        self.version = model.version
        self._model = model

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Entailment]:
        """Calibrated probabilities for each (premise, hypothesis)."""
        logits = self._model.remembered_logits(pairs)[:, len(QUESTION) : len(LABELS)]
        return [Entailment(*row) for row in softmax(logits).tolist()]
