from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
from adapt_worthiness import FOLDS, STRENGTHS, News, Prior, adapt, choose_strength, folds, precision_at
from train_worthiness import ridge, scores

TRAINING = Path(__file__).resolve().parents[2] / "models" / "training"
TRUE = np.array([2.0, -1.0, 0.5])


def _sentences(count: int, *, seed: int) -> News:
    random = np.random.default_rng(seed)
    features = random.normal(size=(count, 2))
    labels = (random.random(count) < scores(features, TRUE)).astype(float)
    return News(features, labels, [str(place // 10) for place in range(count)], ["figure 1"] * count)


def test_the_news_sentences_are_labelled_as_the_guide_has_it() -> None:
    rows = [json.loads(line) for line in (TRAINING / "news_sentences.jsonl").read_text(encoding="utf-8").splitlines()]
    guide = (TRAINING / "LABELLING.md").read_text(encoding="utf-8")
    worthy, unworthy = (
        set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`[^|]+) \|", part, re.MULTILINE))))
        for part in guide.partition("## Check-worthy (1)")[2].split("## Not check-worthy (0)")
    )
    assert {row["kind"] for row in rows if row["label"] == 1} == worthy
    assert {row["kind"] for row in rows if row["label"] == 0} == unworthy
    assert len({row["text"] for row in rows}) == len(rows) >= 340
    assert 0.4 < np.mean([row["label"] for row in rows]) < 0.6


def test_an_article_is_never_on_both_sides_of_a_split() -> None:
    groups = [f"article {place % 23}" for place in range(200)]
    of_group = defaultdict(set)
    for group, fold in zip(groups, folds(groups, seed=0).tolist(), strict=True):
        of_group[group].add(fold)
    assert all(len(found) == 1 for found in of_group.values())
    assert set.union(*of_group.values()) == set(range(FOLDS))


def test_a_strong_prior_holds_the_weights_and_a_weak_one_lets_them_go() -> None:
    news, start = _sentences(4000, seed=1), np.array([-1.0, 1.0, 0.0])
    prior = Prior(start, np.eye(3), count=1)
    assert np.abs(adapt(news, prior, strength=1e7) - start).max() < 0.01
    assert np.abs(adapt(news, prior, strength=1e-3) - TRUE).max() < 0.2


def test_what_the_first_sentences_settled_counts_as_if_they_were_there() -> None:
    first, second = _sentences(3000, seed=2), _sentences(300, seed=3)
    level = ridge(1e-6, width=3)
    start = adapt(first, Prior(np.zeros(3), level, count=1), strength=1.0)
    precision = precision_at(start, first.features, first.labels) - ridge(100.0, width=3)
    both = News(np.vstack([first.features, second.features]), np.concatenate([first.labels, second.labels]), [], [])
    together = adapt(both, Prior(np.zeros(3), level, count=1), strength=1.0)
    assert np.abs(adapt(second, Prior(start, precision, count=3000), strength=1.0) - together).max() < 0.05


def test_the_prior_counts_most_where_it_is_right_or_dear_and_least_where_it_is_wrong() -> None:
    news, precision = _sentences(400, seed=4), 100 * np.eye(3)
    assert choose_strength(news, Prior(TRUE, precision, count=10_000)) == max(STRENGTHS)
    assert choose_strength(news, Prior(-TRUE / 2, precision, count=10_000)) == min(STRENGTHS)
    assert choose_strength(news, Prior(-TRUE / 2, precision, count=100)) == max(STRENGTHS)
