from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import ConfigurationError
from app.ml.encoder import OnnxEncoder
from app.ml.manifest import load_manifest

TEXTS = [
    "The ferry left the quay at noon with 212 people on board.",
    "Rescuers found two climbers alive on Sunday.",
    "No.",
    "",
    "A spokeswoman for the port declined to say how many containers had been opened, or when the results were due.",
    "The bank cut its forecast to 1.2% from 1.9%, citing weak exports and a poor harvest in the south of the country. "
    * 4,
]


def test_vectors_are_those_of_the_original_checkpoint(encoder: OnnxEncoder) -> None:
    reference = json.loads((Path(__file__).parent / "encoder_reference.json").read_text(encoding="utf-8"))
    ours = np.array(encoder.encode([row["text"] for row in reference]))
    cosines = (ours * np.array([row["vector"] for row in reference])).sum(axis=1)
    assert cosines.min() > 0.995  # the empty text is the worst; real ones are above 0.998


def test_vectors_are_unit_length_and_finite(encoder: OnnxEncoder) -> None:
    vectors = np.array(encoder.encode(TEXTS))
    assert vectors.shape == (len(TEXTS), encoder.dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(len(TEXTS))), taken=st.integers(1, len(TEXTS)))
def test_a_text_has_the_same_vector_bit_for_bit_in_any_batch(
    encoder: OnnxEncoder, order: list[int], taken: int
) -> None:
    alone = [encoder.encode([text])[0] for text in TEXTS]
    together = encoder.encode([TEXTS[index] for index in order[:taken]])
    assert together == [alone[index] for index in order[:taken]]


def test_neither_the_budget_nor_the_threads_change_a_vector(encoder: OnnxEncoder, models_dir: Path) -> None:
    other = OnnxEncoder(load_manifest(models_dir / "encoder"), threads=1, batch_tokens=256)
    texts = TEXTS * 5
    assert other.encode(texts) == encoder.encode(texts)


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.text(st.characters(), max_size=80), max_size=6))
def test_any_text_has_a_vector_surrogates_included(encoder: OnnxEncoder, texts: list[str]) -> None:
    assert [len(vector) for vector in encoder.encode(texts)] == [encoder.dimensions] * len(texts)


def test_only_the_first_tokens_of_a_long_text_are_read(encoder: OnnxEncoder) -> None:
    long = "water rose in the lower town and the road was closed " * 400
    assert encoder.encode([long]) == encoder.encode([long + "until Friday"])


def test_sentences_about_the_same_thing_are_nearer(encoder: OnnxEncoder) -> None:
    one, same, other = np.array(
        encoder.encode(
            [
                "The mine collapsed on Friday night.",
                "A mine caved in late on Friday.",
                "The orchestra named a new conductor.",
            ]
        )
    )
    assert one @ same > 0.6
    assert one @ other < 0.3


def test_an_encoder_without_dimensions_is_refused(models_dir: Path, tmp_path: Path) -> None:
    for path in (models_dir / "encoder").iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "manifest.toml").unlink()
    text = (models_dir / "encoder" / "manifest.toml").read_text(encoding="utf-8")
    (tmp_path / "manifest.toml").write_text(text.replace("dimensions = 384\n", ""), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="needs dimensions"):
        OnnxEncoder(load_manifest(tmp_path), threads=1, batch_tokens=256)


def test_loading_the_encoder_prints_nothing_leaves_nothing_behind_and_needs_no_torch(
    models_dir: Path, tmp_path: Path
) -> None:
    script = (
        "import sys; from pathlib import Path; from app.ml.runtime import load_encoder;"
        f"load_encoder(Path({str(models_dir)!r}), threads=1, batch_tokens=256).encode(['A text.']);"
        "assert 'torch' not in sys.modules"
    )
    places = {name: str(tmp_path) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR")}
    # without CI's variables, which alone would silence ONNX Runtime's telemetry
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PATH": "", **places}
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert list(tmp_path.rglob("*")) == []
