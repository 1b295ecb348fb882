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
    opposed: Curve = Curve(-3.9, (1.14, 0.56, 0.63, 0.04, 0.49, -0.44, -0.33, 0.41, -0.58, 0.45))
    report: float = 0.55
    differ: float = 0.5
    alike: Curve = Curve(-4.69, (0.07, 0.91, -0.06, 2.14, 0.22, -0.42, -0.23, -0.49, 0.63, -0.68))
    agree: float = 0.5


LIMITS = Thresholds()
