"""How Alembic reaches the database: through a connection handed in, or else through the operator's settings."""

from __future__ import annotations

from alembic import context
from pgvector.sqlalchemy import Vector
from sqlalchemy import Connection, text

from app.settings import Settings
from app.store import tables
from app.store.embedded import database_url
from app.store.engine import create_engine
from app.store.schema import is_ours

MIGRATION_LOCK = 4_801_137  # any number: the advisory lock under which one process migrates at a time


def _migrate(connection: Connection) -> None:
    connection.dialect.ischema_names["vector"] = Vector
    context.configure(
        connection=connection,
        target_metadata=tables.METADATA,
        include_object=is_ours,
        compare_type=True,
    )
    with context.begin_transaction():
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        # Another migration may take its time; a table that readers or writers hold is another matter.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        context.run_migrations()


def _migrate_as_configured() -> None:
    settings = Settings()
    with database_url(settings.database_url, data_dir=settings.data_dir) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            _migrate(connection)
        engine.dispose()


handed_in = context.config.attributes.get("connection")
if handed_in is None:
    _migrate_as_configured()
else:
    _migrate(handed_in)
