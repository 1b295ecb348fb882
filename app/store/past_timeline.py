"""The timeline as it stood at a moment, of one story or across all; see ``app.store.history``.

A story whose articles were all known by then has today's entries; the others, those that were being told at the
moment, are composed anew. So the cost follows the stories that were alive then, not the size of the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from app.domain import composition
from app.domain.grouping import keep_ids
from app.domain.questions import STATEMENT
from app.domain.timeline import Entry
from app.domain.values import ConflictKind
from app.store import derived, timeline
from app.store.candidates import load_known
from app.store.claims import quotes
from app.store.history import conflicts_then, known_at, matches_then, stable_id
from app.store.tables import Article, ClaimGroup, ClaimGroupMember, ClaimRow
from app.store.timeline import EntryKey, EntryRead, Window


def list_entries(
    session: Session, window: Window, *, as_of: datetime, after: EntryKey | None, limit: int
) -> Sequence[EntryRead]:
    """In time order, as ``timeline.list_entries`` lists those of today."""
    whole, partial = _stories_then(session, window.story_id, as_of=as_of)
    found = list(timeline.list_entries(session, window, only=whole, after=after, limit=limit))
    found += [x for story_id in partial for x in _entries_then(session, story_id, as_of=as_of) if window.admits(x.row)]
    page = sorted((x for x in found if after is None or x.key > after), key=lambda x: x.key)[:limit]
    return _linked(session, page, as_of=as_of)


def _stories_then(session: Session, story_id: UUID | None, *, as_of: datetime) -> tuple[list[UUID], list[UUID]]:
    """The stories that were wholly told by then, and those that were told in part."""
    first, last = func.min(known_at()), func.max(known_at())
    query = sqlalchemy.select(col(Article.story_id), last <= as_of).where(col(Article.story_id).is_not(None))
    if story_id is not None:
        query = query.where(col(Article.story_id) == story_id)
    rows = session.execute(query.group_by(col(Article.story_id)).having(first <= as_of).order_by(col(Article.story_id)))
    stories: dict[bool, list[UUID]] = {True: [], False: []}
    for found, is_whole in rows:
        stories[is_whole].append(found)
    return stories[True], stories[False]


def _entries_then(session: Session, story_id: UUID, *, as_of: datetime) -> list[EntryRead]:
    dated = session.exec(
        select(ClaimRow.id)
        .join(ClaimGroupMember, col(ClaimGroupMember.claim_id) == ClaimRow.id)  # consolidated, so shown today as well
        .join(ClaimGroup, col(ClaimGroup.id) == ClaimGroupMember.group_id)
        .join(Article, col(Article.id) == ClaimRow.article_id)
        .where(ClaimGroup.story_id == story_id, known_at() <= as_of, ClaimRow.facets["times"] != [])
    ).all()
    known = load_known(session, dated)
    kinds = (STATEMENT, ConflictKind.DATE)
    matches = [
        m
        for m in matches_then(session, story_id, kinds=kinds, as_of=as_of)
        if m.first_id in known and m.second_id in known
    ]
    made = composition.entries(known, matches)
    today = derived.entry_evidence(session, set(known))
    kept = keep_ids(today, [derived.entry_members(entry) for entry in made])
    evidence = quotes(session, known)
    found = []
    for entry, entry_id in zip(made, kept, strict=True):
        claims = {d.known.id for d in entry.datings}
        row = derived.entry_row(story_id, entry_id or _own_id(entry), entry)
        found.append(timeline.read(row, [x for x in evidence if str(x.claim_id) in claims]))
    return found


def _own_id(entry: Entry) -> UUID:
    return stable_id(min(d.known.id for d in entry.datings if d.time.edtf == entry.edtf), entry.edtf)


def _linked(session: Session, page: Sequence[EntryRead], *, as_of: datetime) -> list[EntryRead]:
    """With the reports that were open then on the same claims."""
    reports: dict[UUID, list[UUID]] = defaultdict(list)
    for story_id in sorted({x.row.story_id for x in page}):
        for report in conflicts_then(session, story_id, as_of=as_of):
            if report.row.status in ("open", "confirmed"):
                for claim_id in report.claim_ids:
                    reports[claim_id].append(report.row.id)
    return [
        replace(x, conflict_ids=sorted({r for quote in x.evidence if quote.claim_id for r in reports[quote.claim_id]}))
        for x in page
    ]
