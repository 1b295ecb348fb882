"""Clients that generators make of openapi/openapi.json go the whole way against a live service."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "openapi" / "openapi.json"
TYPESCRIPT = Path(__file__).parent / "typescript"
BODIES = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(ROOT.glob("samples/kursk/*.json"))]


@pytest.fixture(scope="module")
def url(start: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    service = start("serve", CLAIMLINE_DATA_DIR=str(tmp_path_factory.mktemp("data")))
    service.wait_ready()
    return str(service.http.base_url)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Python package made by openapi-python-client; can be imported as ``newsroom_client``."""
    folder = tmp_path_factory.mktemp("python")
    settings = folder / "config.json"
    # What it cannot read by itself is taken as text; nothing is run over what it wrote.
    texts = dict.fromkeys(("application/x-ndjson", "application/atom+xml"), "text/plain")
    settings.write_text(json.dumps({"post_hooks": [], "content_type_overrides": texts}))
    target = folder / "newsroom_client"
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    command += ["--path", str(DOCUMENT), "--output-path", str(target), "--config", str(settings)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    sys.path.insert(0, str(folder))
    yield target
    sys.path.remove(str(folder))


def test_a_generator_makes_every_operation(generated: Path) -> None:
    paths = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]
    wanted = {operation["operationId"].lower() for at in paths.values() for operation in at.values()}
    assert {path.stem.replace("_", "") for path in generated.glob("api/*/*.py")} - {"init"} == wanted


@pytest.fixture(scope="module")
def api(generated: Path) -> SimpleNamespace:
    """The operations of the generated client by their names."""
    names = {path.stem: path.parent.name for path in generated.glob("api/*/*.py") if path.stem != "__init__"}
    found = {name: importlib.import_module(f"newsroom_client.api.{tag}.{name}") for name, tag in names.items()}
    return SimpleNamespace(**found)


@pytest.fixture
def client(url: str, generated: Path) -> Iterator[Any]:
    with importlib.import_module("newsroom_client").Client(base_url=url, timeout=httpx.Timeout(90)) as client:
        yield client


def test_a_python_client_goes_the_whole_way(client: Any, api: SimpleNamespace) -> None:
    models = importlib.import_module("newsroom_client.models")
    articles = []
    for body in BODIES:
        given = models.ArticleIn.from_dict(body)
        accepted = api.submit_article.sync(client=client, body=given, prefer="wait=60")
        articles.append(api.get_article.sync(accepted.id, client=client))
    for article in articles:
        assert article.status == models.ArticleDetailStatus.ANALYSED
        text = api.get_article_text.sync(article.id, client=client)
        assert article.summary.sentences
        for piece in [piece for sentence in article.summary.sentences for piece in sentence.evidence]:
            assert text[piece.start : piece.end] == piece.exact

    [story_id] = {article.story_id for article in articles}
    timeline = api.get_story_timeline.sync(story_id, client=client)
    assert any(len(item.evidence) > 1 for item in timeline.items)
    report = api.list_story_conflicts.sync(story_id, client=client).items[0]
    assert len(report.positions) > 1
    verdict = models.ConflictPatch(status=models.ConflictPatchStatus.CONFIRMED, note="Asked both.")
    assert isinstance(api.judge_conflict.sync(report.id, client=client, body=verdict), models.ConflictOut)
    judged = api.get_conflict.sync(report.id, client=client)
    assert (judged.status, judged.note) == (models.ConflictOutStatus.CONFIRMED, "Asked both.")

    alone = models.ArticlePatch(story_id=None)
    moved = api.move_article.sync(articles[-1].id, client=client, body=alone)
    assert moved.story_id not in (None, story_id)
    for article in articles:
        assert api.delete_article.sync_detailed(article.id, client=client).status_code == 204
        gone = api.get_article.sync(article.id, client=client)
        assert (type(gone), gone.status) == (models.Problem, 404)
    assert api.get_story_timeline.sync(story_id, client=client).items == []


@pytest.fixture(scope="module")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the TypeScript walk-through and what it is made with, or a skip that says what is missing."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("needs Node.js with npm")
    reached = subprocess.run(
        ["npm", "ping", "--fetch-retries=0", "--fetch-timeout=10000"], capture_output=True, text=True, check=False
    )
    if reached.returncode:
        pytest.skip("npm does not reach its registry: " + reached.stderr.strip().splitlines()[-1])
    folder = tmp_path_factory.mktemp("typescript")
    shutil.copytree(TYPESCRIPT, folder, dirs_exist_ok=True)
    _run(folder, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock")
    return folder


def test_a_typescript_client_goes_the_whole_way(url: str, npm: Path) -> None:
    tools = npm / "node_modules" / ".bin"
    _run(npm, str(tools / "openapi-typescript"), str(DOCUMENT), "--output", "schema.d.ts")
    strict = ("--strict", "--noUncheckedIndexedAccess", "--noUnusedLocals")
    shape = ("--target", "es2023", "--lib", "es2023,dom", "--module", "nodenext", "--skipLibCheck")
    _run(npm, str(tools / "tsc"), *strict, *shape, "walkthrough.ts")
    said = _run(npm, "node", "walkthrough.js", url.rstrip("/"), json.dumps(BODIES))
    assert said.startswith(f"{len(BODIES)} articles, ")


def _run(folder: Path, *command: str) -> str:
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout
