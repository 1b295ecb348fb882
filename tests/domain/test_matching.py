from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain import matching
from app.domain.matching import Scores, explain, match
from app.domain.questions import REPORTABLE, STATEMENT, questions, slot_keys
from app.domain.thresholds import LIMITS
from app.domain.values import ConflictKind, Factuality, Known, Qualifier, Quantity, QuestionJudgement, Relation, Slot
from tests.domain.claims import claim, figure, frame, judged, known, quantity, time


def _relations(a: Known, b: Known, **figures: float) -> list[tuple[str, Relation]]:
    return [(m.kind, m.relation) for m in match(a, b, judged(a, b, **figures), thresholds=LIMITS)]


def _troops(value: float, article: str, **facets: object) -> Known:
    text = f"The ministry put the force at {value:g} soldiers."
    return figure(text, f"{value:g}", value, article=article, counted="soldier", role="deployed", **facets)


def test_two_exact_counts_of_one_thing_contradict() -> None:
    assert _relations(_troops(900, "a"), _troops(700, "b")) == [(ConflictKind.QUANTITY, Relation.CONTRADICTION)]


def test_a_hedge_makes_a_discrepancy() -> None:
    assert _relations(_troops(9000, "a", qualifier=Qualifier.ABOUT), _troops(7000, "b", qualifier=Qualifier.ABOUT)) == [
        (ConflictKind.QUANTITY, Relation.DISCREPANCY)
    ]


def test_equal_counts_say_the_same() -> None:
    assert _relations(_troops(900, "a"), _troops(900, "b"), differ=0.05) == [
        (ConflictKind.QUANTITY, Relation.AGREE),
        (STATEMENT, Relation.AGREE),
    ]


def test_a_precise_figure_of_one_thing_given_twice_needs_no_model() -> None:
    (settled,) = match(_troops(11_400, "a"), _troops(11_400, "b"), Scores(0.1, 0.1, 9, 9), thresholds=LIMITS)
    assert (settled.kind, settled.relation) == (ConflictKind.QUANTITY, Relation.AGREE)
    assert match(_troops(3_000, "a"), _troops(3_000, "b"), Scores(0.1, 0.1, 9, 9), thresholds=LIMITS) == ()


def test_one_article_is_never_in_conflict_with_itself() -> None:
    assert _relations(_troops(900, "a"), _troops(700, "a")) == []


def test_another_question_is_silence_whatever_the_numbers() -> None:
    assert _relations(_troops(900, "a"), _troops(700, "b"), same=0.05) == []


def test_a_toll_that_a_later_report_raises_is_an_update() -> None:
    early = figure("At least 9 people were killed.", "9", 9, article="a", day=1, counted="people", role="killed",
                   qualifier=Qualifier.AT_LEAST)  # fmt: skip
    late = figure("The dead now number 14.", "14", 14, article="b", day=2, counted="dead", role="killed")
    assert _relations(early, late)[0] == (ConflictKind.QUANTITY, Relation.UPDATE)
    assert _relations(late, early)[0] == (ConflictKind.QUANTITY, Relation.UPDATE)


@pytest.mark.parametrize(
    ("text", "subject", "role", "expected"),
    [
        ("In the end it was 700.", "it", None, []),
        ("In the end 700 were set up.", "700", "set", []),
        ("The missing 700 are ghosts.", "missing 700", "ghost", []),
        ("In the end 700 were deployed.", "700", "deployed", [(ConflictKind.QUANTITY, Relation.CONTRADICTION)]),
        ("The US sent thousands, 700 by sea.", "us", None, [(ConflictKind.QUANTITY, Relation.CONTRADICTION)]),
        ("The army put it at 700.", "army", None, [(ConflictKind.QUANTITY, Relation.CONTRADICTION)]),
    ],
)
def test_a_figure_of_nothing_named_is_set_against_none(
    text: str, subject: str, role: str | None, expected: list[tuple[str, Relation]]
) -> None:
    bare = figure(text, "700", 700, article="b", role=role).claim
    bare = replace(bare, frame=frame(lemmas=text.lower(), subject=subject))
    found = _relations(_troops(900, "a"), known(bare, "b"))
    assert [(kind, relation) for kind, relation in found if kind == ConflictKind.QUANTITY] == expected


def test_an_expected_figure_is_not_opposed_to_the_actual_one() -> None:
    text = "The force could reach 15000 soldiers."
    planned = figure(text, "15000", 15000, article="a", counted="soldier", role="deployed")
    planned = known(claim(text, factuality=Factuality.POSSIBLE, quantities=planned.claim.quantities), "a")
    assert _relations(planned, _troops(11000, "b")) == []


def _event(text: str, exact: str, edtf: str, article: str) -> Known:
    lemmas = "court sentence broker"
    made = claim(text, times=(time(text, exact, edtf),), frame=frame("sentence", lemmas, subject="broker"))
    return known(made, article)


def test_one_event_on_two_days_is_a_date_conflict() -> None:
    a = _event("The broker was sentenced on 9 January 2025.", "9 January 2025", "2025-01-09", "a")
    b = _event("The court sentenced the broker on 19 December 2024.", "19 December 2024", "2024-12-19", "b")
    assert (ConflictKind.DATE, Relation.CONTRADICTION) in _relations(a, b)


def test_a_vaguer_date_is_no_conflict() -> None:
    a = _event("The broker was sentenced on 9 January 2025.", "9 January 2025", "2025-01-09", "a")
    b = _event("The court sentenced the broker in January 2025.", "January 2025", "2025-01", "b")
    assert all(relation not in REPORTABLE for _, relation in _relations(a, b, differ=0.05))


def test_a_denial_opposes_what_is_asserted() -> None:
    said = claim("Shells hit the depot.", frame=frame("hit", "shell hit depot", subject="shell"))
    denied = claim("No shell hit the depot.", frame=frame("hit", "shell hit depot", subject="shell", is_negated=True))
    assert (ConflictKind.OCCURRENCE, Relation.CONTRADICTION) in _relations(known(said, "a"), known(denied, "b"))


def test_an_opposite_polarity_that_no_model_takes_for_a_contradiction_is_silence() -> None:
    said = known(claim("Shells hit the depot.", frame=frame("hit", "shell hit depot")), "a")
    other = known(
        claim("The shells did not hit the depot's gate.", frame=frame("hit", "shell hit depot gate", is_negated=True)),
        "b",
    )
    assert _relations(said, other, differ=0.5) == []


def test_no_information_of_what_another_reports_needs_no_model() -> None:
    said = known(claim("The fire caused heavy crew losses.", frame=frame("cause", "fire cause heavy crew loss")), "a")
    none = claim("The owner has no information on crew losses.", frame=frame("have", "owner information crew loss"))
    found = match(said, known(none, "b"), Scores(0.1, 0.1, 9, 9), thresholds=LIMITS)
    assert [(m.kind, m.relation) for m in found] == [(ConflictKind.OCCURRENCE, Relation.CONTRADICTION)]


@pytest.mark.parametrize(
    ("edtf", "factuality", "is_match"),
    [
        ("2025-03-04T18:22", Factuality.ASSERTED, True),
        ("2025-03-05T18:22", Factuality.ASSERTED, False),
        ("2025-03-04T18:24", Factuality.ASSERTED, False),
        ("2025-03-04T18:22", Factuality.PLANNED, False),
    ],
)
def test_two_claims_that_name_one_minute_date_one_event(edtf: str, factuality: Factuality, is_match: bool) -> None:
    called = _event("A distress call came in at 6:22 p.m.", "at 6:22 p.m.", "2025-03-04T18:22", "a")
    logged = _event("The SOS was logged at 18:22.", "at 18:22", edtf, "b")
    logged = replace(logged, claim=replace(logged.claim, factuality=factuality))
    found = match(called, logged, Scores(0.1, 0.1, 9, 9), thresholds=LIMITS)
    assert [m.relation for m in found] == [Relation.AGREE] * is_match
    shared = {*slot_keys(called.claim)} & {*slot_keys(logged.claim)}
    assert ("clock:18:22" in shared) is edtf.endswith("18:22")


def test_slot_keys_name_what_a_claim_can_answer() -> None:
    keys = slot_keys(_troops(900, "a").claim)
    assert {key.split(":")[0] for key in keys} == {"quantity"}
    assert keys == tuple(sorted(keys))


@pytest.mark.parametrize("same", [0.95, 0.05])
def test_matching_is_symmetric(same: float) -> None:
    a, b = _troops(900, "a"), _troops(700, "b")
    assert _relations(a, b, same=same) == _relations(b, a, same=same)


def test_what_models_said_can_be_turned_round() -> None:
    a, b = _troops(900, "a"), _troops(700, "b")
    there, back = match(a, b, judged(a, b), thresholds=LIMITS), match(b, a, judged(a, b).swapped(), thresholds=LIMITS)
    assert [(m.first, m.second) for m in there] == [(m.second, m.first) for m in back]


def test_a_silence_is_explained_by_the_gate_that_was_not_passed() -> None:
    a, b = _troops(900, "a"), _troops(700, "b")
    asked = explain(a, b, judged(a, b, same=0.05), thresholds=LIMITS)
    failed = {gate.name for m in asked if m.kind == ConflictKind.QUANTITY for gate in m.gates if not gate.is_passed}
    assert failed == {"same_question", "confidence"}


@pytest.mark.parametrize(
    ("marked", "read", "kind"), [(0.9, 0.9, "quantity"), (0.95, 0.05, None), (0.1, 0.95, "occurrence")]
)
def test_no_report_of_two_slots_rests_on_one_model(marked: float, read: float, kind: str | None) -> None:
    """Where the slots may answer two questions, the claims are opposed as wholes at most."""
    a, b = _troops(900, "a"), _troops(700, "b")
    said = replace(judged(a, b, same=marked), whole=QuestionJudgement(read, 0.9))
    assert [m.kind for m in match(a, b, said, thresholds=LIMITS)] == ([kind] if kind else [])
    unread = replace(said, whole=None)
    assert not match(a, b, unread, thresholds=LIMITS)


def test_two_dates_are_opposed_only_where_the_words_speak_for_one_event() -> None:
    a = _event("The broker was sentenced on 9 January 2025.", "9 January 2025", "2025-01-09", "a")
    text = "The harbour fair opened on 19 December 2024."
    fair = claim(text, times=(time(text, "19 December 2024", "2024-12-19"),), frame=frame("open", "harbour fair open"))
    assert not [kind for kind, _ in _relations(a, known(fair, "b")) if kind == ConflictKind.DATE]


def _aged(name: str, years: int, article: str) -> Known:
    text = f"{name}, {years}, was questioned by the police."
    return figure(text, str(years), years, article=article, unit="yr", counted=name.lower())


def test_an_age_is_of_one_person() -> None:
    ages = (_aged("Brel", 47, "a"), _aged("Hask", 52, "b"), _aged("Brel", 49, "c"))
    found = [[kind for kind, _ in _relations(ages[0], other)] for other in ages[1:]]
    assert found == [[], [ConflictKind.QUANTITY]]


def test_two_men_of_two_ages_may_be_two_men() -> None:
    one, other = (_aged("A man", years, article) for years, article in ((47, "a"), (52, "b")))
    ages = [replace(known.claim.quantities[0], counted="man") for known in (one, other)]
    one, other = (
        replace(k, claim=replace(k.claim, quantities=(age,))) for k, age in zip((one, other), ages, strict=True)
    )
    assert _relations(one, other) == []


@pytest.mark.parametrize(
    ("text", "parts", "whole", "is_opposed"),
    [
        ("All 26 guests and 3 crew members are safe.", ("26 guest safe", "3 member safe"), "29 people safe", False),
        ("All 26 guests and 3 crew members are safe.", ("26 guest safe", "3 member safe"), "31 people safe", True),
        ("The blast killed 9 people and injured 31.", ("9 people killed", "31 people injured"), "40 people hit", False),
        (
            "The blast killed 9 people and injured 31.",
            ("9 people killed", "31 people injured"),
            "40 people killed",
            True,
        ),
        ("The bus held 40 people, including 9 pupils.", ("40 people hold", "9 pupil hold"), "49 people hold", True),
    ],
)
def test_a_count_told_in_parts_is_no_other_count_than_their_sum(
    text: str, parts: tuple[str, str], whole: str, *, is_opposed: bool
) -> None:
    def counted(within: str, given: str) -> Quantity:
        value, head, role = given.split()
        return quantity(within, value, float(value), counted=head, role=role)

    told = known(claim(text, quantities=tuple(counted(text, part) for part in parts)), "a")
    count = f"There were {whole}."
    other = known(claim(count, quantities=(counted(count, whole),)), "b")
    found = [q.relation in REPORTABLE for q in questions(told, other) if q.kind == ConflictKind.QUANTITY]
    assert all(found) is is_opposed
    assert any(found) is is_opposed


def test_a_count_that_goes_on_leaves_room_for_a_larger_figure() -> None:
    text = "The ministry has counted 900 soldiers so far."
    counted = figure(text, "900", 900, article="a", counted="soldier", role="deployed")
    assert (ConflictKind.QUANTITY, Relation.COMPATIBLE) in _relations(counted, _troops(1400, "b"), differ=0.05)
    assert (ConflictKind.QUANTITY, Relation.CONTRADICTION) in _relations(counted, _troops(500, "b"))


def _described(article: str, description: str, *, name: str = "ana brel") -> Known:
    text = f"Ana Brel, {description}, said the road is open."
    start = text.index(description)
    slot = Slot(start, start + len(description), description, ConflictKind.IDENTITY, name, description)
    return known(claim(text, frame=frame("open", "road open", slots=(slot,))), article)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("head of the port", "head of the railway", [Relation.DISCREPANCY]),
        ("head of the port", "head of the port", [Relation.AGREE]),
        ("head of the port", "head of the city port", [Relation.COMPATIBLE]),
        ("head of the port", "former head of the railway", []),
        ("head of the port", "engineer", []),
    ],
)
def test_what_one_person_is_said_to_be_needs_no_model(one: str, other: str, expected: list[Relation]) -> None:
    found = _relations(_described("a", one), _described("b", other), same=0.0, differ=0.0)
    assert [relation for kind, relation in found if kind == ConflictKind.IDENTITY] == expected


def test_two_persons_may_hold_one_office_elsewhere() -> None:
    a, b = _described("a", "head of the port"), _described("b", "head of the railway", name="tom hask")
    assert not [kind for kind, _ in _relations(a, b) if kind == ConflictKind.IDENTITY]


def _held(place: str, article: str, *, key: str = "arrest") -> Known:
    text = f"The banker was arrested in {place}."
    start = text.index(place)
    slot = Slot(start, start + len(place), place, ConflictKind.PLACE, key, place)
    return known(claim(text, frame=frame("arrest", "banker arrest", slots=(slot,))), article)


@pytest.mark.parametrize(("place", "key", "is_same"), [("Ulm", "arrest", False), ("Ulm", "", True), ("Arn", "", True)])
def test_claims_that_place_their_event_differently_do_not_say_the_same(place: str, key: str, is_same: bool) -> None:
    a, b = _held("Arn", "a"), _held(place, "b", key=key)
    said = replace(judged(a, b, same=0.99, differ=0.02), marked={})
    found = match(a, b, said, thresholds=LIMITS)
    assert (STATEMENT in [m.kind for m in found]) is is_same


def test_a_claim_that_withholds_the_answer_opposes_none() -> None:
    said = known(claim("The army fired first.", frame=frame("fire", "army fire first")), "a")
    for text, expected in (
        ("It did not say who fired first.", []),
        ("The army declined to comment on who fired first.", []),
        ("The army did not fire first.", [ConflictKind.OCCURRENCE]),
        ("The army said that it did not say that it fired first.", [ConflictKind.OCCURRENCE]),
    ):
        other = known(claim(text, frame=frame("fire", "army fire first", is_negated=True)), "b")
        assert [kind for kind, _ in _relations(said, other)] == expected, text


def test_where_figures_leave_room_no_model_opposes_the_claims() -> None:
    text = "The ministry has counted 900 soldiers so far."
    counted = figure(text, "900", 900, article="a", counted="soldier", role="deployed")
    assert not [1 for _, relation in _relations(counted, _troops(1400, "b")) if relation in REPORTABLE]


def test_claims_alike_as_sentences_are_read_though_their_questions_are_apart() -> None:
    apart = Scores(similarity=0.7, nearness=0.1, between=9, crowd=0)
    assert matching.is_near(apart)
    assert matching.are_slots_near(apart, Relation.AGREE)
    assert not matching.are_slots_near(apart, Relation.CONTRADICTION)
    assert not matching.is_near(Scores(similarity=0.3, nearness=0.3, between=0, crowd=0))


def test_claims_that_both_affirm_are_opposed_where_the_models_are_sure() -> None:
    one = known(claim("Anna Brel will lead the caretaker cabinet.", frame=frame("lead", "brel lead cabinet")), "a")
    other = known(claim("The cabinet is in the hands of Tom Hask.", frame=frame("be", "cabinet hand hask")), "b")
    assert _relations(one, other) == [(ConflictKind.OCCURRENCE, Relation.CONTRADICTION)]
    assert _relations(one, other, differ=0.2) == []


def test_figures_of_two_things_speak_against_opposing_the_claims() -> None:
    killed = figure("The blast killed 9 miners.", "9", 9, article="a", counted="miner", role="killed")
    injured = figure("The blast injured 14 miners.", "14", 14, article="b", counted="miner", role="injured")
    assert _relations(killed, injured) == []
