"""Webhooks over HTTP: kept, changed, tried, replayed."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select

from app.domain.events import EventType, Happening
from app.store import deliveries, events
from app.store.keys import Scope
from app.store.tables import DEFAULT_WORKSPACE, Webhook
from tests.api.problem import check
from tests.api.world import World

pytestmark = pytest.mark.anyio

URL = "https://desk.example/hook"


async def add(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await client.post("/v1/webhooks", json={"url": URL, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_secret_is_shown_once(client: httpx.AsyncClient) -> None:
    made = await add(client, types=["conflict.opened"], description="The desk")
    assert made["secret"].startswith("whsec_")
    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32
    path = f"/v1/webhooks/{made['id']}"
    read = (await client.get(path)).json()
    assert read == {key: made[key] for key in read}
    assert "secret" not in (await client.get("/v1/webhooks")).text.replace("secrets", "")
    assert made["secret"] not in (await client.get(path)).text


async def test_a_rotated_secret_overlaps_for_as_long_as_was_asked(client: httpx.AsyncClient) -> None:
    made = await add(client)
    path = f"/v1/webhooks/{made['id']}/rotate"
    rotated = (await client.post(path, params={"overlap_hours": 2})).json()
    assert rotated["secret"] != made["secret"]
    until = datetime.fromisoformat(rotated["previous_secret_until"])
    assert timedelta(hours=1) < until - datetime.now(UTC) <= timedelta(hours=2)
    leaked = (await client.post(path, params={"overlap_hours": 0})).json()
    assert leaked["previous_secret_until"] is None
    check(await client.post(path, params={"overlap_hours": 999}), 422, "invalid-request")


async def test_a_webhook_is_changed_disabled_and_removed(client: httpx.AsyncClient) -> None:
    made = await add(client)
    path = f"/v1/webhooks/{made['id']}"
    changed = (await client.patch(path, json={"url": f"{URL}/2", "types": ["story.merged"]})).json()
    assert (changed["url"], changed["types"], changed["is_enabled"]) == (f"{URL}/2", ["story.merged"], True)
    disabled = (await client.patch(path, json={"is_enabled": False})).json()
    assert (disabled["is_enabled"], disabled["disabled_reason"]) == (False, "Disabled by request.")
    check(await client.post(f"{path}/ping"), 409, "conflicting-state")
    check(await client.post(f"{path}/replay", json={"since": "2026-01-01T00:00:00Z"}), 409, "conflicting-state")
    assert (await client.patch(path, json={"is_enabled": True})).json()["disabled_reason"] is None
    assert (await client.delete(path)).status_code == 204
    check(await client.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/url"),
        ({"url": "ftp://desk.example/"}, "/url"),
        ({"url": "https://user:word@desk.example/"}, "/url"),
        ({"url": "http://127.0.0.1:9000/"}, "/url"),
        ({"url": "http://[::1]/"}, "/url"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "/url"),
        ({"url": "http://10.1.2.3/"}, "/url"),
        ({"url": "https://" + "a" * 3000}, "/url"),
        ({"url": URL, "types": ["nonsense"]}, "/types/0"),
        ({"url": URL, "secret": "mine"}, "/secret"),
    ],
)
async def test_what_cannot_be_called_or_meant_is_refused(
    client: httpx.AsyncClient, session: Session, body: dict[str, Any], pointer: str
) -> None:
    problem = check(await client.post("/v1/webhooks", json=body), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == pointer
    assert (await client.get("/v1/webhooks")).json()["items"] == []


async def test_a_change_is_held_to_the_same_rules(client: httpx.AsyncClient) -> None:
    path = f"/v1/webhooks/{(await add(client))['id']}"
    for body in (
        {"url": "http://127.0.0.1/"},
        {"url": None},
        {"types": None},
        {"is_enabled": None},
        {"is_enabled": "false"},
        {"id": "x"},
    ):
        check(await client.patch(path, json=body), 422, "invalid-request")
    assert (await client.get(path)).json()["url"] == URL


async def test_a_workspace_has_so_many_and_no_more(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.store.webhooks.MOST", 2)
    await add(client)
    await add(client)
    check(await client.post("/v1/webhooks", json={"url": URL}), 409, "conflicting-state")


async def test_a_ping_and_a_replay_are_seen_in_the_log(
    client: httpx.AsyncClient, session: Session, brandt: World
) -> None:
    path = f"/v1/webhooks/{brandt.webhook.id}"
    ping = await client.post(f"{path}/ping")
    assert (ping.status_code, ping.json()["type"], ping.json()["status"]) == (202, "webhook.ping", "pending")
    events.record(
        session, DEFAULT_WORKSPACE, [Happening(EventType.STORY_UPDATED, brandt.story.id, {})], now=datetime.now(UTC)
    )
    deliveries.write_messages(session, now=datetime.now(UTC))
    session.commit()
    [message] = [x for x in (await client.get(f"{path}/deliveries")).json()["items"] if x["type"] == "story.updated"]
    assert (message["status"], message["event_id"]) == ("pending", "2")
    detail = (await client.get(f"{path}/deliveries/{message['id']}")).json()
    assert detail["attempts"] == []
    assert f'"story_id":"{brandt.story.id}"' in detail["body"]
    check(await client.post(f"{path}/deliveries/{message['id']}/replay"), 409, "conflicting-state")
    replayed = await client.post(f"{path}/replay", json={"since": "2025-01-01T00:00:00Z"})
    assert replayed.json() == {"queued": 1}  # the event from before the webhook; what is pending is left alone
    assert len((await client.get(f"{path}/deliveries?status=pending&limit=100")).json()["items"]) == 4
    assert (await client.get(f"{path}/deliveries?status=failed")).json()["items"] == []


async def test_a_delivery_belongs_to_its_webhook(client: httpx.AsyncClient, brandt: World) -> None:
    other = (await add(client))["id"]
    check(await client.get(f"/v1/webhooks/{other}/deliveries/{brandt.delivery.id}"), 404, "not-found")
    check(await client.post(f"/v1/webhooks/{other}/deliveries/{brandt.delivery.id}/replay"), 404, "not-found")


async def test_only_an_admin_sees_or_makes_webhooks(
    client: httpx.AsyncClient, brandt: World, make_key: Callable[..., str]
) -> None:
    for scopes in ((Scope.READ,), (Scope.WRITE,), (Scope.READ, Scope.WRITE)):
        headers = {"Authorization": f"Bearer {make_key(*scopes)}"}
        for method, path in (
            ("GET", "/v1/webhooks"),
            ("POST", "/v1/webhooks"),
            ("GET", f"/v1/webhooks/{brandt.webhook.id}"),
            ("POST", f"/v1/webhooks/{brandt.webhook.id}/rotate"),
        ):
            check(await client.request(method, path, headers=headers), 403, "forbidden")


async def test_what_an_admin_adds_is_of_the_workspace_of_the_key(
    client: httpx.AsyncClient, session: Session, make_key: Callable[..., str]
) -> None:
    headers = {"Authorization": f"Bearer {make_key(workspace='elsewhere')}"}
    made = await client.post("/v1/webhooks", json={"url": URL}, headers=headers)
    assert made.status_code == 201
    row = session.exec(select(Webhook)).one()
    assert row.workspace_id != DEFAULT_WORKSPACE
