"""Score summaries against reference highlights, with the first three sentences (LEAD-3) beside them.

    python bench/summaries.py FILE.csv [--skip N] [--limit N] [--sentences N]

FILE.csv has the columns article and highlights. Sentences come from the same reader, vectors from the same encoder and
choices from the same function as in the service. ROUGE-1, -2 and -Lsum F1 (Lin 2004; the rouge-score package, stemmed),
with a bootstrap interval for the difference; every sentence is held to the text it quotes.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean

from rouge_score.rouge_scorer import RougeScorer

from app.domain.ports import Encoder, Reader
from app.domain.summary import summarise
from app.domain.values import BlockKind, Sentence, Summary
from app.language.reader import SpacyReader
from app.ml.encoder import OnnxEncoder
from app.ml.manifest import load_manifest
from app.settings import Settings

MEASURES = ("rouge1", "rouge2", "rougeLsum")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--skip", type=int, default=0, help="rows to leave out at the start")
    parser.add_argument("--limit", type=int, help="rows to score; all by default")
    parser.add_argument("--sentences", type=int, default=3, help="sentences of a summary")
    args = parser.parse_args()
    settings = Settings()
    encoder = OnnxEncoder(
        load_manifest(settings.models_dir / "encoder"),
        threads=settings.model_threads,
        batch_tokens=settings.batch_tokens,
    )
    stop = None if args.limit is None else args.skip + args.limit
    rows = list(islice(read_rows(args.file), args.skip, stop))
    score(rows, reader=SpacyReader(), encoder=encoder, limit=args.sentences)


def read_rows(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["article"], row["highlights"]


def score(rows: Sequence[tuple[str, str]], *, reader: Reader, encoder: Encoder, limit: int) -> None:
    """Summarise each article and print the figures."""
    scorer = RougeScorer(list(MEASURES), use_stemmer=True)
    ours: list[dict[str, float]] = []
    lead: list[dict[str, float]] = []
    seconds, ungrounded = 0.0, 0
    for article, highlights in rows:
        sentences = reader.read(article, title=None, published_at=None).sentences
        start = time.perf_counter()
        vectors = encoder.encode([sentence.exact for sentence in sentences])
        summary = summarise(sentences, vectors, limit=limit, model=encoder.version)
        seconds += time.perf_counter() - start
        ungrounded += count_ungrounded(summary, article)
        chosen = [sentence.text for sentence in summary.sentences] if summary else []
        ours.append(_rouge(scorer, highlights, chosen))
        lead.append(_rouge(scorer, highlights, _opening(sentences, limit)))
    print(f"{len(rows)} articles, {1000 * seconds / max(1, len(rows)):.0f} ms each, {ungrounded} ungrounded sentences")
    print(f"{'F1':10} {'claimline':>10} {'LEAD-' + str(limit):>10} {'difference':>11}  95 % interval")
    for measure in MEASURES:
        print(_line(measure, [x[measure] for x in ours], [x[measure] for x in lead]))


def count_ungrounded(summary: Summary | None, article: str) -> int:
    """Sentences whose evidence is not in the article, or that give a number their evidence does not."""
    return sum(
        not all(article[span.start : span.end] == span.exact for span in sentence.evidence)
        or any(
            n not in " ".join(e.exact for e in sentence.evidence) for n in re.findall(r"\d[\d,.]*\d|\d", sentence.text)
        )
        for sentence in (summary.sentences if summary else ())
    )


def _opening(sentences: Sequence[Sentence], limit: int) -> list[str]:
    return [s.exact for s in sentences if s.block is not BlockKind.METADATA][:limit]


def _rouge(scorer: RougeScorer, highlights: str, sentences: Sequence[str]) -> dict[str, float]:
    return {name: result.fmeasure for name, result in scorer.score(highlights, "\n".join(sentences)).items()}


def _line(measure: str, ours: Sequence[float], lead: Sequence[float]) -> str:
    """Means, and the percentile bootstrap of the mean difference over articles."""
    differences = [x - y for x, y in zip(ours, lead, strict=True)]
    pick = random.Random(7)
    means = sorted(fmean(pick.choices(differences, k=len(differences))) for _ in range(1000))
    low, high = means[25], means[974]
    figures = f"{100 * fmean(ours):10.2f} {100 * fmean(lead):10.2f} {100 * fmean(differences):+11.2f}"
    return f"{measure:10} {figures}  {100 * low:+.2f} .. {100 * high:+.2f}"


if __name__ == "__main__":
    main()
