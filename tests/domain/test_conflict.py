from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from app.domain import conflict
from app.domain.conflict import Answer, Link
from app.domain.matching import match
from app.domain.thresholds import LIMITS
from app.domain.values import ConflictKind, Holder, Known, Qualifier, Relation
from tests.domain.claims import claim, figure, frame, judged, known


def _report(kind: ConflictKind, knowns: list[Known]) -> conflict.Report | None:
    links = [
        Link(Answer(a, m.first), Answer(b, m.second), m.relation, m.confidence)
        for a, b in combinations(knowns, 2)
        for m in match(a, b, judged(a, b), thresholds=LIMITS)
        if m.kind == kind
    ]
    return conflict.report(kind, links) if links else None


def _force(text: str, exact: str, value: float, article: str, qualifier: Qualifier) -> Known:
    facets = {"counted": "norvian troop", "role": "deployed", "qualifier": qualifier}
    made = figure(text, exact, value, article=article, **facets)
    if qualifier == Qualifier.UP_TO:
        made = known(
            replace(made.claim, quantities=(replace(made.claim.quantities[0], low=None, high=value),)), article
        )
    return made


FORCE = [
    _force("About 10,000 Norvian troops were sent.", "10,000", 10_000, "a", Qualifier.ABOUT),
    _force("An estimated 11,000 Norvian troops are deployed there.", "11,000", 11_000, "b", Qualifier.ABOUT),
    _force("Roughly 11,000 Norvian troops are there.", "11,000", 11_000, "c", Qualifier.ABOUT),
    _force("Up to 12,000 Norvian troops were deployed.", "12,000", 12_000, "d", Qualifier.UP_TO),
]


def test_a_question_makes_one_report_with_all_its_positions() -> None:
    report = _report(ConflictKind.QUANTITY, FORCE)
    assert report is not None
    assert [p.label for p in report.positions] == ["about 10,000", "about 11,000", "up to 12,000"]
    assert [p.sources for p in report.positions] == [1, 2, 1]
    assert report.verdict == Relation.DISCREPANCY
    assert report.question == "How many Norvian troops were deployed?"
    assert "about 10,000" in report.explanation


def test_a_report_does_not_depend_on_the_order_of_its_links() -> None:
    forwards, backwards = _report(ConflictKind.QUANTITY, FORCE), _report(ConflictKind.QUANTITY, FORCE[::-1])
    assert forwards is not None
    assert backwards is not None
    assert (forwards.question, forwards.explanation) == (backwards.question, backwards.explanation)


def test_agreement_makes_no_report() -> None:
    assert _report(ConflictKind.QUANTITY, FORCE[1:3]) is None


def test_near_copies_count_as_one_origin() -> None:
    copies = [replace(k, origin="wire") for k in FORCE[1:3]]
    report = _report(ConflictKind.QUANTITY, [FORCE[0], *copies])
    assert report is not None
    assert [(p.sources, p.origins) for p in report.positions] == [(1, 1), (2, 1)]


def test_an_update_puts_the_latest_first() -> None:
    tolls = [
        figure("9 people were killed.", "9", 9, article="a", day=1, counted="people", role="killed"),
        figure("14 people were killed.", "14", 14, article="b", day=2, counted="people", role="killed"),
    ]
    report = _report(ConflictKind.QUANTITY, tolls)
    assert report is not None
    assert (report.verdict, [p.label for p in report.positions]) == (Relation.UPDATE, ["14", "9"])


def test_the_explanation_names_who_says_what_and_how_weak_it_is() -> None:
    said = claim("The raid caused casualties.", frame=frame("cause", "raid cause casualty"))
    unknown = claim(
        "The agency has no information about casualties in the raid.",
        frame=frame("have", "raid casualty agency", is_negated=True),
        holder=Holder("the agency", None, "has", 0, 10),
    )
    report = _report(ConflictKind.OCCURRENCE, [known(said, "a"), known(unknown, "b")])
    assert report is not None
    assert "the agency" in report.explanation
    assert "weaker than a denial" in report.explanation


def test_claims_that_deny_the_same_claim_stand_on_one_side() -> None:
    said = known(claim("Shells hit the depot.", frame=frame("hit", "shell hit depot")), "a")
    denials = [
        known(claim(text, frame=frame("hit", "shell hit depot", is_negated=True)), article)
        for text, article in (("No shell hit the depot.", "b"), ("The depot was not hit.", "c"))
    ]
    links = [
        Link(Answer(said, said.claim), Answer(denial, denial.claim), Relation.CONTRADICTION, 0.9) for denial in denials
    ]
    report = conflict.report(ConflictKind.OCCURRENCE, links)
    assert report is not None
    assert sorted(len(position.answers) for position in report.positions) == [1, 2]


def test_claims_that_both_affirm_are_asked_which_is_right() -> None:
    one = known(claim("Anna Brel will lead the caretaker cabinet."), "a")
    other = known(claim("The cabinet is in the hands of Tom Hask."), "b")
    link = Link(Answer(one, one.claim), Answer(other, other.claim), Relation.CONTRADICTION, 0.8)
    report = conflict.report(ConflictKind.OCCURRENCE, [link])
    assert report is not None
    assert report.question == (
        "Which is right: “Anna Brel will lead the caretaker cabinet.” or “The cabinet is in the hands of Tom Hask.”?"
    )
    assert [p.label for p in report.positions] == [f"“{known.claim.exact}”" for known in (one, other)]
