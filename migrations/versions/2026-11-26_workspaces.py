"""Workspaces, and the API keys that open them. Rows that are there go to the workspace ``default``.

The columns have a default, so that a process of the release before can go on inserting while this one is rolled out.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "workspaces"
down_revision = "job_queue"
branch_labels = None
depends_on = None

DEFAULT = "00000000-0000-7000-8000-000000000000"
OWNED = {"story": "updated_at", "article": "created_at"}


def upgrade() -> None:
    op.create_table(
        "workspace",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace")),
        sa.UniqueConstraint("name", name=op.f("uq_workspace_name")),
    )
    op.execute(f"INSERT INTO workspace (id, name, created_at) VALUES ('{DEFAULT}', 'default', now())")
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_api_key_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    op.create_index(op.f("ix_api_key_workspace_id"), "api_key", ["workspace_id"], unique=False)
    for table, instant in OWNED.items():
        op.add_column(table, sa.Column("workspace_id", sa.Uuid(), server_default=DEFAULT, nullable=False))
        op.create_foreign_key(
            op.f(f"fk_{table}_workspace_id_workspace"), table, "workspace", ["workspace_id"], ["id"]
        )
        op.create_index(f"ix_{table}_workspace", table, ["workspace_id", instant, "id"], unique=False)


def downgrade() -> None:
    """Workspaces become one: their articles and stories are kept side by side, as if they had always been."""
    for table in OWNED:
        op.drop_column(table, "workspace_id")
    op.drop_table("api_key")
    op.drop_table("workspace")
