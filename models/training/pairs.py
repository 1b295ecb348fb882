"""Labelled sentence pairs out of question families, for the question head."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from augment import can_swap, distractor, jitter_digits, with_answer_of
from claimpairs import Event, Family, Sentence
from passages import passage

RELATIONS = ("agree", "compatible", "discrepancy", "contradiction", "update")
REPORTABLE = frozenset({"discrepancy", "contradiction", "update"})
UNKNOWN = -1

SAME, NEAR, OTHER = 20, 14, 12
"""Pairs of each kind in one step."""
OUTSIDE = 8
"""Sentences on further questions of the event that join a step because they rank near its own."""
KEEP_CONTEXT, ADD_CONTEXT = 0.85, 0.25
SWAP, JITTER = 0.35, 0.15


@dataclass(frozen=True, slots=True)
class Pair:
    """``relation`` is an index into RELATIONS, UNKNOWN when the question differs or nobody said.
    ``kind``: same, near (a near miss), other (another question of the event or of its look-alike)."""

    left: str
    right: str
    same: bool
    relation: int
    kind: str
    slot: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A wording with where it stands. ``questions``: every family of the event that holds this very text, because
    one sentence may answer two of them."""

    event: Event
    family: Family
    sentence: Sentence
    questions: frozenset[int] = frozenset()


def mentions(event: Event) -> list[Mention]:
    owners: dict[str, set[int]] = {}
    for index, family in enumerate(event.families):
        for sentence in family.sentences:
            owners.setdefault(sentence.text, set()).add(index)
    return [
        Mention(event, family, sentence, frozenset(owners[sentence.text]))
        for family in event.families
        for sentence in family.sentences
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """What one step trains on: passages of the two sides and (left, right, same, relation) by their indices."""

    left: list[str]
    right: list[str]
    labels: list[tuple[int, int, int, int]]


def training_step(
    event: Event, families: Sequence[Family], nearest: dict[str, Sequence[Mention]], rng: random.Random
) -> Step:
    """Noisy passages of some families of an event and labelled pairs of them. ``nearest`` gives, by sentence text, the
    mentions the question encoder ranks first: what the head will have to refuse."""
    owners = {item.sentence: item for item in mentions(event)}
    chosen = [
        (owners[sentence], _maybe_swapped(sentence, family, rng))
        for family in families
        for sentence in family.sentences
    ]
    chosen += [(Mention(event, family, near), near) for family in families for near in family.near_misses]
    ranked = [item for mention, _ in chosen for item in nearest.get(mention.sentence.text, ())]
    outside = {item.sentence: item for item in ranked if item.family not in families}
    chosen += [(item, item.sentence) for item in rng.sample(list(outside.values()), min(OUTSIDE, len(outside)))]
    rng.shuffle(chosen)
    half = len(chosen) // 2
    left, right = chosen[:half], chosen[half:]
    found: dict[str, list[tuple[int, int, int, int]]] = {"same": [], "near": [], "other": []}
    for row, one in enumerate(left):
        for column, two in enumerate(right):
            kind, relation = _label(*one, *two)
            if kind:
                found[kind].append((row, column, int(kind == "same"), relation))
    labels = [
        label
        for kind, count in (("same", SAME), ("near", NEAR), ("other", OTHER))
        for label in rng.sample(found[kind], min(count, len(found[kind])))
    ]
    texts = [[_noisy_passage(mention, said, rng) for mention, said in side] for side in (left, right)]
    return Step(texts[0], texts[1], labels)


def _maybe_swapped(sentence: Sentence, family: Family, rng: random.Random) -> Sentence:
    """Agreement and difference are made by the same operation, so its traces carry no label."""
    if can_swap(family) and rng.random() < SWAP:
        return with_answer_of(sentence, rng.choice(family.sentences)) or sentence
    return sentence


def _label(one: Mention, said: Sentence, two: Mention, also: Sentence) -> tuple[str, int]:
    """(kind, relation) of a pair; kind is empty where nobody knows."""
    near = [item.sentence for item in (one, two) if item.sentence.position is None]
    if one.family is two.family:
        if not near:
            return "same", RELATIONS.index(one.family.relation(said.position, also.position))
        return ("", UNKNOWN) if len(near) == 2 else ("same" if near[0].is_same_question else "near", UNKNOWN)
    # A near miss of one question may well answer another.
    known = not near and (one.event is not two.event or not one.questions & two.questions)
    return ("other" if known else ""), UNKNOWN


def _noisy_passage(mention: Mention, said: Sentence, rng: random.Random) -> str:
    event, family = mention.event, mention.family
    context = said.context if rng.random() < KEEP_CONTEXT else ""
    if not context and rng.random() < ADD_CONTEXT:
        context = distractor(event, family, rng)
    jitter = said.position is None and rng.random() < JITTER
    text = jitter_digits(said.text, rng) if jitter else said.text
    return passage(text, context=context)


def clean_passage(sentence: Sentence) -> str:
    """The sentence as it would be met, without noise: for measuring."""
    return passage(sentence.text, context=sentence.context)


def measured_pairs(events: Sequence[Event], *, other_per_family: int = 30, seed: int = 7) -> list[Pair]:
    """All pairs within families, every near miss against every position's sentence, and a fixed sample against the
    event's other questions. Near misses that state a position in another form are left out."""
    rng = random.Random(seed)
    found: list[Pair] = []
    for event in events:
        all_mentions = mentions(event)
        text = {item.sentence: clean_passage(item.sentence) for item in all_mentions}
        for family in event.families:
            for index, left in enumerate(family.sentences):
                for right in family.sentences[:index]:
                    relation = RELATIONS.index(family.relation(left.position, right.position))
                    found.append(Pair(text[left], text[right], True, relation, "same", family.slot))
                for near in family.near_misses:
                    if not near.is_same_question:
                        other = clean_passage(near)
                        found.append(Pair(text[left], other, False, UNKNOWN, "near", family.slot))
            own = [item for item in all_mentions if item.family is family]
            apart = [(a, b) for a in own for b in all_mentions if not a.questions & b.questions]
            for a, b in rng.sample(apart, min(other_per_family, len(apart))):
                found.append(Pair(text[a.sentence], text[b.sentence], False, UNKNOWN, "other", family.slot))
    return found
