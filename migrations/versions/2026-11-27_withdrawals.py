"""What is withdrawn leaves no words behind: answers that were kept are found by the article, and closed reports lose what
they quote of evidence that is gone."""

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
    unfounded = "NOT EXISTS (SELECT FROM position_evidence e WHERE e.position_id = p.id)"
    op.execute(
        "UPDATE conflict SET question = 'What this report asked went with its evidence.', explanation = "
        "'Evidence that it stood on was withdrawn, and what is left is not at odds.' "
        f"WHERE id IN (SELECT p.conflict_id FROM position p WHERE {unfounded})"
    )
    op.execute(f"DELETE FROM position p WHERE {unfounded}")


def downgrade() -> None:
    op.drop_index("ix_idempotency_record_body", table_name="idempotency_record")
