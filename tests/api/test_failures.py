"""When something under the service fails: said so, nothing half done, nothing of the inside shown."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlmodel import Session

from app.store.engine import SessionFactory, create_engine, session_factory
from tests.api.problem import check
from tests.api.world import World

pytestmark = pytest.mark.anyio


async def test_a_commit_that_fails_is_not_answered_as_done(client: httpx.AsyncClient, api_engine: Engine) -> None:
    """The transaction ends before the answer goes out: here the database refuses at the last moment."""
    refuse = """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'secret %', NEW.title; END $$;
        CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON story DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse()
    """
    with api_engine.begin() as connection:
        connection.execute(text(refuse))
    try:
        answer = await client.post("/v1/stories", json={"title": "Fire"})
    finally:
        with api_engine.begin() as connection:
            connection.execute(text("DROP TRIGGER refuse ON story; DROP FUNCTION refuse"))
    problem = check(answer, 500, "internal-error")
    assert "secret" not in answer.text
    assert "Fire" not in answer.text
    assert problem["request_id"] in problem["detail"]
    assert (await client.get("/v1/stories")).json()["items"] == []


async def test_an_article_whose_job_cannot_be_queued_is_not_stored(
    app: FastAPI, client: httpx.AsyncClient, logged: list[Any]
) -> None:
    def broken(session: Session, article_id: object, *, is_new: bool) -> None:
        raise RuntimeError("no queue")

    app.state.services.defer_analysis = broken
    check(await client.post("/v1/articles", json={"text": "One."}), 500, "internal-error")
    assert (await client.get("/v1/articles")).json()["items"] == []
    [entry] = [entry for entry in logged if entry["event"] == "request_failed"]
    assert entry["error"] == "RuntimeError"


async def test_a_database_that_is_away_is_said_so(app: FastAPI, client: httpx.AsyncClient) -> None:
    engine = create_engine("postgresql://nobody@127.0.0.1:1/none")
    app.state.services.sessions = session_factory(engine)
    for method, path, body in (
        ("GET", "/v1/stories", None),
        ("POST", "/v1/articles", {"text": "One."}),
        ("GET", "/readyz", None),
    ):
        answer = await client.request(method, path, json=body)
        check(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "5"
        assert "127.0.0.1" not in answer.text
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/metrics")).status_code == 200


async def test_a_lock_that_is_not_let_go_is_answered_as_unavailable(
    client: httpx.AsyncClient, brandt: World, api_engine: Engine, app: FastAPI, sessions: SessionFactory
) -> None:
    impatient = create_engine(api_engine.url.render_as_string(hide_password=False), lock_seconds=0.2)
    app.state.services.sessions = session_factory(impatient)
    with sessions() as holder:
        holder.connection().execute(text("SELECT 1 FROM article FOR UPDATE"))
        check(await client.delete(f"/v1/articles/{brandt.ledger.id}"), 503, "unavailable")
    assert (await client.get(f"/v1/articles/{brandt.ledger.id}")).status_code == 200
    impatient.dispose()


async def test_a_queue_that_is_locked_is_answered_as_unavailable_and_nothing_is_stored(
    client: httpx.AsyncClient, api_engine: Engine, app: FastAPI, sessions: SessionFactory
) -> None:
    impatient = create_engine(api_engine.url.render_as_string(hide_password=False), lock_seconds=0.2)
    app.state.services.sessions = session_factory(impatient)
    body = {"text": "The bridge at Orm was closed on Monday."}
    with sessions() as holder:
        holder.connection().execute(text("LOCK TABLE procrastinate_jobs IN ACCESS EXCLUSIVE MODE"))
        check(await client.post("/v1/articles", json=body), 503, "unavailable")
    assert (await client.get("/v1/articles")).json()["items"] == []
    assert (await client.post("/v1/articles", json=body)).status_code == 202
    impatient.dispose()
