"""Ways of submitting: waiting, idempotency keys, batches."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlmodel import Session, select

from app.api.preference import wait_seconds
from app.store.articles import Submission, add_articles
from app.store.engine import SessionFactory
from app.store.tables import Article, IdempotencyRecord, utc_now
from tests.api import world

pytestmark = pytest.mark.anyio

NDJSON = {"content-type": "application/x-ndjson"}


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (["wait=30"], 30),
        (["respond-async, WAIT = 5; x=1"], 5),
        (['wait="7"'], 7),
        (["return=minimal", "wait=3"], 3),
        (["wait=3", "wait=9"], 3),
        (["wait=100000"], 60),
        (["wait=0"], 0),
        (["wait=-1", "wait", "wait=1.5", "wait=soon", "", ",", "wait=99999999999"], None),
        ([], None),
    ],
)
def test_a_preference_that_is_not_understood_is_ignored(header: list[str], seconds: int | None) -> None:
    assert wait_seconds(header) == seconds


async def analyse_soon(sessions: SessionFactory, *, after: float, status: str = "analysed") -> None:
    """What a worker does, as far as a waiting request sees it, once there is an article."""
    is_done = False
    while not is_done:
        await asyncio.sleep(after)
        with sessions.begin() as session:
            ended = text(f"UPDATE article SET status = '{status}', analysed_at = now()")
            is_done = session.connection().execute(ended).rowcount > 0


@pytest.mark.parametrize("status", ["analysed", "failed"])
async def test_waiting_answers_with_the_analysis(
    client: httpx.AsyncClient, sessions: SessionFactory, status: str
) -> None:
    worker = asyncio.create_task(analyse_soon(sessions, after=0.3, status=status))
    answer = await client.post("/v1/articles", json={"text": "One."}, headers={"Prefer": "wait=20"})
    await worker
    assert answer.status_code == 201
    assert answer.headers["preference-applied"] == "wait=20"
    assert (answer.json()["status"], answer.json()["claims"]) == (status, [])
    assert answer.headers["location"] == f"/v1/articles/{answer.json()['id']}"
    again = await client.post("/v1/articles", json={"text": "One."}, headers={"Prefer": "wait=20"})
    assert again.status_code == 200
    assert again.json() == answer.json()


async def test_waiting_in_vain_is_answered_as_accepted(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/articles", json={"text": "One."}, headers={"Prefer": "wait=1"})
    assert answer.status_code == 202
    assert "preference-applied" not in answer.headers
    assert answer.json()["status"] == "queued"


async def test_many_who_wait_do_not_keep_others_waiting(client: httpx.AsyncClient, sessions: SessionFactory) -> None:
    waiting = [
        asyncio.create_task(
            client.post("/v1/articles", json={"text": f"Text {n}."}, headers={"Prefer": "wait=30"}, timeout=60)
        )
        for n in range(60)
    ]
    while True:
        listed = (await client.get("/v1/articles", params={"limit": 100})).json()["items"]
        if len(listed) == 60:
            break
    started = time.perf_counter()
    assert (await client.get("/v1/stories")).status_code == 200
    assert time.perf_counter() - started < 5
    await analyse_soon(sessions, after=0)
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [201] * 60


async def test_a_key_gets_its_first_answer_again(
    client: httpx.AsyncClient, session: Session, queued: Callable[[], list[str]]
) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = await client.post("/v1/articles", json={"text": "One."}, headers=headers)
    session.connection().execute(text("UPDATE article SET status = 'analysed'"))
    session.commit()
    again = await client.post("/v1/articles", json={"text": "One."}, headers=headers)
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert len(queued()) == 1


async def test_a_key_used_for_another_request_is_refused(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k-1"}
    await client.post("/v1/articles", json={"text": "One."}, headers=headers)
    other = await client.post("/v1/articles", json={"text": "Two."}, headers=headers)
    batch = await client.post("/v1/articles/batch", json=[{"text": "One."}], headers=headers)
    for answer in (other, batch):
        assert answer.status_code == 422
        assert answer.json()["type"] == "urn:claimline:problem:idempotency-key-reused"
    assert len((await client.get("/v1/articles")).json()["items"]) == 1


async def test_a_refused_request_does_not_use_up_its_key(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k-1"}
    unknown = {"text": "One.", "story_id": "01930311-2c4e-7a11-9f5e-1c7a2f9d3b40"}
    assert (await client.post("/v1/articles", json=unknown, headers=headers)).status_code == 422
    assert (await client.post("/v1/articles", json={"text": "One."}, headers=headers)).status_code == 202


async def test_one_key_many_times_at_once_has_one_effect(
    client: httpx.AsyncClient, queued: Callable[[], list[str]]
) -> None:
    answers = await asyncio.gather(
        *(client.post("/v1/articles", json={"text": "One."}, headers={"Idempotency-Key": "k"}) for _ in range(12))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(queued()) == 1


async def test_a_key_is_forgotten_after_a_day(client: httpx.AsyncClient, session: Session) -> None:
    headers = {"Idempotency-Key": "k-1"}
    await client.post("/v1/articles", json={"text": "One."}, headers=headers)
    await client.post("/v1/articles", json={"text": "One."}, headers={"Idempotency-Key": "k-2"})
    session.connection().execute(text("UPDATE idempotency_record SET created_at = now() - interval '25 hours'"))
    session.commit()
    assert (await client.post("/v1/articles", json={"text": "Two."}, headers=headers)).status_code == 202
    [kept] = session.exec(select(IdempotencyRecord.key))
    assert kept.endswith(":k-1")


async def test_a_kept_answer_forgets_the_article_that_is_withdrawn(
    client: httpx.AsyncClient, queued: Callable[[], list[str]]
) -> None:
    secret = {
        "text": "The mayor resigned.",
        "title": "Mayor out",
        "author": "Jo Lind",
        "source": {"name": "Gazette"},
        "external_id": "g-7",
        "metadata": {"desk": "Lokal"},
    }
    alone, among = (
        ("/v1/articles", secret, "alone"),
        ("/v1/articles/batch", [secret, {"text": "Other.", "title": "T"}], "b"),
    )

    async def send(path: str, body: Any, key: str) -> httpx.Response:
        return await client.post(path, json=body, headers={"Idempotency-Key": key})

    first = (await send(*alone)).json()
    await send(*among)
    assert (await client.delete(f"/v1/articles/{first['id']}")).status_code == 204
    one, many = await send(*alone), await send(*among)
    for word in ("Mayor", "Lind", "Gazette", "g-7", "Lokal"):
        assert word not in one.text + many.text
    assert (one.status_code, one.json()["id"], set(one.json())) == (202, first["id"], set(first))
    assert [item["article"]["title"] for item in many.json()["items"]] == [None, "T"]
    assert len(queued()) == 2
    assert len((await client.get("/v1/articles")).json()["items"]) == 1


async def test_one_article_many_times_at_once_is_stored_once(
    client: httpx.AsyncClient, queued: Callable[[], list[str]]
) -> None:
    answers = await asyncio.gather(*(client.post("/v1/articles", json={"text": "One."}) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(queued()) == 1


async def test_batches_that_share_articles_do_not_lock_each_other_out(client: httpx.AsyncClient) -> None:
    bodies = [[{"text": f"Text {n}."} for n in range(40)][::step] for step in (1, -1, 1, -1)]
    answers = await asyncio.gather(*(client.post("/v1/articles/batch", json=body) for body in bodies))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sorted(item["status"] for answer in answers for item in answer.json()["items"]) == [200] * 120 + [202] * 40


@pytest.mark.parametrize("is_wrapped", [False, True])
async def test_a_batch_answers_each_article(
    client: httpx.AsyncClient, queued: Callable[[], list[str]], is_wrapped: bool
) -> None:
    articles: list[Any] = [
        {"text": "One."},
        {"title": "No text"},
        {"text": "Two.", "url": "https://ledger.example/2"},
        {"text": " one "},
        {"text": "One."},
        7,
        {"text": "Three.", "story_id": "01930311-2c4e-7a11-9f5e-1c7a2f9d3b40"},
        {"text": "Four."},
    ]
    answer = await client.post("/v1/articles/batch", json={"articles": articles} if is_wrapped else articles)
    items = answer.json()["items"]
    assert answer.status_code == 200
    assert [item["index"] for item in items] == list(range(8))
    assert [item["status"] for item in items] == [202, 422, 422, 202, 200, 422, 422, 202]
    pointers = [item["problem"]["errors"][0]["pointer"] for item in items if "problem" in item]
    assert pointers == ["/text", "/text", "", "/story_id"]
    assert items[0]["id"] == items[4]["id"] == items[0]["article"]["id"]
    assert "line" not in items[0]
    assert queued() == [items[0]["id"], items[3]["id"], items[7]["id"]]
    assert len((await client.get("/v1/articles")).json()["items"]) == 3


async def test_ndjson_is_answered_line_by_line(client: httpx.AsyncClient) -> None:
    deep = b'{"text": "x", "metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    lines = [
        b'{"text": "One."}\r',
        b"",
        b'{"text": "Two."',
        b"not json",
        b'{"text": "\xff"}',
        deep,
        b'{"text": "x", "metadata": {"n": ' + b"9" * 5000 + b"}}",
        b'{"text": "x", "metadata": {"n": NaN}}',
        '{"text": "Zürich\u2028Bern"}'.encode(),
    ]
    answer = await client.post("/v1/articles/batch", content=b"\n".join(lines), headers=NDJSON)
    items = answer.json()["items"]
    assert [(item["line"], item["status"]) for item in items] == [
        (1, 202),
        (3, 400),
        (4, 400),
        (5, 400),
        (6, 400),
        (7, 400),
        (8, 422),
        (9, 202),
    ]
    assert items[1]["problem"]["detail"] == "Line 3 is not JSON: Expecting ',' delimiter at character 15."
    assert items[1]["problem"]["type"] == "urn:claimline:problem:malformed-body"


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"[]", {"content-type": "application/json"}, 422),
        (b"\n\n", NDJSON, 422),
        (b'{"text": "x"}\n' * 501, NDJSON, 422),
        (b'{"items": []}', {"content-type": "application/json"}, 422),
        (b'"text"', {"content-type": "application/json"}, 422),
        (b"[{", {"content-type": "application/json"}, 400),
        (b"[" * 100_000, {"content-type": "application/json"}, 400),
        (b"\xff\xfe[", {"content-type": "application/json"}, 400),
        (b"text", {"content-type": "text/csv"}, 415),
        (b"[]", {}, 415),
    ],
)
async def test_a_batch_that_cannot_be_taken_is_refused_whole(
    client: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await client.post("/v1/articles/batch", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.get("/v1/articles")).json()["items"] == []


async def test_a_batch_with_a_key_is_answered_once(client: httpx.AsyncClient, queued: Callable[[], list[str]]) -> None:
    body = [{"text": "One."}, {}]
    first, again = [
        await client.post("/v1/articles/batch", json=body, headers={"Idempotency-Key": "b"}) for _ in range(2)
    ]
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(queued()) == 1


async def test_a_body_sent_in_pieces_is_cut_off_at_the_limit(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'{"text": "'
        for _ in range(100):
            yield b"a" * 100_000
        yield b'"}'

    answer = await client.post("/v1/articles", content=endless(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_batch_may_be_larger_than_an_article(client: httpx.AsyncClient) -> None:
    lines = [json.dumps({"text": f"{n} " + "a" * 190_000}) for n in range(30)]
    answer = await client.post("/v1/articles/batch", content="\n".join(lines), headers=NDJSON)
    assert {item["status"] for item in answer.json()["items"]} == {202}


def test_a_new_article_starts_as_the_table_says(session: Session) -> None:
    [(article, is_new)] = add_articles(session, [Submission(text="One.")], now=utc_now())
    assert is_new
    row = session.get_one(Article, article.id)
    assert row is not article
    plain = Article(text="One.", fingerprint=row.fingerprint, id=row.id, created_at=row.created_at)
    assert row.model_dump() == plain.model_dump()


async def test_an_application_needs_no_encoder_to_take_articles(app: FastAPI, client: httpx.AsyncClient) -> None:
    app.state.services.load_encoder = None
    assert (await client.post("/v1/articles", json={"text": world.RADIO})).status_code == 202
