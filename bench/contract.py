"""schemathesis against a real server: does every answer keep to the description of the API?

    .venv/bin/python bench/contract.py [--examples 300] [--seed 1]

Runs ``claimline serve`` on the embedded PostgreSQL in a temporary directory, has the samples analysed, and lets
schemathesis make requests from /openapi.json: valid ones, invalid ones, wrong methods, and sequences in which what one
answer brings goes into the next request. Every check is on: no 5xx; no status, content type or shape that is not
described; nothing invalid accepted, nothing valid refused; what was deleted is gone. Ends with 1 when one fails.
``--examples`` is what is made for each operation in each phase.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
from ingest import ROOT, is_ready, listening_url, running, until

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
        return attack(url, config, examples=given.examples, seed=given.seed)


def fill(url: str) -> dict[str, list[str]]:
    """Have the samples analysed, and begin another story; the ids of what there is then."""
    with httpx.Client(base_url=url, timeout=90) as api:
        for path in SAMPLES:
            body = json.loads(path.read_text(encoding="utf-8"))
            api.post("/v1/articles", json=body, headers={"Prefer": "wait=60"}).raise_for_status()
        api.post("/v1/stories", json={"title": "Another"}).raise_for_status()
        found = {name: ids(api, f"/v1/{name}") for name in ("articles", "stories")}
        reports = [report for story in found["stories"] for report in ids(api, f"/v1/stories/{story}/conflicts")]
        return found | {"conflicts": reports}


def ids(api: httpx.Client, path: str) -> list[str]:
    return [item["id"] for item in api.get(path, params={"limit": 100}).raise_for_status().json()["items"]]


def attack(url: str, config: Path, *, examples: int, seed: int) -> int:
    """The exit code of schemathesis, which prints what it did and found."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config / "schemathesis.toml")),
        *("run", f"{url}/openapi.json", "--no-color", "--max-examples", str(examples), "--seed", str(seed)),
    ]
    return subprocess.run(command, cwd=config, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
