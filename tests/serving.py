"""The application on a real socket, for clients that ASGI's test transport cannot stand in for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from app.api.server import listening


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Answer HTTP on loopback; gives the address."""
    with listening("127.0.0.1", 0) as socket:
        listener = socket.dup()
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
