"""Where the parts are put together: the API and the analysis, with what each works with.

What is heavy (the parser, the models, the web framework) is imported when it is made.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from app import logs, traces
from app.commands import models
from app.domain.errors import ConfigurationError
from app.outbound import Limits, Outbound
from app.settings import Settings
from app.store.engine import SessionFactory, session_factory

if TYPE_CHECKING:
    from fastapi import FastAPI
    from opentelemetry.trace import TracerProvider

    from app.domain.ports import Encoder, Reader
    from app.domain.values import Reading
    from app.pipeline.analyse import Analyst

log = logs.get_logger(__name__)


def make_api(settings: Settings, engine: Engine) -> FastAPI:
    """The HTTP API on a migrated database. Raises ConfigurationError where others could reach it without a key."""
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
        tracer_provider=make_traces(),
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


def make_analyst(settings: Settings, sessions: SessionFactory) -> Analyst:
    """The stages of an analysis with their models, loaded and warm. Raises ConfigurationError."""
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


def make_traces() -> TracerProvider | None:
    """What records and sends traces; None where that is not asked for, or cannot be."""
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


class _OneAtATime:
    """A reader for all threads of a worker: spaCy's is for one at a time. The models take turns by themselves."""

    def __init__(self, reader: Reader) -> None:
        self.version = reader.version
        self._reader, self._lock = reader, threading.Lock()

    def read(self, text: str, *, title: str | None, published_at: datetime | None) -> Reading:
        with self._lock:
            return self._reader.read(text, title=title, published_at=published_at)
