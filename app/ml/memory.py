"""What models were asked lately need not be asked again: one text's answer does not depend on the rest of a batch."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Answers of ``make``, which is asked only for keys that are not remembered. Answers are shared: change none.

    Two generations of at most ``most`` answers each; what is asked for again passes into the younger one. Threads may
    share it: at worst two make the same answer.
    """

    def __init__(self, make: Callable[[Sequence[K]], Sequence[V]], *, most: int) -> None:
        self._make, self._most = make, most
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def ask(self, keys: Sequence[K]) -> list[V]:
        """An answer for each key, in order; of equal keys one is made."""
        young, old = self._young, self._old
        known = {key: store[key] for key in keys for store in (old, young) if key in store}
        new = [key for key in dict.fromkeys(keys) if key not in known]
        known |= zip(new, self._make(new) if new else (), strict=True)
        if len(young) + len(known) > self._most:
            self._old, self._young = young, {}
        self._young |= dict(list(known.items())[-self._most :])
        return [known[key] for key in keys]
