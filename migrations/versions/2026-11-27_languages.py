"""Articles in other languages, kept unanalysed where their sender asks for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "languages"
down_revision = "urls"
branch_labels = None
depends_on = None

STATES = "'queued', 'analysing', 'analysed', 'failed'"


def upgrade() -> None:
    op.add_column(
        "article", sa.Column("keeps_other_languages", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _allow(f"{STATES}, 'unanalysed'")


def downgrade() -> None:
    op.execute("UPDATE article SET status = 'failed' WHERE status = 'unanalysed'")
    _allow(STATES)
    op.drop_column("article", "keeps_other_languages")


def _allow(states: str) -> None:
    op.execute("ALTER TABLE article DROP CONSTRAINT ck_article_status")
    op.execute(f"ALTER TABLE article ADD CONSTRAINT ck_article_status CHECK (status in ({states})) NOT VALID")
    op.execute("ALTER TABLE article VALIDATE CONSTRAINT ck_article_status")
