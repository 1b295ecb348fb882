from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from app.domain import composition
from app.domain.matching import match
from app.domain.thresholds import LIMITS
from app.domain.values import ConflictKind, Known, Relation
from tests.domain.claims import claim, figure, frame, known, quantity, read_by_slots, replace, time


@dataclass(frozen=True, slots=True)
class Matched:
    first_id: UUID
    second_id: UUID
    kind: str
    slots: str
    relation: Relation
    confidence: float


def _composed(claims: list[Known], *, same: float = 0.95) -> tuple[dict[UUID, Known], list[Matched]]:
    """The claims with their matches by slots; read together they differ where their slots do."""
    numbered = [replace(each, id=str(UUID(int=n))) for n, each in enumerate(claims)]
    matches = [
        Matched(UUID(a.id), UUID(b.id), m.kind, f"{m.first.start}:{m.first.end}|{m.second.start}:{m.second.end}",
                m.relation, m.confidence)
        for a, b in combinations(numbered, 2)
        for m in match(a, b, read_by_slots(a, b, same=same), thresholds=LIMITS)
    ]  # fmt: skip
    return {UUID(each.id): each for each in numbered}, matches


def _wounded(text: str, exact: str, value: float, article: str) -> Known:
    return figure(text, exact, value, article=article, counted="soldier", role="injured")


def test_claims_that_give_one_figure_for_one_question_say_the_same() -> None:
    seven = _wounded("Seven soldiers were wounded.", "Seven", 7, "a")
    again = _wounded("He puts the number of his wounded at seven.", "seven", 7, "b")
    nine = _wounded("Nine soldiers were wounded.", "Nine", 9, "c")
    groups = composition.groups(*_composed([seven, again, nine]))
    assert sorted(len(group) for group in groups) == [1, 2]


def test_claims_that_may_answer_two_questions_do_not_say_the_same() -> None:
    seven = _wounded("Seven soldiers were wounded.", "Seven", 7, "a")
    again = _wounded("Seven soldiers were wounded in May.", "Seven", 7, "b")
    assert len(composition.groups(*_composed([seven, again], same=0.45))) == 2


def test_claims_that_agree_on_one_figure_and_not_on_another_do_not_say_the_same() -> None:
    one = _toll("9 people were killed and 40 were injured.", ("9", 9), ("40", 40), "a")
    two = _toll("12 people were killed and 40 were injured.", ("12", 12), ("40", 40), "b")
    assert len(composition.groups(*_composed([one, two]))) == 2


def test_a_vague_answer_does_not_bring_two_positions_together() -> None:
    texts = [("The dam failed overnight.", "overnight", "2025-03-04/2025-03-05"),
             ("The dam failed on 4 March.", "on 4 March", "2025-03-04"),
             ("The dam failed on 5 March.", "on 5 March", "2025-03-05")]  # fmt: skip
    claims = [
        known(claim(text, times=(time(text, exact, edtf),), frame=frame("fail", "dam fail")), article)
        for article, (text, exact, edtf) in zip("abc", texts, strict=True)
    ]
    (report,) = composition.reports(*_composed(claims))
    assert sorted(len(position.answers) for position in report.positions) == [1, 2]


def test_a_date_that_a_claim_has_lost_since_it_was_matched_is_no_answer() -> None:
    texts = [("The dam failed on 4 March.", "on 4 March", "2025-03-04"),
             ("The dam failed on Wednesday.", "on Wednesday", "2025-03-05")]  # fmt: skip
    claims = [
        known(claim(text, times=(time(text, exact, edtf),), frame=frame("fail", "dam fail")), article)
        for article, (text, exact, edtf) in zip("ab", texts, strict=True)
    ]
    numbered, matches = _composed(claims)
    assert len(composition.reports(numbered, matches)) == 1
    lost = numbered[UUID(int=1)]
    (day,) = lost.claim.times
    lost = replace(lost, claim=replace(lost.claim, times=(replace(day, edtf=None, earliest=None, latest=None),)))
    assert composition.reports({**numbered, UUID(int=1): lost}, matches) == []


def test_one_sum_told_with_and_without_its_currency_is_one_position() -> None:
    lost = figure(
        "The savers lost 48 million euros.", "48 million euros", 48e6, article="a", unit="EUR", counted="saver"
    )
    known, matches = _composed(
        [
            lost,
            figure("Gone are 61 million euros.", "61 million euros", 61e6, article="b", unit="EUR"),
            figure("The liquidator speaks of 61 million.", "61 million", 61e6, article="c"),
        ],
        same=0.8,  # the agreement is settled, and so far stronger than the differences
    )
    (report,) = composition.reports(known, matches)
    assert [len(position.answers) for position in report.positions] == [1, 2]
    assert report.question.startswith("How much money")


def _toll(text: str, killed: tuple[str, float], hurt: tuple[str, float], article: str) -> Known:
    figures = [
        quantity(text, exact, value, counted="people", role=role)
        for (exact, value), role in ((killed, "killed"), (hurt, "injured"))
    ]
    return known(claim(text, quantities=tuple(figures), frame=frame(lemmas="people kill injure")), article)


def test_two_claims_that_differ_in_two_figures_make_two_reports() -> None:
    one = _toll("9 people were killed and 40 were injured.", ("9", 9), ("40", 40), "a")
    two = _toll("12 people were killed and 55 were injured.", ("12", 12), ("55", 55), "b")
    made = composition.reports(*_composed([one, two]))
    assert [[p.label for p in report.positions] for report in made] == [
        ["9", "12"],
        ["40", "55"],
    ]


def test_claims_that_differences_join_make_one_report_however_each_pair_differs() -> None:
    """A third claim that opposes one of two figures as a whole asks no question of its own."""
    claims = [
        _wounded("The army has 90 wounded soldiers.", "90", 90, "a"),
        _wounded("The wounded soldiers are 300.", "300", 300, "b"),
        known(claim("Every bed of the hospital is taken.", frame=frame("take", "bed hospital")), "c"),
    ]
    numbered, matches = _composed(claims)
    (figures,) = composition.reports(numbered, matches)
    army, _, hospital = numbered
    whole = "|".join(f"{numbered[x].claim.start}:{numbered[x].claim.end}" for x in (army, hospital))
    as_wholes = Matched(army, hospital, ConflictKind.OCCURRENCE, whole, Relation.CONTRADICTION, 0.99)
    assert composition.reports(numbered, [*matches, as_wholes]) == [figures]
    assert len(composition.reports(numbered, [as_wholes])) == 1
