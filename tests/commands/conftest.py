from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from app.api.app import create_app
from app.api.server import listening
from app.pipeline.jobs import defer_analysis
from app.store.engine import create_engine, session_factory
from tests.api.conftest import AxisEncoder


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
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def run(app: FastAPI) -> str:
        with listening("127.0.0.1", 0) as socket:
            listener = socket.dup()
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        running.append((server, thread))
        while not server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield run
    for server, thread in running:
        server.should_exit = True
        thread.join()


@pytest.fixture
def url(engine: Engine, serve: Callable[[FastAPI], str]) -> str:
    """A service on the database of the commands."""
    sessions = session_factory(engine)
    return serve(create_app(sessions=sessions, defer_analysis=defer_analysis, load_encoder=AxisEncoder))
