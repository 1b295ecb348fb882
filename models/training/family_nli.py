"""Entailment pairs out of question families: what contradicts in news copy, and what only looks like it.

Two wordings of one answer often say more than the answer, so agreeing and compatible ones are no entailment, but
certainly no contradiction either; that is all their label says.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from nli import CONTRADICTION, NEUTRAL, NOT_CONTRADICTION, Example

from app.ml.families import Event, Family

PAIRS = 8_000


def family_examples(events: Sequence[Event], *, seed: int, count: int = PAIRS) -> list[Example]:
    """At most ``count`` pairs, a third of each label: contradicting answers; answers that do not contradict; near
    misses and other questions of the event, which are neutral."""
    rng = random.Random(seed)
    found: dict[int, list[Example]] = {NEUTRAL: [], CONTRADICTION: [], NOT_CONTRADICTION: []}
    for event in events:
        for family in event.families:
            for item in _pairs(event, family, rng):
                found[item.label[0]].append(item)
    each = count // len(found)
    return [item for items in found.values() for item in rng.sample(items, min(each, len(items)))]


def _pairs(event: Event, family: Family, rng: random.Random) -> Iterator[Example]:
    everything = [(other, sentence) for other in event.families for sentence in other.sentences]
    for one in family.sentences:
        for two in family.sentences:
            relation = family.relation_of(one, two)
            if relation == "contradiction":
                yield Example(one.text, two.text, (CONTRADICTION,))
            elif one is not two and relation in ("agree", "compatible"):
                yield Example(one.text, two.text, (NOT_CONTRADICTION,))
        for near in family.near_misses:
            if not near.is_same_question:
                pair = (one.text, near.text) if rng.random() < 0.5 else (near.text, one.text)
                yield Example(*pair, (NEUTRAL,))
        other, two = rng.choice(everything)
        if other is not family:
            yield Example(one.text, two.text, (NEUTRAL,))
