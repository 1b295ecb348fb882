"""What a story showed at an earlier moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select

from app.domain import values as v
from app.store import consolidation
from app.store.tables import Article, ClaimMatch, ClaimRow, Conflict, Story
from tests.api import world
from tests.api.test_story_parts import pages

pytestmark = pytest.mark.anyio

VERSIONS = {"rules": "test", "entailment": "test@1"}
NOW = datetime(2025, 5, 20, tzinfo=UTC)


def noon(day: int) -> datetime:
    return datetime(2025, 5, day, 12, tzinfo=UTC)


def tell(session: Session, story: Story, toll: int, *, source: str, when: str = "", **fields: Any) -> ClaimRow:
    """An analysed article of one claim: how many died, and perhaps the day, given to the day or to the month."""
    text = f"{source}: {toll} people died{' on 11 May' if when == '2025-05-11' else ' in May' if when else ''}."
    article = world.add_article(session, text, story_id=story.id, source_name=source, **fields)
    at = text.index(str(toll))
    number = str(toll)
    quantities = (v.Quantity(at, at + len(number), number, toll, toll, v.Qualifier.EXACT, counted="person"),)
    days = (date(2025, 5, 11),) * 2 if when == "2025-05-11" else (date(2025, 5, 1), date(2025, 5, 31))
    start, end = text.index("died"), len(text) - 1
    times = (v.TimeRef(start, end, text[start:end], when, *days, v.Basis.EXPLICIT),)
    return world.add_claim(session, article, text, quantities=quantities, times=times if when else ())


def consolidate(session: Session, story: Story, claims: Sequence[ClaimRow], *, confidence: float = 0.9) -> None:
    """As an analysis does once every claim has met every other: tolls that differ are updates."""
    for first, second in combinations(sorted(claims, key=lambda claim: claim.id), 2):
        tolls = [claim.facets["quantities"][0] for claim in (first, second)]
        slots = "|".join(f"{toll['start']}:{toll['end']}" for toll in tolls)
        relation = "agree" if tolls[0]["low"] == tolls[1]["low"] else "update"
        found = {"story_id": story.id, "first_id": first.id, "second_id": second.id, "confidence": confidence}
        session.add(ClaimMatch(kind="quantity", slots=slots, relation=relation, **found))
        session.add(ClaimMatch(kind="statement", slots="0:1|0:1", relation="agree", **found))
    session.flush()
    touched = {claim.id for claim in claims}
    consolidation.consolidate(session, story=story, touched=touched, versions=VERSIONS, now=NOW)
    session.commit()


@pytest.fixture
def toll(session: Session) -> Story:
    """Three days of a growing toll; the day of the event is told on the third only."""
    story = world.add_story(session, "Ferry")
    claims = [
        tell(session, story, 12, source="Echo", when="2025-05", published_at=noon(11)),
        tell(session, story, 17, source="Post", when="2025-05", published_at=noon(12)),
        tell(session, story, 17, source="Mail", when="2025-05", published_at=noon(13)),
        tell(session, story, 21, source="Herald", when="2025-05-11", published_at=noon(13)),
    ]
    consolidate(session, story, claims)
    return story


def labels(report: dict[str, Any]) -> list[tuple[str, int]]:
    return [(position["label"], position["sources"]) for position in report["positions"]]


@pytest.mark.parametrize(
    ("as_of", "positions"),
    [
        ("2025-05-11T11:59:59Z", None),
        ("2025-05-11T12:00:00Z", None),
        ("2025-05-12T12:00:00Z", [("17", 1), ("12", 1)]),
        ("2025-05-12T14:00:00+02:00", [("17", 1), ("12", 1)]),
        ("2025-05-13T12:00:00Z", [("21", 1), ("17", 2), ("12", 1)]),
    ],
)
async def test_a_growing_toll_is_seen_as_each_day_saw_it(
    client: httpx.AsyncClient, toll: Story, as_of: str, positions: list[tuple[str, int]] | None
) -> None:
    path = f"/v1/stories/{toll.id}/conflicts"
    [today] = await pages(client, path)
    found = await pages(client, path, as_of=as_of)
    one = await client.get(f"/v1/conflicts/{today['id']}", params={"as_of": as_of})
    if positions is None:
        assert found == []
        assert one.status_code == 404
        return
    [report] = found
    assert one.json() == report
    assert labels(report) == positions
    assert (report["id"], report["verdict"], report["status"]) == (today["id"], "update", "open")
    assert report["detected_at"] == "2025-05-12T12:00:00Z"
    assert "21" in today["explanation"]
    assert ("21" in report["explanation"]) == (len(positions) == 3)


@pytest.mark.parametrize("part", ["conflicts", "timeline"])
async def test_after_the_last_article_the_past_is_the_present(
    client: httpx.AsyncClient, brandt: world.World, toll: Story, part: str
) -> None:
    for path in (f"/v1/stories/{toll.id}/{part}", *(["/v1/timeline"] if part == "timeline" else [])):
        today = await pages(client, path)
        then = await pages(client, path, as_of="2199-01-01T00:00:00Z")
        assert today
        assert [{**item, "detected_at": None} for item in then] == [{**item, "detected_at": None} for item in today]


async def test_a_timeline_gives_the_dates_and_counts_of_its_time(client: httpx.AsyncClient, toll: Story) -> None:
    path = f"/v1/stories/{toll.id}/timeline"
    [today] = await pages(client, path)
    assert (today["date"]["edtf"], today["sources"]) == ("2025-05-11", 4)
    assert await pages(client, path, as_of="2025-05-10T00:00:00Z") == []
    [first] = await pages(client, path, as_of="2025-05-11T12:00:00Z")
    assert (first["date"]["edtf"], first["sources"], first["conflict_ids"]) == ("2025-05", 1, [])
    [second] = await pages(client, path, as_of="2025-05-12T12:00:00Z")
    assert (second["date"]["precision"], second["sources"]) == ("month", 2)
    assert second["text"].startswith("Echo")
    assert second["conflict_ids"] == today["conflict_ids"] != []
    assert {first["id"], second["id"]} == {today["id"]}


async def test_the_timeline_across_stories_is_paged_and_cut_as_of_then(
    client: httpx.AsyncClient, session: Session, toll: Story
) -> None:
    past, later = world.add_story(session, "Past"), world.add_story(session, "Later")
    for number, (story, day) in enumerate([(past, 1), (past, 2), (past, 3), (later, 19)]):
        claim = tell(session, story, number, source=f"Source {number}", when="2025-05", published_at=noon(day))
        consolidate(session, story, [claim])
    asked = {"as_of": "2025-05-12T12:00:00Z"}
    found = await pages(client, "/v1/timeline", limit=1, **asked)
    assert [item["text"].partition(":")[0] for item in await pages(client, "/v1/timeline", limit=100, **asked)] == [
        item["text"].partition(":")[0] for item in found
    ]
    assert {item["text"].partition(":")[0] for item in found} == {"Echo", "Source 0", "Source 1", "Source 2"}
    assert len({item["id"] for item in found}) == len(found) == 4
    words = await pages(client, "/v1/timeline", q="ECHO may", **asked)
    assert [item["story_id"] for item in words] == [str(toll.id)]
    assert await pages(client, "/v1/timeline", **asked, **{"from": "2025-06-01"}) == []


async def test_an_article_without_a_date_is_known_from_when_it_came_in(
    client: httpx.AsyncClient, session: Session
) -> None:
    story = world.add_story(session, "Ferry")
    claims = [
        tell(session, story, 12, source="Echo", created_at=noon(18), published_at=noon(11)),
        tell(session, story, 17, source="Blog", created_at=noon(14)),
    ]
    consolidate(session, story, claims)
    path = f"/v1/stories/{story.id}/conflicts"
    assert await pages(client, path, as_of="2025-05-14T11:59:59.999Z") == []
    [report] = await pages(client, path, as_of="2025-05-14T12:00:00Z")
    assert {piece["published_at"] for position in report["positions"] for piece in position["evidence"]} == {
        None,
        "2025-05-11T12:00:00Z",
    }


async def test_a_withdrawn_article_is_gone_from_the_past(
    client: httpx.AsyncClient, session: Session, toll: Story
) -> None:
    gone = session.get_one(Article, session.get_one(ClaimRow, _claim_of(session, "Post")).article_id)
    consolidation.withdraw_article(session, gone.id, now=NOW)
    session.commit()
    path = f"/v1/stories/{toll.id}/conflicts"
    assert await pages(client, path, as_of="2025-05-12T12:00:00Z") == []
    [report] = await pages(client, path, as_of="2025-05-13T12:00:00Z")
    assert sorted(labels(report)) == [("12", 1), ("17", 1), ("21", 1)]


def _claim_of(session: Session, source: str) -> Any:
    return session.exec(select(ClaimRow.id).join(Article).where(Article.source_name == source)).one()


async def test_a_verdict_is_shown_from_when_it_was_given(
    client: httpx.AsyncClient, session: Session, toll: Story
) -> None:
    [today] = await pages(client, f"/v1/stories/{toll.id}/conflicts")
    before = datetime.now(UTC).isoformat()
    path = f"/v1/conflicts/{today['id']}"
    await client.patch(path, json={"status": "confirmed", "note": "Both stand."})
    between = datetime.now(UTC).isoformat()
    await client.patch(path, json={"status": "resolved", "note": None})
    after = datetime.now(UTC).isoformat()

    async def seen(as_of: str) -> tuple[str, str | None, bool]:
        item = (await client.get(path, params={"as_of": as_of})).json()
        return item["status"], item["note"], item["closed_at"] is not None

    assert await seen(before) == ("open", None, False)
    assert await seen(between) == ("confirmed", "Both stand.", False)
    assert await seen(after) == ("resolved", None, True)
    listing = f"/v1/stories/{toll.id}/conflicts"
    assert await pages(client, listing, as_of=after) == []
    assert len(await pages(client, listing, as_of=after, status="resolved")) == 1
    assert len(await pages(client, listing, as_of=before, status="open")) == 1
    assert await pages(client, listing, as_of=between, status="open") == []


async def test_two_reports_of_then_that_are_one_today_have_ids_of_their_own(
    client: httpx.AsyncClient, session: Session
) -> None:
    story = world.add_story(session, "Ferry")
    pairs = [
        [tell(session, story, n, source=f"{side} {n}", published_at=noon(11)) for n in (12, 17)] for side in ("a", "b")
    ]
    for pair in pairs:
        consolidate(session, story, pair)
    bridges = [tell(session, story, n, source=f"late {n}", published_at=noon(14)) for n in (21, 22)]
    consolidate(session, story, bridges)
    for pair in pairs:
        for one in pair:
            for bridge in bridges:
                consolidate(session, story, [one, bridge])
    # A doubtful link, one of four that there could be, does not join two reports.
    consolidate(session, story, [pairs[0][0], pairs[1][0]], confidence=0.5)
    session.expire_all()
    path = f"/v1/stories/{story.id}/conflicts"
    [today] = await pages(client, path)
    then = await pages(client, path, limit=1, as_of="2025-05-12T00:00:00Z")
    assert len({report["id"] for report in then}) == 2
    assert today["id"] in {report["id"] for report in then}
    assert {report["versions"]["entailment"] for report in then} == {"test@1"}
    assert then == await pages(client, path, limit=100, as_of="2025-05-12T00:00:00Z")
    assert {report["id"] for report in then} <= {str(conflict.id) for conflict in session.exec(select(Conflict))}


async def test_a_past_state_has_an_etag_that_new_evidence_changes(
    client: httpx.AsyncClient, session: Session, toll: Story
) -> None:
    path, asked = f"/v1/stories/{toll.id}/conflicts", {"as_of": "2025-05-12T12:00:00Z"}
    first = await client.get(path, params=asked)
    again = {"If-None-Match": first.headers["etag"]}
    assert (await client.get(path, params=asked, headers=again)).status_code == 304
    late = tell(session, toll, 12, source="Archive", published_at=noon(10))  # found later, published before
    echo = session.get_one(ClaimRow, _claim_of(session, "Echo"))
    consolidate(session, session.get_one(Story, toll.id), [echo, late])
    fresh = await client.get(path, params=asked, headers=again)
    assert fresh.status_code == 200
    assert labels(fresh.json()["items"][0]) == [("17", 1), ("12", 2)]


async def test_a_cursor_fits_its_own_moment_only(client: httpx.AsyncClient, session: Session, toll: Story) -> None:
    other = tell(session, toll, 3, source="Other", when="2025-05", published_at=noon(11))
    consolidate(session, toll, [other])
    asked = {"limit": 1, "as_of": "2025-05-12T12:00:00Z"}
    page = (await client.get("/v1/timeline", params=asked)).json()
    assert page["next_cursor"]
    same = await client.get("/v1/timeline", params={**asked, "cursor": page["next_cursor"]})
    assert same.status_code == 200
    later = await client.get("/v1/timeline", params={"limit": 1, "cursor": page["next_cursor"]})
    assert later.status_code == 422


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "2025-05-12", "2025-05-12T12:00:00", "2025-05-12T12:00:00+02", "2025-02-30T00:00:00Z", "1",
     "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2025-05-12T12:00:00 02:00", "2025-05-12T25:00:00Z", "\x00"],
)  # fmt: skip
async def test_a_moment_that_is_none_is_refused(client: httpx.AsyncClient, toll: Story, value: str) -> None:
    [report] = await pages(client, f"/v1/stories/{toll.id}/conflicts")
    for path in (
        f"/v1/stories/{toll.id}/conflicts",
        f"/v1/stories/{toll.id}/timeline",
        f"/v1/conflicts/{report['id']}",
        "/v1/timeline",
    ):
        answer = await client.get(path, params={"as_of": value})
        assert answer.status_code == 422, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["pointer"] == "as_of"
