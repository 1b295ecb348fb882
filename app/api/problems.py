"""Errors as RFC 9457 problems: the one table from meaning to status, and the handlers that answer with it.

NotFoundError          404    InvalidInputError      422    ConflictingStateError  409
UnavailableError       503    IdempotencyMismatch    422    ConfigurationError     503    anything unforeseen  500
401, 403 and 429 are HTTP's own: see ``api.access``
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy.exc
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from app.api.schemas.common import FieldProblem, Problem
from app.api.schemas.ninjs import KINDS
from app.domain import errors

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem: the last part of its URN, its status, its title."""

    name: str
    status: int
    title: str


MALFORMED = ProblemType("malformed-body", 400, "The body cannot be read")
UNAUTHENTICATED = ProblemType("unauthenticated", 401, "An API key is needed")
FORBIDDEN = ProblemType("forbidden", 403, "The API key does not allow this")
NOT_FOUND = ProblemType("not-found", 404, "There is no such thing")
METHOD = ProblemType("method-not-allowed", 405, "The method is not allowed here")
TIMEOUT = ProblemType("request-timeout", 408, "The body did not come in time")
STATE = ProblemType("conflicting-state", 409, "The request contradicts what is stored")
TOO_LARGE = ProblemType("content-too-large", 413, "The body is too large")
MEDIA = ProblemType("unsupported-media-type", 415, "The body is of the wrong type")
INVALID = ProblemType("invalid-request", 422, "The request is not valid")
LANGUAGE = ProblemType("unsupported-language", 422, "The article is not in English")
CURSOR = ProblemType("invalid-cursor", 422, "The cursor is not valid")
KEY_REUSED = ProblemType("idempotency-key-reused", 422, "The Idempotency-Key belongs to another request")
RATE_LIMITED = ProblemType("rate-limited", 429, "Too many requests")
QUEUE_BEHIND = ProblemType("queue-behind", 429, "The queue is too far behind")
STREAMS_TAKEN = ProblemType("streams-taken", 429, "Too many streams are open")
INTERNAL = ProblemType("internal-error", 500, "Something went wrong in the service")
UNAVAILABLE = ProblemType("unavailable", 503, "The service cannot answer now")

_BY_STATUS = {
    kind.status: kind for kind in (MALFORMED, NOT_FOUND, METHOD, TIMEOUT, STATE, TOO_LARGE, MEDIA, INVALID, UNAVAILABLE)
}
_BY_CLASS: dict[type[errors.ClaimlineError], ProblemType] = {
    errors.NotFoundError: NOT_FOUND,
    errors.InvalidCursorError: CURSOR,
    errors.InvalidInputError: INVALID,
    errors.UnsupportedLanguageError: LANGUAGE,
    errors.IdempotencyMismatchError: KEY_REUSED,
    errors.ConflictingStateError: STATE,
    errors.UnavailableError: UNAVAILABLE,
    errors.ConfigurationError: UNAVAILABLE,
}
_DETAILS = {
    400: "The body is not JSON that can be read.",
    404: "Nothing is served at this path.",
    405: "This path does not take the method {method}.",
    408: "The rest of the body did not come in time.",
    413: "The body is larger than this path takes.",
    415: "Send the body as application/json.",
}


class ProblemError(Exception):
    """A problem that only HTTP knows of, with the headers that belong to it."""

    def __init__(self, kind: ProblemType, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.headers = kind, detail, headers


def problem(
    request: Request, kind: ProblemType, detail: str, *, faults: Sequence[FieldProblem] | None = None
) -> Problem:
    return Problem(
        type=errors.problem_urn(kind.name),
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=request.url.path,
        request_id=request.state.request_id,
        errors=list(faults) if faults else None,
    )


def answer(body: Problem, *, headers: Mapping[str, str] | None = None) -> Response:
    extra = {"Retry-After": str(RETRY_SECONDS)} if body.status == UNAVAILABLE.status else {}
    return JSONResponse(
        body.model_dump(mode="json"), body.status, headers={**extra, **(headers or {})}, media_type=MEDIA_TYPE
    )


def faults_of(error: RequestValidationError | ValidationError) -> list[FieldProblem]:
    """Where each fault is, as a JSON Pointer or a parameter's name. What was sent is not repeated, and of very many
    faults only the first: an answer must not be larger than its question."""
    faults = itertools.islice(error.errors(), MOST_FAULTS)
    return [FieldProblem(pointer=_pointer(fault["loc"]), detail=_sentence(str(fault["msg"]))) for fault in faults]


def _pointer(location: Sequence[int | str]) -> str:
    if location and location[0] in ("query", "path", "header"):
        return str(location[1]) if len(location) > 1 else str(location[0])
    parts = location[1:] if location and location[0] == "body" else location
    parts = parts[1:] if parts and parts[0] in KINDS else parts  # which kind of body it was is no place in it
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _sentence(message: str) -> str:
    return message if message.endswith(".") else message + "."


def of_error(request: Request, error: errors.ClaimlineError) -> Problem:
    """The problem that stands for an error of the service's own vocabulary."""
    kind = next((_BY_CLASS[base] for base in type(error).__mro__ if base in _BY_CLASS), INTERNAL)
    pointer = getattr(error, "pointer", None)
    detail = _internal(request) if isinstance(error, errors.ConfigurationError) or kind is INTERNAL else str(error)
    return problem(request, kind, detail, faults=[FieldProblem(pointer=pointer, detail=detail)] if pointer else None)


def of_validation(request: Request, error: RequestValidationError | ValidationError) -> Problem:
    unreadable = next((fault for fault in error.errors() if fault["type"] == "json_invalid"), None)
    if unreadable:
        reason = unreadable.get("ctx", {}).get("error", "")
        return problem(request, MALFORMED, f"The body is not JSON: {reason} at character {unreadable['loc'][-1]}.")
    faults = faults_of(error)
    where = f"{faults[0].pointer}: " if faults[0].pointer else ""
    more = f" ({len(error.errors()) - 1} more)" if len(faults) > 1 else ""
    return problem(request, INVALID, f"{where}{faults[0].detail}{more}", faults=faults)


def of_problem(request: Request, error: ProblemError) -> Response:
    return answer(problem(request, error.kind, error.detail), headers=error.headers)


def database_away(request: Request, error: Exception) -> Response:
    """The database is away, out of connections, or gave up waiting for a lock: worth trying again."""
    log.warning("database_unavailable", error=type(getattr(error, "orig", error)).__name__)
    return answer(problem(request, UNAVAILABLE, "The database does not answer in time. Try again."))


def internal_error(request: Request) -> Response:
    """What an unforeseen failure is answered with: nothing of its inside. The caller logs it."""
    return answer(problem(request, INTERNAL, _internal(request)))


def too_large(request: Request, limit: int) -> Response:
    return answer(problem(request, TOO_LARGE, f"The body is larger than the {limit} bytes this path takes."))


def _internal(request: Request) -> str:
    return f"The failure was logged under the request id {request.state.request_id}."


def install(app: FastAPI) -> None:
    """Have every error of the application answered as a problem."""
    app.add_exception_handler(errors.ClaimlineError, _on_claimline_error)
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(sqlalchemy.exc.OperationalError, _on_database)
    app.add_exception_handler(sqlalchemy.exc.TimeoutError, _on_database)


async def _on_claimline_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.ClaimlineError)
    if isinstance(error, errors.ConfigurationError):  # for the operator to read, not for the client
        log.error("request_failed", error=type(error).__name__, exc_info=error)
    return answer(of_error(request, error))


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return of_problem(request, error)


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer(of_validation(request, error))


async def _on_http(request: Request, error: Exception) -> Response:
    """What the framework raises by itself: no route, wrong method, a body too large or unreadable."""
    assert isinstance(error, HTTPException)
    kind = _BY_STATUS.get(error.status_code, ProblemType("http-error", error.status_code, str(error.detail)))
    detail = _DETAILS.get(error.status_code, str(error.detail)).format(method=request.method)
    headers = dict(error.headers or {})
    if kind is METHOD:
        headers["Allow"] = ", ".join(request.app.state.methods_at(request.url.path))
    return answer(problem(request, kind, detail), headers=headers)


async def _on_database(request: Request, error: Exception) -> Response:
    return database_away(request, error)


ANY_RESPONSE: dict[str, Any] = {
    "description": "Any other problem, such as 500 and 503",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def responses(*kinds: ProblemType) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI descriptions of these problems; several of one status are described together."""
    found: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        example = {
            "type": errors.problem_urn(kind.name),
            "title": kind.title,
            "status": kind.status,
            "detail": _EXAMPLES.get(kind.name, kind.title + "."),
            "instance": "/v1/articles",
            "request_id": "0193030f8a5b7c41b6c8f7f9d7a0b1c2",
        }
        if kind is INVALID:
            example["errors"] = [{"pointer": "/text", "detail": "Field required."}]
        entry = found.setdefault(kind.status, {"description": kind.title, "content": {MEDIA_TYPE: {}}})
        content = entry["content"][MEDIA_TYPE]
        content["schema"] = {"$ref": "#/components/schemas/Problem"}
        content.setdefault("examples", {})[kind.name] = {"summary": kind.title, "value": example}
    return found


STORY_RESPONSES: dict[int | str, dict[str, Any]] = {
    304: {"description": "Not changed since the `ETag` of `If-None-Match`."},
    308: {"description": "The story was merged into another: `Location` is the address there."},
}

_EXAMPLES = {
    UNAUTHENTICATED.name: "Send an API key as 'Authorization: Bearer ...'.",
    FORBIDDEN.name: "This key has not the scope write.",
    QUEUE_BEHIND.name: "The oldest article has waited 610 s for its analysis; 600 s are allowed.",
    STREAMS_TAKEN.name: "This process serves 200 streams and has no place left.",
    RATE_LIMITED.name: "This key may make 600 requests a minute.",
    INVALID.name: "/text: Field required.",
    LANGUAGE.name: "The text is not in English but, as it seems, in 'de': it cannot be analysed.",
    NOT_FOUND.name: "There is no article with the id '01930311-2c4e-7a11-9f5e-1c7a2f9d3b40'.",
    MALFORMED.name: "The body is not JSON: Expecting value at character 9.",
    CURSOR.name: "The cursor is not one of this listing.",
    KEY_REUSED.name: "This Idempotency-Key was used before, with another request. Use a new key.",
}
