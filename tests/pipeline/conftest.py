from __future__ import annotations

from typing import Any

import pytest

from app.language.reader import SpacyReader
from app.ml.runtime import load_models
from app.settings import Settings


@pytest.fixture(scope="session")
def parts() -> dict[str, Any]:
    """The real reader and models, loaded once."""
    loaded = load_models(Settings().models_dir, threads=0, batch_tokens=4096)
    return {
        "reader": SpacyReader(),
        "encoder": loaded.encoder,
        "question_encoder": loaded.question_encoder,
        "question": loaded.question,
        "entailment": loaded.entailment,
        "worthiness": loaded.worthiness,
    }
