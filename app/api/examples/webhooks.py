"""Webhooks and what is sent to them."""

from __future__ import annotations

import json
from typing import Any

from app.api.examples.events import EVENT
from app.api.examples.facts import DELIVERY_ID, STORY_ID, WEBHOOK_ID

WEBHOOK_IN: dict[str, Any] = {
    "url": "https://desk.example/hooks/claimline",
    "types": ["conflict.opened", "conflict.changed"],
    "description": "The desk's channel",
}
WEBHOOK: dict[str, Any] = {
    "id": WEBHOOK_ID,
    **WEBHOOK_IN,
    "is_enabled": True,
    "disabled_at": None,
    "disabled_reason": None,
    "failures": 0,
    "failing_since": None,
    "created_at": "2024-11-06T07:00:00Z",
}
WEBHOOK_CREATED = WEBHOOK | {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "previous_secret_until": None}
WEBHOOK_ROTATED = WEBHOOK_CREATED | {"previous_secret_until": "2024-11-07T09:00:00Z"}
WEBHOOK_PAGE: dict[str, Any] = {"items": [WEBHOOK], "next_cursor": None}
DELIVERY: dict[str, Any] = {
    "id": DELIVERY_ID,
    "type": EVENT["type"],
    "event_id": EVENT["id"],
    "status": "delivered",
    "created_at": "2024-11-06T08:15:10Z",
}
DELIVERY_PAGE: dict[str, Any] = {"items": [DELIVERY], "next_cursor": None}
DELIVERY_DETAIL = DELIVERY | {
    "body": json.dumps(
        {
            "type": EVENT["type"],
            "timestamp": EVENT["created_at"],
            "data": {"event_id": EVENT["id"], "story_id": STORY_ID, **EVENT["data"]},
        }
    ),
    "attempts": [
        {"attempted_at": "2024-11-06T08:15:11Z", "milliseconds": 10002, "status_code": None,
         "error": "There was no whole answer within 10 s."},
        {"attempted_at": "2024-11-06T08:15:17Z", "milliseconds": 84, "status_code": 204, "error": None},
    ],
}  # fmt: skip
PING = DELIVERY | {"type": "webhook.ping", "event_id": None, "status": "pending"}
REPLAYED = DELIVERY | {"status": "pending"}
