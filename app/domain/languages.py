"""Whether a text is in English, which is all that is read here. Two signs must agree before a text is turned away."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

SAMPLE = 3000  # characters that are looked at
SURELY_NOT = 1e-3  # English claims of a few words came no lower than 0.02, foreign sentences no higher than 0.0001
ENGLISH_ENOUGH = 1 / 8  # share of the words below: a quarter or more of English prose, a twentieth of Dutch or Danish

_WORD = re.compile(r"[^\W\d_]+")
# Frequent in English, and together in no other language ("is" and "was" are Dutch as well).
_FUNCTION_WORDS = frozenset(
    {"the", "and", "of", "to", "in", "on", "with", "said", "that", "for", "by", "from", "has", "were", "have", "are"}
)


@dataclass(frozen=True, slots=True)
class Identified:
    """What an identifier makes of a text: its likeliest language (ISO 639), and how likely English is, 0 to 1."""

    language: str
    english: float


Identify = Callable[[str], Identified]


def foreign_language(text: str, *, declared: str | None, identify: Identify) -> str | None:
    """The language of a text that is surely not English, else None.

    Names from elsewhere make a short English text look foreign, so that its function words have a say as well. What
    the sender ``declared`` (BCP 47) counts where the text does not decide.
    """
    sample = text[:SAMPLE]
    words = _WORD.findall(sample.lower())
    if sum(map(_FUNCTION_WORDS.__contains__, words)) >= ENGLISH_ENOUGH * max(len(words), 1):
        return None
    identified = identify(sample)
    if identified.english < SURELY_NOT:
        return identified.language
    primary = (declared or "en").partition("-")[0].lower()
    return primary if primary not in ("en", "eng") and identified.language == primary else None
