"""What the image consists of: every locked dependency with its licence and size, and the files of the project.

    .venv/bin/python ops/bill.py [--table]

Sizes of packages are those of their Linux x86-64 wheels in uv.lock (compressed, before compiling), of the project
those of the files that the Dockerfile copies. Licences are what the installed packages declare; ``tests/test_bill.py``
holds them to the ones that were judged. With --table the large parts, as the README has them.
"""

from __future__ import annotations

import argparse
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("app", "migrations", "models")
LEFT_OUT = "models/training/"
LARGE = 5_000_000  # bytes of what has a line of its own in the table


Row = tuple[int, str, str]  # bytes, name and version, licence


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", action="store_true", help="the large parts as Markdown")
    show = as_table if parser.parse_args().table else as_lines
    folders = [(tracked(folder), f"`{folder}/` of the project", "") for folder in COPIED]
    for line in show(packages(), folders):
        print(line)


def packages() -> list[Row]:
    """Every package of an installation without extras and development tools, the largest first."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    locked = {package["name"]: package for package in lock["package"]}
    sized = [(*wheel(locked[name]), name) for name in needed(locked)]
    return [(size, f"{name} {version}", licence(name)) for size, version, name in sorted(sized, reverse=True)]


def as_lines(rows: Sequence[Row], folders: Sequence[Row]) -> Iterator[str]:
    total = sum(size for size, *_ in rows)
    for size, name, terms in (*rows, (total, f"{len(rows)} packages together", ""), *folders):
        yield f"{size / 1e6:8.2f} MB  {name}  {terms}".rstrip()


def as_table(rows: Sequence[Row], folders: Sequence[Row]) -> Iterator[str]:
    large = [row for row in (*rows, *folders) if row[0] >= LARGE]
    others = [row for row in (*rows, *folders) if row[0] < LARGE]
    yield "| MB | what | licence |"
    yield "| ---: | --- | --- |"
    for size, name, terms in sorted(large, reverse=True):
        yield f"| {size / 1e6:.1f} | {name} | {terms} |"
    yield f"| {sum(size for size, *_ in others) / 1e6:.1f} | {len(others)} others | |"
    yield f"| {sum(size for size, *_ in (*rows, *folders)) / 1e6:.1f} | together | |"


def needed(packages: dict[str, Any]) -> set[str]:
    """The names that an installation without extras and development tools takes in."""
    found: set[str] = set()
    waiting = [(name["name"], tuple(name.get("extra", ()))) for name in packages["claimline"]["dependencies"]]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        package = packages[name]
        following = list(package.get("dependencies", ()))
        for extra in extras:
            following += package.get("optional-dependencies", {}).get(extra, ())
        waiting += [(each["name"], tuple(each.get("extra", ()))) for each in following if is_for_linux(each)]
        found.add(name)
    return found


def is_for_linux(dependency: dict[str, Any]) -> bool:
    return not any(system in dependency.get("marker", "") for system in ("win32", "Windows", "darwin", "emscripten"))


def wheel(package: dict[str, Any]) -> tuple[int, str]:
    """Bytes and version of what is downloaded here."""
    fitting = [file for file in package.get("wheels", ()) if "none-any" in file["url"] or is_for_us(file["url"])]
    found = fitting or [package["sdist"]]
    return max(file.get("size", 0) for file in found), package["version"]


def is_for_us(url: str) -> bool:
    is_python = any(tag in url for tag in ("cp311", "abi3", "py3-none", "py2.py3"))
    return is_python and "linux" in url and "x86_64" in url


def licence(name: str) -> str:
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "not installed here"
    classified = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier", []) if line.startswith("License ::")
    ]
    said = about.get("License-Expression") or ", ".join(classified) or (about.get("License") or "not declared")
    return said.strip().splitlines()[0][:80]


def tracked(folder: str) -> int:
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sum((ROOT / name).stat().st_size for name in listed.splitlines() if not name.startswith(LEFT_OUT))


if __name__ == "__main__":
    main()
