"""Do two passages answer the same question, and do their answers differ?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import ConfigurationError
from app.domain.ports import Encoder
from app.domain.values import Passage, QuestionJudgement
from app.ml.inference import PairClassifier, softmax
from app.ml.linear import load_linear
from app.ml.manifest import Manifest
from app.ml.pairs import FEATURES, pair_features
from app.ml.passages import passage_text

LABELS = ("same", "agree", "compatible", "discrepancy", "contradiction", "update")
"""Outputs of the head: the logit of "same question", then the relation of the answers if it is."""
_WEIGHTS = ("bias", "cosine", "logit")
_REPORTABLE = [LABELS.index(label) - 1 for label in ("discrepancy", "contradiction", "update")]


class OnnxQuestionModel:
    """``ports.QuestionModel``: the question encoder, which reads each passage alone, and a cross-encoder that reads the
    two together. "Same question" is a logistic regression on the cosine of the first and the logit of the second: each
    sees what the other misses. The manifest's thresholds hold its weights, for whole claims and for marked slots.
    """

    def __init__(self, manifest: Manifest, *, encoder: Encoder, threads: int, batch_tokens: int) -> None:
        """Raises ConfigurationError when the folder's weights were not made for this encoder."""
        if manifest.labels != LABELS:
            raise ConfigurationError(f"Model folder {manifest.folder}: the labels must be {', '.join(LABELS)}.")
        if manifest.encoder != encoder.version:
            raise ConfigurationError(
                f"Model folder {manifest.folder} was made for {manifest.encoder}, but the encoder is {encoder.version}."
            )
        self.version = manifest.version
        self._encoder = encoder
        self._weights = {kind: [manifest.thresholds[f"{kind}_{x}"] for x in _WEIGHTS] for kind in ("whole", "marked")}
        self._classifier = PairClassifier(manifest, threads=threads, batch_tokens=batch_tokens)

    def judge(self, pairs: Sequence[tuple[Passage, Passage]]) -> list[QuestionJudgement]:
        """One judgement for each pair. Each is read in one fixed order: which claim came first must not matter."""
        if not pairs:
            return []
        logits = self._classifier.logits([_ordered(passage_text(one), passage_text(other)) for one, other in pairs])
        features = np.column_stack([np.ones(len(pairs)), self._cosines(pairs), logits[:, 0]])
        is_marked = np.array([one.slot is not None and other.slot is not None for one, other in pairs])
        weights = np.where(is_marked[:, None], self._weights["marked"], self._weights["whole"])
        same = 1 / (1 + np.exp(-(features * weights).sum(axis=1)))
        differ = softmax(logits[:, 1:])[:, _REPORTABLE].sum(axis=1)
        return [QuestionJudgement(*row) for row in zip(same.tolist(), differ.tolist(), strict=True)]

    def _cosines(self, pairs: Sequence[tuple[Passage, Passage]]) -> NDArray[np.float64]:
        """(pairs,): of the vectors of the passages without their contexts, which would only dilute them."""
        sides = [[passage_text(replace(side, context="")) for side in pair] for pair in pairs]
        texts = list(dict.fromkeys(text for pair in sides for text in pair))
        vectors = dict(zip(texts, map(np.array, self._encoder.encode(texts)), strict=True))
        return np.array([vectors[one] @ vectors[other] for one, other in sides])

    def warm_up(self) -> None:
        self._classifier.warm_up()


class FacetQuestionModel:
    """``ports.QuestionModel`` on the question encoder and the words, while there is no trained head."""

    LABELS = ("different", "agree", "differ")

    def __init__(self, manifest: Manifest, *, encoder: Encoder) -> None:
        """Raises ConfigurationError when the folder's weights were not made for this encoder."""
        self.version = manifest.version
        self._encoder = encoder
        self._linear = load_linear(
            manifest, features=len(FEATURES), labels=len(self.LABELS), encoder_version=encoder.version
        )

    def judge(self, pairs: Sequence[tuple[Passage, Passage]]) -> list[QuestionJudgement]:
        """One judgement for each pair, whichever comes first; the contexts are not read."""
        texts = [_ordered(one.text, other.text) for one, other in pairs]
        chances = softmax(self._linear.scores(pair_features(texts, encoder=self._encoder)))
        return [
            QuestionJudgement(same=1 - different, differ=differ / (agree + differ))
            for different, agree, differ in chances.tolist()
        ]


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)
