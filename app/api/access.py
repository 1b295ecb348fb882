"""Who may ask what: every request passes here before its body is read or a route is looked for.

Everything needs a key but what OPEN_PATHS names, so that a new route is closed until somebody opens it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import sqlalchemy.exc
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import problems
from app.api.problems import FORBIDDEN, RATE_LIMITED, UNAUTHENTICATED, ProblemError
from app.api.rates import RateLimiter
from app.store import keys
from app.store.engine import SessionFactory
from app.store.keys import KEYLESS, Caller
from app.store.tables import utc_now

OPEN_PATHS = ("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs")
ADMIN_PATHS = ("/v1/webhooks",)  # what these hold would let a reader of one service write to another
FRESH_SECONDS = 2.0  # how long an answer of the database about a key is believed
_MOST_REMEMBERED = 10_000
_REALM = 'Bearer realm="claimline"'


@dataclass(slots=True)
class Gate:
    """Tells callers by their keys. ``allow_keyless``: as long as no key was ever made, anybody may do anything."""

    sessions: SessionFactory
    allow_keyless: bool
    limiter: RateLimiter | None
    _has_keys: bool = False
    _asked_at: float = float("-inf")
    _callers: dict[str, tuple[float, Caller]] = field(default_factory=dict)

    async def caller(self, authorization: str | None) -> Caller:
        """Who sends this header. Raises ProblemError."""
        if authorization is None:
            if await self._is_open():
                return KEYLESS
            raise ProblemError(
                UNAUTHENTICATED, "Send an API key as 'Authorization: Bearer ...'.", headers={"WWW-Authenticate": _REALM}
            )
        kind, _, token = authorization.partition(" ")
        found = await self._owner(token.strip()) if kind.lower() == "bearer" else None
        if found is None:
            raise ProblemError(
                UNAUTHENTICATED,
                "The API key is not known, or was revoked, or has expired.",
                headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'},
            )
        return found

    async def _is_open(self) -> bool:
        if not self.allow_keyless:
            return False
        if not self._has_keys and monotonic() - self._asked_at > FRESH_SECONDS:
            self._has_keys = await run_in_threadpool(self._ask_for_keys)
            self._asked_at = monotonic()
        return not self._has_keys

    def _ask_for_keys(self) -> bool:
        with self.sessions() as session:
            return keys.has_keys(session)

    async def _owner(self, token: str) -> Caller | None:
        digest = hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()
        until, caller = self._callers.get(digest, (0.0, KEYLESS))
        if monotonic() < until:
            return caller
        self._callers.pop(digest, None)
        found = await run_in_threadpool(self._ask_for_owner, token)
        if found is not None:
            if len(self._callers) >= _MOST_REMEMBERED:
                self._callers.clear()
            self._callers[digest] = monotonic() + FRESH_SECONDS, found
        return found

    def _ask_for_owner(self, token: str) -> Caller | None:
        if not token.isascii() or "\x00" in token:
            return None
        with self.sessions.begin() as session:
            return keys.find_caller(session, token, now=utc_now())


class Access:
    """Lets a request through with ``state.caller`` set, or answers it with the problem."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_under(scope["path"], OPEN_PATHS):
            request = Request(scope)
            try:
                await _admit(request)
            except ProblemError as error:
                await problems.of_problem(request, error)(scope, receive, send)
                return
            except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.TimeoutError) as error:
                await problems.database_away(request, error)(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def _admit(request: Request) -> None:
    gate: Gate = request.app.state.services.gate
    caller = request.state.caller = await gate.caller(request.headers.get("authorization"))
    if gate.limiter is not None and caller.key is not None:
        quota = gate.limiter.take(caller.key)
        request.state.headers = quota.headers
        if quota.is_refused:
            raise ProblemError(RATE_LIMITED, f"This key may make {quota.limit} requests a minute.")
    needed = needed_scope(request.method, request.url.path)
    if not caller.may(needed):
        raise ProblemError(
            FORBIDDEN,
            f"This key has not the scope {needed}.",
            headers={"WWW-Authenticate": f'{_REALM}, error="insufficient_scope", scope="{needed}"'},
        )


def needed_scope(method: str, path: str) -> keys.Scope:
    if _is_under(path, ADMIN_PATHS):
        return keys.Scope.ADMIN
    return keys.Scope.READ if method in ("GET", "HEAD") else keys.Scope.WRITE


def _is_under(path: str, roots: tuple[str, ...]) -> bool:
    return f"{path}/".startswith(tuple(f"{root}/" for root in roots))


def describe(document: dict[str, Any]) -> None:
    """Add to an OpenAPI document what the gate asks for and how it refuses."""
    document["components"]["securitySchemes"] = {
        "ApiKey": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "claimline_...",
            "description": "A key made with `claimline keys create`. A service without any key needs none.",
        }
    }
    refusals = {str(status): body for status, body in problems.responses(*REFUSALS).items()}
    for path, at_path in document["paths"].items():
        if _is_under(path, OPEN_PATHS):
            continue
        for method, operation in at_path.items():
            operation["security"] = [{"ApiKey": []}, {}]
            scope = needed_scope(method.upper(), path)
            operation["x-required-scope"] = str(scope)
            operation["responses"] |= {k: v for k, v in refusals.items() if k not in operation["responses"]}


REFUSALS = (UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED)
