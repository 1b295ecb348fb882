"""Train and measure the check-worthiness weights on ClaimBuster.

    python models/training/train_worthiness.py --data ../shared/data/checkworthiness --out models/worthiness

Run from the project's root with the service's own dependencies; no torch. Features are those of ``app.ml.worthiness``:
the encoder's vector and the facets that the language layer finds in the sentence. The ridge penalty is chosen by
five-fold cross-validation on the training file; the test file is only measured. ``--stories DIR`` measures on annotated
news stories too: the ``checkworthy`` quotes against the ``not_claims``, a quote scored by its best overlapping claim
and 0 where the language layer finds none. Nothing is ever fitted to them. ``--measure`` measures what is in ``--out``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from manifest_files import write_manifest
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from app.domain.values import Claim
from app.language.reader import SpacyReader
from app.ml.encoder import OnnxEncoder
from app.ml.manifest import load_manifest
from app.ml.worthiness import FACETS, FacetWorthiness, worthiness_features

SOURCE = "ClaimBuster sentences (Arslan et al. 2020, CC BY 4.0) on the vectors of the encoder"
PENALTIES = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
FOLDS = 5
BASE_RATE = 0.5
"""Of check-worthy among the claims of an article, as assumed: the training file has one in four, but it holds all
sentences of a debate, and the service scores only what the language layer takes for a claim."""
Matrix = NDArray[np.float64]


def read_claims(path: Path, *, reader: SpacyReader) -> tuple[list[Claim], NDArray[np.float64]]:
    """The first claim the reader finds in each sentence, spanning the sentence, with its label.

    Sentences without a claim are left out: the service never scores them.
    """
    claims, labels = [], []
    for row in json.loads(path.read_text(encoding="utf-8")):
        found = reader.read(row["text"], title=None, published_at=None).claims
        if found:
            claims.append(found[0])
            labels.append(float(row["label"]))
    return claims, np.array(labels)


def fit(features: Matrix, labels: Matrix, *, penalty: float) -> Matrix:
    """Ridge logistic regression by Newton's method; the intercept comes last and is not penalised."""
    rows = np.hstack([features, np.ones((len(features), 1))])
    ridge = np.full(rows.shape[1], penalty)
    ridge[-1] = 0.0
    weights = np.zeros(rows.shape[1])
    for _ in range(30):
        chances = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (labels - chances) - ridge * weights
        hessian = (rows * (chances * (1 - chances))[:, None]).T @ rows + np.diag(ridge + 1e-9)
        step = np.linalg.solve(hessian, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def scores(features: Matrix, weights: Matrix) -> Matrix:
    return 1 / (1 + np.exp(-(features @ weights[:-1] + weights[-1])))


def log_loss(chances: Matrix, labels: Matrix) -> float:
    return float(-np.mean(labels * np.log(chances) + (1 - labels) * np.log(1 - chances)))


def choose_penalty(features: Matrix, labels: Matrix) -> float:
    """The penalty of least held-out log loss over FOLDS folds drawn with a fixed seed."""
    fold = np.random.default_rng(0).integers(FOLDS, size=len(labels))
    losses = {}
    for penalty in PENALTIES:
        parts = []
        for held in range(FOLDS):
            weights = fit(features[fold != held], labels[fold != held], penalty=penalty)
            parts.append(log_loss(scores(features[fold == held], weights), labels[fold == held]))
        losses[penalty] = float(np.mean(parts))
        print(f"penalty {penalty:g}: held-out log loss {losses[penalty]:.4f}")
    return min(losses, key=lambda penalty: losses[penalty])


def average_precision(chances: Matrix, labels: Matrix) -> float:
    ranked = labels[np.argsort(-chances, kind="stable")]
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float((precision * ranked).sum() / ranked.sum())


def roc_auc(chances: Matrix, labels: Matrix) -> float:
    """The chance that a positive outranks a negative, ties counting half."""
    positive, negative = chances[labels == 1], chances[labels == 0]
    above = (positive[:, None] > negative[None, :]).mean() + 0.5 * (positive[:, None] == negative[None, :]).mean()
    return float(above)


def calibration_error(chances: Matrix, labels: Matrix, *, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins."""
    at = np.minimum((chances * bins).astype(int), bins - 1)
    parts = [np.abs(chances[at == b].mean() - labels[at == b].mean()) * (at == b).mean() for b in set(at.tolist())]
    return float(sum(parts))


def report(name: str, chances: Matrix, labels: Matrix) -> None:
    chosen = chances >= 0.5
    hits = float((chosen * labels).sum())
    f1 = 2 * hits / (chosen.sum() + labels.sum())
    print(
        f"{name}: n {len(labels)}, average precision {average_precision(chances, labels):.3f}, F1 at 0.5 {f1:.3f},"
        f" accuracy {(chosen == labels).mean():.3f}, ROC-AUC {roc_auc(chances, labels):.3f},"
        f" calibration error {calibration_error(chances, labels):.3f}"
    )


def measure_stories(folder: Path, *, reader: SpacyReader, model: FacetWorthiness) -> tuple[Matrix, Matrix]:
    """Scores and labels of the annotated quotes of every story in ``folder``."""
    chances: list[float] = []
    labels: list[float] = []
    for path in sorted(folder.glob("*.json")):
        story = json.loads(path.read_text(encoding="utf-8"))
        for article in story["articles"]:
            published = article["published_at"]
            reading = reader.read(
                article["text"],
                title=article["title"],
                published_at=datetime.fromisoformat(published) if published else None,
            )
            scored = list(zip(reading.claims, model.score(reading.claims), strict=True))
            for label, group in ((1.0, "checkworthy"), (0.0, "not_claims")):
                for quote in story.get("claims", {}).get(group, []):
                    if quote["article"] == article["id"]:
                        chances.append(_quote_score(article["text"], quote["quote"], scored))
                        labels.append(label)
    return np.array(chances), np.array(labels)


def _quote_score(text: str, quote: str, scored: Sequence[tuple[Claim, float]]) -> float:
    start = text.index(quote)
    end = start + len(quote)
    return max((score for claim, score in scored if claim.start < end and claim.end > start), default=0.0)


def train(data: Path, out: Path, *, encoder: OnnxEncoder, reader: SpacyReader) -> None:
    """Fit, shift the intercept to BASE_RATE (Saerens et al. 2002) and write the model folder."""
    claims, labels = read_claims(data, reader=reader)
    features = worthiness_features(claims, encoder=encoder)
    weights = fit(features, labels, penalty=choose_penalty(features, labels))
    weights[-1] += log_odds(BASE_RATE) - log_odds(float(labels.mean()))
    for name, weight in sorted(zip(FACETS, weights[encoder.dimensions :], strict=False), key=lambda row: row[1]):
        print(f"  {name} {weight:+.2f}")
    out.mkdir(parents=True, exist_ok=True)
    content = {
        "coefficients": [[round(float(x), 5) for x in weights[:-1]]],
        "intercepts": [round(float(weights[-1]), 5)],
    }
    (out / "weights.json").write_text(json.dumps(content) + "\n", encoding="utf-8")
    fields = {"name": "facet-worthiness", "kind": "facet-worthiness", "licence": "Apache-2.0", "source": SOURCE}
    write_manifest(out, fields=fields | {"encoder": encoder.version}, files=["weights.json"])


def log_odds(rate: float) -> float:
    return float(np.log(rate / (1 - rate)))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, default=Path("models/encoder"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--stories", type=Path)
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    reader = SpacyReader()
    encoder = OnnxEncoder(load_manifest(options.encoder), threads=0, batch_tokens=1024)
    if not options.measure:
        train(options.data / "claimbuster_train.json", options.out, encoder=encoder, reader=reader)
    model = FacetWorthiness(load_manifest(options.out), encoder=encoder)
    tested, truth = read_claims(options.data / "claimbuster_test.json", reader=reader)
    report("ClaimBuster test", np.array(model.score(tested)), truth)
    if options.stories:
        report("stories", *measure_stories(options.stories, reader=reader, model=model))


if __name__ == "__main__":
    main()
