"""The pair model's task of entailment: its loss, its examples, its accuracy."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import torch
from nli import (
    CONTRADICTION,
    ENTAILMENT,
    LABELS,
    NOT_CONTRADICTION,
    NOT_ENTAILMENT,
    Example,
    training_examples,
)
from torch import Tensor

TUNE_PAIRS = 2000
MAX_WORDS = 80
SPLIT_SEED = 1


def entailment_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy; where a label only excludes one class, of the two others together."""
    odds = logits.log_softmax(dim=1)
    label = labels[:, 0]
    found = odds.gather(1, label.clamp(max=len(LABELS) - 1)[:, None])[:, 0]
    found = torch.where(label == NOT_ENTAILMENT, torch.logsumexp(odds[:, 1:], dim=1), found)
    return -torch.where(label == NOT_CONTRADICTION, torch.logsumexp(odds[:, :2], dim=1), found).mean()


def split(folder: Path) -> tuple[list[Example], list[Example]]:
    """(training, tuning): pairs of some premises are set aside, so that the held-out sample stays unseen; the same ones
    for every run, so that runs can be averaged."""
    examples = [
        item for item in training_examples(folder) if len(item.left.split()) + len(item.right.split()) <= MAX_WORDS
    ]
    premises = sorted({item.left for item in examples})
    random.Random(SPLIT_SEED).shuffle(premises)
    aside = set(premises[:TUNE_PAIRS])
    tuning = [item for item in examples if item.left in aside and item.label[0] != NOT_ENTAILMENT][:TUNE_PAIRS]
    return [item for item in examples if item.left not in aside], tuning


def turned(item: Example) -> Example | None:
    """The pair the other way about, where that says something: what contradicts is contradicted; what is entailed does
    at least not contradict."""
    label = {CONTRADICTION: CONTRADICTION, ENTAILMENT: NOT_CONTRADICTION}.get(item.label[0])
    return None if label is None else replace(item, left=item.right, right=item.left, label=(label,))


def accuracy(logits: Tensor, examples: list[Example]) -> float:
    labels = torch.tensor([item.label[0] for item in examples])
    return float((logits.argmax(dim=1) == labels).float().mean())
