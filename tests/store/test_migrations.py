from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pgvector.sqlalchemy import Vector
from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.exc import IntegrityError

from app.domain.errors import ConfigurationError
from app.domain.wording import GONE_EXPLANATION, GONE_QUESTION
from app.store import tables
from app.store.engine import create_engine
from app.store.schema import MIGRATIONS, check_schema, downgrade, is_ours, upgrade


@pytest.fixture
def empty_engine(empty_database_url: str) -> Iterator[Engine]:
    engine = create_engine(empty_database_url)
    yield engine
    engine.dispose()


def _difference(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        connection.dialect.ischema_names["vector"] = Vector
        context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_type": True})
        return list(compare_metadata(context, tables.METADATA))


def test_the_migrations_make_the_tables_of_the_metadata(empty_engine: Engine) -> None:
    assert _difference(empty_engine) != []
    upgrade(empty_engine)
    assert _difference(empty_engine) == []
    check_schema(empty_engine)


def test_upgrading_twice_changes_nothing(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    upgrade(empty_engine)
    assert _difference(empty_engine) == []


def test_another_migration_is_waited_for_without_end_and_a_table_is_not(empty_engine: Engine) -> None:
    patience: dict[str, str] = {}

    @event.listens_for(empty_engine, "before_cursor_execute")
    def note(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        for wait in ("pg_advisory_xact_lock", "CREATE TABLE article"):
            if wait in statement:
                patience[wait] = str(connection.connection.cursor().execute("SHOW lock_timeout").fetchone()[0])

    upgrade(empty_engine)
    assert patience == {"pg_advisory_xact_lock": "0", "CREATE TABLE article": "10s"}


def test_vectors_are_searched_through_hnsw_indexes(engine: Engine) -> None:
    query = text("SELECT tablename FROM pg_indexes WHERE indexdef LIKE '%USING hnsw (embedding vector_cosine_ops)'")
    with engine.connect() as connection:
        assert set(connection.scalars(query)) == {"article", "claim"}


def test_the_migrations_can_be_taken_back_and_run_again(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    downgrade(empty_engine)
    assert set(inspect(empty_engine).get_table_names()) == {"alembic_version"}
    leftovers = text(
        r"SELECT proname::text FROM pg_proc WHERE proname LIKE 'procrastinate\_%' "
        r"UNION SELECT typname::text FROM pg_type WHERE typname LIKE 'procrastinate\_%'"
    )
    with empty_engine.connect() as connection:
        assert list(connection.scalars(leftovers)) == []
    upgrade(empty_engine)
    assert _difference(empty_engine) == []


def test_rows_from_before_workspaces_go_to_the_default_one_and_outlive_the_way_back(empty_engine: Engine) -> None:
    upgrade(empty_engine, revision="job_queue")
    columns = "id, title, version, created_at, updated_at"
    old = f"INSERT INTO story ({columns}) VALUES (CAST(:id AS uuid), 'Fire', 1, now(), now())"
    with empty_engine.begin() as connection:
        connection.execute(text(old), {"id": "01930311-2c4e-7a11-9f5e-1c7a2f9d3b40"})
    upgrade(empty_engine)
    with empty_engine.begin() as connection:
        # as a process of the release before still writes while this one is rolled out
        connection.execute(text(old), {"id": "01930311-2c4e-7a11-9f5e-1c7a2f9d3b41"})
        found = connection.execute(
            text("SELECT w.name, count(*) FROM story s JOIN workspace w ON w.id = s.workspace_id GROUP BY w.name")
        )
        assert [tuple(row) for row in found] == [("default", 2)]
    downgrade(empty_engine, revision="job_queue")
    with empty_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM story")) == 2


def test_a_story_that_was_merged_into_itself_stands_for_itself_again(empty_engine: Engine) -> None:
    upgrade(empty_engine, revision="webhooks")
    with empty_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO story (id, title, version, merged_into, created_at, updated_at) "
                "SELECT id, 'Flood', 1, id, now(), now() FROM (SELECT gen_random_uuid() AS id) AS fresh"
            )
        )
    upgrade(empty_engine)
    with empty_engine.connect() as connection:
        assert connection.scalar(text("SELECT merged_into FROM story")) is None
        with pytest.raises(IntegrityError, match="ck_story_heir"):
            connection.execute(text("UPDATE story SET merged_into = id"))


def test_reports_closed_before_lose_what_they_quote_of_evidence_that_is_gone(empty_engine: Engine) -> None:
    upgrade(empty_engine, revision="merges")
    rows = """
        WITH s AS (
            INSERT INTO story (id, title, version, created_at, updated_at)
            VALUES (gen_random_uuid(), 'Flood', 1, now(), now()) RETURNING id
        ), c AS (
            INSERT INTO conflict (
                id, story_id, kind, verdict, question, explanation, confidence, status, detected_at, closed_at, versions
            )
            SELECT gen_random_uuid(), id, 'date', 'update', 'When?', 'Tuesday.', 1, 'open', now(), now(), '{}'
            FROM s RETURNING id
        )
        INSERT INTO position (id, conflict_id, ordinal, label, value, sources, origins, first_seen_at)
        SELECT gen_random_uuid(), id, 0, 'Tuesday', '{}', 1, 1, now() FROM c
    """
    with empty_engine.begin() as connection:
        connection.execute(text(rows))
    upgrade(empty_engine)
    with empty_engine.connect() as connection:
        [told] = connection.execute(text("SELECT question, explanation FROM conflict"))
        assert tuple(told) == (GONE_QUESTION, GONE_EXPLANATION)
        assert connection.scalar(text("SELECT count(*) FROM position")) == 0


def test_an_old_schema_is_refused_with_the_command_that_helps(empty_engine: Engine) -> None:
    upgrade(empty_engine, revision="first_tables")
    with pytest.raises(ConfigurationError, match="claimline migrate"):
        check_schema(empty_engine)


def test_revision_files_are_named_by_day_and_subject() -> None:
    names = [path.stem for path in (MIGRATIONS / "versions").glob("*.py")]
    assert names
    for name in names:
        day, _, slug = name.partition("_")
        assert len(day.split("-")) == 3
        assert slug == slug.lower() != ""
