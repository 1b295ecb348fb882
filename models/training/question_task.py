"""Pairs out of question families, for the pair model."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from nli import Example
from pairs import Sampler, article_pairs

from app.ml.families import Event
from app.ml.pair import AGREE, APART, OPPOSED
from app.ml.passages import passage_text
from app.ml.question_pairs import RELATIONS, REPORTABLE, UNKNOWN, Pair

NOT_OPPOSED = "not opposed"
"""The label of two claims of which only that is known, beside the pair model's own."""
ARTICLE_SHARE = 0.10
"""Pairs of one real article, as a share of the pairs of families."""


def training_examples(events: Sequence[Event], prepared: dict, *, seed: int) -> list[Example]:
    """The pairs of one epoch, labelled with an index into the pair model's labels; those that answer one question in
    ways that nobody compared are left out."""
    rng = random.Random(seed)
    sampler = Sampler(events, nearest=prepared["nearest"])
    pairs = [pair for event in events for family in event.families for pair in sampler.pairs(event, family, rng)]
    pairs += article_pairs(prepared["articles"], rng, different=int(ARTICLE_SHARE * len(pairs)))
    examples = [
        Example(passage_text(pair.left), passage_text(pair.right), (label,))
        for pair in pairs
        if (label := _label(pair)) is not None
    ]
    return [replace(item, left=item.right, right=item.left) if rng.random() < 0.5 else item for item in examples]


def _label(pair: Pair) -> int | None:
    if not pair.is_same:
        return APART
    if pair.relation == UNKNOWN:
        return None
    return OPPOSED if RELATIONS[pair.relation] in REPORTABLE else AGREE
