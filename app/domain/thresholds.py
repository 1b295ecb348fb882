"""How sure the models must be: fitted with the shipped weights by ``bench/curves.py``, and to be fitted again
with others."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic regression: what some figures together say of a probability."""

    bias: float
    weights: tuple[float, ...]

    def __call__(self, *figures: float) -> float:
        total = self.bias + sum(w * x for w, x in zip(self.weights, figures, strict=True))
        return 1 / (1 + exp(-total))


def logit(probability: float) -> float:
    """Log odds, of no more certainty than one in a thousand: no model has more to give."""
    held = min(max(probability, 1e-3), 1 - 1e-3)
    return log(held / (1 - held))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least figures of the models, and how they add up.

    ``same``: probability of one question for a slot that is marked, by how far the facets agree: in full, in part, or
    not at all (they stay silent, or name the counted thing differently). ``opposed`` gives the probability that two
    claims answer one question differently, ``alike`` that they say the same, both by ``matching.figures``. With
    ``report`` or more the one makes a report, and names the places or causes it is about where these ``differ``; with
    ``agree`` or more the other makes them one.

    Which pairs the pair model reads is settled by ``promise``: the probability that an editor has anything to say of
    two claims, by their standing alone. With less than ``read`` they are not read.
    """

    promise: Curve = Curve(-11.17, (3.79, 4.1, 0.76, -0.45, -0.23))
    read: float = 0.15
    same: tuple[float, float, float] = (0.35, 0.4, 0.5)
    opposed: Curve = Curve(-4.2, (1.09, 0.54, 0.77, 0.02, 0.5, -0.43, -0.33, 0.4, -0.56, 0.42))
    report: float = 0.58
    differ: float = 0.5
    alike: Curve = Curve(-4.66, (0.08, 0.9, -0.06, 2.2, 0.22, -0.42, -0.23, -0.49, 0.64, -0.76))
    agree: float = 0.5


LIMITS = Thresholds()
