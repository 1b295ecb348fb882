"""Articles by URL: where to fetch them, who wrote them, and what kind of trouble there was. Old processes pass them by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "urls"
down_revision = "events"
branch_labels = None
depends_on = None

COLUMNS = ("url", "author", "error_type")


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("article", sa.Column(column, sa.String(), nullable=True))
    op.create_index(
        "ix_article_url", "article", ["workspace_id", "url"], unique=True, postgresql_where=sa.text("url IS NOT NULL")
    )


def downgrade() -> None:
    op.execute("DELETE FROM article WHERE text = ''")  # never fetched: without a URL there is nothing to be had of them
    for column in COLUMNS:
        op.drop_column("article", column)
