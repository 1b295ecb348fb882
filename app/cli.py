"""The ``claimline`` command, and the one place where the parts are put together.

What is heavy (the parser, the models, the web framework) is imported by the command that runs it.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import Engine

from app import logs, traces
from app.commands import keys, models
from app.commands.export import export
from app.commands.ingest import ingest
from app.commands.opening import open_database, read_settings
from app.commands.purge import purge
from app.domain.errors import ConfigurationError
from app.outbound import Limits, Outbound
from app.pipeline.supervisor import CONFIGURATION_EXIT, Supervisor, exit_with_parent
from app.settings import Settings
from app.store.analysis import newest_encoder
from app.store.engine import SessionFactory, session_factory
from app.store.schema import check_schema, upgrade

if TYPE_CHECKING:
    from fastapi import FastAPI
    from opentelemetry.trace import TracerProvider

    from app.domain.ports import Encoder, Reader
    from app.domain.values import Reading
    from app.pipeline.analyse import Analyst

OPENAPI = Path(__file__).resolve().parent.parent / "openapi" / "openapi.json"

WORKER_NICENESS = 10  # on one machine, answering requests comes before analysing articles

log = logs.get_logger(__name__)
app = typer.Typer(
    help="Story timelines and claim-conflict reports for newsrooms, over HTTP. "
    "Settings come from CLAIMLINE_* environment variables; the README lists them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(models.app, name="models")
app.add_typer(keys.app, name="keys")
for command in (ingest, export, purge):
    app.command()(command)

Host = Annotated[str | None, typer.Option(help="Address to bind instead of CLAIMLINE_HOST.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port instead of CLAIMLINE_PORT; 0: a free one.")]
Concurrency = Annotated[int | None, typer.Option(min=1, max=64, help="Articles analysed at once.")]


@app.command()
def serve(host: Host = None, port: Port = None, concurrency: Concurrency = None) -> None:
    """Run everything: migrate the database, answer HTTP, and keep one worker process alive.

    Without CLAIMLINE_DATABASE_URL a private PostgreSQL runs under CLAIMLINE_DATA_DIR.
    """
    from app.api.server import ApiServer, listening

    settings = read_settings(host=host, port=port, worker_concurrency=concurrency)
    with (
        listening(settings.host, settings.port) as listener,
        open_database(settings, pool_size=10, max_overflow=20) as (url, engine),
    ):
        server = ApiServer(listener)
        worker = Supervisor(
            [sys.executable, "-m", "app.cli", "worker", "--supervised"],
            env={"CLAIMLINE_DATABASE_URL": url, "CLAIMLINE_WORKER_CONCURRENCY": str(settings.worker_concurrency)},
            on_death=functools.partial(_release_worker, session_factory(engine)),
            on_refusal=server.refuse,
        )
        worker.start()  # it loads its models while the schema is brought up to date
        try:
            upgrade(engine)
            api = _api(settings, engine)
            worker.let_begin()
            server.run(api, on_stop=functools.partial(_stop, api, worker), on_second_signal=worker.kill)
        finally:
            worker.stop()
    if server.is_refused:
        raise typer.Exit(CONFIGURATION_EXIT)


@app.command()
def api(host: Host = None, port: Port = None) -> None:
    """Answer HTTP only. Needs a migrated database, and workers elsewhere to analyse what comes in."""
    from app.api.server import ApiServer, listening

    settings = read_settings(host=host, port=port)
    with (
        listening(settings.host, settings.port) as listener,
        open_database(settings, pool_size=10, max_overflow=20) as (_, engine),
    ):
        check_schema(engine)
        api = _api(settings, engine)
        ApiServer(listener).run(api, on_stop=functools.partial(_stop, api))


@app.command()
def worker(
    concurrency: Concurrency = None,
    metrics_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Serve this worker's Prometheus metrics on this port.")
    ] = None,
    supervised: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Analyse articles. Run as many as you like, on as many machines, against one database."""
    settings = read_settings(worker_concurrency=concurrency)
    os.nice(WORKER_NICENESS)
    may_begin = exit_with_parent(functools.partial(os.kill, os.getpid(), signal.SIGTERM)) if supervised else None
    with open_database(settings, pool_size=settings.worker_concurrency + 1, max_overflow=6) as (url, engine):
        if may_begin is None:
            check_schema(engine)
        if metrics_port is not None:
            _serve_metrics(settings.host, metrics_port)
        sessions = session_factory(engine)
        _traces()
        analyst = _analyst(settings, sessions)
        if may_begin is not None:
            may_begin.wait()
            check_schema(engine)
        _warn_of_another_encoder(sessions, analyst.encoder.version)
        from app.pipeline.jobs import run_worker
        from app.pipeline.webhooks import Postman

        was_asked = run_worker(
            url,
            analyse=analyst.analyse,
            sessions=sessions,
            concurrency=settings.worker_concurrency,
            retention=timedelta(days=settings.retention_days) if settings.retention_days else None,
            event_retention=timedelta(days=settings.event_days),
            postman=Postman(sessions, Outbound(allowed=settings.allowed_networks)),
            on_registered=_report_id if supervised else _log_ready,
        )
    raise typer.Exit(0 if was_asked else 1)


@app.command()
def migrate() -> None:
    """Bring the database's schema up to this release. Safe to run at any time, also from several places at once."""
    settings = read_settings()
    with open_database(settings, pool_size=1, max_overflow=0) as (_, engine):
        upgrade(engine)
    log.info("database_migrated")


@app.command()
def openapi(
    check: Annotated[bool, typer.Option(help="Write nothing; fail when the committed file is not current.")] = False,
) -> None:
    """Write openapi/openapi.json, the description of the HTTP API, from the code."""
    from app.api.app import openapi_document

    rendered = json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"
    if not check:
        OPENAPI.write_text(rendered)
    elif not OPENAPI.exists() or OPENAPI.read_text() != rendered:
        raise ConfigurationError("openapi/openapi.json is not what the code describes: run 'make openapi'.")


def main() -> None:
    """Entry point. What the operator can mend is one line on stderr and exit code 2."""
    try:
        app()
    except ConfigurationError as error:
        typer.echo(f"claimline: {error}", err=True)
        raise SystemExit(CONFIGURATION_EXIT) from error
    except Exception as error:
        log.exception("command_failed")
        raise SystemExit(1) from error


def _api(settings: Settings, engine: Engine) -> FastAPI:
    from app.api.app import create_app
    from app.language.identify import Identifier
    from app.pipeline.jobs import defer_analysis
    from app.store.keys import has_keys

    sessions = session_factory(engine)
    allow_keyless = settings.trust_network or _is_loopback(settings.host)
    with sessions() as session:
        if not allow_keyless and not has_keys(session):
            raise ConfigurationError(
                f"CLAIMLINE_HOST {settings.host} is not loopback and there are no API keys: make one with 'claimline "
                "keys create NAME', or set CLAIMLINE_TRUST_NETWORK=true where everybody who reaches it may do anything."
            )
    identifier = Identifier()
    identifier.load_soon()
    return create_app(
        sessions=sessions,
        allow_keyless=allow_keyless,
        rate_limit=settings.rate_limit,
        max_queue_seconds=settings.max_queue_seconds,
        max_streams=settings.max_streams,
        stream_seconds=settings.stream_seconds,
        defer_analysis=defer_analysis,
        load_encoder=_search_encoder(settings),
        tracer_provider=_traces(),
        outbound=Outbound(allowed=settings.allowed_networks),
        identify=identifier,
    )


def _search_encoder(settings: Settings) -> Callable[[], Encoder]:
    """What loads the encoder, on the first search; one that the operator chose at once, so that the start tells when
    it is unfit."""
    load = functools.cache(functools.partial(models.load_search_encoder, settings))
    if settings.encoder_model is not None:
        load()
    return load


def _stop(api: FastAPI, worker: Supervisor | None = None) -> None:
    """What must not wait until the server has answered its last request."""
    api.state.services.following.stop()
    if worker is not None:
        worker.ask_to_stop()


def _traces() -> TracerProvider | None:
    try:
        return traces.configure()
    except traces.NotInstalledError as error:  # platforms set OTEL_* for all they run
        log.warning("traces_off", reason=str(error))
        return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _analyst(settings: Settings, sessions: SessionFactory) -> Analyst:
    models.model_folders(settings)  # before the imports that take seconds
    from app.language.identify import Identifier
    from app.language.reader import SpacyReader
    from app.language.webpage import read_page
    from app.pipeline.abstracting import Abstractor
    from app.pipeline.analyse import Analyst
    from app.pipeline.fetching import Fetcher

    loaded = models.load(settings)
    reader = _OneAtATime(SpacyReader())
    limits = Limits(settings.fetch_seconds, settings.fetch_bytes, settings.fetch_redirects)
    return Analyst(
        sessions=sessions,
        fetch=Fetcher(Outbound(allowed=settings.allowed_networks), limits, read_page).fetch,
        identify=Identifier(),
        reader=reader,
        encoder=loaded.encoder,
        question_encoder=loaded.question_encoder,
        question=loaded.question,
        entailment=loaded.entailment,
        worthiness=loaded.worthiness,
        now=lambda: datetime.now(UTC),
        summary_sentences=settings.summary_sentences,
        story_window=timedelta(days=settings.story_window_days),
        abstractor=Abstractor(
            loaded.summariser, reader, loaded.encoder, loaded.entailment, limit=settings.summary_sentences
        )
        if loaded.summariser
        else None,
    )


def _warn_of_another_encoder(sessions: SessionFactory, version: str) -> None:
    with sessions() as session:
        stored = newest_encoder(session)
    if stored not in (None, version):
        log.warning("encoder_changed", stored=stored, now=version)


class _OneAtATime:
    """A reader for all threads of a worker: spaCy's is for one at a time. The models take turns by themselves."""

    def __init__(self, reader: Reader) -> None:
        self.version = reader.version
        self._reader, self._lock = reader, threading.Lock()

    def read(self, text: str, *, title: str | None, published_at: datetime | None) -> Reading:
        with self._lock:
            return self._reader.read(text, title=title, published_at=published_at)


def _release_worker(sessions: SessionFactory, worker_id: int) -> None:
    """Give the jobs of the supervised worker that just died to the next one, without waiting for its heartbeat."""
    from app.store.workers import release_worker

    try:
        with sessions.begin() as session:
            rescue = release_worker(session, worker_id)
        log.warning("jobs_rescued", retried=len(rescue.retried), given_up=len(rescue.given_up))
    except Exception:
        log.exception("rescue_failed")


def _report_id(worker_id: int) -> None:
    sys.stdout.write(f"{worker_id}\n")
    sys.stdout.flush()
    _log_ready(worker_id)


def _log_ready(worker_id: int) -> None:
    log.info("worker_ready", worker_id=worker_id)


def _serve_metrics(host: str, port: int) -> None:
    from prometheus_client import start_http_server

    start_http_server(port, addr=host)


if __name__ == "__main__":
    main()
