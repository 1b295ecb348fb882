"""The application on a database of its own, asked over ASGI inside its lifespan."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel

from app.api.app import create_app
from app.pipeline.jobs import defer_analysis
from app.store.engine import SessionFactory, create_engine, session_factory
from app.store.keys import Scope, create_key
from app.store.tables import DEFAULT_WORKSPACE
from tests.api import world
from tests.api.world import World
from tests.conftest import _at, _create


@pytest.fixture(scope="session")
def api_engine(server_url: str, template_database: str) -> Iterator[Engine]:
    _create(server_url, "claimline_api", template=template_database)
    engine = create_engine(_at(server_url, "claimline_api"))
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(api_engine: Engine) -> SessionFactory:
    """Real commits: requests run in threads and several transactions at once. Each test begins with empty tables."""
    emptied = set(SQLModel.metadata.tables) - {"workspace"} | {"procrastinate_jobs"}
    tables = ", ".join(f'"{name}"' for name in sorted(emptied))
    with api_engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} CASCADE"))
        connection.execute(text("DELETE FROM workspace WHERE id <> :own"), {"own": DEFAULT_WORKSPACE})
        connection.execute(text("UPDATE workspace SET event_count = 0"))
    return session_factory(api_engine)


@pytest.fixture
def session(sessions: SessionFactory) -> Iterator[Session]:
    with sessions() as session:
        yield session


class AxisEncoder:
    """An encoder for searches whose answers are known: a text's vector lies along the axis of its first number."""

    version = "axis@1"
    dimensions = 384

    def __init__(self) -> None:
        self.loaded = 0

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        return [world.vector(int(text.split()[0])) for text in texts]


@pytest.fixture
def encoder() -> AxisEncoder:
    return AxisEncoder()


@pytest.fixture
def app(sessions: SessionFactory, encoder: AxisEncoder) -> FastAPI:
    def load() -> AxisEncoder:
        encoder.loaded += 1
        return encoder

    return create_app(sessions=sessions, defer_analysis=defer_analysis, load_encoder=load)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    """What the test has the application log."""
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def brandt(session: Session) -> World:
    """The story of the fire, committed."""
    built = world.build(session)
    session.commit()
    return built


@pytest.fixture
def make_key(session: Session) -> Callable[..., str]:
    """Make an API key, in the workspace ``default`` unless told otherwise."""

    def make(*scopes: Scope, workspace: str = "default", expires_at: datetime | None = None) -> str:
        _, token = create_key(
            session,
            name="test",
            workspace=workspace,
            scopes=scopes or (Scope.ADMIN,),
            expires_at=expires_at,
            now=datetime(2020, 1, 1, tzinfo=UTC),
        )
        session.commit()
        return token

    return make


@pytest.fixture
def queued(session: Session) -> Callable[[], list[str]]:
    """The ids of the articles whose analysis is queued, in the order in which they were."""

    def read() -> list[str]:
        rows = session.connection().execute(text("SELECT args ->> 'article_id' FROM procrastinate_jobs ORDER BY id"))
        found = [row[0] for row in rows]
        session.rollback()
        return found

    return read
