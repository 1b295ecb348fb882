"""What happens around every request: an id for it, its log line, its metrics, and the answer when all else fails."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import metrics, traces
from app.api import problems

log = structlog.get_logger(__name__)

PIECE_SECONDS = 15.0  # between two pieces of a body
REQUEST_ID = "X-Request-ID"
_SANE_ID = re.compile(r"[A-Za-z0-9._~:+/=@-]{1,128}")
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
_PLAIN_PATHS = ("/docs", "/openapi.json")
QUIET_ROUTES = ("/healthz", "/readyz", "/metrics")


class RequestContext:
    """Pure ASGI: Starlette's own base class for middleware would run each request in a task of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _SANE_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(scope, send)
        scope["state"]["is_head"] = answer.is_head
        if answer.is_head:
            scope["method"] = "GET"  # routes answer GET; the body is left out on the way back
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id, **_trace(Headers(scope=scope))):
            try:
                await self.app(scope, receive, answer.send)
            except Exception as error:
                log.error("request_failed", error=type(error).__name__, exc_info=error)
                if answer.status:
                    raise  # the answer has begun: all that is left is to break it off
                await problems.internal_error(Request(scope))(scope, receive, answer.send)
            finally:
                _record(scope, status=answer.status, seconds=time.perf_counter() - started)


def _trace(headers: Headers) -> dict[str, str]:
    """The id of the trace that the request is part of, for the logs: our own span's, or else the caller's (W3C)."""
    own = traces.for_logs()
    if own:
        return own
    found = _TRACEPARENT.fullmatch(headers.get("traceparent", ""))
    return {"trace_id": found[1]} if found and found[1] != "0" * 32 else {}


class BodyLimit:
    """Refuse bodies above a number of bytes, at once when the length is announced, else as soon as it is passed; and
    bodies whose next piece does not come.

    The framework's own limit answers an announced length in plain text; every error here is a problem.
    """

    def __init__(self, app: ASGIApp, *, limit: int, limits: Mapping[str, int]) -> None:
        self.app, self.limit, self.limits = app, limit, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.limits.get(scope["path"], self.limit)
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced[:20]) > limit:
            await problems.too_large(Request(scope), limit)(scope, receive, send)
            return
        received, is_whole = 0, False

        async def counted() -> Message:
            nonlocal received, is_whole
            if is_whole:  # what comes now is the client's going, which may take as long as it likes
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), PIECE_SECONDS)
            except TimeoutError as error:
                raise HTTPException(status_code=408, headers={"Connection": "close"}) from error
            is_whole = not message.get("more_body", False)
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(status_code=413)
            return message

        await self.app(scope, counted, send)


class _Answer:
    """Passes an answer on, with the request's id and ``state.headers`` on it, and keeps its status."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send, self._state, self.is_head = send, scope["state"], scope["method"] == "HEAD"
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID] = self._state["request_id"]
            headers.update(self._state.get("headers", {}))
            headers.setdefault("X-Content-Type-Options", "nosniff")
        elif self.is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _outside_of_routers(path: str) -> str:
    """A name for what no router serves; never the path itself, which anyone may make up."""
    return next((known for known in _PLAIN_PATHS if f"{path}/".startswith(f"{known}/")), "unmatched")


def _record(scope: Scope, *, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", None) or _outside_of_routers(scope["path"])
    metrics.HTTP_REQUESTS.labels(scope["method"], route, str(status)).inc()
    if not scope["state"].get("is_stream"):  # how long a client follows is no time to answer
        metrics.HTTP_SECONDS.labels(scope["method"], route).observe(seconds)
    if route not in QUIET_ROUTES:
        caller = scope["state"].get("caller")
        log.info(
            "request",
            method=scope["method"],
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            key=caller and caller.key,
        )
