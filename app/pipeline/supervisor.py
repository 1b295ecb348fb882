"""One worker process kept alive beside the API, for ``claimline serve``."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO

from app.logs import get_logger

CONFIGURATION_EXIT = 2  # the worker says that only the operator can help: starting it again cannot
LONGEST_DELAY = 30.0
STEADY_SECONDS = 60.0  # a worker that lived this long died of something new: the delays start over

log = get_logger(__name__)


class Supervisor:
    """Runs ``command`` as a child, and again whenever it ends without having been asked to.

    The child's standard input is a pipe that closes when this process dies, however it dies, so that no worker
    outlives its service; a line on it, from ``let_begin`` on, tells a child that it may begin. On its standard output
    the child writes the id it has in the queue, with which ``on_death`` can give its jobs to the next worker at once.
    ``on_refusal`` is called when the first child says that it cannot run as configured. Seconds: ``first_delay`` before
    the first restart, doubled for each one after; ``stop_seconds`` for a child to drain before it is killed.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        on_death: Callable[[int], None],
        on_refusal: Callable[[], None],
        first_delay: float = 0.5,
        stop_seconds: float = 8.0,
    ) -> None:
        self._command, self._env = list(command), {**os.environ, **env}
        self._on_death, self._on_refusal = on_death, on_refusal
        self._first_delay, self._stop_seconds = first_delay, stop_seconds
        self._stopping = threading.Event()
        self._may_begin = False
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()  # between starting a child and stopping it
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def let_begin(self) -> None:
        """Tell this child and all after it that what they depend on is there."""
        with self._lock:
            self._may_begin = True
            if self._child is not None:
                _tell(self._child)

    def stop(self) -> None:
        """Ask the child to drain and wait for it; kill it when it takes longer than it may."""
        self.ask_to_stop()
        self._thread.join(self._stop_seconds)
        if self._thread.is_alive():
            self.kill()
            self._thread.join()

    def ask_to_stop(self) -> None:
        """Send SIGTERM without waiting. Only once: to the worker a second signal means to drop everything."""
        with self._lock:
            if self._child is not None and not self._stopping.is_set():
                self._child.terminate()
            self._stopping.set()

    def kill(self) -> None:
        self._stopping.set()
        if self._child is not None:
            self._child.kill()

    def _watch(self) -> None:
        delay, has_worked = self._first_delay, False
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                code, worker_id = self._run_once()
            except OSError:  # the machine has no process or pipe to spare just now
                log.exception("worker_not_started")
                code, worker_id = None, None
            if self._stopping.is_set():
                return
            has_worked = has_worked or worker_id is not None
            # Once one has worked, what its heirs cannot do as configured (reach the database) is likely to pass.
            if code == CONFIGURATION_EXIT and not has_worked:
                self._on_refusal()
                return
            log.error("worker_died", exit_code=code, restart_in_seconds=delay)
            if worker_id is not None:
                self._on_death(worker_id)
            self._stopping.wait(delay)
            is_steady = time.monotonic() - started > STEADY_SECONDS
            delay = self._first_delay if is_steady else min(delay * 2, LONGEST_DELAY)

    def _run_once(self) -> tuple[int | None, int | None]:
        with self._lock:
            if self._stopping.is_set():
                return None, None
            self._child = subprocess.Popen(  # noqa: S603 - our own command line
                self._command,
                env=self._env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,  # Ctrl-C reaches this process alone, which then asks the child
            )
            if self._may_begin:
                _tell(self._child)
        with self._child as child:
            log.info("worker_started", pid=child.pid)
            worker_id = _read_id(child.stdout)
            return child.wait(), worker_id


def _tell(child: subprocess.Popen[str]) -> None:
    if child.stdin:
        with contextlib.suppress(OSError):  # it has ended: the thread that waits for it says so
            child.stdin.write("begin\n")
            child.stdin.flush()


def _read_id(output: IO[str] | None) -> int | None:
    """The child's id; waits until it has one, or has ended without."""
    line = output.readline() if output else ""
    return int(line) if line.strip().isdigit() else None


def exit_with_parent(ask_to_stop: Callable[[], None]) -> threading.Event:
    """In the child: call ``ask_to_stop`` once the parent's end of standard input closes. The event is set when the
    parent lets the child begin."""
    may_begin = threading.Event()

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                may_begin.set()
        ask_to_stop()

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
    return may_begin
