"""Label-preserving noise for question families: what the answer is must not tell which question is answered.

Numbers are changed in positions and near misses alike, so that noise itself carries no label.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace

from app.ml.families import Event, Family, Sentence

MASK = "[MASK]"
_NUMBER_WORD = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen"
)
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(rf"\d[\d.,]*\d|\d|\b(?:{_NUMBER_WORD})(?:[ -](?:and )?(?:{_NUMBER_WORD}))*\b", re.IGNORECASE)
_SWAPPABLE = frozenset({"quantity", "date", "place", "identity"})


def jitter_digits(text: str, rng: random.Random) -> str:
    """Other digits, same lengths, no leading zero: 1,250 -> 7,034."""

    def other(match: re.Match[str]) -> str:
        digits = match.group()
        return rng.choice("123456789") + "".join(rng.choice("0123456789") for _ in digits[1:])

    return _DIGITS.sub(other, text)


def mask_numbers(text: str) -> str:
    return _NUMBER.sub(MASK, text)


def with_answer_of(sentence: Sentence, other: Sentence) -> Sentence | None:
    """The sentence with another position's answer in its place; None when either has no span."""
    if not sentence.span or not other.span:
        return None
    text = sentence.text.replace(sentence.span, other.span, 1)
    return replace(sentence, text=text, span=other.span, position=other.position, published=other.published)


def can_swap(family: Family) -> bool:
    """Answers of clause length (occurrence, cause) do not survive being moved into another sentence."""
    return family.slot in _SWAPPABLE


def distractor(event: Event, family: Family, rng: random.Random) -> str:
    """A sentence on another question of the event, as the sentence before: in real copy it usually is one."""
    others = [item for item in event.families if item is not family]
    return rng.choice(rng.choice(others).sentences).text if others else ""


def noisy_text(sentence: Sentence, family: Family, rng: random.Random) -> str:
    """The sentence as is (about half of the time), with other digits, with numbers masked, or with another answer."""
    draw = rng.random()
    if draw < 0.15:
        return jitter_digits(sentence.text, rng)
    if draw < 0.25:
        return mask_numbers(sentence.text)
    if draw < 0.35 and sentence.span:
        return sentence.text.replace(sentence.span, MASK, 1)
    if draw < 0.50 and can_swap(family):
        swapped = with_answer_of(sentence, rng.choice(family.sentences))
        return swapped.text if swapped else sentence.text
    return sentence.text
