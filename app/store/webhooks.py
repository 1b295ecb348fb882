"""Webhooks: the addresses, their secrets, and when one is given up."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlmodel import Session, col, select

from app.domain.errors import ConflictingStateError, NotFoundError
from app.store.events import kept_numbers
from app.store.tables import Webhook
from app.store.workspaces import workspace_of

MOST = 20  # of a workspace: each event is written and sent once for each
SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - of Standard Webhooks


@dataclass(frozen=True, slots=True)
class Patience:
    """An address is disabled when this many attempts in a row have failed, over this long at the least."""

    attempts: int = 10
    time: timedelta = timedelta(hours=24)


def add_webhook(session: Session, *, url: str, types: Sequence[str], description: str | None, now: datetime) -> Webhook:
    """It is told of what happens from now on. Raises ConflictingStateError when the workspace has too many."""
    if session.exec(select(func.count()).select_from(Webhook)).one() >= MOST:
        raise ConflictingStateError(f"A workspace may have {MOST} webhooks.")
    _, last = kept_numbers(session)
    row = Webhook(
        workspace_id=workspace_of(session), url=url, types=list(types), description=description, secret=new_secret(),
        last_event=last, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def get_webhook(session: Session, webhook_id: UUID, *, for_update: bool = False) -> Webhook:
    """Raises NotFoundError."""
    query = select(Webhook).where(Webhook.id == webhook_id)
    if for_update:  # as it is once it is locked, not as this session may have read it before
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = session.exec(query).one_or_none()
    if row is None:
        raise NotFoundError(what="webhook", id=str(webhook_id))
    return row


def list_webhooks(session: Session, *, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[Webhook]:
    """Oldest first."""
    query = select(Webhook)
    if after is not None:
        query = query.where(tuple_(col(Webhook.created_at), col(Webhook.id)) > after)
    return session.exec(query.order_by(col(Webhook.created_at), col(Webhook.id)).limit(limit)).all()


def change_webhook(session: Session, webhook_id: UUID, changes: dict[str, Any], *, now: datetime) -> Webhook:
    """Set ``url``, ``types`` and ``description``; ``is_enabled`` stops it, or lets it go on with what happens from now
    on. Raises NotFoundError."""
    row = get_webhook(session, webhook_id, for_update=True)
    is_enabled = changes.pop("is_enabled", None)
    row.sqlmodel_update(changes)
    if is_enabled is False and row.disabled_at is None:
        disable(row, "Disabled by request.", now=now)
    elif is_enabled and row.disabled_at is not None:
        _, row.last_event = kept_numbers(session)
        row.disabled_at = row.disabled_reason = None
        _forgive(row)
    session.add(row)
    session.flush()
    return row


def delete_webhook(session: Session, webhook_id: UUID) -> None:
    """With its deliveries. Raises NotFoundError."""
    session.delete(get_webhook(session, webhook_id, for_update=True))
    session.flush()


def rotate_secret(session: Session, webhook_id: UUID, *, overlap: timedelta, now: datetime) -> Webhook:
    """A new secret; messages are signed with the old one as well for as long as they overlap. Raises NotFoundError."""
    row = get_webhook(session, webhook_id, for_update=True)
    row.previous_secret, row.previous_until = (row.secret, now + overlap) if overlap else (None, None)
    row.secret = new_secret()
    session.add(row)
    session.flush()
    return row


def secrets_of(row: Webhook, *, now: datetime) -> list[str]:
    """What a message is signed with now, the newest first."""
    found = [row.secret]
    if row.previous_secret is not None and row.previous_until is not None and now < row.previous_until:
        found.append(row.previous_secret)
    return found


def note_outcome(row: Webhook, *, is_delivered: bool, patience: Patience, now: datetime) -> None:
    """Count an attempt, and disable the address when it has failed for too long."""
    if is_delivered:
        _forgive(row)
        return
    row.failures += 1
    row.failing_since = row.failing_since or now
    if row.failures >= patience.attempts and now - row.failing_since >= patience.time and row.disabled_at is None:
        disable(
            row, f"{row.failures} attempts in a row failed, the first at {row.failing_since:%Y-%m-%dT%H:%MZ}.", now=now
        )


def disable(row: Webhook, reason: str, *, now: datetime) -> None:
    row.disabled_at, row.disabled_reason = now, reason


def _forgive(row: Webhook) -> None:
    row.failures, row.failing_since = 0, None
