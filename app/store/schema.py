"""The database's schema as Alembic keeps it: bring it up to date, take it back, say whether it is current."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from app.domain.errors import ConfigurationError

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def upgrade(engine: Engine, *, revision: str = "head") -> None:
    """Run the migrations that are missing, all in one transaction; none run twice, whoever else is migrating."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, *, revision: str = "base") -> None:
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def check_schema(engine: Engine) -> None:
    """Raise ConfigurationError unless the schema is the one this release was written for."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != head:
        raise ConfigurationError(
            f"The database schema is at {current or 'nothing'} and this release needs {head}: run 'claimline migrate'."
        )


def is_ours(thing: Any, name: str | None, kind: str, _is_reflected: bool, _compare_to: Any) -> bool:
    """Whether Alembic should compare a table or index with ours: Procrastinate's are its own."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return not (table or "").startswith("procrastinate_")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
