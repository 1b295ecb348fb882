"""Messages to webhooks: made from the event log, queued, tried and told of.

The log is followed, rather than messages being written beside the events: what makes an event need not know who is
told of it. Each webhook has its own place in the log (``last_event``), moved in the transaction that makes the
messages, so that none is made twice or left out, however many workers do it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from app.domain.errors import ConflictingStateError, NotFoundError
from app.store.tables import Event, Webhook, WebhookAttempt, WebhookDelivery, Workspace, new_id
from app.store.webhooks import Patience, disable, get_webhook, note_outcome, secrets_of

AT_ONCE = 200  # events that one webhook is told of, and messages that are queued, in one transaction
MOST_REPLAYED = 1000
PING = "webhook.ping"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message about to be sent. ``tries`` counts the attempts before this one."""

    id: UUID
    webhook_id: UUID
    url: str
    secrets: Sequence[str]
    body: str
    tries: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: a status, or an error. ``is_gone``: the receiver wants no more (410)."""

    status_code: int | None
    error: str | None
    milliseconds: int

    @property
    def is_delivered(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def is_gone(self) -> bool:
        return self.status_code == 410


def write_messages(session: Session, *, now: datetime) -> int:
    """Make the messages of events that are new to a webhook; how many. The caller commits."""
    behind = (
        select(Webhook, Workspace.event_count)
        .join(Workspace, col(Workspace.id) == Webhook.workspace_id)
        .where(col(Webhook.disabled_at).is_(None), col(Webhook.last_event) < Workspace.event_count)
        .order_by(col(Webhook.id))
        .with_for_update(of=Webhook, skip_locked=True, key_share=True)
    )
    written = 0
    for webhook, count in session.exec(behind).all():
        found = _events(session, webhook, after=webhook.last_event, limit=AT_ONCE)
        written += _add(session, webhook, [event for event in found if _is_wanted(webhook, event)], now=now)
        # With none left up to the count, which was read before, they were let go of.
        webhook.last_event = found[-1].number if found else count
        session.add(webhook)
    session.flush()
    return written


def _events(session: Session, webhook: Webhook, *, after: int, limit: int) -> Sequence[Event]:
    query = select(Event).where(Event.workspace_id == webhook.workspace_id, col(Event.number) > after)
    return session.exec(query.order_by(col(Event.number)).limit(limit)).all()


def _is_wanted(webhook: Webhook, event: Event) -> bool:
    return not webhook.types or event.type in webhook.types


def _add(session: Session, webhook: Webhook, events: Sequence[Event], *, now: datetime) -> int:
    """A message for each event that has none yet."""
    if not events:
        return 0
    rows = [
        {"id": new_id(), "webhook_id": webhook.id, "event_number": event.number, "type": event.type,
         "body": body_of(event), "status": "pending", "tries": 0, "created_at": now}
        for event in events
    ]  # fmt: skip
    adding = insert(WebhookDelivery).on_conflict_do_nothing(index_elements=["webhook_id", "event_number"])
    return len(session.connection().execute(adding.returning(col(WebhookDelivery.id)), rows).all())


def body_of(event: Event) -> str:
    """The message of Standard Webhooks: type, timestamp, data."""
    story_id = str(event.story_id) if event.story_id else None
    return _body(event.type, event.created_at, {"event_id": str(event.number), "story_id": story_id, **event.data})


def _body(type_: str, at: datetime, data: dict[str, Any]) -> str:
    stamp = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps({"type": type_, "timestamp": stamp, "data": data}, separators=(",", ":"))


def take_unqueued(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Messages whose jobs are to be queued in this transaction; they are marked as queued."""
    waiting = (
        select(WebhookDelivery)
        .where(col(WebhookDelivery.queued_at).is_(None))
        .order_by(col(WebhookDelivery.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = session.exec(waiting).all()
    for row in rows:
        row.queued_at = now
        session.add(row)
    session.flush()
    return [row.id for row in rows]


def ping(session: Session, webhook_id: UUID, *, now: datetime) -> WebhookDelivery:
    """A message that tells nothing, to try the address with. Raises NotFoundError, ConflictingStateError."""
    webhook = _enabled(session, webhook_id)
    body = _body(PING, now, {"webhook_id": str(webhook.id)})
    row = WebhookDelivery(webhook_id=webhook.id, type=PING, body=body, created_at=now)
    session.add(row)
    session.flush()
    return row


def replay(session: Session, webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """Send a message again, whatever came of it, under its id. Raises NotFoundError, ConflictingStateError."""
    _enabled(session, webhook_id)
    row = get_delivery(session, webhook_id, delivery_id, for_update=True)
    if row.status == "pending":
        raise ConflictingStateError("The message is still being delivered.")
    _requeue(session, row)
    return row


def replay_since(session: Session, webhook_id: UUID, *, since: datetime, now: datetime) -> int:
    """Send what has happened since then and was not delivered, the first MOST_REPLAYED of it; how many messages.
    Raises NotFoundError, ConflictingStateError."""
    webhook = _enabled(session, webhook_id)
    query = select(Event).where(
        Event.workspace_id == webhook.workspace_id, col(Event.created_at) >= since,
        col(Event.number) <= webhook.last_event,
    )  # fmt: skip
    settled = select(WebhookDelivery.event_number).where(
        WebhookDelivery.webhook_id == webhook.id,
        col(WebhookDelivery.event_number).is_not(None),
        col(WebhookDelivery.status) != "failed",
    )
    query = query.where(col(Event.number).not_in(settled))
    if webhook.types:
        query = query.where(col(Event.type).in_(webhook.types))
    missed = session.exec(query.order_by(col(Event.number)).limit(MOST_REPLAYED)).all()
    failed = session.exec(
        select(WebhookDelivery).where(
            WebhookDelivery.webhook_id == webhook.id,
            col(WebhookDelivery.event_number).in_([event.number for event in missed]),
        )
    ).all()
    for row in failed:
        _requeue(session, row)
    return len(failed) + _add(session, webhook, missed, now=now)


def _enabled(session: Session, webhook_id: UUID) -> Webhook:
    webhook = get_webhook(session, webhook_id, for_update=True)
    if webhook.disabled_at is not None:
        raise ConflictingStateError("The webhook is disabled: enable it first.")
    return webhook


def _requeue(session: Session, row: WebhookDelivery) -> None:
    row.status, row.tries, row.queued_at = "pending", 0, None
    session.add(row)
    session.flush()


def get_delivery(session: Session, webhook_id: UUID, delivery_id: UUID, *, for_update: bool = False) -> WebhookDelivery:
    """Raises NotFoundError, also for a message of another webhook."""
    get_webhook(session, webhook_id)
    query = select(WebhookDelivery).where(WebhookDelivery.id == delivery_id, WebhookDelivery.webhook_id == webhook_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.exec(query).one_or_none()
    if row is None:
        raise NotFoundError(what="delivery", id=str(delivery_id))
    return row


def list_deliveries(
    session: Session, webhook_id: UUID, *, status: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[WebhookDelivery]:
    """Newest first. Raises NotFoundError."""
    get_webhook(session, webhook_id)
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if status is not None:
        query = query.where(WebhookDelivery.status == status)
    order = tuple_(col(WebhookDelivery.created_at), col(WebhookDelivery.id))
    if after is not None:
        query = query.where(order < after)
    newest = col(WebhookDelivery.created_at).desc(), col(WebhookDelivery.id).desc()
    return session.exec(query.order_by(*newest).limit(limit)).all()


def attempts_of(session: Session, delivery_id: UUID) -> Sequence[WebhookAttempt]:
    """In order."""
    query = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery_id)
    return session.exec(query.order_by(col(WebhookAttempt.attempted_at), col(WebhookAttempt.id))).all()


def open_letter(session: Session, delivery_id: UUID, *, now: datetime) -> Letter | None:
    """The message, when it is still to be sent; None when it is gone or settled, or its webhook is disabled."""
    row = session.get(WebhookDelivery, delivery_id)
    if row is None or row.status != "pending":
        return None
    webhook = session.get_one(Webhook, row.webhook_id)
    if webhook.disabled_at is not None:
        row.status = "failed"
        session.add(row)
        return None
    return Letter(row.id, webhook.id, webhook.url, secrets_of(webhook, now=now), row.body, row.tries)


def settle(
    session: Session, letter: Letter, outcome: Outcome, *, is_last: bool, patience: Patience, now: datetime
) -> bool:
    """Write down what came of an attempt; whether there is to be another. ``is_last``: none is made after this one."""
    # The webhook first, as a replay does it: the other order could deadlock with it.
    webhook = session.get(Webhook, letter.webhook_id, with_for_update={"key_share": True})
    row = session.get(WebhookDelivery, letter.id, with_for_update=True)
    if webhook is None or row is None:  # deleted meanwhile
        return False
    session.add(
        WebhookAttempt(
            delivery_id=row.id,
            attempted_at=now,
            milliseconds=outcome.milliseconds,
            status_code=outcome.status_code,
            error=outcome.error,
        )
    )
    row.tries += 1
    note_outcome(webhook, is_delivered=outcome.is_delivered, patience=patience, now=now)
    if outcome.is_gone and webhook.disabled_at is None:
        disable(webhook, "The receiver answered 410 Gone.", now=now)
    if outcome.is_delivered:
        row.status = "delivered"
    elif is_last or webhook.disabled_at is not None:
        row.status = "failed"
    session.add_all((row, webhook))
    session.flush()
    return row.status == "pending"


def forget_deliveries(session: Session, *, before: datetime, workspace_id: UUID | None = None) -> None:
    """Delete the messages made before an instant, with their attempts."""
    old = delete(WebhookDelivery).where(col(WebhookDelivery.created_at) < before)
    if workspace_id is not None:
        mine = select(Webhook.id).where(Webhook.workspace_id == workspace_id)
        old = old.where(col(WebhookDelivery.webhook_id).in_(mine))
    session.exec(old)
