"""Train the linear pair models: entailment on MultiNLI, same question on question families.

    python models/training/train_facets.py entailment --data ../shared/data/nli --out models/entailment
    python models/training/train_facets.py question --data ../shared/data/claimpairs --out models/question-head \
        --encoder models/question-encoder

Run from the project's root with the service's own dependencies; no torch. Features are those of ``app.ml.pairs``.
The ridge penalty is chosen on a tenth of the training pairs held out (for families: the events held out); test files
are only measured.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from claimpairs import Event, hold_out, read_events
from manifest_files import write_manifest
from numpy.typing import NDArray
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from app.ml import entailment, question
from app.ml.encoder import OnnxEncoder
from app.ml.inference import softmax
from app.ml.manifest import load_manifest
from app.ml.pairs import FEATURES, pair_features

PENALTIES = (1.0, 10.0, 100.0)
REPORTABLE = frozenset({"discrepancy", "contradiction", "update"})
Matrix = NDArray[np.float64]
Pairs = list[tuple[str, str, int]]
"""(first, second, index of the label)"""


def read_nli(path: Path) -> Pairs:
    """MultiNLI samples as tab-separated sentence1, sentence2, label."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(r["sentence1"], r["sentence2"], entailment.LABELS.index(r["label"])) for r in rows]


def family_pairs(events: Sequence[Event], *, seed: int, per_family: int = 8) -> Pairs:
    """Pairs of a family's sentences (agree, differ), and twice as many of different questions: half near misses, half
    sentences of the event's other families."""
    draw = random.Random(seed)
    labels = question.FacetQuestionModel.LABELS
    pairs: Pairs = []
    for event in events:
        for family in event.families:
            same = [s for s in family.sentences if s.position is not None]
            near = [s for s in family.near_misses if not s.is_same_question]
            far = [s for other in event.families if other is not family for s in other.sentences]
            for _ in range(per_family):
                one, other = draw.sample(same, 2)
                relation = family.relation(one.position, other.position)
                pairs.append((one.text, other.text, labels.index("differ" if relation in REPORTABLE else "agree")))
                pairs += [(draw.choice(same).text, draw.choice(pool).text, 0) for pool in (near, far) if pool]
    return pairs


def fit(features: Matrix, labels: Matrix, *, classes: int, penalty: float) -> tuple[Matrix, Matrix]:
    """Multinomial ridge regression: coefficients (classes, features) and intercepts (classes,)."""
    target = np.eye(classes)[labels]
    width = features.shape[1]

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights, intercepts = flat[: classes * width].reshape(classes, width), flat[classes * width :]
        chances = softmax(features @ weights.T + intercepts)
        error = chances - target
        gradient = np.concatenate([(error.T @ features + penalty * weights).ravel(), error.sum(axis=0)])
        cost = -np.log(chances[np.arange(len(labels)), labels] + 1e-12).sum() + penalty / 2 * (weights**2).sum()
        return float(cost), gradient

    found = minimize(loss, np.zeros(classes * (width + 1)), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return found[: classes * width].reshape(classes, width), found[classes * width :]


def report(name: str, chances: Matrix, labels: Matrix, *, names: Sequence[str]) -> float:
    """Print accuracy, log loss and each label's recall; return the log loss."""
    right = chances.argmax(axis=1) == labels
    loss = float(-np.log(chances[np.arange(len(labels)), labels] + 1e-12).mean())
    recalls = ", ".join(f"{label} {right[labels == i].mean():.3f}" for i, label in enumerate(names))
    print(f"{name}: n {len(labels)}, accuracy {right.mean():.3f}, log loss {loss:.4f}; recall of {recalls}")
    confidence = chances.max(axis=1)
    at = np.minimum((confidence * 10).astype(int), 9)
    gaps = [abs(confidence[at == b].mean() - right[at == b].mean()) * (at == b).mean() for b in set(at.tolist())]
    print(f"  calibration error {sum(gaps):.3f}")
    return loss


def roc_auc(scores: Matrix, positive: Matrix) -> float:
    order = np.argsort(np.argsort(scores, kind="stable")) + 1.0
    count = positive.sum()
    return float((order[positive].sum() - count * (count + 1) / 2) / (count * (len(scores) - count)))


def read_task(task: str, data: Path, *, limit: int) -> tuple[Pairs, Pairs, Pairs]:
    """(training, tuning, test) pairs."""
    if task == "entailment":
        held = read_nli(data / "mnli_heldout_5k.tsv")
        premises = {" ".join(premise.lower().split()) for premise, _, _ in held}
        rows = [
            row for row in read_nli(data / "mnli_train_20k.tsv") if " ".join(row[0].lower().split()) not in premises
        ]
        random.Random(0).shuffle(rows)
        rows = rows[:limit]
        return rows[len(rows) // 10 :], rows[: len(rows) // 10], held
    train, tune = hold_out(read_events(data / "train"))
    random.Random(0).shuffle(train)
    return (
        family_pairs(train[:limit], seed=1),
        family_pairs(tune, seed=2),
        family_pairs(read_events(data / "test"), seed=3),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("task", choices=("entailment", "question"))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, default=Path("models/encoder"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=20_000, help="training pairs, or events of families")
    options = parser.parse_args()
    encoder = OnnxEncoder(load_manifest(options.encoder), threads=0, batch_tokens=1024)
    names = entailment.LABELS if options.task == "entailment" else question.FacetQuestionModel.LABELS
    sets = [
        (pair_features([row[:2] for row in rows], encoder=encoder), np.array([row[2] for row in rows]))
        for rows in read_task(options.task, options.data, limit=options.limit)
    ]
    (train, truth), (tune, tune_truth), (test, test_truth) = sets
    print("training pairs by label:", Counter(names[i] for i in truth))
    fitted = {penalty: fit(train, truth, classes=len(names), penalty=penalty) for penalty in PENALTIES}
    losses = {
        penalty: report(f"penalty {penalty:g}, held out", softmax(tune @ w.T + b), tune_truth, names=names)
        for penalty, (w, b) in fitted.items()
    }
    weights, intercepts = fitted[min(losses, key=lambda penalty: losses[penalty])]
    chances = softmax(test @ weights.T + intercepts)
    report("test", chances, test_truth, names=names)
    if options.task == "question":
        cosine = test[:, FEATURES.index("cosine")]
        print(f"same question, ROC-AUC {roc_auc(1 - chances[:, 0], test_truth > 0):.3f},", end=" ")
        print(f"of the cosine alone {roc_auc(cosine, test_truth > 0):.3f}")
    write(options.out, options.task, weights, intercepts, encoder_version=encoder.version)


def write(out: Path, task: str, weights: Matrix, intercepts: Matrix, *, encoder_version: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    content = {"coefficients": np.round(weights, 5).tolist(), "intercepts": np.round(intercepts, 5).tolist()}
    (out / "weights.json").write_text(json.dumps(content) + "\n", encoding="utf-8")
    data = "MultiNLI (Williams et al. 2018)" if task == "entailment" else "question families written for the project"
    fields = {"name": f"facet-{task}", "kind": f"facet-{task}", "licence": "Apache-2.0", "encoder": encoder_version}
    write_manifest(out, fields=fields | {"source": f"{data}, on the vectors of the encoder"}, files=["weights.json"])


if __name__ == "__main__":
    main()
