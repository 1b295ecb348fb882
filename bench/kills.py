"""Nothing accepted is lost: 2,000 articles while workers are killed (SIGKILL) at random, ten times.

    python bench/kills.py [--articles 2000] [--kills 10] [--workers 2] [--seed N]

Runs ``claimline api`` and the workers on the embedded server in a temporary directory. A killed worker is replaced at
once; what it was at is rescued when its heartbeat has stopped. Articles are short and each about an event of its own,
so that there are many in little time. In the end every article must be analysed, once: the script fails unless each
has the same number of claims as its neighbours, none twice, and no job is left.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psycopg
from ingest import NAMES, is_ready, listening_url, queued, running, until

from app.store.embedded import embedded_postgres
from app.store.engine import create_engine
from app.store.schema import upgrade

THINGS = ("fish market", "paper mill", "timber yard", "tram depot", "grain store", "ferry terminal", "glass works")
BATCH = 500
CHECKS = {
    "articles": "SELECT count(*) FROM article",
    "analysed": "SELECT count(*) FROM article WHERE status = 'analysed'",
    "without a story": "SELECT count(*) FROM article WHERE story_id IS NULL",
    "without claims": "SELECT count(*) FROM article a WHERE NOT EXISTS (SELECT FROM claim c WHERE c.article_id = a.id)",
    "claims that are there twice": 'SELECT count(*) - count(DISTINCT (article_id, start, "end")) FROM claim',
    "claims in two groups": "SELECT count(*) - count(DISTINCT claim_id) FROM claim_group_member",
    "jobs left": "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')",
    "jobs given up": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    pick = random.Random(args.seed)
    print(f"{os.cpu_count()} cores, load average before the start {os.getloadavg()[0]:.1f}")
    with (
        tempfile.TemporaryDirectory(prefix="claimline-kills-") as folder,
        embedded_postgres(Path(folder) / "data") as database,
        ExitStack() as stack,
    ):
        directory = Path(folder)
        engine = create_engine(database)
        upgrade(engine)
        engine.dispose()
        api, log = stack.enter_context(running(["api"], directory=directory, name="api"))
        url = until(lambda: listening_url(log), process=api, log=log)
        workers = [start_worker(stack, directory) for _ in range(args.workers)]
        until(lambda: is_ready(url), process=api, log=log)
        started = time.monotonic()
        accepted = submit(url, args.articles)
        killed = 0
        marks = sorted(pick.sample(range(args.articles // 20, args.articles * 9 // 10), args.kills), reverse=True)
        while (left := queued(url)) > 0:
            if marks and left <= args.articles - marks[-1]:
                marks.pop()
                number = pick.randrange(len(workers))
                workers[number].kill()
                workers[number].wait()
                workers[number] = start_worker(stack, directory)
                killed += 1
                print(f"killed a worker with {left:.0f} left", flush=True)
            if any(worker.poll() is not None for worker in workers):
                sys.exit("a worker ended by itself")
            time.sleep(pick.uniform(0.1, 0.5))
        seconds = time.monotonic() - started
        found = check(database)
    print(f"{len(accepted)} accepted, {killed} workers killed, {seconds:.0f} s")
    for name, number in found.items():
        print(f"{number:8}  {name}")
    wanted = {"articles": args.articles, "analysed": args.articles}
    if killed != args.kills or any(number != wanted.get(name, 0) for name, number in found.items()):
        sys.exit("FAILED")


def start_worker(stack: ExitStack, directory: Path) -> subprocess.Popen[bytes]:
    return stack.enter_context(running(["worker"], directory=directory, name="worker"))[0]


def submit(url: str, articles: int) -> set[str]:
    bodies = [article(number) for number in range(articles)]
    ids: set[str] = set()
    for at in range(0, articles, BATCH):
        answer = httpx.post(f"{url}/v1/articles/batch", json=bodies[at : at + BATCH], timeout=120).raise_for_status()
        ids |= {item["id"] for item in answer.json()["items"]}
    if len(ids) != articles:
        sys.exit(f"{len(ids)} of {articles} articles were accepted")
    return ids


def article(number: int) -> dict[str, Any]:
    """A fire that no other article tells of: the place and the officer are new, the days months apart."""
    pick = random.Random(number)
    place, officer = "".join(pick.sample(NAMES, 2)).title(), pick.choice(NAMES)
    day = f"{2000 + number % 25}-{1 + number // 25 % 12:02}-{1 + number % 28:02}"
    text = (
        f"The {pick.choice(THINGS)} of {place} burned down, the fire service said.\n\n"
        f"Chief officer {officer} said that {pick.randrange(2, 90)} people were injured."
    )
    return {"text": text, "external_id": str(number), "published_at": f"{day}T08:00:00Z"}


def check(database: str) -> dict[str, int]:
    with psycopg.connect(database) as connection:
        return {name: int(connection.execute(query).fetchone()[0]) for name, query in CHECKS.items()}  # type: ignore[call-overload,index]


if __name__ == "__main__":
    main()
