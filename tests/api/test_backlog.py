"""An article is refused early when those before it have waited too long."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.api import backlog
from app.api.app import create_app
from app.pipeline.jobs import defer_analysis
from app.store.engine import SessionFactory
from app.store.workers import oldest_job_seconds
from tests.api.conftest import AxisEncoder
from tests.api.problem import check

pytestmark = pytest.mark.anyio


async def test_articles_are_refused_while_the_queue_is_behind_and_taken_again_after(
    sessions: SessionFactory, session: Session, encoder: AxisEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "FRESH_SECONDS", -1.0)
    app = create_app(
        sessions=sessions, defer_analysis=defer_analysis, load_encoder=lambda: encoder, max_queue_seconds=60
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert oldest_job_seconds(session) == 0
        assert (await client.post("/v1/articles", json={"text": "One."})).status_code == 202
        assert (await client.post("/v1/articles", json={"text": "Two."})).status_code == 202
        session.connection().execute(text("UPDATE procrastinate_events SET at = at - interval '90 seconds'"))
        session.commit()
        assert 90 <= oldest_job_seconds(session) < 150
        session.rollback()
        for path, body in (("/v1/articles", {"text": "Three."}), ("/v1/articles/batch", [{"text": "Three."}])):
            answer = await client.post(path, json=body)
            check(answer, 429, "queue-behind")
            assert 5 <= int(answer.headers["retry-after"]) <= 60
        assert (await client.get("/v1/articles")).status_code == 200
        assert len((await client.get("/v1/articles")).json()["items"]) == 2
        session.connection().execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        session.commit()
        assert (await client.post("/v1/articles", json={"text": "Three."})).status_code == 202


async def test_a_job_that_is_to_be_retried_later_is_not_late(client: httpx.AsyncClient, session: Session) -> None:
    await client.post("/v1/articles", json={"text": "One."})
    session.connection().execute(text("UPDATE procrastinate_events SET at = at - interval '90 seconds'"))
    session.connection().execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '9 seconds'"))
    assert oldest_job_seconds(session) == 0
