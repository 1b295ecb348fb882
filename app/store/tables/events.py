"""What has happened, for those who follow."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index
from sqlmodel import Field, SQLModel

from app.store.tables.columns import instant, jsonb


class Event(SQLModel, table=True):
    """Something that has happened in a workspace, the ``number``-th since it began. Never changed, only added, and let
    go of when it is old. The story and what ``data`` names may be gone since."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_story", "story_id", "number"), Index("ix_event_created", "created_at"))

    workspace_id: UUID = Field(sa_column=Column(ForeignKey("workspace.id"), primary_key=True))
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    type: str  # domain.events.EventType
    story_id: UUID | None = None
    data: dict[str, Any] = Field(sa_column=jsonb())
    created_at: datetime = Field(sa_column=instant())
