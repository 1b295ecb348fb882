"""The disk under the embedded server is full: refusals that say so, nothing accepted is lost, and it goes on by itself
when there is room again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SIZE = 256 * 1024 * 1024
ATTEMPTS = 400


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file system of its own, which the test may fill."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root on Linux")
    place = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a file system")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def _article(number: int) -> dict[str, Any]:
    return {"text": f"Fire destroyed {number} boats at Brandt Quay on Monday, the harbour master said."}


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as ballast:
        for piece in (1024 * 1024, 4096):
            try:
                while True:
                    ballast.write(bytes(piece))
            except OSError:
                continue


def test_a_full_disk_refuses_and_loses_nothing(
    start: Callable[..., Any], small_disk: Path, until: Callable[..., Any]
) -> None:
    service = start("serve", CLAIMLINE_DATA_DIR=str(small_disk / "data"))
    service.wait_ready()
    accepted = [service.http.post("/v1/articles", json=_article(1)).raise_for_status().json()["id"]]
    _fill(small_disk / "ballast")
    refused = None
    for number in range(2, ATTEMPTS):
        answer = service.http.post("/v1/articles", json=_article(number))
        if answer.status_code != 202:
            refused = answer
            break
        accepted.append(answer.json()["id"])
    assert refused is not None, f"{ATTEMPTS} articles found room on a full disk"
    assert refused.status_code == 503, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"]
    assert service.http.get("/healthz").status_code == 200
    (small_disk / "ballast").unlink()
    until(lambda: service.http.get("/readyz").status_code == 200, log=service.log, seconds=240)
    accepted.append(service.http.post("/v1/articles", json=_article(ATTEMPTS)).raise_for_status().json()["id"])
    for key in accepted:
        assert service.http.get(f"/v1/articles/{key}").status_code == 200
    until(lambda: _status(service, accepted[-1]) == "analysed", log=service.log, seconds=400)


def _status(service: Any, key: str) -> str:
    return str(service.http.get(f"/v1/articles/{key}").json()["status"])
