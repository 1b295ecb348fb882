"""Articles in other languages: refused with a problem of their own, or kept for those who ask."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

from app.language.identify import Identifier
from tests.api.problem import check
from tests.pages import TEXT

pytestmark = pytest.mark.anyio

GERMAN = "Die Fähre verließ den Hafen am Dienstagmorgen mit 240 Passagieren an Bord, teilte der Betreiber mit."
IDENTIFY = Identifier()


@pytest.fixture(autouse=True)
def _identifying(app: FastAPI) -> None:
    app.state.services.identify = IDENTIFY


async def test_another_language_is_refused(client: httpx.AsyncClient, queued: Callable[[], list[str]]) -> None:
    answer = await client.post("/v1/articles", json={"text": GERMAN, "language": "en"})
    problem = check(answer, 422, "unsupported-language")
    assert "'de'" in problem["detail"]
    assert problem["errors"][0]["pointer"] == "/text"
    assert (await client.get("/v1/articles")).json()["items"] == []
    assert queued() == []


async def test_another_language_is_kept_for_who_asks(
    client: httpx.AsyncClient, queued: Callable[[], list[str]]
) -> None:
    body = {"text": GERMAN, "other_languages": "store"}
    answer = await client.post("/v1/articles", json=body, headers={"Prefer": "wait=20"})
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["status"], shown["language"], shown["error"]) == ("unanalysed", "de", None)
    assert (shown["claims"], shown["summary"], shown["story_id"]) == ([], None, None)
    assert (await client.get(f"/v1/articles/{shown['id']}/text")).text == GERMAN
    assert (await client.post("/v1/articles", json=body)).status_code == 200
    listed = await client.get("/v1/articles", params={"status": "unanalysed"})
    assert [item["id"] for item in listed.json()["items"]] == [shown["id"]]
    assert queued() == []


@pytest.mark.parametrize("choice", ["refuse", "store"])
@pytest.mark.parametrize("words", [TEXT, "Yes.", "Kursk: 11,000", "Zürich, Bern, Genève"])
async def test_english_and_what_is_too_short_is_analysed(
    client: httpx.AsyncClient, queued: Callable[[], list[str]], words: str, choice: str
) -> None:
    answer = await client.post("/v1/articles", json={"text": words, "other_languages": choice})
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert queued() == [answer.json()["id"]]


async def test_a_batch_keeps_the_others(client: httpx.AsyncClient, queued: Callable[[], list[str]]) -> None:
    lines = [{"text": GERMAN}, {"text": TEXT}, {"text": GERMAN, "other_languages": "store"}]
    answer = await client.post(
        "/v1/articles/batch",
        content="\n".join(map(json.dumps, lines)),
        headers={"content-type": "application/x-ndjson"},
    )
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [422, 202, 202]
    assert items[0]["problem"]["type"] == "urn:claimline:problem:unsupported-language"
    assert [item["article"]["status"] for item in items[1:]] == ["queued", "unanalysed"]
    assert queued() == [items[1]["id"]]


async def test_only_the_two_choices_are_known(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/articles", json={"text": TEXT, "other_languages": "translate"})
    assert check(answer, 422, "invalid-request")["errors"][0]["pointer"] == "/other_languages"
