"""Hostile input in every place that takes a string: no 5xx, nothing done that was not asked for, nothing read amiss.

The places are read from the description of the API, so that a new field or parameter is attacked as soon as it exists.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlmodel import Session

from app.api.app import MAX_BODY, openapi_document
from app.store.articles import Filters, Submission, add_articles, list_articles
from tests.api import world
from tests.api.world import World

pytestmark = pytest.mark.anyio

DOCUMENT = openapi_document()
SCHEMAS = DOCUMENT["components"]["schemas"]
Place = tuple[str | int, ...]  # names of fields, and 0 for the first item of a list
STRINGS = {
    "sql": "'; DROP TABLE article; --",
    "sql_union": "' UNION SELECT digest FROM api_key --",
    "like": "%_\\%",
    "nul": "a\x00b",
    "surrogate": "a\ud800b",
    "bidi": "\u202eevil\u2066\u200f\u061c",
    "controls": "a\r\nSet-Cookie: x=1\r\n\r\n\x1b[2J",
    "template": "{{7*7}}${7*7}%(x)s{0.__class__}",
    "astral": "🚒" * 50 + "\U0010ffff",
    "combining": "e" + "\u0301" * 500,
    "long": "x" * 300_000,
    "number": "9" * 5000,
}


class SameEncoder:
    """Takes any text, as the real one does."""

    version, dimensions = "same@1", 384

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        return [world.vector(0) for _ in texts]


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    app.state.services.load_encoder = SameEncoder
    return app


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return _resolved(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    for choice in schema.get("anyOf", []):
        if choice != {"type": "null"}:
            return _resolved(choice)
    return schema


def _example(schema: dict[str, Any], *, put: str, at: Place) -> Any:
    """A value of the schema with ``put`` at one place; elsewhere only what is required."""
    if not at:
        return put
    schema, name = _resolved(schema), at[0]
    if name == 0:
        return [_example(schema["items"], put=put, at=at[1:])]
    given = dict.fromkeys(schema.get("required", []), "Words.")
    if schema.get("title") in TEXTS and name not in OTHER_TEXTS:
        given[TEXTS[schema["title"]]] = f"Words beside {at}."  # new ones each time: the same article is stored once
    return given | {name: _example(schema.get("properties", {}).get(name, {}), put=put, at=at[1:])}


def _places(schema: dict[str, Any], at: Place = ()) -> Iterator[Place]:
    schema = _resolved(schema)
    if schema.get("type") == "array":
        yield from _places(schema["items"], (*at, 0))
        return
    if schema.get("type") != "object":
        yield at
        return
    for name, field in schema.get("properties", {}).items():
        yield from _places(field, (*at, name))
    if not schema.get("properties"):  # free-form: as a value, and as a key
        yield (*at, "key")


TEXTS = {"ArticleIn": "text", "NinjsIn": "body_text"}  # one of several fields that may hold it, none of them required
OTHER_TEXTS = ("url", "bodies", "body_html", "body_xhtml")
UNREAD = ("role", "contentType")  # looked at and not kept: what they say need not be storable
BODIES = [
    (method, path, _resolved(schema), at)
    for path, at_path in DOCUMENT["paths"].items()
    for method, operation in at_path.items()
    for kind, body in operation.get("requestBody", {}).get("content", {}).items()
    if kind == "application/json"
    for schema in body["schema"].get("oneOf", [body["schema"]])
    if "$ref" in schema
    for at in _places(schema)
]
PARAMETERS = [
    (method, path, parameter["in"], parameter["name"])
    for path, at_path in DOCUMENT["paths"].items()
    for method, operation in at_path.items()
    for parameter in operation.get("parameters", [])
]


def _at(path: str, brandt: World) -> str:
    return path.format(
        article_id=brandt.ledger.id,
        story_id=brandt.story.id,
        conflict_id=brandt.conflict.id,
        webhook_id=brandt.webhook.id,
        delivery_id=brandt.delivery.id,
    )


async def _try(client: httpx.AsyncClient, method: str, path: str, **given: Any) -> httpx.Response:
    answer = await client.request(method, path, **given)
    assert answer.status_code < 500, (method, path, answer.text[:500])
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.content) < 20_000 + len(path), "a problem repeats what was sent"
    assert "set-cookie" not in answer.headers
    return answer


def _intact(session: Session) -> None:
    assert session.connection().scalar(text("SELECT count(*) FROM article WHERE text = :t"), {"t": world.LEDGER}) == 1
    session.rollback()


@pytest.mark.parametrize("name", STRINGS)
async def test_a_hostile_string_in_any_field_of_any_body(
    client: httpx.AsyncClient, session: Session, brandt: World, name: str
) -> None:
    assert {"ArticleIn", "NinjsIn", "WebhookIn"} <= {schema["title"] for _, _, schema, _ in BODIES}
    taken = set()
    for method, path, schema, at in BODIES:
        body = _example(schema, put=STRINGS[name], at=at)
        content = json.dumps(body)  # lone surrogates as escapes, which is how they arrive
        headers = {"Content-Type": "application/json"}
        answer = await _try(client, method, _at(path, brandt), content=content, headers=headers)
        if name in ("nul", "surrogate") and at[-1] not in UNREAD:
            assert answer.status_code == 422, at
        if answer.status_code == 202 and path == "/v1/articles":
            taken.add((schema["title"], at[0]))
            await _try(client, "get", answer.headers["location"])
            if at in (("text",), ("body_text",), ("bodies", 0, "value")):
                kept = await client.get(f"{answer.headers['location']}/text")
                assert kept.content.decode() == STRINGS[name]
    if name in ("sql", "bidi", "template"):
        assert {("ArticleIn", "title"), ("NinjsIn", "headlines"), ("NinjsIn", "bodies"), ("NinjsIn", "by")} <= taken
    _intact(session)


@pytest.mark.parametrize("name", STRINGS)
async def test_a_hostile_string_in_any_parameter(
    client: httpx.AsyncClient, session: Session, brandt: World, name: str
) -> None:
    value = STRINGS[name][:20_000].encode("utf-8", "surrogatepass")
    escaped = "".join(f"%{byte:02X}" for byte in value)
    for method, path, place, parameter in PARAMETERS:
        if method != "get" and place != "header":
            continue  # what these change is tried with bodies, above
        if place == "path":
            await _try(client, method, path.replace(f"{{{parameter}}}", escaped))
        elif place == "query":
            await _try(client, method, f"{_at(path, brandt)}?q=0&{parameter}={escaped}")
        else:
            raw = value.replace(b"\r", b" ").replace(b"\n", b" ").replace(b"\x00", b" ")[:8000]
            await _try(client, method, _at(path, brandt), headers={parameter: raw}, params={"q": "0"})  # type: ignore[dict-item]
    _intact(session)


async def test_a_word_with_wildcards_is_looked_for_as_it_stands(client: httpx.AsyncClient, brandt: World) -> None:
    for words in ("%", "_", "\\", "' OR '1'='1"):
        assert (await client.get("/v1/stories", params={"q": words})).json()["items"] == []
        assert (await client.get("/v1/timeline", params={"q": words})).json()["items"] == []


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b'{"text": "One.", "metadata": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
        b'{"text": ' + b"1" * (MAX_BODY - 20) + b"}",
        b'{"text": "One.", "metadata": {"n": 1' + b"0" * 5_000 + b"}}",
        b'{"text": "One.", "metadata": {"n": 1e999}}',
        b'{"text": "' + b"\\ud83d\\ude92" * 200_001 + b'"}',
        b'{"text": "One.", ' + b",".join(b'"f%d": 1' % n for n in range(50_000)) + b"}",
        b'{"text": "One."' + b" " * (MAX_BODY - 20) + b"\xff}",
        b"\xef\xbb\xbf" * 10,
    ],
    ids=["arrays", "objects", "metadata", "number", "integer", "infinity", "escapes", "fields", "padding", "marks"],
)
async def test_huge_and_deep_json_is_refused_in_a_moment(client: httpx.AsyncClient, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    started = time.process_time()
    for path in ("/v1/articles", "/v1/articles/batch", "/v1/stories"):
        answer = await _try(client, "post", path, content=content, headers=headers)
        assert answer.status_code in (400, 413, 422), path
    assert time.process_time() - started < 15
    assert (await client.get("/v1/articles")).json()["items"] == []


async def test_a_listing_is_whole_although_the_clock_was_set_back_and_forth(
    client: httpx.AsyncClient, session: Session
) -> None:
    """Ids and times then disagree on the order; pages must not care."""
    for number in range(12):
        jump = timedelta(hours=(-3, 0, 5)[number % 3])
        add_articles(session, [Submission(text=f"Number {number}.")], now=world.MONDAY + jump)
    session.commit()
    seen, cursor = [], None
    while True:
        page = (await client.get("/v1/articles", params={"limit": 5} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 12
    rows = list_articles(session, Filters(), after=None, limit=20)
    assert [str(row.id) for row in rows] == seen
