"""An article by its URL: fetched within limits, and read."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog

from app.domain.articles import Page, characters_fault, text_fault
from app.domain.errors import OutboundRefusedError, UnreachableError
from app.outbound import Limits, Outbound, Reply

log = structlog.get_logger()

HTML = frozenset({"text/html", "application/xhtml+xml"})
PLAIN = "text/plain"
PASSING = frozenset({408, 425, 429})  # of 4xx, those that are worth another try; all 5xx are
LONGEST_NAME = 500

# The charsets of the Encoding standard (encoding.spec.whatwg.org), as Python calls those it knows. Of its other codecs
# some are no charsets, and some take minutes for a megabyte.
WEB_CODECS = frozenset(
    {f"iso8859-{part}" for part in range(1, 17)}
    | {f"cp{page}" for page in (866, 874, 932, 949, *range(1250, 1259))}
    | {"ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "tis-620"}
    | {"gb2312", "gbk", "gb18030", "big5", "big5hkscs", "euc_jp", "iso2022_jp", "shift_jis", "euc_kr"}
)

ReadPage = Callable[..., Page | None]


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches articles; ``read_page`` is ``language.webpage.read_page``."""

    outbound: Outbound
    limits: Limits
    read_page: ReadPage

    def fetch(self, url: str) -> Page:
        """The article at the URL; its source is the site. Raises InvalidInputError, of which OutboundRefusedError is
        one, when there is no article to be had there, UnreachableError when there may be one later."""
        headers = {"Accept": "text/html, application/xhtml+xml, text/plain;q=0.9"}
        reply = self.outbound.get(url, limits=self.limits, headers=headers, media_types=HTML | {PLAIN})
        _check_status(reply)
        host = (urlsplit(reply.url).hostname or "").removeprefix("www.")
        log.info("page_fetched", host=host, bytes=len(reply.body))
        page = _plain(reply) if reply.media_type == PLAIN else self._html(reply)
        fault = text_fault(page.text)
        if fault:
            raise OutboundRefusedError(f"The page's text cannot be taken. {fault}")
        return replace(
            page,
            title=_name(page.title),
            author=_name(page.author),
            source_name=_name(page.source_name) or host,
            source_domain=host,
        )

    def _html(self, reply: Reply) -> Page:
        page = self.read_page(reply.body, url=reply.url, charset=_codec(reply.charset))
        if page is None:
            raise OutboundRefusedError("No article was found on the page.")
        return page


def _check_status(reply: Reply) -> None:
    if reply.status == HTTPStatus.OK:
        return
    said = f"The URL answers {reply.status}."
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status in PASSING:
        raise UnreachableError(said)
    raise OutboundRefusedError(said)


def _plain(reply: Reply) -> Page:
    codec = _codec(reply.charset) if reply.charset else "utf-8-sig"
    if codec is None:
        raise OutboundRefusedError(f"The text is in the charset {reply.charset}, which is not known here.")
    try:
        return Page(text=reply.body.decode(codec))
    except UnicodeDecodeError as error:
        raise OutboundRefusedError(f"The text is not in {reply.charset or 'UTF-8'}.") from error


def _codec(charset: str | None) -> str | None:
    """Python's codec for a charset of the web; None for another, or none."""
    try:
        name = codecs.lookup(charset or "").name
    except LookupError:
        return None
    return name if name in WEB_CODECS else None


def _name(value: str | None) -> str | None:
    """What a page says of itself, as a name that can be stored: on one line, and not endless."""
    name = " ".join((value or "").split())[:LONGEST_NAME].strip()
    return name if name and not characters_fault(name) else None
