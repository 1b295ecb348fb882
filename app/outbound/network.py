"""Connections to addresses that were looked up and judged on the spot, and that end with their deadline."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpcore

from app.domain.errors import UnreachableError

CONNECT_SECONDS = 5.0  # for each address of a host
PIECE = 64 * 1024  # bytes that are sent in one step


class Deadline:
    """When a call ends, lookups, connections and redirects included."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._ends_at = seconds, time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then. Raises UnreachableError when there are none."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise self.missed()
        return left

    def missed(self) -> UnreachableError:
        return UnreachableError(f"There was no whole answer within {self._seconds:g} s.")


class JudgedNetwork(httpcore.NetworkBackend):
    """Connects to addresses that were looked up and judged on the spot, and to nothing else."""

    def __init__(self, addresses: Callable[[str, Deadline], Sequence[str]], deadline: Deadline) -> None:
        self._addresses, self._deadline, self._network = addresses, deadline, httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        fault: Exception | None = None
        for address in self._addresses(host, self._deadline):
            timeout = min(CONNECT_SECONDS, self._deadline.left())
            try:
                return _TimedStream(self._network.connect_tcp(address, port, timeout=timeout), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
        raise fault or httpcore.ConnectError("it has no address")


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every step ends with the deadline: a timeout for each step would let a slow sender go on."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline is shorter
        return self._stream.read(max_bytes, timeout=self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        for start in range(0, len(buffer), PIECE):
            self._stream.write(buffer[start : start + PIECE], timeout=self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout=self._deadline.left())
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
