"""Readers of the entailment sets (``../shared/data/nli``), each in its own format, to one form.

SICK and ANLI are non-commercial and not read. Every pair whose premise occurs in the held-out MultiNLI sample is
dropped from training.

    python models/training/nli.py --nli ../shared/data/nli --out DIR

writes the sets that the card reports as files for ``claimline models eval entailment``.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Example:
    """A text pair and its labels (here one: an index into LABELS, or NOT_ENTAILMENT). ``share``: how
    likely an epoch takes it."""

    left: str
    right: str
    label: tuple[int, ...]
    share: float = 1.0


LABELS = ("entailment", "neutral", "contradiction")
ENTAILMENT, NEUTRAL, CONTRADICTION = range(len(LABELS))
NOT_ENTAILMENT = len(LABELS)  # two-way sets: neutral or contradiction
_CODES = {name: index for index, name in enumerate(LABELS)} | {
    "not_entailment": NOT_ENTAILMENT,
    "Supports": 0,
    "SUPPORTS": 0,
    "Neutral": 1,
    "Refutes": 2,
    "REFUTES": 2,
}
_SNLI_CODES = {"3": 0, "1": 1, "2": 2}
_MNLI_10K = re.compile(r'For the statement, "(.*)", does the hypothesis "(.*)" represent', re.DOTALL)
CONJNLI_PAIRS = 3000
OTHER_SETS = 0.4


def training_examples(folder: Path, *, seed: int = 1) -> list[Example]:
    """All training pairs, without duplicates and without premises of the held-out sample, in random order."""
    held = {_key(item.left) for item in heldout(folder)}
    found: dict[tuple[str, str], Example] = {}
    for item in _all_sets(folder, random.Random(seed)):
        if _key(item.left) not in held and item.left and item.right:
            found.setdefault((_key(item.left), _key(item.right)), item)
    examples = list(found.values())
    random.Random(seed).shuffle(examples)
    return examples


def heldout(folder: Path) -> list[Example]:
    """The 5,000 pairs of MultiNLI's dev set: measured on, never trained on."""
    return list(_table(folder / "mnli_heldout_5k.tsv", "sentence1", "sentence2", "label", tab=True))


def write_sets(folder: Path, out: Path) -> list[Path]:
    """The measured sets as JSON lines with premise, hypothesis, label and, in Breaking NLI, category."""
    names = (*LABELS, "not_entailment")
    rows: dict[str, list[str]] = {}
    for title, examples in measured_sets(folder).items():
        name, _, category = title.partition(" ")
        rows.setdefault(name, []).extend(
            json.dumps(
                {"premise": x.left, "hypothesis": x.right, "label": names[x.label[0]], "category": category},
                ensure_ascii=False,
            )
            for x in examples
        )
    out.mkdir(parents=True, exist_ok=True)
    paths = [out / f"{name}.jsonl" for name in rows]
    for path, lines in zip(paths, rows.values(), strict=True):
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return paths


def measured_sets(folder: Path) -> dict[str, list[Example]]:
    """The sets that the card reports, none of them trained on; Breaking NLI by its categories."""
    fever = _lines(folder / "fever_symmetric_dev.jsonl", "sentence1", "sentence2")
    stress = _lines(folder / "equate_stresstest.jsonl", "premise", "hypothesis")
    quantities = _lines(folder / "equate_rte_quant.jsonl", "premise", "hypothesis")
    sets = {
        "mnli_heldout_5k": heldout(folder),
        "cad_test": list(_table(folder / "cad_test.tsv", "sentence1", "sentence2", "gold_label", tab=True)),
        "fever_symmetric_dev": [item for _, item in fever],
        "equate_stresstest": [item for _, item in stress],
        # Two labels only: its "neutral" may be a contradiction.
        "equate_rte_quant": [replace(item, label=(item.label[0] and NOT_ENTAILMENT,)) for _, item in quantities],
    }
    for category, item in _lines(folder / "breaking_nli.jsonl", "sentence1", "sentence2"):
        sets.setdefault(f"breaking_nli {category}", []).append(item)
    return sets


def _lines(path: Path, premise: str, hypothesis: str) -> Iterator[tuple[str, Example]]:
    """(category or "", example) of each line."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            label = _CODES[row.get("gold_label") or row["label"]]
            yield row.get("category", ""), Example(untokenised(row[premise]), untokenised(row[hypothesis]), (label,))


def untokenised(text: str) -> str:
    """Undo the spaces of tokenised sets (``did n't , ''``), which news copy does not have."""
    text = re.sub(r"``\s?|\s?''", '"', text)
    text = re.sub(r"-LSB-.*?-RSB-|-LRB-|-RRB-", "", text)
    text = re.sub(r"\s+([,.;:!?%)])", r"\1", text)
    text = re.sub(r"\s+('(?:s|re|ve|ll|d|m)\b|n't\b)", r"\1", text)
    return " ".join(text.split())


def _all_sets(folder: Path, rng: random.Random) -> Iterator[Example]:
    """MultiNLI, whose genres are the widest, and less of every other set: captions, reviews, encyclopaedic claims."""
    yield from _multi_nli(folder)
    for item in _other_sets(folder, rng):
        yield replace(item, share=OTHER_SETS)


def _multi_nli(folder: Path) -> Iterator[Example]:
    yield from _table(folder / "mnli_train_20k.tsv", "sentence1", "sentence2", "label", tab=True)
    yield from _mnli_10k(folder / "mnli_train_10k.csv")
    yield from _table(folder / "mnli_dev_20k.csv", "premise", "hypothesis", "label")


def _other_sets(folder: Path, rng: random.Random) -> Iterator[Example]:
    yield from _snli_train(folder / "snli_train_18k.tsv")
    yield from _table(folder / "snli_dev_10k.csv", "premise", "hypothesis", "label")
    yield from _table(folder / "cad_train.tsv", "sentence1", "sentence2", "gold_label", tab=True)
    yield from _table(folder / "joci_train.csv", "premise", "hypothesis", "label")
    yield from _table(folder / "cb_train.csv", "premise", "hypothesis", "label")
    yield from _table(folder / "healthver_dev.csv", "evidence", "claim", "label")
    conjunctions = list(_table(folder / "conjnli_train_15k.tsv", "Premise", "Hypothesis", "Label", tab=True))
    yield from rng.sample(conjunctions, CONJNLI_PAIRS)
    yield from _fever(folder / "fever_dev_rte")


def _table(path: Path, premise: str, hypothesis: str, label: str, *, tab: bool = False) -> Iterator[Example]:
    """Rows whose label is known. Tab-separated files here never quote their fields."""
    quoting = csv.QUOTE_NONE if tab else csv.QUOTE_MINIMAL
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t" if tab else ",", quoting=quoting):
            if row[label] in _CODES:
                yield Example(untokenised(row[premise]), untokenised(row[hypothesis]), (_CODES[row[label]],))


def _mnli_10k(path: Path) -> Iterator[Example]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            match = _MNLI_10K.search(row["Question"])
            if match and row["Answer"] in _CODES:
                yield Example(untokenised(match[1]), untokenised(match[2]), (_CODES[row["Answer"]],))


def _snli_train(path: Path) -> Iterator[Example]:
    for line in path.read_text(encoding="utf-8").splitlines():
        code, _, premise, hypothesis = line.split("\t")
        yield Example(untokenised(premise), untokenised(hypothesis), (_SNLI_CODES[code],))


def _fever(folder: Path) -> Iterator[Example]:
    parts = [(folder / f"dev.{name}").read_text(encoding="utf-8").splitlines() for name in ("raw.input0", "raw.input1")]
    labels = (folder / "dev.label").read_text(encoding="utf-8").splitlines()
    for evidence, claim, label in zip(*parts, labels, strict=True):
        yield Example(untokenised(evidence), untokenised(claim), (_CODES[label],))


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the sets that the pair model's card reports as JSON lines.")
    parser.add_argument("--nli", type=Path, required=True, help="the folder of entailment sets")
    parser.add_argument("--out", type=Path, required=True, help="where the files go")
    options = parser.parse_args()
    for path in write_sets(options.nli, options.out):
        print(path)
