"""The service as an operator runs it: real processes, a real data directory, HTTP from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

PATIENCE = 90.0  # seconds: machines under test are busy


class Service:
    """A ``claimline`` process with an HTTP side."""

    def __init__(self, *arguments: str, log: Path, **settings: str) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CLAIMLINE_")}
        environment |= {"CLAIMLINE_PORT": "0", **settings}
        self.log = log
        self.started = time.monotonic()
        with log.open("w") as sink:
            command = [sys.executable, "-m", "app.cli", *arguments]
            self.process = subprocess.Popen(command, env=environment, stdout=sink, stderr=sink)
        self.http = httpx.Client(base_url=self._url(), timeout=PATIENCE)

    def _url(self) -> str:
        wait_until(lambda: self.event("api_listening") or self.process.poll() is not None, log=self.log)
        event = self.event("api_listening")
        assert event, self.log.read_text()
        return str(event["url"])

    def event(self, name: str) -> dict[str, Any] | None:
        """The first log event of that name, when there is one."""
        for line in self.log.read_text().splitlines():
            if f'"{name}"' in line and (event := json.loads(line))["event"] == name:
                return dict(event)
        return None

    def wait_ready(self) -> float:
        """Seconds from the start of the process to /readyz 200."""
        wait_until(self._is_ready, log=self.log)
        return time.monotonic() - self.started

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return self.http.get("/readyz").status_code == 200

    def worker(self) -> psutil.Process:
        """The supervised child."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if "worker" in child.cmdline())

    def count(self, status: str) -> int:
        answer = self.http.get("/v1/articles", params={"status": status, "limit": 100}).raise_for_status()
        return len(answer.json()["items"])

    def terminate(self) -> float:
        """Send SIGTERM; seconds until the process has ended."""
        started = time.monotonic()
        self.process.terminate()
        self.process.wait(PATIENCE)
        return time.monotonic() - started

    def close(self) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.terminate()


def wait_until(condition: Callable[[], Any], *, log: Path, seconds: float = PATIENCE) -> Any:
    """The condition's value once it is true; past the time, the end of the log says where it stood."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s; the log ends:\n{log.read_text()[-3000:]}")
        time.sleep(0.1)
    return value


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Service]]:
    """Start services; what still runs at the end is stopped."""
    running: list[Service] = []

    def start(*arguments: str, **settings: str) -> Service:
        running.append(Service(*arguments, log=tmp_path_factory.mktemp("log") / "stderr", **settings))
        return running[-1]

    yield start
    for service in running:
        service.close()


@pytest.fixture(scope="session")
def until() -> Callable[..., Any]:
    return wait_until


@pytest.fixture(scope="session")
def claimline() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command to its end."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CLAIMLINE_")} | settings
        command = [sys.executable, "-m", "app.cli", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)

    return run
