"""Consolidation over real rows: what a story shows after articles come, go, move and merge."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from uuid import UUID

import pytest
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, select

from app.domain.errors import ConflictingStateError, NotFoundError
from app.domain.matching import RULES, match
from app.domain.thresholds import LIMITS
from app.domain.values import Qualifier
from app.store import analysis, conflicts, consolidation
from app.store.candidates import load_known
from app.store.tables import (
    Article,
    ArticleSummary,
    ClaimGroup,
    ClaimMatch,
    ClaimRow,
    Conflict,
    Position,
    PositionEvidence,
    Story,
    TimelineEntry,
    new_id,
)
from tests.domain.claims import claim, frame, quantity, read_by_slots, time

NOW = datetime(2025, 3, 9, tzinfo=UTC)
VERSIONS = {"rules": RULES}
UNIT = [1.0] + [0.0] * 383


@pytest.fixture
def story(session: Session) -> Story:
    story = Story(title="A force at the border")
    session.add(story)
    session.flush()
    return story


def _article(
    session: Session, story: Story, *, text: str, number: str, value: float, day: int, date: str | None = None
) -> Article:
    """An analysed article of one claim that gives the size of a force, and perhaps a date."""
    article = Article(
        text=text,
        source_name=f"source {day}",
        fingerprint=text,
        published_at=datetime(2025, 3, day, tzinfo=UTC),
        status="queued",
    )
    session.add(article)
    session.flush()
    made = claim(
        text,
        quantities=(quantity(text, number, value, counted="soldier", role="deployed", qualifier=Qualifier.ABOUT),),
        times=(time(text, date, "2025-03-01"),) if date else (),
        frame=frame("deploy", "ministry deploy soldier"),
    )
    made_by = analysis.Analysis(
        claims=(made,),
        vectors=(UNIT,),
        question_vectors=(UNIT,),
        article_vector=UNIT,
        names=(),
        headline="",
        dated=None,
        summary=None,
        made_by=VERSIONS,
    )
    ids = analysis.save_analysis(session, article, made_by)
    _meet(session, story, article, ids)
    return article


def _meet(session: Session, story: Story, article: Article, ids: list[UUID]) -> None:
    """File the article and consolidate its claims with all others of the story."""
    analysis.file_article(session, article, story.id)
    session.expire_all()
    every = session.exec(select(ClaimRow.id).where(ClaimRow.story_id == story.id)).all()
    known = load_known(session, every)
    matches = [
        (a, b, m)
        for a, b in combinations(sorted(every), 2)
        if a in ids or b in ids
        for m in match(known[a], known[b], read_by_slots(known[a], known[b]), thresholds=LIMITS)
    ]
    touched = analysis.replace_matches(session, story.id, ids, matches) | set(ids)
    article.status = "analysed"
    consolidation.consolidate(session, story=story, touched=touched, versions=VERSIONS, now=NOW)


def _about_900(session: Session, story: Story) -> Article:
    return _article(
        session, story, text="About 900 soldiers were sent on 1 March.", number="900", value=900, day=2, date="1 March"
    )


def _about_700(session: Session, story: Story) -> Article:
    return _article(session, story, text="Some 700 soldiers went there.", number="700", value=700, day=3)


def _labels(session: Session, conflict: Conflict) -> list[str]:
    rows = session.exec(select(Position).where(Position.conflict_id == conflict.id).order_by(Position.ordinal)).all()
    return [row.label for row in rows]


def test_two_articles_that_differ_make_one_conflict(session: Session, story: Story) -> None:
    _about_900(session, story)
    _about_700(session, story)
    conflict = session.exec(select(Conflict)).one()
    assert (conflict.kind, conflict.verdict, conflict.status) == ("quantity", "discrepancy", "open")
    assert _labels(session, conflict) == ["about 700", "about 900"]
    assert session.exec(select(TimelineEntry)).one().edtf == "2025-03-01"


def test_a_third_article_joins_the_report_and_an_editors_verdict_stays(session: Session, story: Story) -> None:
    _about_900(session, story)
    _about_700(session, story)
    first = session.exec(select(Conflict)).one()
    first.status, first.note = "dismissed", "old figures"
    session.add(first)
    _article(session, story, text="The ministry speaks of around 500 soldiers.", number="500", value=500, day=4)
    again = session.exec(select(Conflict)).one()
    assert (again.id, again.status, again.note) == (first.id, "dismissed", "old figures")
    assert _labels(session, again) == ["about 500", "about 700", "about 900"]


def test_withdrawing_an_article_closes_what_stood_on_it(session: Session, story: Story) -> None:
    _about_900(session, story)
    gone = _about_700(session, story)
    session.add(ArticleSummary(article_id=gone.id, text="x", method="extractive", model="m", sentences=[]))
    session.flush()
    version = story.version
    consolidation.withdraw_article(session, gone.id, now=NOW)
    session.expire_all()
    assert session.exec(select(Conflict)).one().closed_at == NOW
    assert len(session.exec(select(ClaimGroup)).all()) == 1
    assert session.exec(select(ClaimMatch)).all() == []
    assert session.exec(select(ArticleSummary)).all() == []
    assert story.version > version


def test_a_closed_report_keeps_its_verdict_and_none_of_the_withdrawn_words(session: Session, story: Story) -> None:
    last, gone = _about_900(session, story), _about_700(session, story)
    report = session.exec(select(Conflict)).one()
    _judge(session, report, "confirmed")
    assert "700" in report.explanation
    for article, labels in ((gone, ["about 900"]), (last, [])):
        consolidation.withdraw_article(session, article.id, now=NOW)
        session.expire_all()
        assert _labels(session, report) == labels
        assert not set("79") & set(report.question + report.explanation)
        assert (report.status, report.note, report.kind, report.verdict, report.closed_at) == (
            "confirmed", "seen", "quantity", "discrepancy", NOW,
        )  # fmt: skip


def test_a_position_of_a_closed_report_is_told_in_the_words_that_are_left(session: Session, story: Story) -> None:
    far, gone = _about_900(session, story), _about_700(session, story)
    twin = _article(session, story, text="Around 700 soldiers, it was told.", number="700", value=700, day=4)
    said = {claim.article_id: claim.id for claim in session.exec(select(ClaimRow))}
    for row in session.exec(select(ClaimMatch)).all():
        if {row.first_id, row.second_id} == {said[far.id], said[twin.id]}:
            session.delete(row)
    consolidation.withdraw_article(session, gone.id, now=NOW)
    session.expire_all()
    report = session.exec(select(Conflict)).one()
    assert report.closed_at == NOW
    assert _labels(session, report) == ["“Around 700 soldiers, it was told.”", "about 900"]


def test_a_report_that_loses_an_article_still_says_which_models_made_it(session: Session, story: Story) -> None:
    _about_900(session, story)
    _about_700(session, story)
    gone = _article(session, story, text="It sent roughly 500 soldiers.", number="500", value=500, day=4)
    report = session.exec(select(Conflict)).one()
    report.versions = {"rules": "0", "entailment": "pair@1"}
    session.add(report)
    consolidation.withdraw_article(session, gone.id, now=NOW)
    session.expire_all()
    assert _labels(session, report) == ["about 700", "about 900"]
    assert report.versions == {"rules": RULES, "entailment": "pair@1"}


def test_a_conflict_that_comes_back_is_the_same_conflict(session: Session, story: Story) -> None:
    _about_900(session, story)
    gone = _about_700(session, story)
    before = session.exec(select(Conflict)).one().id
    consolidation.withdraw_article(session, gone.id, now=NOW)
    session.expire_all()
    _about_700(session, story)
    conflict = session.exec(select(Conflict)).one()
    assert (conflict.id, conflict.closed_at) == (before, None)


def test_withdrawing_everything_leaves_an_empty_story(session: Session, story: Story) -> None:
    for article in (_about_900(session, story), _about_700(session, story)):
        consolidation.withdraw_article(session, article.id, now=NOW)
        session.expire_all()
    for table in (ClaimRow, ClaimGroup, TimelineEntry, PositionEvidence):
        assert session.exec(select(table)).all() == []
    assert all(c.closed_at for c in session.exec(select(Conflict)).all())


def test_analysing_again_keeps_the_ids_of_claims_and_conflicts(session: Session, story: Story) -> None:
    _about_900(session, story)
    article = _about_700(session, story)
    before = session.exec(select(Conflict)).one().id
    row = session.exec(select(ClaimRow).where(ClaimRow.article_id == article.id)).one()
    known = load_known(session, [row.id])[row.id]
    made = analysis.Analysis(
        claims=(known.claim,),
        vectors=(UNIT,),
        question_vectors=(UNIT,),
        article_vector=UNIT,
        names=(),
        headline="",
        dated=None,
        summary=None,
        made_by=VERSIONS,
    )
    ids = analysis.save_analysis(session, article, made)
    assert ids == [row.id]
    _meet(session, story, article, ids)
    conflict = session.exec(select(Conflict)).one()
    assert (conflict.id, conflict.closed_at) == (before, None)


def test_a_moved_article_leaves_nothing_behind(session: Session, story: Story) -> None:
    _about_900(session, story)
    moved = _about_700(session, story)
    other = Story(title="Another")
    session.add(other)
    session.flush()
    consolidation.move_article(session, moved.id, other.id, now=NOW)
    session.expire_all()
    assert (moved.story_id, moved.is_story_pinned, moved.status) == (other.id, True, "queued")
    assert session.exec(select(Conflict)).one().closed_at == NOW
    assert {g.story_id for g in session.exec(select(ClaimGroup)).all()} == {story.id}


def test_an_article_that_was_analysed_while_its_move_waited_leaves_nothing_behind(
    session: Session, story: Story
) -> None:
    _about_900(session, story)
    moved = _about_700(session, story)
    other = Story(title="Another")
    session.add(other)
    session.flush()
    set_committed_value(moved, "story_id", None)  # as it was read before the analysis filed it
    consolidation.move_article(session, moved.id, other.id, now=NOW)
    session.expire_all()
    assert moved.story_id == other.id
    assert {g.story_id for g in session.exec(select(ClaimGroup)).all()} == {story.id}
    assert session.exec(select(Conflict)).one().closed_at == NOW


def test_a_merged_story_points_at_its_heir_and_its_articles_go_along(session: Session, story: Story) -> None:
    first, second = _about_900(session, story), _about_700(session, story)
    heir = Story(title="Heir")
    session.add(heir)
    session.flush()
    moved = consolidation.merge_stories(session, story.id, heir.id, now=NOW)
    session.expire_all()
    assert set(moved) == {first.id, second.id}
    assert story.merged_into == heir.id
    assert consolidation.lock_story(session, story.id).id == heir.id
    assert {a.story_id for a in session.exec(select(Article)).all()} == {heir.id}


@pytest.mark.parametrize("is_way_back", [True, False])
def test_a_merge_that_waited_for_another_one_does_not_undo_it(
    session: Session, story: Story, *, is_way_back: bool
) -> None:
    heir, third = Story(title="Heir"), Story(title="Third")
    session.add_all((heir, third))
    session.flush()
    consolidation.merge_stories(session, story.id, heir.id, now=NOW)
    late = (heir.id, story.id) if is_way_back else (story.id, third.id)
    with pytest.raises(ConflictingStateError):
        consolidation.merge_stories(session, *late, now=NOW)
    session.expire_all()
    assert (story.merged_into, heir.merged_into, third.merged_into) == (heir.id, None, None)


def test_what_is_gone_when_its_lock_comes_is_not_found(session: Session, story: Story) -> None:
    article = _about_900(session, story)
    with pytest.raises(NotFoundError, match="story"):
        consolidation.move_article(session, article.id, new_id(), now=NOW)
    consolidation.withdraw_article(session, article.id, now=NOW)
    session.flush()
    with pytest.raises(NotFoundError, match="article"):
        consolidation.move_article(session, article.id, story.id, now=NOW)
    with pytest.raises(NotFoundError, match="article"):
        consolidation.withdraw_article(session, article.id, now=NOW)


def _judge(session: Session, conflict: Conflict, status: str) -> None:
    conflicts.judge_conflict(session, conflict.id, {"status": status, "note": "seen"}, now=NOW)
    session.expire_all()


def test_a_merge_keeps_reports_with_their_ids_and_verdicts(session: Session, story: Story) -> None:
    _about_900(session, story)
    _about_700(session, story)
    before = session.exec(select(Conflict)).one().id
    _judge(session, session.exec(select(Conflict)).one(), "dismissed")
    heir = Story(title="Heir")
    session.add(heir)
    session.flush()
    consolidation.merge_stories(session, story.id, heir.id, now=NOW)
    session.expire_all()
    kept = session.exec(select(Conflict)).one()
    assert (kept.id, kept.story_id, kept.status, kept.note) == (before, heir.id, "dismissed", "seen")
    for table in (ClaimRow, ClaimMatch, ClaimGroup, TimelineEntry):
        assert {row.story_id for row in session.exec(select(table)).all()} == {heir.id}


@pytest.mark.parametrize("status", ["dismissed", "confirmed", "resolved"])
def test_a_judged_report_that_falls_in_two_is_not_opened_again_by_half_of_it(
    session: Session, story: Story, status: str
) -> None:
    for day, value in enumerate((500, 700, 900, 1100), start=2):
        _article(
            session, story, text=f"About {value} soldiers were sent.", number=str(value), value=float(value), day=day
        )
    _judge(session, session.exec(select(Conflict)).one(), status)
    claims = session.exec(select(ClaimRow.id).order_by(ClaimRow.exact)).all()
    halves = [{claims[0], claims[1]}, {claims[2], claims[3]}]
    for row in session.exec(select(ClaimMatch)).all():
        if {row.first_id, row.second_id} not in halves:
            session.delete(row)
    session.flush()
    consolidation.consolidate(session, story=story, touched=claims, versions=VERSIONS, now=NOW)
    found = session.exec(select(Conflict)).all()
    assert len(found) == 2
    assert {(c.status, c.note, c.closed_at is None) for c in found} == {(status, "seen", status != "resolved")}
