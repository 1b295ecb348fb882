"""Calls to addresses that somebody else names: articles by URL, webhooks. The one door out of the service.

A host is looked up here, once for each connection; every address it has is judged (``domain.addresses``), and the
connection goes to an address that was judged, so that a name cannot mean one host when it is checked and another when
it is called. TLS and the Host header keep the name. Proxies, cookies and credentials of the environment play no part.
Nothing lasts longer than its deadline, however slowly the other side sends; nothing is unpacked beyond its limit.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from importlib.metadata import version
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx

from app.domain.addresses import Network, refusal
from app.domain.errors import OutboundRefusedError, UnreachableError

CONNECT_SECONDS = 5.0  # for each address of a host
PIECE = 64 * 1024
LONGEST_URL = 2000
REDIRECTS = (301, 302, 303, 307, 308)

Resolve = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take: seconds in all, redirects and lookups included; bytes of the body, decompressed."""

    seconds: float
    bytes: int
    redirects: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; ``url`` is where it came from, after redirects, and ``body`` is decompressed."""

    status: int
    url: str
    headers: httpx.Headers
    body: bytes

    @property
    def media_type(self) -> str:
        return _media_type(self.headers)

    @property
    def charset(self) -> str | None:
        """As the Content-Type names it."""
        message = EmailMessage()
        message["Content-Type"] = str(self.headers.get("content-type", "text/plain"))
        return message.get_content_charset()


def resolve(host: str) -> Sequence[str]:
    """The host's addresses, as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outbound:
    """Calls public addresses, and those in the ``allowed`` networks. May be shared between threads.

    All calls raise OutboundRefusedError when trying again cannot help (the address, or what it answers, is not to be
    taken), and UnreachableError when it may (no answer, or not in time).
    """

    def __init__(
        self, *, allowed: Iterable[Network] = (), tls: ssl.SSLContext | None = None, resolve: Resolve = resolve
    ) -> None:
        self._allowed, self._given_tls, self._resolve = tuple(allowed), tls, resolve

    def check(self, url: str) -> httpx.URL:
        """The URL without its fragment, when it is one to call as far as can be told without looking its host up."""
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise OutboundRefusedError(f"This is no URL: {error}.") from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise OutboundRefusedError("The URL must begin with http:// or https:// and name a host.")
        if parsed.userinfo:
            raise OutboundRefusedError("The URL must not carry a user name or password.")
        if parsed.port is not None and not 0 < parsed.port < 65536:
            raise OutboundRefusedError("The URL names a port that cannot be.")
        if len(str(parsed)) > LONGEST_URL:
            raise OutboundRefusedError(f"The URL must not be longer than {LONGEST_URL} characters, as it is sent.")
        try:
            address = str(ip_address(parsed.host))
        except ValueError:
            pass  # a name: judged by what it leads to, when it is called
        else:
            self._judge(parsed.host, [address])
        return parsed.copy_with(fragment=None)

    def get(
        self,
        url: str,
        *,
        limits: Limits,
        headers: Mapping[str, str] | None = None,
        media_types: Collection[str] | None = None,
    ) -> Reply:
        """Follow redirects, each judged like the URL itself. A body that is too large, or in an answer of status 200
        not of the ``media_types``, is refused."""
        place = self.check(url)
        with self._pool(_Deadline(limits.seconds)) as pool:
            for _ in range(limits.redirects + 1):
                with _answer(pool, "GET", place, {"Accept-Encoding": "gzip", **(headers or {})}) as response:
                    reply = Reply(response.status, str(place), httpx.Headers(response.headers), b"")
                    onward = reply.headers.get("location") if reply.status in REDIRECTS else None
                    if onward is None:
                        if reply.status == 200 and media_types is not None and reply.media_type not in media_types:
                            raise OutboundRefusedError(f"The URL leads to {reply.media_type[:100] or 'no known type'}.")
                        return Reply(reply.status, reply.url, reply.headers, _whole(response, reply.headers, limits))
                place = self.check(_joined(place, onward))
        raise OutboundRefusedError(f"The URL leads through more than {limits.redirects} redirects.")

    def post(self, url: str, *, content: bytes, limits: Limits, headers: Mapping[str, str] | None = None) -> Reply:
        """Send once. A redirect is an answer like others and is not followed; of a long body the beginning is kept."""
        place = self.check(url)
        with (
            self._pool(_Deadline(limits.seconds)) as pool,
            _answer(pool, "POST", place, headers or {}, content=content) as response,
        ):
            found = httpx.Headers(response.headers)
            return Reply(response.status, str(place), found, _beginning(response, found, limits))

    def _pool(self, deadline: _Deadline) -> httpcore.ConnectionPool:
        """Of one call: what its connections may do depends on its deadline."""
        return httpcore.ConnectionPool(ssl_context=self._tls, network_backend=_JudgedNetwork(self._addresses, deadline))

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or httpx.create_ssl_context()

    def _addresses(self, host: str, deadline: _Deadline) -> Sequence[str]:
        found: Future[Sequence[str]] = Future()
        # A lookup cannot be interrupted: in a thread of its own it is left behind.
        threading.Thread(target=_settle, args=(found, self._resolve, host), daemon=True).start()
        try:
            addresses = found.result(timeout=deadline.left())
        except TimeoutError as error:
            raise deadline.missed() from error
        except UnicodeError as error:
            raise OutboundRefusedError(f"The URL names a host that cannot be: {host[:100]!r}.") from error
        except OSError as error:
            raise UnreachableError(f"The host {host!r} cannot be found: {error.strerror or error}.") from error
        self._judge(host, addresses)
        return addresses

    def _judge(self, host: str, addresses: Sequence[str]) -> None:
        """One address that is closed closes the host. Which one it was is nobody's business outside."""
        for address in addresses:
            reason = refusal(ip_address(address), allowed=self._allowed)
            if reason:
                raise OutboundRefusedError(f"The host {host!r} may not be called: its address is {reason}.")


def _settle(future: Future[Sequence[str]], resolve: Resolve, host: str) -> None:
    try:
        future.set_result(resolve(host))
    except Exception as error:
        future.set_exception(error)


class _Deadline:
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


class _JudgedNetwork(httpcore.NetworkBackend):
    """Connects to addresses that were looked up and judged on the spot, and to nothing else."""

    def __init__(self, addresses: Callable[[str, _Deadline], Sequence[str]], deadline: _Deadline) -> None:
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

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
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


@contextmanager
def _answer(
    pool: httpcore.ConnectionPool, method: str, place: httpx.URL, headers: Mapping[str, str], *, content: bytes = b""
) -> Iterator[httpcore.Response]:
    sent = {"Host": place.netloc.decode(), "User-Agent": f"Claimline/{version('claimline')}", **headers}
    url = httpcore.URL(scheme=place.raw_scheme, host=place.raw_host, port=place.port, target=place.raw_path)
    try:
        with pool.stream(method, url, headers=list(sent.items()), content=content or None) as response:
            yield response
    except httpcore.TimeoutException as error:
        raise UnreachableError(f"The host {place.host!r} does not answer in time.") from error
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        raise UnreachableError(f"The host {place.host!r} cannot be reached: {str(error)[:200]}.") from error
    except httpcore.LocalProtocolError as error:
        raise OutboundRefusedError(f"The host {place.host!r} cannot be asked for this: {str(error)[:200]}.") from error


def _joined(place: httpx.URL, onward: str) -> str:
    try:
        return str(place.join(onward))
    except httpx.InvalidURL as error:
        raise OutboundRefusedError(f"The URL redirects to what is no URL: {error}.") from error


def _media_type(headers: httpx.Headers) -> str:
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower()


def _whole(response: httpcore.Response, headers: httpx.Headers, limits: Limits) -> bytes:
    body = bytearray()
    for piece in _pieces(response, headers):
        body += piece
        if len(body) > limits.bytes:
            raise OutboundRefusedError(f"What the URL leads to is larger than {limits.bytes} bytes.")
    return bytes(body)


def _beginning(response: httpcore.Response, headers: httpx.Headers, limits: Limits) -> bytes:
    body = bytearray()
    for piece in _pieces(response, headers):
        body += piece
        if len(body) >= limits.bytes:
            break
    return bytes(body[: limits.bytes])


def _pieces(response: httpcore.Response, headers: httpx.Headers) -> Iterator[bytes]:
    """The body, decompressed a piece at a time: a small answer may hide one that fills the memory."""
    encoding = str(headers.get("content-encoding", "identity")).strip().lower()
    if encoding == "identity":
        yield from response.iter_stream()
        return
    if encoding not in ("gzip", "x-gzip"):  # nested ones among them, which multiply
        raise OutboundRefusedError(f"The answer is in the encoding {encoding[:100]!r}, which was not asked for.")
    unzip = zlib.decompressobj(wbits=31)
    try:
        for packed in response.iter_stream():
            piece = unzip.decompress(packed, PIECE)
            yield piece
            while unzip.unconsumed_tail or len(piece) == PIECE:
                piece = unzip.decompress(unzip.unconsumed_tail, PIECE)
                yield piece
    except zlib.error as error:
        raise OutboundRefusedError("The answer cannot be decompressed.") from error
    if not unzip.eof:
        raise OutboundRefusedError("The answer cannot be decompressed: its end is missing.")
