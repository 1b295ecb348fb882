"""Train the entailment cross-encoder: does a premise entail or contradict a hypothesis?

    python models/training/train_entailment.py --data ../shared/data/nli --out RUN --bf16 \
        --families ../shared/data/claimpairs/train
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch
from backbone import PairClassifier, base_checkpoint, load_tokenizer
from family_nli import family_examples
from nli import LABELS, NOT_CONTRADICTION, NOT_ENTAILMENT, Example, training_examples
from pair_training import add_options, fit, predict
from splits import hold_out
from torch import Tensor

from app.ml.families import read_events

TUNE_PAIRS = 2000
MAX_WORDS = 80


def entailment_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy; where a label only excludes one class, of the two others together."""
    odds = logits.log_softmax(dim=1)
    label = labels[:, 0]
    found = odds.gather(1, label.clamp(max=len(LABELS) - 1)[:, None])[:, 0]
    found = torch.where(label == NOT_ENTAILMENT, torch.logsumexp(odds[:, 1:], dim=1), found)
    return -torch.where(label == NOT_CONTRADICTION, torch.logsumexp(odds[:, :2], dim=1), found).mean()


def split(folder: Path, *, seed: int) -> tuple[list[Example], list[Example]]:
    """(training, tuning): pairs of some premises are set aside, so that the held-out sample stays unseen."""
    examples = [
        item for item in training_examples(folder) if len(item.left.split()) + len(item.right.split()) <= MAX_WORDS
    ]
    premises = sorted({item.left for item in examples})
    random.Random(seed).shuffle(premises)
    aside = set(premises[:TUNE_PAIRS])
    tuning = [item for item in examples if item.left in aside and item.label[0] != NOT_ENTAILMENT][:TUNE_PAIRS]
    return [item for item in examples if item.left not in aside], tuning


def accuracy(logits: Tensor, examples: list[Example]) -> float:
    labels = torch.tensor([item.label[0] for item in examples])
    return float((logits.argmax(dim=1) == labels).float().mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser, lr=1e-4, tokens=2000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--families", type=Path, help="question families to mix in")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    tokenizer, model = load_tokenizer(), PairClassifier(base_checkpoint(), labels=LABELS)
    if options.start:
        model.start_from(options.start)
    training, tuning = split(options.data, seed=options.seed)
    if options.families:
        training += family_examples(hold_out(read_events(options.families))[0], seed=options.seed)

    def evaluate() -> dict[str, float]:
        return {"score": accuracy(predict(model, tokenizer, tuning), tuning)}

    fit(
        model,
        tokenizer,
        [lambda: training] * options.epochs,
        loss=entailment_loss,
        evaluate=evaluate,
        options=options,
    )


if __name__ == "__main__":
    main()
