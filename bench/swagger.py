"""Whether Swagger UI works in a real browser: /docs in headless Chromium, and "Execute" on POST /v1/articles.

    .venv/bin/python bench/swagger.py [--screenshot FILE.png] [--address URL]

Without an address, of a service on the embedded PostgreSQL in a temporary directory. Says so and ends with 0 where
Chromium is not installed; ends with 1 where an operation is not shown, the example is refused, the page asks another
host for something, or the browser complains.
"""

from __future__ import annotations

import argparse
import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from ingest import is_ready, listening_url, running, until

PATIENCE = 120.0
HEIGHT, WIDTH = 2400, 1240
OPERATION = "#operations-articles-submitArticle"
STATUS = f"{OPERATION} .live-responses-table .response .response-col_status"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--screenshot", type=Path)
    parser.add_argument("--address", help="of a running server")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("skipped: no Chromium")
        return 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="claimline-docs-")))
        url = given.address or stack.enter_context(service(folder))
        page = stack.enter_context(browser(chromium, folder / "profile"))
        return look(page, url.rstrip("/"), given.screenshot)


@contextmanager
def service(folder: Path) -> Iterator[str]:
    with running(["serve"], directory=folder, name="serve") as (process, log):
        url = until(lambda: listening_url(log), process=process, log=log)
        until(lambda: is_ready(url), process=process, log=log)
        yield url


def look(page: Page, url: str, screenshot: Path | None) -> int:
    document = httpx.get(f"{url}/openapi.json", timeout=PATIENCE).raise_for_status().json()
    operations = sum(len(at) for at in document["paths"].values())
    page.send("Page.navigate", url=f"{url}/docs")
    shown = page.wait("document.querySelectorAll('.opblock').length")
    page.run(f"document.querySelector('{OPERATION} .opblock-summary-control').click()")
    page.wait(f"document.querySelector('{OPERATION} .execute') !== null")
    page.run(f"document.querySelector('{OPERATION} .execute').click()")
    status = page.wait(f"document.querySelector('{STATUS}')?.innerText.trim()")
    if screenshot is not None:
        picture = page.send("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        screenshot.write_bytes(base64.b64decode(picture))
    elsewhere = [asked for asked in page.asked if not asked.startswith((f"{url}/", "data:"))]
    print(f"{shown} of {operations} operations shown, POST /v1/articles: {status.split()[0]}")
    print(f"{len(page.asked)} requests, to other hosts: {elsewhere}, complaints: {page.complaints}")
    is_fine = shown == operations and status.startswith("20") and not elsewhere and not page.complaints
    return int(not is_fine)


@contextmanager
def browser(chromium: str, profile: Path) -> Iterator[Page]:
    """A page of a headless Chromium, spoken to through two pipes, which it has as its file descriptors 3 and 4."""
    (its_in, our_out), (our_in, its_out) = os.pipe(), os.pipe()
    switches = "--headless --no-sandbox --disable-gpu --hide-scrollbars --remote-debugging-pipe"
    command = f'exec "$0" "$@" 3<&{its_in} 4>&{its_out}'  # a shell moves them, between fork and exec
    process = subprocess.Popen(
        [
            "sh",
            "-c",
            command,
            chromium,
            *switches.split(),
            f"--window-size={WIDTH},{HEIGHT}",
            f"--user-data-dir={profile}",
        ],
        pass_fds=(its_in, its_out),
        stderr=subprocess.DEVNULL,
    )
    os.close(its_in)
    os.close(its_out)
    try:
        with open(our_out, "wb", buffering=0) as sink, open(our_in, "rb") as source:
            yield Page(sink, source)
    finally:
        process.terminate()
        process.wait()


class Page:
    """The Chrome DevTools Protocol (https://chromedevtools.github.io/devtools-protocol), as much as is needed."""

    def __init__(self, sink: Any, source: Any) -> None:
        self._sink, self._source, self._numbers, self._session = sink, source, itertools.count(1), {}
        self.asked: list[str] = []
        self.complaints: list[str] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = {"sessionId": self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        for domain in ("Network", "Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters} | self._session
        self._sink.write(json.dumps(message).encode() + b"\0")
        while (answer := self._receive()).get("id") != number:
            self._note(answer)
        if "error" in answer:
            sys.exit(f"{method}: {answer['error']['message']}")
        return dict(answer["result"])

    def run(self, code: str) -> Any:
        return self.send("Runtime.evaluate", expression=code, returnByValue=True)["result"].get("value")

    def wait(self, code: str) -> Any:
        """The value of an expression once it is true."""
        deadline = time.monotonic() + PATIENCE
        while not (value := self.run(code)):
            if time.monotonic() > deadline:
                sys.exit(f"not within {PATIENCE:.0f} s: {code}")
            time.sleep(0.2)
        return value

    def _receive(self) -> dict[str, Any]:
        data = bytearray()
        while (byte := self._source.read(1)) != b"\0":
            if not byte:
                sys.exit("Chromium ended")
            data += byte
        return dict(json.loads(data))

    def _note(self, event: dict[str, Any]) -> None:
        match event.get("method"), event.get("params", {}):
            case "Network.requestWillBeSent", {"request": {"url": url}}:
                self.asked.append(url)
            case "Log.entryAdded", {"entry": {"level": "error", "text": text}}:
                self.complaints.append(text)
            case "Runtime.exceptionThrown", {"exceptionDetails": {"text": text}}:
                self.complaints.append(text)


if __name__ == "__main__":
    sys.exit(main())
