"""Labelled passage pairs out of question families, for the pair model.

In a part of the pairs the slot that is asked about is marked in both sides (``app/ml/passages.py``). Whatever the
label, the marks are made alike: around what the language layer found where it found something, and never on one kind
of pair only.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from augment import can_swap, distractor, jitter_digits, with_answer_of

from app.domain.values import Passage
from app.ml.families import Event, Family, Sentence
from app.ml.question_pairs import (
    RELATIONS,
    UNKNOWN,
    Mention,
    Pair,
    Range,
    Slots,
    answer_slot,
    can_mark,
    mentions,
    other_slots,
)

SAME, RESTATED, NEAR, OTHER_SLOT, NEXT, OTHER = 11, 1, 5, 3, 4, 1
"""Pairs a family gives to one epoch: same question; near misses that restate an answer; near misses; another slot of
the same sentences; another question's sentence that ranks near, and any other."""
SUMMARIES = 4
KEEP_CONTEXT, ADD_CONTEXT = 0.8, 0.15
SWAP, JITTER = 0.3, 0.15
MARKED, HALF_MARKED = 0.55, 0.05
LAYER_MARK = 0.85
"""How often an answer is marked as the language layer bounds it, and not as the families do."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a pair before it is written: ``slot`` is what a mark would go around, if anything can."""

    mention: Mention
    sentence: Sentence
    slot: Range | None


class Sampler:
    """Draws the pairs of one family for one epoch. ``slots`` and ``nearest`` are by text, as ``prepare_pairs.py``
    writes them."""

    def __init__(
        self, events: Sequence[Event], *, slots: Mapping[str, Slots], nearest: Mapping[str, Sequence[str]]
    ) -> None:
        self._slots, self._nearest = slots, nearest
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
            (OTHER_SLOT, self._other_slot),
            (NEXT, self._next),
            (OTHER, self._other),
        ]
        drawn = [make(own, rng) for count, make in makers for _ in range(count)]
        return [pair for pair in drawn if pair]

    def _same(self, own: list[Mention], rng: random.Random) -> Pair | None:
        one, two = rng.sample(own, 2)
        left, right = self._answer(one, rng, can_vary=True), self._answer(two, rng, can_vary=True)
        relation = UNKNOWN
        if left.sentence.position is not None and right.sentence.position is not None:
            relation = RELATIONS.index(one.family.relation(left.sentence.position, right.sentence.position))
        return self._write(left, right, rng, same=True, relation=relation, kind="same")

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
        slot = answer_slot(chosen, one.family.slot, self._slots.get(chosen.text, {}))
        if rng.random() < JITTER:
            chosen = replace(chosen, text=jitter_digits(chosen.text, rng))
        other = Side(Mention(one.event, one.family, chosen), chosen, slot)
        return self._write(self._answer(one, rng), other, rng, same=same, kind="same" if same else "near")

    def _other_slot(self, own: list[Mention], rng: random.Random) -> Pair | None:
        """Both sentences are on the question, one is asked about something else in it."""
        kind = own[0].family.slot if rng.random() < 0.75 else rng.choice(("quantity", "date", "place", "identity"))
        others = [(item, slot) for item in own for slot in self._others(item.sentence, kind)]
        if not others or not can_mark(own[0].family.slot):
            return None
        two, slot = rng.choice(others)
        one = rng.choice([item for item in own if item is not two])
        asked = Side(two, two.sentence, slot)
        return self._write(self._answer(one, rng), asked, rng, same=False, kind="slot", must_mark=True)

    def _others(self, sentence: Sentence, kind: str) -> list[Range]:
        return other_slots(sentence, kind, self._slots.get(sentence.text, {}))

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
        return self._write(self._answer(one, rng), self._answer(two, rng), rng, same=False, kind="other")

    def _answer(self, mention: Mention, rng: random.Random, *, can_vary: bool = False) -> Side:
        """A wording with its answer's slot; with ``can_vary`` sometimes another position's answer (the relation is then
        that of the other position: agreement and difference are made by the same operation, so its traces carry no
        label), or other digits (the relation is then unknown)."""
        sentence, family = mention.sentence, mention.family
        as_annotated = rng.random() > LAYER_MARK
        slot = self._answer_slot(sentence, family, as_annotated=as_annotated)
        draw = rng.random()
        if can_vary and draw < SWAP and can_swap(family):
            source = rng.choice(family.sentences)
            swapped = with_answer_of(sentence, source)
            if swapped:
                moved = self._answer_slot(source, family, as_annotated=as_annotated)
                return Side(mention, swapped, _moved(sentence, source, moved))
        elif can_vary and draw > 1 - JITTER:
            jittered = jitter_digits(sentence.text, rng)
            if jittered != sentence.text:
                sentence = replace(sentence, text=jittered, position=None)
        return Side(mention, sentence, slot)

    def _answer_slot(self, sentence: Sentence, family: Family, *, as_annotated: bool) -> Range | None:
        return answer_slot(sentence, family.slot, self._slots.get(sentence.text, {}), as_annotated=as_annotated)

    def _write(
        self,
        left: Side,
        right: Side,
        rng: random.Random,
        *,
        same: bool,
        kind: str,
        relation: int = UNKNOWN,
        must_mark: bool = False,
    ) -> Pair | None:
        is_markable = all(side.slot and can_mark(side.mention.family.slot) for side in (left, right))
        if must_mark and not is_markable:
            return None
        draw = rng.random()
        marks = (True, True) if must_mark or (is_markable and draw < MARKED) else (False, False)
        if is_markable and not must_mark and draw > 1 - HALF_MARKED:
            marks = rng.choice([(True, False), (False, True)])
        one, two = (_noisy(side, rng, is_marked=marked) for side, marked in zip((left, right), marks, strict=True))
        return Pair(one, two, same, relation, kind, left.mention.family.slot)


def _moved(sentence: Sentence, source: Sentence, slot: Range | None) -> Range | None:
    """The slot of an answer after it took the place of another one's."""
    if slot is None or not sentence.span or not source.span:
        return None
    at, origin = sentence.text.find(sentence.span), source.text.find(source.span)
    start, end = max(0, slot[0] - origin), min(len(source.span), slot[1] - origin)
    return (at + start, at + end) if start < end else None


def _noisy(side: Side, rng: random.Random, *, is_marked: bool) -> Passage:
    event, family = side.mention.event, side.mention.family
    context = side.sentence.context if rng.random() < KEEP_CONTEXT else ""
    if not context and rng.random() < ADD_CONTEXT:
        context = distractor(event, family, rng)
    return Passage(side.sentence.text, context, None, None, side.slot if is_marked else None)


def article_pairs(rows: Sequence[Mapping], rng: random.Random, *, different: int) -> list[Pair]:
    """Pairs out of real articles (``prepare_pairs.py``): ``different`` pairs of two sentences of one article, and every
    pair of a summary's sentence with its source SUMMARIES times, sometimes with another number in one of them. They are
    few; without them the head would learn that two sentences of real copy never answer one question."""
    apart = [row for row in rows if not row["same"]]
    chosen = rng.sample(apart, min(different, len(apart))) + SUMMARIES * [row for row in rows if row["same"]]
    return [_article_pair(row, rng) for row in chosen]


def _article_pair(row: Mapping, rng: random.Random) -> Pair:
    left, right, same, relation = row["left"], row["right"], row["same"], UNKNOWN
    texts = [left["text"], right["text"]]
    slots: Sequence[Range | None] = (None, None)
    wanted = row["equal"] if same else row["unequal"]
    if rng.random() < MARKED + 0.1 and (wanted or row["unequal"]):
        if same and row["unequal"] and rng.random() < 0.5:
            same, wanted = False, row["unequal"]
        slots = [tuple(each) for each in rng.choice(wanted)]
    if same:
        relation = RELATIONS.index("agree")
        if rng.random() < 0.4 and any(char.isdigit() for char in texts[1]):
            texts[1], relation = jitter_digits(texts[1], rng), RELATIONS.index("contradiction")
    one, two = (
        Passage(text, side["context"] if rng.random() < KEEP_CONTEXT else "", None, None, slot)
        for text, side, slot in zip(texts, (left, right), slots, strict=True)
    )
    return Pair(one, two, same, relation, "article", "")
