"""The sample story: bodies the API takes, in our own words, and a demo that shows them through a real service."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.api.schemas.articles import ArticleIn

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "samples" / "kursk").glob("*.json"))
SEEDS = ROOT.parent / "shared" / "seeds"
RUN = 7  # words in a row that two people do not write by chance


def _bodies() -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in FILES]


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_sample_is_the_body_of_a_submission(path: Path) -> None:
    body = json.loads(path.read_text(encoding="utf-8"))
    assert ArticleIn.model_validate(body).model_dump(mode="json", exclude_unset=True).keys() == body.keys()


def test_five_sources_tell_the_story_and_one_article_has_no_date() -> None:
    bodies = _bodies()
    assert len({body["source"]["name"] for body in bodies}) == len(bodies) == 5
    assert [body["source"]["name"] for body in bodies if "published_at" not in body] == ["The Longview Review"]


@pytest.mark.parametrize("figure", ["10,000", "11,000", "12,000", "15,000", "five units of 3,000", "casualties"])
def test_the_figures_the_articles_differ_on_are_there(figure: str) -> None:
    assert any(figure in body["text"] for body in _bodies())


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the articles the facts come from are not beside this checkout")
def test_no_sentence_of_the_source_articles_is_copied() -> None:
    seeds = set().union(*(_runs(path.read_text(encoding="utf-8")) for path in SEEDS.glob("*.txt")))
    assert seeds
    assert [path.stem for path, body in zip(FILES, _bodies(), strict=True) if seeds & _runs(body["text"])] == []


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for temporary files with a short path: the server's socket in it must fit a socket address."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def _start_demo(folder: Path, *, columns: int) -> subprocess.Popen[str]:
    environment = os.environ | {"COLUMNS": str(columns), "TMPDIR": str(folder)}
    command = [sys.executable, str(ROOT / "samples" / "demo.py")]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _services(folder: Path) -> list[str]:
    """Processes that work in the demo's directory."""
    return [line for process in psutil.process_iter() if str(folder) in (line := _command_and_data(process))]


def _command_and_data(process: psutil.Process) -> str:
    try:
        return f"{process.cmdline()} {process.environ().get('CLAIMLINE_DATA_DIR')}"
    except psutil.Error:
        return ""


def test_the_demo_shows_every_source_on_a_narrow_screen_and_leaves_nothing_behind(folder: Path) -> None:
    demo = _start_demo(folder, columns=44)
    shown, _ = demo.communicate(timeout=240)
    assert demo.returncode == 0, shown
    assert max(len(line) for line in shown.splitlines()) <= 44
    for expected in (
        "Meridian",
        "Clarion",
        "Harbour",
        "Eastern",
        "Longview",
        "Summaries",
        "Timeline",
        "2024-11-04",
        "Conflict reports",
        "make serve",
        "/docs",
    ):
        assert expected in shown
    for confidence in _quoted_confidences():
        assert confidence in {float(x) for x in re.findall(r"confidence\s+(\d\.\d+)", shown)}
    assert list(folder.glob("claimline-demo-*")) == []
    assert _services(folder) == []


def _quoted_confidences() -> list[float]:
    """Of the reports in the README's walk through the sample story."""
    quoted = re.findall(r'"verdict": "\w+", "confidence": (\d\.\d+)', (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(quoted) >= 2
    return [float(x) for x in quoted]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell may have started the tests with interrupts ignored, and programs inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_the_demo_ends_what_it_started_on_an_interrupt(folder: Path) -> None:
    demo = _start_demo(folder, columns=80)
    deadline = time.monotonic() + 60
    while not list(folder.glob("claimline-demo-*/service.log")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    demo.send_signal(signal.SIGINT)
    shown, _ = demo.communicate(timeout=60)
    assert demo.returncode == 130, shown
    assert "Stopped." in shown
    assert list(folder.glob("claimline-demo-*")) == []
    assert _services(folder) == []
