"""Score the filing of articles under stories: B-cubed precision, recall and F1 (Bagga and Baldwin 1998).

    python bench/linking.py FILE... [--seed N] [--window DAYS] [--verbose]

A FILE is JSONL with a line {"event", "text", "title"?, "published_at"?} for each article, or one story as JSON with
{"id", "articles": [...]}. All articles of all files arrive one after another in a shuffled order that --seed fixes, and
each is placed by what the service places it by: the reader's names and date line, the encoder's vector of title and
text, and ``domain.linking`` over the nearest articles placed before it.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from app.domain.linking import CANDIDATES, Candidate, LinkFeatures, choose_story
from app.domain.ports import Encoder, Reader
from app.language.reader import SpacyReader
from app.ml.encoder import OnnxEncoder
from app.ml.manifest import load_manifest
from app.settings import Settings


@dataclass(frozen=True)
class Article:
    event: str
    text: str
    title: str | None
    published_at: datetime | None


def main() -> None:
    settings = Settings()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--window", type=int, default=settings.story_window_days, metavar="DAYS")
    parser.add_argument("--verbose", action="store_true", help="print each story that is split or mixed")
    args = parser.parse_args()
    encoder = OnnxEncoder(
        load_manifest(settings.models_dir / "encoder"),
        threads=settings.model_threads,
        batch_tokens=settings.batch_tokens,
    )
    articles = [article for path in args.files for article in read_articles(path)]
    random.Random(args.seed).shuffle(articles)
    features, vectors = describe(articles, reader=SpacyReader(), encoder=encoder)
    stories = link(features, vectors, window_days=args.window)
    events = [article.event for article in articles]
    precision, recall, f1 = b_cubed(events, stories)
    print(f"{len(articles)} articles of {len(set(events))} events in {len(set(stories))} stories")
    print(f"B-cubed precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")
    if args.verbose:
        print(*_faults(events, stories), sep="\n")


def read_articles(path: Path) -> Iterator[Article]:
    """The articles of a JSONL file or of a story file."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        items = [json.loads(line) for line in content.splitlines() if line.strip()]
    else:
        story = json.loads(content)
        items = [{"event": story["id"], **article} for article in story["articles"]]
    for item in items:
        at = item.get("published_at")
        yield Article(item["event"], item["text"], item.get("title"), datetime.fromisoformat(at) if at else None)


def describe(articles: Sequence[Article], *, reader: Reader, encoder: Encoder) -> tuple[list[LinkFeatures], np.ndarray]:
    """What linking looks at, and the vectors (articles, dimensions)."""
    features = []
    for article in articles:
        reading = reader.read(article.text, title=article.title, published_at=article.published_at)
        published = article.published_at.date() if article.published_at else reading.dated
        features.append(LinkFeatures(published, tuple(entity.name for entity in reading.entities)))
    openings = ["\n".join(part for part in (article.title, article.text) if part) for article in articles]
    return features, np.array(encoder.encode(openings))


def link(features: Sequence[LinkFeatures], vectors: np.ndarray, *, window_days: int) -> list[str]:
    """The story of each article, placed in the order given."""
    similarities = vectors @ vectors.T
    stories: list[str] = []
    for index, feature in enumerate(features):
        near = np.argsort(-similarities[index, :index], kind="stable")[:CANDIDATES].tolist()
        candidates = [
            Candidate(str(j), stories[j], float(similarities[index, j]), features[j].published, features[j].names)
            for j in near
        ]
        choice = choose_story(feature, candidates, window_days=window_days)
        stories.append(choice.story_id if choice else f"{index:06}")
    return stories


def b_cubed(events: Sequence[str], stories: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1, averaged over articles."""
    both, event, story = Counter(zip(events, stories, strict=True)), Counter(events), Counter(stories)
    precision = sum(n * n / story[s] for (_, s), n in both.items()) / len(events)
    recall = sum(n * n / event[e] for (e, _), n in both.items()) / len(events)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _faults(events: Sequence[str], stories: Sequence[str]) -> Iterator[str]:
    by_event: defaultdict[str, Counter[str]] = defaultdict(Counter)
    by_story: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for event, story in zip(events, stories, strict=True):
        by_event[event][story] += 1
        by_story[story][event] += 1
    yield from (f"split: {event} over {dict(found)}" for event, found in sorted(by_event.items()) if len(found) > 1)
    yield from (f"mixed: {story} of {dict(found)}" for story, found in sorted(by_story.items()) if len(found) > 1)


if __name__ == "__main__":
    main()
