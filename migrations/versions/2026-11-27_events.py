"""What happens is written down. The counter has a default, so that a process of the release before goes on working."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "events"
down_revision = "claim_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("event_count", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "event",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_event_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("workspace_id", "number", name=op.f("pk_event")),
    )
    op.create_index("ix_event_story", "event", ["story_id", "number"])
    op.create_index("ix_event_created", "event", ["created_at"])


def downgrade() -> None:
    op.drop_table("event")
    op.drop_column("workspace", "event_count")
