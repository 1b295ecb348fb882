"""The event log over HTTP."""

from __future__ import annotations

import json
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session, select

from app.domain.events import EventType, Happening
from app.store import events
from app.store.deliveries import write_messages
from app.store.tables import DEFAULT_WORKSPACE, WebhookDelivery
from app.store.workers import mark_failed
from tests.api.problem import check
from tests.api.world import MONDAY, World

pytestmark = pytest.mark.anyio


async def test_what_an_editor_does_is_listed_after_what_was_there(client: httpx.AsyncClient, brandt: World) -> None:
    [first] = (await client.get("/v1/events")).json()["items"]
    assert (first["type"], first["story_id"]) == ("article.analysed", str(brandt.story.id))
    assert first["data"] == {"article_id": str(brandt.ledger.id)}
    await client.patch(f"/v1/conflicts/{brandt.conflict.id}", json={"status": "confirmed"})
    items = (await client.get("/v1/events", params={"after": first["id"]})).json()["items"]
    assert [item["type"] for item in items] == ["conflict.changed", "story.updated"]
    assert items[0]["data"]["status"] == "confirmed"
    version = (await client.get(f"/v1/stories/{brandt.story.id}")).json()["version"]
    assert items[1]["data"]["version"] == version


async def test_a_failure_is_told_as_the_article_tells_it(client: httpx.AsyncClient, session: Session) -> None:
    """In the listing, which streams repeat, and in the message to a webhook."""
    id_ = (await client.post("/v1/articles", json={"url": "https://desk.example/fire"})).json()["id"]
    await client.post("/v1/webhooks", json={"url": "https://desk.example/hook"})
    mark_failed(session, [UUID(id_)], reason="It was away.", kind="url-unreachable", now=MONDAY)
    write_messages(session, now=MONDAY)
    session.commit()
    article = (await client.get(f"/v1/articles/{id_}")).json()
    assert article["error_type"] == "urn:claimline:problem:url-unreachable"
    told = {"article_id": id_, "error": article["error"], "error_type": article["error_type"]}
    [event] = (await client.get("/v1/events")).json()["items"]
    assert (event["type"], event["data"]) == ("article.failed", told)
    [delivery] = session.exec(select(WebhookDelivery)).all()
    assert json.loads(delivery.body)["data"] == told | {"event_id": event["id"], "story_id": None}


async def test_pages_and_filters(client: httpx.AsyncClient, session: Session, brandt: World) -> None:
    for kind in (EventType.STORY_UPDATED, EventType.ARTICLE_FAILED, EventType.STORY_UPDATED):
        events.record(session, DEFAULT_WORKSPACE, [Happening(kind, None, {})], now=MONDAY)
    session.commit()
    page = (await client.get("/v1/events?limit=3")).json()
    assert [item["id"] for item in page["items"]] == ["1", "2", "3"]
    rest = (await client.get("/v1/events", params={"limit": 3, "cursor": page["next_cursor"]})).json()
    assert ([item["id"] for item in rest["items"]], rest["next_cursor"]) == (["4"], None)
    failed = await client.get("/v1/events?type=article.failed&type=article.analysed")
    assert [item["id"] for item in failed.json()["items"]] == ["1", "3"]
    of_story = await client.get("/v1/events", params={"story_id": str(brandt.story.id)})
    assert [item["id"] for item in of_story.json()["items"]] == ["1"]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=" + 40 * "9", "type=nonsense", "story_id=1"])
async def test_what_cannot_be_is_refused(client: httpx.AsyncClient, query: str) -> None:
    check(await client.get(f"/v1/events?{query}"), 422, "invalid-request")
