"""schemathesis against a real server: does every answer keep to the description of the API?

    .venv/bin/python bench/contract.py [--examples 300] [--seed 1]

Runs ``claimline serve`` on the embedded PostgreSQL in a temporary directory, has the samples analysed, and lets
schemathesis make requests from /openapi.json: valid ones, invalid ones, wrong methods, and sequences in which what one
answer brings goes into the next request. Every check is on: no 5xx; no status, content type or shape that is not
described; nothing invalid accepted, nothing valid refused; what was deleted is gone. Ends with 1 when one fails, or
when an operation never did what it is for: then its requests named nothing that is there.
``--examples`` is what is made for each operation in each phase.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
from ingest import ROOT, is_ready, listening_url, running, until
from prometheus_client.parser import text_string_to_metric_families

CONFIG = Path(__file__).parent / "schemathesis"
SAMPLES = sorted((ROOT / "samples/kursk").glob("*.json"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="claimline-contract-") as folder,
        running(["serve"], directory=Path(folder), name="serve") as (process, log),
    ):
        url = until(lambda: listening_url(log), process=process, log=log)
        until(lambda: is_ready(url), process=process, log=log)
        config = Path(shutil.copytree(CONFIG, Path(folder) / "schemathesis"))
        with (config / "schemathesis.toml").open("a") as file:
            file.write("\n[dictionaries]\n")
            file.writelines(f"{name}.values = {json.dumps(values)}\n" for name, values in fill(url).items())
        before = successes(url)
        code = attack(url, config, examples=given.examples, seed=given.seed)
        if code:
            failures = [line for line in log.read_text(encoding="utf-8").splitlines() if '"level": "error"' in line]
            print("The service logged:", *failures, sep="\n")
        idle = sorted(operations(url) - set(successes(url) - before))
        print("Operations that never succeeded:", ", ".join(idle) or "none")
        return code or int(bool(idle))


def fill(url: str) -> dict[str, list[str]]:
    """Have the samples analysed, begin another story, add webhooks; the ids of what there is then."""
    with httpx.Client(base_url=url, timeout=90) as api:
        for path in SAMPLES:
            body = json.loads(path.read_text(encoding="utf-8"))
            api.post("/v1/articles", json=body, headers={"Prefer": "wait=60"}).raise_for_status()
        api.post("/v1/stories", json={"title": "Another"}).raise_for_status()
        found = {name: ids(api, f"/v1/{name}") for name in ("articles", "stories")}
        reports = [report for story in found["stories"] for report in ids(api, f"/v1/stories/{story}/conflicts")]
        webhook, spare = add_webhook(api), add_webhook(api)
        deliveries = [ping(api, webhook) for _ in range(2)]
        return found | {
            "conflicts": reports, "webhooks": [webhook], "deliveries": deliveries,
            "spare_articles": found["articles"][:1], "spare_webhooks": [spare],
        }  # fmt: skip


def add_webhook(api: httpx.Client) -> str:
    """Its address is refused when it is looked up, so that its deliveries fail at once: those may be replayed."""
    return str(api.post("/v1/webhooks", json={"url": "https://localhost/hook"}).raise_for_status().json()["id"])


def ping(api: httpx.Client, webhook: str) -> str:
    """A delivery that has come to its end."""
    path = f"/v1/webhooks/{webhook}"
    delivery = str(api.post(f"{path}/ping").raise_for_status().json()["id"])
    while api.get(f"{path}/deliveries/{delivery}").raise_for_status().json()["status"] == "pending":
        time.sleep(0.1)
    return delivery


def ids(api: httpx.Client, path: str) -> list[str]:
    return [item["id"] for item in api.get(path, params={"limit": 100}).raise_for_status().json()["items"]]


def operations(url: str) -> set[str]:
    """Method and path of each that is described."""
    document = httpx.get(f"{url}/openapi.json").raise_for_status().json()
    return {f"{method.upper()} {path}" for path, at in document["paths"].items() for method in at}


def successes(url: str) -> Counter[str]:
    """How often each operation was answered 2xx, as the service counts it."""
    found: Counter[str] = Counter()
    for family in text_string_to_metric_families(httpx.get(f"{url}/metrics").raise_for_status().text):
        for sample in family.samples:
            if sample.name == "claimline_http_requests_total" and sample.labels["status"].startswith("2"):
                found[f"{sample.labels['method']} {sample.labels['route']}"] += int(sample.value)
    return found


def attack(url: str, config: Path, *, examples: int, seed: int) -> int:
    """The exit code of schemathesis, which prints what it did and found."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config / "schemathesis.toml")),
        *("run", f"{url}/openapi.json", "--no-color", "--max-examples", str(examples), "--seed", str(seed)),
    ]
    return subprocess.run(command, cwd=config, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
