from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.commands.models import app
from app.domain.errors import ConfigurationError
from app.settings import Settings

PAIRS = [
    {"premise": "Police arrested two men in Arn.", "hypothesis": "Two men were arrested.", "label": "entailment"},
    {"premise": "The ferry sank off the cape.", "hypothesis": "The ferry did not sink.", "label": "contradiction"},
    {"premise": "The bridge was closed.", "hypothesis": "A fire broke out in Lund.", "label": "neutral"},
]


def _run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def _lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_every_shipped_model_is_listed_and_intact() -> None:
    names = {"all-minilm-l6-v2", "question-encoder"}
    assert names <= {line.split("@")[0] for line in _run("list").splitlines()}
    assert all(line.endswith("  ok") for line in _run("verify").splitlines())


def test_a_model_of_ones_own_is_listed_beside_the_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMLINE_ENTAILMENT_MODEL", "desk/nli@v1")
    assert "CLAIMLINE_ENTAILMENT_MODEL=desk/nli@v1" in _run("list").splitlines()


def test_every_folder_is_checked_and_what_is_amiss_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("encoder", "question-encoder", "worthiness"):
        shutil.copytree(Settings().models_dir / name, tmp_path / name)
    (tmp_path / "encoder" / "config.json").write_text("{}")
    (tmp_path / "question-encoder" / "card.md").unlink()
    monkeypatch.setenv("CLAIMLINE_MODELS_DIR", str(tmp_path))
    result = CliRunner().invoke(app, ["verify"])
    altered, cardless, intact = result.output.splitlines()
    assert "config.json has 2 bytes" in altered
    assert cardless.endswith("there is no card.md.")
    assert intact.endswith("  ok")
    assert str(result.exception) == "2 of 3 model folders are not as they should be."


def test_entailment_is_measured_on_any_file_of_pairs(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [row | {"category": "bridges"} for row in PAIRS]
    table = _run("eval", "entailment", "--pairs", str(_lines(tmp_path / "mine.jsonl", rows))).splitlines()
    assert [line.split(" | ")[0] for line in table[2:]] == ["| mine", "| mine bridges"]
    assert table[2].split(" | ")[1] == "3"


def test_what_is_measured_is_what_the_settings_choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMLINE_ENTAILMENT_MODEL", str(tmp_path))
    with pytest.raises(ConfigurationError, match="CLAIMLINE_ENTAILMENT_MODEL="):  # there is no checkpoint in it
        _run("eval", "entailment", "--pairs", str(_lines(tmp_path / "mine.jsonl", [dict(row) for row in PAIRS])))


def test_a_set_of_two_classes_asks_only_for_entailment(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [PAIRS[0], PAIRS[1] | {"label": "neutral"}]
    table = _run("eval", "entailment", "--pairs", str(_lines(tmp_path / "two.jsonl", rows)))
    cells = [cell.strip(" |") for cell in table.splitlines()[2].split(" | ")]
    assert cells[2] == "1.000"  # a contradiction is not entailed, which is all the set asks


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ('{"premise": "a", "hypothesis": "b", "label": "maybe"}', "line 1: the label must be one of"),
        ('{"premise": 3, "hypothesis": "b", "label": "neutral"}', "must be texts"),
        ("nonsense", "line 1: not valid JSON"),
        ("[1]", "row 1: a JSON object is expected"),
    ],
)
def test_a_file_of_pairs_that_is_not_one_is_told_by_line(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=message):
        _run("eval", "entailment", "--pairs", str(path))


def test_check_worthiness_is_measured_on_sentences(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"text": "Unemployment rose to 9 percent last year.", "label": 1},
        {"text": "We thank the people of this town for the flowers.", "label": 0},
    ]
    table = _run("eval", "worthiness", "--sentences", str(_lines(tmp_path / "some.jsonl", rows)))
    assert [cell.strip(" |") for cell in table.splitlines()[2].split(" | ")][:3] == ["some", "2", "1.000"]
    with pytest.raises(ConfigurationError, match="both labels"):
        _run("eval", "worthiness", "--sentences", str(_lines(tmp_path / "one.jsonl", rows[:1])))


def test_the_question_models_are_measured_with_and_without_marks(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(EVENT), encoding="utf-8")
    report = _run("eval", "question", "--families", str(tmp_path))
    assert "14 pairs: the same question" in report
    assert "| question encoder |" in report
    assert report.count("| with the question encoder's |") == 2
    assert "marked pairs: the relation" in report
    assert "| same x differ |" in report


def _sentence(text: str, span: str) -> dict[str, object]:
    return {"text": text, "span": span, "context": None, "published": "2025-02-07"}


EVENT = {
    "event": "Barn floods",
    "date": "2025-02-07",
    "families": [
        {
            "question": "How many cows drowned?",
            "slot": "quantity",
            "positions": [
                {"sentences": [_sentence("The farmer lost 12 cows in the barn.", "12")]},
                {"sentences": [_sentence("Some 20 cows died in the flood.", "20")]},
            ],
            "relations": [[0, 1, "contradiction"]],
            "near_misses": [{"text": "The barn holds 60 cows.", "context": None, "reason": "different_scope"}],
        },
        {
            "question": "How deep was the water?",
            "slot": "quantity",
            "positions": [
                {"sentences": [_sentence("The water stood 2 metres deep.", "2 metres")]},
                {"sentences": [_sentence("It was 3 metres deep at the door.", "3 metres")]},
            ],
            "relations": [[0, 1, "discrepancy"]],
            "near_misses": [{"text": "The ditch is 5 metres wide.", "context": None, "reason": "different_role"}],
        },
    ],
}
