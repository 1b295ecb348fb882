"""Which texts go through a model together: batches under a token budget, sorted by length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH_STEP = 8
"""Texts are padded to a multiple of this many tokens, and only texts of one padded width share a batch."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Positions of the texts of one batch, in the caller's order of texts, and the width they are padded to."""

    indices: tuple[int, ...]
    width: int


def make_batches(lengths: Sequence[int], *, budget: int, step: int = WIDTH_STEP) -> list[Batch]:
    """Split texts of the given token ``lengths`` into batches of at most ``budget`` tokens, padding included.

    A text is always padded to the same width, whatever it shares a batch with: with floating point, another width
    may mean another order of summation, and so another last digit. A text wider than the budget gets a batch of its
    own. Batches come widest first, so that the largest allocation is made once; equal texts keep their order.
    """
    groups: dict[int, list[int]] = {}
    for index, length in enumerate(lengths):
        groups.setdefault(padded_width(length, step=step), []).append(index)
    batches = []
    for width in sorted(groups, reverse=True):
        rows = max(1, budget // width)
        members = groups[width]
        batches += [Batch(tuple(members[at : at + rows]), width) for at in range(0, len(members), rows)]
    return batches


def padded_width(length: int, *, step: int = WIDTH_STEP) -> int:
    """The least positive multiple of ``step`` that holds ``length`` tokens."""
    return max(1, -(-length // step)) * step
