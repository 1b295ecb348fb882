"""Do two passages answer the same question, and do their answers differ?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import ConfigurationError
from app.domain.ports import Encoder
from app.domain.values import Passage, QuestionJudgement
from app.ml.encoder import OnnxEncoder
from app.ml.inference import PairClassifier, softmax
from app.ml.manifest import Manifest
from app.ml.pair import AGREE, OPPOSED
from app.ml.passages import passage_text

Floats = NDArray[np.float64]
DOUBTED = 0.12
"""Probability of different answers from which on one reading of a pair is not enough."""


class OnnxQuestionModel:
    """``ports.QuestionModel``: the pair model on two passages read together; on marked slots the question encoder
    alone, whose cosines the pair model's manifest turns into probabilities."""

    def __init__(self, model: PairClassifier, manifest: Manifest, *, encoder: OnnxEncoder) -> None:
        """Raises ConfigurationError when the manifest's curves are not of this encoder."""
        if manifest.encoder != encoder.version:
            raise ConfigurationError(
                f"Model folder {manifest.folder}: made with {manifest.encoder}, not with {encoder.version}."
            )
        self.version = model.version
        self._encoder = encoder
        self._marked, self._answers = manifest.marked, manifest.answers
        self._model = model

    def compare(self, pairs: Sequence[tuple[Passage, Passage]]) -> list[QuestionJudgement]:
        """By the question encoder alone: "same" by the cosine of the two questions, "differ" by that of the two
        answers."""
        question, answer = slot_cosines(self._encoder, pairs)
        same, differ = (_logistic(x, *curve) for x, curve in ((question, self._marked), (answer, self._answers)))
        return [QuestionJudgement(*row) for row in zip(same.tolist(), differ.tolist(), strict=True)]

    def judge(self, pairs: Sequence[tuple[Passage, Passage]]) -> list[QuestionJudgement]:
        """One judgement for each pair, whichever claim came first. Each is read in one fixed order, and where its
        answers may differ in the other order too: the mean of two readings errs less than one."""
        ordered = [_ordered(passage_text(one), passage_text(other)) for one, other in pairs]
        scores = self._model.remembered_logits(ordered)
        doubted = np.flatnonzero(softmax(scores)[:, OPPOSED] >= DOUBTED)
        again = self._model.remembered_logits([ordered[n][::-1] for n in doubted])
        scores[doubted] = (scores[doubted] + again) / 2
        odds = softmax(scores)
        same = odds[:, OPPOSED] + odds[:, AGREE]
        return [QuestionJudgement(*row) for row in zip(same.tolist(), (odds[:, OPPOSED] / same).tolist(), strict=True)]


def cosines(encoder: Encoder, pairs: Sequence[tuple[Passage, Passage]]) -> Floats:
    """(pairs,): cosine of the two passages of each pair, slots marked, without their contexts, which would only dilute
    the vectors."""
    sides = _sides(pairs)
    texts = _distinct(sides)
    vectors = dict(zip(texts, map(np.array, encoder.encode(texts)), strict=True))
    return np.array([float(vectors[one] @ vectors[other]) for one, other in sides])


def slot_cosines(encoder: OnnxEncoder, pairs: Sequence[tuple[Passage, Passage]]) -> tuple[Floats, Floats]:
    """(pairs,) twice: cosine of the two passages of each pair, as ``cosines`` has it, and of the two slots in them."""
    sides = _sides(pairs)
    texts = _distinct(sides)
    vectors = {
        text: [vector.astype(np.float64) for vector in found]
        for text, found in zip(texts, encoder.encode_marked(texts), strict=True)
    }
    question, answer = (np.array([float(vectors[x][n] @ vectors[y][n]) for x, y in sides]) for n in (0, 1))
    return question, answer


def _sides(pairs: Sequence[tuple[Passage, Passage]]) -> list[tuple[str, str]]:
    return [(passage_text(replace(x, context="")), passage_text(replace(y, context=""))) for x, y in pairs]


def _distinct(sides: Sequence[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(text for pair in sides for text in pair))


def _logistic(values: Floats, weight: float, shift: float) -> Floats:
    found: Floats = 1 / (1 + np.exp(-weight * values - shift))
    return found


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)
