"""How many requests a key may make: a bucket for each key, in the memory of this process.

Own code and no library's: those that were looked at count by the wall clock, and a clock that is set back would shut a
key out until it has caught up. N API processes let through up to N times the limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

WINDOW_SECONDS = 60
_MOST_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left to a key after a request: ``remaining`` requests, and ``reset_seconds`` until all are there again,
    or, for one that is refused, until the next one is."""

    limit: int
    remaining: int
    reset_seconds: int
    is_refused: bool

    @property
    def headers(self) -> dict[str, str]:
        """As in draft-ietf-httpapi-ratelimit-headers-10, and Retry-After (RFC 9110) when the request is refused."""
        found = {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={self.remaining};t={self.reset_seconds}',
        }
        return found | ({"Retry-After": str(self.reset_seconds)} if self.is_refused else {})


class RateLimiter:
    """A token bucket for each key: it holds ``limit`` requests, and fills up evenly over WINDOW_SECONDS.

    Lives in one event loop. ``clock`` is seconds that never go back.
    """

    def __init__(self, limit: int, *, clock: Callable[[], float] = monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._full_at: dict[str, float] = {}  # when the bucket will be full, which says how full it is now

    def take(self, key: str) -> Quota:
        """Take one request out of the key's bucket, if there is one."""
        now, step = self._clock(), WINDOW_SECONDS / self._limit
        full_at = max(self._full_at.get(key, now), now)
        is_refused = full_at + step > now + WINDOW_SECONDS + step * 1e-6
        if not is_refused:
            full_at += step
            self._forget_full_buckets(now)
            self._full_at[key] = full_at
        remaining = math.floor((now + WINDOW_SECONDS - full_at) / step + 1e-6)
        wait = full_at + step - now - WINDOW_SECONDS if is_refused else full_at - now
        return Quota(self._limit, 0 if is_refused else remaining, max(1, math.ceil(wait)), is_refused)

    def _forget_full_buckets(self, now: float) -> None:
        if len(self._full_at) >= _MOST_BUCKETS:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
