"""Train the pair model: one cross-encoder that says whether two passages answer the same question, how their answers
relate, and whether one text entails or contradicts another.

    python models/training/train_pair_model.py --data ../shared/data/claimpairs/train --nli ../shared/data/nli \
        --prepared prepared.json --out RUN --bf16

``prepared.json`` is what ``prepare_pairs.py`` writes. Each pair of texts has a label for some of the outputs only:
pairs out of the question families for the question and the relation, the entailment sets (and families read as such)
for entailment.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from backbone import PairClassifier, base_checkpoint, load_tokenizer
from entailment_task import accuracy, entailment_loss, split, turned
from family_nli import family_examples
from nli import Example
from pair_training import add_options, fit, predict
from question_task import LABELS as QUESTION_LABELS
from question_task import as_examples, figures, head_loss, held_out_pairs, training_examples
from shipped import shipped_weights
from splits import hold_out
from torch import Tensor

from app.ml.families import read_events
from app.ml.pair import LABELS
from app.ml.question_pairs import UNKNOWN

QUESTION = len(QUESTION_LABELS)
"""Outputs before this one are the question's, the others are entailment's."""
TUNED = 1000
TURNED = 0.3
"""Share of an epoch's entailment pairs that are also shown the other way about."""


def pair_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """The losses of the two tasks, each a mean over its own pairs. ``labels`` are (same, relation, entailment)."""
    loss = logits.sum() * 0.0
    is_question, is_entailment = labels[:, 0] != UNKNOWN, labels[:, 2] != UNKNOWN
    if is_question.any():
        share = is_question.float().mean()
        loss = loss + share * head_loss(logits[is_question, :QUESTION], labels[is_question, :2])
    if is_entailment.any():
        share = is_entailment.float().mean()
        loss = loss + share * entailment_loss(logits[is_entailment, QUESTION:], labels[is_entailment, 2:])
    return loss


def for_question(examples: Sequence[Example]) -> list[Example]:
    return [replace(item, label=(*item.label, UNKNOWN)) for item in examples]


def for_entailment(examples: Sequence[Example]) -> list[Example]:
    return [replace(item, label=(UNKNOWN, UNKNOWN, *item.label)) for item in examples]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser, lr=1e-4, tokens=2400)
    parser.add_argument("--nli", type=Path, required=True, help="folder of the entailment sets")
    parser.add_argument("--prepared", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--measured", type=int, default=1200, help="held-out question pairs per evaluation")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    tokenizer, model = load_tokenizer(), PairClassifier(base_checkpoint(), labels=LABELS, dropout=options.dropout)
    if options.start:
        model.load_state_dict(shipped_weights(options.start, prefix="model."))
    families, tuning_families = hold_out(read_events(options.data))
    prepared = json.loads(options.prepared.read_text(encoding="utf-8"))
    held_out = held_out_pairs(tuning_families, count=options.measured, seed=options.seed)
    entailment, tuning = split(options.nli)
    entailment += family_examples(families, seed=options.seed)
    tuning = tuning[:TUNED]

    def evaluate() -> dict[str, float]:
        found = figures(predict(model, tokenizer, as_examples(held_out))[:, :QUESTION], held_out)
        nli = accuracy(predict(model, tokenizer, tuning)[:, QUESTION:], tuning)
        score = found["auc"] + found["auc_near"] + 2 * found["auc_differ"] + nli
        return {"score": score, "entailment": nli} | found

    def epoch(number: int) -> list[Example]:
        rng = random.Random(options.seed + number)
        questions = training_examples(families, prepared, seed=options.seed + number)
        texts = [item for item in entailment if rng.random() < item.share]
        texts += [other for item in texts if rng.random() < TURNED and (other := turned(item))]
        examples = [*for_question(questions), *for_entailment(texts)]
        rng.shuffle(examples)
        return examples

    epochs = [lambda number=number: epoch(number) for number in range(options.epochs)]
    fit(model, tokenizer, epochs, loss=pair_loss, evaluate=evaluate, options=options)


if __name__ == "__main__":
    main()
