"""Stories, articles and all that is derived from them, with pgvector."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import Vector
from sqlalchemy.dialects import postgresql

revision = "first_tables"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "idempotency_record",
    "story",
    "article",
    "claim_group",
    "conflict",
    "timeline_entry",
    "article_summary",
    "claim",
    "position",
    "claim_group_member",
    "claim_match",
    "position_evidence",
    "timeline_evidence",
)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table(
        "idempotency_record",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency_record")),
    )
    op.create_index("ix_idempotency_record_created", "idempotency_record", ["created_at"], unique=False)
    op.create_table(
        "story",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["story.id"], name=op.f("fk_story_merged_into_story")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
    )
    op.create_index("ix_story_updated", "story", ["updated_at", "id"], unique=False)
    op.create_table(
        "article",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("source_name", sa.String(), nullable=True),
        sa.Column("source_domain", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("story_id", sa.Uuid(), nullable=True),
        sa.Column("is_story_pinned", sa.Boolean(), nullable=False),
        sa.Column("embedding", Vector(384), nullable=True),
        sa.Column("names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("analysed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status in ('queued', 'analysing', 'analysed', 'failed')", name=op.f("ck_article_status")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_article_story_id_story")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_article_fingerprint")),
    )
    op.create_index("ix_article_created", "article", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_article_embedding",
        "article",
        ["embedding"],
        unique=False,
        postgresql_using="hnsw",
        postgresql_ops={"embedding": "vector_cosine_ops"},
    )
    op.create_index(op.f("ix_article_external_id"), "article", ["external_id"], unique=False)
    op.create_index(op.f("ix_article_source_name"), "article", ["source_name"], unique=False)
    op.create_index("ix_article_story", "article", ["story_id", "created_at"], unique=False)
    op.create_table(
        "claim_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("origins", sa.Integer(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_claim_group_story_id_story"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_group")),
    )
    op.create_index(op.f("ix_claim_group_sort_key"), "claim_group", ["sort_key"], unique=False)
    op.create_index(op.f("ix_claim_group_story_id"), "claim_group", ["story_id"], unique=False)
    op.create_table(
        "conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("versions", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("status in ('open', 'confirmed', 'dismissed', 'resolved')", name=op.f("ck_conflict_status")),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_conflict_story_id_story"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index("ix_conflict_story", "conflict", ["story_id", "closed_at", "confidence", "id"], unique=False)
    op.create_index(op.f("ix_conflict_story_id"), "conflict", ["story_id"], unique=False)
    op.create_table(
        "timeline_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("edtf", sa.String(), nullable=False),
        sa.Column("earliest", sa.Date(), nullable=False),
        sa.Column("latest", sa.Date(), nullable=False),
        sa.Column("sort_at", sa.String(), nullable=False),
        sa.Column("precision", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("origins", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_timeline_entry_story_id_story"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_entry")),
    )
    op.create_index("ix_timeline_entry_story", "timeline_entry", ["story_id", "sort_at", "id"], unique=False)
    op.create_index(op.f("ix_timeline_entry_story_id"), "timeline_entry", ["story_id"], unique=False)
    op.create_index("ix_timeline_entry_time", "timeline_entry", ["sort_at", "id"], unique=False)
    op.create_table(
        "article_summary",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("sentences", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_summary_article_id_article"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_summary")),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("exact", sa.String(), nullable=False),
        sa.Column("slot_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("facets", postgresql.JSONB(), nullable=False),
        sa.Column("embedding", Vector(384), nullable=False),
        sa.Column("question_embedding", Vector(384), nullable=False),
        sa.Column("made_by", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_claim_article_id_article"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_claim_story_id_story")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("article_id", "start", "end", name=op.f("uq_claim_article_id_start_end")),
    )
    op.create_index(op.f("ix_claim_article_id"), "claim", ["article_id"], unique=False)
    op.create_index(
        "ix_claim_embedding",
        "claim",
        ["embedding"],
        unique=False,
        postgresql_using="hnsw",
        postgresql_ops={"embedding": "vector_cosine_ops"},
    )
    op.create_index("ix_claim_slot_keys", "claim", ["slot_keys"], unique=False, postgresql_using="gin")
    op.create_index("ix_claim_story", "claim", ["story_id", "id"], unique=False)
    op.create_table(
        "position",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conflict_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("origins", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conflict_id"], ["conflict.id"], name=op.f("fk_position_conflict_id_conflict"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
        sa.UniqueConstraint("conflict_id", "ordinal", name=op.f("uq_position_conflict_id_ordinal")),
    )
    op.create_index(op.f("ix_position_conflict_id"), "position", ["conflict_id"], unique=False)
    op.create_table(
        "claim_group_member",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_group_member_claim_id_claim"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["claim_group.id"],
            name=op.f("fk_claim_group_member_group_id_claim_group"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_id", "claim_id", name=op.f("pk_claim_group_member")),
    )
    op.create_index(op.f("ix_claim_group_member_claim_id"), "claim_group_member", ["claim_id"], unique=False)
    op.create_table(
        "claim_match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slots", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("gates", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_claim_match_ordered")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["claim.id"], name=op.f("fk_claim_match_first_id_claim"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["claim.id"], name=op.f("fk_claim_match_second_id_claim"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_claim_match_story_id_story")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_match")),
        sa.UniqueConstraint(
            "first_id", "second_id", "kind", "slots", name=op.f("uq_claim_match_first_id_second_id_kind_slots")
        ),
    )
    op.create_index(op.f("ix_claim_match_first_id"), "claim_match", ["first_id"], unique=False)
    op.create_index(op.f("ix_claim_match_second_id"), "claim_match", ["second_id"], unique=False)
    op.create_index("ix_claim_match_story", "claim_match", ["story_id"], unique=False)
    op.create_table(
        "position_evidence",
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("exact", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_position_evidence_claim_id_claim"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_position_evidence_position_id_position"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("position_id", "claim_id", name=op.f("pk_position_evidence")),
    )
    op.create_index(op.f("ix_position_evidence_claim_id"), "position_evidence", ["claim_id"], unique=False)
    op.create_table(
        "timeline_evidence",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("exact", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_timeline_evidence_claim_id_claim"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["timeline_entry.id"],
            name=op.f("fk_timeline_evidence_entry_id_timeline_entry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entry_id", "claim_id", name=op.f("pk_timeline_evidence")),
    )
    op.create_index(op.f("ix_timeline_evidence_claim_id"), "timeline_evidence", ["claim_id"], unique=False)


def downgrade() -> None:
    """The extension stays: others may use it, and dropping it needs rights that using it does not."""
    for table in reversed(TABLES):
        op.drop_table(table)
