"""Who may see what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.store.tables.columns import instant, new_id, utc_now


class Workspace(SQLModel, table=True):
    """Whose articles and stories meet: nothing is seen or linked across workspaces (``store.workspaces``).

    ``event_count`` is the number of its last event: see ``store.events``.
    """

    __tablename__ = "workspace"
    __table_args__ = (UniqueConstraint("name"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str
    event_count: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    created_at: datetime = Field(default_factory=utc_now, sa_column=instant())


class ApiKey(SQLModel, table=True):
    """A key as far as it is kept: ``prefix`` is its visible beginning, ``digest`` the SHA-256 of all of it. A revoked
    key stays, so that a service that once had keys is never open again."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("prefix"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    workspace_id: UUID = Field(sa_column=Column(ForeignKey("workspace.id"), nullable=False, index=True))
    name: str
    prefix: str
    digest: str
    scopes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    created_at: datetime = Field(default_factory=utc_now, sa_column=instant())
    expires_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    last_used_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    revoked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
