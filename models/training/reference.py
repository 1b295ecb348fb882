"""Write the logits of the fp32 weights of a run, or the mean of several, on fixed pairs, which a test holds the shipped
ONNX file to.

    python models/training/reference.py models/pair --base BASE --run RUN --out tests/ml/pair_reference.json

Calibration is folded into the last layer of the shipped file, so outputs are compared up to it; see the test.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from backbone import PairClassifier, load_tokenizer
from nli import Example
from pair_training import predict
from shipped import load_mean

from app.ml.manifest import load_manifest

PAIRS = (
    ("Rain.", "It rained."),
    ("The bridge was closed on Friday.", "The bridge was open on Friday."),
    ("Rescuers said « 14 » people died in the landslide.", "The landslide killed « 22 », officials said."),
    ("The ferry listed. | It carried 300 people, the operator said.", "About 250 passengers were aboard."),
    ("Štefan Őrsi resigned on Monday — 数字 1,250.50 €", "The minister stepped down at the start of the week."),
    ("The council voted, the mayor spoke, and the council voted again. " * 8, "The mayor did not speak."),
    ("The plant may shut in May.", "The plant shut."),
    ("Twelve cows drowned in the barn.", "The barn holds 60 cows."),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="the model folder made of these weights, for its labels")
    parser.add_argument("--base", type=Path, required=True, help="what the runs went on from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--run", type=Path, action="append", required=True, help="those that the folder was made of")
    options = parser.parse_args()
    model = PairClassifier(options.base, labels=load_manifest(options.folder).labels)
    load_mean(options.run, model)
    logits = predict(model, load_tokenizer(options.base), [Example(one, two, (0,)) for one, two in PAIRS]).tolist()
    rows = [
        {"pair": pair, "logits": [round(value, 4) for value in row]} for pair, row in zip(PAIRS, logits, strict=True)
    ]
    body = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    options.out.write_text(f"[\n{body}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
