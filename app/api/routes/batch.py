"""Many articles in one request: each is answered as if it had come alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.api import assembly, examples, problems
from app.api.acceptance import IdempotencyKey, accept, once, to_submission
from app.api.deps import QueueKeepsUp, Services, ServicesDep, WorkspaceId
from app.api.examples import ok
from app.api.problems import (
    INVALID,
    KEY_REUSED,
    MALFORMED,
    MEDIA,
    QUEUE_BEHIND,
    RATE_LIMITED,
    TOO_LARGE,
    ProblemError,
    problem,
    responses,
)
from app.api.schemas.articles import ArticleIn, BatchItem, BatchOut
from app.api.schemas.common import Problem
from app.api.schemas.ninjs import KINDS, NinjsIn, Submitted, as_article
from app.domain.errors import InvalidInputError
from app.store.articles import Submission
from app.store.idempotency import StoredAnswer

router = APIRouter(prefix="/v1/articles", tags=["articles"])

SUBMITTED: TypeAdapter[ArticleIn | NinjsIn] = TypeAdapter(Submitted)
MOST_ARTICLES = 500
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines")

_ITEM = {"oneOf": [{"$ref": f"#/components/schemas/{kind}"} for kind in KINDS]}
_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "oneOf": [
                    {
                        "type": "object",
                        "required": ["articles"],
                        "additionalProperties": False,
                        "properties": {
                            "articles": {
                                "type": "array",
                                "minItems": 1,
                                "maxItems": MOST_ARTICLES,
                                "items": _ITEM,
                            }
                        },
                    },
                    {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": MOST_ARTICLES,
                        "items": _ITEM,
                    },
                ]
            },
            "example": examples.BATCH_IN,
        },
        "application/x-ndjson": {
            "schema": {
                "type": "string",
                "pattern": r"\S",
                "description": "One `ArticleIn` or `NinjsIn` as JSON on each line; blank lines are skipped.",
            },
            "example": "\n".join(json.dumps(item) for item in (examples.ARTICLE_IN, examples.OTHER_IN)),
        },
    },
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of the batch as it was read: its JSON value, or what is wrong with its line."""

    index: int
    line: int | None
    value: Any = None
    fault: str | None = None


@router.post(
    "/batch",
    operation_id="submitArticles",
    summary="Submit many articles",
    dependencies=[QueueKeepsUp],
    response_model=BatchOut,
    responses={
        200: ok("One answer for each article, in order.", examples.BATCH_OUT),
        **responses(MALFORMED, TOO_LARGE, MEDIA, INVALID, KEY_REUSED, RATE_LIMITED, QUEUE_BEHIND),
    },
    openapi_extra={"requestBody": _BODY},
)
async def submit_articles(
    request: Request, services: ServicesDep, workspace_id: WorkspaceId, key: IdempotencyKey = None
) -> Response:
    """Takes up to 500 articles (32 MiB) as a JSON array, as `{"articles": [...]}`, or as NDJSON
    (`Content-Type: application/x-ndjson`, one article on each line). ninjs items are taken among them.

    Each article is answered as `POST /v1/articles` would have answered it: one that is refused, or a line that cannot
    be read, is answered with its problem and its line number, and does not keep the others out. All that are accepted
    are stored in one transaction.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    answer = await run_in_threadpool(
        _submit, services, workspace_id, request, media_type=media_type, body=body, key=key
    )
    return JSONResponse(answer.body, answer.status, headers=answer.headers)


def _submit(
    services: Services, workspace_id: UUID, request: Request, *, media_type: str, body: bytes, key: str | None
) -> StoredAnswer:
    entries = list(_read(media_type, body))
    if not 1 <= len(entries) <= MOST_ARTICLES:
        raise InvalidInputError(f"A batch holds 1 to {MOST_ARTICLES} articles; this one has {len(entries)}.")

    def work(session: Session) -> StoredAnswer:
        items = _answer(session, services, request, entries)
        return StoredAnswer(200, BatchOut(items=items).model_dump(mode="json"), {})

    return once(services, workspace_id, key, request=["batch", media_type, hashlib.sha256(body).hexdigest()], work=work)


def _answer(session: Session, services: Services, request: Request, entries: list[Entry]) -> list[BatchItem]:
    items: dict[int, BatchItem] = {}
    submissions: dict[int, Submission] = {}
    for entry in entries:
        try:
            submissions[entry.index] = _submission(session, services, entry)
        except ProblemError as error:
            refusal = problem(request, error.kind, error.detail)
        except ValidationError as error:
            refusal = problems.of_validation(request, error)
        except InvalidInputError as error:
            refusal = problems.of_error(request, error)
        else:
            continue
        items[entry.index] = _refused(entry, refusal)
    accepted = accept(session, services, list(submissions.values()))
    for index, (article, is_new) in zip(submissions, accepted, strict=True):
        shown = assembly.article_out(article)
        status = 202 if is_new else 200
        items[index] = BatchItem(index=index, line=entries[index].line, status=status, id=article.id, article=shown)
    return [items[entry.index] for entry in entries]


def _refused(entry: Entry, refusal: Problem) -> BatchItem:
    return BatchItem(index=entry.index, line=entry.line, status=refusal.status, problem=refusal)


def _submission(session: Session, services: Services, entry: Entry) -> Submission:
    if entry.fault is not None:
        raise ProblemError(MALFORMED, entry.fault)
    return to_submission(session, services, as_article(SUBMITTED.validate_python(entry.value)))


def _read(media_type: str, body: bytes) -> Iterator[Entry]:
    if media_type in NDJSON:
        yield from _lines(body)
    elif media_type == "application/json" or media_type.endswith("+json"):
        yield from _array(body)
    else:
        raise ProblemError(MEDIA, "Send the batch as application/json or application/x-ndjson.")


def _array(body: bytes) -> Iterator[Entry]:
    try:
        value = _parse(body)
    except ValueError as error:
        raise ProblemError(MALFORMED, f"The body is not JSON: {error}.") from error
    if isinstance(value, dict) and set(value) == {"articles"}:
        value = value["articles"]
    if not isinstance(value, list):
        raise InvalidInputError('Send an array of articles, or an object with "articles" alone.', pointer="/articles")
    for index, item in enumerate(value):
        yield Entry(index=index, line=None, value=item)


def _lines(body: bytes) -> Iterator[Entry]:
    index = 0
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            yield Entry(index=index, line=number, value=_parse(line))
        except ValueError as error:
            yield Entry(index=index, line=number, fault=f"Line {number} is not JSON: {error}.")
        index += 1


def _parse(data: bytes) -> Any:
    """Raises ValueError with a reason that is fit to be shown."""
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at character {error.pos}") from error
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8") from error
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    except ValueError as error:  # an integer of thousands of digits
        raise ValueError("it holds a number that is too long") from error
