"""The tables of the model cards, measured on the models as shipped and through the service's own runtime.

    python models/training/evaluate.py encoder --data ../shared/data/claimpairs/test
    python models/training/evaluate.py question --data ../shared/data/claimpairs/test
    python models/training/evaluate.py entailment --data ../shared/data/nli

Run in the service's environment, from the project's root. ``--models`` is the folder of model folders.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from claimpairs import Event, read_events
from metrics import Floats, expected_calibration_error, recall_at_precision, retrieval, roc_auc
from nli import NOT_ENTAILMENT, measured_sets
from pairs import RELATIONS, REPORTABLE, UNKNOWN, Pair, measured_pairs
from passages import SEPARATOR

from app.domain.values import Passage
from app.ml.encoder import OnnxEncoder
from app.ml.manifest import load_manifest
from app.ml.runtime import load_models

THREADS, BATCH_TOKENS = 2, 2048
RATIOS = (1, 4, 10)


def encoder(folder: Path) -> OnnxEncoder:
    return OnnxEncoder(load_manifest(folder), threads=THREADS, batch_tokens=BATCH_TOKENS)


def measure_encoder(options: argparse.Namespace) -> None:
    events = read_events(options.data)
    print("| encoder | reads | recall@5 | recall@10 | ROC-AUC near misses | ROC-AUC other families |")
    print("|---" * 6 + "|")
    for name in ("encoder", "question-encoder"):
        if (options.models / name).exists():
            model = encoder(options.models / name)
            for reads, with_context in (("the sentence", False), ("the sentence before, too", True)):
                vectors = [_vectors(model, _texts(event, with_context=with_context)) for event in events]
                figures = " | ".join(f"{value:.3f}" for value in retrieval(events, vectors).values())
                print(f"| {name} | {reads} | {figures} |", flush=True)


def _texts(event: Event, *, with_context: bool) -> list[str]:
    return [
        f"{sentence.context} {sentence.text}".strip() if with_context else sentence.text
        for family in event.families
        for sentence in (*family.sentences, *family.near_misses)
    ]


def _vectors(model: OnnxEncoder, texts: Sequence[str]) -> Floats:
    return np.array(model.encode(texts), dtype=float)


def measure_question(options: argparse.Namespace) -> None:
    events = read_events(options.data)
    pairs = measured_pairs(events)
    model = load_models(options.models, threads=THREADS, batch_tokens=BATCH_TOKENS).question
    started = time.monotonic()
    judged = model.judge([(_passage(pair.left), _passage(pair.right)) for pair in pairs])
    print(f"{model.version}: {len(pairs)} pairs, {len(pairs) / (time.monotonic() - started):.0f} a second\n")
    scores = {"question-head": np.array([judgement.same for judgement in judged])}
    for name in ("question-encoder", "encoder"):
        if (options.models / name).exists():
            scores[f"{name} cosine"] = _cosines(encoder(options.models / name), pairs)
    _same_table(scores, pairs)
    same = np.array([pair.same for pair in pairs], dtype=float)
    error = expected_calibration_error(scores["question-head"], same)
    print(f"\nexpected calibration error of same, pairs as they come: {error:.3f}")
    _relation_table(np.array([judgement.differ for judgement in judged]), pairs)


def _passage(text: str) -> Passage:
    context, _, sentence = text.rpartition(SEPARATOR)
    return Passage(text=sentence, context=context, title=None, published=None)


def _cosines(model: OnnxEncoder, pairs: Sequence[Pair]) -> Floats:
    """Cosine of the two sentences of each pair, without their contexts."""
    sides = [(_passage(pair.left).text, _passage(pair.right).text) for pair in pairs]
    texts = sorted({text for side in sides for text in side})
    row = dict(zip(texts, _vectors(model, texts), strict=True))
    return np.array([row[left] @ row[right] for left, right in sides])


def _same_table(scores: dict[str, Floats], pairs: Sequence[Pair]) -> None:
    truth = [pair.same for pair in pairs]
    columns = [f"recall at P {p:.2f}, 1:{ratio}" for ratio in RATIOS for p in (0.90, 0.95)]
    print("| same question | AUC | AUC near misses | AUC other | " + " | ".join(columns) + " |")
    print("|---" * (4 + len(columns)) + "|")
    for name, values in scores.items():
        cells = [roc_auc(values, truth)]
        for kind in ("near", "other"):
            chosen = [index for index, pair in enumerate(pairs) if pair.kind in ("same", kind)]
            cells.append(roc_auc(values[chosen], [truth[index] for index in chosen]))
        cells += [
            recall_at_precision(values, truth, precision=precision, negatives_per_positive=ratio)[0]
            for ratio in RATIOS
            for precision in (0.90, 0.95)
        ]
        print(f"| {name} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |")


def _relation_table(differ: Floats, pairs: Sequence[Pair]) -> None:
    """How well the probability that the answers differ tells reportable relations from the others."""
    known = np.array([index for index, pair in enumerate(pairs) if pair.relation != UNKNOWN])
    relation = np.array([RELATIONS[pairs[index].relation] for index in known])
    slots = np.array([pairs[index].slot for index in known])
    reportable = np.isin(relation, sorted(REPORTABLE))
    print("\n| relation, given the same question | pairs | called reportable |\n|---|---|---|")
    for name in RELATIONS:
        own = relation == name
        print(f"| {name} | {own.sum()} | {(differ[known][own] > 0.5).mean():.3f} |")
    print("\n| slot | AUC reportable against not |\n|---|---|")
    for slot in ("all", *sorted(set(slots))):
        own = (slots == slot) | (slot == "all")
        print(f"| {slot} | {roc_auc(differ[known][own], reportable[own].tolist()):.3f} |")


def measure_entailment(options: argparse.Namespace) -> None:
    """Accuracy (of entailment against the rest where a set has two labels), calibration, and how many of 1,000 pairs
    that are no contradiction are called one."""
    model = load_models(options.models, threads=THREADS, batch_tokens=BATCH_TOKENS).entailment
    print("| set | pairs | accuracy | calibration error | false contradictions per 1,000 |\n|---|---|---|---|---|")
    for name, examples in measured_sets(options.data).items():
        judged = model.judge([(item.left, item.right) for item in examples])
        odds = np.array([(each.entailment, each.neutral, each.contradiction) for each in judged])
        labels = np.array([item.label[0] for item in examples])
        found = odds.argmax(axis=1)
        right = np.where(labels == NOT_ENTAILMENT, found != 0, found == labels)
        error = expected_calibration_error(odds.max(axis=1), right.astype(float))
        innocent = found[(labels == 0) | (labels == 1)]
        false = f"{1000 * (innocent == 2).mean():.1f}" if len(innocent) else "-"
        print(f"| {name} | {len(examples)} | {right.mean():.3f} | {error:.3f} | {false} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("encoder", "question", "entailment"))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path(__file__).resolve().parent.parent)
    options = parser.parse_args()
    {"encoder": measure_encoder, "question": measure_question, "entailment": measure_entailment}[options.what](options)


if __name__ == "__main__":
    main()
