"""Articles submitted by their URL, up to the queue; what the worker makes of them is tested with the pipeline."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.api.problem import check

pytestmark = pytest.mark.anyio

URL = "https://ledger.example/2024/11/06/marl-bridge"


def _settle(session: Session, *, status: str, body: str = "") -> None:
    """What a worker does, as far as a request sees it."""
    query = "UPDATE article SET status = :status, text = :text, error = 'It was away.', error_type = 'url-unreachable'"
    session.connection().execute(text(query), {"status": status, "text": body})
    session.connection().execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()


async def test_a_url_is_accepted_and_queued(client: httpx.AsyncClient, queued: Callable[[], list[str]]) -> None:
    answer = await client.post("/v1/articles", json={"url": URL, "author": "Ines Corbeau", "external_id": "7"})
    assert answer.status_code == 202
    shown = answer.json()
    assert {key: shown[key] for key in ("status", "url", "title", "author", "error", "error_type", "external_id")} == {
        "status": "queued",
        "url": URL,
        "title": None,
        "author": "Ines Corbeau",
        "error": None,
        "error_type": None,
        "external_id": "7",
    }
    assert queued() == [shown["id"]]
    check(await client.get(f"/v1/articles/{shown['id']}/text"), 404, "not-found")
    assert (await client.get(f"/v1/articles/{shown['id']}")).json()["claims"] == []


@pytest.mark.parametrize(
    "same",
    ["https://LEDGER.example/2024/11/06/marl-bridge", f"{URL}#comments", "https://ledger.example:443" + URL[22:]],
)
async def test_the_same_url_is_taken_once(
    client: httpx.AsyncClient, queued: Callable[[], list[str]], same: str
) -> None:
    first = await client.post("/v1/articles", json={"url": URL})
    again = await client.post("/v1/articles", json={"url": same, "title": "Another title"})
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    assert len(queued()) == 1


async def test_the_same_url_many_times_at_once(client: httpx.AsyncClient, queued: Callable[[], list[str]]) -> None:
    answers = await asyncio.gather(*(client.post("/v1/articles", json={"url": URL}) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(queued()) == 1


async def test_a_failed_url_is_tried_again_when_it_is_sent_again(
    client: httpx.AsyncClient, session: Session, queued: Callable[[], list[str]]
) -> None:
    first = (await client.post("/v1/articles", json={"url": URL})).json()
    _settle(session, status="failed")
    failed = (await client.get(f"/v1/articles/{first['id']}")).json()
    assert (failed["error"], failed["error_type"]) == ("It was away.", "urn:claimline:problem:url-unreachable")
    again, once_more = [await client.post("/v1/articles", json={"url": URL}) for _ in range(2)]
    assert (again.status_code, once_more.status_code) == (202, 200)
    assert again.json() == first
    assert queued() == [first["id"]]


async def test_an_analysed_url_is_not_fetched_again(
    client: httpx.AsyncClient, session: Session, queued: Callable[[], list[str]]
) -> None:
    await client.post("/v1/articles", json={"url": URL})
    _settle(session, status="analysed", body="One.")
    assert (await client.post("/v1/articles", json={"url": URL})).status_code == 200
    assert queued() == []


@pytest.mark.parametrize("is_ndjson", [False, True])
async def test_a_batch_takes_urls_beside_texts(
    client: httpx.AsyncClient, queued: Callable[[], list[str]], is_ndjson: bool
) -> None:
    articles: list[dict[str, Any]] = [
        {"url": URL},
        {"text": "One."},
        {"url": f"{URL}#top"},
        {"url": "http://10.0.0.1/"},
        {"url": URL, "text": "One."},
        {"url": "https://ledger.example/other"},
    ]
    content = "\n".join(map(json.dumps, articles)) if is_ndjson else json.dumps(articles)
    headers = {"content-type": "application/x-ndjson" if is_ndjson else "application/json"}
    items = (await client.post("/v1/articles/batch", content=content, headers=headers)).json()["items"]
    assert [item["status"] for item in items] == [202, 202, 200, 422, 422, 202]
    assert items[2]["id"] == items[0]["id"]
    assert items[3]["problem"]["errors"][0]["pointer"] == "/url"
    assert "a private network" in items[3]["problem"]["detail"]
    assert queued() == [items[0]["id"], items[1]["id"], items[5]["id"]]


async def test_batches_that_share_urls_do_not_lock_each_other_out(client: httpx.AsyncClient) -> None:
    bodies = [[{"url": f"{URL}/{n}"} for n in range(40)][::step] for step in (1, -1, 1, -1)]
    answers = await asyncio.gather(*(client.post("/v1/articles/batch", json=body) for body in bodies))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sorted(item["status"] for answer in answers for item in answer.json()["items"]) == [200] * 120 + [202] * 40


async def test_two_workspaces_have_each_their_own_article_of_a_url(
    client: httpx.AsyncClient, make_key: Callable[..., str]
) -> None:
    found = []
    for workspace in ("one", "two"):
        headers = {"Authorization": f"Bearer {make_key(workspace=workspace)}"}
        answers = [await client.post("/v1/articles", json={"url": URL}, headers=headers) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [202, 200]
        found.append(answers[0].json()["id"])
    assert found[0] != found[1]
