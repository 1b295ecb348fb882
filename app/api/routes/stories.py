"""Stories: begun, read, merged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from sqlmodel import Session

from app.api import assembly, examples
from app.api.deps import (
    CurrentStory,
    JsonBody,
    Now,
    PagingDep,
    ReadingSession,
    ServicesDep,
    StoryId,
    WantsSelectors,
    WritingSession,
)
from app.api.examples import link, ok
from app.api.problems import CURSOR, INVALID, MALFORMED, MEDIA, NOT_FOUND, STATE, STORY_RESPONSES, TOO_LARGE, responses
from app.api.schemas.common import Page
from app.api.schemas.fields import Instant, Words
from app.api.schemas.stories import MergeIn, StoryIn, StoryOut
from app.domain.errors import ConflictingStateError, InvalidInputError, NotFoundError
from app.store import consolidation, stories
from app.store.tables import Story

router = APIRouter(prefix="/v1/stories", tags=["stories"])

_TO_PARTS = (
    link("listStoryClaims", "Its claims.", story_id="/id")
    | link("getStoryTimeline", "Its timeline.", story_id="/id")
    | link("listStoryConflicts", "Where its articles differ.", story_id="/id")
)


@router.post(
    "",
    operation_id="createStory",
    summary="Begin a story",
    status_code=201,
    dependencies=[JsonBody],
    responses={
        201: ok(
            "Begun; `Location` is its address.",
            examples.STORY_NEW,
            links=link("getStory", "The story.", story_id="/id"),
        ),
        **responses(MALFORMED, TOO_LARGE, MEDIA, INVALID),
    },
)
def create_story(
    *,
    body: Annotated[StoryIn, Body(examples=[{"title": examples.STORY["title"]}])],
    session: WritingSession,
    response: Response,
    now: Now,
) -> StoryOut:
    """Begins an empty story to file articles under with `story_id`.

    There is no need to: an article without a `story_id` is linked to the story it belongs to, or begins one.
    """
    story = stories.add_story(session, title=body.title, now=now)
    response.headers["Location"] = f"/v1/stories/{story.id}"
    return assembly.story_out(story, stories.StoryFigures())


@router.get(
    "",
    operation_id="listStories",
    summary="List stories",
    responses={200: ok("Last changed first.", examples.STORY_PAGE), **responses(INVALID, CURSOR)},
)
def list_stories(
    *,
    session: ReadingSession,
    paging: PagingDep,
    wants_selectors: WantsSelectors,
    q: Annotated[Words | None, Query(description="Words that all occur in the title.")] = None,
    updated_since: Annotated[Instant | None, Query(description="Changed then or later.")] = None,
) -> Page[StoryOut]:
    """Lists stories. Those that were merged into another are left out."""
    rows = stories.list_stories(
        session, words=q, updated_since=updated_since, after=paging.after(datetime, UUID), limit=paging.rows
    )
    items = _stories_out(session, rows[: paging.limit], wants_selectors=wants_selectors)
    return paging.page(rows, key=lambda row: (row.updated_at, row.id), items=items)


def _stories_out(session: Session, rows: Sequence[Story], *, wants_selectors: bool) -> list[StoryOut]:
    figures = stories.figures(session, [row.id for row in rows])
    items = [assembly.story_out(row, figures[row.id]) for row in rows]
    if wants_selectors:
        assembly.add_selectors(session, assembly.evidence_of_summaries(item.summary for item in items))
    return items


@router.get(
    "/{story_id}",
    operation_id="getStory",
    summary="Read a story",
    responses={
        200: ok("The story.", examples.STORY, links=_TO_PARTS),
        **STORY_RESPONSES,
        **responses(NOT_FOUND, INVALID),
    },
)
def get_story(story: CurrentStory, session: ReadingSession, wants_selectors: WantsSelectors) -> StoryOut:
    """What a story's articles add up to. The `ETag` changes when anything in the story does."""
    [item] = _stories_out(session, [story], wants_selectors=wants_selectors)
    return item


@router.post(
    "/{story_id}/merge",
    operation_id="mergeStory",
    summary="Merge a story into another",
    dependencies=[JsonBody],
    responses={
        200: ok("The story that stays, with the articles of both.", examples.STORY_MERGED),
        **responses(MALFORMED, NOT_FOUND, STATE, TOO_LARGE, MEDIA, INVALID),
    },
)
def merge_story(
    *,
    story_id: StoryId,
    body: Annotated[MergeIn, Body(examples=[{"into": examples.HEIR_ID}])],
    session: WritingSession,
    services: ServicesDep,
    now: Now,
) -> StoryOut:
    """Two stories turn out to be one: the articles of this one move into the other and are compared with its claims.

    The address of the merged story answers `308` from then on. Linking never undoes a merge.
    """
    heir = _heir(session, story_id, body)
    for article_id in consolidation.merge_stories(session, story_id, heir.id, now=now):
        services.defer_analysis(session, article_id)
    session.refresh(heir)
    return _stories_out(session, [heir], wants_selectors=False)[0]


def _heir(session: Session, story_id: UUID, body: MergeIn) -> Story:
    story = stories.get_story(session, story_id)
    try:
        heir = stories.get_heir(session, body.into)
    except NotFoundError as error:
        raise InvalidInputError(str(error), pointer="/into") from error
    if story.merged_into is not None:
        raise ConflictingStateError(f"The story was merged already, into {stories.get_heir(session, story_id).id}.")
    if heir.id == story.id:
        raise InvalidInputError("A story cannot be merged into itself.", pointer="/into")
    return heir
