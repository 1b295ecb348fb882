"""The ``claimline`` command: the processes of the service, and what operators do beside running them.

What is heavy (the parser, the models, the web framework) is imported by the command that runs it.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import logs
from app.commands import keys, models
from app.commands.export import export
from app.commands.ingest import ingest
from app.commands.opening import open_database, read_settings
from app.commands.purge import purge
from app.composition import make_analyst, make_api, make_traces
from app.domain.errors import ConfigurationError
from app.outbound import Outbound
from app.pipeline.supervisor import CONFIGURATION_EXIT, Supervisor, exit_with_parent
from app.store.analysis import newest_encoder
from app.store.engine import SessionFactory, session_factory
from app.store.schema import check_schema, upgrade

if TYPE_CHECKING:
    from fastapi import FastAPI

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
            api = make_api(settings, engine)
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
        api = make_api(settings, engine)
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
        make_traces()
        analyst = make_analyst(settings, sessions)
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


def _stop(api: FastAPI, worker: Supervisor | None = None) -> None:
    """What must not wait until the server has answered its last request."""
    api.state.services.following.stop()
    if worker is not None:
        worker.ask_to_stop()


def _warn_of_another_encoder(sessions: SessionFactory, version: str) -> None:
    with sessions() as session:
        stored = newest_encoder(session)
    if stored not in (None, version):
        log.warning("encoder_changed", stored=stored, now=version)


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
