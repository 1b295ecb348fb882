"""What linking and the search for copies see of other workspaces, and what a bound session sees: nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, delete, select, update

from app.domain.errors import NotFoundError
from app.store import analysis, conflicts, search, stories
from app.store.engine import SessionFactory
from app.store.tables import Article, Conflict, Story, Workspace
from app.store.workspaces import bound, workspace_of
from tests.api import world
from tests.api.world import World


@pytest.fixture
def brandt(session: Session) -> World:
    return world.build(session)


@pytest.fixture
def elsewhere(session: Session) -> Workspace:
    workspace = Workspace(name="elsewhere")
    session.add(workspace)
    session.flush()
    return workspace


def test_linking_and_copies_look_at_their_own_workspace_alone(
    session: Session, brandt: World, elsewhere: Workspace
) -> None:
    words = " ".join(f"On day {n} the harbour master counted {n} boats." for n in range(10))
    first = world.add_article(session, words, story_id=brandt.story.id)
    first.origin_id = first.id
    session.add(first)
    later = {"created_at": first.created_at + timedelta(hours=1)}
    same = world.add_article(session, words, source_name="Other", **later)
    other = world.add_article(session, words, source_name="Third", workspace_id=elsewhere.id, **later)
    window = timedelta(days=14)
    assert {near.story_id for near, _ in analysis.nearest_articles(session, same, window=window)} == {brandt.story.id}
    assert analysis.nearest_articles(session, other, window=window) == []
    assert analysis._origin(session, same) == first.id
    assert analysis._origin(session, other) == other.id


def test_a_bound_session_finds_nothing_of_another_workspace_in_any_way(
    session: Session, sessions: SessionFactory, brandt: World, elsewhere: Workspace
) -> None:
    session.commit()
    with bound(sessions, elsewhere.id) as foreign:
        assert workspace_of(foreign) == elsewhere.id
        for table in (Article, Story, Conflict):
            assert foreign.exec(select(table)).all() == []
            assert foreign.exec(select(table.id)).all() == []
        assert foreign.get(Story, brandt.story.id) is None
        assert foreign.get(Conflict, brandt.conflict.id, with_for_update=True) is None
        assert search.nearest_claims(foreign, world.vector(0), limit=5) == []
        with pytest.raises(NotFoundError):
            conflicts.judge_conflict(foreign, brandt.conflict.id, {"note": "n"}, now=world.MONDAY)
        assert foreign.exec(update(Story).values(title="taken")).rowcount == 0
        assert foreign.exec(delete(Article)).rowcount == 0
        assert stories.add_story(foreign, title="Own", now=world.MONDAY).workspace_id == elsewhere.id
    with bound(sessions, brandt.story.workspace_id) as own:
        assert search.nearest_claims(own, world.vector(0), limit=5)  # how many, an approximate index does not promise
        assert [story.title for story in own.exec(select(Story))] == [brandt.story.title]
