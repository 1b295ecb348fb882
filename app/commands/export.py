"""``claimline export``: everything of a workspace as NDJSON, in the shapes of the HTTP contract."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, TextIO, TypeVar

import typer
from sqlmodel import Session

from app.api import assembly
from app.commands.opening import open_sessions, read_settings
from app.domain.errors import ConfigurationError
from app.store import articles, conflicts, stories, timeline
from app.store.timeline import Window
from app.store.workspaces import bound, find_workspace

Row = TypeVar("Row")
PAGE = 100


def export(
    file: Annotated[str, typer.Argument(help="Where to write; - is standard output.")] = "-",
    workspace: Annotated[str, typer.Option(help="Whose articles.")] = "default",
) -> None:
    """Write all articles with text and analysis, and all stories with timeline and conflict reports, as NDJSON.

    Each line has a `type`: article, story, timeline_item or conflict. All lines are of one moment. An article that
    was not fetched has the text null.
    """
    with open_sessions(read_settings()) as sessions:
        with sessions() as session:
            home = find_workspace(session, workspace)
        if home is None:
            raise ConfigurationError(f"There is no workspace {workspace!r}.")
        with bound(sessions, home.id) as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
            if file == "-":
                _write(session, sys.stdout)
                return
            try:
                with Path(file).open("w", encoding="utf-8") as out:
                    _write(session, out)
            except OSError as error:
                raise ConfigurationError(f"Cannot write {file!r}: {error.strerror}.") from error


def _write(session: Session, out: TextIO) -> None:
    for record in records(session):
        out.write(json.dumps(record, ensure_ascii=False) + "\n")


def records(session: Session) -> Iterator[dict[str, Any]]:
    """All that the session sees, article by article, then story by story."""
    for article in _all(
        lambda after: articles.list_articles(session, articles.Filters(), after=after, limit=PAGE),
        key=lambda row: (row.created_at, row.id),
    ):
        detail = assembly.article_detail(session, article.id).model_dump(mode="json")
        yield {"type": "article", **detail, "text": articles.find_text(session, article.id)}
        session.expunge_all()
    for story in _all(
        lambda after: stories.list_stories(session, words=None, updated_since=None, after=after, limit=PAGE),
        key=lambda row: (row.updated_at, row.id),
    ):
        shown = assembly.story_out(story, stories.figures(session, [story.id])[story.id])
        yield {"type": "story", **shown.model_dump(mode="json")}
        for entry in _all(
            lambda after, id_=story.id: timeline.list_entries(session, Window(story_id=id_), after=after, limit=PAGE),  # type: ignore[misc]
            key=lambda row: row.key,
        ):
            yield {"type": "timeline_item", **assembly.timeline_item(entry).model_dump(mode="json")}
        for report in _all(
            lambda after, id_=story.id: conflicts.list_conflicts(  # type: ignore[misc]
                session, id_, conflicts.Filters(include_closed=True), after=after, limit=PAGE
            ),
            key=lambda row: row.key,
        ):
            yield {"type": "conflict", **assembly.conflict_out(report).model_dump(mode="json")}
        session.expunge_all()


def _all(fetch: Callable[[Any], Sequence[Row]], *, key: Callable[[Row], Any]) -> Iterator[Row]:
    """Every row of a listing, page by page."""
    after = None
    while rows := fetch(after):
        after = key(rows[-1])
        yield from rows
