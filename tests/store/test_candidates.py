"""Which claims of a story a new one meets: all of a small story's are compared, of a large one's the nearest."""

from __future__ import annotations

import random
from uuid import UUID

import pytest
from sqlmodel import Session

from app.store.candidates import BY_SLOT, NEAREST, find_candidates
from app.store.tables import DIMENSIONS, Story
from tests.api import world

SLOTS = ("quantity:boat", "quantity:troop", "place:fire")


@pytest.fixture
def story(session: Session) -> Story:
    """Sixty claims of twelve articles, in random directions of eight dimensions."""
    pick = random.Random(3)
    made = world.add_story(session)
    for number in range(12):
        article = world.add_article(
            session, " ".join(f"Word {at}." for at in range(5)), story_id=made.id, source_name=f"S{number}"
        )
        for at in range(5):
            row = world.add_claim(session, article, f"Word {at}.")
            row.question_embedding = [pick.gauss(0, 1) for _ in range(8)] + [0.0] * (DIMENSIONS - 8)
            row.slot_keys = [pick.choice(SLOTS)]
            session.add(row)
    session.flush()
    return made


def _new_claim(session: Session, story: Story) -> UUID:
    article = world.add_article(session, "A new word.", story_id=story.id, source_name="New")
    row = world.add_claim(session, article, "A new word.")
    row.question_embedding = [1.0] * 8 + [0.0] * (DIMENSIONS - 8)
    row.slot_keys = [SLOTS[0]]
    session.add(row)
    session.flush()
    return row.id


def test_the_nearest_and_the_nearest_of_one_slot_are_met(session: Session, story: Story) -> None:
    found = find_candidates(session, claim_ids=[_new_claim(session, story)], story_id=story.id)
    assert NEAREST < len(found) <= NEAREST + BY_SLOT
    assert [c.nearness for c in found] == sorted((c.nearness for c in found), reverse=True)


def test_the_index_of_a_large_story_finds_what_comparing_all_does(session: Session, story: Story) -> None:
    claim = _new_claim(session, story)
    compared = find_candidates(session, claim_ids=[claim], story_id=story.id)
    assert find_candidates(session, claim_ids=[claim], story_id=story.id, most_compared=10) == compared
