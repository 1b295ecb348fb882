"""Traces with OpenTelemetry: a request, the analysis that it queued, and the stages of that are one trace.

Off unless an OTEL_* variable names an exporter and ``claimline[otel]`` is installed; a span is an empty context then.
FastAPI makes the spans of requests, with the provider that is set up here. Ours say what was done and how long it took,
never what a text says: of exceptions they keep the type, not the message.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.metadata import version
from typing import Literal

from opentelemetry.propagate import extract, inject
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer, TracerProvider, format_trace_id, get_current_span

Attributes = Mapping[str, str | int | float]

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

_tracer: Tracer | None = None


class NotInstalledError(Exception):
    """Traces are asked for, and ``claimline[otel]`` is not installed."""


def configure(environ: Mapping[str, str] = os.environ) -> TracerProvider | None:
    """Switch traces on where OTEL_* asks for them. Raises NotInstalledError.

    An endpoint, or ``OTEL_TRACES_EXPORTER`` as ``otlp`` or ``console``, asks; ``none`` and ``OTEL_SDK_DISABLED`` do
    not. Sampling, headers, batches and the service's name are read by OpenTelemetry itself from its variables.
    """
    exporter = _asked_for(environ)
    if exporter is None:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider as SdkProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
    except ImportError as error:
        raise NotInstalledError("OTEL_* asks for traces: install claimline[otel]") from error
    ours = Resource.create({SERVICE_NAME: "claimline", SERVICE_VERSION: version("claimline")})
    provider = SdkProvider(resource=ours.merge(OTELResourceDetector().detect()))
    # To standard error, as logs are: on standard output a worker tells its supervisor its id.
    to_console = exporter == "console"
    sender = ConsoleSpanExporter(out=sys.stderr) if to_console else OTLPSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(sender))
    use(provider)
    return provider


def use(provider: TracerProvider | None) -> None:
    """Send spans to this provider from now on; None: to nobody."""
    global _tracer  # noqa: PLW0603 - one for the process, as its logs and metrics are
    _tracer = provider.get_tracer("claimline", version("claimline")) if provider else None


def span(name: str) -> AbstractContextManager[None]:
    """What runs in the block, as a child of the span around it."""
    return nullcontext() if _tracer is None else _recording(_tracer, name)


def job_span(
    name: str, *, carried_trace: Mapping[str, str] | None, attributes: Attributes
) -> AbstractContextManager[None]:
    """A job, in the trace of whoever queued it: see ``carried``."""
    if _tracer is None:
        return nullcontext()
    return _recording(_tracer, name, kind=SpanKind.CONSUMER, carried_trace=carried_trace or {}, attributes=attributes)


@contextmanager
def _recording(
    tracer: Tracer,
    name: str,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    carried_trace: Mapping[str, str] | None = None,
    attributes: Attributes | None = None,
) -> Iterator[None]:
    context = None if carried_trace is None else extract(carried_trace)
    with tracer.start_as_current_span(
        name,
        context,
        kind,
        attributes,
        record_exception=False,  # with its message, which may quote an article
        set_status_on_exception=False,
    ) as recorded:
        try:
            yield
        except Exception as error:
            recorded.set_attribute("error.type", type(error).__qualname__)
            recorded.set_status(Status(StatusCode.ERROR))
            raise


def carried() -> dict[str, str]:
    """The running span as W3C ``traceparent`` and ``tracestate``, to go along with queued work; empty when off."""
    carrier: dict[str, str] = {}
    if _tracer is not None:
        inject(carrier)
    return carrier


def for_logs() -> dict[str, str]:
    """The running span's ``trace_id``, as the logs have it; empty when off."""
    context = get_current_span().get_span_context()
    return {"trace_id": format_trace_id(context.trace_id)} if context.is_valid else {}


def _asked_for(environ: Mapping[str, str]) -> Literal["otlp", "console"] | None:
    exporter = environ.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true" or exporter == "none":
        return None
    if exporter == "console":
        return "console"
    return "otlp" if exporter == "otlp" or any(environ.get(name) for name in _ENDPOINTS) else None
