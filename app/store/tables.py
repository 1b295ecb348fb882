"""The database, as SQLModel tables. Written only by ``app.store``; every derived row says what version made it.

workspace ── api_key; its stories and articles, and through them all the rest
article ── article_summary
   │└───── claim ── claim_pair (what the models said of two claims) ── claim_match (they answer one question)
 story ─── claim_group ── claim_group_member
   ├────── conflict ─┬ position ── position_evidence
   │                 └ conflict_judgement (what editors said of it, and when)
   └────── timeline_entry ── timeline_evidence

Derived rows go when their article or claim goes (ON DELETE CASCADE); an editor's words (story_id set by hand,
conflict status and note) live on rows that consolidation updates in place.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from pgvector.sqlalchemy import Vector
from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, MetaData, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

DIMENSIONS = 384  # of the encoder under models/encoder and of the question encoder
DEFAULT_WORKSPACE = UUID("00000000-0000-7000-8000-000000000000")  # made by the migration; of whoever shows no key

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata = MetaData(naming_convention=NAMING)


def new_id() -> UUID:
    """A UUIDv7: opaque to clients, ordered by time for us."""
    return uuid_utils.compat.uuid7()


def utc_now() -> datetime:
    return datetime.now(UTC)


def _cascade(target: str) -> Any:
    return Column(ForeignKey(target, ondelete="CASCADE"), nullable=False, index=True)


def _instant(*, nullable: bool = False) -> Any:
    return Column(DateTime(timezone=True), nullable=nullable)


def _json() -> Any:
    return Column(JSONB, nullable=False)


def _workspace() -> Any:
    return Column(ForeignKey("workspace.id"), nullable=False, server_default=str(DEFAULT_WORKSPACE))


class Workspace(SQLModel, table=True):
    """Whose articles and stories meet: nothing is seen or linked across workspaces (``store.workspaces``)."""

    __tablename__ = "workspace"
    __table_args__ = (UniqueConstraint("name"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str
    created_at: datetime = Field(default_factory=utc_now, sa_column=_instant())


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
    created_at: datetime = Field(default_factory=utc_now, sa_column=_instant())
    expires_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    last_used_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    revoked_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class Story(SQLModel, table=True):
    """Articles about one event. ``version`` grows with every visible change; a merged story points at its heir."""

    __tablename__ = "story"
    __table_args__ = (
        Index("ix_story_updated", "updated_at", "id"),
        Index("ix_story_workspace", "workspace_id", "updated_at", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    workspace_id: UUID = Field(default=DEFAULT_WORKSPACE, sa_column=_workspace())
    title: str
    version: int = 1
    merged_into: UUID | None = Field(default=None, foreign_key="story.id")
    created_at: datetime = Field(default_factory=utc_now, sa_column=_instant())
    updated_at: datetime = Field(default_factory=utc_now, sa_column=_instant())


class Article(SQLModel, table=True):
    __tablename__ = "article"
    __table_args__ = (
        CheckConstraint("status in ('queued', 'analysing', 'analysed', 'failed')", name="status"),
        UniqueConstraint("fingerprint"),
        Index("ix_article_created", "created_at", "id"),
        Index("ix_article_workspace", "workspace_id", "created_at", "id"),
        Index("ix_article_story", "story_id", "created_at"),
        Index(
            "ix_article_embedding",
            "embedding",
            postgresql_using="hnsw",
            postgresql_ops={"embedding": "vector_cosine_ops"},
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    workspace_id: UUID = Field(default=DEFAULT_WORKSPACE, sa_column=_workspace())
    text: str
    title: str | None = None
    source_name: str | None = Field(default=None, index=True)
    source_domain: str | None = None
    published_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    dated: date | None = None  # the article's own date line, when published_at is missing
    language: str | None = None
    external_id: str | None = Field(default=None, index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=_json())  # the client's "metadata", kept as given
    fingerprint: str  # sha256 over what makes it the same article: see store.articles
    status: str = "queued"
    error: str | None = None
    story_id: UUID | None = Field(default=None, foreign_key="story.id")
    is_story_pinned: bool = False  # an editor or the submitter chose the story; the linker keeps off
    embedding: Any = Field(default=None, sa_column=Column(Vector(DIMENSIONS), nullable=True))
    names: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False)
    )  # entities, for linking
    origin_id: UUID | None = None  # the first article this one is a near-copy of, or its own id: a label, no key
    created_at: datetime = Field(default_factory=utc_now, sa_column=_instant())
    analysed_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class ArticleSummary(SQLModel, table=True):
    __tablename__ = "article_summary"

    article_id: UUID = Field(sa_column=Column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True))
    text: str
    method: str
    model: str
    sentences: list[dict[str, Any]] = Field(sa_column=_json())  # [{"text", "evidence": [{"start","end","exact"}]}]


# Claims with a time like "on Monday" in an article without a date: the story's date can settle it (domain.when).
UNANCHORED = text("""facets @> '{"times": [{"edtf": null, "unresolved": "no_anchor"}]}'""")


class ClaimRow(SQLModel, table=True):
    """A claim; ``facets`` is the JSON of ``domain.values.Claim`` (``store.claims`` reads and writes it)."""

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("article_id", "start", "end"),
        Index("ix_claim_slot_keys", "slot_keys", postgresql_using="gin"),
        Index("ix_claim_story", "story_id", "id"),
        Index(
            "ix_claim_embedding",
            "embedding",
            postgresql_using="hnsw",
            postgresql_ops={"embedding": "vector_cosine_ops"},
        ),
        Index(
            "ix_claim_question_embedding",
            "question_embedding",
            postgresql_using="hnsw",
            postgresql_ops={"question_embedding": "vector_cosine_ops"},
        ),
        Index("ix_claim_unanchored", "story_id", postgresql_where=UNANCHORED),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    article_id: UUID = Field(sa_column=_cascade("article.id"))
    story_id: UUID | None = Field(default=None, foreign_key="story.id")
    start: int
    end: int
    exact: str
    slot_keys: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))  # what it can answer: domain.matching
    facets: dict[str, Any] = Field(sa_column=_json())
    embedding: Any = Field(sa_column=Column(Vector(DIMENSIONS), nullable=False))
    question_embedding: Any = Field(sa_column=Column(Vector(DIMENSIONS), nullable=False))
    made_by: dict[str, Any] = Field(sa_column=_json())  # {"reader": …, "encoder": …, "worthiness": …}


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
    first_id: UUID = Field(sa_column=_cascade("claim.id"))
    second_id: UUID = Field(sa_column=_cascade("claim.id"))
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
    scores: dict[str, Any] = Field(sa_column=_json())  # domain.matching.Scores: see store.pairs


class ClaimGroup(SQLModel, table=True):
    """Claims of a story that say the same."""

    __tablename__ = "claim_group"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    story_id: UUID = Field(sa_column=_cascade("story.id"))
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
    story_id: UUID = Field(sa_column=_cascade("story.id"))
    kind: str
    verdict: str
    question: str
    explanation: str
    confidence: float
    status: str = "open"
    note: str | None = None
    detected_at: datetime = Field(default_factory=utc_now, sa_column=_instant())
    closed_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    versions: dict[str, Any] = Field(sa_column=_json())


class ConflictJudgement(SQLModel, table=True):
    """What an editor said of a report, and when: the newest one is on the report itself. Never changed, only added."""

    __tablename__ = "conflict_judgement"
    __table_args__ = (Index("ix_conflict_judgement_conflict", "conflict_id", "judged_at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    conflict_id: UUID = Field(sa_column=Column(ForeignKey("conflict.id", ondelete="CASCADE"), nullable=False))
    status: str
    note: str | None = None
    judged_at: datetime = Field(sa_column=_instant())


class Position(SQLModel, table=True):
    __tablename__ = "position"
    __table_args__ = (UniqueConstraint("conflict_id", "ordinal"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    conflict_id: UUID = Field(sa_column=_cascade("conflict.id"))
    ordinal: int
    label: str
    value: dict[str, Any] = Field(sa_column=_json())
    sources: int
    origins: int
    first_seen_at: datetime = Field(sa_column=_instant())


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
    story_id: UUID = Field(sa_column=_cascade("story.id"))
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


class IdempotencyRecord(SQLModel, table=True):
    """What an Idempotency-Key was answered with; kept for a day."""

    __tablename__ = "idempotency_record"
    __table_args__ = (Index("ix_idempotency_record_created", "created_at"),)

    key: str = Field(primary_key=True)
    request_hash: str
    status: int
    body: dict[str, Any] = Field(sa_column=_json())
    headers: dict[str, Any] = Field(default_factory=dict, sa_column=_json())
    created_at: datetime = Field(default_factory=utc_now, sa_column=_instant())
