"""When each verdict of an editor was given, so that a past state of a story shows the verdicts of its time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "judgements"
down_revision = "workspaces"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conflict_judgement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conflict_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conflict_id"],
            ["conflict.id"],
            name=op.f("fk_conflict_judgement_conflict_id_conflict"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_judgement")),
    )
    op.create_index("ix_conflict_judgement_conflict", "conflict_judgement", ["conflict_id", "judged_at"], unique=False)
    # Nobody kept the time of earlier verdicts: they count from now on.
    op.execute(
        "INSERT INTO conflict_judgement (id, conflict_id, status, note, judged_at) "
        "SELECT gen_random_uuid(), id, status, note, now() FROM conflict WHERE status <> 'open' OR note IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("conflict_judgement")
