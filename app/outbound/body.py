"""What is read of an answer's body: decompressed, and never beyond the limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import httpcore
import httpx

from app.domain.errors import OutboundRefusedError

PIECE = 64 * 1024  # bytes that are decompressed in one step


def whole(response: httpcore.Response, headers: httpx.Headers, *, limit: int) -> bytes:
    """All of it. Raises OutboundRefusedError past ``limit`` bytes."""
    body = bytearray()
    for piece in _pieces(response, headers):
        body += piece
        if len(body) > limit:
            raise OutboundRefusedError(f"What the URL leads to is larger than {limit} bytes.")
    return bytes(body)


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
