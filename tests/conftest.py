"""A real PostgreSQL for every test: one embedded server for the run, migrated once, then copied or rolled back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from app.store.embedded import embedded_postgres
from app.store.engine import SessionFactory, create_engine
from app.store.schema import upgrade

# A test on a busy machine is slow without being wrong: pytest-timeout ends what hangs.
settings.register_profile("claimline", deadline=None)
settings.load_profile("claimline")


TEMPLATE = "claimline_template"


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The embedded server of this run: its database ``claimline``, empty but for pgvector."""
    with embedded_postgres(tmp_path_factory.mktemp("server")) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here outlives the run
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")
        yield url


@pytest.fixture(scope="session")
def template_database(server_url: str) -> str:
    """Name of a migrated, empty database that others are copied from; nobody stays connected to it."""
    _create(server_url, TEMPLATE)
    engine = create_engine(_at(server_url, TEMPLATE))
    upgrade(engine)
    engine.dispose()
    return TEMPLATE


@pytest.fixture
def database_url(server_url: str, template_database: str) -> Iterator[str]:
    """A migrated database of the test's own, for code that needs real commits or several processes."""
    with _copy(server_url, template_database) as url:
        yield url


@pytest.fixture
def second_database_url(server_url: str, template_database: str) -> Iterator[str]:
    """Another one, for tests that compare two."""
    with _copy(server_url, template_database) as url:
        yield url


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """A database without tables or extension."""
    name = f"test_{uuid.uuid4().hex}"
    _create(server_url, name)
    yield _at(server_url, name)
    _drop(server_url, name)


@pytest.fixture(scope="session")
def engine(server_url: str, template_database: str) -> Iterator[Engine]:
    """One migrated database for all tests that roll back."""
    name = "claimline_shared"
    _create(server_url, name, template=template_database)
    engine = create_engine(_at(server_url, name))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def sessions(connection: Connection) -> SessionFactory:
    """A session factory whose commits are savepoints of a transaction that the test's end rolls back."""
    return sessionmaker(connection, class_=Session, expire_on_commit=False, join_transaction_mode="create_savepoint")


@pytest.fixture
def session(sessions: SessionFactory) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def shared_dir() -> Path:
    """The benchmarks and data beside a development checkout; a clone of its own has none."""
    path = Path(__file__).resolve().parents[2] / "shared"
    if not path.is_dir():
        pytest.skip("needs ../shared, which only development checkouts have")
    return path


@contextmanager
def _copy(server_url: str, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    _create(server_url, name, template=template)
    yield _at(server_url, name)
    _drop(server_url, name)


def _create(url: str, name: str, *, template: str = "template1") -> None:
    query = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(query)


def _drop(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _at(url: str, name: str) -> str:
    return url.replace("/claimline?", f"/{name}?")
