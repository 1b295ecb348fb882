"""Messages to a real receiver: made, signed, sent, tried again, given up."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from app.domain.errors import ConflictingStateError
from app.domain.events import EventType, Happening
from app.outbound import Outbound
from app.pipeline.webhooks import PAUSES, QUEUE, Postman, TryAgainError, dispatch, dispatch_forever
from app.store import deliveries, events, webhooks, workers
from app.store.engine import SessionFactory, create_engine, session_factory
from app.store.retention import forget_news
from app.store.tables import DEFAULT_WORKSPACE, Webhook, WebhookDelivery, Workspace
from app.store.webhooks import Patience
from tests.receiver import Receiver, receiving

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def postman(sessions: SessionFactory) -> Postman:
    return Postman(sessions, Outbound(allowed=LOOPBACK))


@pytest.fixture
def hook(session: Session, receiver: Receiver) -> Webhook:
    return _add(session, receiver.url)


def _add(session: Session, url: str, *types: str) -> Webhook:
    row = webhooks.add_webhook(session, url=url, types=types, description=None, now=NOW)
    session.commit()
    return row


def _happen(session: Session, *types: EventType, at: datetime = NOW, **data: Any) -> None:
    happenings = [Happening(type_, UUID(int=5), data) for type_ in types or (EventType.STORY_UPDATED,)]
    events.record(session, DEFAULT_WORKSPACE, happenings, now=at)
    session.commit()


def _queued(session: Session) -> list[UUID]:
    rows = session.connection().execute(
        text("SELECT args ->> 'delivery_id' FROM procrastinate_jobs WHERE task_name = 'deliver_webhook' ORDER BY id")
    )
    return [UUID(row[0]) for row in rows]


def _only(session: Session) -> WebhookDelivery:
    session.expire_all()
    return session.exec(select(WebhookDelivery)).one()


def test_an_event_reaches_its_receiver_signed_and_whole(
    session: Session, sessions: SessionFactory, postman: Postman, hook: Webhook, receiver: Receiver
) -> None:
    _happen(session, EventType.CONFLICT_OPENED, conflict_id="c", kind="quantity")
    assert dispatch(sessions) == 1
    [delivery_id] = _queued(session)
    postman.deliver(delivery_id)
    [message] = receiver.messages
    assert message.headers["webhook-id"] == f"msg_{delivery_id}"
    assert message.headers["Content-Type"] == "application/json"
    assert message.is_signed_with(hook.secret)
    assert not message.is_signed_with(webhooks.new_secret())
    assert not replace(message, body=message.body + b" ").is_signed_with(hook.secret)
    number = str(session.get_one(Workspace, DEFAULT_WORKSPACE).event_count)
    assert json.loads(message.body) == {
        "type": "conflict.opened",
        "timestamp": "2026-03-09T12:00:00Z",
        "data": {"event_id": number, "story_id": str(UUID(int=5)), "conflict_id": "c", "kind": "quantity"},
    }
    [attempt] = deliveries.attempts_of(session, delivery_id)
    assert (attempt.status_code, attempt.error, _only(session).status) == (204, None, "delivered")
    postman.deliver(delivery_id)  # the job again, after its worker died: nothing is sent
    assert len(receiver.messages) == 1


def test_each_webhook_gets_what_it_asked_for_once_and_nothing_from_before(
    session: Session, sessions: SessionFactory
) -> None:
    _happen(session)
    every, some = _add(session, "https://a.example/"), _add(session, "https://b.example/", "conflict.opened")
    _happen(session, EventType.CONFLICT_OPENED, EventType.STORY_UPDATED)
    assert (dispatch(sessions), dispatch(sessions)) == (3, 0)
    _happen(session, EventType.CONFLICT_CLOSED)
    assert dispatch(sessions) == 1
    told = session.exec(
        select(WebhookDelivery.webhook_id, WebhookDelivery.type).order_by(col(WebhookDelivery.event_number))
    ).all()
    assert [kind for owner, kind in told if owner == every.id] == [
        "conflict.opened", "story.updated", "conflict.closed",
    ]  # fmt: skip
    assert [kind for owner, kind in told if owner == some.id] == ["conflict.opened"]


def test_events_of_another_workspace_are_not_told(session: Session, sessions: SessionFactory, hook: Webhook) -> None:
    other = Workspace(name="elsewhere")
    session.add(other)
    session.flush()
    events.record(session, other.id, [Happening(EventType.STORY_UPDATED, None, {})], now=NOW)
    session.commit()
    assert dispatch(sessions) == 0


def test_more_events_than_one_transaction_takes_are_all_told(
    session: Session, sessions: SessionFactory, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "AT_ONCE", 3)
    _happen(session, *[EventType.STORY_UPDATED] * 10)
    assert dispatch(sessions) == 10
    assert len(_queued(session)) == 10


def test_what_is_not_taken_is_tried_again_with_growing_pauses_and_then_given_up(
    session: Session, sessions: SessionFactory, postman: Postman, hook: Webhook, receiver: Receiver
) -> None:
    _happen(session)
    dispatch(sessions)
    [delivery_id] = _queued(session)
    receiver.answers = [500, 404, 301, 307, 429, 503, 400, 500]
    pauses = []
    for _ in PAUSES:
        with pytest.raises(TryAgainError) as raised:
            postman.deliver(delivery_id)
        pauses.append(raised.value.seconds)
        assert _only(session).status == "pending"
    assert all(least <= pause <= least * 1.2 for least, pause in zip(PAUSES, pauses, strict=True))
    postman.deliver(delivery_id)
    assert _only(session).status == "failed"
    attempts = deliveries.attempts_of(session, delivery_id)
    assert [attempt.status_code for attempt in attempts] == [500, 404, 301, 307, 429, 503, 400, 500]
    assert {message.headers["webhook-id"] for message in receiver.messages} == {f"msg_{delivery_id}"}
    assert {message.path for message in receiver.messages} == {"/"}  # redirects are not followed
    assert {message.body for message in receiver.messages} == {_only(session).body.encode()}


def test_while_secrets_overlap_a_message_verifies_with_either(
    session: Session, sessions: SessionFactory, hook: Webhook, receiver: Receiver
) -> None:
    old = hook.secret
    now = datetime.now(UTC)
    webhooks.rotate_secret(session, hook.id, overlap=timedelta(hours=1), now=now)
    session.commit()
    new = session.get_one(Webhook, hook.id, populate_existing=True).secret
    for at, expected in ((now, [True, True]), (now + timedelta(hours=2), [True, False])):
        deliveries.ping(session, hook.id, now=now)
        session.commit()
        dispatch(sessions)
        Postman(sessions, Outbound(allowed=LOOPBACK), now=lambda at=at: at).deliver(_queued(session)[-1])
        message = receiver.messages[-1]
        count = len(message.headers["webhook-signature"].split(" "))
        assert count == sum(expected)
        if at == now:  # the library refuses times that are not now
            assert [message.is_signed_with(secret) for secret in (new, old)] == expected


def test_an_address_that_is_not_public_is_not_called(
    session: Session, sessions: SessionFactory, hook: Webhook, receiver: Receiver
) -> None:
    deliveries.ping(session, hook.id, now=NOW)
    session.commit()
    dispatch(sessions)
    Postman(sessions, Outbound()).deliver(_queued(session)[0])
    assert receiver.messages == []
    [attempt] = deliveries.attempts_of(session, _only(session).id)
    assert "this machine" in (attempt.error or "")
    assert _only(session).status == "failed"  # trying again cannot help


def test_a_receiver_that_is_away_is_an_error_in_the_log(
    session: Session, sessions: SessionFactory, postman: Postman
) -> None:
    with receiving() as gone:
        url = gone.url
    hook = _add(session, url)
    deliveries.ping(session, hook.id, now=NOW)
    session.commit()
    dispatch(sessions)
    with pytest.raises(TryAgainError):
        postman.deliver(_queued(session)[0])
    [attempt] = deliveries.attempts_of(session, _only(session).id)
    assert attempt.status_code is None
    assert "cannot be reached" in (attempt.error or "")


def test_a_webhook_that_fails_for_long_is_disabled_and_one_success_forgives(
    session: Session, sessions: SessionFactory, hook: Webhook, receiver: Receiver
) -> None:
    patience = Patience(attempts=3, time=timedelta(hours=1))
    clock = [NOW]
    postman = Postman(sessions, Outbound(allowed=LOOPBACK), now=lambda: clock[0], patience=patience)

    def send(*answers: int) -> None:
        receiver.answers = list(answers)
        for _ in answers:
            deliveries.ping(session, hook.id, now=NOW)
            session.commit()
            dispatch(sessions)
            with suppress(TryAgainError):
                postman.deliver(_queued(session)[-1])
            clock[0] += timedelta(minutes=40)
        session.refresh(hook)

    send(500, 500, 204, 500, 500)
    assert (hook.failures, hook.disabled_at) == (2, None)
    send(500)
    assert hook.disabled_at is not None
    assert "3 attempts in a row failed" in (hook.disabled_reason or "")
    with pytest.raises(ConflictingStateError):
        deliveries.ping(session, hook.id, now=NOW)
    before = len(receiver.messages)
    postman.deliver(_queued(session)[-1])  # what was still waiting is not sent
    assert len(receiver.messages) == before
    webhooks.change_webhook(session, hook.id, {"is_enabled": True}, now=NOW)
    assert (hook.failures, hook.failing_since, hook.disabled_reason) == (0, None, None)


def test_gone_disables_at_once(
    session: Session, sessions: SessionFactory, postman: Postman, hook: Webhook, receiver: Receiver
) -> None:
    receiver.answers = [410]
    _happen(session)
    dispatch(sessions)
    postman.deliver(_queued(session)[0])
    session.refresh(hook)
    assert "410" in (hook.disabled_reason or "")
    assert _only(session).status == "failed"


def test_a_replay_sends_what_failed_and_what_was_missed_and_nothing_twice(
    session: Session, sessions: SessionFactory, postman: Postman, hook: Webhook, receiver: Receiver
) -> None:
    _happen(session, EventType.ARTICLE_ANALYSED)  # delivered
    _happen(session, EventType.CONFLICT_OPENED)  # refused for good
    dispatch(sessions)
    for delivery_id, answer in zip(_queued(session), (204, 410), strict=True):
        receiver.answers = [answer]
        postman.deliver(delivery_id)
    _happen(session, EventType.CONFLICT_CLOSED)  # while it is disabled
    _happen(session, EventType.STORY_MERGED, at=NOW - timedelta(days=2))  # too old for the replay
    assert dispatch(sessions) == 0
    webhooks.change_webhook(session, hook.id, {"is_enabled": True}, now=NOW)
    assert deliveries.replay_since(session, hook.id, since=NOW - timedelta(hours=1), now=NOW) == 2
    assert deliveries.replay_since(session, hook.id, since=NOW - timedelta(hours=1), now=NOW) == 0
    session.commit()
    already, sent = len(_queued(session)), len(receiver.messages)
    assert dispatch(sessions) == 2
    for delivery_id in _queued(session)[already:]:
        postman.deliver(delivery_id)
    told = [json.loads(message.body)["type"] for message in receiver.messages[sent:]]
    assert sorted(told) == ["conflict.closed", "conflict.opened"]


def test_one_message_can_be_sent_again_under_its_id(
    session: Session, sessions: SessionFactory, postman: Postman, hook: Webhook, receiver: Receiver
) -> None:
    _happen(session)
    dispatch(sessions)
    [delivery_id] = _queued(session)
    with pytest.raises(ConflictingStateError):
        deliveries.replay(session, hook.id, delivery_id)
    session.rollback()
    postman.deliver(delivery_id)
    session.expire_all()
    deliveries.replay(session, hook.id, delivery_id)
    session.commit()
    dispatch(sessions)
    postman.deliver(delivery_id)
    first, second = receiver.messages
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_old_messages_are_let_go_of_with_the_events(session: Session, sessions: SessionFactory, hook: Webhook) -> None:
    _happen(session)
    dispatch(sessions, now=lambda: NOW)
    forget_news(session, before=NOW)
    assert len(session.exec(select(WebhookDelivery)).all()) == 1
    forget_news(session, before=NOW + timedelta(seconds=1))
    assert session.exec(select(WebhookDelivery)).all() == []


WORKER = """
import sys
from ipaddress import ip_network
from app.logs import configure
from app.outbound import Outbound
from app.pipeline.jobs import run_worker
from app.pipeline.webhooks import Postman
from app.store.engine import create_engine, session_factory

configure(level="ERROR", format="json")
sessions = session_factory(create_engine(sys.argv[1]))
postman = Postman(sessions, Outbound(allowed=[ip_network("127.0.0.0/8")]), pauses=(0, 0))
was_asked = run_worker(sys.argv[1], analyse=print, sessions=sessions, concurrency=1, postman=postman,
                       on_registered=lambda id: print("ready", flush=True))
sys.exit(0 if was_asked else 1)
"""


@pytest.fixture
def committing(database_url: str) -> Iterator[SessionFactory]:
    """Sessions whose commits other processes and threads see."""
    engine = create_engine(database_url)
    yield session_factory(engine)
    engine.dispose()


def test_a_worker_sends_by_itself_tries_again_and_ends_in_order(
    database_url: str, committing: SessionFactory, receiver: Receiver
) -> None:
    with committing() as session:
        hook = _add(session, receiver.url)
        receiver.answers = [500]
        command = [sys.executable, "-W", "error", "-c", WORKER, database_url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
                assert workers.count_workers(session) == 1  # what sends is no worker of its own
                session.rollback()
                _happen(session, EventType.CONFLICT_OPENED)
                first, second = receiver.wait_for(2)
                _until(lambda: _only(session).status == "delivered")
                _until(lambda: _queued(session) == [])  # done and deleted
                process.terminate()
                assert process.wait(20) == 0
            finally:
                process.kill()
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert second.is_signed_with(hook.secret)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_message_of_a_worker_that_died_is_sent_by_another(
    session: Session, sessions: SessionFactory, hook: Webhook
) -> None:
    deliveries.ping(session, hook.id, now=NOW)
    session.commit()
    dispatch(sessions)
    connection = session.connection()
    worker_id = connection.scalar(
        text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
    )
    connection.execute(
        text("SELECT procrastinate_fetch_job_v2(ARRAY[:queue], :worker)"), {"queue": QUEUE, "worker": worker_id}
    )
    status = text("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'deliver_webhook'")
    assert connection.scalar(status) == "doing"
    workers.release_worker(session, worker_id)
    assert connection.scalar(status) == "todo"


def test_dispatching_is_shared_by_workers_without_a_message_twice(committing: SessionFactory) -> None:
    with committing() as session:
        _add(session, "https://a.example/")
        _add(session, "https://b.example/")
        _happen(session, *[EventType.STORY_UPDATED] * 60)
        threads = [threading.Thread(target=dispatch, args=(committing,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        dispatch(committing)
        queued = _queued(session)
        assert len(queued) == len(set(queued)) == 120


def test_a_queue_that_cannot_be_written_for_a_while_does_not_end_the_dispatching(database_url: str) -> None:
    engine, holding = create_engine(database_url, lock_seconds=0.1), create_engine(database_url)
    with session_factory(engine)() as session, holding.connect() as held:
        _add(session, "https://a.example/")
        _happen(session)
        held.execute(text("LOCK TABLE procrastinate_jobs IN ACCESS EXCLUSIVE MODE"))

        async def go_on() -> None:
            dispatching = asyncio.create_task(dispatch_forever(session_factory(engine)))
            await asyncio.sleep(0.5)
            held.rollback()
            await asyncio.to_thread(_until, lambda: len(_queued(session)) == 1)
            dispatching.cancel()

        asyncio.run(go_on())
    engine.dispose()
    holding.dispose()
