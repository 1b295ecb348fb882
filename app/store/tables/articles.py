"""Articles, what was read in each, and the stories that they make up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import Vector
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.store.tables.columns import (
    DEFAULT_WORKSPACE,
    DIMENSIONS,
    cascade,
    instant,
    jsonb,
    new_id,
    utc_now,
    workspace,
)


class Story(SQLModel, table=True):
    """Articles about one event. ``version`` grows with every visible change; a merged story points at its heir."""

    __tablename__ = "story"
    __table_args__ = (
        CheckConstraint("merged_into <> id", name="heir"),
        Index("ix_story_updated", "updated_at", "id"),
        Index("ix_story_workspace", "workspace_id", "updated_at", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    workspace_id: UUID = Field(default=DEFAULT_WORKSPACE, sa_column=workspace())
    title: str
    version: int = 1
    merged_into: UUID | None = Field(default=None, foreign_key="story.id")
    created_at: datetime = Field(default_factory=utc_now, sa_column=instant())
    updated_at: datetime = Field(default_factory=utc_now, sa_column=instant())


class Article(SQLModel, table=True):
    __tablename__ = "article"
    __table_args__ = (
        CheckConstraint("status in ('queued', 'analysing', 'analysed', 'failed', 'unanalysed')", name="status"),
        UniqueConstraint("fingerprint"),
        Index("ix_article_url", "workspace_id", "url", unique=True, postgresql_where=text("url IS NOT NULL")),
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
    workspace_id: UUID = Field(default=DEFAULT_WORKSPACE, sa_column=workspace())
    text: str  # "" until the article at the URL has been fetched
    url: str | None = None  # of an article that was submitted by its address
    title: str | None = None
    author: str | None = None
    source_name: str | None = Field(default=None, index=True)
    source_domain: str | None = None
    published_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    dated: date | None = None  # the article's own date line, when published_at is missing
    language: str | None = None
    external_id: str | None = Field(default=None, index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=jsonb())  # the client's "metadata", kept as given
    fingerprint: str  # sha256 over what makes it the same article: see store.articles
    status: str = "queued"
    keeps_other_languages: bool = Field(
        default=False, sa_column_kwargs={"server_default": false()}
    )  # in which it stays unanalysed
    error: str | None = None
    error_type: str | None = None  # the kind of trouble: see pipeline.jobs
    story_id: UUID | None = Field(default=None, foreign_key="story.id")
    is_story_pinned: bool = False  # an editor or the submitter chose the story; the linker keeps off
    embedding: Any = Field(default=None, sa_column=Column(Vector(DIMENSIONS), nullable=True))
    names: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False)
    )  # entities, for linking
    origin_id: UUID | None = None  # the first article this one is a near-copy of, or its own id: a label, no key
    created_at: datetime = Field(default_factory=utc_now, sa_column=instant())
    analysed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class ArticleSummary(SQLModel, table=True):
    __tablename__ = "article_summary"

    article_id: UUID = Field(sa_column=Column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True))
    text: str
    method: str
    model: str
    sentences: list[dict[str, Any]] = Field(sa_column=jsonb())  # [{"text", "evidence": [{"start","end","exact"}]}]


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
    article_id: UUID = Field(sa_column=cascade("article.id"))
    story_id: UUID | None = Field(default=None, foreign_key="story.id")
    start: int
    end: int
    exact: str
    slot_keys: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))  # what it can answer: domain.matching
    facets: dict[str, Any] = Field(sa_column=jsonb())
    embedding: Any = Field(sa_column=Column(Vector(DIMENSIONS), nullable=False))
    question_embedding: Any = Field(sa_column=Column(Vector(DIMENSIONS), nullable=False))
    made_by: dict[str, Any] = Field(sa_column=jsonb())  # {"reader": …, "encoder": …, "worthiness": …}
