"""Measure a real server end to end: start-up, articles per second, accept latency, and where the time goes.

    python bench/ingest.py [--articles N] [--words N] [--requests N] [--in-flight N]

Runs ``claimline`` on the embedded PostgreSQL in a temporary directory: ``serve`` twice for the time to /readyz, on a
new and on an existing data directory, then ``api`` and one ``worker`` for the rest. The articles are put together from
the sentences of samples/kursk with other names and figures. As their wording is alike they are filed under stories of
five on submission; nearest articles are looked up all the same, to find copies.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).parent.parent
PATIENCE = 900.0
PER_STORY = 5
OLD = re.compile(r"North Koreans?|Kursk|Kyiv|Umerov|Kovalenko|Zelensky|Ukrain\w+|Russia\w*|Pyongyang|\d+(?:,\d{3})*")
NAMES = (
    *("Adeyemi", "Bellweather", "Castellan", "Dunmore", "Eskola", "Farrow", "Galbraith", "Hallam", "Iversen", "Jorvik"),
    *(
        "Kestrel",
        "Lindqvist",
        "Marchetti",
        "Norrland",
        "Oakhampton",
        "Pellew",
        "Quillon",
        "Rosmere",
        "Saltash",
        "Ulvik",
    ),
)

Json = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=60, help="articles to analyse for the throughput")
    parser.add_argument("--words", type=int, default=500, help="words of an article")
    parser.add_argument("--requests", type=int, default=500, help="requests for the accept latency")
    parser.add_argument("--in-flight", type=int, default=50, help="requests at once for the accept latency")
    args = parser.parse_args()
    bodies = list(make_articles(args.articles + args.requests, words=args.words))
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load average before the start {load:.1f}")
    with tempfile.TemporaryDirectory(prefix="claimline-bench-") as folder:
        directory = Path(folder)
        print(f"serve to /readyz, new data directory       {time_start(directory):8.1f} s")
        print(f"serve to /readyz, existing data directory  {time_start(directory):8.1f} s")
        measure(directory, bodies[: args.articles], bodies[args.articles :], in_flight=args.in_flight)


def make_articles(count: int, *, words: int) -> Iterator[Json]:
    """Bodies of POST /v1/articles, each of about ``words`` words."""
    pick = random.Random(7)
    lines_to_pick = sentences()
    names: dict[str, str] = {}
    for number in range(count):
        if number % PER_STORY == 0:
            names = dict(zip(("Kursk", "Kyiv", "Umerov", "Kovalenko", "Zelensky"), pick.sample(NAMES, 5), strict=True))
            names |= {"North Korean": pick.choice(NAMES) + "ian", "Pyongyang": pick.choice(NAMES)}
        lines: list[str] = []
        while sum(len(line.split()) for line in lines) < words:
            lines.append(rewrite(pick.choice(lines_to_pick), names, pick))
        at = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(hours=7 * (number % PER_STORY), days=number // PER_STORY)
        yield {
            "text": "\n\n".join(" ".join(lines[i : i + 3]) for i in range(0, len(lines), 3)),
            "title": lines[0][:120],
            "source": {"name": f"Bench Gazette {number % 7}"},
            "published_at": at.isoformat(),
        }


def sentences() -> list[str]:
    """All sentences of the sample articles."""
    paths = sorted((ROOT / "samples/kursk").glob("*.json"))
    texts = [json.loads(path.read_text(encoding="utf-8"))["text"] for path in paths]
    return [s for text in texts for line in text.splitlines() for s in re.split(r"(?<=[.!?]) (?=[A-Z])", line) if s]


def rewrite(sentence: str, names: dict[str, str], pick: random.Random) -> str:
    """Other names for the old ones, figures off by up to a fifth."""

    def replace(match: re.Match[str]) -> str:
        old = match[0]
        if old[0].isdigit():
            return f"{max(1, round(int(old.replace(',', '')) * pick.uniform(0.8, 1.2))):,}"
        return names.get(old) or names.get(old.removesuffix("s"), old)

    return OLD.sub(replace, sentence)


def time_start(directory: Path) -> float:
    """Seconds from the start of ``serve`` to /readyz 200."""
    start = time.monotonic()
    with running(["serve"], directory=directory, name="serve") as (process, log):
        url = until(lambda: listening_url(log), process=process, log=log)
        until(lambda: is_ready(url), process=process, log=log)
        return time.monotonic() - start


def measure(directory: Path, bodies: Sequence[Json], more: Sequence[Json], *, in_flight: int) -> None:
    """Throughput and stages over ``bodies``, then the accept latency of ``more`` while the worker has work to do."""
    port = free_port()
    with (
        running(["api"], directory=directory, name="api") as (api, api_log),
        running(["worker", "--metrics-port", str(port)], directory=directory, name="worker") as (worker, worker_log),
    ):
        url = until(lambda: listening_url(api_log), process=api, log=api_log)
        until(lambda: is_ready(url), process=worker, log=worker_log)
        start = time.monotonic()
        for number, body in enumerate(bodies):
            if number % PER_STORY == 0:
                story = httpx.post(f"{url}/v1/stories", json={"title": f"Story {number}"}).raise_for_status().json()
            filed = body | {"story_id": story["id"]}
            httpx.post(f"{url}/v1/articles", json=filed, timeout=60).raise_for_status()
        until(lambda: queued(url) == 0, process=worker, log=worker_log)
        seconds = time.monotonic() - start
        failed = httpx.get(f"{url}/v1/articles", params={"status": "failed"}).raise_for_status().json()["items"]
        print(f"analysed {len(bodies)} articles, {len(failed)} failed: {len(bodies) / seconds:.2f} articles/s")
        for stage, milliseconds in stages(f"http://127.0.0.1:{port}/metrics"):
            print(f"  {stage:12} {milliseconds:8.1f} ms per article")
        rss = psutil.Process(worker.pid).memory_info().rss
        print(f"worker memory: {rss / 1e6:.0f} MB resident, {peak(worker.pid) / 1e6:.0f} MB at its peak")
        latencies = asyncio.run(post_all(url, bodies=more, in_flight=in_flight))
        cuts = quantiles(latencies, n=100)
        state = "busy" if queued(url) else "IDLE"
        print(f"POST /v1/articles, {len(more)} requests, {in_flight} in flight, worker {state}:")
        print(f"  p50 {1000 * cuts[49]:.0f} ms, p95 {1000 * cuts[94]:.0f} ms")


async def post_all(url: str, *, bodies: Sequence[Json], in_flight: int) -> list[float]:
    """Seconds each request took, with ``in_flight`` of them under way at any time.

    Requests are made before the clock starts and written to kept-alive sockets: a full HTTP client in this process
    would take as much of the two cores as the server, and be measured with it.
    """
    address = httpx.URL(url)
    waiting = iter([_request(address, body) for body in bodies])
    seconds: list[float] = []

    async def post() -> None:
        reader, writer = await asyncio.open_connection(address.host, address.port)
        for request in waiting:
            start = time.monotonic()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(re.findall(rb"(?i)content-length: (\d+)", head)[0]))
            seconds.append(time.monotonic() - start)
            if not re.match(rb"HTTP/1.1 20[02]", head):
                raise RuntimeError(head.decode())
        writer.close()

    await asyncio.gather(*(post() for _ in range(in_flight)))
    return seconds


def _request(address: httpx.URL, body: Json) -> bytes:
    content = json.dumps(body).encode()
    head = f"POST /v1/articles HTTP/1.1\r\nHost: {address.host}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


@contextmanager
def running(command: Sequence[str], *, directory: Path, name: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A ``claimline`` process and the file its log goes to; ended with the block."""
    log = directory / f"{name}-{time.monotonic_ns()}.log"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CLAIMLINE_")}
    environment |= {"CLAIMLINE_DATA_DIR": str(directory / "data"), "CLAIMLINE_PORT": "0"}
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", *command], env=environment, cwd=ROOT, stdout=sink, stderr=sink
        )
    try:
        yield process, log
    finally:
        process.terminate()
        process.wait()


def until(condition: Callable[[], Any], *, process: subprocess.Popen[bytes], log: Path) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"the service stopped or hung; its log ends:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)
    return value


def listening_url(log: Path) -> str | None:
    for line in log.read_text().splitlines(keepends=True):
        if '"api_listening"' in line and line.endswith("\n"):
            return str(json.loads(line)["url"])
    return None


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").is_success
    except httpx.TransportError:
        return False


def queued(url: str) -> float:
    """Analyses waiting or running."""
    return next(value for name, _, value in samples(f"{url}/metrics") if name == "claimline_queued_jobs")


def stages(url: str) -> Iterator[tuple[str, float]]:
    """Each stage of the analysis with its mean milliseconds, as the worker timed them."""
    found = list(samples(url))
    counts = {labels["stage"]: value for name, labels, value in found if name == "claimline_stage_seconds_count"}
    sums = {labels["stage"]: value for name, labels, value in found if name == "claimline_stage_seconds_sum"}
    yield from ((stage, 1000 * sums[stage] / count) for stage, count in counts.items() if count)


def samples(url: str) -> Iterator[tuple[str, dict[str, str], float]]:
    for family in text_string_to_metric_families(httpx.get(url, timeout=10).raise_for_status().text):
        yield from ((sample.name, sample.labels, sample.value) for sample in family.samples)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def peak(pid: int) -> int:
    """Bytes of the largest resident set so far, where the kernel tells (Linux)."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return 1024 * int(found[1]) if found else 0


if __name__ == "__main__":
    main()
