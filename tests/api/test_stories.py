"""Stories over HTTP: begun, listed, merged, cached."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from sqlmodel import Session

from app.store.tables import Article
from tests.api import world
from tests.api.world import World

pytestmark = pytest.mark.anyio


async def test_a_new_story_is_empty(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/stories", json={"title": "Fire"})
    story = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/stories/{story['id']}"
    assert (story["title"], story["version"], story["article_count"], story["summary"]) == ("Fire", 1, 0, None)
    assert (await client.get(answer.headers["location"])).json() == story


async def test_a_story_adds_up_its_analysed_articles(
    client: httpx.AsyncClient, session: Session, brandt: World
) -> None:
    world.add_article(session, "Waiting.", story_id=brandt.story.id, status="queued", embedding=None)
    world.add_article(
        session,
        world.LEDGER + " (agency)",
        source_name="Echo",
        story_id=brandt.story.id,
        origin_id=brandt.ledger.id,
        published_at=world.MONDAY.replace(day=14),
    )
    brandt.ledger.origin_id = brandt.ledger.id
    session.add(brandt.ledger)
    session.commit()
    story = (await client.get(f"/v1/stories/{brandt.story.id}")).json()
    assert (story["article_count"], story["source_count"], story["origin_count"]) == (3, 3, 2)
    assert (story["first_published_at"], story["last_published_at"]) == (
        "2025-05-12T21:30:00Z",
        "2025-05-14T21:30:00Z",
    )
    assert story["open_conflicts"] == 1


async def test_a_storys_summary_is_that_of_its_most_central_article(
    client: httpx.AsyncClient, session: Session, brandt: World
) -> None:
    outlier = world.add_article(session, "Elsewhere.", story_id=brandt.story.id, embedding=world.vector(9))
    world.add_summary(session, outlier, "Elsewhere.")
    session.commit()
    got = (await client.get(f"/v1/stories/{brandt.story.id}", params={"selectors": "w3c"})).json()["summary"]
    assert got["text"] == "Brandt Quay burnt on Monday."
    [evidence] = got["sentences"][0]["evidence"]
    assert evidence["article_id"] == str(brandt.ledger.id)
    assert evidence["selectors"][1]["suffix"].startswith("\n\nAbout 40 boats")


@pytest.mark.parametrize(
    ("params", "titles"),
    [
        ({}, ["C 100% sure", "B fire at quay", "A Quay FIRE"]),
        ({"q": "fire quay"}, ["B fire at quay", "A Quay FIRE"]),
        ({"q": "100%"}, ["C 100% sure"]),
        ({"q": "_"}, []),
        ({"updated_since": "2025-05-02"}, ["C 100% sure", "B fire at quay"]),
    ],
)
async def test_a_listing_of_stories_filters(
    client: httpx.AsyncClient, session: Session, params: dict[str, str], titles: list[str]
) -> None:
    made = [
        world.add_story(session, title, updated_at=world.MONDAY.replace(day=day))
        for day, title in enumerate(["A Quay FIRE", "B fire at quay", "C 100% sure"], start=1)
    ]
    world.add_story(session, "merged fire quay 100% _", merged_into=made[0].id)
    session.commit()
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await client.get("/v1/stories", params={"limit": "1", **params, **cursor})).json()
        found += [item["title"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == titles


@pytest.mark.parametrize("part", ["", "/claims", "/timeline", "/conflicts"])
async def test_a_story_that_has_not_changed_is_not_sent_again(
    client: httpx.AsyncClient, session: Session, brandt: World, part: str
) -> None:
    path = f"/v1/stories/{brandt.story.id}{part}"
    first = await client.get(path)
    etag = first.headers["etag"]
    assert etag.startswith('W/"')
    for given in (etag, f'"other", {etag}', etag.removeprefix("W/"), "*"):
        again = await client.get(path, headers={"If-None-Match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    story = session.merge(brandt.story)
    story.version += 1
    session.add(story)
    session.commit()
    changed = await client.get(path, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


async def test_merging_moves_the_articles_and_leaves_a_pointer(
    client: httpx.AsyncClient, session: Session, brandt: World, queued: Callable[[], list[str]]
) -> None:
    heir = world.add_story(session, "Heir")
    session.commit()
    merged = await client.post(f"/v1/stories/{brandt.story.id}/merge", json={"into": str(heir.id)})
    assert merged.status_code == 200
    assert merged.json()["id"] == str(heir.id)
    moved = {str(brandt.ledger.id), str(brandt.radio.id)}
    assert set(queued()) == moved
    session.expire_all()
    assert {session.get_one(Article, article_id).story_id for article_id in moved} == {heir.id}
    for part in ("", "/claims", "/timeline", "/conflicts"):
        old = await client.get(f"/v1/stories/{brandt.story.id}{part}", params={"selectors": "w3c"})
        assert old.status_code == 308
        assert old.headers["location"] == f"/v1/stories/{heir.id}{part}?selectors=w3c"
    again = await client.post(f"/v1/stories/{brandt.story.id}/merge", json={"into": str(heir.id)})
    assert again.status_code == 409


async def test_a_story_cannot_be_merged_into_itself(client: httpx.AsyncClient, session: Session, brandt: World) -> None:
    child = world.add_story(session, merged_into=brandt.story.id)
    session.commit()
    for into in (brandt.story.id, child.id):
        answer = await client.post(f"/v1/stories/{brandt.story.id}/merge", json={"into": str(into)})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/into")
