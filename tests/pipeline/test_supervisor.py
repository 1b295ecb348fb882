"""The supervisor with real children: small Python programs that live and die as workers do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app.pipeline.supervisor import CONFIGURATION_EXIT, Supervisor

REPORT = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); print(41, flush=True); "
STEADY = REPORT + "time.sleep(60)"


class Log:
    """What the supervisor reported, and the pids of the children that ran."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.deaths: list[int] = []
        self.refusals = 0

    @property
    def pids(self) -> list[int]:
        return [int(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def refuse(self) -> None:
        self.refusals += 1


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "pids")


def _supervise(code: str, log: Log, **limits: float) -> Supervisor:
    command = [sys.executable, "-c", code, str(log.path)]
    child = Supervisor(command, env={}, on_death=log.deaths.append, on_refusal=log.refuse, **limits)
    child.start()
    return child


def _until(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _is_running(pid: int) -> bool:
    """An orphan that ended may stay a zombie where nobody reaps it."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_child_that_is_killed_is_reported_and_started_again(log: Log) -> None:
    child = _supervise(STEADY, log)
    _until(lambda: len(log.pids) == 1)
    os.kill(log.pids[0], signal.SIGKILL)
    _until(lambda: len(log.pids) == 2)
    assert log.deaths == [41]
    child.stop()
    assert not any(map(_is_running, log.pids))


def test_the_restarts_of_a_child_that_keeps_dying_get_rarer(log: Log) -> None:
    child = _supervise(REPORT + "sys.exit(3)", log, first_delay=0.1)
    time.sleep(3.0)
    child.stop()
    assert 2 <= len(log.pids) <= 5  # 0.1, 0.2, 0.4, 0.8, 1.6 seconds apart, and the time each needs


def test_a_child_that_cannot_run_as_configured_is_not_started_again(log: Log) -> None:
    child = _supervise(f"import sys; sys.exit({CONFIGURATION_EXIT})", log)
    _until(lambda: log.refusals == 1)
    child.stop()
    assert log.deaths == []


def test_what_stops_a_worker_from_starting_again_ends_no_service_that_has_worked(log: Log) -> None:
    child = _supervise(REPORT + f"sys.exit({CONFIGURATION_EXIT})", log, first_delay=0.05)
    _until(lambda: len(log.pids) >= 2)
    child.stop()
    assert log.refusals == 0


def test_a_child_that_cannot_be_started_now_is_started_later(log: Log, tmp_path: Path) -> None:
    python = tmp_path / "python"
    child = Supervisor(
        [str(python), "-c", STEADY, str(log.path)], env={}, on_death=log.deaths.append, on_refusal=log.refuse
    )
    child.start()
    time.sleep(0.1)
    python.symlink_to(sys.executable)
    _until(lambda: len(log.pids) == 1)
    child.stop()
    assert (log.deaths, log.refusals) == ([], 0)


def test_stopping_asks_first(log: Log, tmp_path: Path) -> None:
    farewell = tmp_path / "farewell"
    code = f"import signal, sys; signal.signal(15, lambda *_: sys.exit(open({str(farewell)!r}, 'w').close())); "
    child = _supervise(code + STEADY, log)
    _until(lambda: len(log.pids) == 1)
    child.stop()
    assert farewell.exists()
    assert (len(log.pids), log.deaths) == (1, [])


def test_the_child_is_asked_once(log: Log, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    code = f"import signal; signal.signal(15, lambda *_: print('x', file=open({str(asked)!r}, 'a'))); "
    child = _supervise(code + REPORT + "time.sleep(1.5)", log)
    _until(lambda: len(log.pids) == 1)
    child.ask_to_stop()
    _until(asked.exists)
    child.ask_to_stop()
    child.stop()
    assert asked.read_text() == "x\n"


def test_a_child_that_does_not_stop_is_killed(log: Log) -> None:
    child = _supervise("import signal; signal.signal(15, signal.SIG_IGN); " + STEADY, log, stop_seconds=0.5)
    _until(lambda: len(log.pids) == 1)
    started = time.monotonic()
    child.stop()
    assert time.monotonic() - started < 5
    assert not _is_running(log.pids[0])


def test_no_child_outlives_its_supervisor(log: Log) -> None:
    worker = "import os, signal, time; from app.pipeline.supervisor import exit_with_parent; "
    worker += "exit_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM)); "
    parent = (
        "import sys, time; from app.pipeline.supervisor import Supervisor; "
        f"Supervisor([sys.executable, '-c', {worker + STEADY!r}, sys.argv[1]], env={{}}, on_death=print, "
        "on_refusal=print).start(); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent, str(log.path)]) as process:
        _until(lambda: len(log.pids) == 1)
        process.kill()
    _until(lambda: not _is_running(log.pids[0]))


def test_a_child_waits_until_it_may_begin_and_its_heirs_do_not(log: Log) -> None:
    code = "import os, signal; from app.pipeline.supervisor import exit_with_parent; "
    code += "exit_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM)).wait(); "
    child = _supervise("open(__import__('sys').argv[1] + '.up', 'w').close(); " + code + STEADY, log, first_delay=0.01)
    try:
        _until(lambda: log.path.with_suffix(".up").exists())
        time.sleep(0.5)
        assert log.pids == []
        child.let_begin()
        _until(lambda: len(log.pids) == 1)
        os.kill(log.pids[0], signal.SIGKILL)
        _until(lambda: len(log.pids) == 2)
    finally:
        child.stop()
