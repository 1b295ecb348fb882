import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.domain.errors import ConfigurationError
from app.store.engine import check_database, conninfo, create_engine, session_factory


def _complaint(url: str) -> str:
    engine = create_engine(url)
    with pytest.raises(ConfigurationError) as caught:
        check_database(engine)
    engine.dispose()
    message = str(caught.value)
    assert "\n" not in message
    assert "hidden-word" not in message
    return message


def test_a_good_server_passes_with_and_without_the_extension(empty_database_url: str, database_url: str) -> None:
    for url in (empty_database_url, database_url):
        engine = create_engine(url)
        check_database(engine)
        engine.dispose()


def test_nobody_listening_says_where() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        message = _complaint(f"postgresql://me:hidden-word@127.0.0.1:{port}/news")
    assert f"127.0.0.1:{port}" in message
    assert "CLAIMLINE_DATABASE_URL" in message


def test_an_unknown_host_is_named() -> None:
    assert "'nowhere.invalid'" in _complaint("postgresql://me:hidden-word@nowhere.invalid/news")


def test_a_host_that_does_not_answer_is_given_up_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        message = _complaint(f"postgresql://me:hidden-word@127.0.0.1:{deaf.getsockname()[1]}/news")
    assert "does not answer" in message


def test_a_missing_database_is_named(server_url: str) -> None:
    assert "'nothing_here'" in _complaint(server_url.replace("/claimline?", "/nothing_here?"))


def test_an_unknown_role_is_named(server_url: str) -> None:
    assert "'nobody_known'" in _complaint(server_url.replace("postgres@", "nobody_known:hidden-word@"))


@pytest.fixture
def url_with_password(server_url: str) -> Iterator[str]:
    """The server as a role sees it that has to give a password: 'right-word'."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        row = connection.execute("SHOW hba_file").fetchone()
        assert row is not None
        rules = Path(row[0])
        before = rules.read_text()
        rules.write_text(f"local all guarded scram-sha-256\n{before}")
        connection.execute("CREATE ROLE guarded LOGIN PASSWORD 'right-word'")
        connection.execute("SELECT pg_reload_conf()")
        yield server_url.replace("postgres@", "guarded:right-word@")
        rules.write_text(before)
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("DROP ROLE guarded")


def test_a_password_is_checked(url_with_password: str) -> None:
    engine = create_engine(url_with_password)
    check_database(engine)
    engine.dispose()
    assert "The password for 'guarded'" in _complaint(url_with_password.replace("right-word", "hidden-word"))
    assert "wants a password for 'guarded'" in _complaint(url_with_password.replace(":right-word", ""))


def test_a_role_that_may_not_create_the_extension_is_told_who_may(server_url: str, empty_database_url: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN")
        try:
            message = _complaint(empty_database_url.replace("postgres@", "plain@"))
        finally:
            connection.execute("DROP ROLE plain")
    assert "CREATE EXTENSION vector" in message


def test_statements_are_bounded_in_time(server_url: str) -> None:
    engine = create_engine(server_url, statement_seconds=0.05)
    with pytest.raises(OperationalError, match="statement timeout"), engine.connect() as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
    engine.dispose()


def test_parameters_stay_out_of_error_messages(server_url: str) -> None:
    engine = create_engine(server_url)
    with pytest.raises(DBAPIError) as caught, session_factory(engine)() as session:
        session.connection().execute(text("SELECT :words::no_such_type"), {"words": "a sentence of an article"})
    engine.dispose()
    assert "a sentence of an article" not in str(caught.value)


def test_a_server_restart_costs_no_request(server_url: str) -> None:
    engine = create_engine(server_url, pool_size=1, max_overflow=0)
    with engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(server_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (pid,))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@h:5433/d?sslmode=require", "postgresql://u:p@h:5433/d?sslmode=require"),
        ("postgresql+psycopg://u@h/d", "postgresql://u@h/d"),
        ("postgres://h/d", "postgresql://h/d"),
    ],
)
def test_libpq_gets_a_url_without_driver(url: str, expected: str) -> None:
    assert conninfo(url) == expected
