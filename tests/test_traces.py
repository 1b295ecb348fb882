"""Traces: a request, the analysis it queued and its stages are one; off, nothing is carried and nothing recorded."""

from __future__ import annotations

import asyncio
import http.server
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from app import traces
from app.api.app import create_app
from app.pipeline.jobs import defer_analysis, worker_app
from app.store.engine import SessionFactory, create_engine, session_factory

trace_export = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
sdk = pytest.importorskip("opentelemetry.sdk.trace")
export = pytest.importorskip("opentelemetry.sdk.trace.export")

ARTICLE = {"text": "Fire destroyed nine boats at Brandt Quay on Monday, the harbour master said."}
CALLER = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def sessions(database_url: str) -> Iterator[SessionFactory]:
    engine = create_engine(database_url)
    yield session_factory(engine)
    engine.dispose()


@pytest.fixture
def provider() -> Iterator[Any]:
    made = sdk.TracerProvider()
    traces.use(made)
    yield made
    traces.use(None)
    made.shutdown()


@pytest.fixture
def memory(provider: Any) -> Any:
    kept = trace_export.InMemorySpanExporter()
    provider.add_span_processor(export.SimpleSpanProcessor(kept))
    return kept


def _ask(sessions: SessionFactory, provider: Any, *requests: tuple[str, str]) -> list[httpx.Response]:
    app = create_app(
        sessions=sessions, defer_analysis=defer_analysis, load_encoder=lambda: None, tracer_provider=provider
    )  # type: ignore[arg-type]

    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        headers = {"traceparent": f"00-{CALLER}-b7ad6b7169203331-01"}
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client,
        ):
            return [await client.request(m, p, json=ARTICLE if m == "POST" else None) for m, p in requests]

    return asyncio.run(run())


def _work(url: str, sessions: SessionFactory, analyse: Callable[[UUID], None]) -> None:
    app = worker_app(url, analyse=analyse, sessions=sessions)

    async def run() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False, delete_jobs="successful")

    asyncio.run(run())


def _arguments(session: Session) -> list[dict[str, Any]]:
    return list(session.connection().scalars(text("SELECT args FROM procrastinate_jobs")))


def _stages(article_id: UUID) -> None:
    with traces.span("read"):
        pass
    with traces.span("save"):
        pass


def test_a_request_its_job_and_the_jobs_stages_are_one_trace(
    database_url: str, sessions: SessionFactory, provider: Any, memory: Any
) -> None:
    [accepted] = _ask(sessions, provider, ("POST", "/v1/articles"))
    assert accepted.status_code == 202
    _work(database_url, sessions, _stages)
    spans = {span.name: span for span in memory.get_finished_spans()}
    request, job = spans["POST /v1/articles"], spans["analyse_article"]
    assert {f"{span.context.trace_id:032x}" for span in spans.values()} == {CALLER}
    assert job.parent.span_id == request.context.span_id
    assert {spans[name].parent.span_id for name in ("read", "save")} == {job.context.span_id}
    assert (request.kind.name, job.kind.name) == ("SERVER", "CONSUMER")
    assert request.attributes["http.route"] == "/v1/articles"
    assert request.attributes["http.response.status_code"] == 202
    assert dict(job.attributes) == {"claimline.article_id": accepted.json()["id"], "claimline.attempt": 1}


def test_a_failed_stage_says_its_kind_and_never_its_words(
    database_url: str, sessions: SessionFactory, provider: Any, memory: Any
) -> None:
    def fail(article_id: UUID) -> None:
        with traces.span("read"):
            raise ValueError(ARTICLE["text"])

    _ask(sessions, provider, ("POST", "/v1/articles"))
    _work(database_url, sessions, fail)
    spans = {span.name: span for span in memory.get_finished_spans()}
    for name in ("read", "analyse_article"):
        assert spans[name].status.status_code.name == "ERROR"
        assert spans[name].attributes["error.type"] == "ValueError"
    assert not any("Brandt" in span.to_json() for span in spans.values())


def test_probes_and_scrapes_make_no_spans(sessions: SessionFactory, provider: Any, memory: Any) -> None:
    _ask(sessions, provider, ("GET", "/healthz"), ("GET", "/metrics"), ("GET", "/v1/stories"))
    assert [span.name for span in memory.get_finished_spans()] == ["GET /v1/stories"]


def test_without_traces_nothing_is_carried_or_made(database_url: str, sessions: SessionFactory, memory: Any) -> None:
    traces.use(None)
    [accepted] = _ask(sessions, None, ("POST", "/v1/articles"))
    with sessions() as session:
        assert _arguments(session) == [{"article_id": accepted.json()["id"]}]
    _work(database_url, sessions, _stages)
    assert memory.get_finished_spans() == ()


def test_an_analysis_that_was_queued_without_a_trace_begins_its_own(
    database_url: str, sessions: SessionFactory, provider: Any, memory: Any
) -> None:
    traces.use(None)
    _ask(sessions, None, ("POST", "/v1/articles"))
    traces.use(provider)
    _work(database_url, sessions, _stages)
    spans = {span.name: span for span in memory.get_finished_spans()}
    assert spans["analyse_article"].parent is None
    assert spans["read"].parent.span_id == spans["analyse_article"].context.span_id


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_SERVICE_NAME": "news"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
    ],
)
def test_traces_are_off_unless_asked_for(environ: dict[str, str]) -> None:
    assert traces.configure(environ) is None
    assert isinstance(traces.span("read"), AbstractContextManager)
    assert traces.carried() == {}


def test_asked_for_without_the_extra_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace.export", None)  # as Python has what is not there
    with pytest.raises(traces.NotInstalledError, match=r"claimline\[otel\]"):
        traces.configure({"OTEL_TRACES_EXPORTER": "otlp"})


def test_spans_go_to_the_endpoint_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[tuple[str, bytes]] = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("OTEL_SERVICE_NAME", "news desk")
        provider: Any = traces.configure()
        with traces.span("read"):
            pass
        provider.shutdown()
        traces.use(None)
        server.shutdown()
    [(path, body)] = got
    assert path == "/v1/traces"
    assert b"news desk" in body
    assert b"read" in body


def test_a_console_is_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """Standard output is where a worker tells its supervisor its id."""
    provider: Any = traces.configure({"OTEL_TRACES_EXPORTER": "console"})
    with traces.span("read"):
        pass
    provider.shutdown()
    traces.use(None)
    out, err = capfd.readouterr()
    assert out == ""
    assert '"name": "read"' in err
