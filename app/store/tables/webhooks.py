"""Who is told of events, and what was sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.store.tables.columns import cascade, instant, new_id, utc_now


class Webhook(SQLModel, table=True):
    """An address that is told of a workspace's events. The secrets are kept as they are: each message is signed with
    them. ``last_event`` is the number of the last event that was looked at for it."""

    __tablename__ = "webhook"
    __table_args__ = (Index("ix_webhook_workspace", "workspace_id", "created_at", "id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    workspace_id: UUID = Field(sa_column=Column(ForeignKey("workspace.id"), nullable=False))
    url: str
    description: str | None = None
    types: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))  # none: all
    secret: str
    previous_secret: str | None = None
    previous_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    last_event: int = Field(sa_column=Column(BigInteger, nullable=False))
    failures: int = 0  # attempts in a row
    failing_since: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    disabled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    disabled_reason: str | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_column=instant())


class WebhookDelivery(SQLModel, table=True):
    """One message to one address: its body is kept to the byte, so that every attempt sends the same. Without an
    ``event_number`` it is a ping. ``queued_at`` is None until its job is in the queue."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("status in ('pending', 'delivered', 'failed')", name="status"),
        UniqueConstraint("webhook_id", "event_number"),
        Index("ix_webhook_delivery_webhook", "webhook_id", "created_at", "id"),
        Index("ix_webhook_delivery_created", "created_at"),
        Index("ix_webhook_delivery_unqueued", "id", postgresql_where=text("queued_at IS NULL")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    webhook_id: UUID = Field(sa_column=Column(ForeignKey("webhook.id", ondelete="CASCADE"), nullable=False))
    event_number: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    type: str
    body: str
    status: str = "pending"
    tries: int = 0  # since it was last asked for: a replay begins anew
    queued_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    created_at: datetime = Field(sa_column=instant())


class WebhookAttempt(SQLModel, table=True):
    """What came of sending a message once: a status, or an error without one."""

    __tablename__ = "webhook_attempt"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    delivery_id: UUID = Field(sa_column=cascade("webhook_delivery.id"))
    attempted_at: datetime = Field(sa_column=instant())
    milliseconds: int
    status_code: int | None = None
    error: str | None = None
