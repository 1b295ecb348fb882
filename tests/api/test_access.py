"""Keys, scopes and rates: who is let through, and how the others are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlmodel import Session

from app.api import access
from app.api.access import OPEN_PATHS
from app.api.app import create_app, openapi_document
from app.api.rates import RateLimiter
from app.pipeline.jobs import defer_analysis
from app.store.engine import SessionFactory
from app.store.keys import Scope, list_keys, revoke_key
from tests.api.conftest import AxisEncoder
from tests.api.problem import check

pytestmark = pytest.mark.anyio

MakeKey = Callable[..., str]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def ask(app: FastAPI, *args: Any, **kwargs: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.request(*args, **kwargs)


@pytest.fixture(autouse=True)
def believe_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the database about every request: the tests do not wait for what was believed to age."""
    monkeypatch.setattr(access, "FRESH_SECONDS", -1.0)


async def test_a_service_without_keys_answers_everybody(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/stories")
    assert answer.status_code == 200
    assert "ratelimit" not in answer.headers


async def test_the_first_key_closes_the_service_for_good(
    client: httpx.AsyncClient, session: Session, make_key: MakeKey
) -> None:
    make_key()
    for method, path in (("GET", "/v1/stories"), ("POST", "/v1/articles"), ("GET", "/v1/nowhere"), ("GET", "/nowhere")):
        answer = await client.request(method, path)
        check(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == 'Bearer realm="claimline"'
    [(row, _)] = list_keys(session)
    revoke_key(session, row.prefix, now=datetime.now(UTC))
    session.commit()
    check(await client.get("/v1/stories"), 401)


async def test_where_keys_are_a_must_a_service_without_any_lets_nobody_in(
    sessions: SessionFactory, encoder: AxisEncoder
) -> None:
    app = create_app(
        sessions=sessions, defer_analysis=defer_analysis, load_encoder=lambda: encoder, allow_keyless=False
    )
    check(await ask(app, "GET", "/v1/stories"), 401)
    assert (await ask(app, "GET", "/healthz")).status_code == 200


async def test_what_operators_look_at_stays_open(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    make_key()
    for path in (*OPEN_PATHS, "/docs/start.js"):
        assert (await client.get(path)).status_code in (200, 503), path
    for path in ("/docsx", "/metricsx", "/healthz2"):
        check(await client.get(path), 401)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dTpw",
        "Bearer claimline_",
        "Bearer claimline_00000000_x",
        "Bearer \u00e9",
        "x" * 9000,
    ],
)
async def test_what_is_no_key_is_refused(client: httpx.AsyncClient, make_key: MakeKey, header: str) -> None:
    make_key()
    answer = await client.get("/v1/stories", headers={"Authorization": header.encode()})  # type: ignore[dict-item]
    check(answer, 401, "unauthenticated")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_a_key_is_known_by_all_of_it(client: httpx.AsyncClient, session: Session, make_key: MakeKey) -> None:
    token = make_key()
    assert (await client.get("/v1/stories", headers=bearer(token))).status_code == 200
    assert (await client.get("/v1/stories", headers={"authorization": f"bearer {token}"})).status_code == 200
    for other in (token[:-1], token + "A", token[:-1] + ("A" if token[-1] != "A" else "B"), token.upper()):
        check(await client.get("/v1/stories", headers=bearer(other)), 401)
    kept = str(session.connection().execute(text("SELECT * FROM api_key")).all())
    assert token[:18] in kept
    assert token[19:] not in kept


async def test_a_key_ends_when_it_expires_or_is_revoked(
    client: httpx.AsyncClient, session: Session, make_key: MakeKey
) -> None:
    expired = make_key(expires_at=datetime(2020, 1, 2, tzinfo=UTC))
    lasting = make_key(expires_at=datetime.now(UTC) + timedelta(hours=1))
    check(await client.get("/v1/stories", headers=bearer(expired)), 401)
    assert (await client.get("/v1/stories", headers=bearer(lasting))).status_code == 200
    revoke_key(session, lasting[:18], now=datetime.now(UTC))
    session.commit()
    check(await client.get("/v1/stories", headers=bearer(lasting)), 401)


async def test_the_last_use_is_noted(client: httpx.AsyncClient, session: Session, make_key: MakeKey) -> None:
    token = make_key()
    assert [row.last_used_at for row, _ in list_keys(session)] == [None]
    session.rollback()
    await client.get("/v1/stories", headers=bearer(token))
    session.expire_all()
    [(row, _)] = list_keys(session)
    assert row.last_used_at is not None
    assert datetime.now(UTC) - row.last_used_at < timedelta(minutes=1)


async def test_what_is_believed_of_a_key_ages(
    client: httpx.AsyncClient, session: Session, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "FRESH_SECONDS", 3600.0)
    token = make_key()
    assert (await client.get("/v1/stories", headers=bearer(token))).status_code == 200
    revoke_key(session, token[:18], now=datetime.now(UTC))
    session.commit()
    assert (await client.get("/v1/stories", headers=bearer(token))).status_code == 200
    monkeypatch.setattr(access, "monotonic", lambda: float("inf"))
    check(await client.get("/v1/stories", headers=bearer(token)), 401)


@pytest.mark.parametrize(
    ("scopes", "may_read", "may_write"),
    [({Scope.READ}, True, False), ({Scope.WRITE}, False, True), ({Scope.ADMIN}, True, True), (set(Scope), True, True)],
)
async def test_scopes_bound_what_a_key_may_do(
    client: httpx.AsyncClient, make_key: MakeKey, scopes: set[Scope], may_read: bool, may_write: bool
) -> None:
    headers = bearer(make_key(*scopes))
    for method, is_allowed in (("GET", may_read), ("HEAD", may_read), ("POST", may_write)):
        answer = await client.request(method, "/v1/stories", headers=headers, json={"title": "T"})
        assert (answer.status_code != 403) == is_allowed, method
        if not is_allowed and method != "HEAD":
            check(answer, 403, "forbidden")
            scope = "read" if method == "GET" else "write"
            assert f'error="insufficient_scope", scope="{scope}"' in answer.headers["www-authenticate"]


async def test_a_key_that_is_refused_is_refused_before_its_body_is_read(
    client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    headers = bearer(make_key(Scope.READ)) | {"Content-Type": "application/json"}
    check(await client.post("/v1/articles", content=b"{", headers=headers), 403)


async def test_rates_are_kept_for_each_key(sessions: SessionFactory, encoder: AxisEncoder, make_key: MakeKey) -> None:
    app = create_app(sessions=sessions, defer_analysis=defer_analysis, load_encoder=lambda: encoder, rate_limit=3)
    first, second = bearer(make_key()), bearer(make_key())
    answers = [await ask(app, "GET", "/v1/stories", headers=first) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"default";q=3;w=60'}
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0"]
    check(answers[3], 429, "rate-limited")
    assert 1 <= int(answers[3].headers["retry-after"]) <= 20
    assert (await ask(app, "GET", "/v1/stories", headers=second)).status_code == 200
    assert (await ask(app, "GET", "/healthz")).status_code == 200


def test_a_bucket_fills_up_evenly_and_never_past_its_limit() -> None:
    now = 1000.0
    limiter = RateLimiter(60, clock=lambda: now)
    assert [limiter.take("k").is_refused for _ in range(61)] == [False] * 60 + [True]
    now += 1.0
    assert [limiter.take("k").is_refused for _ in range(2)] == [False, True]
    assert limiter.take("k").headers["Retry-After"] == "1"
    now += 1e6
    quota = limiter.take("k")
    assert (quota.remaining, quota.reset_seconds) == (59, 1)


@pytest.mark.parametrize("limit", [1, 7, 600, 100_000])
def test_any_limit_lets_through_exactly_so_many_at_once(limit: int) -> None:
    limiter = RateLimiter(limit, clock=lambda: 12345.678)
    taken = [limiter.take("k") for _ in range(limit + 1)]
    assert [quota.is_refused for quota in taken].index(True) == limit
    assert [quota.remaining for quota in taken[:3]] == [max(0, limit - n) for n in (1, 2, 3)][: len(taken[:3])]


def test_the_description_says_what_needs_a_key() -> None:
    document = openapi_document()
    assert document["components"]["securitySchemes"]["ApiKey"]["scheme"] == "bearer"
    for path, at_path in document["paths"].items():
        for operation in at_path.values():
            assert ("security" in operation) == (path not in OPEN_PATHS)
            if "security" in operation:
                assert {"401", "403", "429"} <= set(operation["responses"])
