"""The connection to PostgreSQL: engine, sessions, and what must be true of a server before we start on it."""

from __future__ import annotations

import re

import sqlalchemy
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from app.domain.errors import ConfigurationError

SessionFactory = sessionmaker[Session]

CONNECT_SECONDS = 5
MINIMUM_VERSION = 15


# A filtered search reads on in the vector index until it has its rows (pgvector 0.8; older ones ignore it).
INDEX_SCAN = "-c hnsw.iterative_scan=strict_order"


def create_engine(
    url: str, *, pool_size: int = 5, max_overflow: int = 10, statement_seconds: float = 30, lock_seconds: float = 10
) -> Engine:
    """An engine on psycopg 3. Connects to nothing yet.

    ``statement_seconds`` and ``lock_seconds`` bound every statement and every wait for a lock. Parameters never
    appear in error messages: they hold article text.
    """
    target = make_url(url).set(drivername="postgresql+psycopg")
    given = target.query.get("options", "")
    limits = f"-c statement_timeout={int(statement_seconds * 1000)} -c lock_timeout={int(lock_seconds * 1000)}"
    return sqlalchemy.create_engine(
        target,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "claimline",
            "options": f"{given} {limits} {INDEX_SCAN} -c timezone=UTC".strip(),
        },
    )


def session_factory(engine: Engine) -> SessionFactory:
    """Sessions whose objects stay readable after commit: handlers and jobs build values from them."""
    return sessionmaker(engine, class_=Session, expire_on_commit=False)


def conninfo(url: str) -> str:
    """The same URL for libpq, which knows no driver names."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)


def check_database(engine: Engine) -> None:
    """Raise ConfigurationError, in one line that says what to do, unless the server can carry Claimline."""
    try:
        with engine.connect() as connection:
            version = int(connection.scalar(text("SHOW server_version_num"))) // 10000
            is_installed = bool(connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname='vector'")))
            is_available = bool(connection.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name='vector'")))
            may_create = bool(
                connection.scalar(
                    text(
                        "SELECT rolsuper OR has_database_privilege(current_database(), 'CREATE') AND EXISTS "
                        "(SELECT 1 FROM pg_available_extension_versions WHERE name='vector' AND trusted) "
                        "FROM pg_roles WHERE rolname = current_user"
                    )
                )
            )
    except OperationalError as error:
        raise ConfigurationError(_advice(engine, error)) from error
    if version < MINIMUM_VERSION:
        raise ConfigurationError(
            f"PostgreSQL {version} at {_address(engine)} is too old: use {MINIMUM_VERSION} or later."
        )
    if is_installed:
        return
    if not is_available:
        raise ConfigurationError(
            f"PostgreSQL at {_address(engine)} has no pgvector: install the extension on the server "
            f"(Debian: postgresql-{version}-pgvector; image: pgvector/pgvector:pg{version})."
        )
    if not may_create:
        raise ConfigurationError(
            f"The role {engine.url.username!r} may not create the extension pgvector at {_address(engine)}: have a "
            f"superuser run 'CREATE EXTENSION vector' in the database {engine.url.database!r} once."
        )


def _address(engine: Engine) -> str:
    return f"{engine.url.host or 'the local socket'}:{engine.url.port or 5432}"


def _advice(engine: Engine, error: DBAPIError) -> str:
    said = " ".join(str(error.orig).split())
    url, where = engine.url, _address(engine)
    causes = [
        ("password authentication failed", f"The password for {url.username!r} at {where} is wrong"),
        ("no password supplied", f"PostgreSQL at {where} wants a password for {url.username!r}"),
        ("role .* does not exist", f"There is no role {url.username!r} at {where}"),
        ("database .* does not exist", f"There is no database {url.database!r} at {where}: create it, or"),
        ("resolve|translate host name", f"The host name {url.host!r} is not known"),
        ("timeout|timed out", f"PostgreSQL at {where} does not answer within {CONNECT_SECONDS} s"),
        ("refused|No such file", f"Nothing listens at {where}: start PostgreSQL there, or"),
    ]
    cause = next((text for pattern, text in causes if re.search(pattern, said)), f"PostgreSQL at {where} said: {said}")
    return f"{cause}{'' if cause.endswith(' or') else ':'} correct CLAIMLINE_DATABASE_URL."
