"""The article of a web page, by trafilatura, in a process of its own.

A page of a megabyte can be made that keeps an HTML parser busy for minutes, or takes all memory: the process has a
limit of both, and the worker goes on. Run as a module it is that process: HTML comes on standard input, JSON goes out.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from app.domain.articles import Page
from app.domain.errors import InvalidInputError

SECONDS = 20
MEMORY = 2 * 1024**3
TOO_MUCH = 3  # exit code: the limits are too narrow for this page
DATES = {
    "original_date": True,  # of publication, not of the latest change
    "extensive_search": False,  # no guesses from the running text
    "deferred_url_extractor": True,  # a date in the URL has no time
    "outputformat": "%Y-%m-%dT%H:%M:%S%z",
}


def read_page(
    html: bytes, *, url: str, charset: str | None = None, seconds: float = SECONDS, memory: int = MEMORY
) -> Page | None:
    """The article on the page, or None when there is none. ``charset``: the one HTTP named, else it is found out;
    ``memory``: bytes of address space.

    Raises InvalidInputError for a page that takes too much time or memory.
    """
    command = [sys.executable, "-m", "app.language.webpage", url, charset or "", str(memory)]
    try:
        child = subprocess.run(command, input=html, capture_output=True, timeout=seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise InvalidInputError(f"The page cannot be read within {seconds:g} s.") from error
    if child.returncode == TOO_MUCH or child.returncode < 0:
        raise InvalidInputError("The page cannot be read: it takes too much time or memory.")
    child.check_returncode()
    found = json.loads(child.stdout)
    return found and replace(Page(**found), published_at=_instant(found["published_at"]))


def extract(html: bytes, *, url: str, charset: str | None = None) -> Page | None:
    """The same in this process, without limits."""
    from trafilatura import bare_extraction  # a second to load: only where pages are read

    page: Any = bare_extraction(
        _decoded(html, charset),
        url=url,
        with_metadata=True,
        include_comments=False,
        include_tables=False,  # their numbers stand in no sentence
        date_extraction_params=DATES,
    )
    if page is None or not (page.text or "").strip():
        return None
    return Page(
        text=_without_title(page.text.strip(), page.title),
        title=page.title,
        author=page.author,
        published_at=_instant(page.date),
        source_name=page.sitename,
    )


def _decoded(html: bytes, charset: str | None) -> bytes | str:
    if charset:
        with suppress(LookupError, UnicodeDecodeError):
            return html.decode(charset)
    return html


def _without_title(text: str, title: str | None) -> str:
    """The headline stands beside the text, not in it as well."""
    first, _, rest = text.partition("\n")
    return rest.strip() if title and first.strip() == title.strip() and rest.strip() else text


def _instant(value: str | None) -> datetime | None:
    """A time without a zone, or a plain day, is UTC, as for articles that are sent."""
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _main(url: str, charset: str, memory: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    try:
        page = extract(sys.stdin.buffer.read(), url=url, charset=charset or None)
    except (MemoryError, RecursionError):
        sys.exit(TOO_MUCH)
    json.dump(page and asdict(page), sys.stdout, default=datetime.isoformat)


if __name__ == "__main__":
    _main(*sys.argv[1:])
