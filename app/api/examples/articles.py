"""Articles, one by one and in batches, and their claims."""

from __future__ import annotations

from typing import Any

from app.api.examples.facts import ARTICLE_ID, CLAIM, CLAIM_ID, OTHER_TEXT, STORY_ID, TEXT, evidence, piece

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
NINJS_IN: dict[str, Any] = {
    "uri": "https://northern-ledger.example/items/17",
    "type": "text",
    "language": "en",
    "versionCreated": "2024-11-06T08:15:00Z",
    "by": "Olaf Brandt",
    "infosources": [{"name": "Northern Ledger"}],
    "headlines": [{"role": "main", "value": "Marl bridge closed"}],
    "bodies": [{"role": "main", "contentType": "text/plain", "value": TEXT}],
}
ARTICLE_BODIES: dict[str, Any] = {
    "article": {"summary": "An article with its source and date", "value": ARTICLE_IN},
    "text_only": {"summary": "The text alone", "value": {"text": OTHER_TEXT}},
    "url": {"summary": "An article by its address", "value": URL_IN},
    "other_language": {
        "summary": "An article that may be in another language",
        "value": {"text": "Die Fähre ist seit Dienstag außer Betrieb.", "other_languages": "store"},
    },
    "ninjs": {"summary": "An item of ninjs 3", "value": NINJS_IN},
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
    **piece(CLAIM),
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
            **piece("340"),
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
            **piece("on Tuesday"),
            "edtf": "2024-11-05",
            "earliest": "2024-11-05",
            "latest": "2024-11-05",
            "basis": "relative_to_publication",
            "unresolved": None,
        }
    ],
    "entities": [{**piece("Tillhaven".upper()), "label": "GPE", "name": "TILLHAVEN"}],
}
SUMMARY: dict[str, Any] = {
    "text": CLAIM,
    "method": "extractive",
    "model": "all-MiniLM-L6-v2@1",
    "sentences": [{"text": CLAIM, "evidence": [{**evidence(), "claim_id": None}]}],
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
