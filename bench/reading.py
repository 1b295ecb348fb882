"""Time the whole language layer: CPU milliseconds for each 500 words, at three lengths.

    python bench/reading.py [FILE_OR_FOLDER] [--words N...]

Reads plain text (.txt) or articles as JSON with a ``text``; without an argument, the articles under samples/. Each
length is a text put together of whole articles, cut to that many words, so that linear time shows as one figure on
every line. Processor time of this process, all threads, the better of two runs, after a warm-up: other work on the
machine changes it little.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

from app.language.reader import SpacyReader

SAMPLES = Path(__file__).parents[1] / "samples"
PUBLISHED = datetime(2026, 3, 6, 12, tzinfo=UTC)
UNIT = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", type=Path, default=SAMPLES, help="an article, or a folder of them")
    parser.add_argument("--words", nargs="+", type=int, default=[500, 2_000, 8_000], help="lengths to time")
    args = parser.parse_args()
    texts = articles(args.source)
    if not any(text.split() for text in texts):
        parser.error(f"no article text in {args.source}")
    if min(args.words) < 1:
        parser.error("--words must be 1 or more")
    reader = SpacyReader()
    cpu_ms(reader, of_length(texts, UNIT))
    print(f"{'words':>7}  {'CPU ms':>8}  {f'ms per {UNIT} words':>16}")
    for words in args.words:
        text = of_length(texts, words)
        spent = min(cpu_ms(reader, text) for _ in range(2))
        print(f"{words:>7}  {spent:>8.0f}  {spent * UNIT / words:>16.0f}")


def articles(source: Path) -> list[str]:
    """The texts of a file, or of every .txt and .json file of a folder, in order of name."""
    paths = sorted(p for p in source.rglob("*") if p.suffix in {".txt", ".json"}) if source.is_dir() else [source]
    return [_text(path) for path in paths]


def _text(path: Path) -> str:
    content = path.read_text(encoding="utf-8")
    return str(json.loads(content)["text"]) if path.suffix == ".json" else content


def of_length(texts: list[str], words: int) -> str:
    """The articles one after another, from the first again as often as needed, cut after so many words."""
    pieces = (piece for text in itertools.cycle(texts) for piece in re.findall(r"\S+\s*", f"{text}\n\n"))
    return "".join(itertools.islice(pieces, words))


def cpu_ms(reader: SpacyReader, text: str) -> float:
    """Processor milliseconds to read one text."""
    started = time.process_time()
    reader.read(text, title=None, published_at=PUBLISHED)
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    main()
