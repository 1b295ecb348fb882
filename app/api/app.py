"""The web application: everything it needs is handed in; it opens nothing and loads nothing by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from opentelemetry.trace import TracerProvider
from pydantic.json_schema import models_json_schema
from starlette.responses import JSONResponse, Response

from app.api import access, examples, problems, swagger
from app.api.access import Access, Gate
from app.api.backlog import Backlog
from app.api.deps import DeferAnalysis, MovedToHeirError, NotModifiedError, Services
from app.api.following import Following
from app.api.middleware import QUIET_ROUTES, BodyLimit, RequestContext
from app.api.rates import RateLimiter
from app.api.routes import articles, batch, claims, conflicts, events, operations, stories, timeline, webhooks
from app.api.schemas.articles import ArticleIn
from app.api.schemas.common import Problem
from app.api.waiting import AnalysisWatch
from app.domain.languages import Identify
from app.domain.ports import Encoder
from app.outbound import Outbound
from app.store.engine import SessionFactory

MIB = 1024 * 1024
MAX_BODY = 4 * MIB  # 200,000 characters, each written as a JSON escape of 12 bytes, and room for the rest
MAX_BATCH_BODY = 32 * MIB
THREADS = 4  # for handlers: more only wait for one another, out of turn, and hold a connection while they do

_ROUTERS: tuple[APIRouter, ...] = tuple(
    module.router for module in (articles, batch, stories, claims, timeline, conflicts, events, webhooks, operations)
)

_DESCRIPTION = """\
Claimline reads news articles and says what they claim, what happened when, and where accounts differ.

**How to begin.** `POST /v1/articles` with the text. A worker analyses it in about a second: ask
`GET /v1/articles/{id}` until `status` is `analysed`, or send `Prefer: wait=30` and be answered when it is done. The
article now has a `summary`, its `claims` and a `story_id`. With a few articles on one event, read the story:
`GET /v1/stories/{id}`, its `/claims`, `/timeline` and `/conflicts`.

**What the words mean.**
* A **claim** is a proposition of an article that could be checked: a clause or sentence, with who asserts it (the
  *holder*; null is the article's own voice), how firmly (*factuality*), and its numbers, dates and names as values.
* **Evidence** is a piece of an article at exact offsets: `text[start:end] == exact`, counted in Unicode code points of
  the text as submitted. Whatever the service states, it shows the evidence for.
* A **story** gathers the articles about one event. Articles find their story by themselves, unless you name it.
* A **source** is who published an article; an **origin** is who wrote it. Ten papers that print one agency text are
  ten sources and one origin.
* A **conflict** is a question that the articles of a story answer differently. Each answer is a **position**, with its
  evidence, holders, sources and origins. A *contradiction* cannot be right on both sides, a *discrepancy* may be, an
  *update* is a later figure or state that replaces an earlier one. Where the text does not decide, there is no report.
* The **timeline** puts what the articles date in order. Dates are EDTF (ISO 8601-2), so that "in November" stays a
  month and is not made a day.

**Conventions.** JSON in UTF-8; times in RFC 3339, UTC; ids are opaque. Listings are pages: pass `next_cursor` back as
`?cursor=`. Reads of a story carry an `ETag`; send it as `If-None-Match` and be answered `304` until something
changes. Errors are RFC 9457 problems with a stable `type`. Every answer has an `X-Request-ID`, yours if you sent one.

**Keys.** Where the operator has made API keys, send yours as `Authorization: Bearer claimline_...`. It belongs to a
workspace, and sees nothing of others. `RateLimit` headers say how many requests it has left.
"""

_TAGS = [
    {"name": "articles", "description": "Articles go in, as text or by their address, and come back analysed."},
    {"name": "stories", "description": "Articles about one event, taken together."},
    {"name": "claims", "description": "What a story's articles say, and who says the same."},
    {"name": "timeline", "description": "What happened when."},
    {"name": "conflicts", "description": "Questions that articles answer differently."},
    {"name": "events", "description": "What has happened, for those who follow."},
    {"name": "webhooks", "description": "Your addresses, told of what happens. They need the scope `admin`."},
    {"name": "operations", "description": "For those who run the service."},
]


def create_app(
    *,
    sessions: SessionFactory,
    defer_analysis: DeferAnalysis,
    load_encoder: Callable[[], Encoder],
    allow_keyless: bool = True,
    rate_limit: int = 0,
    max_queue_seconds: int = 0,
    max_streams: int = 200,
    stream_seconds: float = 900,
    tracer_provider: TracerProvider | None = None,
    outbound: Outbound | None = None,
    identify: Identify | None = None,
) -> FastAPI:
    """The application on this database.

    ``defer_analysis(session, article_id)`` queues an analysis in the session's transaction; ``load_encoder`` is called
    when claims are searched for the first time. ``allow_keyless``: without any key in the database, everybody may do
    everything; ``rate_limit``: requests a minute of one key, 0 for any number;
    ``max_queue_seconds``: articles are refused while the oldest one waits longer, 0 for never; ``max_streams``: how
    many clients may follow a story at once, each for ``stream_seconds``;
    ``tracer_provider``: where the spans of requests go, None for nowhere;
    ``outbound``: says which URLs may be called, None for public ones alone;
    ``identify``: tells the language of a text, None to take every text for English.
    """
    app = _application(tracer_provider)
    app.state.services = Services(
        sessions=sessions,
        defer_analysis=defer_analysis,
        load_encoder=load_encoder,
        watch=AnalysisWatch(sessions=sessions),
        outbound=outbound or Outbound(),
        identify=identify,
        backlog=Backlog(sessions, max_queue_seconds),
        following=Following(sessions=sessions, most=max_streams, seconds=stream_seconds),
        gate=Gate(sessions, allow_keyless, RateLimiter(rate_limit) if rate_limit else None),
    )
    return app


def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 description that is served at /openapi.json and kept in openapi/openapi.json."""
    return _application().openapi()


def _application(tracer_provider: TracerProvider | None = None) -> FastAPI:
    app = FastAPI(
        title="Claimline",
        summary="Story timelines and claim-conflict reports for newsrooms",
        description=_DESCRIPTION,
        version=version("claimline"),
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        # Spans of requests alone: metrics are Prometheus's, and FastAPI's logs would quote what failed.
        telemetry={
            "tracing": tracer_provider is not None,
            "tracer_provider": tracer_provider,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
            "exclude": lambda scope: scope["path"] in QUIET_ROUTES,
        },
    )
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    app.state.methods_at = methods_at
    for router in _ROUTERS:
        app.include_router(router, responses={"default": problems.ANY_RESPONSE})
    swagger.install(app)
    problems.install(app)
    app.add_exception_handler(MovedToHeirError, _on_moved)
    app.add_exception_handler(NotModifiedError, _on_not_modified)
    app.add_middleware(Access)
    app.add_middleware(BodyLimit, limit=MAX_BODY, limits={"/v1/articles/batch": MAX_BATCH_BODY})
    app.add_middleware(RequestContext)
    return app


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    yield


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        _state_parameters_plainly(document)
        _state_streams_plainly(document)
        _, definitions = models_json_schema(
            [(Problem, "serialization"), (ArticleIn, "validation")], ref_template="#/components/schemas/{model}"
        )
        document["components"]["schemas"] |= definitions["$defs"]
        access.describe(document)
        app.openapi_schema = examples.with_nulls(document)
    return app.openapi_schema


def _state_parameters_plainly(document: dict[str, Any]) -> None:
    """A parameter that may be left out is not one that may be null."""
    for at_path in document["paths"].values():
        for operation in at_path.values():
            for parameter in operation.get("parameters", ()):
                schema = parameter["schema"]
                kinds = [kind for kind in schema.pop("anyOf", ()) if kind != {"type": "null"}]
                schema.update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})


def _state_streams_plainly(document: dict[str, Any]) -> None:
    """``itemSchema`` is a word of OpenAPI 3.2, and this is a document of 3.1."""
    for at_path in document["paths"].values():
        for operation in at_path.values():
            for response in operation["responses"].values():
                stream = response.get("content", {}).get("text/event-stream", {})
                if stream.pop("itemSchema", None):
                    stream["schema"] = {"type": "string"}


def methods_at(path: str) -> list[str]:
    """The methods that are described for this path. What is written out goes before what a parameter would match."""
    described = [r for router in _ROUTERS for r in router.routes if isinstance(r, APIRoute) and r.include_in_schema]
    written_out = [route for route in described if route.path == path]
    routes = written_out or [route for route in described if route.path_regex.match(path)]
    found = {method for route in routes for method in route.methods or ()}
    return sorted(found | {"HEAD"} if "GET" in found else found) or ["GET", "HEAD"]


async def _on_moved(request: Request, error: Exception) -> Response:
    assert isinstance(error, MovedToHeirError)
    heir = str(error.heir_id)
    path = request.url.path.replace(request.path_params["story_id"], heir, 1)
    query = f"?{request.url.query}" if request.url.query else ""
    return JSONResponse({"merged_into": heir}, 308, headers={"Location": path + query})


async def _on_not_modified(_request: Request, error: Exception) -> Response:
    assert isinstance(error, NotModifiedError)
    return Response(status_code=304, headers={"ETag": error.etag, "Cache-Control": "no-cache"})
