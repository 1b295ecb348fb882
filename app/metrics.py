"""What is counted and timed, for Prometheus. Definitions only: each process exposes what it has observed itself."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

HTTP_REQUESTS = Counter(
    "claimline_http_requests_total", "HTTP requests, by route template", ["method", "route", "status"]
)
HTTP_SECONDS = Histogram(
    "claimline_http_request_seconds", "Time to answer an HTTP request", ["method", "route"], buckets=_SECONDS
)
ANALYSES = Counter("claimline_analyses_total", "Attempts to analyse an article", ["outcome"])
ANALYSIS_SECONDS = Histogram("claimline_analysis_seconds", "Time to analyse one article", buckets=_SECONDS)
STAGE_SECONDS = Histogram(
    "claimline_stage_seconds", "Time of one stage of an article's analysis", ["stage"], buckets=_SECONDS
)
MODEL_SECONDS = Histogram(
    "claimline_model_seconds", "Time of one model batch, by step", ["model", "step"], buckets=_SECONDS
)
MODEL_TOKENS = Counter("claimline_model_tokens_total", "Tokens that a model has read, padding left out", ["model"])
JOBS_RESCUED = Counter("claimline_jobs_rescued_total", "Jobs taken back from workers that died", ["outcome"])
WEBHOOKS = Counter("claimline_webhooks_total", "Attempts to deliver a message to a webhook", ["outcome"])
QUEUED_JOBS = Gauge("claimline_queued_jobs", "Analyses waiting or running; read from the database when scraped")
OLDEST_JOB_SECONDS = Gauge(
    "claimline_oldest_job_seconds", "How long the next analysis has waited; read from the database when scraped"
)
CONFLICTS = Gauge(
    "claimline_conflicts", "Conflict reports not closed, by verdict; read from the database when scraped", ["verdict"]
)
WORKERS = Gauge("claimline_workers", "Workers with a fresh heartbeat; read from the database when scraped")
