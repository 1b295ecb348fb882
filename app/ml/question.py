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
from app.ml.manifest import Manifest
from app.ml.passages import passage_text

LABELS = ("same", "agree", "compatible", "discrepancy", "contradiction", "update")
"""Outputs of the head: the logit of "same question", then the relation of the answers if it is."""
_REPORTABLE = [LABELS.index(label) - 1 for label in ("discrepancy", "contradiction", "update")]


class OnnxQuestionModel:
    """``ports.QuestionModel``: a cross-encoder over the two passages. The logit of "same" is its own and, times the
    manifest's ``cosine_weight``, the cosine of the two passages by the question encoder, which reads each alone and
    counts for most of it; how the answers relate is the cross-encoder's word."""

    def __init__(self, manifest: Manifest, *, encoder: Encoder, threads: int, batch_tokens: int) -> None:
        """Raises ConfigurationError when the folder was not calibrated with this encoder."""
        if manifest.labels != LABELS:
            raise ConfigurationError(f"Model folder {manifest.folder}: the labels must be {', '.join(LABELS)}.")
        if manifest.encoder != encoder.version:
            raise ConfigurationError(
                f"Model folder {manifest.folder}: made with {manifest.encoder}, not with {encoder.version}."
            )
        self.version = manifest.version
        self._encoder, self._cosine_weight = encoder, manifest.cosine_weight
        self._classifier = PairClassifier(manifest, threads=threads, batch_tokens=batch_tokens)

    def judge(self, pairs: Sequence[tuple[Passage, Passage]]) -> list[QuestionJudgement]:
        """One judgement for each pair. Each is read in one fixed order: which claim came first must not matter."""
        logits = self._classifier.logits([_ordered(passage_text(one), passage_text(other)) for one, other in pairs])
        same = 1 / (1 + np.exp(-logits[:, 0] - self._cosine_weight * cosines(self._encoder, pairs)))
        differ = softmax(logits[:, 1:])[:, _REPORTABLE].sum(axis=1)
        return [QuestionJudgement(*row) for row in zip(same.tolist(), differ.tolist(), strict=True)]

    def warm_up(self) -> None:
        self._classifier.warm_up()


def cosines(encoder: Encoder, pairs: Sequence[tuple[Passage, Passage]]) -> NDArray[np.float64]:
    """(pairs,): cosine of the two passages of each pair, slots marked, without their contexts, which would only dilute
    the vectors."""
    sides = [[passage_text(replace(passage, context="")) for passage in pair] for pair in pairs]
    texts = list(dict.fromkeys(text for pair in sides for text in pair))
    vectors = dict(zip(texts, map(np.array, encoder.encode(texts)), strict=True))
    return np.array([float(vectors[one] @ vectors[other]) for one, other in sides])


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)
