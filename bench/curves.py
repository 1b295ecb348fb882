"""Fit the curves of ``app/domain/thresholds.py`` on annotated stories, and tell how well they rank stories left out.

    python bench/curves.py bench/stories/*.json bench/unseen/*.json

For every pair of claims that the pair model has read, a curve's figures are set against the annotations: do the claims
stand on two sides of a conflict (``opposed``), on one corroboration or side (``alike``), on either (``promise``, also
of pairs not read)? Of each curve it prints the coefficients fitted on all stories and, with each story judged by
the others, the average precision and what share of the pairs above a confidence is right. More pairs are read than in
service, so that the curves see what stands below.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from annotated import Story, read_story
from conflicts import on, pairs
from numpy.typing import NDArray

from app.domain import matching
from app.domain.questions import questions
from app.domain.thresholds import LIMITS
from app.language.reader import SpacyReader
from app.ml.metrics import average_precision
from app.ml.runtime import load_models
from app.pipeline import judging
from app.settings import Settings

CURVES = ("promise", "opposed", "alike")
RIDGE, NEWTON_STEPS = 0.01, 25
WIDE, MOST_READ, LEAST_ROOM = replace(LIMITS, read=0.05), 6, 40
SHOWN = (0.4, 0.5, 0.6, 0.7, 0.8)
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Case:
    """What one curve is asked once, and whether it should say yes."""

    curve: str
    figures: tuple[float, ...]
    is_right: bool


def cases(story: Story) -> Iterator[Case]:
    """All that the curves are asked of a story's pairs."""
    opposed, alike = _opposed(story), _alike(story)
    for place, scores in story.judged.items():
        a, b = (story.claims[n] for n in place)
        is_opposed, is_alike = place in opposed, place in alike and place not in opposed
        if matching.is_near(scores):
            yield Case("promise", matching.standing(a, b, scores), is_opposed or is_alike)
        if scores.whole is not None:
            figures = matching.figures(a, b, scores, questions(a, b))
            yield Case("opposed", figures, is_opposed)
            yield Case("alike", figures, is_alike)


def _opposed(story: Story) -> set[Place]:
    """Pairs of claims that stand on two sides of a conflict."""
    sides = [[on(story, position["quotes"]) for position in c["positions"]] for c in story.gold["conflicts"]]
    return {pair for each in sides for one, two in itertools.combinations(each, 2) for pair in pairs(one, two)}


def _alike(story: Story) -> set[Place]:
    """Pairs of claims of one corroboration, or of one side of a conflict."""
    given = [position["quotes"] for conflict in story.gold["conflicts"] for position in conflict["positions"]]
    given += [corroboration["quotes"] for corroboration in story.gold["corroborations"]]
    found = [on(story, quotes) for quotes in given]
    return {pair for claims in found for pair in pairs(claims, claims)}


def fit(figures: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression by Newton's method: the bias, then a weight for each column."""
    columns = np.column_stack([np.ones(len(figures)), figures])
    weights = np.zeros(columns.shape[1])
    for _ in range(NEWTON_STEPS):
        odds = 1 / (1 + np.exp(-columns @ weights))
        slope = columns.T @ (truth - odds) - RIDGE * weights
        curvature = (columns.T * (odds * (1 - odds))) @ columns + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(curvature, slope)
    return weights


def report(name: str, by_story: Sequence[Sequence[Case]]) -> None:
    """Print one curve's coefficients and what its probabilities are worth on stories left out."""
    own = [(n, case) for n, found in enumerate(by_story) for case in found if case.curve == name]
    story = np.array([n for n, _ in own])
    figures, truth = np.array([c.figures for _, c in own]), np.array([float(c.is_right) for _, c in own])
    odds = np.zeros(len(own))
    for n in set(story.tolist()):
        weights = fit(figures[story != n], truth[story != n])
        odds[story == n] = 1 / (1 + np.exp(-weights[0] - figures[story == n] @ weights[1:]))
    bias, *weights = fit(figures, truth).round(3).tolist()
    print(f"{name}: Curve({bias}, {tuple(weights)})")
    print(f"    {len(own)} pairs, {truth.mean():.3f} right, average precision {average_precision(odds, truth > 0):.3f}")
    for least in SHOWN:
        above = truth[odds >= least]
        print(f"    {least}: {len(above)} pairs, {above.mean() if len(above) else 0:.2f} right")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", type=Path, nargs="+")
    args = parser.parse_args()
    if len(args.stories) < 2:
        parser.error("each story is judged by the others: two at least")
    judging.MOST_READ, judging.LEAST_ROOM = MOST_READ, LEAST_ROOM
    models, reader = load_models(Settings().models_dir, threads=0, batch_tokens=4096), SpacyReader()
    by_story = [list(cases(read_story(path, reader, models, WIDE))) for path in args.stories]
    for name in CURVES:
        report(name, by_story)


if __name__ == "__main__":
    main()
