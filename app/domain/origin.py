"""Near-copies of one agency text count once: exact containment of word shingles (Broder 1997), no sketch needed,
because the vector index already brings the few texts that could be copies."""

from __future__ import annotations

import re

SHINGLE = 5  # words
COPY = 0.5  # share of the shorter text's shingles that stand in the longer one

_WORD = re.compile(r"\w+")


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(text)]
    return frozenset(zip(*(words[n:] for n in range(SHINGLE)), strict=False))


def is_copy(a: str, b: str) -> bool:
    """Most of the shorter text stands word for word in the longer one. Texts under twenty words prove nothing."""
    small, large = sorted((shingles(a), shingles(b)), key=len)
    return len(small) >= 16 and len(small & large) / len(small) >= COPY
