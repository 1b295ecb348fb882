"""Conflict reports as schema.org JSON-LD and as an Atom feed."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from rdflib import RDF, SDO, Graph
from sqlmodel import Session

from tests.api import world
from tests.api.world import World

pytestmark = pytest.mark.anyio

ATOM = "{http://www.w3.org/2005/Atom}"
# What schema.org lets each type have (own properties and those of its parents), and what each may be.
VOCABULARY: dict[str, dict[str, tuple[str, ...]]] = {
    "Claim": {"text": ("Text",), "appearance": ("NewsArticle",), "creditText": ("Text",)},
    "NewsArticle": {"publisher": ("Organization",), "datePublished": ("Text",)},
    "Organization": {"name": ("Text",)},
    "Rating": {"alternateName": ("Text",), "ratingExplanation": ("Text",)},
    "ClaimReview": {
        "claimReviewed": ("Text",),
        "itemReviewed": ("Claim",),
        "name": ("Text",),
        "reviewRating": ("Rating",),
        "reviewBody": ("Text",),
    },
}


def assert_valid(node: dict[str, Any], types: dict[str, str]) -> None:
    for name, value in node.items():
        if name[0] != "@":
            kind = "Text" if isinstance(value, str) else value.get("@type") or types[value["@id"]]
            assert kind in VOCABULARY[node["@type"]][name]
            if isinstance(value, dict) and "@type" in value:
                assert_valid(value, types)


def assert_terms_of_schema_org(document: dict[str, Any]) -> None:
    """As a JSON-LD processor reads it: every property and type is one of the vocabulary, and no reference is loose."""
    assert document["@context"] == "https://schema.org"
    offline = document | {"@context": {"@vocab": str(SDO)}}  # what the remote one amounts to for these terms
    graph = Graph().parse(data=json.dumps(offline), format="json-ld")
    types = set(graph.objects(predicate=RDF.type))
    assert types
    assert all(term in SDO for term in types | set(graph.predicates()) - {RDF.type})
    assert all(graph.value(item, SDO.text) for item in graph.objects(predicate=SDO.itemReviewed))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # by rdflib itself, in its parser
@pytest.mark.parametrize(
    ("status", "said"),
    [(None, None), ("confirmed", "The accounts differ"), ("dismissed", "The accounts do not differ")],
)
async def test_claims_are_reviewed_only_after_an_editors_verdict(
    client: httpx.AsyncClient, brandt: World, status: str | None, said: str | None
) -> None:
    path = f"/v1/conflicts/{brandt.conflict.id}"
    if status:
        await client.patch(path, json={"status": status, "note": "Asked </script>."})
    answer = await client.get(path, params={"format": "jsonld"})
    assert answer.headers["content-type"] == "application/ld+json"
    assert_terms_of_schema_org(answer.json())
    graph = answer.json()["@graph"]
    claims = [node for node in graph if node["@type"] == "Claim"]
    reviews = [node for node in graph if node["@type"] == "ClaimReview"]
    assert {claim["text"] for claim in claims} == {brandt.forty.exact, brandt.fifty_five.exact}
    assert [review["reviewRating"]["alternateName"] for review in reviews] == ([said] * 2 if said else [])
    for node in graph:
        assert_valid(node, {claim["@id"]: "Claim" for claim in claims})


async def test_the_feed_has_the_reports_that_stand_newest_first_and_hostile_text_as_text(
    client: httpx.AsyncClient, session: Session, brandt: World
) -> None:
    hostile = "]]></summary><entry/> & \x07 \ufffe?"
    world.add_conflict(session, brandt.forty, brandt.fifty_five, question=hostile, verdict="update")
    world.add_conflict(session, brandt.forty, brandt.fifty_five, status="dismissed")
    world.add_conflict(session, brandt.forty, brandt.fifty_five, closed_at=world.MONDAY)
    session.commit()
    answer = await client.get("/v1/conflicts.atom")
    assert answer.headers["content-type"].partition(";")[0] == "application/atom+xml"
    feed = ET.fromstring(answer.content)
    own = feed.find(f"{ATOM}link[@rel='self']")
    assert own is not None
    assert own.attrib["href"] == str(answer.url)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "]]></summary><entry/> & \ufffd \ufffd?",
        "How many boats were lost?",
    ]
    for entry in entries:
        for needed in ("id", "title", "updated", "summary"):
            assert entry.findtext(f"{ATOM}{needed}")
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert (await client.get(link.attrib["href"])).status_code == 200
    chosen = await client.get("/v1/conflicts.atom?verdict=update")
    assert len(ET.fromstring(chosen.content).findall(f"{ATOM}entry")) == 1
    nothing = ET.fromstring((await client.get("/v1/conflicts.atom?verdict=contradiction")).content)
    assert nothing.findtext(f"{ATOM}updated")
