"""A new claim meets those of its story by an index of question vectors; claims that wait for a date have one as well."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "claim_indexes"
down_revision = "claim_pairs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")  # a minute for each 200,000 claims; articles wait meanwhile
    op.create_index(
        "ix_claim_question_embedding",
        "claim",
        ["question_embedding"],
        postgresql_using="hnsw",
        postgresql_ops={"question_embedding": "vector_cosine_ops"},
    )
    op.create_index(
        "ix_claim_unanchored",
        "claim",
        ["story_id"],
        postgresql_where=sa.text("""facets @> '{"times": [{"edtf": null, "unresolved": "no_anchor"}]}'"""),
    )


def downgrade() -> None:
    op.drop_index("ix_claim_unanchored", table_name="claim")
    op.drop_index("ix_claim_question_embedding", table_name="claim")
