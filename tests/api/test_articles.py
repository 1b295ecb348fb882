"""Articles over HTTP: taken once, read back, moved, withdrawn."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from sqlmodel import Session, col, select

from app.store.tables import Article, ClaimRow, Conflict, TimelineEvidence
from tests.api import world
from tests.api.world import LEDGER, World

pytestmark = pytest.mark.anyio


async def test_an_article_is_stored_and_queued_in_one_go(
    client: httpx.AsyncClient, queued: Callable[[], list[str]]
) -> None:
    body = {
        "text": " Text as it is:\r\n\ttabs, emoji 🚒 and e\u0301.\n",
        "title": "Title",
        "source": {"name": "Ledger", "domain": "ledger.example"},
        "published_at": "2025-05-12T23:30:00+02:00",
        "language": "en",
        "external_id": "x-1",
        "metadata": {"desk": ["a", 1, None, {"b": True}]},
    }
    answer = await client.post("/v1/articles", json=body)
    got = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/articles/{got['id']}"
    assert queued() == [got["id"]]
    assert got["status"] == "queued"
    assert got["published_at"] == "2025-05-12T21:30:00Z"
    assert {key: got[key] for key in ("title", "source", "language", "external_id", "metadata")} == {
        key: body[key] for key in ("title", "source", "language", "external_id", "metadata")
    }
    text = await client.get(answer.headers["location"] + "/text")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert text.text == body["text"]


async def test_the_same_article_is_taken_once(client: httpx.AsyncClient, queued: Callable[[], list[str]]) -> None:
    first = await client.post("/v1/articles", json={"text": "One two.", "source": {"name": "Ledger"}})
    same = await client.post("/v1/articles", json={"text": " One\n two. ", "source": {"name": "LEDGER"}, "title": "T"})
    assert (first.status_code, same.status_code) == (202, 200)
    assert same.json() == first.json()
    assert same.headers["location"] == first.headers["location"]
    assert len(queued()) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"text": "One two.", "source": {"name": "Radio"}},
        {"text": "One two.", "source": {"name": "Ledger", "domain": "ledger.example"}},
        {"text": "One two.", "source": {"name": "Ledger"}, "external_id": "2"},
        {"text": "One two!", "source": {"name": "Ledger"}},
        {"text": "One two."},
    ],
)
async def test_another_source_id_or_wording_is_another_article(
    client: httpx.AsyncClient, other: dict[str, object]
) -> None:
    first = await client.post("/v1/articles", json={"text": "One two.", "source": {"name": "Ledger"}})
    second = await client.post("/v1/articles", json=other)
    assert second.status_code == 202
    assert second.json()["id"] != first.json()["id"]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2025-05-12", "2025-05-12T00:00:00Z"),
        ("2025-05-12T10:00", "2025-05-12T10:00:00Z"),
        ("2025-05-12T10:00:00.123456789-01:00", "2025-05-12T11:00:00.123456Z"),
        ("1605-01-01t00:00:00z", "1605-01-01T00:00:00Z"),
    ],
)
async def test_dates_are_stored_in_utc(client: httpx.AsyncClient, given: str, stored: str) -> None:
    answer = await client.post("/v1/articles", json={"text": "One.", "published_at": given})
    assert answer.json()["published_at"] == stored


async def test_a_blank_title_is_no_title(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/articles", json={"text": "One.", "title": "  "})
    assert answer.json()["title"] is None


async def test_the_longest_text_in_its_longest_form_is_taken(client: httpx.AsyncClient) -> None:
    escaped = '{"text": "a' + "\\ud83d\\ude92" * 199_999 + '"}'
    answer = await client.post("/v1/articles", content=escaped, headers={"content-type": "application/json"})
    assert answer.status_code == 202


async def test_naming_the_story_files_and_pins_the_article(
    client: httpx.AsyncClient, session: Session, brandt: World
) -> None:
    answer = await client.post("/v1/articles", json={"text": "One.", "story_id": str(brandt.story.id)})
    stored = session.exec(select(Article).where(Article.id == answer.json()["id"])).one()
    assert (stored.story_id, stored.is_story_pinned) == (brandt.story.id, True)


async def test_an_article_for_a_merged_story_goes_to_its_heir(
    client: httpx.AsyncClient, session: Session, brandt: World
) -> None:
    gone = world.add_story(session, merged_into=brandt.story.id)
    session.commit()
    answer = await client.post("/v1/articles", json={"text": "One.", "story_id": str(gone.id)})
    assert answer.json()["story_id"] == str(brandt.story.id)


async def test_an_analysed_article_has_its_summary_and_claims(client: httpx.AsyncClient, brandt: World) -> None:
    got = (await client.get(f"/v1/articles/{brandt.ledger.id}")).json()
    assert got["status"] == "analysed"
    assert got["summary"]["method"] == "extractive"
    [sentence] = got["summary"]["sentences"]
    [evidence] = sentence["evidence"]
    assert set(evidence) == {"article_id", "claim_id", "start", "end", "exact"}
    first, second = got["claims"]
    for piece in (evidence, first, second, *first["times"], *second["quantities"]):
        assert LEDGER[piece["start"] : piece["end"]] == piece["exact"]
    assert first["times"][0]["edtf"] == "2025-05-12"
    assert second["holder"] | {"start": 0, "end": 0} == {
        "name": "Ida Rehn",
        "role": "harbour master",
        "cue": "said",
        "start": 0,
        "end": 0,
    }
    assert second["quantities"][0] | {"start": 0, "end": 0} == {
        "start": 0,
        "end": 0,
        "exact": "40",
        "low": 40,
        "high": 40,
        "qualifier": "about",
        "unit": None,
        "counted": "boat",
        "role": "lost",
        "base": None,
    }
    assert not {"frame", "context", "embedding"} & set(first)


async def test_selectors_quote_what_stands_around_the_evidence(client: httpx.AsyncClient, brandt: World) -> None:
    got = (await client.get(f"/v1/articles/{brandt.ledger.id}", params={"selectors": "w3c"})).json()
    [evidence] = got["summary"]["sentences"][0]["evidence"]
    start, end = evidence["start"], evidence["end"]
    assert evidence["selectors"] == [
        {"type": "TextPositionSelector", "start": start, "end": end},
        {
            "type": "TextQuoteSelector",
            "exact": evidence["exact"],
            "prefix": LEDGER[:start],
            "suffix": LEDGER[end : end + 32],
        },
    ]


async def test_a_listing_filters_and_pages_newest_first(client: httpx.AsyncClient, session: Session) -> None:
    story = world.add_story(session)
    for n in range(7):
        world.add_article(
            session,
            f"Text {n}.",
            source_name="Radio" if n % 2 else "Ledger",
            source_domain="radio.example" if n % 2 else None,
            story_id=story.id if n > 3 else None,
            status="failed" if n == 6 else "analysed",
            published_at=world.MONDAY.replace(day=n + 1),
        )
    session.commit()

    async def titles(**params: object) -> list[int]:
        """Days of publication over all pages of two."""
        found: list[int] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await client.get("/v1/articles", params={"limit": 2, **params, **cursor})).json()
            found += [int(item["published_at"][8:10]) for item in page["items"]]
            if page["next_cursor"] is None:
                return found
            assert len(page["items"]) == 2
            cursor = {"cursor": page["next_cursor"]}

    assert await titles() == [7, 6, 5, 4, 3, 2, 1]
    assert await titles(source="Radio") == await titles(source="radio.example") == [6, 4, 2]
    assert await titles(status="failed") == [7]
    assert await titles(story_id=str(story.id)) == [7, 6, 5]
    assert await titles(published_from="2025-05-03", published_to="2025-05-05") == [5, 4, 3]
    assert await titles(published_to="2025-05-05T21:30:00Z", published_from="2025-05-05T21:30:00Z") == [5]
    assert await titles(source="nobody") == []


async def test_moving_an_article_takes_its_claims_along_and_queues_it(
    client: httpx.AsyncClient, session: Session, brandt: World, queued: Callable[[], list[str]]
) -> None:
    target = world.add_story(session, "Another")
    session.commit()
    answer = await client.patch(f"/v1/articles/{brandt.radio.id}", json={"story_id": str(target.id)})
    assert answer.status_code == 200
    assert (answer.json()["story_id"], answer.json()["status"]) == (str(target.id), "queued")
    assert queued() == [str(brandt.radio.id)]
    session.expire_all()
    assert session.get_one(Article, brandt.radio.id).is_story_pinned
    assert session.get_one(Conflict, brandt.conflict.id).closed_at is not None


async def test_moving_to_null_begins_a_story_of_its_own(client: httpx.AsyncClient, brandt: World) -> None:
    moved = (await client.patch(f"/v1/articles/{brandt.ledger.id}", json={"story_id": None})).json()
    assert moved["story_id"] not in (None, str(brandt.story.id))
    story = (await client.get(f"/v1/stories/{moved['story_id']}")).json()
    assert story["title"] == "Quay burns"


async def test_withdrawing_an_article_withdraws_what_it_brought(
    client: httpx.AsyncClient, session: Session, brandt: World
) -> None:
    before = (await client.get(f"/v1/stories/{brandt.story.id}")).json()
    assert (await client.delete(f"/v1/articles/{brandt.ledger.id}")).status_code == 204
    after = (await client.get(f"/v1/stories/{brandt.story.id}")).json()
    assert (before["article_count"], after["article_count"]) == (2, 1)
    assert after["version"] > before["version"]
    assert after["open_conflicts"] == 0
    assert session.exec(select(ClaimRow).where(ClaimRow.article_id == brandt.ledger.id)).all() == []
    assert session.exec(select(TimelineEvidence).where(col(TimelineEvidence.claim_id) == brandt.burnt.id)).all() == []
    report = await client.get(f"/v1/conflicts/{brandt.conflict.id}")
    assert [position["label"] for position in report.json()["positions"]] == ["answer 1"]
    assert "Rehn" not in report.text
    for path in ("", "/text"):
        assert (await client.get(f"/v1/articles/{brandt.ledger.id}{path}")).status_code == 404
    assert (await client.delete(f"/v1/articles/{brandt.ledger.id}")).status_code == 404
    again = await client.post("/v1/articles", json={"text": LEDGER, "source": {"name": "Ledger"}})
    assert again.status_code == 202
