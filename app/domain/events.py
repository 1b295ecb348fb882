"""What can happen to a story, for those who follow it, and how a change is told by what was shown before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class EventType(StrEnum):
    ARTICLE_ANALYSED = "article.analysed"
    ARTICLE_FAILED = "article.failed"
    ARTICLE_WITHDRAWN = "article.withdrawn"
    CONFLICT_OPENED = "conflict.opened"
    CONFLICT_CHANGED = "conflict.changed"
    CONFLICT_CLOSED = "conflict.closed"
    STORY_UPDATED = "story.updated"
    STORY_MERGED = "story.merged"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that has happened. ``data`` holds ids, figures and names of kinds, never words of an article: a log
    must not keep what was withdrawn. ``story_id`` is None for an article that never found its story."""

    type: EventType
    story_id: UUID | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShownConflict:
    """A report as readers see it; two that are equal look the same. ``words`` is all that a reader compares but that
    events do not carry: the question, the explanation, the note, each position with its claims."""

    kind: str
    verdict: str
    status: str
    confidence: float
    is_closed: bool
    words: tuple[Any, ...]


def conflict_happenings(
    story_id: UUID, before: Mapping[UUID, ShownConflict], after: Mapping[UUID, ShownConflict]
) -> list[Happening]:
    """What became of a story's reports, by id; those that are the same on both sides, or closed on both, are left
    out."""
    found = []
    for id_, now in after.items():
        kind = _change(before.get(id_), now)
        if kind is not None:
            data = {
                "conflict_id": str(id_), "kind": now.kind, "verdict": now.verdict, "status": now.status,
                "confidence": now.confidence,
            }  # fmt: skip
            found.append(Happening(kind, story_id, data))
    return found


def _change(was: ShownConflict | None, now: ShownConflict) -> EventType | None:
    was_open, is_open = was is not None and not was.is_closed, not now.is_closed
    if was_open and is_open:
        return EventType.CONFLICT_CHANGED if was != now else None
    if was_open == is_open:
        return None
    return EventType.CONFLICT_OPENED if is_open else EventType.CONFLICT_CLOSED


def story_updated(story_id: UUID, *, version: int, is_timeline_changed: bool) -> Happening:
    return Happening(
        EventType.STORY_UPDATED, story_id, {"version": version, "is_timeline_changed": is_timeline_changed}
    )
