"""What int8 costs and gains the pair model: every scheme of ``quantise.py`` on one run's weights, in one run.

    python models/training/measure_pair.py RUN/best.pt --base BASE --pairs DIR/mnli_heldout_5k.jsonl [--count 1500]

Accuracy of entailment on the first pairs of the file (as ``nli.py`` writes it), which calibration does not change;
pairs of about sixty tokens a second on all cores; megabytes on disk and resident.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from pathlib import Path

import checkpoint
from backbone import PairClassifier, load_tokenizer
from entailment_task import OUTPUTS
from export import export
from measure import resident_mb
from quantise import SCHEMES

from app.ml.labelled import LabelledPair, read_pairs
from app.ml.manifest import load_manifest
from app.ml.pair import LABELS, load_pair_model

TIMED = 400
SIXTY = (
    "The harbour authority said on Tuesday that the northern quay would stay closed to ferries until divers had "
    "inspected the piles under it.",
    "Ferries have been allowed back to the northern quay since Monday, a spokesman for the shipping line told us.",
)
"""A pair of about sixty tokens, a usual one of news claims."""


def export_scheme(weights: Path, base: Path, out: Path, scheme: str) -> None:
    model = PairClassifier(base, labels=LABELS)
    checkpoint.load_weights(weights, model)
    with tempfile.TemporaryDirectory() as scratch:
        model.model.save_pretrained(scratch)
        load_tokenizer(base).save_pretrained(scratch)
        export(scratch, out, kind="classifier", name=scheme, source="-", scheme=scheme)


def measure(folder: Path, pairs: list[LabelledPair]) -> dict[str, float]:
    before = resident_mb()
    model = load_pair_model(load_manifest(folder), threads=0, batch_tokens=4096)
    model.logits([SIXTY])
    started = time.perf_counter()
    model.logits([SIXTY] * TIMED)
    seconds = time.perf_counter() - started
    logits = model.logits([(pair.premise, pair.hypothesis) for pair in pairs])
    found = logits[:, OUTPUTS].argmax(axis=1)
    return {
        "mb": (folder / "model.onnx").stat().st_size / 1e6,
        "accuracy": float((found == [pair.label for pair in pairs]).mean()),
        "pairs_per_second": TIMED / seconds,
        "resident_mb": resident_mb() - before,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1500)
    options = parser.parse_args()
    (pairs,) = read_pairs(options.pairs).values()
    for scheme in SCHEMES:
        with tempfile.TemporaryDirectory() as folder:
            export_scheme(options.weights, options.base, Path(folder), scheme)
            with multiprocessing.get_context("spawn").Pool(1) as pool:  # so that memory is this model's alone
                row = pool.apply(measure, (Path(folder), pairs[: options.count]))
        print(scheme, *(f"{name}={value:.4g}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
