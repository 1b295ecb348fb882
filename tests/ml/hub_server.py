"""A hub on loopback that serves one repository of one commit, as much of it as a download asks for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def hub(repository: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The hub's address and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            path = self.path.partition("?")[0]
            asked.append(path)
            if path in (f"/api/models/{repository}/revision/{revision}" for revision in ("main", "v1", COMMIT)):
                self._send(json.dumps({"id": repository, "sha": COMMIT}).encode())
            elif path == f"/api/models/{repository}/tree/{COMMIT}":
                self._send(json.dumps([_entry(file) for file in sorted(folder.iterdir())]).encode())
            elif path.startswith(f"/{repository}/resolve/{COMMIT}/"):
                self._send((folder / path.rpartition("/")[2]).read_bytes())
            else:
                self.send_response(404)
                is_known = path.startswith(f"/api/models/{repository}/")
                self.send_header("X-Error-Code", "RevisionNotFound" if is_known else "RepoNotFound")
                self.end_headers()

        def _send(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("ETag", f'"{sha256(body).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def _entry(file: Path) -> dict[str, object]:
    data = file.read_bytes()
    return {"type": "file", "path": file.name, "size": len(data), "oid": sha1(data).hexdigest()}
