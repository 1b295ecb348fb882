"""The sample story through a real service: summaries, timeline and conflict reports on the terminal.

    python samples/demo.py [FOLDER]

Starts ``claimline serve`` with the embedded PostgreSQL in a temporary directory, submits the article files of a folder
(each the body of a POST /v1/articles), prints what comes back, and removes everything again.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

PATIENCE = 300.0  # seconds for the start and for the analysis; a slow machine needs a part of it
VERDICT_STYLES = {"contradiction": "bold red", "discrepancy": "bold yellow", "update": "bold cyan"}

Json = dict[str, Any]


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent / "kursk")
    folder = parser.parse_args().folder
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        bodies = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
        if not bodies:
            raise DemoError(f"There are no .json files in {folder}.")
        with tempfile.TemporaryDirectory(prefix="claimline-demo-") as directory:
            run(bodies, console=console, directory=Path(directory))
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 130
    except (DemoError, httpx.HTTPError) as error:
        console.print(Text(f"The demo could not finish: {error}", style="bold red"))
        return 1
    return 0


def run(bodies: Sequence[Json], *, console: Console, directory: Path) -> None:
    """The demo from the start of the service to its end."""
    with service(console, directory=directory) as url, httpx.Client(base_url=url, timeout=60) as api:
        articles = submit(api, bodies, console=console)
        show_summaries(console, articles)
        for story_id in dict.fromkeys(article["story_id"] for article in articles):
            show_story(console, api, story_id)
        console.print(Rule())
        console.print(
            "That was the service itself, on a database that is now removed. To keep one running: [bold]make serve[/], "
            "then read and try the API in Swagger UI at [bold]http://127.0.0.1:8000/docs[/]."
        )


@contextmanager
def service(console: Console, *, directory: Path) -> Iterator[str]:
    """The URL of a service that is ready for articles; it has ended when the block has."""
    log = directory / "service.log"
    settings = {"CLAIMLINE_DATA_DIR": str(directory / "data"), "CLAIMLINE_PORT": "0", "CLAIMLINE_LOG_FORMAT": "json"}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CLAIMLINE_")} | settings
    process: subprocess.Popen[bytes] | None = None
    try:
        with log.open("wb") as sink, _signals_held():
            # A session of its own: Ctrl-C reaches us alone, and we end the service in order.
            process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "serve"],
                env=environment,
                cwd=Path(__file__).parent.parent,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        with console.status("Starting PostgreSQL, the API and a worker ..."):
            url = _await(lambda: _listening_url(log), process=process, log=log)
            _await(lambda: _is_ready(url), process=process, log=log)
        yield url
    finally:
        if process is not None:
            with console.status("Stopping ..."):
                process.terminate()
                process.wait()


@contextmanager
def _signals_held() -> Iterator[None]:
    """Keep Ctrl-C and SIGTERM back while a process starts: one that came in between would leave it running."""
    arrived: list[int] = []
    stops = (signal.SIGINT, signal.SIGTERM)
    handlers = [signal.signal(stop, lambda number, _: arrived.append(number)) for stop in stops]
    try:
        yield
    finally:
        for stop, handler in zip(stops, handlers, strict=True):
            signal.signal(stop, handler)
    for number in arrived:
        signal.raise_signal(number)


def _await(condition: Callable[[], Any], *, process: subprocess.Popen[bytes], log: Path) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise DemoError(f"the service did not start. Its log ends:\n{tail}")
        time.sleep(0.1)
    return value


def _listening_url(log: Path) -> str | None:
    for line in log.read_text(encoding="utf-8").splitlines(keepends=True):
        if '"api_listening"' in line and line.endswith("\n"):
            return str(json.loads(line)["url"])
    return None


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").is_success
    except httpx.TransportError:
        return False  # it may have ended; its log says why


def submit(api: httpx.Client, bodies: Sequence[Json], *, console: Console) -> list[Json]:
    """Post the articles and wait until each is analysed; the details, in the order given."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Analysing articles", total=len(bodies))
        ids = [api.post("/v1/articles", json=body).raise_for_status().json()["id"] for body in bodies]
        done: dict[str, Json] = {}
        deadline = time.monotonic() + PATIENCE
        while len(done) < len(ids):
            for article_id in ids:
                if article_id not in done:
                    article = api.get(f"/v1/articles/{article_id}").raise_for_status().json()
                    if article["status"] == "failed":
                        raise DemoError(f"the article {article['title']!r} failed: {article['error']}")
                    if article["status"] == "analysed":
                        done[article_id] = article
            progress.update(task, completed=len(done))
            if time.monotonic() > deadline:
                raise DemoError(f"{len(ids) - len(done)} articles were not analysed within {PATIENCE:.0f} s")
            time.sleep(0.1)
    return [done[article_id] for article_id in ids]


def show_summaries(console: Console, articles: Sequence[Json]) -> None:
    table = Table(title="Summaries", title_style="bold", show_lines=True, expand=True)
    table.add_column("Source", min_width=10, max_width=18, overflow="fold")
    table.add_column("Summary", ratio=1, overflow="fold")
    for article in articles:
        origin = Text(article["source"]["name"] if article["source"] else "no source")
        origin.append(f"\n{_day(article['published_at'])}\n{len(article['claims'])} claims", style="dim")
        table.add_row(origin, Text(article["summary"]["text"] if article["summary"] else "none"))
    console.print(table)


def show_story(console: Console, api: httpx.Client, story_id: str) -> None:
    """The story's timeline and conflict reports."""
    story = api.get(f"/v1/stories/{story_id}").raise_for_status().json()
    console.print(Rule(Text(f"Story: {story['title']}", style="bold")))
    console.print(f"{story['article_count']} articles of {story['source_count']} sources\n")
    show_timeline(console, _items(api, f"/v1/stories/{story_id}/timeline"))
    conflicts = _items(api, f"/v1/stories/{story_id}/conflicts")
    console.print(Text(f"\nConflict reports: {len(conflicts)}", style="bold"))
    for conflict in conflicts:
        show_conflict(console, conflict)


def show_timeline(console: Console, entries: Sequence[Json]) -> None:
    table = Table(title="Timeline", title_style="bold", show_lines=True, expand=True)
    table.add_column("Date", min_width=10, max_width=18, overflow="fold")
    table.add_column("What", ratio=1, overflow="fold")
    for entry in entries:
        sources = "1 source" if entry["sources"] == 1 else f"{entry['sources']} sources"
        text = Text(" ".join(entry["text"].split()))
        table.add_row(Text(entry["date"]["edtf"]), text.append(f"  ({sources})", style="dim"))
    console.print(table)


def show_conflict(console: Console, conflict: Json) -> None:
    """The question, the verdict, and each position with the words it stands on."""
    title = Text(conflict["question"], style="bold")
    title.append(f"\n{conflict['verdict']}", style=VERDICT_STYLES[conflict["verdict"]])
    title.append(f", {conflict['kind']}, confidence {conflict['confidence']:.2f}", style="not bold")
    table = Table(
        title=title, caption=Text(conflict["explanation"]), caption_justify="left", show_lines=True, expand=True
    )
    table.add_column("Position", min_width=10, max_width=18, overflow="fold")
    table.add_column("Evidence", ratio=1, overflow="fold")
    for position in conflict["positions"]:
        quotes = Text()
        for evidence in position["evidence"]:
            who = " · ".join(filter(None, (evidence["holder"], evidence["source"], _day(evidence["published_at"]))))
            quotes.append("\n" if quotes else "").append(f'"{" ".join(evidence["exact"].split())}"\n')
            quotes.append(f"  {who}", style="dim")
        table.add_row(Text(position["label"], style="bold"), quotes)
    console.print(table)
    console.print()


def _items(api: httpx.Client, path: str) -> list[Json]:
    items: list[Json] = []
    cursor: str | None = None
    while True:
        parameters = {"limit": 100} | ({"cursor": cursor} if cursor else {})
        page = api.get(path, params=parameters).raise_for_status().json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def _day(instant: str | None) -> str:
    return instant[:10] if instant else "undated"


if __name__ == "__main__":
    sys.exit(main())
