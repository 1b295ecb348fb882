"""What has happened: an event, in a listing and in a stream."""

from __future__ import annotations

import json
from typing import Any

from app.api.examples.facts import ARTICLE_ID, CONFLICT_ID, STORY_ID

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
FAILED: dict[str, Any] = {
    "id": "1842",
    "type": "article.failed",
    "created_at": "2024-11-06T08:15:21Z",
    "story_id": None,
    "data": {
        "article_id": ARTICLE_ID,
        "error": "The host 'tillhaven.example' does not answer in time.",
        "error_type": "urn:claimline:problem:url-unreachable",
    },
}
STREAM = f"id: 1840\nretry: 3000\n\nevent: {EVENT['type']}\ndata: {json.dumps(EVENT)}\nid: {EVENT['id']}\n\n"
EVENT_PAGE: dict[str, Any] = {"items": [EVENT, FAILED], "next_cursor": None}
