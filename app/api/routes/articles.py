"""Articles: submitted, read, moved, withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.api import assembly, examples
from app.api.acceptance import IdempotencyKey, accept, once, to_submission
from app.api.deps import (
    ArticleId,
    JsonBody,
    Now,
    PagingDep,
    QueueKeepsUp,
    ReadingSession,
    Services,
    ServicesDep,
    WantsSelectors,
    WorkspaceId,
    WritingSession,
)
from app.api.examples import link, ok
from app.api.preference import WaitSeconds
from app.api.problems import (
    CURSOR,
    INVALID,
    KEY_REUSED,
    LANGUAGE,
    MALFORMED,
    MEDIA,
    NOT_FOUND,
    QUEUE_BEHIND,
    RATE_LIMITED,
    TOO_LARGE,
    responses,
)
from app.api.schemas.articles import ArticleDetail, ArticleIn, ArticleOut, ArticlePatch, Status
from app.api.schemas.common import Page
from app.api.schemas.fields import Id, Instant, LastInstant, Words
from app.api.schemas.ninjs import Submitted, as_article
from app.domain.errors import InvalidInputError, NotFoundError
from app.store import articles, consolidation, stories
from app.store.idempotency import StoredAnswer
from app.store.tables import Article
from app.store.workspaces import bound

router = APIRouter(prefix="/v1/articles", tags=["articles"])

_TO_ARTICLE = link("getArticle", "How far its analysis is, and what it found.", article_id="/id")
_TO_STORY = link("getStory", "The story that it belongs to.", story_id="/story_id")


@router.post(
    "",
    operation_id="submitArticle",
    summary="Submit an article",
    response_model=ArticleOut,
    status_code=202,
    dependencies=[JsonBody, QueueKeepsUp],
    responses={
        202: ok(
            "Accepted: the article is stored, and a worker will analyse it.", examples.ARTICLE_QUEUED, links=_TO_ARTICLE
        ),
        200: ok(
            "The same article is already there; nothing was changed.",
            examples.ARTICLE_ANALYSED,
            links=_TO_ARTICLE | _TO_STORY,
        )
        | {"model": ArticleOut},
        201: ok("With `Prefer: wait`: stored and analysed.", examples.ARTICLE_DETAIL, links=_TO_ARTICLE | _TO_STORY)
        | {"model": ArticleDetail},
        **responses(MALFORMED, TOO_LARGE, MEDIA, INVALID, LANGUAGE, KEY_REUSED, RATE_LIMITED, QUEUE_BEHIND),
    },
)
async def submit_article(
    *,
    body: Annotated[Submitted, Body(openapi_examples=examples.shown(examples.ARTICLE_BODIES))],
    services: ServicesDep,
    workspace_id: WorkspaceId,
    seconds: WaitSeconds,
    key: IdempotencyKey = None,
) -> Response:
    """Stores an article and has it analysed: summarised, its claims found, and compared with those of its story.

    **By URL.** With `url` instead of `text` the worker fetches the page (HTML or plain text) and reads the article on
    it: text, title, author, date and site, except for what is sent along, which stays. When there is none to be had
    the article is `failed` and says why in `error` and `error_type`; servers that are down or too slow are tried five
    times, for six minutes or so. Only public addresses are called.

    **ninjs.** An item of IPTC's ninjs 3 is taken as it is (`application/json`), and told by its `uri`.

    **Language.** Only English is analysed. What is surely in another language is refused, or with `other_languages:
    store` kept `unanalysed`; a text too short to tell is taken for English.

    **The same article** is taken once. Same means: the same text up to white space, from the same source, with the
    same `external_id`; or the same URL. It is answered `200` with what is stored; title, date and story stay as they
    were first sent. A URL that failed is tried again, and answered `202`. Where another URL turns out to hold an
    article that is already there, the newer one is `failed` and names it.

    **Waiting.** Analysis takes a second or so. With `Prefer: wait=30` the answer waits up to that many seconds (at
    most 60) and is `201` with the whole analysis (`200` for an article that was already there). When the time runs
    out it is `202`, and `Location` says where to look.
    """
    answer = await run_in_threadpool(_submit, services, workspace_id, as_article(body), key)
    article_id = UUID(answer.body["id"])
    if seconds is None or not await services.watch.until_settled(article_id, timeout=seconds):
        return JSONResponse(answer.body, answer.status, headers=answer.headers)
    detail = await run_in_threadpool(_detail, services, workspace_id, article_id)
    status = 201 if answer.status == 202 else answer.status
    return JSONResponse(
        detail.model_dump(mode="json"), status, headers={**answer.headers, "Preference-Applied": f"wait={seconds}"}
    )


def _submit(services: Services, workspace_id: UUID, body: ArticleIn, key: str | None) -> StoredAnswer:
    def work(session: Session) -> StoredAnswer:
        [(article, is_new)] = accept(session, services, [to_submission(session, services, body)])
        shown = assembly.article_out(article).model_dump(mode="json")
        return StoredAnswer(202 if is_new else 200, shown, {"Location": f"/v1/articles/{article.id}"})

    return once(services, workspace_id, key, request=["article", body.model_dump(mode="json")], work=work)


def _detail(services: Services, workspace_id: UUID, article_id: UUID) -> ArticleDetail:
    with bound(services.sessions, workspace_id) as session:
        return assembly.article_detail(session, article_id)


@router.get(
    "",
    operation_id="listArticles",
    summary="List articles",
    responses={
        200: ok("Newest first, by when they were submitted.", examples.ARTICLE_PAGE),
        **responses(INVALID, CURSOR),
    },
)
def list_articles(
    *,
    session: ReadingSession,
    paging: PagingDep,
    source: Annotated[Words | None, Query(description="Name or domain of a source.")] = None,
    status: Annotated[Status | None, Query()] = None,
    story_id: Annotated[Id | None, Query()] = None,
    published_from: Annotated[Instant | None, Query(description="Published then or later.")] = None,
    published_to: Annotated[
        LastInstant | None, Query(description="Published then or earlier; a plain date takes in its whole day.")
    ] = None,
) -> Page[ArticleOut]:
    """Lists articles without their summaries and claims; `GET /v1/articles/{id}` has those."""
    filters = articles.Filters(source, status, story_id, published_from, published_to)
    rows = articles.list_articles(session, filters, after=paging.after(datetime, UUID), limit=paging.rows)
    return paging.page(
        rows, key=lambda row: (row.created_at, row.id), items=[assembly.article_out(row) for row in rows]
    )


@router.api_route("/batch", methods=["GET", "PATCH", "DELETE"], include_in_schema=False)
async def refuse_method() -> None:
    """`/batch` takes POST alone; without this the others would ask for an article with the id ``batch``."""
    raise HTTPException(405)


@router.get(
    "/{article_id}",
    operation_id="getArticle",
    summary="Read an article's analysis",
    responses={
        200: ok("The article, its summary and its claims.", examples.ARTICLE_DETAIL, links=_TO_STORY),
        **responses(NOT_FOUND, INVALID),
    },
)
def get_article(article_id: ArticleId, session: ReadingSession, wants_selectors: WantsSelectors) -> ArticleDetail:
    """The article with its summary and claims, once `status` is `analysed`."""
    detail = assembly.article_detail(session, article_id)
    if wants_selectors:
        assembly.add_selectors(session, assembly.evidence_of_summaries([detail.summary]))
    return detail


@router.get(
    "/{article_id}/text",
    operation_id="getArticleText",
    summary="Read an article's text",
    response_class=PlainTextResponse,
    responses={
        200: ok("The text as it was submitted.", examples.TEXT, media_type="text/plain"),
        **responses(NOT_FOUND),
    },
)
def get_article_text(article_id: ArticleId, session: ReadingSession) -> PlainTextResponse:
    """The text as it was submitted, to the last character: what all offsets point into."""
    return PlainTextResponse(articles.get_text(session, article_id), headers={"Content-Disposition": "inline"})


@router.patch(
    "/{article_id}",
    operation_id="moveArticle",
    summary="Move an article to another story",
    dependencies=[JsonBody],
    responses={
        200: ok(
            "Moved; it is being compared with its new story's claims.",
            examples.ARTICLE_QUEUED | {"story_id": examples.STORY_ID},
        ),
        **responses(MALFORMED, NOT_FOUND, TOO_LARGE, MEDIA, INVALID),
    },
)
def move_article(
    *,
    article_id: ArticleId,
    body: Annotated[ArticlePatch, Body(openapi_examples=examples.shown(examples.MOVES))],
    session: WritingSession,
    services: ServicesDep,
    now: Now,
) -> ArticleOut:
    """An editor's decision where an article belongs, which linking never undoes.

    Its claims leave the reports and the timeline of the story it was in, and the article is queued to meet the claims
    of the story it goes to. `{"story_id": null}` begins a new story with the article alone.
    """
    article = articles.get_article(session, article_id)
    target = _target(session, body, article, now=now)
    consolidation.move_article(session, article_id, target, now=now)
    services.defer_analysis(session, article_id)
    session.flush()
    return assembly.article_out(articles.get_article(session, article_id))


def _target(session: Session, body: ArticlePatch, article: Article, *, now: datetime) -> UUID:
    if body.story_id is None:
        return stories.add_story(session, title=article.title or "Untitled story", now=now).id
    try:
        return stories.get_heir(session, body.story_id).id
    except NotFoundError as error:
        raise InvalidInputError(str(error), pointer="/story_id") from error


@router.delete(
    "/{article_id}",
    operation_id="deleteArticle",
    summary="Withdraw an article",
    status_code=204,
    responses={204: {"description": "Gone."}, **responses(NOT_FOUND)},
)
def delete_article(article_id: ArticleId, session: WritingSession, now: Now) -> None:
    """Deletes an article and withdraws what it brought: its claims leave all conflict reports, groups and timelines.

    A report that is left with fewer than two positions is closed, and keeps of its words those of other articles and
    the editor's. An answer kept for an `Idempotency-Key` is given again without what the article said.
    """
    consolidation.withdraw_article(session, article_id, now=now)
