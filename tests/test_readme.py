"""The README names every setting, endpoint and command there is, and no other."""

import json
import re
from pathlib import Path

import pytest

from app.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
OPENAPI = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))

SETTINGS = {f"CLAIMLINE_{name.upper()}": field for name, field in Settings.model_fields.items()}
ENDPOINTS = {f"{method.upper()} {path}" for path, item in OPENAPI["paths"].items() for method in item}


def _rows(first_cell: str) -> dict[str, list[str]]:
    """Rows of the tables whose first cell is one code span that matches, by that span."""
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in README.splitlines() if line[:1] == "|"]
    return {m[1]: row for row in rows if (m := re.fullmatch(rf"`({first_cell})`", row[0]))}


def test_the_settings_table_has_every_setting_and_no_other() -> None:
    assert _rows(r"CLAIMLINE_\w+").keys() == SETTINGS.keys()


@pytest.mark.parametrize("name", SETTINGS)
def test_the_settings_table_says_what_the_code_says(name: str) -> None:
    _, default, description = _rows(r"CLAIMLINE_\w+")[name]
    field = SETTINGS[name]
    assert description == field.description
    if field.default_factory is None:
        assert default == ("unset" if field.default in (None, ()) else f"`{field.default}`")


def test_the_endpoint_table_has_every_endpoint_and_no_other() -> None:
    assert _rows(r"[A-Z]+ /\S*").keys() == ENDPOINTS


def test_every_make_target_and_file_that_is_named_exists() -> None:
    for target in re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_script_of_a_quoted_command_exists() -> None:
    scripts = re.findall(r"python ([\w/]+\.py)", README)
    assert scripts
    assert [script for script in scripts if not (ROOT / script).exists()] == []
