"""What an article was answered with is found by the article, so that it can be forgotten with it."""

from __future__ import annotations

from alembic import op

revision = "withdrawals"
down_revision = "merges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_idempotency_record_body",
        "idempotency_record",
        ["body"],
        postgresql_using="gin",
        postgresql_ops={"body": "jsonb_path_ops"},
    )


def downgrade() -> None:
    op.drop_index("ix_idempotency_record_body", table_name="idempotency_record")
