"""The embedded server against what happens to it: crashes, sharing, leftovers, directories that cannot be used."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from app.domain.errors import ConfigurationError
from app.store.embedded import database_url, embedded_postgres

HOLD = """
import sys
from pathlib import Path
from app.store.embedded import embedded_postgres
with embedded_postgres(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a row in it, its server stopped."""
    path = tmp_path_factory.mktemp("embedded")
    with embedded_postgres(path) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('word')")
    return path


@contextmanager
def _held_by_another_process(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {key: value for key, value in os.environ.items() if key != "XDG_RUNTIME_DIR"}
    command = [sys.executable, "-W", "error", "-c", HOLD, str(data_dir)]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        process.url = process.stdout.readline().strip()  # type: ignore[attr-defined]
        assert process.url, process.stderr and process.stderr.read()  # type: ignore[attr-defined]
        yield process
        process.kill()


def _postmaster(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0]))


def _is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def _words(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM kept")]


def test_the_database_keeps_its_rows_and_has_pgvector(data_dir: Path) -> None:
    with embedded_postgres(data_dir) as url, psycopg.connect(url) as connection:
        assert connection.info.dbname == "claimline"
        assert connection.execute("SELECT '[1,2]'::vector <-> '[1,2]'").fetchone() == (0.0,)
        assert connection.execute("SELECT word FROM kept").fetchone() == ("word",)


def test_the_last_to_leave_stops_the_server(data_dir: Path) -> None:
    with embedded_postgres(data_dir):
        postmaster = _postmaster(data_dir)
        with _held_by_another_process(data_dir) as other:
            assert _postmaster(data_dir) == postmaster
            other.communicate("", timeout=20)
        assert postmaster.is_running()
    assert _is_gone(postmaster)


def test_starting_says_nothing_where_there_is_no_login_session(data_dir: Path) -> None:
    with _held_by_another_process(data_dir) as process:
        _, said = process.communicate("", timeout=20)
    assert (process.returncode, said) == (0, "")


def test_a_server_that_outlived_its_process_is_reused_and_stopped(data_dir: Path) -> None:
    with _held_by_another_process(data_dir) as process:
        postmaster = _postmaster(data_dir)
        process.kill()
        process.wait()
    assert postmaster.is_running()
    with embedded_postgres(data_dir) as url:
        assert _postmaster(data_dir) == postmaster
        assert _words(url) == ["word"]
    assert _is_gone(postmaster)


def test_everything_killed_at_once_starts_again(data_dir: Path) -> None:
    with _held_by_another_process(data_dir) as process:
        postmaster = _postmaster(data_dir)
        family = [postmaster, *postmaster.children(recursive=True)]
        process.kill()
        for member in family:
            member.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=10)
    assert (data_dir / "postgres" / "postmaster.pid").exists()
    with embedded_postgres(data_dir) as url:
        assert _words(url) == ["word"]


def test_a_stale_pid_that_now_belongs_to_another_program_is_no_server(data_dir: Path) -> None:
    pid_file = data_dir / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{data_dir}\n1\n5432\n/nowhere\n\n0 0\nready\n")
    with embedded_postgres(data_dir) as url:
        assert _words(url) == ["word"]
        handles = json.loads((data_dir / "postgres" / ".handle_pids.json").read_text())
        assert handles == [os.getpid()]


def test_an_initialisation_that_was_killed_half_way_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    with embedded_postgres(tmp_path) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_does_not_start_is_quoted(data_dir: Path) -> None:
    settings = data_dir / "postgres" / "postgresql.auto.conf"
    before = settings.read_text()
    settings.write_text("shared_buffers = 'plenty'\n")
    try:
        with pytest.raises(ConfigurationError, match=r"shared_buffers|configuration file") as caught:
            embedded_postgres(data_dir).__enter__()
    finally:
        settings.write_text(before)
    assert "\n" not in str(caught.value)


def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(ConfigurationError, match="CLAIMLINE_DATA_DIR") as caught:
        embedded_postgres(tmp_path / "data").__enter__()
    assert "\n" not in str(caught.value)


def test_a_directory_of_another_major_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(ConfigurationError, match=r"PostgreSQL 14.*pg_upgrade"):
        embedded_postgres(tmp_path).__enter__()


def test_a_given_url_starts_no_server(tmp_path: Path) -> None:
    with database_url("postgresql://somewhere/else", data_dir=tmp_path) as url:
        assert url == "postgresql://somewhere/else"
    assert list(tmp_path.iterdir()) == []
