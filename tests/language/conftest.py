"""One reader for all language tests: its model takes a second to load."""

import pytest

from app.language.reader import SpacyReader


@pytest.fixture(scope="session")
def reader() -> SpacyReader:
    return SpacyReader()
