"""Claims: what a story's articles agree on, and claims like a given one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.api import assembly, examples
from app.api.deps import CurrentStory, PagingDep, ReadingSession, ServicesDep, WantsSelectors
from app.api.examples import ok
from app.api.problems import CURSOR, INVALID, NOT_FOUND, STORY_RESPONSES, UNAVAILABLE, responses
from app.api.schemas.claims import ClaimGroupOut, SimilarClaim
from app.api.schemas.common import Limit, Page
from app.api.schemas.fields import Words
from app.store import claims, search

router = APIRouter(prefix="/v1", tags=["claims"])


@router.get(
    "/stories/{story_id}/claims",
    operation_id="listStoryClaims",
    summary="List a story's claims",
    responses={
        200: ok("In the order in which they were first reported.", examples.GROUP_PAGE),
        **STORY_RESPONSES,
        **responses(NOT_FOUND, INVALID, CURSOR),
    },
)
def list_story_claims(
    story: CurrentStory, session: ReadingSession, paging: PagingDep, wants_selectors: WantsSelectors
) -> Page[ClaimGroupOut]:
    """The claims of a story's articles, those that say the same in one group.

    `sources` counts who says it, `origins` who says it independently: ten papers that print one agency text are ten
    sources and one origin.
    """
    rows = claims.list_groups(session, story.id, after=paging.after(str, UUID), limit=paging.rows)
    items = [assembly.group_out(row) for row in rows[: paging.limit]]
    if wants_selectors:
        assembly.add_selectors(session, (piece for item in items for piece in item.evidence))
    return paging.page(rows, key=lambda row: row.key, items=items)


@router.get(
    "/claims/search",
    operation_id="searchClaims",
    summary="Find claims like this one",
    responses={200: ok("Most similar first.", examples.SEARCH_PAGE), **responses(INVALID, UNAVAILABLE)},
)
def search_claims(
    *,
    session: ReadingSession,
    services: ServicesDep,
    q: Annotated[Words, Query(description="A claim in your words.", examples=["homes evacuated in Tillhaven"])],
    limit: Annotated[Limit, Query()] = 20,
) -> Page[SimilarClaim]:
    """Claims across all stories, by likeness of meaning: has this been said before, by whom, and how?

    The `limit` most similar are answered; there is no page after them.
    """
    [vector] = services.encoder().encode([q])
    found = search.nearest_claims(session, vector, limit=limit)
    return Page(items=[assembly.similar_claim(*row) for row in found], next_cursor=None)
