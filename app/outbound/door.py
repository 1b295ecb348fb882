"""The door: an URL is checked, its host looked up and judged, and one call made within its limits."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from ipaddress import ip_address

import httpcore
import httpx

from app.domain.addresses import Network, refusal
from app.domain.errors import OutboundRefusedError, UnreachableError
from app.outbound.body import whole
from app.outbound.network import Deadline, JudgedNetwork

LONGEST_URL = 2000
REDIRECTS = (301, 302, 303, 307, 308)
CHARSET = re.compile(r';\s*charset\s*=\s*"?([\w.:-]{1,40})', re.ASCII | re.IGNORECASE)

Resolve = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take: seconds in all, redirects and lookups included; bytes of the body, decompressed."""

    seconds: float
    bytes: int
    redirects: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; ``url`` is where it came from, after redirects. ``body`` is decompressed, and empty with any
    status but 200."""

    status: int
    url: str
    headers: httpx.Headers
    body: bytes

    @property
    def media_type(self) -> str:
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """As the Content-Type names it, in lower case."""
        # Not by a parser of mail, which decodes, recurses and slows down over parameters that no web page has.
        found = CHARSET.search(str(self.headers.get("content-type", "")))
        return found and found[1].lower()


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
        """Follow redirects, each judged like the URL itself. A body that is too large or not of the ``media_types`` is
        refused. Without status 200 it is not looked at: whatever it is, the status says whether to try again."""
        place = self.check(url)
        with self._pool(Deadline(limits.seconds)) as pool:
            for _ in range(limits.redirects + 1):
                with _answer(pool, "GET", place, {"Accept-Encoding": "gzip", **(headers or {})}) as response:
                    reply = Reply(response.status, str(place), httpx.Headers(response.headers), b"")
                    onward = reply.headers.get("location") if reply.status in REDIRECTS else None
                    if onward is None:
                        if reply.status != 200:
                            return reply
                        if media_types is not None and reply.media_type not in media_types:
                            raise OutboundRefusedError(f"The URL leads to {reply.media_type[:100] or 'no known type'}.")
                        return replace(reply, body=whole(response, reply.headers, limit=limits.bytes))
                place = self.check(_joined(place, onward))
        raise OutboundRefusedError(f"The URL leads through more than {limits.redirects} redirects.")

    def post(self, url: str, *, content: bytes, seconds: float, headers: Mapping[str, str] | None = None) -> int:
        """Send once; the status of the answer, whose body is not read. A redirect is an answer like others and is not
        followed."""
        place = self.check(url)
        with (
            self._pool(Deadline(seconds)) as pool,
            _answer(pool, "POST", place, headers or {}, content=content) as response,
        ):
            return response.status

    def _pool(self, deadline: Deadline) -> httpcore.ConnectionPool:
        """Of one call: what its connections may do depends on its deadline."""
        return httpcore.ConnectionPool(ssl_context=self._tls, network_backend=JudgedNetwork(self._addresses, deadline))

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or httpx.create_ssl_context()

    def _addresses(self, host: str, deadline: Deadline) -> Sequence[str]:
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
