from __future__ import annotations

import json
from pathlib import Path

from nli import write_sets

from app.ml.labelled import CONTRADICTION, ENTAILMENT, NOT_ENTAILMENT, LabelledPair, read_pairs

TABLE = "sentence1\tsentence2\t{label}\nThe barn did n't burn .\tThe barn stood .\tentailment\n"


def test_the_sets_of_the_card_come_out_as_eval_reads_them(tmp_path: Path) -> None:
    sets, out = tmp_path / "sets", tmp_path / "out"
    sets.mkdir()
    (sets / "mnli_heldout_5k.tsv").write_text(TABLE.format(label="label"))
    (sets / "cad_test.tsv").write_text(TABLE.format(label="gold_label"))
    for name, label in (("fever_symmetric_dev", "REFUTES"), ("breaking_nli", "contradiction")):
        row = {"sentence1": "Two cows.", "sentence2": "Four cows.", "gold_label": label, "category": "numbers"}
        (sets / f"{name}.jsonl").write_text(json.dumps(row))
    for name in ("equate_stresstest", "equate_rte_quant"):
        rows = [
            {"premise": "Two cows.", "hypothesis": h, "label": x} for h, x in (("2.", "entailment"), ("4.", "neutral"))
        ]
        (sets / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = {path.stem: read_pairs(path) for path in write_sets(sets, out)}
    assert found["cad_test"]["cad_test"] == [LabelledPair("The barn didn't burn.", "The barn stood.", ENTAILMENT)]
    assert found["breaking_nli"].keys() == {"breaking_nli", "breaking_nli numbers"}
    assert found["fever_symmetric_dev"]["fever_symmetric_dev"][0].label == CONTRADICTION
    assert [x.label for x in found["equate_rte_quant"]["equate_rte_quant"]] == [ENTAILMENT, NOT_ENTAILMENT]
