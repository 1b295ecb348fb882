"""What is made of several articles' claims, and what editors said of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.tables.columns import cascade, instant, jsonb, new_id, utc_now


class ClaimMatch(SQLModel, table=True):
    """Two claims of different articles that answer one question: ``first_id`` < ``second_id``."""

    __tablename__ = "claim_match"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id", "kind", "slots"),
        CheckConstraint("first_id < second_id", name="ordered"),
        Index("ix_claim_match_story", "story_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    story_id: UUID = Field(foreign_key="story.id")
    first_id: UUID = Field(sa_column=cascade("claim.id"))
    second_id: UUID = Field(sa_column=cascade("claim.id"))
    kind: str  # conflict kind, or "statement" when the whole claims say the same
    slots: str = ""  # which answer on each side: "start:end|start:end"
    relation: str
    confidence: float


class ClaimPair(SQLModel, table=True):
    """Two claims of different articles that models have read together, and what they said: matches are found, and
    their absence explained, from it. ``first_id`` < ``second_id``."""

    __tablename__ = "claim_pair"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="ordered"),
        Index("ix_claim_pair_story", "story_id"),
    )

    first_id: UUID = Field(sa_column=Column(ForeignKey("claim.id", ondelete="CASCADE"), primary_key=True))
    second_id: UUID = Field(sa_column=Column(ForeignKey("claim.id", ondelete="CASCADE"), primary_key=True, index=True))
    story_id: UUID = Field(sa_column=Column(ForeignKey("story.id", ondelete="CASCADE"), nullable=False))
    nearness: float
    scores: dict[str, Any] = Field(sa_column=jsonb())  # domain.matching.Scores: see store.pairs


class ClaimGroup(SQLModel, table=True):
    """Claims of a story that say the same."""

    __tablename__ = "claim_group"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    story_id: UUID = Field(sa_column=cascade("story.id"))
    text: str
    sources: int
    origins: int
    sort_key: str = Field(index=True)


class ClaimGroupMember(SQLModel, table=True):
    __tablename__ = "claim_group_member"

    group_id: UUID = Field(sa_column=Column(ForeignKey("claim_group.id", ondelete="CASCADE"), primary_key=True))
    claim_id: UUID = Field(sa_column=Column(ForeignKey("claim.id", ondelete="CASCADE"), primary_key=True, index=True))


class Conflict(SQLModel, table=True):
    """A question of a story that is answered differently. ``status`` and ``note`` belong to the editor; consolidation
    rewrites the rest in place, so that the id and the editor's verdict outlive re-analysis."""

    __tablename__ = "conflict"
    __table_args__ = (
        CheckConstraint("status in ('open', 'confirmed', 'dismissed', 'resolved')", name="status"),
        Index("ix_conflict_story", "story_id", "closed_at", "confidence", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    story_id: UUID = Field(sa_column=cascade("story.id"))
    kind: str
    verdict: str
    question: str
    explanation: str
    confidence: float
    status: str = "open"
    note: str | None = None
    detected_at: datetime = Field(default_factory=utc_now, sa_column=instant())
    closed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    versions: dict[str, Any] = Field(sa_column=jsonb())


class ConflictJudgement(SQLModel, table=True):
    """What an editor said of a report, and when: the newest one is on the report itself. Never changed, only added."""

    __tablename__ = "conflict_judgement"
    __table_args__ = (Index("ix_conflict_judgement_conflict", "conflict_id", "judged_at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    conflict_id: UUID = Field(sa_column=Column(ForeignKey("conflict.id", ondelete="CASCADE"), nullable=False))
    status: str
    note: str | None = None
    judged_at: datetime = Field(sa_column=instant())


class Position(SQLModel, table=True):
    __tablename__ = "position"
    __table_args__ = (UniqueConstraint("conflict_id", "ordinal"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    conflict_id: UUID = Field(sa_column=cascade("conflict.id"))
    ordinal: int
    label: str
    value: dict[str, Any] = Field(sa_column=jsonb())
    sources: int
    origins: int
    first_seen_at: datetime = Field(sa_column=instant())


class PositionEvidence(SQLModel, table=True):
    """Where a position stands. The article's text, source and date are joined in when it is read."""

    __tablename__ = "position_evidence"

    position_id: UUID = Field(sa_column=Column(ForeignKey("position.id", ondelete="CASCADE"), primary_key=True))
    claim_id: UUID = Field(sa_column=Column(ForeignKey("claim.id", ondelete="CASCADE"), primary_key=True, index=True))
    start: int
    end: int
    exact: str
    holder: str | None = None


class TimelineEntry(SQLModel, table=True):
    __tablename__ = "timeline_entry"
    __table_args__ = (
        Index("ix_timeline_entry_story", "story_id", "sort_at", "id"),
        Index("ix_timeline_entry_time", "sort_at", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    story_id: UUID = Field(sa_column=cascade("story.id"))
    edtf: str
    earliest: date
    latest: date
    sort_at: str  # earliest as "YYYY-MM-DDTHH:MM", so that clock times sort inside their day
    precision: str
    basis: str
    text: str
    sources: int
    origins: int


class TimelineEvidence(SQLModel, table=True):
    __tablename__ = "timeline_evidence"

    entry_id: UUID = Field(sa_column=Column(ForeignKey("timeline_entry.id", ondelete="CASCADE"), primary_key=True))
    claim_id: UUID = Field(sa_column=Column(ForeignKey("claim.id", ondelete="CASCADE"), primary_key=True, index=True))
    start: int
    end: int
    exact: str
