"""What is kept of requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.store.tables.columns import instant, jsonb, utc_now


class IdempotencyRecord(SQLModel, table=True):
    """What an Idempotency-Key was answered with; kept for a day."""

    __tablename__ = "idempotency_record"
    __table_args__ = (
        Index("ix_idempotency_record_created", "created_at"),
        Index(
            "ix_idempotency_record_body",
            "body",
            postgresql_using="gin",
            postgresql_ops={"body": "jsonb_path_ops"},
        ),
    )

    key: str = Field(primary_key=True)
    request_hash: str
    status: int
    body: dict[str, Any] = Field(sa_column=jsonb())
    headers: dict[str, Any] = Field(default_factory=dict, sa_column=jsonb())
    created_at: datetime = Field(default_factory=utc_now, sa_column=instant())
