"""What all tables share: how things are named, and columns of one kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import Column, DateTime, ForeignKey, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

DIMENSIONS = 384  # of the encoder under models/encoder and of the question encoder
DEFAULT_WORKSPACE = UUID("00000000-0000-7000-8000-000000000000")  # made by the migration; of whoever shows no key

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = SQLModel.metadata = MetaData(naming_convention=NAMING)


def new_id() -> UUID:
    """A UUIDv7: opaque to clients, ordered by time for us."""
    return uuid_utils.compat.uuid7()


def utc_now() -> datetime:
    return datetime.now(UTC)


def cascade(target: str) -> Any:
    return Column(ForeignKey(target, ondelete="CASCADE"), nullable=False, index=True)


def instant(*, nullable: bool = False) -> Any:
    return Column(DateTime(timezone=True), nullable=nullable)


def jsonb() -> Any:
    return Column(JSONB, nullable=False)


def workspace() -> Any:
    return Column(ForeignKey("workspace.id"), nullable=False, server_default=str(DEFAULT_WORKSPACE))
