"""The sample story as rows that wait for their analysis."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from app.store.tables import Article

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples" / "kursk").glob("*.json"))


def sample_articles(**given: Any) -> list[Article]:
    """In the order of their names; ``given`` goes into each."""
    return [_article(path, **given) for path in SAMPLES]


def _article(path: Path, **given: Any) -> Article:
    body = json.loads(path.read_text(encoding="utf-8"))
    published = datetime.fromisoformat(body["published_at"]) if body.get("published_at") else None
    return Article(
        text=body["text"], title=body.get("title"), source_name=body["source"]["name"],
        published_at=published, fingerprint=path.stem, **given,
    )  # fmt: skip
