"""What one more article costs as a story and the database grow: milliseconds of each stage of its analysis.

    python bench/scale.py [--articles 5] [--case OTHERS:STORY]... [--same]

Each case is a database of OTHERS articles in other stories and STORY articles in the one that the new article belongs
to, cloned from the analysed samples (``filling``). New articles are analysed by the service's own code, one after
another, and each is withdrawn before the next. ``match`` is shown without the models' own time, which depends on how
many pairs they are given and not on how these are found. With --same all articles of the story report the same facts,
which is the dearest case for consolidation; without it five by five report others.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from filling import NOW, analyse_samples, fill_around, make_analyst
from ingest import rewrite, sentences
from prometheus_client import REGISTRY

from app import logs
from app.pipeline.analyse import Analyst
from app.store.articles import Submission, add_articles
from app.store.consolidation import withdraw_article
from app.store.embedded import embedded_postgres
from app.store.engine import SessionFactory, create_engine, session_factory
from app.store.tables import Article

CASES = ("1000:10", "1000:100", "1000:1000", "20000:10", "20000:1000")
STAGES = ("read", "save", "link", "match", "consolidate")


class Timed:
    """A model with its time added up."""

    def __init__(self, model: Any) -> None:
        self._model, self.version, self.seconds, self.pairs = model, model.version, 0.0, 0

    def compare(self, pairs: Sequence[Any]) -> Any:
        return self._timed(self._model.compare, pairs)

    def judge(self, pairs: Sequence[Any]) -> Any:
        self.pairs += len(pairs)
        return self._timed(self._model.judge, pairs)

    def _timed(self, ask: Callable[[Sequence[Any]], Any], pairs: Sequence[Any]) -> Any:
        started = time.perf_counter()
        judged = ask(pairs)
        self.seconds += time.perf_counter() - started
        return judged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5, help="new articles for each case")
    parser.add_argument("--case", action="append", metavar="OTHERS:STORY", help=f"default: {' '.join(CASES)}")
    parser.add_argument("--same", action="store_true", help="all articles of the story report the same facts")
    args = parser.parse_args()
    logs.configure(level="WARNING", format="console")
    print(f"{os.cpu_count()} cores, load average before the start {os.getloadavg()[0]:.1f}")
    with (
        tempfile.TemporaryDirectory(prefix="claimline-scale-") as folder,
        embedded_postgres(Path(folder) / "data") as url,
    ):
        story_id = analyse_samples(url)
        print(
            f"{'others':>8}{'story':>8}  " + "".join(f"{stage:>13}" for stage in STAGES) + f"{'models':>13}{'pairs':>8}"
        )
        for number, case in enumerate(args.case or CASES):
            others, story = map(int, case.split(":"))
            own = copy_database(url, f"case_{number}")
            started = time.monotonic()
            fill_around(own, others=others, story=story, says_the_same=args.same)
            filled = time.monotonic() - started
            seconds = measure(own, str(story_id), articles=args.articles)
            shown = "".join(f"{1000 * median(seconds[stage]):10.0f} ms" for stage in (*STAGES, "models"))
            pairs = median(seconds["pairs"])
            print(f"{others:8}{story:8}  {shown}{pairs:8.0f}   (filled in {filled:.0f} s)", flush=True)


def copy_database(url: str, name: str) -> str:
    with psycopg.connect(url.replace("/claimline?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE claimline")
    return url.replace("/claimline?", f"/{name}?")


def measure(url: str, story_id: str, *, articles: int) -> dict[str, list[float]]:
    """Seconds of each stage, and the pairs that models read, for each new article; one more goes first, to warm up."""
    engine = create_engine(url, statement_seconds=600)
    sessions = session_factory(engine)
    made = make_analyst(sessions)
    model = Timed(made.question)
    analyst = replace(made, question=model)
    seconds: dict[str, list[float]] = defaultdict(list)
    for number, submission in enumerate(new_articles(articles + 1)):
        before = {stage: spent(stage) for stage in STAGES}
        read, pairs = model.seconds, model.pairs
        analyse_and_withdraw(sessions, analyst, submission, story_id)
        if number == 0:
            continue
        in_models = model.seconds - read
        for stage in STAGES:
            seconds[stage].append(spent(stage) - before[stage] - (in_models if stage == "match" else 0))
        seconds["models"].append(in_models)
        seconds["pairs"].append(model.pairs - pairs)
    engine.dispose()
    return seconds


def analyse_and_withdraw(sessions: SessionFactory, analyst: Analyst, submission: Submission, story_id: str) -> None:
    with sessions.begin() as session:
        [(article, _)] = add_articles(session, [submission], now=NOW)
    analyst.analyse(article.id)
    with sessions.begin() as session:
        found = session.get_one(Article, article.id).story_id
        assert str(found) == story_id, "the new article was filed elsewhere"
        withdraw_article(session, article.id, now=NOW)


def new_articles(count: int) -> list[Submission]:
    """Articles on the sample story of twenty of its sentences, with figures of their own."""
    pick, lines = random.Random(5), sentences()
    return [
        Submission(
            text=" ".join(rewrite(line, {}, pick) for line in pick.sample(lines, 20)),
            title="North Korean troops in Russia's Kursk region",
            source_name=f"Paper {number}",
            published_at=datetime(2024, 11, 6, 12, number, tzinfo=UTC),
        )
        for number in range(count)
    ]


def spent(stage: str) -> float:
    return REGISTRY.get_sample_value("claimline_stage_seconds_sum", {"stage": stage}) or 0.0


if __name__ == "__main__":
    main()
