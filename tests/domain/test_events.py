from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from app.domain.events import EventType, ShownConflict, conflict_happenings

STORY, REPORT = UUID(int=1), UUID(int=2)
OPEN = ShownConflict("quantity", "discrepancy", "open", 0.8, is_closed=False, words=("How many boats?",))
CLOSED = replace(OPEN, is_closed=True)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, OPEN, EventType.CONFLICT_OPENED),
        (CLOSED, OPEN, EventType.CONFLICT_OPENED),
        (OPEN, OPEN, None),
        (OPEN, replace(OPEN, verdict="update"), EventType.CONFLICT_CHANGED),
        (OPEN, replace(OPEN, status="confirmed"), EventType.CONFLICT_CHANGED),
        (OPEN, replace(OPEN, words=("How many ships?",)), EventType.CONFLICT_CHANGED),
        (OPEN, CLOSED, EventType.CONFLICT_CLOSED),
        (OPEN, replace(CLOSED, status="resolved"), EventType.CONFLICT_CLOSED),
        (CLOSED, replace(CLOSED, confidence=0.1), None),
        (None, CLOSED, None),
    ],
)
def test_what_became_of_a_report(
    before: ShownConflict | None, after: ShownConflict, expected: EventType | None
) -> None:
    found = conflict_happenings(STORY, {REPORT: before} if before else {}, {REPORT: after})
    assert [happening.type for happening in found] == ([expected] if expected else [])


def test_an_event_says_which_report_and_none_of_its_words() -> None:
    [happening] = conflict_happenings(STORY, {}, {REPORT: OPEN})
    assert happening.story_id == STORY
    assert happening.data == {
        "conflict_id": str(REPORT),
        "kind": "quantity",
        "verdict": "discrepancy",
        "status": "open",
        "confidence": 0.8,
    }
