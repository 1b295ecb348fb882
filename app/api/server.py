"""The HTTP server process: a socket bound first, uvicorn on it, and an orderly end."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from app.domain.errors import ConfigurationError
from app.logs import get_logger

DRAIN_SECONDS = 4  # what requests in flight get after SIGTERM

log = get_logger(__name__)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A bound socket. Raises ConfigurationError: with a port in use, nothing else must have been started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot listen on {host}:{port} ({error.strerror}): set CLAIMLINE_HOST and CLAIMLINE_PORT to an address "
            "that is free."
        ) from error
    with listener:
        yield listener


class ApiServer:
    """uvicorn, told what else is to stop with it."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._server: _Server | None = None
        self.is_refused = False

    def refuse(self) -> None:
        """End because another part of the service cannot run as configured, and has said why."""
        self.is_refused = True
        if self._server is not None:
            self._server.should_exit = True

    def run(
        self,
        api: ASGIApp,
        *,
        on_stop: Callable[[], None] = lambda: None,
        on_second_signal: Callable[[], None] = lambda: None,
    ) -> None:
        """Answer until SIGTERM or SIGINT; a second one ends the process at once."""
        config = uvicorn.Config(
            api, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=DRAIN_SECONDS
        )
        server = self._server = _Server(config, on_stop=on_stop, on_second_signal=on_second_signal)
        server.should_exit = self.is_refused
        host, port = self._listener.getsockname()[:2]
        log.info("api_listening", url=f"http://{host}:{port}", docs=f"http://{host}:{port}/docs")
        server.run(sockets=[self._listener])


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, *, on_stop: Callable[[], None], on_second_signal: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._on_stop, self._on_second_signal = on_stop, on_second_signal

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """uvicorn's own raises the signal again after shutdown, which would skip what follows in our caller."""
        if self.should_exit:
            self._on_second_signal()
            os._exit(1)
        self.should_exit = True
        self._on_stop()
