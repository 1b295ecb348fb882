"""News items in ninjs: what becomes of them, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.api.problem import check
from tests.pages import PARAGRAPHS, TEXT

pytestmark = pytest.mark.anyio

ITEM: dict[str, Any] = {
    "uri": "https://northern-ledger.example/items/17",
    "standard": {"name": "ninjs", "version": "3.0", "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json"},
    "type": "text",
    "pubStatus": "usable",
    "language": "en-GB",
    "firstCreated": "2024-11-04T06:00:00Z",
    "versionCreated": "2024-11-05T18:30:00+01:00",
    "by": "Olaf Brandt",
    "infosources": [{"role": "origin", "name": "Northern Ledger", "uri": "https://northern-ledger.example/"}],
    "headlines": [{"role": "short", "value": "Bridge shut"}, {"role": "main", "value": "Marl bridge closed"}],
    "bodies": [
        {"role": "richtext", "contentType": "application/xhtml+xml", "value": "<p>Not this one.</p>"},
        {"role": "main", "contentType": "text/plain", "charCount": len(TEXT), "value": TEXT},
    ],
    "people": [{"name": "Ines Corbeau", "rel": "about"}],
    "associations": [{"uri": "https://northern-ledger.example/items/18", "type": "picture"}],
}
HTML = "<div><h2>Marl bridge</h2>" + "".join(f"<p>{each}</p>" for each in PARAGRAPHS) + "</div>"


async def _stored(client: httpx.AsyncClient, item: Any) -> tuple[dict[str, Any], str]:
    answer = await client.post("/v1/articles", json=item)
    assert answer.status_code == 202, answer.text
    article = answer.json()
    return article, (await client.get(f"/v1/articles/{article['id']}/text")).text


async def test_an_item_becomes_an_article(client: httpx.AsyncClient, queued: Callable[[], list[str]]) -> None:
    article, text = await _stored(client, ITEM)
    assert text == TEXT
    assert {key: article[key] for key in ("title", "author", "published_at", "language", "external_id", "url")} == {
        "title": "Marl bridge closed",
        "author": "Olaf Brandt",
        "published_at": "2024-11-05T17:30:00Z",
        "language": "en-GB",
        "external_id": ITEM["uri"],
        "url": None,
    }
    assert article["source"] == {"name": "Northern Ledger", "domain": None}
    assert queued() == [article["id"]]
    again = await client.post("/v1/articles", json=ITEM)
    assert (again.status_code, again.json()["id"]) == (200, article["id"])


async def test_an_item_of_generation_1_is_read_as_well(client: httpx.AsyncClient) -> None:
    item = {
        "uri": "urn:newsml:ledger:17", "versioncreated": "2024-11-05T17:30:00Z", "byline": "Olaf Brandt",
        "headline": "Marl bridge closed", "body_text": TEXT, "body_html": HTML, "pubstatus": "usable",
    }  # fmt: skip
    article, text = await _stored(client, item)
    assert (text, article["title"], article["author"]) == (TEXT, "Marl bridge closed", "Olaf Brandt")
    assert (article["published_at"], article["source"]) == ("2024-11-05T17:30:00Z", None)


@pytest.mark.parametrize(
    "body",
    [
        {"bodies": [{"contentType": "text/html", "value": HTML}]},
        {"bodies": [{"contentType": "body_xhtml", "value": HTML}]},
        {"bodies": [{"contentType": "text/plain", "value": " "}, {"contentType": "text/html", "value": HTML}]},
        {"body_html": HTML},
        {"body_xhtml": HTML},
    ],
)
async def test_markup_is_read_as_words(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    _, text = await _stored(client, {"uri": "urn:x:1", **body})
    assert text == f"Marl bridge\n{TEXT}"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"bodies": None}, "/bodies"),
        ({"bodies": []}, "/bodies"),
        ({"bodies": "One."}, "/bodies"),
        ({"bodies": [{"value": " "}]}, "/bodies"),
        ({"bodies": [{"contentType": "text/html", "value": "<table><tr><td>9</table>"}]}, "/bodies"),
        ({"bodies": [{"contentType": "text/plain"}]}, "/bodies/0/value"),
        ({"bodies": [{"value": 7}]}, "/bodies/0/value"),
        ({"bodies": [{"value": "a\x00b"}]}, "/bodies/0/value"),
        ({"bodies": [{"value": "a" * 200_001}]}, "/bodies"),
        ({"bodies": [{"value": "a" * 1_000_001}]}, "/bodies/0/value"),
        ({"bodies": None, "body_text": ""}, "/body_text"),
        ({"bodies": None, "body_html": "<p></p>"}, "/body_html"),
        ({"uri": ""}, "/uri"),
        ({"uri": 7}, "/uri"),
        ({"type": "picture"}, "/type"),
        ({"pubStatus": "canceled"}, "/pubStatus"),
        ({"pubstatus": "withheld"}, "/pubstatus"),
        ({"language": "English!"}, "/language"),
        ({"versionCreated": "yesterday"}, "/versionCreated"),
        ({"by": ["Olaf"]}, "/by"),
        ({"headlines": ["Bridge"]}, "/headlines/0"),
        ({"headlines": [{"role": "main", "value": "a" * 501}]}, "/headlines/0/value"),
        ({"infosources": [{"name": " "}]}, "/infosources/0/name"),
    ],
)
async def test_a_bad_item_is_refused_where_it_is_bad(
    client: httpx.AsyncClient, change: dict[str, Any], pointer: str
) -> None:
    answer = await client.post("/v1/articles", json={**ITEM, **change})
    problem = check(answer, 422, "invalid-request")
    assert pointer in [fault["pointer"] for fault in problem["errors"]]
    assert (await client.get("/v1/articles")).json()["items"] == []


async def test_a_uri_beside_a_text_is_no_item(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/articles", json={"text": TEXT, "uri": "urn:x:1"})
    assert check(answer, 422, "invalid-request")["errors"][0]["pointer"] == "/uri"


@pytest.mark.parametrize("is_ndjson", [False, True])
async def test_a_batch_takes_items_among_articles(client: httpx.AsyncClient, is_ndjson: bool) -> None:
    batch = [ITEM, {"text": "One."}, {**ITEM, "uri": "urn:x:2", "type": "video"}]
    content = "\n".join(map(json.dumps, batch)) if is_ndjson else json.dumps(batch)
    headers = {"content-type": "application/x-ndjson" if is_ndjson else "application/json"}
    items = (await client.post("/v1/articles/batch", content=content, headers=headers)).json()["items"]
    assert [item["status"] for item in items] == [202, 202, 422]
    assert items[0]["article"]["external_id"] == ITEM["uri"]
    assert items[2]["problem"]["errors"][0]["pointer"] == "/type"


async def test_an_idempotency_key_holds_for_items(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "n"}
    first, again = [await client.post("/v1/articles", json=ITEM, headers=headers) for _ in range(2)]
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await client.post("/v1/articles", json={**ITEM, "uri": "urn:x:9"}, headers=headers)
    assert check(other, 422, "idempotency-key-reused")
