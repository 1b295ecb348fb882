"""The licences of what an installation takes in: each was looked at, and none takes away what ours gives."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]

PERMISSIVE = r"MIT|BSD|0BSD|Apache|ISC|PSF|Python|Zlib|CC0|Unlicense|CNRI-Python"
# Copyleft that reaches no further than the package itself, or its files. psycopg (LGPL) is imported as it is and can be
# replaced; certifi and tqdm (MPL) are not changed.
WEAK_COPYLEFT = {"psycopg", "psycopg-binary", "psycopg-pool", "certifi", "tqdm"}
# One may choose among these terms; we take the MPL.
CHOICE = {"tld": "MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later"}
STRONG_COPYLEFT = re.compile(r"(?<!L)GPL|SSPL|EUPL|Commons Clause|BUSL", re.IGNORECASE)


@pytest.fixture(scope="module")
def bill() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bill", ROOT / "ops" / "bill.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _unjudged(rows: list[tuple[int, str, str]]) -> list[tuple[str, str]]:
    return [(name, terms) for _, name, terms in rows if not _is_judged(name.split()[0], terms)]


def _is_judged(package: str, terms: str) -> bool:
    if CHOICE.get(package) == terms:
        return True
    is_weak = package in WEAK_COPYLEFT and re.search("LGPL|MPL", terms)
    return not STRONG_COPYLEFT.search(terms) and bool(is_weak or re.search(PERMISSIVE, terms))


def test_every_runtime_dependency_has_a_licence_that_was_judged(bill: ModuleType) -> None:
    rows = bill.packages()
    assert len(rows) > 50
    assert _unjudged(rows) == []


def test_other_terms_would_be_noticed() -> None:
    for terms in ("GPL-3.0-only", "GNU General Public License v2 (GPLv2)", "AGPL-3.0", "not declared", "LGPL-3.0-only"):
        assert _unjudged([(1, "something 1.0", terms)]) == [("something 1.0", terms)]


def test_the_table_accounts_for_all_of_it(bill: ModuleType) -> None:
    rows = bill.packages()
    folders = [(bill.tracked(folder), folder, "") for folder in bill.COPIED]
    *lines, total = [line.split("|")[1].strip() for line in list(bill.as_table(rows, folders))[2:]]
    assert sum(map(float, lines)) == pytest.approx(float(total), abs=0.1 * len(lines))
    assert float(total) == pytest.approx(sum(size for size, *_ in (*rows, *folders)) / 1e6, abs=0.1)
