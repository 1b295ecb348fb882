from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from app.api.app import create_app
from app.pipeline.jobs import defer_analysis
from app.store.engine import create_engine, session_factory
from tests.api.conftest import AxisEncoder
from tests.serving import serving


@pytest.fixture
def engine(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The database that commands find in their environment."""
    monkeypatch.setenv("CLAIMLINE_DATABASE_URL", database_url)
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def serve() -> Iterator[Callable[[FastAPI], str]]:
    """Answer HTTP on loopback; gives the address."""
    with ExitStack() as running:
        yield lambda app: running.enter_context(serving(app))


@pytest.fixture
def url(engine: Engine, serve: Callable[[FastAPI], str]) -> str:
    """A service on the database of the commands."""
    sessions = session_factory(engine)
    return serve(create_app(sessions=sessions, defer_analysis=defer_analysis, load_encoder=AxisEncoder))
