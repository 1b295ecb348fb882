"""Is it up, is it ready, how is it doing."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app import metrics
from app.api.deps import ServicesDep
from app.api.examples import ok
from app.api.problems import UNAVAILABLE, responses
from app.api.schemas.common import Output
from app.domain.errors import UnavailableError
from app.store import conflicts, workers

router = APIRouter(tags=["operations"])


class Health(Output):
    status: Literal["ok"] = "ok"


class Readiness(Output):
    status: Literal["ready"] = "ready"


@router.get(
    "/healthz",
    operation_id="getHealth",
    summary="Is the process up?",
    responses={200: ok("It is.", {"status": "ok"})},
)
def get_health() -> Health:
    """Answers as long as the process takes requests; looks at nothing else."""
    return Health()


@router.get(
    "/readyz",
    operation_id="getReadiness",
    summary="Is the service ready?",
    responses={
        200: ok("The database answers, and a worker has reported lately.", {"status": "ready"}),
        **responses(UNAVAILABLE),
    },
)
def get_readiness(services: ServicesDep) -> Readiness:
    """Ready means that an article submitted now will be analysed: the database answers and a worker lives."""
    with services.sessions() as session:
        if not workers.worker_seen(session):
            raise UnavailableError("No worker has reported lately: articles are accepted and wait for one.")
    return Readiness()


@router.get(
    "/metrics",
    operation_id="getMetrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={
        200: ok(
            "Prometheus text format.",
            'claimline_http_requests_total{method="GET",route="/v1/stories",status="200"} 17.0\n',
            media_type="text/plain",
        )
    },
)
def get_metrics(services: ServicesDep) -> Response:
    """Counts and timings of this process, the state of the queue, and the conflict reports there are."""
    try:
        with services.sessions() as session:
            _read_gauges(session)
    except SQLAlchemyError:
        # Metrics are wanted most when the database is away; a gauge that cannot be read says so.
        metrics.CONFLICTS.clear()
        for gauge in (metrics.QUEUED_JOBS, metrics.OLDEST_JOB_SECONDS, metrics.WORKERS):
            gauge.set(float("nan"))
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _read_gauges(session: Session) -> None:
    session.connection().execute(text("SET LOCAL statement_timeout = '2s'"))
    metrics.QUEUED_JOBS.set(workers.count_jobs(session))
    metrics.OLDEST_JOB_SECONDS.set(workers.oldest_job_seconds(session))
    for verdict, number in conflicts.count_open(session).items():
        metrics.CONFLICTS.labels(verdict).set(number)
    metrics.WORKERS.set(workers.count_workers(session))
