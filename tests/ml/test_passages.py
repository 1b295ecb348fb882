from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.values import Passage
from app.ml.passages import passage_text

DAY = date(2025, 3, 9)


@pytest.mark.parametrize(
    ("passage", "text"),
    [
        (Passage("The dam held.", "", None, None), "The dam held."),
        (Passage("It\n held.", " ", "Dam  news", DAY), "It held."),
        (Passage("It held.", "The dam was full.", "Dam news", DAY), "The dam was full. | It held."),
        (
            Passage(" ".join(["s"] * 80), " ".join(["x", *["c"] * 40]), None, None),
            " | ".join([" ".join(["c"] * 40), " ".join(["s"] * 70)]),
        ),
    ],
)
def test_a_passage_is_its_parts_cut_to_length(passage: Passage, text: str) -> None:
    assert passage_text(passage) == text


@given(text=st.text(max_size=50), context=st.text(max_size=50))
def test_training_and_service_write_a_passage_alike(text: str, context: str) -> None:
    path = Path(__file__).resolve().parents[2] / "models" / "training" / "passages.py"
    spec = importlib.util.spec_from_file_location("training_passages", path)
    assert spec is not None
    assert spec.loader is not None
    training = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(training)
    written = training.passage(text, context=context)
    assert passage_text(Passage(text, context, None, None)) == written
