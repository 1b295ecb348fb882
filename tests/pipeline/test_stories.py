"""Conflict reports on the annotated stories of ``bench/unseen``, scored as ``bench/conflicts.py`` scores them."""

from __future__ import annotations

from pathlib import Path

import pytest
from annotated import read_story
from conflicts import count_up, total_of

from app.language.reader import SpacyReader
from app.ml.runtime import load_models

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(900)
def test_what_is_reported_stands() -> None:
    models, reader = load_models(ROOT / "models", threads=2, batch_tokens=4096), SpacyReader()
    paths = sorted((ROOT / "bench" / "unseen").glob("*.json"))
    count = total_of(count_up(read_story(path, reader, models)) for path in paths)
    reported = count["ok"] + count["fragment"] + count["false alarm"] + count["trap"]
    assert len(paths) >= 17
    assert count["found"] >= 25
    assert count["ok"] >= 0.85 * reported
    assert count["merged"] <= 0.03 * count["sides"]
