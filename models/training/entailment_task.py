"""Entailment pairs for the pair model."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from nli import LABELS, Example, training_examples

from app.ml.pair import AGREE, APART, OPPOSED

TUNE_PAIRS = 2000
MAX_WORDS = 80
SPLIT_SEED = 1
OUTPUTS = (AGREE, APART, OPPOSED)
"""Of the pair model, in the order of LABELS: entailment, neutral, contradiction."""


def split(folder: Path) -> tuple[list[Example], list[Example]]:
    """(training, tuning), labelled with an index into the pair model's labels. Pairs of some premises are set aside,
    the same ones for every run; two-way sets and the smaller sets, which are easier than any news, are left out."""
    examples = [
        replace(item, label=(OUTPUTS[item.label[0]],))
        for item in training_examples(folder)
        if item.share == 1.0
        and item.label[0] < len(LABELS)
        and len(item.left.split()) + len(item.right.split()) <= MAX_WORDS
    ]
    premises = sorted({item.left for item in examples})
    random.Random(SPLIT_SEED).shuffle(premises)
    aside = set(premises[:TUNE_PAIRS])
    tuning = [item for item in examples if item.left in aside][:TUNE_PAIRS]
    return [item for item in examples if item.left not in aside], tuning
