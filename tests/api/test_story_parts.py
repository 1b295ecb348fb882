"""What a story's articles say: claims, timeline, conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session

from app.domain.errors import ConfigurationError
from app.store.tables import Conflict, Story
from tests.api import world
from tests.api.conftest import AxisEncoder
from tests.api.world import LEDGER, RADIO, World

pytestmark = pytest.mark.anyio


async def pages(client: httpx.AsyncClient, path: str, *, limit: int = 2, **params: object) -> list[dict[str, Any]]:
    """All items of a listing, read page by page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await client.get(path, params={"limit": limit, **params, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def stands_on(evidence: Sequence[dict[str, Any]], built: World) -> bool:
    texts = {str(built.ledger.id): LEDGER, str(built.radio.id): RADIO}
    return all(texts[piece["article_id"]][piece["start"] : piece["end"]] == piece["exact"] for piece in evidence)


async def test_a_group_shows_who_says_the_same(client: httpx.AsyncClient, session: Session, brandt: World) -> None:
    world.add_group(session, brandt.fifty_five, brandt.forty, sort_key="b")
    session.commit()
    first, second = await pages(client, f"/v1/stories/{brandt.story.id}/claims", limit=1)
    assert (first["text"], first["sources"], first["origins"]) == ("Brandt Quay burnt on Monday.", 1, 1)
    assert [piece["claim_id"] for piece in second["evidence"]] == [str(brandt.forty.id), str(brandt.fifty_five.id)]
    assert stands_on([*first["evidence"], *second["evidence"]], brandt)


async def test_a_timeline_is_in_time_order_with_links_to_open_reports(
    client: httpx.AsyncClient, session: Session, brandt: World
) -> None:
    for day, text in ((11, "before"), (13, "b"), (13, "a"), (14, "after")):
        world.add_entry(session, brandt.burnt, day=date(2025, 5, day), text=text)
    session.commit()
    path = f"/v1/stories/{brandt.story.id}/timeline"
    items = await pages(client, path)
    assert [item["date"]["edtf"][-2:] for item in items] == ["11", "12", "13", "13", "14"]
    assert [item["text"] for item in items] == [item["text"] for item in await pages(client, path, limit=100)]
    entry = items[1]
    assert entry["date"] == {
        "edtf": "2025-05-12",
        "earliest": "2025-05-12",
        "latest": "2025-05-12",
        "precision": "day",
        "basis": "explicit",
    }
    assert entry["conflict_ids"] == [str(brandt.conflict.id)]
    assert items[0]["conflict_ids"] == []
    assert len(entry["evidence"]) == 2
    assert stands_on(entry["evidence"], brandt)
    await client.patch(f"/v1/conflicts/{brandt.conflict.id}", json={"status": "dismissed"})
    assert (await pages(client, path))[1]["conflict_ids"] == []


@pytest.mark.parametrize(
    ("params", "texts"),
    [
        ({}, ["spring", "quay 12", "other 12", "late 20"]),
        ({"from": "2025-05-12", "to": "2025-05-12"}, ["spring", "quay 12", "other 12"]),
        ({"from": "2025-05-13"}, ["spring", "late 20"]),
        ({"to": "2025-05-01"}, ["spring"]),
        ({"q": "12 QUAY"}, ["quay 12"]),
        ({"q": "%"}, []),
    ],
)
async def test_the_timeline_across_stories_is_cut_to_days_and_words(
    client: httpx.AsyncClient, session: Session, params: dict[str, str], texts: list[str]
) -> None:
    claims = []
    for name in ("One.", "Two."):
        article = world.add_article(session, name, story_id=world.add_story(session, name).id)
        claims.append(world.add_claim(session, article, name))
    world.add_entry(session, claims[0], day=date(2025, 5, 12), text="quay 12", sort_at="2025-05-12T04:00")
    world.add_entry(session, claims[1], day=date(2025, 5, 12), text="other 12", sort_at="2025-05-12T09:00")
    world.add_entry(session, claims[1], day=date(2025, 5, 20), text="late 20")
    world.add_entry(
        session,
        claims[0],
        day=date(2025, 3, 1),
        latest=date(2025, 5, 31),
        edtf="2025-21",
        precision="season",
        text="spring",
    )
    session.commit()
    items = await pages(client, "/v1/timeline", **params)
    assert [item["text"] for item in items] == texts
    stories = {str(claim.story_id) for claim in claims}
    assert {item["story_id"] for item in items} <= stories


async def test_a_report_shows_each_position_with_its_evidence(client: httpx.AsyncClient, brandt: World) -> None:
    [report] = await pages(client, f"/v1/stories/{brandt.story.id}/conflicts", selectors="w3c")
    assert (report["kind"], report["verdict"], report["status"]) == ("quantity", "discrepancy", "open")
    first, second = report["positions"]
    assert (first["label"], first["value"], first["first_seen_at"]) == ("answer 0", {"low": 0}, "2025-05-12T21:30:00Z")
    [said], [insured] = first["evidence"], second["evidence"]
    assert (said["holder"], said["source"], said["published_at"]) == ("Ida Rehn", "Ledger", "2025-05-12T21:30:00Z")
    assert (insured["holder"], insured["source"], insured["published_at"]) == (None, "Radio", None)
    assert stands_on([said, insured], brandt)
    assert said["selectors"][1]["prefix"] == LEDGER[max(0, said["start"] - 32) : said["start"]]
    plain = (await client.get(f"/v1/conflicts/{report['id']}")).json()
    assert "selectors" not in plain["positions"][0]["evidence"][0]


@pytest.mark.parametrize(
    ("params", "confidences"),
    [
        ({}, [0.9, 0.9, 0.8, 0.5]),
        ({"kind": "date"}, [0.8]),
        ({"verdict": "contradiction"}, [0.5]),
        ({"min_confidence": 0.8}, [0.9, 0.9, 0.8]),
        ({"status": "dismissed"}, [0.9]),
        ({"status": "resolved"}, [0.7]),
        ({"include_closed": True}, [0.9, 0.9, 0.8, 0.7, 0.6, 0.5]),
    ],
)
async def test_reports_are_filtered_and_closed_ones_left_out(
    client: httpx.AsyncClient, session: Session, brandt: World, params: dict[str, object], confidences: list[float]
) -> None:
    for fields in (
        {"confidence": 0.8, "kind": "date"},
        {"confidence": 0.5, "verdict": "contradiction"},
        {"confidence": 0.9, "status": "dismissed"},
        {"confidence": 0.7, "status": "resolved", "closed_at": world.MONDAY},
        {"confidence": 0.6, "closed_at": world.MONDAY},
    ):
        world.add_conflict(session, brandt.forty, brandt.fifty_five, **fields)
    session.commit()
    found = await pages(client, f"/v1/stories/{brandt.story.id}/conflicts", **params)
    assert [item["confidence"] for item in found] == confidences


async def test_an_editors_verdict_is_recorded_and_seen(
    client: httpx.AsyncClient, session: Session, brandt: World
) -> None:
    path = f"/v1/conflicts/{brandt.conflict.id}"
    judged = await client.patch(path, json={"status": "confirmed", "note": "Both counted."})
    assert judged.status_code == 200
    assert (judged.json()["status"], judged.json()["note"]) == ("confirmed", "Both counted.")
    assert (await client.patch(path, json={"note": None})).json()["status"] == "confirmed"
    assert (await client.get(path)).json()["note"] is None
    resolved = (await client.patch(path, json={"status": "resolved"})).json()
    assert resolved["closed_at"] is not None
    reopened = (await client.patch(path, json={"status": "open"})).json()
    assert (reopened["status"], reopened["closed_at"]) == ("open", None)
    session.expire_all()
    assert session.get_one(Story, brandt.story.id).version == 5


async def test_a_report_whose_evidence_is_gone_cannot_be_reopened(
    client: httpx.AsyncClient, session: Session, brandt: World
) -> None:
    lost = world.add_conflict(session, brandt.forty, closed_at=world.MONDAY, status="resolved")
    session.commit()
    assert (await client.patch(f"/v1/conflicts/{lost.id}", json={"status": "open"})).status_code == 409
    session.expire_all()
    assert session.get_one(Conflict, lost.id).status == "resolved"


async def test_search_finds_the_nearest_claims_with_where_they_stand(
    client: httpx.AsyncClient, brandt: World, encoder: AxisEncoder
) -> None:
    assert encoder.loaded == 0
    answer = await client.get("/v1/claims/search", params={"q": "2 boats lost", "limit": 2})
    first, second = answer.json()["items"]
    assert answer.json()["next_cursor"] is None
    assert (first["id"], first["similarity"]) == (str(brandt.forty.id), 1)
    assert (first["source"], first["story_id"]) == ("Ledger", str(brandt.story.id))
    assert second["similarity"] == 0
    await client.get("/v1/claims/search", params={"q": "4 boats"})
    assert encoder.loaded == 1


async def test_search_finds_as_many_claims_as_are_asked_for(client: httpx.AsyncClient, session: Session) -> None:
    text = " ".join(f"Claim {n}." for n in range(120))
    article = world.add_article(session, text)
    for n in range(120):
        world.add_claim(session, article, f"Claim {n}.", axis=n)
    session.commit()
    items = (await client.get("/v1/claims/search", params={"q": "7", "limit": 100})).json()["items"]
    assert len(items) == 100
    assert items[0]["exact"] == "Claim 7."


async def test_a_search_without_its_model_says_so_and_tries_again(
    client: httpx.AsyncClient, app: FastAPI, encoder: AxisEncoder, logged: list[Any]
) -> None:
    def fail() -> AxisEncoder:
        raise ConfigurationError("There is no model in /secret/models: set CLAIMLINE_MODELS_DIR.")

    app.state.services.load_encoder = fail
    answer = await client.get("/v1/claims/search", params={"q": "2"})
    assert answer.status_code == 503
    assert "/secret" not in answer.text
    assert [entry["error"] for entry in logged if entry["event"] == "request_failed"] == ["ConfigurationError"]
    app.state.services.load_encoder = lambda: encoder
    assert (await client.get("/v1/claims/search", params={"q": "2"})).status_code == 200


async def test_a_match_is_explained_by_its_gates(client: httpx.AsyncClient, session: Session, brandt: World) -> None:
    world.add_pair(session, brandt.forty, brandt.fifty_five)
    world.add_pair(session, brandt.burnt, brandt.fifty_five, nearness=0.6, same=0.02)
    session.commit()
    path = f"/v1/stories/{brandt.story.id}/matches"
    near, far = await pages(client, path, limit=1)
    assert stands_on([near["first"], near["second"]], brandt)
    assert (near["nearness"], far["nearness"]) == (0.9, 0.6)
    (asked,) = [q for q in near["questions"] if q["kind"] == "quantity"]
    assert (asked["is_match"], asked["relation"]) == (True, "contradiction")
    assert {gate["name"] for gate in asked["gates"]} >= {"counted", "factuality", "same_question"}
    failed = {g["name"] for q in far["questions"] for g in q["gates"] if not g["is_passed"]}
    assert "confidence" in failed
    mine = await pages(client, path, claim_id=str(brandt.burnt.id))
    assert [item["nearness"] for item in mine] == [0.6]
    assert len(await pages(client, path, article_id=str(brandt.radio.id))) == 2


async def test_a_report_is_explained_when_asked(client: httpx.AsyncClient, session: Session, brandt: World) -> None:
    world.add_pair(session, brandt.forty, brandt.fifty_five)
    session.commit()
    path = f"/v1/conflicts/{brandt.conflict.id}"
    assert "matches" not in (await client.get(path)).json()
    explained = (await client.get(path, params={"explain": "true"})).json()
    assert [m["questions"][0]["kind"] for m in explained["matches"]] == ["quantity"]


async def test_the_claims_of_an_explained_match_have_selectors(
    client: httpx.AsyncClient, session: Session, brandt: World
) -> None:
    world.add_pair(session, brandt.forty, brandt.fifty_five)
    session.commit()
    [listed] = await pages(client, f"/v1/stories/{brandt.story.id}/matches", selectors="w3c")
    asked = {"explain": "true", "selectors": "w3c"}
    [explained] = (await client.get(f"/v1/conflicts/{brandt.conflict.id}", params=asked)).json()["matches"]
    for match in (listed, explained):
        prefixes = {piece["exact"]: piece["selectors"][1]["prefix"] for piece in (match["first"], match["second"])}
        assert prefixes == {brandt.forty.exact: "🚒 Brandt Quay burnt on Monday.\n\n", brandt.fifty_five.exact: ""}
