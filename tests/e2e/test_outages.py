"""The database goes and comes back under a running service; clients that send slowly hold up nobody."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from app.store.embedded import _start, embedded_postgres

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SLOW = 200
HEAD = b"POST /v1/articles HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outage")


@pytest.fixture(scope="module")
def service(start: Callable[..., Any], data_dir: Path) -> Iterator[Any]:
    """A service on a database of its own, which the tests may stop."""
    with embedded_postgres(data_dir) as url:
        running = start("serve", CLAIMLINE_DATABASE_URL=url)
        running.wait_ready()
        yield running
        running.close()


@pytest.fixture(scope="module", autouse=True)
def stuck_body(service: Any) -> Iterator[socket.socket]:
    """A connection whose client has sent one byte of its body and sends no more."""
    where = urlsplit(str(service.http.base_url))
    with socket.create_connection((where.hostname, where.port), timeout=60) as connection:
        connection.sendall(HEAD + b"\r\n{")
        yield connection


def _article(number: int) -> dict[str, Any]:
    return {"text": f"Fire destroyed {number} boats at Brandt Quay on Monday, the harbour master said."}


def _stop_database(data_dir: Path) -> None:
    """As when it is killed: connections are cut, and what was not committed is lost."""
    postmaster = psutil.Process(int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0]))
    postmaster.send_signal(signal.SIGQUIT)
    deadline = time.monotonic() + 30
    while postmaster.is_running() and postmaster.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_database_that_goes_and_comes_back_loses_no_article(
    service: Any, data_dir: Path, until: Callable[..., Any]
) -> None:
    accepted = [service.http.post("/v1/articles", json=_article(n)).raise_for_status().json()["id"] for n in range(6)]
    _stop_database(data_dir)
    for method, path, body in (
        ("GET", "/readyz", None),
        ("GET", "/v1/stories", None),
        ("POST", "/v1/articles", _article(6)),
    ):
        answer = service.http.request(method, path, json=body)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    assert service.http.get("/healthz").status_code == 200
    assert service.http.get("/metrics").status_code == 200
    time.sleep(10)  # longer than a worker takes to notice, die and be started again
    assert service.process.poll() is None, service.log.read_text()[-3000:]
    _start(data_dir / "postgres")
    until(lambda: service.http.get("/readyz").status_code == 200, log=service.log, seconds=240)
    accepted.append(service.http.post("/v1/articles", json=_article(6)).raise_for_status().json()["id"])
    until(lambda: service.count("analysed") == 7, log=service.log)
    assert [service.http.get(f"/v1/articles/{key}").json()["status"] for key in accepted] == ["analysed"] * 7


def test_clients_that_send_slowly_hold_up_nobody(service: Any) -> None:
    """Two hundred connections, half stuck in their head and half in their body, and a reader among them."""
    where = urlsplit(str(service.http.base_url))
    stuck = [socket.create_connection((where.hostname, where.port)) for _ in range(SLOW)]
    try:
        for number, connection in enumerate(stuck):
            connection.sendall(HEAD + (b'\r\n{"text": ' if number % 2 else b""))
        started = time.monotonic()
        for _ in range(10):
            assert service.http.get("/v1/stories").status_code == 200
        answer = service.http.post("/v1/articles", json=_article(99))
        assert answer.status_code == 202
        assert time.monotonic() - started < 20  # a moment, on a machine of its own
    finally:
        for connection in stuck:
            connection.close()


def test_a_body_that_does_not_come_is_given_up(service: Any, stuck_body: socket.socket) -> None:
    answer = stuck_body.recv(65536)  # it was begun before the tests above
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert service.http.get("/healthz").status_code == 200
