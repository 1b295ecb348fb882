"""Articles by URL through the whole service: an API process, a worker, and a web server to fetch from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Service
from tests.pages import TEXT, article_page
from tests.web import page, redirect, serve

pytestmark = pytest.mark.slow


def test_articles_are_fetched_and_failures_say_why(start: Callable[..., Service], tmp_path: Path) -> None:
    service = start("serve", CLAIMLINE_DATA_DIR=str(tmp_path), CLAIMLINE_ALLOWED_NETWORKS="127.0.0.1/32")
    service.wait_ready()

    def submit(url: str, **fields: str) -> dict[str, Any]:
        answer = service.http.post("/v1/articles", json={"url": url, **fields}, headers={"Prefer": "wait=60"})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    with serve() as site:
        site.pages |= {
            "/a": page(article_page()),
            "/copy": page(article_page()),
            "/out": redirect("http://127.0.0.2/"),
            "/pdf": page(b"%PDF", content_type="application/pdf"),
        }
        article = submit(site.url("/a"), external_id="7")
        assert (article["status"], article["title"], article["author"]) == (
            "analysed",
            "Marl bridge closed",
            "Olaf Brandt",
        )
        assert article["published_at"] == "2024-11-05T17:30:00Z"
        assert article["source"] == {"name": "The Northern Ledger", "domain": "127.0.0.1"}
        assert service.http.get(f"/v1/articles/{article['id']}/text").text == TEXT
        assert all(TEXT[claim["start"] : claim["end"]] == claim["exact"] for claim in article["claims"])
        for path, fields, kind, said in (
            ("/copy", {"external_id": "7"}, "same-article", article["id"]),
            ("/out", {}, "url-refused", "may not be called"),
            ("/pdf", {}, "url-refused", "application/pdf"),
            ("/missing", {}, "url-refused", "404"),
        ):
            failed = submit(site.url(path), **fields)
            assert (failed["status"], failed["error_type"]) == ("failed", f"urn:claimline:problem:{kind}")
            assert said in failed["error"]
