"""A story's events as a stream, over a real socket."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session

from app.api import following
from app.domain.events import EventType, Happening
from app.pipeline.jobs import defer_analysis
from app.store import conflicts, consolidation, events
from app.store.engine import SessionFactory
from app.store.keys import Scope
from app.store.tables import DEFAULT_WORKSPACE, Story
from tests.api import world
from tests.api.conftest import AxisEncoder, create_app
from tests.api.problem import check
from tests.api.world import MONDAY, World
from tests.serving import serving

PATIENCE = 30.0


@pytest.fixture
def served(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as url, httpx.Client(base_url=url, timeout=PATIENCE) as client:
        yield client


@contextmanager
def stream(client: httpx.Client, story: Story, **headers: str) -> Iterator[Iterator[dict[str, Any]]]:
    """Open a stream; its events, each with the fields it had."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.stream("GET", f"/v1/stories/{story.id}/stream", headers=sent) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    fields: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            fields[name] = json.loads(value) if name == "data" else value
        elif fields:
            yield fields
            fields = {}


def judge(session: Session, brandt: World, status: str) -> None:
    conflicts.judge_conflict(session, brandt.conflict.id, {"status": status}, now=MONDAY)
    session.commit()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_happens_comes_as_it_happens(served: httpx.Client, session: Session, brandt: World) -> None:
    with stream(served, brandt.story) as found:
        assert next(found) == {"id": "1", "retry": "3000"}
        judge(session, brandt, "confirmed")
        event = next(found)
        assert (event["event"], event["id"]) == ("conflict.changed", "2")
        assert event["data"] == served.get("/v1/events?after=1").json()["items"][0]
        assert next(found)["event"] == "story.updated"
        judge(session, brandt, "resolved")
        assert [next(found)["id"], next(found)["id"]] == ["4", "5"]


def test_who_comes_back_gets_what_was_missed_and_nothing_of_other_stories(
    served: httpx.Client, session: Session, brandt: World
) -> None:
    other = world.add_story(session, "Other")
    with stream(served, brandt.story) as found:
        place = next(found)["id"]
    judge(session, brandt, "confirmed")
    events.record(session, DEFAULT_WORKSPACE, [Happening(EventType.STORY_UPDATED, other.id, {})], now=MONDAY)
    session.commit()
    judge(session, brandt, "resolved")
    with stream(served, brandt.story, Last_Event_ID=place) as found:
        assert next(found)["id"] == place
        assert [next(found)["id"] for _ in range(4)] == ["2", "3", "5", "6"]


def test_more_than_a_page_is_made_up_for_at_once(
    served: httpx.Client, session: Session, brandt: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PAGE", 3)
    many = [Happening(EventType.STORY_UPDATED, brandt.story.id, {})] * 10
    events.record(session, DEFAULT_WORKSPACE, many, now=MONDAY)
    session.commit()
    with stream(served, brandt.story, Last_Event_ID="0") as found:
        next(found)
        assert [next(found)["id"] for _ in range(11)] == [str(n) for n in range(1, 12)]


@pytest.mark.parametrize("place", ["0", "9"])
def test_a_place_that_is_let_go_of_or_never_was_starts_anew(
    served: httpx.Client, session: Session, brandt: World, place: str
) -> None:
    judge(session, brandt, "confirmed")
    events.forget_events(session, before=MONDAY.replace(year=2100))
    session.commit()
    with stream(served, brandt.story, Last_Event_ID=place) as found:
        first = next(found)
        assert (first["event"], first["id"]) == ("reset", "3")
        assert first["data"] == {"story_id": str(brandt.story.id), "version": 2}
    with stream(served, brandt.story, Last_Event_ID="3") as found:
        assert "event" not in next(found)


def test_a_merge_ends_the_stream_and_its_address_leads_to_the_heir(
    served: httpx.Client, session: Session, brandt: World
) -> None:
    heir = world.add_story(session, "Heir")
    session.commit()
    with stream(served, brandt.story) as found:
        next(found)
        consolidation.merge_stories(session, brandt.story.id, heir.id, now=MONDAY)
        session.commit()
        [last] = found
        assert (last["event"], last["data"]["data"]["merged_into"]) == ("story.merged", str(heir.id))
    answer = served.get(f"/v1/stories/{brandt.story.id}/stream")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/v1/stories/{heir.id}/stream")


def test_a_deleted_story_ends_the_stream(served: httpx.Client, session: Session) -> None:
    story = world.add_story(session)
    session.commit()
    with stream(served, story) as found:
        next(found)
        session.delete(story)
        session.commit()
        assert list(found) == []
    check(served.get(f"/v1/stories/{story.id}/stream"), 404, "not-found")


def test_streams_end_when_the_process_stops(app: FastAPI, served: httpx.Client, brandt: World) -> None:
    with stream(served, brandt.story) as found:
        next(found)
        app.state.services.following.stop()
        assert list(found) == []


def test_idle_streams_hold_no_connection_and_are_let_go_with_their_clients(
    app: FastAPI, served: httpx.Client, api_engine: Engine, brandt: World
) -> None:
    service = app.state.services.following
    with stream(served, brandt.story) as one, stream(served, brandt.story) as other:
        next(one), next(other)
        assert service.open == 2
        pool: Any = api_engine.pool
        until(lambda: pool.checkedout() == 0)
    until(lambda: service.open == 0)


def test_no_more_streams_than_are_allowed_and_none_longer(
    sessions: SessionFactory, encoder: AxisEncoder, brandt: World
) -> None:
    app = create_app(
        sessions=sessions,
        defer_analysis=defer_analysis,
        load_encoder=lambda: encoder,
        max_streams=1,
        stream_seconds=1.5,
    )
    with serving(app) as url, httpx.Client(base_url=url, timeout=PATIENCE) as client:
        started = time.monotonic()
        with stream(client, brandt.story) as found:
            next(found)
            refused = client.get(f"/v1/stories/{brandt.story.id}/stream")
            check(refused, 429, "streams-taken")
            assert refused.headers["retry-after"] == "30"
            assert list(found) == []
        assert 1.4 < time.monotonic() - started < PATIENCE
        until(lambda: app.state.services.following.open == 0)
        with stream(client, brandt.story) as found:
            next(found)


def test_what_is_refused_takes_no_place(app: FastAPI, served: httpx.Client, brandt: World) -> None:
    check(served.get("/v1/stories/1/stream"), 404, "not-found")
    bad = served.get(f"/v1/stories/{brandt.story.id}/stream", headers={"Last-Event-ID": "x"})
    check(bad, 422, "invalid-request")
    assert served.head(f"/v1/stories/{brandt.story.id}/stream").status_code == 200
    until(lambda: app.state.services.following.open == 0)


def test_a_key_reads_the_streams_of_its_workspace_alone(
    served: httpx.Client, brandt: World, make_key: Callable[..., str]
) -> None:
    reader, writer, stranger = make_key(Scope.READ), make_key(Scope.WRITE), make_key(Scope.READ, workspace="elsewhere")
    path = f"/v1/stories/{brandt.story.id}/stream"
    check(served.get(path), 401, "unauthenticated")
    check(served.get(path, headers={"Authorization": f"Bearer {writer}"}), 403, "forbidden")
    check(served.get(path, headers={"Authorization": f"Bearer {stranger}"}), 404, "not-found")
    with stream(served, brandt.story, Authorization=f"Bearer {reader}") as found:
        assert next(found)["id"] == "1"


def test_a_poll_that_fails_is_made_up_for_by_the_next(
    served: httpx.Client, session: Session, api_engine: Engine, brandt: World
) -> None:
    with stream(served, brandt.story) as found:
        next(found)
        judge(session, brandt, "dismissed")
        assert [next(found)["id"], next(found)["id"]] == ["2", "3"]  # from here on the stream sleeps
        session.connection().exec_driver_sql("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        until(lambda: _is_waiting(api_engine))
        session.connection().exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        session.rollback()
        judge(session, brandt, "confirmed")
        assert next(found)["id"] == "4"


def _is_waiting(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(
            connection.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            ).scalar()
        )
