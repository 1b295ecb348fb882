"""Figures of the model cards, from scores and labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.ml.families import Event

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def roc_auc(scores: Sequence[float] | Floats, labels: Sequence[bool]) -> float:
    """Area under the ROC curve: the chance that a positive outranks a negative, ties half (Fawcett 2006); nan when
    there is only one of the two."""
    values, truth = np.asarray(scores, dtype=float), np.asarray(labels, dtype=bool)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        return float("nan")
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def recall_at_precision(
    scores: Sequence[float] | Floats, labels: Sequence[bool], *, precision: float, negatives_per_positive: float | None
) -> tuple[float, float]:
    """(recall, threshold) of the lowest threshold that holds the precision, negatives weighted to the base rate
    (None: as they come). (0, inf) when none does."""
    values, truth = np.asarray(scores, dtype=float), np.asarray(labels, dtype=bool)
    order = np.argsort(-values, kind="stable")
    values, truth = values[order], truth[order]
    weight = 1.0 if negatives_per_positive is None else negatives_per_positive * truth.sum() / (~truth).sum()
    hits, misses = np.cumsum(truth), np.cumsum(~truth) * weight
    last_of_tie = np.append(values[1:] != values[:-1], True)
    fine = (hits / (hits + misses) >= precision) & last_of_tie
    if not fine.any():
        return 0.0, float("inf")
    cut = int(np.flatnonzero(fine)[-1])
    return float(hits[cut] / truth.sum()), float(values[cut])


def expected_calibration_error(probabilities: Floats, correct: Floats, *, bins: int = 15) -> float:
    """Mean gap between stated and observed probability over equal-width bins (Guo et al. 2017)."""
    index = np.minimum((probabilities * bins).astype(int), bins - 1)
    gaps = [
        abs(probabilities[index == b].mean() - correct[index == b].mean()) * (index == b).mean()
        for b in range(bins)
        if (index == b).any()
    ]
    return float(sum(gaps))


def average_precision(scores: Sequence[float] | Floats, labels: Sequence[bool]) -> float:
    """Mean of the precision at each positive, best score first."""
    truth = np.asarray(labels, dtype=float)[np.argsort(-np.asarray(scores, dtype=float), kind="stable")]
    precision = np.cumsum(truth) / np.arange(1, len(truth) + 1)
    return float((precision * truth).sum() / truth.sum())


def f1_score(chosen: Sequence[bool] | Bools, labels: Sequence[bool] | Bools) -> float:
    """Harmonic mean of precision and recall of what was chosen; 0 when nothing was, or nothing should have been."""
    picked, truth = np.asarray(chosen, dtype=bool), np.asarray(labels, dtype=bool)
    total = int(picked.sum() + truth.sum())
    return 2 * int((picked & truth).sum()) / total if total else 0.0


def retrieval(events: Sequence[Event], vectors: Sequence[Floats]) -> dict[str, float]:
    """How well vectors rank same-question sentences of their event first.

    ``vectors[i]`` has a row for each sentence of ``events[i]``: family by family, its positions' sentences and then
    its near misses. recall@k is, over all sentences of positions, the share of the same family's other sentences
    (at most k of them count) among the k nearest of the event; near misses compete, except those that state a position
    in another form: whether they are found is no matter.
    """
    recalls: dict[int, list[float]] = {5: [], 10: []}
    same: list[float] = []
    near: list[float] = []
    other: list[float] = []
    for event, matrix in zip(events, vectors, strict=True):
        family, kind = layout(event)
        cosine = matrix @ matrix.T
        anchors = np.flatnonzero(kind == 0)
        for anchor in anchors:
            mates = (family == family[anchor]) & (kind == 0)
            mates[anchor] = False
            order = np.argsort(-cosine[anchor], kind="stable")
            ranked = order[(order != anchor) & (kind[order] != 2)]
            for k, values in recalls.items():
                values.append(mates[ranked[:k]].sum() / min(k, mates.sum()))
            near.extend(cosine[anchor][(family == family[anchor]) & (kind == 1)])
            other.extend(cosine[anchor][(family != family[anchor]) & (kind == 0)])
            same.extend(cosine[anchor][np.flatnonzero(mates)])
    truth = [True] * len(same)
    return {
        "recall@5": float(np.mean(recalls[5])),
        "recall@10": float(np.mean(recalls[10])),
        "auc_near": roc_auc(same + near, truth + [False] * len(near)),
        "auc_other": roc_auc(same + other, truth + [False] * len(other)),
    }


def layout(event: Event) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(family index, kind) of each sentence in the order ``retrieval`` wants; kind: 0 a position's sentence,
    1 a near miss on another question, 2 a near miss that states a position in another form."""
    family: list[int] = []
    kind: list[int] = []
    for index, item in enumerate(event.families):
        family += [index] * (len(item.sentences) + len(item.near_misses))
        kind += [0] * len(item.sentences) + [2 if near.is_same_question else 1 for near in item.near_misses]
    return np.array(family), np.array(kind)
