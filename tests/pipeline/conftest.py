from __future__ import annotations

import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from app.domain.ports import EntailmentModel
from app.language.identify import Identifier
from app.language.reader import SpacyReader
from app.language.webpage import read_page
from app.ml.runtime import Models, load_models
from app.outbound import Limits, Outbound
from app.pipeline.fetching import Fetcher
from app.settings import Settings

sys.path.append(str(Path(__file__).resolve().parents[2] / "bench"))  # test_stories scores as the benchmark does


@pytest.fixture(scope="session")
def loaded() -> Models:
    """The real models."""
    return load_models(Settings().models_dir, threads=0, batch_tokens=4096)


@pytest.fixture(scope="session")
def entailment(loaded: Models) -> EntailmentModel:
    return loaded.entailment


@pytest.fixture(scope="session")
def parts(loaded: Models) -> dict[str, Any]:
    """The real reader and models, loaded once, and a fetcher that may call the tests' own servers."""
    fetcher = Fetcher(Outbound(allowed=[ip_network("127.0.0.0/8")]), Limits(10, 1_000_000, 3), read_page)
    return {
        "fetch": fetcher.fetch,
        "identify": Identifier(),
        "reader": SpacyReader(),
        "encoder": loaded.encoder,
        "question_encoder": loaded.question_encoder,
        "question": loaded.question,
        "worthiness": loaded.worthiness,
    }
