"""Labelled passage pairs out of question families, as the pair model is measured on them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.values import Passage, Reading
from app.ml.families import Event, Family, Sentence

RELATIONS = ("agree", "compatible", "discrepancy", "contradiction", "update")
REPORTABLE = frozenset({"discrepancy", "contradiction", "update"})
UNKNOWN = -1

Range = tuple[int, int]
Slots = Mapping[str, Sequence[tuple[int, int, str]]]
"""What the language layer finds in a sentence: kind to (start, end, value)."""
_PLACES, _NAMES = frozenset({"GPE", "LOC", "FAC"}), frozenset({"PERSON", "ORG", "NORP"})


@dataclass(frozen=True, slots=True)
class Pair:
    """``relation`` is an index into RELATIONS, UNKNOWN when the question differs or nobody said.
    ``kind``: same, near (a near miss), slot (another slot of a sentence on the question), other (another question of
    the event or of its look-alike), article (two sentences of one real article). ``slot`` is the family's."""

    left: Passage
    right: Passage
    is_same: bool
    relation: int
    kind: str
    slot: str

    @property
    def is_reportable(self) -> bool:
        return self.relation != UNKNOWN and RELATIONS[self.relation] in REPORTABLE


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


def slots_of(reading: Reading, start: int, end: int) -> dict[str, list[tuple[int, int, str]]]:
    """The slots of one sentence of a reading, by kind, as offsets from ``start``, with their values."""
    claims = [claim for claim in reading.claims if start <= claim.start and claim.end <= end]
    entities = [entity for entity in reading.entities if start <= entity.start and entity.end <= end]
    kinds = {
        "quantity": {(q.start, q.end): f"{q.low} {q.high} {q.unit}" for claim in claims for q in claim.quantities},
        "date": {(t.start, t.end): t.edtf or t.exact for claim in claims for t in claim.times},
        "place": {(e.start, e.end): e.name for e in entities if e.label in _PLACES},
        "identity": {(e.start, e.end): e.name for e in entities if e.label in _NAMES},
    }
    return {
        kind: [(low - start, high - start, value) for (low, high), value in sorted(found.items())]
        for kind, found in kinds.items()
        if found
    }


def can_mark(kind: str) -> bool:
    """What happened is said by the whole sentence; every other answer has a place in it."""
    return kind != "occurrence"


def answer_slot(sentence: Sentence, kind: str, slots: Slots, *, as_annotated: bool = False) -> Range | None:
    """Where the answer of a sentence stands, as the language layer bounds it where it found it; None when there is
    none of the kind. A near miss without a span has it at its first slot of the kind."""
    found = _of_kind(slots, kind)
    span = _span(sentence)
    if span is None:
        return found[0] if found and not sentence.span else None
    within = [each for each in found if _overlap(each, span)]
    return span if as_annotated or not within else within[0]


def other_slots(sentence: Sentence, kind: str, slots: Slots) -> list[Range]:
    """The slots of a kind in a sentence that are not its answer."""
    span = _span(sentence)
    return [each for each in _of_kind(slots, kind) if span and not _overlap(each, span)]


def _span(sentence: Sentence) -> Range | None:
    start = sentence.text.find(sentence.span) if sentence.span else -1
    return (start, start + len(sentence.span or "")) if start >= 0 else None


def _of_kind(slots: Slots, kind: str) -> list[Range]:
    return [(start, end) for start, end, _ in slots.get(kind, ())]


def _overlap(one: Range, two: Range) -> bool:
    return one[0] < two[1] and two[0] < one[1]


def measured_pairs(
    events: Sequence[Event],
    *,
    other_per_family: int = 30,
    seed: int = 7,
    slots: Mapping[str, Slots] | None = None,
) -> list[Pair]:
    """All pairs within families, every near miss against every position's sentence, and a fixed sample against the
    event's other questions. Near misses that state a position in another form are left out.

    With ``slots``, by sentence text, only pairs both sides of which can be marked, marked; and beside them the
    sentences of a question asked about another slot.
    """
    rng = random.Random(seed)  # noqa: S311 - a sample that is the same each time
    found: list[Pair] = []
    for event in events:
        for family in event.families:
            drawn = _family_pairs(event, family, rng=rng, others=other_per_family)
            found += [pair for each in drawn if (pair := _measured(*each, slots=slots))]
            if slots is not None and can_mark(family.slot):
                found += _other_slot_pairs(family, slots)
    return found


_Side = tuple[Sentence, str]
"""A sentence and the slot kind of the family it is read for."""


def _family_pairs(
    event: Event, family: Family, *, rng: random.Random, others: int
) -> Iterator[tuple[_Side, _Side, str, int]]:
    """(one, two, kind, relation) of each pair of a family."""
    all_mentions, slot = mentions(event), family.slot
    for index, left in enumerate(family.sentences):
        for right in family.sentences[:index]:
            yield (left, slot), (right, slot), "same", RELATIONS.index(family.relation_of(left, right))
        for near in family.near_misses:
            if not near.is_same_question:
                yield (left, slot), (near, slot), "near", UNKNOWN
    own = [item for item in all_mentions if item.family is family]
    apart = [(a, b) for a in own for b in all_mentions if not a.questions & b.questions]
    for a, b in rng.sample(apart, min(others, len(apart))):
        yield (a.sentence, slot), (b.sentence, b.family.slot), "other", UNKNOWN


def _measured(one: _Side, two: _Side, kind: str, relation: int, *, slots: Mapping[str, Slots] | None) -> Pair | None:
    at: list[Range | None] = [None, None]
    if slots is not None:
        at = [
            answer_slot(sentence, slot, slots.get(sentence.text, {})) if can_mark(slot) else None
            for sentence, slot in (one, two)
        ]
        if None in at:
            return None
    left, right = (clean_passage(side[0], slot) for side, slot in zip((one, two), at, strict=True))
    return Pair(left, right, kind == "same", relation, kind, one[1])


def _other_slot_pairs(family: Family, slots: Mapping[str, Slots]) -> Iterator[Pair]:
    """The sentences of a question, one of each pair asked about another slot."""
    answers = [(each, answer_slot(each, family.slot, slots.get(each.text, {}))) for each in family.sentences]
    for sentence, _ in answers:
        for slot in other_slots(sentence, family.slot, slots.get(sentence.text, {}))[:1]:
            for two, answer in answers:
                if answer and two is not sentence:
                    left, right = clean_passage(sentence, slot), clean_passage(two, answer)
                    yield Pair(left, right, False, UNKNOWN, "slot", family.slot)


def clean_passage(sentence: Sentence, slot: Range | None = None) -> Passage:
    """The sentence as it would be met, without noise."""
    return Passage(sentence.text, sentence.context, None, None, slot)
