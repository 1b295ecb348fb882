"""The log is complete, and safe to page by while others write."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlmodel import Session, select

from app.domain.events import EventType, Happening
from app.store import conflicts, consolidation, events
from app.store.engine import create_engine, session_factory
from app.store.tables import DEFAULT_WORKSPACE, Event, Story, Workspace
from tests.api import world

NOW = datetime(2025, 3, 9, tzinfo=UTC)
WRITERS, EACH = 4, 25


def _happened(story_id: UUID | None = None, **data: object) -> Happening:
    return Happening(EventType.STORY_UPDATED, story_id, data)


def _types(session: Session, after: int = 0) -> list[str]:
    return [event.type for event in events.list_events(session, after=after, limit=100)]


def _settled(session: Session) -> world.World:
    """The world as a rebuild writes it: its rows are made by hand."""
    built = world.build(session)
    _rebuild(session, built)
    return built


def _rebuild(session: Session, built: world.World) -> None:
    story = consolidation.lock_story(session, built.story.id)
    touched = {built.forty.id, built.fifty_five.id, built.burnt.id}
    consolidation.consolidate(session, story=story, touched=touched, versions={"rules": "1"}, now=NOW)


def _last(session: Session) -> int:
    session.expire_all()
    return session.get_one(Workspace, DEFAULT_WORKSPACE).event_count


def test_events_are_numbered_without_a_gap_and_each_workspace_has_its_own(session: Session) -> None:
    other = Workspace(name="elsewhere")
    session.add(other)
    session.flush()
    first = _last(session) + 1
    events.record(session, DEFAULT_WORKSPACE, [_happened(), _happened()], now=NOW)
    events.record(session, other.id, [_happened()], now=NOW)
    events.record(session, DEFAULT_WORKSPACE, [_happened()], now=NOW)
    mine = session.exec(select(Event.number).where(Event.workspace_id == DEFAULT_WORKSPACE).order_by(Event.number))
    assert mine.all()[-3:] == [first, first + 1, first + 2]
    assert session.exec(select(Event.number).where(Event.workspace_id == other.id)).all() == [1]


def test_a_transaction_that_fails_leaves_neither_an_event_nor_a_gap(session: Session) -> None:
    before = _last(session)
    with session.begin_nested() as savepoint:
        events.record(session, DEFAULT_WORKSPACE, [_happened()], now=NOW)
        savepoint.rollback()
    events.record(session, DEFAULT_WORKSPACE, [_happened()], now=NOW)
    assert _last(session) == before + 1


def test_who_pages_while_many_write_misses_nothing(database_url: str) -> None:
    """Writers dawdle between taking a number and their commit; a sequence would show 8 before 7 here."""
    engine = create_engine(database_url, pool_size=WRITERS + 1)
    sessions = session_factory(engine)

    def write(writer: int) -> None:
        for turn in range(EACH):
            with sessions.begin() as session:
                events.record(session, DEFAULT_WORKSPACE, [_happened(who=writer, turn=turn)], now=NOW)
                time.sleep(0.001 * writer)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    seen: list[Event] = []
    deadline = time.monotonic() + 60
    while len(seen) < WRITERS * EACH and time.monotonic() < deadline:
        with sessions() as session:
            seen += events.list_events(session, after=seen[-1].number if seen else 0, limit=7)
    for thread in threads:
        thread.join()
    engine.dispose()
    assert [event.number for event in seen] == list(range(1, WRITERS * EACH + 1))
    assert sorted((event.data["who"], event.data["turn"]) for event in seen) == [
        (writer, turn) for writer in range(WRITERS) for turn in range(EACH)
    ]


def test_a_withdrawn_article_says_what_it_took_along(session: Session) -> None:
    built = _settled(session)
    start = _last(session)
    consolidation.withdraw_article(session, built.radio.id, now=NOW)
    found = events.list_events(session, after=start, limit=10)
    assert [event.type for event in found] == ["conflict.closed", "story.updated", "article.withdrawn"]
    assert found[0].data["conflict_id"] == str(built.conflict.id)
    assert found[1].data == {"version": built.story.version, "is_timeline_changed": False}
    assert (found[2].story_id, found[2].data) == (built.story.id, {"article_id": str(built.radio.id)})


def test_a_timeline_that_loses_an_entry_has_changed(session: Session) -> None:
    built = _settled(session)
    start = _last(session)
    consolidation.withdraw_article(session, built.ledger.id, now=NOW)
    [updated] = events.list_events(session, after=start, types=["story.updated"], limit=10)
    assert updated.data["is_timeline_changed"] is True


def test_a_rebuild_that_changes_nothing_names_no_report(session: Session) -> None:
    built = _settled(session)
    start = _last(session)
    _rebuild(session, built)
    found = events.list_events(session, after=start, limit=10)
    assert [(event.type, event.data["is_timeline_changed"]) for event in found] == [("story.updated", False)]


def test_an_editors_verdict_is_an_event(session: Session) -> None:
    built = world.build(session)
    for status, expected in (
        ("confirmed", ["conflict.changed", "story.updated"]),
        ("resolved", ["conflict.closed", "story.updated"]),
        ("open", ["conflict.opened", "story.updated"]),
    ):
        start = _last(session)
        conflicts.judge_conflict(session, built.conflict.id, {"status": status}, now=NOW)
        assert _types(session, start) == expected


def test_a_merge_is_told_in_both_stories(session: Session) -> None:
    built, heir = world.build(session), world.add_story(session, "Heir")
    start = _last(session)
    consolidation.merge_stories(session, built.story.id, heir.id, now=NOW)
    merged, updated = events.list_events(session, after=start, limit=10)
    assert (merged.type, merged.story_id, merged.data["merged_into"]) == ("story.merged", built.story.id, str(heir.id))
    assert (updated.type, updated.story_id) == ("story.updated", heir.id)


def test_both_stories_of_a_moved_article_have_changed(session: Session) -> None:
    built, target = world.build(session), world.add_story(session, "Target")
    start = _last(session)
    consolidation.move_article(session, built.radio.id, target.id, now=NOW)
    found = events.list_events(session, after=start, types=["story.updated"], limit=10)
    assert [event.story_id for event in found] == [built.story.id, target.id]


def test_old_events_are_let_go_and_their_numbers_not_used_again(session: Session) -> None:
    events.record(session, DEFAULT_WORKSPACE, [_happened()], now=NOW - timedelta(days=31))
    events.record(session, DEFAULT_WORKSPACE, [_happened()], now=NOW)
    last = _last(session)
    assert events.forget_events(session, before=NOW - timedelta(days=30)) == 1
    events.record(session, DEFAULT_WORKSPACE, [_happened()], now=NOW)
    numbers = [event.number for event in events.list_events(session, after=last - 2, limit=9)]
    assert numbers == [last, last + 1]
    assert all(a < b for a, b in pairwise(numbers))


def test_a_story_that_is_deleted_leaves_its_events(session: Session) -> None:
    story = world.add_story(session)
    events.record(session, DEFAULT_WORKSPACE, [_happened(story.id)], now=NOW)
    session.delete(session.get_one(Story, story.id))
    session.flush()
    assert events.list_events(session, story_id=story.id, limit=9)
