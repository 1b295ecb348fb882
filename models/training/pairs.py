"""Labelled passage pairs out of question families, for the pair model: whole claims, as it reads them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from augment import can_swap, distractor, jitter_digits, with_answer_of

from app.domain.values import Passage
from app.ml.families import Event, Family
from app.ml.question_pairs import RELATIONS, UNKNOWN, Mention, Pair, mentions

SAME, RESTATED, NEAR, NEXT, OTHER = 9, 1, 4, 3, 1
"""Pairs a family gives to one epoch: same question; near misses that restate an answer; near misses; another question's
sentence that ranks near, and any other."""
SUMMARIES = 4
KEEP_CONTEXT, ADD_CONTEXT = 0.8, 0.15
SWAP, JITTER = 0.3, 0.15


class Sampler:
    """Draws the pairs of one family for one epoch. ``nearest`` is by text, as ``prepare_pairs.py`` writes it."""

    def __init__(self, events: Sequence[Event], *, nearest: Mapping[str, Sequence[str]]) -> None:
        self._nearest = nearest
        self._by_text: dict[str, list[Mention]] = {}
        self._of_event: dict[str, list[Mention]] = {}
        for event in events:
            self._of_event[event.id] = mentions(event)
            for mention in self._of_event[event.id]:
                self._by_text.setdefault(mention.sentence.text, []).append(mention)

    def pairs(self, event: Event, family: Family, rng: random.Random) -> list[Pair]:
        own = [item for item in self._of_event[event.id] if item.family is family]
        makers: list[tuple[int, Callable[[list[Mention], random.Random], Pair | None]]] = [
            (SAME, self._same),
            (RESTATED, self._restated),
            (NEAR, self._near),
            (NEXT, self._next),
            (OTHER, self._other),
        ]
        drawn = [make(own, rng) for count, make in makers for _ in range(count)]
        return [pair for pair in drawn if pair]

    def _same(self, own: list[Mention], rng: random.Random) -> Pair | None:
        one, two = rng.sample(own, 2)
        left, right = _varied(one, rng), _varied(two, rng)
        relation = UNKNOWN
        if left.sentence.position is not None and right.sentence.position is not None:
            relation = RELATIONS.index(one.family.relation(left.sentence.position, right.sentence.position))
        return _write(left, right, rng, same=True, relation=relation, kind="same")

    def _restated(self, own: list[Mention], rng: random.Random) -> Pair | None:
        return self._with_near_miss(own, rng, same=True)

    def _near(self, own: list[Mention], rng: random.Random) -> Pair | None:
        return self._with_near_miss(own, rng, same=False)

    def _with_near_miss(self, own: list[Mention], rng: random.Random, *, same: bool) -> Pair | None:
        one = rng.choice(own)
        near = [item for item in one.family.near_misses if item.is_same_question == same]
        if not near:
            return None
        chosen = rng.choice(near)
        if rng.random() < JITTER:
            chosen = replace(chosen, text=jitter_digits(chosen.text, rng))
        return _write(one, replace(one, sentence=chosen), rng, same=same, kind="same" if same else "near")

    def _next(self, own: list[Mention], rng: random.Random) -> Pair | None:
        one = rng.choice(own)
        near = self._nearest.get(one.sentence.text, ())
        found = [item for text in near for item in self._by_text.get(text, ())]
        return self._apart(one, rng.choice(found), rng) if found else None

    def _other(self, own: list[Mention], rng: random.Random) -> Pair | None:
        one = rng.choice(own)
        return self._apart(one, rng.choice(self._of_event[one.event.id]), rng)

    def _apart(self, one: Mention, two: Mention, rng: random.Random) -> Pair | None:
        if one.event is two.event and one.questions & two.questions:
            return None
        return _write(one, two, rng, same=False, kind="other")


def _varied(mention: Mention, rng: random.Random) -> Mention:
    """Sometimes another position's answer in the wording (the relation is then that of the other position: agreement
    and difference are made by the same operation, so its traces carry no label), or other digits (the relation is then
    unknown)."""
    sentence, family = mention.sentence, mention.family
    draw = rng.random()
    if draw < SWAP and can_swap(family):
        return replace(mention, sentence=with_answer_of(sentence, rng.choice(family.sentences)) or sentence)
    if draw > 1 - JITTER and (jittered := jitter_digits(sentence.text, rng)) != sentence.text:
        return replace(mention, sentence=replace(sentence, text=jittered, position=None))
    return mention


def _write(
    left: Mention, right: Mention, rng: random.Random, *, same: bool, kind: str, relation: int = UNKNOWN
) -> Pair:
    return Pair(_noisy(left, rng), _noisy(right, rng), same, relation, kind, left.family.slot)


def _noisy(mention: Mention, rng: random.Random) -> Passage:
    context = mention.sentence.context if rng.random() < KEEP_CONTEXT else ""
    if not context and rng.random() < ADD_CONTEXT:
        context = distractor(mention.event, mention.family, rng)
    return Passage(mention.sentence.text, context, None, None, None)


def article_pairs(rows: Sequence[Mapping], rng: random.Random, *, different: int) -> list[Pair]:
    """Pairs out of real articles (``prepare_pairs.py``): ``different`` pairs of two sentences of one article, and every
    pair of a summary's sentence with its source SUMMARIES times, sometimes with another number in one of them. They are
    few; without them the head would learn that two sentences of real copy never answer one question."""
    apart = [row for row in rows if not row["same"]]
    chosen = rng.sample(apart, min(different, len(apart))) + SUMMARIES * [row for row in rows if row["same"]]
    return [_article_pair(row, rng) for row in chosen]


def _article_pair(row: Mapping, rng: random.Random) -> Pair:
    left, right, same, relation = row["left"], row["right"], row["same"], UNKNOWN
    text = right["text"]
    if same:
        relation = RELATIONS.index("agree")
        if rng.random() < 0.4 and any(char.isdigit() for char in text):
            text, relation = jitter_digits(text, rng), RELATIONS.index("contradiction")
    one, two = (
        Passage(text, side["context"] if rng.random() < KEEP_CONTEXT else "", None, None, None)
        for text, side in ((left["text"], left), (text, right))
    )
    return Pair(one, two, same, relation, "article", "")
