"""Health, readiness, metrics, documentation."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session
from starlette.datastructures import Headers

from app.api.middleware import _trace

pytestmark = pytest.mark.anyio


async def test_ready_means_that_a_worker_lives(client: httpx.AsyncClient, session: Session) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    session.connection().execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    session.commit()
    assert (await client.get("/readyz")).json() == {"status": "ready"}
    session.connection().execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"))
    session.commit()
    assert (await client.get("/readyz")).status_code == 503
    session.connection().execute(text("DELETE FROM procrastinate_workers"))
    session.commit()


async def test_metrics_count_by_route_and_not_by_address(client: httpx.AsyncClient) -> None:
    await client.post("/v1/articles", json={"text": "One."})
    for path in ("/v1/stories/7", "/v1/stories/8", "/nowhere/9"):
        await client.get(path)
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert re.search(
        r'claimline_http_requests_total\{method="GET",route="/v1/stories/\{story_id\}",status="404"\} ', answer.text
    )
    assert 'route="unmatched"' in answer.text
    assert "/nowhere" not in answer.text
    assert "claimline_queued_jobs 1.0" in answer.text
    assert "claimline_workers 0.0" in answer.text


async def test_requests_are_logged_without_what_they_carry(client: httpx.AsyncClient, logged: list[Any]) -> None:
    await client.post("/v1/articles?secret=1", json={"text": "Secret."}, headers={"X-Request-ID": "r-1"})
    [entry] = [entry for entry in logged if entry["event"] == "request"]
    assert (entry["method"], entry["route"], entry["status"]) == ("POST", "/v1/articles", 202)
    assert "ecret" not in str(entry)


@pytest.mark.parametrize(
    ("traceparent", "trace_id"),
    [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", None),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", None),
        ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", None),
        ("00-4bf92f-x\n", None),
        ("", None),
    ],
)
def test_the_trace_of_a_request_is_known_by_its_traceparent(traceparent: str, trace_id: str | None) -> None:
    found = _trace(Headers({"traceparent": traceparent}))
    assert found.get("trace_id") == trace_id


async def test_head_answers_like_get_without_a_body(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/v1/stories", "/docs", "/openapi.json"):
        got, head = await client.get(path), await client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == got.headers["content-length"]


async def test_the_documentation_asks_no_other_host(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    linked = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(linked) == 4
    for path in linked:
        assert "//" not in path
        assert (await client.get(f"/{path}")).status_code == 200
    start = (await client.get("/docs/start.js")).text
    assert re.findall(r'url: "([^"]+)"', start) == ["openapi.json"]
    assert (await client.get("/openapi.json")).json()["openapi"].startswith("3.1")


async def test_the_documentations_licence_is_shipped_with_it(client: httpx.AsyncClient) -> None:
    for name in ("LICENSE", "NOTICE", "VERSION"):
        assert (await client.get(f"/docs/swagger-ui/{name}")).status_code == 200
