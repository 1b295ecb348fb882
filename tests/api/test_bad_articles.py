"""Articles that cannot be taken, each refused where it is bad."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.api.problem import check

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}
UNKNOWN = "01930311-2c4e-7a11-9f5e-1c7a2f9d3b40"


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


BAD_ARTICLES: list[tuple[Any, str]] = [
    ({}, "/text"),
    ({"text": None}, "/text"),
    ({"text": 7}, "/text"),
    ({"text": ["a"]}, "/text"),
    ({"text": ""}, "/text"),
    ({"text": " \n\t "}, "/text"),
    ({"text": "--- !!! ..."}, "/text"),
    ({"text": "\u200b\ufeff"}, "/text"),
    ({"text": "a" * 200_001}, "/text"),
    ({"text": "a\x00b"}, "/text"),
    ({"text": "PNG\x1a\x01\x02\x03\x04 IHDR\x05\x06"}, "/text"),
    ({"text": "\ufffd" * 40 + "a" * 40}, "/text"),
    ({"text": "half \ud83d"}, "/text"),
    ({"text": "One.", "title": 5}, "/title"),
    ({"text": "One.", "title": "a" * 501}, "/title"),
    ({"text": "One.", "title": "a\x00"}, "/title"),
    ({"text": "One.", "title": "\udc00"}, "/title"),
    ({"text": "One.", "source": "Ledger"}, "/source"),
    ({"text": "One.", "source": {}}, "/source/name"),
    ({"text": "One.", "source": {"name": " "}}, "/source/name"),
    ({"text": "One.", "source": {"name": "L", "domain": "https://l.example/"}}, "/source/domain"),
    ({"text": "One.", "source": {"name": "L", "a/b~c": 1}}, "/source/a~1b~0c"),
    ({"text": "One.", "published_at": "yesterday"}, "/published_at"),
    ({"text": "One.", "published_at": "2025-02-30"}, "/published_at"),
    ({"text": "One.", "published_at": "2025-13-01T00:00:00Z"}, "/published_at"),
    ({"text": "One.", "published_at": "2025-01-01T25:00:00Z"}, "/published_at"),
    ({"text": "One.", "published_at": "2025-01-01T00:00:00+25:00"}, "/published_at"),
    ({"text": "One.", "published_at": "0001-01-01"}, "/published_at"),
    ({"text": "One.", "published_at": "9999-12-31T23:59:59Z"}, "/published_at"),
    ({"text": "One.", "published_at": "12/05/2025"}, "/published_at"),
    ({"text": "One.", "published_at": "1747050000"}, "/published_at"),
    ({"text": "One.", "published_at": 1747050000}, "/published_at"),
    ({"text": "One.", "published_at": True}, "/published_at"),
    ({"text": "One.", "published_at": ""}, "/published_at"),
    ({"text": "One.", "published_at": "\u0662\u0660\u0662\u0665-01-01"}, "/published_at"),
    ({"text": "One.", "language": "English!"}, "/language"),
    ({"text": "One.", "external_id": ""}, "/external_id"),
    ({"text": "One.", "external_id": 12}, "/external_id"),
    ({"text": "One.", "story_id": "7"}, "/story_id"),
    ({"text": "One.", "story_id": 7}, "/story_id"),
    ({"text": "One.", "story_id": UNKNOWN}, "/story_id"),
    ({"text": "One.", "metadata": []}, "/metadata"),
    ({"text": "One.", "metadata": {"a": "b" * 20_000}}, "/metadata"),
    ({"text": "One.", "metadata": nested(20)}, "/metadata"),
    ({"text": "One.", "metadata": {"a": "\x00"}}, "/metadata"),
    ({"text": "One.", "metadata": {"a\x00": 1}}, "/metadata"),
    ({"text": "One.", "metadata": {"a": ["\ud800"]}}, "/metadata"),
    ({"text": "One.", "metadata": {"a": float("nan")}}, "/metadata"),
    ({"text": "One.", "metadata": {"a": -float("inf")}}, "/metadata"),
    ({"url": None}, "/text"),
    ({"text": "One.", "url": "https://ledger.example/1"}, "/text"),
    ({"url": 7}, "/url"),
    ({"url": ""}, "/url"),
    ({"url": "ledger.example/1"}, "/url"),
    ({"url": "ftp://ledger.example/1"}, "/url"),
    ({"url": "https://user:word@ledger.example/1"}, "/url"),
    ({"url": "http://169.254.169.254/latest/meta-data"}, "/url"),
    ({"url": "http://[::1]:5432/"}, "/url"),
    ({"url": "https://ledger.example/" + "a" * 2000}, "/url"),
    ({"url": "https://ledger.example/" + "\u00e9" * 1000}, "/url"),
    ({"url": "https://ledger.example/\x00"}, "/url"),
    ({"url": "https://ledger.example/\ud83d"}, "/url"),
    ({"text": "One.", "author": 5}, "/author"),
    ({"text": "One.", "Title": "T"}, "/Title"),
    ([], ""),
    ("text", ""),
    (None, ""),
    (5, ""),
]


@pytest.mark.parametrize(("body", "pointer"), BAD_ARTICLES)
async def test_a_bad_article_is_refused_where_it_is_bad(client: httpx.AsyncClient, body: Any, pointer: str) -> None:
    answer = await client.post("/v1/articles", content=json.dumps(body), headers=JSON)
    problem = check(answer, 422, "invalid-request")
    assert pointer in [fault["pointer"] for fault in problem["errors"]]
    assert all(set(fault) == {"pointer", "detail"} and fault["detail"].endswith(".") for fault in problem["errors"])
    assert (await client.get("/v1/articles")).json()["items"] == []
