from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.domain.errors import ConfigurationError
from app.domain.values import Passage
from app.ml.inference import PairClassifier, softmax
from app.ml.manifest import load_manifest
from app.ml.pair import OPPOSED
from app.ml.passages import passage_text
from app.ml.question import DOUBTED
from app.ml.runtime import Models, load_encoder, load_models

TOLL = Passage("Rescuers said 14 people died in the landslide.", "", "Landslide buries village", date(2025, 3, 4))
OTHER_TOLL = Passage("The landslide killed 22 people, officials said.", "", "Village buried", date(2025, 3, 4))
MENU = Passage("The canteen served soup on Monday.", "", None, None)


@pytest.fixture(scope="module")
def models(models_dir: Path) -> Models:
    return load_models(models_dir, threads=1, batch_tokens=1024)


def test_every_model_loads_with_a_version_of_its_own(models: Models) -> None:
    versions = [models.encoder.version, models.question.version, models.entailment.version, models.worthiness.version]
    assert len({version for version in versions if version.count("@") == 1}) == 3
    assert models.question.version == models.entailment.version  # one file: one reading, whoever asks


def test_slots_of_one_question_stand_above_others_and_equal_answers_differ_less(models: Models) -> None:
    cook = _marked("The fire was started by a cook who left the oven on.", "a cook")
    chef = _marked("A chef had left the oven on, and that began the fire, police said.", "A chef")
    boiler = _marked("Inspectors blame a boiler for the fire.", "a boiler")
    street = _marked("The fire closed Mill Street for an hour.", "Mill Street")
    agreed, opposed, apart = models.question.compare([(cook, chef), (cook, boiler), (cook, street)])
    assert min(agreed.same, opposed.same) > apart.same
    assert opposed.differ > agreed.differ


def _marked(text: str, slot: str) -> Passage:
    start = text.index(slot)
    return Passage(text, "", None, None, (start, start + len(slot)))


def test_one_question_asked_twice_stands_above_another(models: Models) -> None:
    same, other = models.question.judge([(TOLL, OTHER_TOLL), (TOLL, MENU)])
    assert same.same > 0.5 > other.same
    assert 0.0 <= same.differ <= 1.0


def test_the_order_of_the_passages_does_not_matter(models: Models) -> None:
    for other in (MENU, OTHER_TOLL):
        assert models.question.judge([(TOLL, other)]) == models.question.judge([(other, TOLL)])


def test_a_pair_that_may_differ_is_read_both_ways_and_another_once(models: Models, models_dir: Path) -> None:
    model = PairClassifier(load_manifest(models_dir / "pair"), threads=1, batch_tokens=1024)
    for other, readings in ((OTHER_TOLL, 2), (MENU, 1)):
        texts = sorted(map(passage_text, (TOLL, other)))
        scores = model.logits([(texts[0], texts[1]), (texts[1], texts[0])][:readings])
        odds = softmax(scores.mean(axis=0))
        (judged,) = models.question.judge([(TOLL, other)])
        assert judged.same * judged.differ == pytest.approx(odds[OPPOSED], abs=1e-6)
        assert (softmax(scores[0])[OPPOSED] >= DOUBTED) == (readings == 2)


def test_a_judgement_is_the_same_in_any_company(models: Models) -> None:
    alone = models.question.judge([(TOLL, OTHER_TOLL)])
    assert models.question.judge([(MENU, TOLL), (TOLL, OTHER_TOLL), (MENU, MENU)])[1:2] == alone
    assert models.question.judge([]) == []


PLAIN = (
    (
        "The bridge over the river was closed on Friday.",
        "The bridge was closed.",
        "The bridge was not closed on Friday.",
    ),
    ("The mayor resigned on Monday after a vote.", "The mayor resigned.", "The mayor did not resign."),
    ("Police arrested two men in Arn on Tuesday.", "Two men were arrested in Arn.", "Nobody was arrested in Arn."),
    ("The ferry sank off the cape.", "The ferry sank.", "The ferry did not sink."),
    ("Rain fell all night in the valley.", "It rained in the valley.", "There was no rain in the valley."),
)
"""A premise, what follows from it, and what contradicts it."""


def test_entailment_probabilities_sum_to_one_and_lean_the_right_way(models: Models) -> None:
    follows = models.entailment.judge([(premise, same) for premise, same, _ in PLAIN])
    denied = models.entailment.judge([(premise, opposite) for premise, _, opposite in PLAIN])
    for judged in (*follows, *denied):
        assert sum((judged.entailment, judged.neutral, judged.contradiction)) == pytest.approx(1.0)
    # A small model is now and then wrong about the plainest pair (see its card).
    assert sum(judged.entailment > max(judged.neutral, judged.contradiction) for judged in follows) >= len(PLAIN) - 1
    assert sum(judged.contradiction > max(judged.neutral, judged.entailment) for judged in denied) >= len(PLAIN) - 1


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="CLAIMLINE_MODELS_DIR"):
        load_models(tmp_path, threads=1, batch_tokens=1024)


def test_a_folder_of_another_kind_is_refused(models_dir: Path) -> None:
    with pytest.raises(ConfigurationError, match="kind 'facet-worthiness' has no place"):
        load_encoder(models_dir, folder="worthiness", threads=1, batch_tokens=1024)
