"""Question families as values: the one reader of the format that the question models are trained and measured on.

An event holds families; a family is one question, its positions (answers), each worded several times, the relation
of every pair of positions, and near misses: sentences that only seem to answer it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import ConfigurationError

# Near misses that state one position's fact in another form. They answer the question, so they are never
# "different question"; which position they agree with is not annotated.
SAME_QUESTION_REASONS = frozenset({"unit_or_rounding", "negated_paraphrase"})


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

    @property
    def all_sentences(self) -> tuple[Sentence, ...]:
        """The positions' sentences and then the near misses."""
        return (*self.sentences, *self.near_misses)

    def relation(self, left: int, right: int) -> str:
        """``agree`` within one position, else the annotated relation of two positions."""
        return "agree" if left == right else self.relations[min(left, right), max(left, right)]

    def relation_of(self, left: Sentence, right: Sentence) -> str:
        """The relation of the answers of two sentences, neither of them a near miss."""
        if left.position is None or right.position is None:
            raise ValueError("a near miss has no position")
        return self.relation(left.position, right.position)


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
    """Raises ConfigurationError, naming the file, when it is not an event in this format."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Event(path.stem, raw["event"], raw["date"], tuple(_family(item) for item in raw["families"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{path} is not an event of question families: {error!r}.") from error


def read_events(folder: Path) -> list[Event]:
    """Every event of a folder in file order. Raises ConfigurationError when there is none."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise ConfigurationError(f"There are no event files (*.json) in {folder}.")
    return [read_event(path) for path in paths]


def _family(raw: Mapping[str, Any]) -> Family:
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
