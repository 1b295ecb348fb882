"""One reader for all language tests: its model takes a second to load. Their scorer is the benchmark's own."""

import sys
from pathlib import Path

import pytest

from app.language.reader import SpacyReader

sys.path.append(str(Path(__file__).resolve().parents[2] / "bench"))


@pytest.fixture(scope="session")
def reader() -> SpacyReader:
    return SpacyReader()
