"""A story's conflicts, claim groups and timeline, rebuilt for the claims that were touched and for nothing else.

Everything here is derived from ``claim_match`` rows by pure functions. A rebuild finds the connected components that
the touched claims belong to, composes them anew and writes them over the old rows, so that ids and editors' verdicts
live on. Callers hold one transaction; ``lock_story`` serialises writers of one story.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from app.domain import composition, matching
from app.domain.conflict import Report
from app.domain.errors import ConflictingStateError, NotFoundError
from app.domain.events import EventType, Happening, story_updated
from app.domain.grouping import keep_ids
from app.domain.values import ConflictKind, Known
from app.store import derived, events, idempotency
from app.store.candidates import load_known
from app.store.changes import Shown, happenings, shown
from app.store.tables import Article, ClaimGroup, ClaimMatch, ClaimPair, ClaimRow, Conflict, Story, TimelineEntry

MOST_CLAIMS = 5_000  # a rebuild's bound: past it a component is cut, nearest claims first


def lock_story(session: Session, story_id: UUID) -> Story:
    """The story's row as it is now, locked until the transaction ends; follows merges to the heir.

    The lock lets articles that name the story be inserted meanwhile: their foreign key takes a key-share lock.
    Raises NotFoundError.
    """
    query = select(Story).where(Story.id == story_id).with_for_update(key_share=True)
    story = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if story is None:
        raise NotFoundError(what="story", id=str(story_id))
    return lock_story(session, story.merged_into) if story.merged_into else story


def _lock_stories(session: Session, story_ids: Iterable[UUID]) -> dict[UUID, Story]:
    """Each story or its heir, locked in one order: two writers of the same stories wait for each other, and neither
    for ever."""
    return {each: lock_story(session, each) for each in sorted(story_ids)}


def _lock_article(session: Session, article_id: UUID) -> Article:
    """The article's row as it is now: what was read before the wait for the lock may be an analysis ago, or the article
    gone (NotFoundError)."""
    query = select(Article).where(Article.id == article_id).with_for_update()
    article = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if article is None:
        raise NotFoundError(what="article", id=str(article_id))
    return article


def consolidate(
    session: Session,
    *,
    story: Story,
    touched: Iterable[UUID],
    versions: dict[str, str],
    now: datetime,
    earlier: Shown | None = None,
) -> None:
    """Rebuild what the touched claims take part in, and what stood on claims that are gone; bump the story's version
    and record what has changed for readers.

    ``story`` must be locked. ``earlier`` is what they were shown before the caller took claims away. Same matches and
    claims, same outcome, whatever the order of calls.
    """
    matches = _closure(session, story.id, set(touched))
    ids = set(touched) | {x for m in matches for x in (m.first_id, m.second_id)}
    known = load_known(session, ids)
    matches = [m for m in matches if m.first_id in known and m.second_id in known]
    before = shown(session, known).with_earlier(earlier or Shown())
    _rebuild_conflicts(session, story.id, known, matches, versions=versions, now=now)
    derived.write_groups(session, story.id, set(known), composition.groups(known, matches))
    derived.write_timeline(session, story.id, set(known), composition.entries(known, matches))
    story.version += 1
    story.updated_at = now
    session.add(story)
    after = shown(session, known, conflict_ids=before.conflicts, entry_ids=before.entries)
    events.record(session, story.workspace_id, happenings(story, before, after), now=now)


def _closure(session: Session, story_id: UUID, start: set[UUID]) -> list[ClaimMatch]:
    """All matches of the components that the start claims belong to, in a fixed order."""
    found: dict[UUID, ClaimMatch] = {}
    seen: set[UUID] = set()
    frontier = set(start)
    while frontier and len(seen) < MOST_CLAIMS:
        seen |= frontier
        rows = session.exec(
            select(ClaimMatch).where(
                ClaimMatch.story_id == story_id,
                or_(col(ClaimMatch.first_id).in_(frontier), col(ClaimMatch.second_id).in_(frontier)),
            )
        ).all()
        found |= {row.id: row for row in rows}
        frontier = {x for row in rows for x in (row.first_id, row.second_id)} - seen
    return sorted(found.values(), key=lambda m: (m.first_id, m.second_id, m.kind, m.slots))


def _rebuild_conflicts(
    session: Session,
    story_id: UUID,
    known: dict[UUID, Known],
    matches: list[ClaimMatch],
    *,
    versions: dict[str, str],
    now: datetime,
) -> None:
    reports = composition.reports(known, matches)
    old = derived.conflict_evidence(session, story_id, set(known))
    for kind in ConflictKind:
        mine = [r for r in reports if r.kind == kind]
        had = {c.id: evidence for c, evidence in old if c.kind == kind}
        kept = keep_ids(had, [composition.claims_of(r) for r in mine])
        for made, conflict_id in zip(mine, kept, strict=True):
            made_by = derived.versions_of(old, made) | versions
            row = derived.write_conflict(session, story_id, made, conflict_id=conflict_id, versions=made_by, now=now)
            judged = [c for c, evidence in old if c.kind == kind and _is_judged_on(c, evidence, made)]
            if conflict_id is None and judged:
                derived.inherit_verdict(session, row, judged[0])
        derived.close_conflicts(session, set(had) - set(kept), now=now)


def _is_judged_on(row: Conflict, evidence: frozenset[str], made: Report) -> bool:
    """Whether an editor has judged all that the new report stands on: it is never opened again by the same evidence."""
    return row.status != "open" and composition.claims_of(made) <= evidence


def neighbours(session: Session, article_id: UUID) -> set[UUID]:
    """Claims of other articles that share a match with a claim of this one: what its going would touch."""
    mine = select(ClaimRow.id).where(ClaimRow.article_id == article_id)
    rows = session.exec(
        select(ClaimMatch).where(or_(col(ClaimMatch.first_id).in_(mine), col(ClaimMatch.second_id).in_(mine)))
    ).all()
    own = set(session.exec(mine).all())
    return {x for row in rows for x in (row.first_id, row.second_id)} - own


def detach_article(session: Session, article: Article, *, versions: dict[str, str], now: datetime) -> None:
    """Take an article's claims out of its story: matches, conflicts, groups and timeline are rebuilt without them."""
    if article.story_id is None:
        return
    story = lock_story(session, article.story_id)
    touched = neighbours(session, article.id)
    mine = select(ClaimRow.id).where(ClaimRow.article_id == article.id)
    for table in (ClaimMatch, ClaimPair):
        session.exec(delete(table).where(or_(col(table.first_id).in_(mine), col(table.second_id).in_(mine))))
    claim_ids = session.exec(mine).all()
    earlier = shown(session, claim_ids)
    derived.forget_claims(session, claim_ids)
    for claim in session.exec(select(ClaimRow).where(ClaimRow.article_id == article.id)).all():
        claim.story_id = None
        session.add(claim)
    article.story_id = None
    session.add(article)
    session.flush()
    consolidate(session, story=story, touched=touched, versions=versions, now=now, earlier=earlier)


def withdraw_article(session: Session, article_id: UUID, *, now: datetime) -> None:
    """Delete an article with all it brought; what other articles say stays. Raises NotFoundError."""
    article = _lock_article(session, article_id)
    story_id = article.story_id
    idempotency.forget_article(session, article_id)
    detach_article(session, article, versions={"rules": matching.RULES}, now=now)
    session.delete(article)
    withdrawn = Happening(EventType.ARTICLE_WITHDRAWN, story_id, {"article_id": str(article_id)})
    events.record(session, article.workspace_id, [withdrawn], now=now)


def move_article(session: Session, article_id: UUID, story_id: UUID, *, now: datetime) -> None:
    """An editor files an article under a story; it must be analysed again to meet that story's claims. Raises
    NotFoundError."""
    article = _lock_article(session, article_id)
    heir = _lock_stories(session, {story_id, article.story_id or story_id})[story_id]
    if article.story_id != heir.id:
        detach_article(session, article, versions={"rules": matching.RULES}, now=now)
    article.story_id, article.is_story_pinned, article.status = heir.id, True, "queued"
    heir.version += 1
    heir.updated_at = now
    session.add_all((article, heir))
    changed = story_updated(heir.id, version=heir.version, is_timeline_changed=False)
    events.record(session, heir.workspace_id, [changed], now=now)


def merge_stories(session: Session, story_id: UUID, into: UUID, *, now: datetime) -> list[UUID]:
    """Move every article of one story into another; returns their ids, each to be analysed again.

    What was derived within the story goes along as it is, with its ids and the editors' verdicts: the articles' claims
    have only to meet those of the heir. Raises ConflictingStateError when another merge came first, NotFoundError.
    """
    mine = select(Article.id).where(Article.story_id == story_id).order_by(col(Article.created_at), col(Article.id))
    session.exec(
        mine.with_for_update()
    ).all()  # before the stories, as analysis does it: the other order could deadlock
    locked = _lock_stories(session, (story_id, into))
    story, heir = locked[story_id], locked[into]
    if story.id != story_id:
        raise ConflictingStateError(f"The story was merged already, into {story.id}.")
    if heir is story:
        raise ConflictingStateError("The other story was merged already, into this one.")
    moved = session.exec(mine).all()
    for table in (ClaimRow, ClaimMatch, ClaimPair, ClaimGroup, Conflict, TimelineEntry):
        session.exec(update(table).where(col(table.story_id) == story_id).values(story_id=heir.id))
    is_mine = col(Article.id).in_(moved)
    session.exec(update(Article).where(is_mine).values(story_id=heir.id, is_story_pinned=True, status="queued"))
    story.merged_into = heir.id
    for each in (story, heir):
        each.version, each.updated_at = each.version + 1, now
        session.add(each)
    merged = Happening(EventType.STORY_MERGED, story.id, {"version": story.version, "merged_into": str(heir.id)})
    changed = story_updated(heir.id, version=heir.version, is_timeline_changed=True)
    events.record(session, heir.workspace_id, [merged, changed], now=now)
    return list(moved)
