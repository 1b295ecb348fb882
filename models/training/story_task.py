"""The pair model's task on pairs of an annotated story: its labels, its loss and its figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from nli import Example
from question_task import NOT_OPPOSED
from torch import Tensor

from app.ml.metrics import average_precision, roc_auc
from app.ml.pair import AGREE, LABELS, OPPOSED

STORY_LABELS = (*LABELS, NOT_OPPOSED)
IS_NOT_OPPOSED = STORY_LABELS.index(NOT_OPPOSED)


def pair_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy; where a label only excludes ``opposed``, of the two others together."""
    odds, label = logits.log_softmax(dim=1), labels[:, 0]
    found = odds.gather(1, label.clamp(max=len(LABELS) - 1)[:, None])[:, 0]
    return -torch.where(label == IS_NOT_OPPOSED, torch.logsumexp(odds[:, OPPOSED + 1 :], dim=1), found).mean()


def story_examples(path: Path) -> list[Example]:
    """Pairs in the form that ``prepare_stories.py`` writes, labelled with an index into STORY_LABELS."""
    stories = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Example(story["texts"][one], story["texts"][two], (STORY_LABELS.index(label),))
        for story in stories
        for label, pairs in story["pairs"].items()
        for one, two in pairs
    ]


def figures(odds: Tensor, examples: Sequence[Example]) -> dict[str, float]:
    """How well ``opposed`` and ``agree`` rank a story's pairs."""
    found: dict[str, float] = {}
    for output in (OPPOSED, AGREE):
        scores, truth = odds[:, output].double().numpy(), [item.label[0] == output for item in examples]
        found[f"ap_{LABELS[output]}"] = average_precision(scores, truth)
        found[f"auc_{LABELS[output]}"] = roc_auc(scores, truth)
    return found
