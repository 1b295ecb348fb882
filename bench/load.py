"""Load a full database: reads of a story's timeline and conflicts, and accepts while the queue is full.

    python bench/load.py [--articles 20000] [--seconds 20] [--connections 16]

Needs wrk (Debian: apt-get install wrk): written in C, it leaves the two cores to the server, where a client in Python
would be measured with it. The database is filled by ``filling``: analysed samples, cloned into stories of 20 articles.
What is measured is the API and PostgreSQL at that size: ``claimline api`` on the embedded server in a temporary
directory, no worker, so that all that is accepted stays in the queue.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from filling import analyse_samples, fill_stories
from ingest import listening_url, make_articles, running, until
from sqlmodel import Session, col, select

from app import logs
from app.pipeline.jobs import defer_analysis
from app.store.embedded import embedded_postgres
from app.store.engine import create_engine
from app.store.tables import Article

QUEUED, WORDS = 2_000, 400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000, help="articles stored before the load")
    parser.add_argument("--seconds", type=int, default=20, help="of each kind of load")
    parser.add_argument("--connections", type=int, default=16, help="requests at once")
    args = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
    logs.configure(level="WARNING", format="console")
    print(f"{os.cpu_count()} cores, load average before the start {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="claimline-load-") as folder:
        directory = Path(folder)
        with embedded_postgres(directory / "data") as url:
            started = time.monotonic()
            stories = fill(url, articles=args.articles)
            print(f"filled with {args.articles} articles in {len(stories)} stories: {time.monotonic() - started:.0f} s")
            load(directory, stories, seconds=args.seconds, connections=args.connections)


def load(directory: Path, stories: Sequence[str], *, seconds: int, connections: int) -> None:
    with running(["api"], directory=directory, name="api") as (process, log):
        url = until(lambda: listening_url(log), process=process, log=log)
        for part in ("timeline", "conflicts"):
            size = len(httpx.get(f"{url}/v1/stories/{stories[0]}/{part}").raise_for_status().content)
            paths = [f"/v1/stories/{story}/{part}" for story in stories]
            run_wrk(
                directory, url, f"GET {part} ({size} bytes)", reads(paths), seconds=seconds, connections=connections
            )
        before = queued(url)
        bodies = [json.dumps(body) for body in make_articles(200, words=WORDS)]
        title = f"POST article, {before} in the queue"
        run_wrk(directory, url, title, writes(bodies), seconds=seconds, connections=connections)
        print(f"  {queued(url) - before} articles stored and queued")


def queued(url: str) -> int:
    found = re.search(r"^claimline_queued_jobs (\S+)$", httpx.get(f"{url}/metrics").text, re.MULTILINE)
    assert found
    return int(float(found[1]))


def reads(paths: Sequence[str]) -> str:
    """A wrk script that asks for a random one of these paths each time."""
    listed = ",".join(f'"{path}"' for path in paths)
    return (
        f'local paths = {{{listed}}}\nrequest = function() return wrk.format("GET", paths[math.random(#paths)]) end\n'
    )


def writes(bodies: Sequence[str]) -> str:
    """A wrk script that posts these bodies, each time with an external_id of its own, so that each is a new article."""
    listed = ",".join(f"[==[{body[:-1]}]==]" for body in bodies)
    return f"""
local bodies = {{{listed}}}
local n, thread = 0, 0
function setup(t) thread = thread + 1; t:set("id", thread) end
request = function()
  n = n + 1
  local body = bodies[n % #bodies + 1] .. ', "external_id": "' .. id .. "-" .. n .. '"}}'
  return wrk.format("POST", "/v1/articles", {{["Content-Type"] = "application/json"}}, body)
end
"""


SUMMARY = """
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %f %f %f %f %d\\n", summary.requests, summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def run_wrk(directory: Path, url: str, title: str, script: str, *, seconds: int, connections: int) -> None:
    path = directory / "load.lua"
    path.write_text(script + SUMMARY)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(path), url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    [found] = re.findall(r"^RESULT (\d+) (\S+) (\S+) (\S+) (\S+) (\d+)$", output, re.MULTILINE)
    number, rate, p50, p95, p99, errors = (float(part) for part in found)
    print(
        f"{title}, {connections} at once: {rate:.0f}/s, p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, "
        f"{number:.0f} requests, {errors:.0f} errors"
    )


def fill(url: str, *, articles: int) -> list[str]:
    """A database with so many articles, 2,000 of them queued before the first accept; the ids of the stories."""
    analyse_samples(url)
    stories = fill_stories(url, articles=articles)
    engine = create_engine(url)
    with Session(engine) as session:
        for article_id in session.exec(select(Article.id).order_by(col(Article.id)).limit(QUEUED)).all():
            defer_analysis(session, article_id)
        session.commit()
    engine.dispose()
    return stories


if __name__ == "__main__":
    main()
