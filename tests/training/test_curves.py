from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import pytest
from annotated import Story
from curves import Case, cases, fit

from app.domain.matching import Scores
from app.domain.values import QuestionJudgement
from tests.domain.claims import claim, known

TEXTS = {"a": "The bridge stayed open all night.", "b": "Nobody could cross the bridge that night."}
OPPOSED = QuestionJudgement(0.9, 0.8)
SAID = log(len(TEXTS["a"]) * len(TEXTS["b"]))


def _story(whole: QuestionJudgement | None, **annotations: Any) -> Story:
    claims = [
        known(replace(claim(text), end=len(text), check_worthiness=0.9), article) for article, text in TEXTS.items()
    ]
    gold = {"conflicts": [], "corroborations": [], "non_conflicts": []} | annotations
    gold["articles"] = [{"id": article, "text": text} for article, text in TEXTS.items()]
    return Story(gold, claims, {(0, 1): Scores(0.6, 0.7, 0, 0, whole)})


def _quotes(*articles: str) -> list[dict[str, str]]:
    return [{"article": article, "quote": TEXTS[article]} for article in articles]


CONFLICT = {"positions": [{"quotes": _quotes("a")}, {"quotes": _quotes("b")}]}


def _of(curve: str, story: Story) -> list[Case]:
    return [case for case in cases(story) if case.curve == curve]


def test_a_pair_on_two_sides_of_a_conflict_is_what_should_be_reported() -> None:
    (found,) = _of("opposed", _story(OPPOSED, conflicts=[CONFLICT]))
    assert found.is_right
    assert found.figures == pytest.approx((log(0.72 / 0.28), log(0.18 / 0.82), 0.7, 0.6, SAID, 0, 0, 0, 0, 0))
    assert [case.is_right for case in _of("opposed", _story(OPPOSED))] == [False]


def test_a_pair_of_one_corroboration_is_what_should_be_taken_for_the_same() -> None:
    agreed = QuestionJudgement(0.9, 0.1)
    (found,) = _of("alike", _story(agreed, corroborations=[{"quotes": _quotes("a", "b")}]))
    assert (found.is_right, found.figures[1]) == (True, pytest.approx(log(0.81 / 0.19)))
    assert [case.is_right for case in _of("alike", _story(agreed, conflicts=[CONFLICT]))] == [False]


def test_a_pair_that_was_not_read_is_a_case_of_what_to_read_alone() -> None:
    found = list(cases(_story(None, conflicts=[CONFLICT])))
    assert [(case.curve, case.is_right) for case in found] == [("promise", True)]


def test_the_fit_finds_the_curve_that_made_the_data() -> None:
    rng = np.random.default_rng(1)
    figures = rng.normal(size=(20_000, 2))
    truth = (rng.random(20_000) < 1 / (1 + np.exp(1 - 2 * figures[:, 0]))).astype(float)
    assert fit(figures, truth) == pytest.approx([-1, 2, 0], abs=0.1)
