"""The examples of the API's documentation: one invented story, the same through all operations. A test holds each
example to the schema it illustrates, and its offsets to its text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

TEXT = (
    "TILLHAVEN - About 340 homes were evacuated after the Marl bridge was closed on Tuesday, Mayor Ines Corbeau said."
)
OTHER_TEXT = "The county said 410 homes in Tillhaven had been evacuated by Tuesday night."
CLAIM = "About 340 homes were evacuated after the Marl bridge was closed on Tuesday, Mayor Ines Corbeau said."
OTHER_CLAIM = OTHER_TEXT

STORY_ID = "0193030f-1a52-7c31-8d1e-5a0c3b7d9e10"
HEIR_ID = "01930412-6d0b-7f18-b3a7-2e9c5d1f8a64"
ARTICLE_ID = "01930311-2c4e-7a11-9f5e-1c7a2f9d3b40"
OTHER_ARTICLE_ID = "01930318-9b7d-7d02-a6c4-8f3e1d5b7c92"
CLAIM_ID = "01930311-4f60-7b5a-8c9d-3e1f7a2b6d58"
OTHER_CLAIM_ID = "01930318-c8a1-7e64-9d2b-6f4a8c1e3b75"
GROUP_ID = "01930312-0b3c-7490-b1f7-9a5d2e8c4f63"
ENTRY_ID = "01930312-1d5e-76a2-a3c9-0b7f4e1d6a85"
CONFLICT_ID = "01930319-2f71-78b4-95db-1c8a5f3e7b96"


def _piece(part: str, text: str = TEXT) -> dict[str, Any]:
    start = text.index(part)
    return {"start": start, "end": start + len(part), "exact": part}


def _evidence(part: str = CLAIM, *, other: bool = False) -> dict[str, Any]:
    if other:
        return {"article_id": OTHER_ARTICLE_ID, "claim_id": OTHER_CLAIM_ID, **_piece(OTHER_CLAIM, OTHER_TEXT)}
    return {"article_id": ARTICLE_ID, "claim_id": CLAIM_ID, **_piece(part)}


ARTICLE_IN: dict[str, Any] = {
    "text": TEXT,
    "title": "Marl bridge closed",
    "source": {"name": "Northern Ledger", "domain": "northern-ledger.example"},
    "published_at": "2024-11-06T08:15:00Z",
    "language": "en",
    "external_id": "nl-20241106-17",
    "metadata": {"desk": "regional"},
}
OTHER_IN: dict[str, Any] = {"text": OTHER_TEXT, "source": {"name": "Coast Radio"}, "published_at": "2024-11-06"}

URL_IN: dict[str, Any] = {"url": "https://northern-ledger.example/2024/11/06/marl-bridge", "external_id": "nl-18"}

ARTICLE_BODIES: dict[str, Any] = {
    "article": {"summary": "An article with its source and date", "value": ARTICLE_IN},
    "text_only": {"summary": "The text alone", "value": {"text": OTHER_TEXT}},
    "url": {"summary": "An article by its address", "value": URL_IN},
    "other_language": {
        "summary": "An article that may be in another language",
        "value": {"text": "Die Fähre ist seit Dienstag außer Betrieb.", "other_languages": "store"},
    },
    "filed": {"summary": "An article for a certain story", "value": {**ARTICLE_IN, "story_id": STORY_ID}},
}

MOVES: dict[str, Any] = {
    "story": {"summary": "To another story", "value": {"story_id": STORY_ID}},
    "own": {"summary": "To a new story of its own", "value": {"story_id": None}},
}

ARTICLE_QUEUED: dict[str, Any] = {
    "id": ARTICLE_ID,
    "status": "queued",
    "error": None,
    "error_type": None,
    "url": None,
    "title": ARTICLE_IN["title"],
    "author": None,
    "source": ARTICLE_IN["source"],
    "published_at": ARTICLE_IN["published_at"],
    "language": "en",
    "external_id": ARTICLE_IN["external_id"],
    "story_id": None,
    "metadata": ARTICLE_IN["metadata"],
    "created_at": "2024-11-06T08:16:02.114000Z",
    "analysed_at": None,
}
ARTICLE_ANALYSED = ARTICLE_QUEUED | {
    "status": "analysed",
    "story_id": STORY_ID,
    "analysed_at": "2024-11-06T08:16:02.871000Z",
}

CLAIM_OUT: dict[str, Any] = {
    "id": CLAIM_ID,
    "article_id": ARTICLE_ID,
    **_piece(CLAIM),
    "check_worthiness": 0.83,
    "kind": "quantity",
    "factuality": "asserted",
    "holder": {
        "name": "Ines Corbeau",
        "role": "Mayor",
        "cue": "said",
        "start": TEXT.index("Mayor Ines"),
        "end": TEXT.index(" said"),
    },
    "quantities": [
        {
            **_piece("340"),
            "low": 340,
            "high": 340,
            "qualifier": "about",
            "unit": None,
            "counted": "home",
            "role": "evacuated",
            "base": None,
        }
    ],
    "times": [
        {
            **_piece("on Tuesday"),
            "edtf": "2024-11-05",
            "earliest": "2024-11-05",
            "latest": "2024-11-05",
            "basis": "relative_to_publication",
            "unresolved": None,
        }
    ],
    "entities": [{**_piece("Tillhaven".upper()), "label": "GPE", "name": "TILLHAVEN"}],
}
SUMMARY: dict[str, Any] = {
    "text": CLAIM,
    "method": "extractive",
    "model": "all-MiniLM-L6-v2@1",
    "sentences": [{"text": CLAIM, "evidence": [{**_evidence(), "claim_id": None}]}],
}
ARTICLE_DETAIL = ARTICLE_ANALYSED | {"summary": SUMMARY, "claims": [CLAIM_OUT]}
ARTICLE_PAGE = {"items": [ARTICLE_ANALYSED], "next_cursor": None}

BATCH_IN: dict[str, Any] = {"articles": [ARTICLE_IN, {"title": "No text"}]}
BATCH_OUT: dict[str, Any] = {
    "items": [
        {"index": 0, "status": 202, "id": ARTICLE_ID, "article": ARTICLE_QUEUED},
        {
            "index": 1,
            "status": 422,
            "problem": {
                "type": "urn:claimline:problem:invalid-request",
                "title": "The request is not valid",
                "status": 422,
                "detail": "/text: Field required, unless there is a url.",
                "instance": "/v1/articles/batch",
                "request_id": "0193030f8a5b7c41b6c8f7f9d7a0b1c2",
                "errors": [{"pointer": "/text", "detail": "Field required, unless there is a url."}],
            },
        },
    ]
}

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
    "items": [{"id": GROUP_ID, "text": CLAIM, "evidence": [_evidence()], "sources": 1, "origins": 1}],
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
            "evidence": [_evidence(), _evidence(other=True)],
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
                    **_evidence(),
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
                    **_evidence(other=True),
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
            "first": _evidence(),
            "second": _evidence(other=True),
            "nearness": 0.91,
            "similarity": 0.74,
            "questions": [
                {
                    "kind": "quantity",
                    "first": _piece("340"),
                    "second": _piece("410", OTHER_TEXT),
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
SEARCH_PAGE: dict[str, Any] = {
    "items": [
        {
            **CLAIM_OUT,
            "similarity": 0.71,
            "story_id": STORY_ID,
            "source": "Northern Ledger",
            "published_at": "2024-11-06T08:15:00Z",
        }
    ],
    "next_cursor": None,
}
EVENT: dict[str, Any] = {
    "id": "1841",
    "type": "conflict.opened",
    "created_at": "2024-11-06T08:15:09Z",
    "story_id": STORY_ID,
    "data": {
        "conflict_id": CONFLICT_ID,
        "kind": "quantity",
        "verdict": "discrepancy",
        "status": "open",
        "confidence": 0.93,
    },
}
STREAM = f"id: 1840\nretry: 3000\n\nevent: {EVENT['type']}\ndata: {json.dumps(EVENT)}\nid: {EVENT['id']}\n\n"
EVENT_PAGE: dict[str, Any] = {"items": [EVENT], "next_cursor": None}


# FastAPI leaves nulls out of the document it makes, also out of examples, where they say something.
_NULL = "\ue000null"


def shown(value: Any) -> Any:
    """An example, fit to pass through FastAPI; ``with_nulls`` undoes it."""
    return _replaced(value, None, _NULL)


def with_nulls(document: Any) -> Any:
    """The document with the nulls of its examples."""
    return _replaced(document, _NULL, None)


def _replaced(value: Any, old: str | None, new: str | None) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, old, new) for item in value]
    return new if value == old else value


def ok(
    description: str, example: Any, *, media_type: str = "application/json", links: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The description of a good answer, with its example and the operations that it leads to."""
    found = {"description": description, "content": {media_type: {"example": shown(example)}}}
    return found | ({"links": dict(links)} if links else {})


def link(operation_id: str, description: str, **parameters: str) -> dict[str, Any]:
    """An OpenAPI link: which parameter of that operation a member of the answer (JSON Pointer) is for."""
    given = {name: f"$response.body#{pointer}" for name, pointer in parameters.items()}
    return {operation_id: {"operationId": operation_id, "parameters": given, "description": description}}
