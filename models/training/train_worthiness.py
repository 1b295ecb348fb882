"""Train and measure the check-worthiness weights on ClaimBuster; ``adapt_worthiness.py`` then fits them to news copy.

    python models/training/train_worthiness.py --data ../shared/data/checkworthiness --out build/claimbuster

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
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from manifest_files import write_manifest
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from app.domain.values import Claim
from app.language.reader import SpacyReader
from app.ml.encoder import OnnxEncoder
from app.ml.manifest import load_manifest
from app.ml.metrics import average_precision, expected_calibration_error, f1_score, roc_auc
from app.ml.worthiness import FACETS, FacetWorthiness, worthiness_features

SOURCE = "ClaimBuster sentences (Arslan et al. 2020, CC BY 4.0) on the vectors of the encoder"
PENALTIES = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
FOLDS = 5
BASE_RATE = 0.5
"""Of check-worthy among the claims of an article, as assumed: the training file has one in four, but it holds all
sentences of a debate, and the service scores only what the language layer takes for a claim."""
Matrix = NDArray[np.float64]


def read_claims(rows: Iterable[dict[str, Any]], *, reader: SpacyReader) -> tuple[list[Claim], list[dict[str, Any]]]:
    """The first claim the reader finds in each row's ``text``, and the rows that have one.

    Sentences without a claim are left out: the service never scores them.
    """
    found = [(row, reader.read(row["text"], title=None, published_at=None).claims) for row in rows]
    kept = [(claims[0], row) for row, claims in found if claims]
    return [claim for claim, _ in kept], [row for _, row in kept]


def labels_of(rows: Iterable[dict[str, Any]]) -> Matrix:
    return np.array([float(row["label"]) for row in rows])


def fit(features: Matrix, labels: Matrix, *, start: Matrix, precision: Matrix) -> Matrix:
    """Logistic regression by Newton's method under a Gaussian prior: ``start`` is its mean, ``precision`` the inverse
    of its covariance. The intercept comes last."""
    rows = np.hstack([features, np.ones((len(features), 1))])
    weights = start.copy()
    for _ in range(30):
        chances = scores(features, weights)
        gradient = rows.T @ (labels - chances) - precision @ (weights - start)
        hessian = (rows * (chances * (1 - chances))[:, None]).T @ rows + precision
        step = np.linalg.solve(hessian, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def ridge(penalty: float, *, width: int) -> Matrix:
    """The precision of a ridge penalty on ``width`` weights; the intercept, which comes last, is all but free."""
    diagonal = np.full(width, penalty)
    diagonal[-1] = 1e-9
    return np.diag(diagonal)


def fit_ridge(features: Matrix, labels: Matrix, *, penalty: float) -> Matrix:
    width = features.shape[1] + 1
    return fit(features, labels, start=np.zeros(width), precision=ridge(penalty, width=width))


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
            weights = fit_ridge(features[fold != held], labels[fold != held], penalty=penalty)
            parts.append(log_loss(scores(features[fold == held], weights), labels[fold == held]))
        losses[penalty] = float(np.mean(parts))
        print(f"penalty {penalty:g}: held-out log loss {losses[penalty]:.4f}")
    return min(losses, key=lambda penalty: losses[penalty])


def report(name: str, chances: Matrix, labels: Matrix) -> None:
    chosen, truth = chances >= 0.5, labels == 1
    print(
        f"{name}: n {len(labels)}, average precision {average_precision(chances, truth):.3f}, F1 at 0.5"
        f" {f1_score(chosen, truth):.3f}, accuracy {(chosen == truth).mean():.3f}, ROC-AUC"
        f" {roc_auc(chances, truth):.3f}, calibration error {expected_calibration_error(chances, labels, bins=10):.3f}"
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
    claims, rows = read_claims(json.loads(data.read_text(encoding="utf-8")), reader=reader)
    features, labels = worthiness_features(claims, encoder=encoder), labels_of(rows)
    weights = fit_ridge(features, labels, penalty=choose_penalty(features, labels))
    weights[-1] += log_odds(BASE_RATE) - log_odds(float(labels.mean()))
    write_model(out, weights, encoder=encoder, source=SOURCE)


def write_model(out: Path, weights: Matrix, *, encoder: OnnxEncoder, source: str) -> None:
    """The model folder, its card apart; prints the weights of the facets, least first."""
    for name, weight in sorted(zip(FACETS, weights[encoder.dimensions :], strict=False), key=lambda row: row[1]):
        print(f"  {name} {weight:+.2f}")
    out.mkdir(parents=True, exist_ok=True)
    content = {
        "coefficients": [[round(float(x), 5) for x in weights[:-1]]],
        "intercepts": [round(float(weights[-1]), 5)],
    }
    (out / "weights.json").write_text(json.dumps(content) + "\n", encoding="utf-8")
    fields = {"name": "facet-worthiness", "kind": "facet-worthiness", "licence": "Apache-2.0", "source": source}
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
    test = json.loads((options.data / "claimbuster_test.json").read_text(encoding="utf-8"))
    tested, rows = read_claims(test, reader=reader)
    report("ClaimBuster test", np.array(model.score(tested)), labels_of(rows))
    if options.stories:
        report("stories", *measure_stories(options.stories, reader=reader, model=model))


if __name__ == "__main__":
    main()
