"""``claimline ingest`` against a service on a socket, and ``claimline export`` of what a worker wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.responses import JSONResponse
from typer.testing import CliRunner, Result

from app import cli
from app.api.schemas.articles import ArticleDetail
from app.api.schemas.stories import ConflictOut, StoryOut, TimelineItem
from app.commands import ingest
from app.domain.errors import ConfigurationError
from app.store.keys import Scope, create_key
from app.store.tables import Article, Workspace
from tests.api import world


def run(*arguments: str, url: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli.app, ["ingest", "--url", url, *arguments], input=stdin)


def _texts(engine: Engine) -> set[str]:
    with Session(engine) as session:
        return set(session.exec(select(Article.text)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.txt").write_text("\ufeffThe ferry left Ålesund.", encoding="utf-8")
    (tmp_path / "b.json").write_text('{"text": "The bridge is closed.", "source": {"name": "Radio"}}')
    (tmp_path / "c.json").write_text('{"articles": [{"text": "One."}, {"text": "Two."}]}')
    (tmp_path / "deep" / "d.ndjson").write_text('{"text": "Three."}\n\n{"text": "Four."}\n')
    (tmp_path / "e.jpg").write_bytes(b"\xff\xd8")
    return tmp_path


def test_a_folder_is_taken_whole_and_once(folder: Path, url: str, engine: Engine) -> None:
    first = run(str(folder), "--source", "Desk", url=url)
    assert (first.exit_code, "6 new, 0 there already, 0 refused" in first.stderr) == (0, True), first.output
    assert _texts(engine) == {"The ferry left Ålesund.", "The bridge is closed.", "One.", "Two.", "Three.", "Four."}
    with Session(engine) as session:
        assert sorted(str(name) for name in session.exec(select(Article.source_name))) == ["Desk"] * 5 + ["Radio"]
    again = run(str(folder), "--source", "Desk", url=url)
    assert (again.exit_code, "0 new, 6 there already" in again.stderr) == (0, True)


def test_what_is_refused_is_named_with_its_place_and_the_rest_is_taken(
    tmp_path: Path, url: str, engine: Engine
) -> None:
    tmp_path = tmp_path / ("long-" * 20)  # a terminal's line would be broken in it
    tmp_path.mkdir()
    lines = ['{"text": "One."}', "{", '{"text": ""}', "[1]", '{"text": "Two.", "titel": "x"}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "c.json").write_text("[" * 100_000)
    result = run(str(tmp_path), url=url)
    assert result.exit_code == 1
    said = result.stderr
    for place in (
        "a.jsonl:2: is not JSON",
        "a.jsonl:3: /text:",
        "a.jsonl:4: is not a",
        "a.jsonl:5: /titel",
        "b.txt: is",
    ):
        assert place in said, said
    assert "1 new, 0 there already, 6 refused" in said
    assert _texts(engine) == {"One."}


@pytest.mark.parametrize(
    ("stdin", "texts"),
    [
        (b"The ferry left.", {"The ferry left."}),
        (b'{"text": "One."}\n{"text": "Two."}\n', {"One.", "Two."}),
        (b'[{"text": "One."},\n{"text": "Two."}]', {"One.", "Two."}),
        (b'{"text": "One."}', {"One."}),
        (b'\xef\xbb\xbf{"text": "One."}\r\n{"text": "Two."}\r\n', {"One.", "Two."}),
    ],
)
def test_standard_input_is_text_json_or_ndjson(stdin: bytes, texts: set[str], url: str, engine: Engine) -> None:
    assert run("-", url=url, stdin=stdin).exit_code == 0
    assert _texts(engine) == texts


def test_a_key_is_sent_and_one_that_may_not_write_is_told_so(
    folder: Path, url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = {}
    with Session(engine) as session:
        for scope in (Scope.READ, Scope.WRITE):
            _, tokens[scope] = create_key(
                session, name="k", workspace="desk", scopes=[scope], expires_at=None, now=world.MONDAY
            )
        session.commit()
    monkeypatch.setattr("app.api.access.FRESH_SECONDS", -1.0)
    monkeypatch.setenv("CLAIMLINE_API_KEY", tokens[Scope.READ])
    with pytest.raises(ConfigurationError, match=r"403.*scope write"):
        raise run(str(folder), url=url).exception or AssertionError
    monkeypatch.setenv("CLAIMLINE_API_KEY", f"{tokens[Scope.WRITE]}\n")  # as a file of secrets ends
    assert run(str(folder), url=url).exit_code == 0
    with Session(engine) as session:
        homes = session.exec(select(Workspace.name).join(Article)).all()
    assert homes == ["desk"] * 6


@pytest.mark.parametrize("later", ["0", "Sun, 06 Nov 1994 08:49:37 GMT"])
def test_a_service_that_says_later_is_asked_again(
    folder: Path, serve: Callable[[FastAPI], str], monkeypatch: pytest.MonkeyPatch, later: str
) -> None:
    answers: list[int] = []

    async def batch() -> JSONResponse:
        answers.append([429, 503, 200][len(answers)])
        items = [{"status": 202}] * 6
        return JSONResponse({"items": items, "detail": "Later."}, answers[-1], headers={"Retry-After": later})

    app = FastAPI()
    app.post("/v1/articles/batch")(batch)
    url = serve(app)  # which sleeps itself
    waited: list[float] = []
    monkeypatch.setattr(ingest.time, "sleep", waited.append)
    result = run(str(folder), url=url)
    assert (result.exit_code, answers, waited) == (0, [429, 503, 200], [1.0, 2.0])


def test_a_service_that_is_not_there_ends_in_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "PATIENCE", 0.0)
    result = run(str(folder), url="http://127.0.0.1:1")
    assert isinstance(result.exception, ConfigurationError)
    assert isinstance(run("/nowhere", url="http://127.0.0.1:1").exception, ConfigurationError)


@pytest.mark.parametrize("address", ["desk.example:8000", "ftp://desk.example"])
def test_what_is_no_address_of_a_service_ends_in_one_line_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(ingest.time, "sleep", lambda _: pytest.fail("it waits"))
    with pytest.raises(ConfigurationError, match="cannot be asked"):
        raise run(str(folder), url=address).exception or AssertionError


def test_what_is_no_key_ends_in_one_line_that_does_not_quote_it(
    folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.time, "sleep", lambda _: pytest.fail("it waits"))
    monkeypatch.setenv("CLAIMLINE_API_KEY", "half\nother")
    with pytest.raises(ConfigurationError, match="CLAIMLINE_API_KEY") as raised:
        raise run(str(folder), url=url).exception or AssertionError
    assert "half" not in str(raised.value)


def test_an_export_holds_everything_of_its_workspace_in_the_shapes_of_the_contract(
    engine: Engine, tmp_path: Path
) -> None:
    with Session(engine, expire_on_commit=False) as session:
        brandt = world.build(session)
        elsewhere = Workspace(name="elsewhere")
        session.add(elsewhere)
        session.flush()
        world.add_article(session, "Theirs.", workspace_id=elsewhere.id)
        for number in range(101):
            world.add_article(session, f"Number {number}.")
        session.commit()
    written = CliRunner().invoke(cli.app, ["export"])
    assert written.exit_code == 0, written.output
    records: list[dict[str, Any]] = [json.loads(line) for line in written.stdout.splitlines()]
    shapes = {"article": ArticleDetail, "story": StoryOut, "timeline_item": TimelineItem, "conflict": ConflictOut}
    for record in records:
        shapes[record["type"]].model_validate(record)
    found = {kind: [record["id"] for record in records if record["type"] == kind] for kind in shapes}
    assert len(found["article"]) == len(set(found["article"])) == 103
    assert found["story"] == [str(brandt.story.id)]
    assert found["timeline_item"] == [str(brandt.entry.id)]
    assert found["conflict"] == [str(brandt.conflict.id)]
    [ledger] = [record for record in records if record["id"] == str(brandt.ledger.id)]
    assert ledger["text"] == world.LEDGER
    assert all(ledger["text"][claim["start"] : claim["end"]] == claim["exact"] for claim in ledger["claims"])
    path = tmp_path / "theirs.ndjson"
    assert CliRunner().invoke(cli.app, ["export", str(path), "--workspace", "elsewhere"]).exit_code == 0
    assert [json.loads(line)["text"] for line in path.read_text().splitlines()] == ["Theirs."]
    for wrong in (["export", "--workspace", "x"], ["export", "/nowhere/file"]):
        assert isinstance(CliRunner().invoke(cli.app, wrong).exception, ConfigurationError)


def test_an_article_that_was_not_fetched_is_exported_without_a_text(engine: Engine) -> None:
    with Session(engine) as session:
        for status in ("queued", "failed"):
            world.add_article(session, "", status=status, url=f"https://ledger.example/{status}", source_name=status)
        world.add_article(session, "The quay was cleared by noon.")
        session.commit()
    written = CliRunner().invoke(cli.app, ["export"])
    assert written.exit_code == 0, written.output
    records = [json.loads(line) for line in written.stdout.splitlines()]
    texts = {record["url"]: record["text"] for record in records}
    assert texts == {
        "https://ledger.example/queued": None,
        "https://ledger.example/failed": None,
        None: "The quay was cleared by noon.",
    }
