from __future__ import annotations

from pathlib import Path

import pytest

from app.ml.encoder import OnnxEncoder
from app.ml.manifest import load_manifest

MODELS = Path(__file__).resolve().parents[2] / "models"


@pytest.fixture(scope="session")
def models_dir() -> Path:
    return MODELS


@pytest.fixture(scope="session")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(load_manifest(MODELS / "encoder"), threads=2, batch_tokens=1024)
