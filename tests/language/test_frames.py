"""Frames and slots: the bare proposition, and what it answers besides numbers and dates."""

import pytest

from app.domain.values import ConflictKind

PROPOSITIONS = [
    ("North Korean troops shelled the town.", ("north korean troop", "shell", "town", False)),
    ("The town was shelled by rebel gunners.", ("rebel gunner", "shell", "town", False)),
    ("Nine villagers were killed.", ("villager", "kill", None, False)),
    ("The patrol suffered no losses.", ("patrol", "lose", "loss", True)),
    ("No flights have left Arn.", ("flight", "leave", "arn", True)),
    ("The crew failed to lower the boats.", ("crew", "lower", "boat", True)),
    ("The board has no information on casualties.", ("board", "have", "information", True)),
    ("Officials indicated a lack of fuel.", ("official", "indicate", "fuel", True)),
    ("Nobody heard a siren.", ("nobody", "hear", "siren", True)),
    ("At no time did our men cross the river.", ("man", "cross", "river", True)),
    ("Umbra Ltd said the plant would close in May.", ("plant", "close", None, False)),
    ("Rebels carried out an attack on the fort.", ("rebel", "attack", "attack", False)),
    ("There were dozens of houses under water.", ("house", "be", None, False)),
]


@pytest.mark.parametrize(("text", "expected"), PROPOSITIONS)
def test_who_did_what_to_whom(reader, text, expected):
    (claim,) = reader.read(text, title=None, published_at=None).claims
    frame = claim.frame
    assert (frame.subject, frame.predicate, frame.object, frame.is_negated) == expected


def test_pronouns_stand_for_names_in_a_frame(reader):
    claims = reader.read("Governor Ada Brandt came late. She opened the bridge.", title=None, published_at=None).claims
    assert claims[-1].frame.subject == "ada brandt"


def test_words_that_only_attribute_are_no_lemmas_of_the_proposition(reader):
    (claim,) = reader.read(
        "Police told reporters on Monday that a blast had wrecked the mill.", title=None, published_at=None
    ).claims
    assert claim.frame.lemmas == ("blast", "wreck", "mill")


PLACE, IDENTITY, CAUSE = ConflictKind.PLACE, ConflictKind.IDENTITY, ConflictKind.CAUSE
SLOTS = [
    ("The ferry sank off Cape Orm.", [(PLACE, "sink", "Cape Orm")]),
    ("The position of sinking is near Cape Orm.", [(PLACE, "sink", "Cape Orm")]),
    ("The explosion in Arn was heard for miles.", [(PLACE, "explode", "Arn")]),
    ("The fire started in a ground-floor kitchen.", [(PLACE, "start", "ground-floor kitchen")]),
    ("The man in the hat laughed at the reply.", []),
    ("The battle took place at Orm Bridge.", [(PLACE, "battle", "Orm Bridge")]),
    ("Ivo Lund, head of the roads agency, resigned.", [(IDENTITY, "ivo lund", "head of the roads agency")]),
    ("Finance Minister Ada Brandt resigned.", [(IDENTITY, "ada brandt", "Finance Minister")]),
    ("The chief executive of Umbra, Ada Brandt, resigned.", [(IDENTITY, "ada brandt", "chief executive of Umbra")]),
    ("Ada Brandt is the acting head of the bank.", [(IDENTITY, "ada brandt", "acting head of the bank")]),
    ("Mr Lund resigned.", []),
    ("The crash was caused by a cracked rail.", [(CAUSE, "crash", "cracked rail")]),
    ("A cracked rail caused the derailment.", [(CAUSE, "derail", "cracked rail")]),
    ("The mine closed because of flooding.", [(CAUSE, "close", "flooding")]),
    ("The delay was due to fog.", [(CAUSE, "delay", "fog")]),
    ("The vote is due on Monday.", []),
    ("The company blamed the collapse on a storm.", [(CAUSE, "collapse", "storm")]),
    ("Farmers blame the drought for the losses.", [(CAUSE, "lose", "drought")]),
    ("The cause of the fire was a faulty heater.", [(CAUSE, "fire", "faulty heater")]),
    ("A faulty heater did not cause the fire.", []),
]


@pytest.mark.parametrize(("text", "expected"), SLOTS)
def test_slots_are_what_is_plainly_stated(reader, text, expected):
    (claim,) = reader.read(text, title=None, published_at=None).claims
    assert [(s.kind, s.key, s.value) for s in claim.frame.slots] == expected
