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
    """Log odds; of certainty, a large but finite one."""
    held = min(max(probability, 1e-6), 1 - 1e-6)
    return log(held / (1 - held))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least figures of the models, and how they add up.

    ``same``: probability of one question for a slot that is marked, by how far the facets agree: in full, in part, or
    not at all (they stay silent, or name the counted thing differently). ``slots`` and ``wholes`` give the probability
    that an editor would sign a report: of two slots by the log odds that they answer one question, the log odds that
    the pair model sees the claims opposed, and the doubt that the facets leave; of two claims as wholes by the log odds
    that it sees them opposed, that it sees them agree, and their ``matching.standing``. With ``report`` or more it is
    made, of places and causes with ``worded``, whose answers must also ``differ``; but never where the pair model gives
    less than ``opposed``. Whole claims must both be ``worthy`` of a check.

    Which pairs the pair model reads is settled by ``promise``: the probability that an editor has anything to say of
    two claims, by their standing alone. With less than ``read`` they are not read.

    Two claims say the same when that is likely with ``agree``, by ``alike``: the figures of ``wholes``; and no two
    slots of theirs may differ with ``doubt``.
    """

    promise: Curve = Curve(-11.17, (3.79, 4.1, 0.76, -0.45, -0.23))
    read: float = 0.15
    same: tuple[float, float, float] = (0.35, 0.4, 0.5)
    slots: Curve = Curve(1.14, (1.27, 0.64, -0.63))
    wholes: Curve = Curve(-6.5, (1.19, 0.71, 3.18, 2.82, 0.53, -0.53, -0.25))
    report: float = 0.73
    opposed: float = 0.1
    worded: float = 0.78
    differ: float = 0.5
    worthy: float = 0.3
    alike: Curve = Curve(-4.91, (0.04, 0.9, 0.34, 1.55, 0.23, -0.39, -0.3))
    agree: float = 0.5
    doubt: float = 0.5


LIMITS = Thresholds()
