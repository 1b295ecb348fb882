"""Load a full database: reads of a story's timeline and conflicts, and accepts while the queue is full.

    python bench/load.py [--articles 20000] [--seconds 20] [--connections 16]

Needs wrk (Debian: apt-get install wrk). The database is SYNTHETIC: rows are written in bulk in the form a worker
writes, not analysed from texts; every article has 10 claims, every story 20 articles, 40 timeline entries and 8
conflict reports of 3 positions. What is measured is the API and PostgreSQL at that size: ``claimline api`` on the
embedded server in a temporary directory, no worker, so that all that is accepted stays in the queue.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from ingest import listening_url, make_articles, running, until
from sqlalchemy import insert, text
from sqlmodel import Session

from app.domain import values as v
from app.pipeline.jobs import defer_analysis
from app.store import facets
from app.store.embedded import embedded_postgres
from app.store.engine import create_engine
from app.store.schema import upgrade
from app.store.tables import (
    DIMENSIONS,
    Article,
    ClaimRow,
    Conflict,
    Position,
    PositionEvidence,
    Story,
    TimelineEntry,
    TimelineEvidence,
    new_id,
)

PER_STORY, CLAIMS, ENTRIES, CONFLICTS, POSITIONS = 20, 10, 40, 8, 3
WORDS = 400
NOW = datetime(2026, 1, 1, tzinfo=UTC)

VECTOR_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%USING hnsw%'"

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000, help="articles stored before the load")
    parser.add_argument("--seconds", type=int, default=20, help="of each kind of load")
    parser.add_argument("--connections", type=int, default=16, help="requests at once")
    args = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
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
    """Write the rows; the ids of the stories."""
    engine = create_engine(url, statement_seconds=600)
    upgrade(engine)
    pick = np.random.default_rng(11)
    texts = list(make_articles(100, words=WORDS))
    stories = []
    with Session(engine) as session:
        # Built once at the end, as pgvector advises for bulk loads: row by row they take most of an hour.
        indexes = session.connection().execute(text(VECTOR_INDEXES)).all()
        for name, _ in indexes:
            session.connection().execute(text(f"DROP INDEX {name}"))
        for number in range(articles // PER_STORY):
            stories.append(str(write_story(session, number, texts, pick)))
            if number % 50 == 49:
                session.commit()
        for article_id in session.connection().scalars(text("SELECT id FROM article ORDER BY id LIMIT 2000")).all():
            defer_analysis(session, article_id)  # a queue that is full before the first accept
        session.connection().execute(text("SET maintenance_work_mem = '2GB'"))
        for _, definition in indexes:
            session.connection().execute(text(definition))
        session.commit()
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).execute(text("ANALYZE"))
    engine.dispose()
    return stories


def write_story(session: Session, number: int, texts: Sequence[Row], pick: np.random.Generator) -> Any:
    """One story with all that hangs on it, in one statement for each table."""
    story = {"id": new_id(), "title": f"Story {number}", "version": 1, "created_at": NOW, "updated_at": NOW}
    articles = [
        article_row(number * PER_STORY + n, story["id"], texts[int(pick.integers(len(texts)))], pick)
        for n in range(PER_STORY)
    ]
    claims = [claim_row(article, n, pick) for article in articles for n in range(CLAIMS)]
    rows: dict[Any, list[Row]] = {Story: [story], Article: articles, ClaimRow: claims}
    entries = [entry_row(story["id"], number, n, claims) for n in range(ENTRIES)]
    rows[TimelineEntry] = entries
    rows[TimelineEvidence] = [
        {"entry_id": entry["id"], **quote(claim)} for entry in entries for claim in sample(claims, 3, pick)
    ]
    rows[Conflict] = [conflict_row(story["id"], n, pick) for n in range(CONFLICTS)]
    rows[Position] = [position_row(conflict["id"], n) for conflict in rows[Conflict] for n in range(POSITIONS)]
    rows[PositionEvidence] = [
        {"position_id": position["id"], "holder": None, **quote(claim)}
        for position in rows[Position]
        for claim in sample(claims, 2, pick)
    ]
    for table, values in rows.items():
        session.connection().execute(insert(table), values)
    return story["id"]


def article_row(number: int, story_id: Any, body: Row, pick: np.random.Generator) -> Row:
    return {
        "id": new_id(), "text": body["text"], "title": body["title"], "source_name": f"Paper {number % 40}",
        "published_at": NOW - timedelta(hours=number % 700), "details": {}, "status": "analysed", "names": [],
        "fingerprint": hashlib.sha256(str(number).encode()).hexdigest(), "story_id": story_id,
        "is_story_pinned": False, "embedding": vector(pick), "created_at": NOW, "analysed_at": NOW,
    }  # fmt: skip


def claim_row(article: Row, number: int, pick: np.random.Generator) -> Row:
    start, end = 100 * number, 100 * number + 90
    exact = article["text"][start:end]
    claim = v.Claim(
        start=start, end=end, exact=exact, kind=v.ClaimKind.EVENT, factuality=v.Factuality.ASSERTED,
        check_worthiness=0.5,
    )  # fmt: skip
    return {
        "id": new_id(), "article_id": article["id"], "story_id": article["story_id"], "start": start, "end": end,
        "exact": exact, "slot_keys": [], "facets": facets.to_json(claim), "embedding": vector(pick),
        "question_embedding": vector(pick), "made_by": {"reader": "synthetic"},
    }  # fmt: skip


def entry_row(story_id: Any, story: int, number: int, claims: Sequence[Row]) -> Row:
    day = date(2025, 1, 1) + timedelta(days=(story + number) % 365)
    return {
        "id": new_id(), "story_id": story_id, "edtf": day.isoformat(), "earliest": day, "latest": day,
        "sort_at": f"{day.isoformat()}T00:00", "precision": "day", "basis": "explicit", "sources": 3, "origins": 3,
        "text": claims[number]["exact"],
    }  # fmt: skip


def conflict_row(story_id: Any, number: int, pick: np.random.Generator) -> Row:
    return {
        "id": new_id(), "story_id": story_id, "kind": "quantity", "verdict": "discrepancy", "status": "open",
        "question": f"How many were there of the {number}th thing?", "explanation": "Some say one, some another.",
        "confidence": round(float(pick.uniform(0.5, 1)), 3), "detected_at": NOW, "versions": {"rules": "synthetic"},
    }  # fmt: skip


def position_row(conflict_id: Any, number: int) -> Row:
    return {
        "id": new_id(), "conflict_id": conflict_id, "ordinal": number, "label": f"about {number}",
        "value": {"low": number, "high": number}, "sources": 2, "origins": 2, "first_seen_at": NOW,
    }  # fmt: skip


def sample(claims: Sequence[Row], number: int, pick: np.random.Generator) -> list[Row]:
    return [claims[at] for at in pick.choice(len(claims), number, replace=False)]


def quote(claim: Row) -> Row:
    return {"claim_id": claim["id"], **{key: claim[key] for key in ("start", "end", "exact")}}


def vector(pick: np.random.Generator) -> Any:
    """A unit vector in a random direction."""
    drawn = pick.standard_normal(DIMENSIONS, dtype=np.float32)
    return drawn / np.linalg.norm(drawn)


if __name__ == "__main__":
    main()
