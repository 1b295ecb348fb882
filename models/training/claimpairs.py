"""Question families (``../shared/data/claimpairs``) as values: the one reader of that format.

An event holds families; a family is one question, its positions (answers), each worded several times, the relation
of every pair of positions, and near misses: sentences that only seem to answer it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

# Near misses that state one position's fact in another form. They answer the question, so they are never
# "different question"; which position they agree with is not annotated.
SAME_QUESTION_REASONS = frozenset({"unit_or_rounding", "negated_paraphrase"})
HELD_OUT_PER_AUTHOR = 1


@dataclass(frozen=True, slots=True)
class Sentence:
    """One wording. ``position`` is its answer's index in the family, or None for a near miss."""

    text: str
    context: str
    published: str | None  # ISO date
    span: str | None  # the substring that carries the answer
    position: int | None
    reason: str | None = None  # of a near miss

    @property
    def is_same_question(self) -> bool:
        return self.position is not None or self.reason in SAME_QUESTION_REASONS


@dataclass(frozen=True, slots=True)
class Family:
    question: str
    slot: str
    sentences: tuple[Sentence, ...]
    near_misses: tuple[Sentence, ...]
    relations: dict[tuple[int, int], str]  # keys ordered: (lower, higher)

    def relation(self, left: int, right: int) -> str:
        """``agree`` within one position, else the annotated relation of two positions."""
        return "agree" if left == right else self.relations[min(left, right), max(left, right)]


@dataclass(frozen=True, slots=True)
class Event:
    id: str  # file name without suffix; its first letter is the author
    title: str
    date: str
    families: tuple[Family, ...]

    @property
    def author(self) -> str:
        return self.id[0]


def read_event(path: Path) -> Event:
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Event(path.stem, raw["event"], raw["date"], tuple(_family(item) for item in raw["families"]))


def read_events(folder: Path) -> list[Event]:
    """Every event of a folder in file order. Raises FileNotFoundError when there is none."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise FileNotFoundError(f"no event files (*.json) in {folder}")
    return [read_event(path) for path in paths]


def hold_out(events: list[Event], *, per_author: int = HELD_OUT_PER_AUTHOR) -> tuple[list[Event], list[Event]]:
    """Split into (train, tune): the last events of every author are kept for tuning and calibration.

    Author g wrote pairs of look-alike events, so both of a pair go to the same side.
    """
    by_author: dict[str, list[Event]] = {}
    for event in events:
        by_author.setdefault(event.author, []).append(event)
    held = {
        event.id
        for author, own in by_author.items()
        for event in own[len(own) - per_author * (2 if author == "g" else 1) :]
    }
    return [event for event in events if event.id not in held], [event for event in events if event.id in held]


def twins(events: list[Event]) -> list[tuple[Event, ...]]:
    """Events grouped with their look-alike (author g: consecutive files), all others alone."""
    groups: list[tuple[Event, ...]] = []
    waiting: Event | None = None
    for event in events:
        if event.author != "g":
            groups.append((event,))
        elif waiting is None:
            waiting = event
        else:
            groups.append((waiting, event))
            waiting = None
    return [*groups, (waiting,)] if waiting else groups


def _family(raw: dict) -> Family:
    sentences = tuple(
        Sentence(item["text"], item["context"] or "", item["published"], item["span"], index)
        for index, position in enumerate(raw["positions"])
        for item in position["sentences"]
    )
    near = tuple(
        Sentence(
            item["text"],
            item.get("context") or "",
            item.get("published"),
            item.get("span"),
            None,
            item["reason"],
        )
        for item in raw["near_misses"]
    )
    relations = {(min(a, b), max(a, b)): name for a, b, name in raw["relations"]}
    return Family(raw["question"], raw["slot"], sentences, near, relations)
