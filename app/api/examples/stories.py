"""Stories, and what their articles add up to."""

from __future__ import annotations

from typing import Any

from app.api.examples.articles import SUMMARY
from app.api.examples.facts import (
    ARTICLE_ID,
    CLAIM,
    CONFLICT_ID,
    ENTRY_ID,
    GROUP_ID,
    HEIR_ID,
    OTHER_TEXT,
    STORY_ID,
    evidence,
    piece,
)

STORY: dict[str, Any] = {
    "id": STORY_ID,
    "title": "Marl bridge closed",
    "version": 4,
    "article_count": 2,
    "source_count": 2,
    "origin_count": 2,
    "first_published_at": "2024-11-06T00:00:00Z",
    "last_published_at": "2024-11-06T08:15:00Z",
    "summary": SUMMARY,
    "open_conflicts": 1,
    "created_at": "2024-11-06T08:16:02.801000Z",
    "updated_at": "2024-11-06T08:20:41.350000Z",
}
STORY_NEW = STORY | {
    "version": 1,
    "article_count": 0,
    "source_count": 0,
    "origin_count": 0,
    "first_published_at": None,
    "last_published_at": None,
    "summary": None,
    "open_conflicts": 0,
    "updated_at": STORY["created_at"],
}
STORY_MERGED = STORY | {"id": HEIR_ID, "title": "Tillhaven bridge and evacuation", "version": 9, "article_count": 5}
STORY_PAGE = {"items": [STORY], "next_cursor": None}
GROUP_PAGE: dict[str, Any] = {
    "items": [{"id": GROUP_ID, "text": CLAIM, "evidence": [evidence()], "sources": 1, "origins": 1}],
    "next_cursor": None,
}
TIMELINE_PAGE: dict[str, Any] = {
    "items": [
        {
            "id": ENTRY_ID,
            "story_id": STORY_ID,
            "date": {
                "edtf": "2024-11-05",
                "earliest": "2024-11-05",
                "latest": "2024-11-05",
                "precision": "day",
                "basis": "relative_to_publication",
            },
            "text": CLAIM,
            "evidence": [evidence(), evidence(other=True)],
            "sources": 2,
            "origins": 2,
            "conflict_ids": [CONFLICT_ID],
        }
    ],
    "next_cursor": None,
}
TIMELINEJS: dict[str, Any] = {
    "events": [
        {
            "unique_id": f"entry-{ENTRY_ID}",
            "start_date": {"year": 2024, "month": 11, "day": 5},
            "text": {"headline": CLAIM, "text": f"<blockquote>{CLAIM}</blockquote><p>Sources: 2, independent: 2</p>"},
        }
    ],
    "title": {"text": {"headline": "Marl bridge"}},
}
TIMELINE_CSV = (
    '"id","story_id","edtf","earliest","latest","precision","basis","text","sources","origins","conflict_ids",'
    f'"evidence"\r\n"{ENTRY_ID}","{STORY_ID}","2024-11-05","2024-11-05","2024-11-05","day","relative_to_publication",'
    f'"{CLAIM}","2","2","{CONFLICT_ID}","{ARTICLE_ID}:0-60"\r\n'
)
TIMELINE_ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Claimline//Timeline//EN\r\nBEGIN:VEVENT\r\n"
    f"UID:{ENTRY_ID}@claimline\r\nDTSTAMP:20241106T090000Z\r\nDTSTART;VALUE=DATE:20241105\r\n"
    "DTEND;VALUE=DATE:20241106\r\nSUMMARY:Homes were evacuated\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
CONFLICT: dict[str, Any] = {
    "id": CONFLICT_ID,
    "story_id": STORY_ID,
    "kind": "quantity",
    "verdict": "discrepancy",
    "question": "How many homes were evacuated?",
    "positions": [
        {
            "label": "about 340",
            "value": {"low": 340, "high": 340, "qualifier": "about", "unit": None},
            "sources": 1,
            "origins": 1,
            "first_seen_at": "2024-11-06T08:15:00Z",
            "evidence": [
                {
                    **evidence(),
                    "holder": "Ines Corbeau",
                    "source": "Northern Ledger",
                    "published_at": "2024-11-06T08:15:00Z",
                }
            ],
        },
        {
            "label": "410",
            "value": {"low": 410, "high": 410, "qualifier": "exact", "unit": None},
            "sources": 1,
            "origins": 1,
            "first_seen_at": "2024-11-06T00:00:00Z",
            "evidence": [
                {
                    **evidence(other=True),
                    "holder": "the county",
                    "source": "Coast Radio",
                    "published_at": "2024-11-06T00:00:00Z",
                }
            ],
        },
    ],
    "explanation": "Ines Corbeau puts it at about 340, the county at 410.",
    "confidence": 0.86,
    "status": "open",
    "note": None,
    "detected_at": "2024-11-06T08:20:41.350000Z",
    "closed_at": None,
    "versions": {"rules": "1"},
}
CONFLICT_PAGE = {"items": [CONFLICT], "next_cursor": None}
MATCH_PAGE: dict[str, Any] = {
    "items": [
        {
            "first": evidence(),
            "second": evidence(other=True),
            "nearness": 0.91,
            "similarity": 0.74,
            "questions": [
                {
                    "kind": "quantity",
                    "first": piece("340"),
                    "second": piece("410", OTHER_TEXT),
                    "relation": "discrepancy",
                    "is_match": True,
                    "confidence": 0.93,
                    "gates": [
                        {"name": "counted", "figure": 1.0, "is_passed": True},
                        {"name": "factuality", "figure": 1.0, "is_passed": True},
                        {"name": "same_question", "figure": 0.93, "is_passed": True},
                    ],
                }
            ],
        }
    ],
    "next_cursor": None,
}
CONFLICT_JUDGED = CONFLICT | {"status": "confirmed", "note": "Asked the county: 410 counts two more streets."}
