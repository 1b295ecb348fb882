"""Calls to addresses that others name, against real servers: nothing private is reached, nothing runs on for ever."""

from __future__ import annotations

import gzip
import ssl
import time
import tracemalloc
import zlib
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_network

import pytest
import trustme

from app.domain.errors import OutboundRefusedError, UnreachableError
from app.outbound import Limits, Outbound
from tests.web import Site, page, redirect, serve

LOOPBACK = [ip_network("127.0.0.0/8")]
LIMITS = Limits(seconds=10, bytes=100_000, redirects=3)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


@pytest.fixture
def outbound() -> Outbound:
    """One that may call the test's own server."""
    return Outbound(allowed=LOOPBACK)


def test_a_page_is_fetched(outbound: Outbound, site: Site) -> None:
    site.pages["/a?b=c"] = page(b"Good morning.", content_type="Text/HTML; charset=utf-8")
    reply = outbound.get(site.url("/a?b=c#part"), limits=LIMITS)
    assert (reply.status, reply.body, reply.media_type) == (200, b"Good morning.", "text/html")
    assert reply.url == site.url("/a?b=c")
    [request] = site.requests
    assert request.headers["Host"] == f"127.0.0.1:{site.port}"
    assert request.headers["User-Agent"].startswith("Claimline/")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "localhost"]
)
def test_this_machine_is_not_called_however_it_is_written(site: Site, host: str) -> None:
    site.pages["/"] = page(b"secret")
    with pytest.raises(OutboundRefusedError, match=r"this machine|Invalid IPv4"):
        Outbound().get(site.url("/", host=host), limits=LIMITS)
    assert site.requests == []


@pytest.mark.parametrize("host", ["169.254.169.254", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[fd00:ec2::254]"])
def test_a_private_address_in_the_url_is_refused_before_anything_is_sent(host: str) -> None:
    with pytest.raises(OutboundRefusedError, match="may not be called"):
        Outbound().check(f"http://{host}/latest/meta-data/")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.org/", "must begin with http"),
        ("file:///etc/passwd", "must begin with http"),
        ("gopher://example.org:70/", "must begin with http"),
        ("//example.org/", "must begin with http"),
        ("https://", "must begin with http"),
        ("http://user:word@example.org/", "user name or password"),
        ("http://user@example.org/", "user name or password"),
        ("http://example.org:99999/", "port that cannot be"),
        ("http://exa\nmple.org/", "no URL"),
        ("http://example.org/" + "a" * 2000, "longer than"),
    ],
)
def test_what_is_no_web_address_is_refused(url: str, said: str) -> None:
    with pytest.raises(OutboundRefusedError, match=said):
        Outbound().check(url)


def test_every_address_of_a_name_must_be_public(site: Site) -> None:
    lookups: list[str] = []

    def resolve(host: str) -> Sequence[str]:
        lookups.append(host)
        return ["93.184.215.14", "10.0.0.1"]

    with pytest.raises(OutboundRefusedError, match="may not be called: its address is a private"):
        Outbound(resolve=resolve).get("http://mixed.example/", limits=LIMITS)
    assert lookups == ["mixed.example"]


def test_a_name_that_changes_its_address_is_called_where_it_was_judged(site: Site) -> None:
    """DNS rebinding: the second lookup, of a client that makes one, would lead elsewhere."""
    site.pages["/"] = page(b"judged")
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    outbound = Outbound(allowed=[ip_network("127.0.0.1/32")], resolve=lambda _: next(answers))
    assert outbound.get(site.url("/", host="rebinding.example"), limits=LIMITS).body == b"judged"
    assert site.requests[0].headers["Host"] == f"rebinding.example:{site.port}"
    with pytest.raises(OutboundRefusedError):
        outbound.get(site.url("/", host="rebinding.example"), limits=LIMITS)
    assert len(site.requests) == 1


def test_an_address_that_does_not_answer_gives_way_to_the_next(site: Site) -> None:
    site.pages["/"] = page(b"second")
    outbound = Outbound(allowed=[*LOOPBACK, ip_network("::1")], resolve=lambda _: ["::1", "127.0.0.1"])
    assert outbound.get(site.url("/", host="two.example"), limits=LIMITS).body == b"second"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(outbound: Outbound, site: Site, status: int) -> None:
    site.pages |= {"/old/a": redirect("../new", status=status), "/new": page(b"here")}
    reply = outbound.get(site.url("/old/a"), limits=LIMITS)
    assert (reply.body, reply.url) == (b"here", site.url("/new"))


def test_redirects_have_a_limit(outbound: Outbound, site: Site) -> None:
    site.pages["/loop"] = redirect("/loop")
    with pytest.raises(OutboundRefusedError, match="more than 3 redirects"):
        outbound.get(site.url("/loop"), limits=LIMITS)
    assert len(site.requests) == 4


@pytest.mark.parametrize("target", ["http://127.0.0.2:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/"])
def test_a_redirect_to_a_private_address_is_refused(site: Site, target: str) -> None:
    """The first host passes for public: it stands at the one address that is allowed."""
    names = {"public.example": ["127.0.0.1"], "localhost": ["127.0.0.3"]}
    outbound = Outbound(allowed=[ip_network("127.0.0.1/32")], resolve=lambda host: names.get(host, [host]))
    site.pages["/"] = redirect(target.format(port=site.port))
    with pytest.raises(OutboundRefusedError, match="this machine"):
        outbound.get(site.url("/", host="public.example"), limits=LIMITS)
    assert len(site.requests) == 1


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "http://a:b@example.org/"])
def test_a_redirect_away_from_the_web_is_refused(outbound: Outbound, site: Site, target: str) -> None:
    site.pages["/"] = redirect(target)
    with pytest.raises(OutboundRefusedError):
        outbound.get(site.url("/"), limits=LIMITS)


def test_a_page_past_the_limit_is_refused_and_not_read_to_its_end(outbound: Outbound, site: Site) -> None:
    sent = 0

    def endless(request: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(b"x" * 65536)
            sent += 65536

    site.pages["/"] = endless
    with pytest.raises(OutboundRefusedError, match="larger than 100000 bytes"):
        outbound.get(site.url("/"), limits=LIMITS)
    assert sent < 20_000_000  # what the buffers of two sockets hold


def test_a_page_in_gzip_is_read(outbound: Outbound, site: Site) -> None:
    text = b"".join(b"%d bottles\n" % n for n in range(7700))
    assert len(text) < LIMITS.bytes
    site.pages["/"] = page(gzip.compress(text), Content_Encoding="gzip")
    assert outbound.get(site.url("/"), limits=LIMITS).body == text


def test_a_gzip_bomb_takes_no_more_memory_than_the_limit(outbound: Outbound, site: Site) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(300)) + packer.flush()
    assert len(bomb) < 400_000
    site.pages["/"] = page(bomb, Content_Encoding="gzip")
    tracemalloc.start()
    try:
        with pytest.raises(OutboundRefusedError, match="larger than 100000 bytes"):
            outbound.get(site.url("/"), limits=LIMITS)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "encoding", "said"),
    [
        (gzip.compress(gzip.compress(b"a", mtime=0), mtime=0), "gzip, gzip", "not asked for"),
        (b"a", "br", "not asked for"),
        (b"this is not gzip", "gzip", "cannot be decompressed"),
        (gzip.compress(b"a" * 1000, mtime=0)[:-12], "gzip", "its end is missing"),
    ],
)
def test_other_encodings_and_broken_ones_are_refused(
    outbound: Outbound, site: Site, body: bytes, encoding: str, said: str
) -> None:
    site.pages["/"] = page(body, Content_Encoding=encoding)
    with pytest.raises(OutboundRefusedError, match=said):
        outbound.get(site.url("/"), limits=LIMITS)


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html", None),
        ("text/html; charset=UTF-8", "utf-8"),
        ('text/html;level=1; Charset = "iso-8859-15"', "iso-8859-15"),
        ("text/html; charset=", None),
        ("text/html; charset*", None),
        ("text/html; charset*=undefined''%41", None),
        ("text/html; charset*=utf-8''%00", None),
        ("text/html; " + "(" * 50_000, None),
        ('text/html; a="' + ";" * 90_000, None),
    ],
)
def test_a_charset_is_found_or_not_whatever_the_content_type(
    outbound: Outbound, site: Site, content_type: str, charset: str | None
) -> None:
    site.pages["/"] = page(content_type=content_type)
    assert outbound.get(site.url("/"), limits=LIMITS).charset == charset


def test_the_content_type_is_looked_at_before_the_body(outbound: Outbound, site: Site) -> None:
    site.pages |= {"/pdf": page(b"%PDF", content_type="application/pdf"), "/none": page(b"?", content_type=None)}
    for path, said in (("/pdf", "leads to application/pdf"), ("/none", "leads to no known type")):
        with pytest.raises(OutboundRefusedError, match=said):
            outbound.get(site.url(path), limits=LIMITS, media_types={"text/html"})
    assert outbound.get(site.url("/missing"), limits=LIMITS, media_types={"text/plain"}).status == 404


def _drip(request: BaseHTTPRequestHandler, *, before: bytes) -> None:
    """A byte every 50 ms: no single read ever waits long."""
    request.wfile.write(before)
    while True:
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
    ],
    ids=["status", "headers", "body", "known length"],
)
def test_the_deadline_holds_for_a_server_that_sends_slowly(outbound: Outbound, site: Site, before: bytes) -> None:
    site.pages["/"] = lambda request: _drip(request, before=before)
    started = time.monotonic()
    with pytest.raises(UnreachableError):
        outbound.get(site.url("/"), limits=Limits(seconds=0.5, bytes=100_000))
    assert time.monotonic() - started < 5


def test_the_deadline_holds_for_a_server_that_says_nothing(outbound: Outbound, site: Site) -> None:
    site.pages["/"] = lambda _: time.sleep(3)
    with pytest.raises(UnreachableError, match="in time"):
        outbound.get(site.url("/"), limits=Limits(seconds=0.5, bytes=100_000))


def test_the_deadline_holds_for_redirects_together(outbound: Outbound, site: Site) -> None:
    def slow(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.2)
        redirect("/")(request)

    site.pages["/"] = slow
    with pytest.raises(UnreachableError, match="in time"):
        outbound.get(site.url("/"), limits=Limits(seconds=1, bytes=100_000, redirects=100))
    assert len(site.requests) < 10


def test_the_deadline_holds_for_a_lookup_that_hangs() -> None:
    outbound = Outbound(resolve=lambda _: time.sleep(3) or [])
    started = time.monotonic()
    with pytest.raises(UnreachableError, match=r"within 0\.3 s"):
        outbound.get("http://slow.example/", limits=Limits(seconds=0.3, bytes=1))
    assert time.monotonic() - started < 2


def test_nobody_there_is_worth_another_try(outbound: Outbound) -> None:
    with serve() as site:
        url = site.url("/")
    with pytest.raises(UnreachableError, match="cannot be reached"):
        outbound.get(url, limits=LIMITS)
    with pytest.raises(UnreachableError, match="cannot be found"):
        outbound.get("http://no-such-host.invalid/", limits=LIMITS)


@pytest.mark.parametrize("answer", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", b""])
def test_an_answer_that_is_no_http_is_worth_another_try(outbound: Outbound, site: Site, answer: bytes) -> None:
    site.pages["/"] = lambda request: request.wfile.write(answer) and None
    with pytest.raises(UnreachableError, match="cannot be reached"):
        outbound.get(site.url("/"), limits=LIMITS)


def test_the_environment_plays_no_part(outbound: Outbound, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    site.pages["/"] = page(b"direct", Set_Cookie="a=b")
    assert outbound.get(site.url("/"), limits=LIMITS).body == b"direct"
    outbound.get(site.url("/"), limits=LIMITS)
    assert all("Cookie" not in request.headers for request in site.requests)


def test_something_is_posted(outbound: Outbound, site: Site) -> None:
    site.pages["/hook"] = page(status=503)
    assert outbound.post(site.url("/hook"), content=b'{"a": 1}', headers={"Webhook-Id": "m1"}, seconds=10) == 503
    [request] = site.requests
    assert (request.method, request.body, request.headers["Webhook-Id"]) == ("POST", b'{"a": 1}', "m1")


def test_a_post_follows_no_redirect(outbound: Outbound, site: Site) -> None:
    site.pages["/hook"] = redirect("/elsewhere", status=307)
    assert outbound.post(site.url("/hook"), content=b"{}", seconds=10) == 307
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"taken", {"Content_Encoding": "br"}),
        (b"", {"Content_Encoding": "gzip"}),
        (b"9\r\ntak", {"Transfer_Encoding": "chunked"}),
        (bytes(LIMITS.bytes + 1), {}),
    ],
    ids=["unknown", "empty", "broken off", "long"],
)
@pytest.mark.parametrize("status", [200, 204, 410, 500])
def test_a_status_counts_whatever_body_comes_with_it(
    outbound: Outbound, site: Site, status: int, body: bytes, headers: dict[str, str]
) -> None:
    site.pages["/"] = page(body, status=status, **headers)
    assert outbound.post(site.url("/"), content=b"{}", seconds=10) == status
    if status != 200:
        assert outbound.get(site.url("/"), limits=LIMITS).status == status


def test_tls_is_checked_against_the_name_not_the_address() -> None:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("news.example").configure_cert(server)
    authority.configure_trust(client)
    named: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: named.append(name)
    outbound = Outbound(allowed=LOOPBACK, tls=client, resolve=lambda _: ["127.0.0.1"])
    with serve(tls=server) as site:
        site.pages["/"] = page(b"sealed")
        assert outbound.get(site.url("/", host="news.example"), limits=LIMITS).body == b"sealed"
        with pytest.raises(UnreachableError, match="certificate"):
            outbound.get(site.url("/", host="other.example"), limits=LIMITS)
        with pytest.raises(UnreachableError, match="certificate"):
            Outbound(allowed=LOOPBACK).get(site.url("/"), limits=LIMITS)
    assert named == ["news.example", "other.example", None]
