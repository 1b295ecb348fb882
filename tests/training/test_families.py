from __future__ import annotations

import random
from pathlib import Path

import pytest
from augment import jitter_digits, mask_numbers, with_answer_of
from claimpairs import Event, hold_out, read_event, read_events
from pairs import RELATIONS, UNKNOWN, measured_pairs, training_step


def test_an_event_is_read_with_its_relations_either_way_round(event_file: Path) -> None:
    family = read_event(event_file).families[0]
    assert [sentence.position for sentence in family.sentences] == [0, 0, 1]
    assert family.relation(0, 1) == family.relation(1, 0) == "contradiction"
    assert family.relation(1, 1) == "agree"


def test_a_folder_without_events_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no event files"):
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
    texts = [side for pair in pairs for side in (pair.left, pair.right)]
    assert not any("A dozen cows" in text for text in texts)
    assert sum(pair.kind == "near" for pair in pairs) == 3
    assert sorted(RELATIONS[pair.relation] for pair in pairs if pair.same) == [
        "agree",
        "contradiction",
        "contradiction",
        "discrepancy",
    ]
    assert {pair.same for pair in pairs if pair.kind == "other"} == {False}


def test_a_training_step_knows_a_relation_only_within_a_question(event_file: Path) -> None:
    event = read_event(event_file)
    for seed in range(30):
        step = training_step(event, event.families, {}, random.Random(seed))
        for left, right, same, relation in step.labels:
            if relation != UNKNOWN:
                assert same
            sides = [side.rsplit(" | ", maxsplit=1)[-1] for side in (step.left[left], step.right[right])]
            if any("barn holds" in side for side in sides):
                assert not same
