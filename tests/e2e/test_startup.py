"""What the operator sees when something is not as it should be: one line, exit code 2, and what to do."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import httpx
import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def _refusal(result: "subprocess.CompletedProcess[str]") -> str:
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1, result.stderr
    return result.stderr


@pytest.mark.parametrize("command", ["serve", "api", "worker", "migrate"])
def test_an_unreachable_database_ends_every_command_with_one_line(claimline: Run, command: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        url = f"postgresql://news:secret-word@127.0.0.1:{port}/news"
        said = _refusal(claimline(command, CLAIMLINE_DATABASE_URL=url, CLAIMLINE_PORT="0"))
    assert f"127.0.0.1:{port}" in said
    assert "CLAIMLINE_DATABASE_URL" in said
    assert "secret-word" not in said


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"CLAIMLINE_PORT": "http"}, "CLAIMLINE_PORT"),
        ({"CLAIMLINE_DATABASE_URL": "mysql://news@host/news"}, "CLAIMLINE_DATABASE_URL"),
        ({"CLAIMLINE_DATA_DIR": __file__}, "CLAIMLINE_DATA_DIR"),
        ({"CLAIMLINE_ENCODER_MODEL": ""}, "CLAIMLINE_ENCODER_MODEL"),
        ({"CLAIMLINE_MODEL_DEVICE": "gpu"}, "CLAIMLINE_MODEL_DEVICE"),
    ],
)
def test_a_setting_that_cannot_be_is_named(claimline: Run, settings: dict[str, str], expected: str) -> None:
    assert expected in _refusal(claimline("migrate", **settings))


def test_a_port_in_use_is_named_before_anything_starts(claimline: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = _refusal(claimline("serve", CLAIMLINE_PORT=port, CLAIMLINE_DATA_DIR=str(tmp_path)))
    assert port in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["api", "worker"])
def test_a_database_that_was_not_migrated_is_told_how(claimline: Run, empty_database_url: str, command: str) -> None:
    said = _refusal(claimline(command, CLAIMLINE_DATABASE_URL=empty_database_url, CLAIMLINE_PORT="0"))
    assert "claimline migrate" in said


def test_models_that_are_missing_end_the_worker_and_the_service(
    claimline: Run, database_url: str, tmp_path: Path
) -> None:
    settings = {"CLAIMLINE_DATABASE_URL": database_url, "CLAIMLINE_MODELS_DIR": str(tmp_path), "CLAIMLINE_PORT": "0"}
    assert "CLAIMLINE_MODELS_DIR" in _refusal(claimline("worker", **settings))
    served = claimline("serve", **settings, CLAIMLINE_LOG_LEVEL="ERROR")
    assert "CLAIMLINE_MODELS_DIR" in _refusal(served)


def test_an_encoder_that_cannot_be_loaded_is_told_before_the_first_search(
    claimline: Run, database_url: str, tmp_path: Path
) -> None:
    settings = {"CLAIMLINE_ENCODER_MODEL": str(tmp_path), "CLAIMLINE_DATABASE_URL": database_url}
    said = _refusal(claimline("api", **settings, CLAIMLINE_PORT="0"))
    assert said.startswith(f"claimline: CLAIMLINE_ENCODER_MODEL={tmp_path}")  # without torch: that it is needed


def test_the_api_alone_is_up_but_not_ready_without_a_worker(start: Callable[..., object], database_url: str) -> None:
    service = start("api", CLAIMLINE_DATABASE_URL=database_url)
    assert service.http.get("/healthz").status_code == 200
    assert service.http.get("/readyz").status_code == 503
    assert service.terminate() < 10
    assert service.process.returncode == 0


def test_an_open_stream_ends_with_the_process_and_does_not_hold_it_up(
    start: Callable[..., object], database_url: str
) -> None:
    service = start("api", CLAIMLINE_DATABASE_URL=database_url)
    story = service.http.post("/v1/stories", json={"title": "Fire"}).json()["id"]
    with service.http.stream("GET", f"/v1/stories/{story}/stream") as answer:
        lines = answer.iter_lines()
        assert next(lines) == "id: 0"
        started = time.monotonic()
        service.process.terminate()
        assert not any(line.startswith("event") for line in lines)  # to its end, which is an orderly one
        assert time.monotonic() - started < 4
    assert service.process.wait(10) == 0


def test_a_second_signal_ends_at_once(start: Callable[..., object], database_url: str) -> None:
    service = start("api", CLAIMLINE_DATABASE_URL=database_url)

    def wait_for_an_analysis_that_nobody_makes() -> None:
        with httpx.Client(base_url=service.http.base_url, timeout=60) as client:
            try:
                client.post("/v1/articles", json={"text": "The bridge is shut."}, headers={"Prefer": "wait=60"})
            except httpx.TransportError:
                return

    request = Thread(target=wait_for_an_analysis_that_nobody_makes)
    request.start()
    while service.http.get("/v1/articles").json()["items"] == []:
        time.sleep(0.05)
    service.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert service.process.poll() is None
    service.process.send_signal(signal.SIGINT)
    assert service.process.wait(1.5) == 1
    request.join()


def test_help_names_every_command(claimline: Run) -> None:
    said = claimline("--help").stdout
    for command in ("serve", "api", "worker", "migrate", "openapi", "models"):
        assert command in said
