"""What every command begins with: its settings, and its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Engine

from app import logs
from app.domain.errors import ConfigurationError
from app.settings import Settings
from app.store.embedded import database_url
from app.store.engine import SessionFactory, check_database, create_engine, session_factory
from app.store.schema import check_schema, upgrade


def read_settings(**given: Any) -> Settings:
    """Settings with the command line's words over the environment's; logs are set up with them."""
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"][:1]).upper()
        raise ConfigurationError(f"CLAIMLINE_{name}: {first['msg']}.") from error
    logs.configure(level=settings.log_level, format=settings.log_format)
    return settings


@contextmanager
def open_database(settings: Settings, *, pool_size: int, max_overflow: int) -> Iterator[tuple[str, Engine]]:
    """The database's URL and an engine on it; without one in the settings, the embedded server runs meanwhile."""
    with database_url(settings.database_url, data_dir=settings.data_dir) as url:
        engine = create_engine(url, pool_size=pool_size, max_overflow=max_overflow)
        try:
            check_database(engine)
            yield url, engine
        finally:
            engine.dispose()


@contextmanager
def open_sessions(settings: Settings) -> Iterator[SessionFactory]:
    """Sessions on the current schema, for a short command."""
    with open_database(settings, pool_size=1, max_overflow=0) as (_, engine):
        if settings.database_url is None:  # nobody else migrates a private server
            upgrade(engine)
        check_schema(engine)
        yield session_factory(engine)
