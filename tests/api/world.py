"""Rows for the API's tests, written as a worker writes them: offsets are true, facets are those of real values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session

from app.domain import values as v
from app.domain.events import EventType, Happening
from app.domain.matching import Scores
from app.domain.questions import questions
from app.store import deliveries, events, facets, pairs, webhooks
from app.store.articles import Submission, fingerprint
from app.store.candidates import load_known
from app.store.tables import (
    DIMENSIONS,
    Article,
    ArticleSummary,
    ClaimGroup,
    ClaimGroupMember,
    ClaimMatch,
    ClaimRow,
    Conflict,
    Position,
    PositionEvidence,
    Story,
    TimelineEntry,
    TimelineEvidence,
    Webhook,
    WebhookDelivery,
)

LEDGER = "🚒 Brandt Quay burnt on Monday.\n\nAbout 40 boats were lost, harbour master Ida Rehn said."
RADIO = "The fire at Brandt Quay destroyed 55 boats, the insurer said. Nobody was hurt."
MONDAY = datetime(2025, 5, 12, 21, 30, tzinfo=UTC)


def vector(axis: int, lean: float = 0.0) -> list[float]:
    """A unit vector along an axis, leaning towards the one after it."""
    found = [0.0] * DIMENSIONS
    found[axis], found[axis + 1] = (1 - lean**2) ** 0.5, lean
    return found


def add_story(session: Session, title: str = "Fire at Brandt Quay", **fields: Any) -> Story:
    story = Story(title=title, **fields)
    session.add(story)
    session.flush()
    return story


def add_article(session: Session, text: str, **fields: Any) -> Article:
    given = {"status": "analysed", "embedding": vector(0), "source_name": "Ledger"} | fields
    same = fingerprint(Submission(text=text, source_name=given["source_name"], external_id=given.get("external_id")))
    article = Article(text=text, fingerprint=same, **given)
    session.add(article)
    session.flush()
    return article


def add_summary(session: Session, article: Article, exact: str) -> ArticleSummary:
    start = article.text.index(exact)
    span = {"start": start, "end": start + len(exact), "exact": exact}
    summary = ArticleSummary(
        article_id=article.id,
        text=exact,
        method="extractive",
        model="test@1",
        sentences=[{"text": exact, "evidence": [span]}],
    )
    session.add(summary)
    session.flush()
    return summary


def add_claim(session: Session, article: Article, exact: str, *, axis: int = 0, **fields: Any) -> ClaimRow:
    start = article.text.index(exact)
    claim = v.Claim(
        start=start,
        end=start + len(exact),
        exact=exact,
        kind=fields.pop("kind", v.ClaimKind.EVENT),
        factuality=v.Factuality.ASSERTED,
        check_worthiness=0.75,
        **fields,
    )
    row = ClaimRow(
        article_id=article.id,
        story_id=article.story_id,
        start=claim.start,
        end=claim.end,
        exact=exact,
        slot_keys=[],
        facets=facets.to_json(claim),
        embedding=vector(axis),
        question_embedding=vector(axis),
        made_by={"reader": "test@1"},
    )
    session.add(row)
    session.flush()
    return row


def add_group(session: Session, *claims: ClaimRow, sort_key: str = "a") -> ClaimGroup:
    assert claims[0].story_id
    group = ClaimGroup(
        story_id=claims[0].story_id, text=claims[0].exact, sources=len(claims), origins=1, sort_key=sort_key
    )
    session.add(group)
    session.flush()
    session.add_all(ClaimGroupMember(group_id=group.id, claim_id=claim.id) for claim in claims)
    session.flush()
    return group


def add_entry(session: Session, *claims: ClaimRow, day: date = date(2025, 5, 12), **fields: Any) -> TimelineEntry:
    assert claims[0].story_id
    given: dict[str, Any] = {
        "edtf": day.isoformat(),
        "earliest": day,
        "latest": day,
        "sort_at": f"{day.isoformat()}T00:00",
        "precision": "day",
        "basis": "explicit",
        "text": claims[0].exact,
    }
    entry = TimelineEntry(story_id=claims[0].story_id, sources=len(claims), origins=1, **(given | fields))
    session.add(entry)
    session.flush()
    for claim in claims:
        session.add(
            TimelineEvidence(entry_id=entry.id, claim_id=claim.id, start=claim.start, end=claim.end, exact=claim.exact)
        )
    session.flush()
    return entry


def add_match(session: Session, *claims: ClaimRow) -> ClaimMatch:
    """That two claims answer one question differently, each with its first quantity."""
    first, second = sorted(claims, key=lambda claim: claim.id)
    assert first.story_id
    slots = [
        f"{claim.facets['quantities'][0]['start']}:{claim.facets['quantities'][0]['end']}" for claim in (first, second)
    ]
    match = ClaimMatch(
        story_id=first.story_id,
        first_id=first.id,
        second_id=second.id,
        kind="quantity",
        slots="|".join(slots),
        relation="discrepancy",
        confidence=0.9,
    )
    session.add(match)
    session.flush()
    return match


def add_pair(session: Session, *claims: ClaimRow, nearness: float = 0.9, same: float = 0.9) -> None:
    """What models said of two claims, the same of every pair of slots."""
    first, second = load_known(session, [claim.id for claim in claims]).values()
    said = v.QuestionJudgement(same, 0.9)
    marked = {q.slots: said for q in questions(first, second)}
    scores = Scores(similarity=0.7, nearness=nearness, between=0, crowd=0, whole=said, marked=marked)
    assert claims[0].story_id
    pairs.replace_pairs(session, claims[0].story_id, [], [pairs.Scored(first, second, scores)])


def add_conflict(session: Session, *claims: ClaimRow, **fields: Any) -> Conflict:
    """A report with one position for each claim."""
    assert claims[0].story_id
    given: dict[str, Any] = {
        "kind": "quantity",
        "verdict": "discrepancy",
        "question": "How many boats were lost?",
        "explanation": "Ida Rehn puts it at about 40, the insurer at 55.",
        "confidence": 0.9,
        "versions": {"rules": "1"},
    }
    conflict = Conflict(story_id=claims[0].story_id, **(given | fields))
    session.add(conflict)
    session.flush()
    for ordinal, claim in enumerate(claims):
        position = Position(
            conflict_id=conflict.id,
            ordinal=ordinal,
            label=f"answer {ordinal}",
            value={"low": ordinal},
            sources=1,
            origins=1,
            first_seen_at=MONDAY,
        )
        session.add(position)
        session.flush()
        session.add(
            PositionEvidence(
                position_id=position.id,
                claim_id=claim.id,
                start=claim.start,
                end=claim.end,
                exact=claim.exact,
                holder="Ida Rehn" if ordinal == 0 else None,
            )
        )
    session.flush()
    return conflict


@dataclass(frozen=True)
class World:
    """A story of two articles that agree on the fire and differ on the boats."""

    story: Story
    ledger: Article
    radio: Article
    burnt: ClaimRow
    forty: ClaimRow
    fifty_five: ClaimRow
    group: ClaimGroup
    entry: TimelineEntry
    conflict: Conflict
    webhook: Webhook
    delivery: WebhookDelivery


def build(session: Session) -> World:
    story = add_story(session)
    ledger = add_article(
        session, LEDGER, story_id=story.id, title="Quay burns", published_at=MONDAY, source_domain="ledger.example"
    )
    radio = add_article(session, RADIO, story_id=story.id, source_name="Radio", embedding=vector(0, lean=0.4))
    add_summary(session, ledger, "Brandt Quay burnt on Monday.")
    at = LEDGER.index("on Monday")
    times = (
        v.TimeRef(
            at,
            at + 9,
            "on Monday",
            edtf="2025-05-12",
            earliest=date(2025, 5, 12),
            latest=date(2025, 5, 12),
            basis=v.Basis.RELATIVE_TO_PUBLICATION,
        ),
    )
    burnt = add_claim(session, ledger, "Brandt Quay burnt on Monday.", times=times)
    at = LEDGER.index("40")
    quantities = (v.Quantity(at, at + 2, "40", 40, 40, v.Qualifier.ABOUT, counted="boat", role="lost"),)
    at = LEDGER.index("Ida Rehn")
    holder = v.Holder("Ida Rehn", "harbour master", "said", at, at + 8)
    said = "About 40 boats were lost, harbour master Ida Rehn said."
    forty = add_claim(session, ledger, said, axis=2, quantities=quantities, holder=holder, kind=v.ClaimKind.QUANTITY)
    at = RADIO.index("55")
    quantities = (v.Quantity(at, at + 2, "55", 55, 55, v.Qualifier.EXACT, counted="boat", role="destroyed"),)
    insured = "The fire at Brandt Quay destroyed 55 boats, the insurer said."
    fifty_five = add_claim(session, radio, insured, axis=4, quantities=quantities, kind=v.ClaimKind.QUANTITY)
    add_match(session, forty, fifty_five)
    happened = Happening(EventType.ARTICLE_ANALYSED, story.id, {"article_id": str(ledger.id)})
    events.record(session, story.workspace_id, [happened], now=MONDAY)
    webhook = webhooks.add_webhook(session, url="https://desk.example/hook", types=[], description=None, now=MONDAY)
    return World(
        story,
        ledger,
        radio,
        burnt,
        forty,
        fifty_five,
        group=add_group(session, burnt),
        entry=add_entry(session, burnt, forty),
        conflict=add_conflict(session, forty, fifty_five),
        webhook=webhook,
        delivery=deliveries.ping(session, webhook.id, now=MONDAY),
    )
