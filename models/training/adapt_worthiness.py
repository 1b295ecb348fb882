"""Fit the check-worthiness weights of ClaimBuster to news copy, and measure what that changes.

    python models/training/adapt_worthiness.py --data ../shared/data/checkworthiness --start build/claimbuster
        --out models/worthiness

Run from the project's root with the service's own dependencies; no torch. ``--start`` is what ``train_worthiness.py``
made; the sentences (``--news``) are those of LABELLING.md. What ClaimBuster says of the weights is held as a Gaussian
about the weights it gave (Laplace's approximation; MacKay 1992), and the news sentences are fitted under it: they move
what debates leave open and little of what debates have settled. How much the Gaussian counts is chosen by
cross-validation on the news sentences: the least sum of their held-out log loss and of what ClaimBuster's rises by.

The figures are of nested cross-validation: whole articles are held out, and the choice is made anew within the rest.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from train_worthiness import (
    BASE_RATE,
    FOLDS,
    Matrix,
    fit,
    labels_of,
    log_loss,
    read_claims,
    report,
    ridge,
    scores,
    write_model,
)

from app.language.reader import SpacyReader
from app.ml.encoder import OnnxEncoder
from app.ml.linear import WEIGHTS
from app.ml.manifest import load_manifest
from app.ml.worthiness import worthiness_features

SOURCE = (
    "ClaimBuster sentences (Arslan et al. 2020, CC BY 4.0), then sentences of news copy of our own, on the vectors of"
    " the encoder"
)
STRENGTHS = (0.03, 0.1, 0.3, 1.0)
"""How much what ClaimBuster says counts; at 1 its sentences weigh as much as the news sentences, one by one."""
PENALTY = 100.0
"""The ridge penalty that ``train_worthiness.py`` chose."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What ``count`` sentences of ClaimBuster say of the weights: a Gaussian about ``start``."""

    start: Matrix
    precision: Matrix
    count: float

    def rise(self, weights: Matrix) -> float:
        """What the log loss of one of its sentences rises by, at ``weights`` instead of ``start``."""
        way = weights - self.start
        return float(way @ self.precision @ way) / (2 * self.count)


@dataclass(frozen=True, slots=True)
class News:
    """Sentences the language layer takes for claims: ``features`` (N, F); labels, groups and kinds in their order."""

    features: Matrix
    labels: Matrix
    groups: Sequence[str]
    kinds: Sequence[str]

    def part(self, chosen: Matrix) -> News:
        """Those where ``chosen`` (N,) is true."""
        places = np.flatnonzero(chosen).tolist()
        groups, kinds = ([names[place] for place in places] for names in (self.groups, self.kinds))
        return News(self.features[places], self.labels[places], groups, kinds)


def read_news(path: Path, *, reader: SpacyReader, encoder: OnnxEncoder) -> News:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    claims, kept = read_claims(rows, reader=reader)
    lost = int(labels_of(rows).sum() - labels_of(kept).sum())
    print(f"{len(rows)} sentences; no claim in {len(rows) - len(kept)}, {lost} of them check-worthy")
    features = worthiness_features(claims, encoder=encoder)
    return News(features, labels_of(kept), [row["group"] for row in kept], [f"{r['kind']} {r['label']}" for r in kept])


def precision_at(start: Matrix, features: Matrix, labels: Matrix) -> Matrix:
    """Of the weights after these sentences: minus the second derivative of the penalised log likelihood at ``start``,
    with both labels weighed to BASE_RATE as the intercept is."""
    rate = labels.mean()
    weight = np.where(labels == 1, BASE_RATE / rate, (1 - BASE_RATE) / (1 - rate))
    chances = scores(features, start)
    rows = np.hstack([features, np.ones((len(features), 1))])
    fisher = (rows * (weight * chances * (1 - chances))[:, None]).T @ rows
    return fisher + ridge(PENALTY, width=len(start))


def folds(groups: Sequence[str], *, seed: int) -> Matrix:
    """The fold of each sentence; a group falls into one fold whole."""
    names = sorted(set(groups))
    places = np.random.default_rng(seed).permutation(len(names)) % FOLDS
    of_group = dict(zip(names, places.tolist(), strict=True))
    return np.array([of_group[group] for group in groups])


def adapt(news: News, prior: Prior, *, strength: float) -> Matrix:
    return fit(news.features, news.labels, start=prior.start, precision=strength * prior.precision)


def choose_strength(news: News, prior: Prior) -> float:
    """By grouped cross-validation: copy and debates count the same, whichever has more sentences."""
    fold = folds(news.groups, seed=1)
    losses = {}
    for strength in STRENGTHS:
        parts = []
        for held in range(FOLDS):
            weights = adapt(news.part(fold != held), prior, strength=strength)
            test = news.part(fold == held)
            parts.append(log_loss(scores(test.features, weights), test.labels) + prior.rise(weights))
        losses[strength] = float(np.mean(parts))
    return min(losses, key=lambda strength: losses[strength])


def held_out_chances(news: News, prior: Prior) -> Matrix:
    """The probability of each sentence by weights and a strength that no sentence of its fold had a part in."""
    fold, chances = folds(news.groups, seed=0), np.empty(len(news.labels))
    for held in range(FOLDS):
        seen = news.part(fold != held)
        weights = adapt(seen, prior, strength=choose_strength(seen, prior))
        chances[fold == held] = scores(news.features[fold == held], weights)
    return chances


def show_kinds(before: Matrix, after: Matrix, news: News) -> None:
    """How many sentences of each kind are on the right side of 0.5."""
    members: dict[str, list[int]] = defaultdict(list)
    for place, kind in enumerate(news.kinds):
        members[kind].append(place)
    for kind, places in sorted(members.items()):
        right = [int(((chances[places] >= 0.5) == news.labels[places]).sum()) for chances in (before, after)]
        print(f"  {kind}: {right[0]} -> {right[1]} of {len(places)}")


def measure(news: News, prior: Prior) -> None:
    """ClaimBuster's weights, the news sentences alone, and both, on sentences they have not seen."""
    width = len(prior.start)
    # as of infinitely many sentences, whose loss a mere ridge never raises: then the news sentences choose alone
    nothing = Prior(np.zeros(width), ridge(PENALTY, width=width), count=np.inf)
    before, after = scores(news.features, prior.start), held_out_chances(news, prior)
    report("news, ClaimBuster alone", before, news.labels)
    report("news, news alone, held out", held_out_chances(news, nothing), news.labels)
    report("news, both, held out", after, news.labels)
    show_kinds(before, after, news)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--news", type=Path, default=Path(__file__).with_name("news_sentences.jsonl"))
    parser.add_argument("--encoder", type=Path, default=Path("models/encoder"))
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    reader = SpacyReader()
    encoder = OnnxEncoder(load_manifest(options.encoder), threads=0, batch_tokens=1024)
    content = json.loads(load_manifest(options.start).file(WEIGHTS).read_text(encoding="utf-8"))
    start = np.array(content["coefficients"][0] + content["intercepts"])
    debates = json.loads((options.data / "claimbuster_train.json").read_text(encoding="utf-8"))
    claims, rows = read_claims(debates, reader=reader)
    precision = precision_at(start, worthiness_features(claims, encoder=encoder), labels_of(rows))
    prior = Prior(start, precision, count=len(rows))
    news = read_news(options.news, reader=reader, encoder=encoder)
    measure(news, prior)
    strength = choose_strength(news, prior)
    print(f"strength {strength:g}")
    write_model(options.out, adapt(news, prior, strength=strength), encoder=encoder, source=SOURCE)


if __name__ == "__main__":
    main()
