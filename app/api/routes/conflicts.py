"""Conflict reports, and the editor's verdict on them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID, uuid5

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.responses import JSONResponse

from app.api import assembly, examples
from app.api.deps import (
    AsOf,
    ConflictId,
    CurrentStory,
    JsonBody,
    Now,
    PagingDep,
    ReadingSession,
    WantsSelectors,
    WorkspaceId,
    WritingSession,
)
from app.api.examples import link, ok
from app.api.formats import feed, linked
from app.api.problems import CURSOR, INVALID, MALFORMED, MEDIA, NOT_FOUND, STATE, STORY_RESPONSES, TOO_LARGE, responses
from app.api.schemas.common import Page
from app.api.schemas.stories import ConflictOut, ConflictPatch, ConflictStatus, PairOut, Verdict
from app.domain.errors import InvalidInputError
from app.domain.values import ConflictKind
from app.store import conflicts, history, pairs

router = APIRouter(prefix="/v1", tags=["conflicts"])

_REPORT = ok("The report.", examples.CONFLICT)
_REPORT["content"][linked.MEDIA_TYPE] = {
    "schema": {"type": "object"},
    "example": {"@context": "https://schema.org", "@graph": [{"@type": "Claim", "text": examples.CLAIM}]},
}
_TO_REPORT = link("getConflict", "A report of the page.", conflict_id="/items/0/id") | link(
    "judgeConflict", "The editor's verdict on it.", conflict_id="/items/0/id"
)
_ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>New conflict reports</title></feed>'


@router.get(
    "/conflicts.atom",
    operation_id="getConflictFeed",
    summary="Follow new conflict reports",
    response_class=Response,
    responses={
        200: {
            "description": "Newest first.",
            "content": {feed.MEDIA_TYPE: {"schema": {"type": "string"}, "example": _ATOM}},
        },
        **responses(INVALID),
    },
)
def get_conflict_feed(
    *,
    request: Request,
    session: ReadingSession,
    workspace_id: WorkspaceId,
    now: Now,
    verdict: Annotated[Verdict | None, Query()] = None,
    min_confidence: Annotated[float, Query(ge=0, le=1, allow_inf_nan=False)] = 0.0,
) -> Response:
    """An Atom feed of the 50 newest reports of all stories that are neither closed nor dismissed."""
    found = conflicts.newest(session, verdict=verdict, min_confidence=min_confidence, limit=50)
    reports = [assembly.conflict_out(row) for row in found]
    feed_id = uuid5(workspace_id, f"{verdict} {min_confidence}")  # another selection is another feed
    written = feed.conflicts_atom(reports, feed_id=feed_id, address=str(request.url), now=now)
    return Response(written, media_type=feed.MEDIA_TYPE)


@router.get(
    "/stories/{story_id}/conflicts",
    operation_id="listStoryConflicts",
    summary="List a story's conflict reports",
    responses={
        200: ok("Most certain first.", examples.CONFLICT_PAGE, links=_TO_REPORT),
        **STORY_RESPONSES,
        **responses(NOT_FOUND, INVALID, CURSOR),
    },
)
def list_story_conflicts(
    *,
    story: CurrentStory,
    session: ReadingSession,
    paging: PagingDep,
    wants_selectors: WantsSelectors,
    kind: Annotated[ConflictKind | None, Query()] = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    status: Annotated[ConflictStatus | None, Query()] = None,
    min_confidence: Annotated[float, Query(ge=0, le=1, allow_inf_nan=False)] = 0.0,
    include_closed: Annotated[
        bool, Query(description="Also reports that are closed. `status=resolved` implies it.")
    ] = False,
    as_of: AsOf = None,
) -> Page[ConflictOut]:
    """The questions that the story's articles answer differently, one report each, with every answer in it.

    A report is closed (`closed_at`) when an editor resolves it or its evidence is withdrawn; closed reports are left
    out unless they are asked for.

    With `as_of`, each report is the one that could be made of the articles known then: its verdict, positions, counts
    and words are of that time, and so are `status` and `note`. Withdrawn articles are gone from the past as well.
    """
    filters = conflicts.Filters(kind, verdict, status, min_confidence, include_closed)
    after = paging.after(float, str, UUID)
    if as_of is None:
        rows = conflicts.list_conflicts(session, story.id, filters, after=after, limit=paging.rows)
    else:
        rows = history.list_conflicts(session, story.id, filters, as_of=as_of, after=after, limit=paging.rows)
    items = [assembly.conflict_out(row) for row in rows[: paging.limit]]
    if wants_selectors:
        assembly.add_selectors(session, assembly.evidence_of_conflicts(items))
    return paging.page(rows, key=lambda row: row.key, items=items)


@router.get(
    "/stories/{story_id}/matches",
    operation_id="listStoryMatches",
    summary="Explain a story's matches and silences",
    responses={
        200: ok("Nearest first.", examples.MATCH_PAGE),
        **STORY_RESPONSES,
        **responses(NOT_FOUND, INVALID, CURSOR),
    },
)
def list_story_matches(
    *,
    story: CurrentStory,
    session: ReadingSession,
    paging: PagingDep,
    wants_selectors: WantsSelectors,
    claim_id: Annotated[UUID | None, Query(description="Only pairs with this claim.")] = None,
    article_id: Annotated[UUID | None, Query(description="Only pairs with a claim of this article.")] = None,
) -> Page[PairOut]:
    """Every pair of claims of different articles that the models have read together, with each question that both may
    answer and each test it passed or failed: why a report is there, or is not.

    A pair that is not listed was never read: the two claims are not among each other's nearest in the story.
    """
    rows = pairs.list_pairs(
        session,
        story.id,
        claim_id=claim_id,
        article_id=article_id,
        after=paging.after(float, UUID, UUID),
        limit=paging.rows,
    )
    items = [assembly.pair_out(row) for row in rows[: paging.limit]]
    if wants_selectors:
        assembly.add_selectors(session, assembly.evidence_of_pairs(items))
    return paging.page(rows, key=lambda row: row.key, items=items)


@router.get(
    "/conflicts/{conflict_id}",
    operation_id="getConflict",
    summary="Read a conflict report",
    response_model=ConflictOut,
    responses={200: _REPORT, **responses(NOT_FOUND, INVALID)},
)
def get_conflict(
    *,
    conflict_id: ConflictId,
    session: ReadingSession,
    wants_selectors: WantsSelectors,
    as_of: AsOf = None,
    explain: Annotated[bool, Query(description="Also every test that the report's claims passed or failed.")] = False,
    format: Annotated[
        Literal["jsonld"] | None,
        Query(description="schema.org: each `Claim`, and a `ClaimReview` of it once an editor judged the report."),
    ] = None,
) -> ConflictOut | Response:
    """One report: the question, each position with its evidence, holders and sources, and why they are opposed.

    With `as_of`, as it stood then; there is no such report while the articles known then did not differ.
    """
    if as_of is None:
        item = assembly.conflict_out(conflicts.get_conflict(session, conflict_id))
    else:
        item = assembly.conflict_out(history.get_conflict(session, conflict_id, as_of=as_of))
    if format == "jsonld":
        return JSONResponse(linked.conflict_jsonld(item), media_type=linked.MEDIA_TYPE)
    if explain:
        claims = {e.claim_id for e in assembly.evidence_of_conflicts([item]) if e.claim_id}
        item.matches = [assembly.pair_out(pair) for pair in pairs.pairs_among(session, claims)]
    if wants_selectors:
        pieces = [*assembly.evidence_of_conflicts([item]), *assembly.evidence_of_pairs(item.matches or [])]
        assembly.add_selectors(session, pieces)
    return item


@router.patch(
    "/conflicts/{conflict_id}",
    operation_id="judgeConflict",
    summary="Record an editor's verdict",
    dependencies=[JsonBody],
    responses={
        200: ok("The report with the verdict.", examples.CONFLICT_JUDGED),
        **responses(MALFORMED, NOT_FOUND, STATE, TOO_LARGE, MEDIA, INVALID),
    },
)
def judge_conflict(
    *,
    conflict_id: ConflictId,
    body: Annotated[ConflictPatch, Body(examples=[{"status": "confirmed", "note": examples.CONFLICT_JUDGED["note"]}])],
    session: WritingSession,
    now: Now,
) -> ConflictOut:
    """An editor's verdict is kept through every later analysis; the same evidence does not open a dismissed report
    again. `resolved` closes the report."""
    changes = body.model_dump(exclude_unset=True)
    if not changes:
        raise InvalidInputError("Send a status, a note, or both.")
    if "status" in changes and changes["status"] is None:
        raise InvalidInputError("Must not be null.", pointer="/status")
    conflicts.judge_conflict(session, conflict_id, changes, now=now)
    return assembly.conflict_out(conflicts.get_conflict(session, conflict_id))
