"""Nothing of one workspace is seen, found or linked from another, whatever the route."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.api.access import OPEN_PATHS
from app.api.app import openapi_document
from tests.api import world
from tests.api.problem import check
from tests.api.world import World

pytestmark = pytest.mark.anyio

DOCUMENT = openapi_document()
ROUTES = [
    (method, path, operation)
    for path, at_path in DOCUMENT["paths"].items()
    for method, operation in at_path.items()
    if path not in OPEN_PATHS
]
BY_ID = [route for route in ROUTES if "{" in route[1]]
LISTINGS = [route for route in ROUTES if "{" not in route[1] and route[0] == "get"]
BODIES = {
    "moveArticle": {"story_id": None},
    "mergeStory": {"into": str(uuid4())},
    "judgeConflict": {"status": "dismissed"},
    "changeWebhook": {"url": "https://elsewhere.example/"},
    "replayWebhook": {"since": "2020-01-01T00:00:00Z"},
}


@pytest.fixture
def stranger(make_key: Callable[..., str]) -> dict[str, str]:
    """Headers of a caller who may do everything, in another workspace."""
    return {"Authorization": f"Bearer {make_key(workspace='elsewhere')}"}


def _ids(brandt: World) -> dict[str, str]:
    return {
        "article_id": str(brandt.ledger.id),
        "story_id": str(brandt.story.id),
        "conflict_id": str(brandt.conflict.id),
        "webhook_id": str(brandt.webhook.id),
        "delivery_id": str(brandt.delivery.id),
    }


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)
    elif isinstance(value, str):
        yield value


def _contents(session: Session) -> list[Any]:
    tables = ("article", "story", "conflict", "claim", "timeline_entry", "claim_group", "procrastinate_jobs", "event")
    tables += ("webhook", "webhook_delivery")
    found = [session.connection().execute(text(f"SELECT * FROM {name} ORDER BY 1, 2")).all() for name in tables]
    session.rollback()
    return found


@pytest.mark.parametrize(("method", "path", "operation"), BY_ID, ids=lambda part: str(part)[:50])
async def test_an_id_of_another_workspace_is_answered_as_one_that_does_not_exist(
    *,
    client: httpx.AsyncClient,
    session: Session,
    brandt: World,
    stranger: dict[str, str],
    method: str,
    path: str,
    operation: dict[str, Any],
) -> None:
    body = BODIES.get(operation["operationId"])
    assert body or "requestBody" not in operation, "name a body for this operation in BODIES"
    own = _ids(brandt)  # a KeyError here: name an id for the new path parameter
    before = _contents(session)
    real, made_up = path.format(**own), path.format(**dict.fromkeys(own, uuid4()))
    theirs = await client.request(method, real, headers=stranger, json=body)
    nobodys = await client.request(method, made_up, headers=stranger, json=body)
    told = [check(answer, 404, "not-found") for answer in (theirs, nobodys)]
    for problem, url in zip(told, (real, made_up), strict=True):
        id_ = next(part for part in url.split("/") if len(part) == 36)
        problem["detail"] = problem["detail"].replace(id_, "ID")
        del problem["instance"], problem["request_id"]
    assert told[0] == told[1]
    assert _contents(session) == before


@pytest.mark.parametrize(("method", "path", "operation"), LISTINGS, ids=lambda part: str(part)[:50])
async def test_a_listing_shows_nothing_of_another_workspace(
    *,
    client: httpx.AsyncClient,
    brandt: World,
    make_key: Callable[..., str],
    stranger: dict[str, str],
    method: str,
    path: str,
    operation: dict[str, Any],
) -> None:
    needed = {item["name"] for item in operation.get("parameters", []) if item.get("required")}
    assert needed <= {"q"}
    asked = {"q": "0 boats"} if needed else {}
    answer = await client.get(path, params=asked, headers=stranger)
    assert answer.status_code == 200
    owner = {"Authorization": f"Bearer {make_key()}"}
    if path.endswith(".atom"):
        assert "<entry>" not in answer.text
        assert "<entry>" in (await client.get(path, headers=owner)).text
        return
    assert answer.json()["items"] == []
    shown = (await client.get(path, params=asked, headers=owner)).json()["items"]
    assert shown


@pytest.mark.parametrize("format", ["timelinejs", "csv", "ics"])
async def test_a_timeline_in_another_format_shows_nothing_of_another_workspace(
    client: httpx.AsyncClient, brandt: World, make_key: Callable[..., str], stranger: dict[str, str], format: str
) -> None:
    owner = {"Authorization": f"Bearer {make_key()}"}
    mine, theirs = [await client.get(f"/v1/timeline?format={format}", headers=who) for who in (owner, stranger)]
    assert (mine.status_code, theirs.status_code) == (200, 200)
    assert str(brandt.entry.id) in mine.text
    assert str(brandt.entry.id) not in theirs.text
    own_story = f"/v1/stories/{brandt.story.id}/timeline?format={format}"
    check(await client.get(own_story, headers=stranger), 404, "not-found")


async def test_no_filter_reaches_into_another_workspace(
    client: httpx.AsyncClient, brandt: World, stranger: dict[str, str]
) -> None:
    for path in (
        f"/v1/articles?story_id={brandt.story.id}",
        "/v1/articles?source=Ledger",
        "/v1/stories?q=fire",
        f"/v1/events?story_id={brandt.story.id}",
        "/v1/timeline?as_of=2199-01-01T00:00:00Z",
        "/v1/timeline?as_of=2025-05-13T00:00:00Z",  # after one article of the story, before the other
    ):
        assert (await client.get(path, headers=stranger)).json()["items"] == []


async def test_no_body_reaches_into_another_workspace(
    client: httpx.AsyncClient, session: Session, brandt: World, stranger: dict[str, str]
) -> None:
    theirs = str(brandt.story.id)
    own = (await client.post("/v1/stories", json={"title": "Own"}, headers=stranger)).json()["id"]
    article = (await client.post("/v1/articles", json={"text": "Own words."}, headers=stranger)).json()["id"]
    before = _contents(session)
    for method, path, body in (
        ("POST", "/v1/articles", {"text": "More words.", "story_id": theirs}),
        ("PATCH", f"/v1/articles/{article}", {"story_id": theirs}),
        ("POST", f"/v1/stories/{own}/merge", {"into": theirs}),
    ):
        problem = check(await client.request(method, path, json=body, headers=stranger), 422)
        assert "There is no story" in problem["detail"]
    batch = await client.post("/v1/articles/batch", json=[{"text": "More.", "story_id": theirs}], headers=stranger)
    assert [item["status"] for item in batch.json()["items"]] == [422]
    assert _contents(session) == before


async def test_the_same_article_and_the_same_idempotency_key_may_be_in_two_workspaces(
    client: httpx.AsyncClient, make_key: Callable[..., str], stranger: dict[str, str]
) -> None:
    owner = {"Authorization": f"Bearer {make_key()}"}
    body, key = {"text": "The ferry left.", "external_id": "7"}, {"Idempotency-Key": "same"}
    first, second = [await client.post("/v1/articles", json=body, headers=who | key) for who in (owner, stranger)]
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] != second.json()["id"]
    again = await client.post("/v1/articles", json=body, headers=stranger)
    assert (again.status_code, again.json()["id"]) == (200, second.json()["id"])
    other = await client.post("/v1/articles", json=body | {"text": "Other."}, headers=owner | {"Idempotency-Key": "x"})
    mismatch = await client.post("/v1/articles", json=body, headers=stranger | {"Idempotency-Key": "x"})
    assert (other.status_code, mismatch.status_code) == (202, 200)


async def test_a_cursor_of_another_workspace_shows_nothing_of_it(
    client: httpx.AsyncClient, session: Session, make_key: Callable[..., str], stranger: dict[str, str]
) -> None:
    for title in ("One", "Two", "Three"):
        world.add_story(session, title)
    session.commit()
    owner = {"Authorization": f"Bearer {make_key()}"}
    cursor = (await client.get("/v1/stories?limit=1", headers=owner)).json()["next_cursor"]
    answer = await client.get("/v1/stories", params={"limit": 1, "cursor": cursor}, headers=stranger)
    assert answer.json() == {"items": [], "next_cursor": None}


def test_every_schema_that_takes_an_id_is_tried_above() -> None:
    """A new input with an id of something must be added to the test of bodies."""
    refs = json.dumps([operation.get("requestBody", {}) for _, _, operation in ROUTES])
    takers = {
        f"{name}.{key}"
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if f'/{name}"' in refs
        for key, field in schema.get("properties", {}).items()
        if '"uuid"' in json.dumps(field)
    }
    assert takers == {"ArticleIn.story_id", "ArticlePatch.story_id", "MergeIn.into"}
