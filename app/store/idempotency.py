"""What an Idempotency-Key was answered with, for a day (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select, update

from app.domain.errors import IdempotencyMismatchError
from app.store.tables import IdempotencyRecord
from app.store.workspaces import workspace_of

KEPT_FOR = timedelta(hours=24)
SWEPT_AT_ONCE = 100
OURS = ("id", "status", "story_id", "created_at", "analysed_at")  # of an article: what did not come with it


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]


def claim_key(session: Session, key: str, *, request_hash: str, now: datetime) -> StoredAnswer | None:
    """Take the key for this request, or give the answer it already got.

    A second request with the key waits here until the first one's transaction ends. Raises IdempotencyMismatchError
    when the key belongs to another request. None: the caller answers, and calls ``store_answer`` before it commits.
    """
    key = _stored(session, key)
    sweep(session, now=now, limit=SWEPT_AT_ONCE)
    fresh = {"request_hash": request_hash, "status": 0, "body": {}, "headers": {}, "created_at": now}
    taking = insert(IdempotencyRecord).values(key=key, **fresh)
    taking = taking.on_conflict_do_update(
        index_elements=["key"], set_=fresh, where=col(IdempotencyRecord.created_at) < now - KEPT_FOR
    )
    if session.connection().execute(taking.returning(col(IdempotencyRecord.key))).first():
        return None
    record = session.exec(select(IdempotencyRecord).where(IdempotencyRecord.key == key)).one()
    if record.request_hash != request_hash:
        raise IdempotencyMismatchError("This Idempotency-Key was used before, with another request. Use a new key.")
    return StoredAnswer(status=record.status, body=record.body, headers=record.headers)


def store_answer(session: Session, key: str, answer: StoredAnswer) -> None:
    """Keep what the request with this key is answered; in the same transaction as what the request did."""
    key = _stored(session, key)
    kept = {"status": answer.status, "body": answer.body, "headers": answer.headers}
    session.exec(update(IdempotencyRecord).where(col(IdempotencyRecord.key) == key).values(**kept))


def _stored(session: Session, key: str) -> str:
    """The key as it is kept: clients of two workspaces may choose the same."""
    return f"{workspace_of(session)}:{key}"


def sweep(session: Session, *, now: datetime, limit: int | None = None) -> None:
    """Delete what is expired, or some of it, passing over those that another request is just taking."""
    expired = select(IdempotencyRecord.key).where(col(IdempotencyRecord.created_at) < now - KEPT_FOR)
    some = expired.limit(limit).with_for_update(skip_locked=True)
    session.exec(delete(IdempotencyRecord).where(col(IdempotencyRecord.key).in_(some)))


def forget_article(session: Session, article_id: UUID) -> None:
    """Blank an article in all that was answered with it. The answers stay: sent again, their requests are still to
    have no further effect."""
    mine = {"id": str(article_id)}
    body = col(IdempotencyRecord.body)
    answered = select(IdempotencyRecord).where(or_(body.contains(mine), body.contains({"items": [mine]})))
    for record in session.exec(answered.order_by(col(IdempotencyRecord.key)).with_for_update()).all():
        record.body = _without(record.body, str(article_id))
        session.add(record)


def _without(body: dict[str, Any], article_id: str) -> dict[str, Any]:
    if "items" not in body:
        return _blank(body)
    items = [
        {**item, "article": _blank(item["article"])} if item.get("id") == article_id else item for item in body["items"]
    ]
    return {**body, "items": items}


def _blank(article: dict[str, Any]) -> dict[str, Any]:
    """The article as it was answered, without anything that came from its submission."""
    return {key: value if key in OURS else None for key, value in article.items()} | {"metadata": {}}
