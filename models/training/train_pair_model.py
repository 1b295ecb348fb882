"""Train the pair model: one cross-encoder that tells whether two claims answer one question differently (``opposed``),
alike (``agree``) or no common one (``apart``).

    python models/training/train_pair_model.py --base BASE --data ../shared/data/claimpairs/train \
        --nli ../shared/data/nli --prepared prepared.json --stories models/training/pairs.jsonl \
        --measured models/training/measured_pairs.jsonl \
        --out RUN --bf16

``BASE`` is what ``unpack_base.py`` writes, ``prepared.json`` what ``prepare_pairs.py`` does; the other two files are
pairs of stories to learn from and of others to be measured on (LABELLING.md). Entailment pairs are asked the same thing
of two texts: what contradicts is opposed, what is entailed agrees.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import replace
from pathlib import Path

import checkpoint
import torch
from backbone import PairClassifier, load_tokenizer
from entailment_task import split
from nli import Example
from pair_training import add_options, fit, predict
from question_task import training_examples
from shipped import shipped_weights
from splits import hold_out
from story_task import figures, pair_loss, story_examples

from app.ml.families import read_events
from app.ml.pair import LABELS

EACH = "pairs of an epoch: of stories, of families, of entailment"


def _either_way(item: Example, rng: random.Random) -> Example:
    return replace(item, left=item.right, right=item.left) if rng.random() < 0.5 else item


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser, lr=4e-5, tokens=2000)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--nli", type=Path, required=True, help="folder of the entailment sets")
    parser.add_argument("--prepared", type=Path, required=True)
    parser.add_argument("--stories", type=Path, required=True)
    parser.add_argument("--measured", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--each", type=int, nargs=3, default=(6000, 3500, 2500), help=EACH)
    parser.add_argument("--start", type=Path, help="shipped model to go on from")
    parser.add_argument("--after", type=Path, help="run whose best weights to go on from")
    parser.add_argument("--frozen", type=int, default=3, help="lower layers that stay as they are")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    tokenizer = load_tokenizer(options.base)
    model = PairClassifier(options.base, labels=LABELS, dropout=0.1, frozen=options.frozen)
    if options.after:
        checkpoint.load_weights(options.after / "best.pt", model)
    if options.start:
        model.load_state_dict(shipped_weights(options.start, prefix="model."))
    families, _ = hold_out(read_events(options.data))
    prepared = json.loads(options.prepared.read_text(encoding="utf-8"))
    stories, measured = story_examples(options.stories), story_examples(options.measured)
    entailment, _ = split(options.nli)

    def evaluate() -> dict[str, float]:
        found = figures(predict(model, tokenizer, measured, bf16=options.bf16).softmax(dim=1), measured)
        return {"score": found["ap_opposed"] + found["ap_agree"]} | found

    def epoch(number: int) -> list[Example]:
        rng = random.Random(options.seed + number)
        questions = training_examples(families, prepared, seed=options.seed + number)
        sources = ([_either_way(item, rng) for item in stories], questions, entailment)
        drawn = [rng.sample(each, min(count, len(each))) for each, count in zip(sources, options.each, strict=True)]
        examples = [item for part in drawn for item in part]
        rng.shuffle(examples)
        return examples

    epochs = [lambda number=number: epoch(number) for number in range(options.epochs)]
    fit(model, tokenizer, epochs, loss=pair_loss, evaluate=evaluate, options=options)


if __name__ == "__main__":
    main()
