"""Read everything the pair model trains on once, and keep what the language layer and the question encoder find.

    python models/training/prepare_pairs.py --families ../shared/data/claimpairs/train --out prepared.json \
        --articles ../shared/data/summaries/cnn_dailymail_validation_500.csv \
        --articles ../shared/data/news/wikinews.jsonl

Written: for each sentence the slots it has (numbers, dates, places, names) and its nearest sentences on other
questions of its event or of the look-alike; and pairs out of real articles, whose copy no family has: sentences of one
article that are near but share no number (an article hardly answers a question twice), and a summary's sentence with
the sentence it was made from.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from splits import twins

from app.domain.ports import Encoder
from app.domain.values import BlockKind
from app.language.reader import SpacyReader
from app.ml.families import Event, read_events
from app.ml.question_pairs import slots_of
from app.ml.runtime import load_encoder

Range = tuple[int, int]
NEIGHBOURS = 12
ARTICLES = 400
PER_ARTICLE = 12
NEAR_COSINE, SUMMARY_COSINE = (0.45, 0.88), 0.6
WORDS = range(6, 46)


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence as the language layer reads it. ``slots``: kind to (start, end, value)."""

    text: str
    context: str
    slots: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArticlePair:
    """``equal``: slots of both sides with one value; ``unequal``: slots of one kind with two."""

    left: Found
    right: Found
    same: bool
    equal: list[tuple[Range, Range]]
    unequal: list[tuple[Range, Range]]


def read(reader: SpacyReader, text: str, *, title: str | None = None) -> list[Found]:
    """The prose sentences of a text with their slots, offsets within the sentence."""
    reading = reader.read(text, title=title, published_at=None)
    found: list[Found] = []
    before = ""
    for sentence in reading.sentences:
        if sentence.block is BlockKind.METADATA:
            continue
        found.append(Found(sentence.exact, before, slots_of(reading, sentence.start, sentence.end)))
        before = sentence.exact if sentence.block is BlockKind.PARAGRAPH else ""
    return found


def read_families(reader: SpacyReader, events: Sequence[Event]) -> dict[str, dict[str, list[tuple[int, int, str]]]]:
    """Text to its slots; a text is read alone, so that its offsets are its own."""
    texts = {
        sentence.text
        for event in events
        for family in event.families
        for sentence in (*family.sentences, *family.near_misses)
    }
    found = {}
    for text in sorted(texts):
        reading = reader.read(text, title=None, published_at=None)
        found[text] = slots_of(reading, 0, len(text))
    return found


def neighbours(encoder: Encoder, events: Sequence[Event]) -> dict[str, list[str]]:
    """For each wording the nearest wordings of other families of its event and look-alike."""
    found: dict[str, list[str]] = {}
    for group in twins(list(events)):
        own = [(family, sentence.text) for event in group for family in event.families for sentence in family.sentences]
        vectors = np.array(encoder.encode([text for _, text in own]))
        order = np.argsort(-(vectors @ vectors.T), axis=1, kind="stable")
        for (family, text), row in zip(own, order, strict=True):
            apart = [own[index][1] for index in row if own[index][0] is not family and own[index][1] != text]
            found[text] = apart[:NEIGHBOURS]
    return found


def article_pairs(
    reader: SpacyReader, encoder: Encoder, article: str, title: str | None, summary: str
) -> list[ArticlePair]:
    sentences = [item for item in read(reader, article, title=title) if len(item.text.split()) in WORDS]
    highlights = [item for item in read(reader, summary) if len(item.text.split()) in WORDS] if summary else []
    if len(sentences) < 3:
        return []
    vectors = np.array(encoder.encode([item.text for item in sentences]))
    cosine = vectors @ vectors.T
    low, high = NEAR_COSINE
    rows, columns = np.nonzero(np.triu((cosine > low) & (cosine < high), k=1))
    ranked = sorted(zip(rows.tolist(), columns.tolist(), strict=True), key=lambda at: -cosine[at])
    pairs = [_pair(sentences[one], sentences[two], same=False) for one, two in ranked]
    pairs = [pair for pair in pairs if not pair.equal][:PER_ARTICLE]
    for item in highlights:
        near = vectors @ np.array(encoder.encode([item.text])[0])
        best = int(near.argmax())
        pair = _pair(sentences[best], item, same=True)
        if near[best] >= SUMMARY_COSINE and pair.equal and pair.left.text != pair.right.text:
            pairs.append(pair)
    return pairs


def _pair(left: Found, right: Found, *, same: bool) -> ArticlePair:
    numbers = [each for kind in ("quantity", "date") for each in _slot_pairs(left, right, kind)]
    names = [] if same else [each for kind in ("place", "identity") for each in _slot_pairs(left, right, kind)]
    equal = [(one, two) for one, two, is_equal in numbers if is_equal]
    unequal = [(one, two) for one, two, is_equal in (*numbers, *names) if not is_equal]
    return ArticlePair(left, right, same, equal, unequal)


def _slot_pairs(left: Found, right: Found, kind: str) -> list[tuple[Range, Range, bool]]:
    """(slot, slot, whether their values are equal) over the slots of a kind of two sentences."""
    return [
        (one[:2], two[:2], one[2] == two[2]) for one in left.slots.get(kind, ()) for two in right.slots.get(kind, ())
    ]


def read_articles(path: Path) -> Iterator[tuple[str, str | None, str]]:
    """(text, title, summary) of each article of a CSV with highlights or of JSON lines."""
    with path.open(encoding="utf-8", newline="") as lines:
        if path.suffix == ".csv":
            for row in csv.DictReader(lines):
                yield row["article"], None, row["highlights"]
        else:
            for line in lines:
                row = json.loads(line)
                yield row["text"], row["title"], ""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--families", type=Path, required=True)
    parser.add_argument("--articles", type=Path, action="append", default=[])
    parser.add_argument("--models", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    reader, events = SpacyReader(), read_events(options.families)
    encoder = load_encoder(options.models, folder="question-encoder", threads=1, batch_tokens=2048)
    prepared = {"slots": read_families(reader, events), "nearest": neighbours(encoder, events), "articles": []}
    _write(options.out, prepared)
    for path in options.articles:
        for number, (text, title, summary) in enumerate(read_articles(path)):
            if number < ARTICLES:
                found = article_pairs(reader, encoder, text, title, summary)
                prepared["articles"] += [asdict(pair) for pair in found]
        print(path.name, len(prepared["articles"]), file=sys.stderr)
    _write(options.out, prepared)


def _write(path: Path, prepared: dict[str, object]) -> None:
    path.write_text(json.dumps(prepared, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
