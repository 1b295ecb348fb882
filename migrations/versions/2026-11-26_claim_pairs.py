"""What the models said of pairs of claims is kept; the gates of a match are worked out from it when asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "claim_pairs"
down_revision = "judgements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claim_pair",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("nearness", sa.Float(), nullable=False),
        sa.Column("scores", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_claim_pair_ordered")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["claim.id"], name=op.f("fk_claim_pair_first_id_claim"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["claim.id"], name=op.f("fk_claim_pair_second_id_claim"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_claim_pair_story_id_story"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_claim_pair")),
    )
    op.create_index(op.f("ix_claim_pair_second_id"), "claim_pair", ["second_id"])
    op.create_index("ix_claim_pair_story", "claim_pair", ["story_id"])
    op.drop_column("claim_match", "gates")


def downgrade() -> None:
    op.add_column(
        "claim_match",
        sa.Column("gates", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")),
    )
    op.alter_column("claim_match", "gates", server_default=None)
    op.drop_table("claim_pair")
