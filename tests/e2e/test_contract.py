"""schemathesis finds no answer of a live service that its description does not promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_answer_keeps_to_the_description() -> None:
    """A short run of the benchmark, its requests made by a fixed seed; a longer one is `bench/contract.py` itself."""
    command = [sys.executable, "bench/contract.py", "--examples", "10", "--seed", "1"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    passed = re.search(r"(\d+) generated, (\d+) passed", run.stdout)
    assert passed, run.stdout[-2000:]
    assert passed[1] == passed[2]
    assert int(passed[1]) > 1000
    for phase in ("Coverage", "Fuzzing", "Stateful"):
        assert f"✅ {phase}\n" in run.stdout
