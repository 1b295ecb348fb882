"""Fill a database with many articles without reading as many: the sample story is analysed once, and its rows cloned.

A clone is what a worker wrote for the samples, with other ids, dates, names and vectors, copied inside PostgreSQL by
one statement for each table: stories of their own, or more articles of the sample story. Texts, offsets and figures
stay: every quotation is still where it says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from pgvector.sqlalchemy import Vector
from sqlalchemy import Column, Connection, text
from sqlmodel import SQLModel, select

from app.domain.articles import Page
from app.language.identify import Identifier
from app.language.reader import SpacyReader
from app.ml.runtime import load_models
from app.pipeline.analyse import Analyst
from app.settings import Settings
from app.store.articles import Submission, add_articles
from app.store.engine import SessionFactory, create_engine, session_factory
from app.store.schema import upgrade
from app.store.tables import (
    Article,
    ArticleSummary,
    ClaimGroup,
    ClaimGroupMember,
    ClaimMatch,
    ClaimPair,
    ClaimRow,
    Conflict,
    Position,
    PositionEvidence,
    Story,
    TimelineEntry,
    TimelineEvidence,
)

SAMPLES = sorted((Path(__file__).resolve().parent.parent / "samples/kursk").glob("*.json"))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TABLES: tuple[type[SQLModel], ...] = (
    Story, Article, ArticleSummary, ClaimRow, ClaimMatch, ClaimPair, ClaimGroup, ClaimGroupMember, Conflict, Position,
    PositionEvidence, TimelineEntry, TimelineEvidence,
)  # fmt: skip

# Lengths of the random vectors that are added to unit vectors: two stories then have a cosine of 0.3, two aspects of
# one story 0.6, two articles of a story 0.9, two claims that say the same 0.96.
SPREADS = {"elsewhere": 1.5, "aspect": 0.8, "article": 0.3, "same": 0.2}
NOISES = 997  # random vectors that are drawn
DAYS = "n % 1000"  # how much earlier a clone took place
_DATED = {
    **dict.fromkeys(("earliest", "latest", "dated"), "{0} - {days}"),
    **dict.fromkeys(("published_at", "first_seen_at"), "{0} - {days} * interval '1 day'"),
    "sort_at": "to_char(t.earliest - {days}, 'YYYY-MM-DD') || substr({0}, 11)",
    "edtf": "CASE WHEN length({0}) = 10 THEN to_char(t.earliest - {days}, 'YYYY-MM-DD') ELSE {0} END",
}

# An id is a UUIDv7, of which the first 48 bits are milliseconds: the clone's is the same some time earlier, so that
# the order among the ids of one clone stays what it was.
_EARLIER = """
CREATE FUNCTION pg_temp.earlier(id uuid, n int) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
    SELECT (lpad(to_hex(('x' || substr(hex, 1, 12))::bit(48)::bigint - 600000 * n::bigint), 12, '0')
        || substr(hex, 13))::uuid FROM (SELECT replace(id::text, '-', '') AS hex) given $$
"""
_SPREAD = ", ".join(f"v * array_fill({x}::real, ARRAY[384])::vector AS {name}" for name, x in SPREADS.items())
_NOISE = f"""
CREATE TEMP TABLE noise AS SELECT k, {_SPREAD} FROM (
    SELECT k, l2_normalize(array_agg(random_normal())::vector) AS v
    FROM generate_series(0, {NOISES - 1}) k, generate_series(1, 384) GROUP BY k
) drawn
"""
VECTOR_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%USING hnsw%'"


def make_analyst(sessions: SessionFactory) -> Analyst:
    """The service's own, with its default settings."""
    settings = Settings()
    loaded = load_models(settings.models_dir, threads=settings.model_threads, batch_tokens=settings.batch_tokens)
    return Analyst(
        sessions=sessions, fetch=_no_page, identify=Identifier(), reader=SpacyReader(),
        encoder=loaded.encoder, question_encoder=loaded.question_encoder,
        question=loaded.question, worthiness=loaded.worthiness, now=lambda: NOW,
        summary_sentences=settings.summary_sentences, story_window=timedelta(days=settings.story_window_days),
    )  # fmt: skip


def _no_page(url: str) -> Page:
    raise AssertionError(f"no sample is fetched: {url}")


def analyse_samples(url: str) -> UUID:
    """Migrate an empty database and analyse the samples in it; the id of their story."""
    engine = create_engine(url)
    upgrade(engine)
    sessions = session_factory(engine)
    analyst = make_analyst(sessions)
    for path in SAMPLES:
        body = json.loads(path.read_text(encoding="utf-8"))
        published = datetime.fromisoformat(body["published_at"]) if body.get("published_at") else None
        submission = Submission(
            text=body["text"], title=body.get("title"), source_name=body["source"]["name"], published_at=published
        )
        with sessions.begin() as session:
            [(article, _)] = add_articles(session, [submission], now=NOW)
        analyst.analyse(article.id)
    with sessions() as session:
        [story] = session.exec(select(Story)).all()
    engine.dispose()
    return story.id


def fill_around(url: str, *, others: int, story: int, says_the_same: bool = False) -> None:
    """Clone the samples until their story has ``story`` articles, and others have ``others``. ``says_the_same``: the
    story's articles all report the same facts; without it five by five report others."""
    with _bulk(url) as connection:
        elsewhere, more = others // len(SAMPLES), story // len(SAMPLES) - 1
        _clone_stories(connection, range(1, elsewhere + 1))
        spread = "same" if says_the_same else "aspect"
        _clone_articles(connection, range(elsewhere + 1, elsewhere + more + 1), spread=spread)


def fill_stories(url: str, *, articles: int, per_story: int = 20) -> list[str]:
    """Clone the samples until there are so many articles, so many of them in each story; the ids of the stories."""
    with _bulk(url) as connection:
        generations = per_story // len(SAMPLES)
        _clone_articles(connection, range(1, generations), spread="aspect")
        _take_templates(connection)
        # In steps, so that no clone of a clone gets the id of another.
        _clone_stories(connection, range(generations, generations * (articles // per_story), generations))
        return [str(key) for key in connection.scalars(text("SELECT id FROM story ORDER BY id"))]


@contextmanager
def _bulk(url: str) -> Iterator[Connection]:
    """A transaction to clone in, in a database that holds the analysed samples and nothing else."""
    engine = create_engine(url, statement_seconds=3600)
    with engine.begin() as connection:
        connection.execute(text("SELECT setseed(0.11)"))
        for statement in (_EARLIER, _NOISE, "CREATE INDEX ON noise (k)"):
            connection.execute(text(statement))
        _take_templates(connection)
        # Indexes of vectors are built at the end, as pgvector advises: row by row they take most of an hour.
        indexes = connection.execute(text(VECTOR_INDEXES)).all()
        for name, _ in indexes:
            connection.execute(text(f"DROP INDEX {name}"))
        yield connection
        connection.execute(text("SET LOCAL maintenance_work_mem = '2GB'"))
        for _, definition in indexes:
            connection.execute(text(definition))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _take_templates(connection: Connection) -> None:
    for name in (str(table.__tablename__) for table in TABLES):
        connection.execute(text(f"DROP TABLE IF EXISTS pg_temp.template_{name}"))
        connection.execute(text(f"CREATE TEMP TABLE template_{name} AS SELECT * FROM {name}"))


def _clone_stories(connection: Connection, numbers: range) -> None:
    """Stories of their own: other names, days apart, vectors far from one another."""
    for table in TABLES:
        _clone(connection, table, numbers, value=_elsewhere)


def _clone_articles(connection: Connection, numbers: range, *, spread: str) -> None:
    """More articles of the sample story, of the same days."""
    for table in TABLES:
        if table is not Story:
            _clone(connection, table, numbers, value=lambda column: _here(column, spread))


def _clone(connection: Connection, table: type[SQLModel], numbers: range, *, value: Callable[[Column], str]) -> None:
    if not numbers:
        return
    columns = list(table.__table__.columns)  # type: ignore[attr-defined]
    names = ", ".join(f'"{column.name}"' for column in columns)
    values = ", ".join(value(column) for column in columns)
    series = f"generate_series({numbers[0]}, {numbers[-1]}, {numbers.step}) n"
    name = table.__tablename__
    connection.execute(text(f"INSERT INTO {name} ({names}) SELECT {values} FROM template_{name} t, {series}"))


def _elsewhere(column: Column) -> str:
    name = f't."{column.name}"'
    if column.name in _DATED:
        return _DATED[column.name].format(name, days=DAYS)
    if column.name == "names":
        return f"ARRAY(SELECT name || n FROM unnest({name}) name)"
    if column.name == "title":
        return f"{name} || ' ' || n"
    return _cloned(column, spread="elsewhere")


def _here(column: Column, spread: str) -> str:
    if column.name == "story_id":
        return "t.story_id"
    return _cloned(column, spread="article" if column.table.name == "article" else spread)


def _cloned(column: Column, *, spread: str) -> str:
    name = f't."{column.name}"'
    if column.name == "fingerprint":
        return f"md5({name} || n)"
    if isinstance(column.type, Vector):
        own = f"abs(hashtext(n || '{column.name}' || t.id)) % {NOISES}"
        return (
            f"l2_normalize({name} + (SELECT {spread} FROM noise WHERE k = n % {NOISES})"
            f" + (SELECT same FROM noise WHERE k = {own}))"
        )
    if _is_key(column):
        return f"pg_temp.earlier({name}, n)"
    return name


def _is_key(column: Column) -> bool:
    return (column.name == "id" or column.name.endswith("_id")) and column.name not in ("workspace_id", "external_id")
