from __future__ import annotations

import random
from pathlib import Path

import pytest
from augment import jitter_digits, mask_numbers, with_answer_of
from pairs import Sampler
from splits import hold_out

from app.domain.errors import ConfigurationError
from app.ml.families import Event, read_event, read_events
from app.ml.question_pairs import RELATIONS, UNKNOWN, Pair, measured_pairs


def test_an_event_is_read_with_its_relations_either_way_round(event_file: Path) -> None:
    family = read_event(event_file).families[0]
    assert [sentence.position for sentence in family.sentences] == [0, 0, 1]
    assert family.relation(0, 1) == family.relation(1, 0) == "contradiction"
    assert family.relation(1, 1) == "agree"


def test_a_folder_without_events_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no event files"):
        read_events(tmp_path)


def test_the_last_events_of_each_author_are_held_out_and_look_alikes_stay_together() -> None:
    events = [Event(name, name, "2025-01-01", ()) for name in ("a_1", "a_2", "b_1", "b_2", "g_1", "g_2", "g_3", "g_4")]
    training, tuning = hold_out(events)
    assert [event.id for event in training] == ["a_1", "b_1", "g_1", "g_2"]
    assert [event.id for event in tuning] == ["a_2", "b_2", "g_3", "g_4"]


def test_an_answer_moves_into_another_sentence_with_its_position_and_date(event_file: Path) -> None:
    one, _, other = read_event(event_file).families[0].sentences
    swapped = with_answer_of(one, other)
    assert swapped is not None
    assert (swapped.text, swapped.position) == ("20 cows drowned in the barn.", 1)
    assert swapped.published == "2025-02-08"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Twenty-two people and 1,250 sheep", "[MASK] people and [MASK] sheep"),
        ("two hundred and six", "[MASK]"),
        ("No one was hurt", "No [MASK] was hurt"),
        ("Stone and tenants", "Stone and tenants"),
    ],
)
def test_numbers_in_words_and_digits_are_masked(text: str, masked: str) -> None:
    assert mask_numbers(text) == masked


def test_jitter_keeps_the_length_of_numbers_and_all_else() -> None:
    noisy = jitter_digits("On 4 May 1,250 left", random.Random(3))
    assert len(noisy) == len("On 4 May 1,250 left")
    assert [word for word in noisy.split() if word.isalpha()] == ["On", "May", "left"]


def test_measured_pairs_leave_out_near_misses_that_answer_the_question(event_file: Path) -> None:
    pairs = measured_pairs([read_event(event_file)], other_per_family=100)
    texts = [side.text for pair in pairs for side in (pair.left, pair.right)]
    assert not any("A dozen cows" in text for text in texts)
    assert sum(pair.kind == "near" for pair in pairs) == 3
    assert sorted(RELATIONS[pair.relation] for pair in pairs if pair.is_same) == [
        "agree",
        "contradiction",
        "contradiction",
        "discrepancy",
    ]
    assert {pair.is_same for pair in pairs if pair.kind == "other"} == {False}


SLOTS = {
    "Twelve cows drowned in the barn.": {"quantity": [(0, 6, "12")]},
    "The farmer lost 12 cows.": {"quantity": [(16, 18, "12")]},
    "Some 20 animals died, the vet said.": {"quantity": [(5, 7, "20")]},
    "The barn holds 60 cows.": {"quantity": [(15, 17, "60")]},
    "By midnight it stood knee-deep.": {"date": [(3, 11, "midnight")], "quantity": [(21, 30, "knee-deep")]},
}


def _drawn(event: Event) -> list[Pair]:
    sampler = Sampler([event], nearest={"Twelve cows drowned in the barn.": ["The water came at dawn."]})
    return [
        pair
        for seed in range(30)
        for family in event.families
        for pair in sampler.pairs(event, family, random.Random(seed))
    ]


def test_a_drawn_pair_has_a_relation_only_within_a_question(event_file: Path) -> None:
    for pair in _drawn(read_event(event_file)):
        assert pair.is_same or pair.relation == UNKNOWN
        if any("barn holds" in side.text for side in (pair.left, pair.right)):
            assert not pair.is_same


def test_drawn_pairs_are_of_every_kind_and_unmarked(event_file: Path) -> None:
    pairs = _drawn(read_event(event_file))
    assert {pair.kind for pair in pairs} == {"same", "near", "other"}
    assert {pair.is_same for pair in pairs} == {True, False}
    assert not any(side.slot for pair in pairs for side in (pair.left, pair.right))


def test_measured_pairs_with_slots_are_marked_on_both_sides(event_file: Path) -> None:
    pairs = measured_pairs([read_event(event_file)], slots=SLOTS)
    assert pairs
    assert all(pair.left.slot and pair.right.slot for pair in pairs)


def test_an_event_in_another_format_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(ConfigurationError, match=r"a\.json is not an event"):
        read_events(tmp_path)
