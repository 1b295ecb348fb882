"""What the examples are about: two articles on one event, their texts and ids."""

from __future__ import annotations

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
WEBHOOK_ID = "01930420-5b1c-7a92-8e3d-4f6a1c9b2d70"
DELIVERY_ID = "01930421-0c7e-7d38-a1b5-6e2f8c4d9a13"


def piece(part: str, text: str = TEXT) -> dict[str, Any]:
    start = text.index(part)
    return {"start": start, "end": start + len(part), "exact": part}


def evidence(part: str = CLAIM, *, other: bool = False) -> dict[str, Any]:
    if other:
        return {"article_id": OTHER_ARTICLE_ID, "claim_id": OTHER_CLAIM_ID, **piece(OTHER_CLAIM, OTHER_TEXT)}
    return {"article_id": ARTICLE_ID, "claim_id": CLAIM_ID, **piece(part)}
