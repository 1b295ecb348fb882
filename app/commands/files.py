"""Article files as the body of a submission: plain text, JSON, NDJSON."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import ConfigurationError

TEXT = (".txt", ".md", ".text")
LINES = (".ndjson", ".jsonl")
SUFFIXES = (*TEXT, *LINES, ".json")


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of a file, or why there is none: ``body`` as POST /v1/articles takes it, ``place`` for messages,
    ``size`` the bytes that it took up."""

    place: str
    size: int
    body: dict[str, Any] | None = None
    fault: str = ""


def find_files(paths: Sequence[str]) -> list[Path | None]:
    """The files that these paths name, those of folders in the order of their names; None is standard input."""
    found: list[Path | None] = []
    for name in paths:
        path = Path(name)
        if name == "-":
            found.append(None)
        elif path.is_dir():
            found += sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES and each.is_file())
        elif path.is_file():
            found.append(path)
        else:
            raise ConfigurationError(f"There is no file or folder {name!r}.")
    return found


def read_entries(path: Path | None) -> Iterator[Entry]:
    """The articles of one file, an NDJSON file line by line; what cannot be read is an entry with its fault."""
    if path is None:
        yield from _sniffed(sys.stdin.buffer.read())
        return
    try:
        if path.suffix.lower() in LINES:
            with path.open("rb") as lines:
                yield from _lines(str(path), lines)
        else:
            data = path.read_bytes()
            yield from _text(str(path), data) if path.suffix.lower() in TEXT else _json(str(path), data)
    except OSError as error:
        yield Entry(str(path), 0, fault=error.strerror or "cannot be read")


def _sniffed(data: bytes) -> Iterator[Entry]:
    """Standard input has no name to go by: a whole JSON value, else a JSON object on each line, else a text."""
    start = data.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if start not in (b"{", b"["):
        yield from _text("-", data)
    elif _is_json(data):
        yield from _json("-", data)
    else:
        yield from _lines("-", data.splitlines(keepends=True))


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _text(place: str, data: bytes) -> Iterator[Entry]:
    try:
        yield Entry(place, len(data), {"text": data.decode("utf-8-sig")})
    except UnicodeDecodeError:
        yield Entry(place, len(data), fault="is not UTF-8")


def _json(place: str, data: bytes) -> Iterator[Entry]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        yield Entry(place, len(data), fault="is not JSON")
        return
    if isinstance(value, dict) and set(value) == {"articles"}:
        value = value["articles"]
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items, start=1):
        where = f"{place}#{number}" if len(items) > 1 else place
        yield _entry(where, len(data) // len(items), item)


def _lines(place: str, lines: Any) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _entry(f"{place}:{number}", len(line), json.loads(line))
            except (ValueError, RecursionError):
                yield Entry(f"{place}:{number}", len(line), fault="is not JSON")


def _entry(place: str, size: int, value: Any) -> Entry:
    is_article = isinstance(value, dict)
    return Entry(place, size, value if is_article else None, "" if is_article else "is not a JSON object")
