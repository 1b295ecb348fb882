from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from typing import Any

import pytest
from annotated import Story
from prepare_stories import annotated_pairs, as_line, rows

from app.domain.matching import Scores
from tests.domain.claims import claim, known

TEXTS = {
    "a": "Four people died. The bridge was shut on Monday. A tram ran late.",
    "b": "Six people died. The crossing closed on Monday. Six firemen came.",
}


def _quotes(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"article": article, "quote": quote} for article, quote in pairs]


def _story(**annotations: Any) -> Story:
    """Three claims of each article, in order: 0 to 2 of a, 3 to 5 of b."""
    claims = [
        known(replace(claim(exact), start=text.index(exact), end=text.index(exact) + len(exact)), article)
        for article, text in TEXTS.items()
        for exact in re.findall(r"\S[^.]*\.", text)
    ]
    gold = {"conflicts": [], "corroborations": [], "non_conflicts": []} | annotations
    gold["articles"] = [{"id": article, "text": text} for article, text in TEXTS.items()]
    return Story(gold, claims, {(0, 3): Scores(0.9, 0.9, 0, 0), (2, 5): Scores(0.1, 0.1, 9, 9)})


DEATHS = _quotes(("a", "Four people died.")), _quotes(("b", "Six people died."))
CLOSED = _quotes(("a", "The bridge was shut on Monday."), ("b", "The crossing closed on Monday."))
SIX = _quotes(("a", "Four people died."), ("b", "Six firemen came."))


def test_two_sides_are_opposed_and_two_reports_of_one_fact_agree() -> None:
    conflict = {"positions": [{"quotes": side} for side in DEATHS]}
    story = _story(conflicts=[conflict], corroborations=[{"quotes": CLOSED}])
    assert annotated_pairs(story) == {(0, 3): "opposed", (1, 4): "agree"}


@pytest.mark.parametrize(("reason", "label"), [("different_subject", "apart"), ("rounding", "agree")])
def test_a_trap_is_apart_unless_it_is_one_fact(reason: str, label: str) -> None:
    assert annotated_pairs(_story(non_conflicts=[{"reason": reason, "quotes": SIX}])) == {(0, 5): label}


def test_of_what_nobody_annotated_near_claims_are_only_not_opposed() -> None:
    found = {(one, two): label for one, two, label in rows(_story(), random.Random(0))}
    assert found == {
        ("Four people died.", "Six people died."): "not opposed",
        ("A tram ran late.", "Six firemen came."): "apart",
    }


def test_a_line_holds_each_text_once_and_the_places_of_pairs_by_label() -> None:
    line = as_line("tram", [("One.", "Two.", "agree"), ("Three.", "Two.", "apart"), ("One.", "Three.", "agree")])
    texts = ["One.", "Two.", "Three."]
    assert json.loads(line) == {
        "story": "tram",
        "texts": texts,
        "pairs": {"agree": [[0, 1], [0, 2]], "apart": [[2, 1]]},
    }
