"""Whether the real TimelineJS3 renders what `?format=timelinejs` answers, in headless Chromium.

    npm install --prefix DIR @knight-lab/timelinejs
    .venv/bin/python bench/timelinejs.py DIR [--screenshot FILE.png] [--address TIMELINE_URL]

Without an address, entries with every precision and hostile text. Says so and ends with 0 where Chromium or TimelineJS
is not installed, and with 1 where an entry is not on the page or markup of a text became an element of it.
"""

from __future__ import annotations

import argparse
import functools
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from app.api.formats.timelinejs import timelinejs
from app.api.schemas.stories import TimelineItem
from app.domain.edtf import bounds

ID = "01930311-2c4e-7a11-9f5e-1c7a2f9d3b4"
TEXTS = [
    ("2025", "year", "The quay was to be rebuilt in 2025."),
    ("2025-05", "month", "Rain fell on the harbour for most of May."),
    ("2025-05-10/2025-05-14", "interval", "The harbour festival went on."),
    ("2025-05-12T21:30", "minute", "The quay burnt."),
    ("2025-05-13", "day", '<img src=x onerror="document.title=\'hurt\'"><script>alert(1)</script> & "so on"'),
]
PAGE = """<!doctype html><meta charset="utf-8"><title>whole</title><link rel="stylesheet" href="dist/css/timeline.css">
<script src="dist/js/timeline.js"></script><div id="t" style="width:1200px;height:700px"></div>
<script>new TL.Timeline("t", "timeline.json", {font: "none", ga_measurement_id: null, duration: 1})</script>"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where npm installed TimelineJS")
    parser.add_argument("--screenshot", type=Path)
    parser.add_argument("--address", help="a timeline of a running server")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    dist = given.folder / "node_modules/@knight-lab/timelinejs/dist"
    if chromium is None or not dist.is_dir():
        print("skipped: no Chromium" if chromium is None else f"skipped: no TimelineJS under {given.folder}")
        return 0
    shown = httpx.get(given.address, params={"format": "timelinejs"}).json() if given.address else sample()
    page = render(chromium, dist, shown, given.screenshot)
    missing = [event["unique_id"] for event in shown["events"] if f'id="{event["unique_id"]}"' not in page]
    is_hurt = "<title>whole</title>" not in page or re.search(r'<img[^>]*src="?x"?[ >]', page)
    words = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page)))
    headlines = [" ".join(html.unescape(event["text"]["headline"]).split()) for event in shown["events"]]
    unread = [headline for headline in headlines if headline not in words]
    print(f"{len(headlines)} entries, not on the page: {missing}, not as written: {unread}, hurt: {bool(is_hurt)}")
    return int(bool(missing or unread or is_hurt))


def sample() -> dict[str, Any]:
    return timelinejs([item(n, *given) for n, given in enumerate(TEXTS)], title="Fire at <b>Brandt Quay</b>")


def item(n: int, edtf: str, precision: str, text: str) -> TimelineItem:
    earliest, latest = bounds(edtf)
    when = {"edtf": edtf, "earliest": earliest, "latest": latest, "precision": precision, "basis": "explicit"}
    piece = {"article_id": f"{ID}0", "claim_id": f"{ID}1", "start": 0, "end": len(text), "exact": text}
    shape = {"id": f"{ID}{n}", "story_id": f"{ID}9", "date": when, "text": text, "evidence": [piece]}
    return TimelineItem.model_validate({**shape, "sources": 2, "origins": 1, "conflict_ids": []})


def render(chromium: str, dist: Path, shown: dict[str, Any], screenshot: Path | None) -> str:
    """The page as Chromium has it after TimelineJS ran."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(dist, root / "dist")
        (root / "index.html").write_text(PAGE, encoding="utf-8")
        (root / "timeline.json").write_text(json.dumps(shown), encoding="utf-8")
        quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
        base += ["--window-size=1240,760", "--virtual-time-budget=15000"]
        address = f"http://127.0.0.1:{server.server_port}/index.html"
        try:
            if screenshot is not None:
                take = f"--screenshot={screenshot.resolve()}"
                subprocess.run([*base, take, address], check=True, capture_output=True, timeout=120)
            run = subprocess.run([*base, "--dump-dom", address], check=True, capture_output=True, timeout=120)
        finally:
            server.shutdown()
        return run.stdout.decode("utf-8")


if __name__ == "__main__":
    sys.exit(main())
