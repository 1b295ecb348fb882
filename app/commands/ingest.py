"""``claimline ingest``: submit files of articles to a running service."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.commands.files import Entry, find_files, read_entries
from app.domain.errors import ConfigurationError

MOST_ARTICLES, MOST_BYTES = 100, 8 * 1024 * 1024  # of one request
LONGEST_PAUSE = 60.0
PATIENCE = 600.0  # seconds a request is tried for while the service is away or says "later"
AGAIN = (429, 502, 503, 504)


def ingest(
    paths: Annotated[list[str], typer.Argument(help="Folders, files (.txt .md .json .ndjson .jsonl), or - for stdin.")],
    url: Annotated[str, typer.Option(envvar="CLAIMLINE_URL", help="The service.")] = "http://127.0.0.1:8000",
    source: Annotated[str | None, typer.Option(help="Source of articles that name none.")] = None,
) -> None:
    """Submit articles. What is there already is left as it is, so that a run can be repeated.

    The API key is read from CLAIMLINE_API_KEY. Exit code 0: all were taken; 1: some were refused or could not be
    read, each with its reason on stderr; 2: nothing more could be sent.
    """
    files = find_files(paths)
    console = Console(stderr=True)
    key = os.environ.get("CLAIMLINE_API_KEY", "").strip()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    counts: Counter[str] = Counter()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    total = None if None in files else sum(path.stat().st_size for path in files if path)
    with (
        Progress(*columns, console=console) as progress,
        httpx.Client(base_url=url, headers=headers, timeout=60) as api,
    ):
        bar = progress.add_task("bytes", total=total)
        for batch in _batches(entry for path in files for entry in read_entries(path)):
            for entry, status, reason in _submit(api, batch, source=source):
                counts[status] += 1
                if status == "refused":
                    console.print(f"{entry.place}: {reason}", markup=False, highlight=False, soft_wrap=True)
            progress.advance(bar, sum(entry.size for entry in batch))
    console.print(f"{counts['new']} new, {counts['known']} there already, {counts['refused']} refused", highlight=False)
    if counts["refused"]:
        raise typer.Exit(1)


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries:
        if batch and (len(batch) == MOST_ARTICLES or sum(each.size for each in batch) + entry.size > MOST_BYTES):
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch


def _submit(api: httpx.Client, batch: list[Entry], *, source: str | None) -> Iterator[tuple[Entry, str, str]]:
    """Each entry with what became of it: ``new``, ``known`` or ``refused``, and why."""
    sent = [entry for entry in batch if entry.body is not None]
    yield from ((entry, "refused", entry.fault) for entry in batch if entry.body is None)
    if not sent:
        return
    bodies = [entry.body if source is None else {"source": {"name": source}, **(entry.body or {})} for entry in sent]
    content = "\n".join(json.dumps(body) for body in bodies)
    for entry, item in zip(sent, _post(api, content), strict=True):
        match item["status"]:
            case 202:
                yield entry, "new", ""
            case 200:
                yield entry, "known", ""
            case _:
                yield entry, "refused", item["problem"]["detail"]


def _post(api: httpx.Client, content: str) -> list[dict[str, Any]]:
    """The answers to the articles of one request, which is sent again while the service is away or wants us to wait:
    nothing is taken twice. Raises ConfigurationError when that does not help."""
    deadline, pause = time.monotonic() + PATIENCE, 1.0
    while True:
        said = "it does not answer"
        wait = pause
        try:
            answer = api.post("/v1/articles/batch", content=content, headers={"Content-Type": "application/x-ndjson"})
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            # What httpx says may quote the key.
            raise ConfigurationError(
                f"{str(api.base_url)!r} cannot be asked: correct --url, which begins with http:// or https://, or "
                "CLAIMLINE_API_KEY."
            ) from error
        except httpx.TransportError as error:
            said = f"{type(error).__name__}: {error}"
        else:
            if answer.is_success:
                items: list[dict[str, Any]] = answer.json()["items"]
                return items
            said = _detail(answer)
            if answer.status_code not in AGAIN:
                raise ConfigurationError(f"{api.base_url} answers {answer.status_code}: {said}")
            asked = answer.headers.get("Retry-After", "")  # a proxy may name a date: then it is our own pauses
            wait = max(wait, float(asked) if asked.isdecimal() else 0.0)
        if time.monotonic() + wait > deadline:
            raise ConfigurationError(f"{api.base_url} took nothing for {PATIENCE:.0f} s: {said}")
        time.sleep(min(wait, LONGEST_PAUSE))
        pause = min(pause * 2, LONGEST_PAUSE)


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase
