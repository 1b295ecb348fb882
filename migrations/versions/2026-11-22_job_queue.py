"""The tables and functions of the job queue, as the pinned Procrastinate ships them.

A later version's changes (``procrastinate.schema.SchemaManager.get_migrations_path()``) go into a revision of their
own, together with the version bump in pyproject.toml.
"""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "job_queue"
down_revision = "first_tables"
branch_labels = None
depends_on = None

DROP_FUNCTIONS = r"""
DO $$
DECLARE routine regprocedure;
BEGIN
    FOR routine IN SELECT oid::regprocedure FROM pg_proc
        WHERE proname LIKE 'procrastinate\_%' AND pronamespace = current_schema()::regnamespace
    LOOP
        EXECUTE 'DROP FUNCTION ' || routine || ' CASCADE';
    END LOOP;
END;
$$
"""


def upgrade() -> None:
    # Straight to the driver: many statements, and percent signs that are no placeholders.
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())


def downgrade() -> None:
    op.execute(DROP_FUNCTIONS)
    for table in ("events", "periodic_defers", "jobs", "workers"):
        op.drop_table(f"procrastinate_{table}")
    for kind in ("job_to_defer_v1", "job_event_type", "job_status"):
        op.execute(f"DROP TYPE procrastinate_{kind}")
