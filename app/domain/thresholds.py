"""How sure the models must be: fitted with the shipped weights, and to be fitted again with others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least figures of the models. ``same`` is the probability of one question for a slot that is marked, by how far
    the facets agree: in full, in part, or not at all (they stay silent, or name the counted thing differently). For two
    slots to be reported ``both`` models must say so, for figures and dates, by the same doubt, and for answers that are
    ``worded``: the geometric mean of their probabilities, of the slots and of the claims read together; answers in
    words must also ``differ``. Two claims are opposed as wholes when they are ``at_odds`` with that probability, one
    contradicts the other with ``contradiction`` and both are ``worthy`` of a check. They say the same when their
    answers differ with ``agree`` at most, they agree with ``statement``, their vectors are ``alike``, and no two slots
    of theirs may differ with ``doubt``."""

    same: tuple[float, float, float] = (0.35, 0.4, 0.5)
    both: tuple[float, float, float] = (0.55, 0.62, 0.72)
    worded: float = 0.6
    differ: float = 0.5
    at_odds: float = 0.66
    contradiction: float = 0.3
    worthy: float = 0.3
    agree: float = 0.3
    statement: float = 0.3
    alike: float = 0.35
    doubt: float = 0.5


LIMITS = Thresholds()
