"""Pages of a listing by keyset: a cursor holds the place of the last item seen, so that pages neither skip nor repeat
items when others are added before them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request

from app.api.schemas.common import Page
from app.domain.errors import InvalidCursorError

Row = TypeVar("Row")
Item = TypeVar("Item")

_PARSERS: dict[type, Callable[[Any], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    str: str,
    float: float,
    int: int,
}
_NOT_OF_A_LISTING = ("cursor", "limit", "selectors")
_MARK_BYTES = 6


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of which listing is asked for. ``listing`` is its path with the filters: a cursor fits no other."""

    listing: str
    limit: int
    cursor: str | None

    @property
    def rows(self) -> int:
        """One row more than the page holds tells whether there is a page after it."""
        return self.limit + 1

    def after(self, *types: type) -> Any:
        """The key to go on after, a tuple of these types; None on the first page. Raises InvalidCursorError."""
        if self.cursor is None:
            return None
        try:
            packed = base64.b64decode(self.cursor.encode("ascii"), altchars=b"-_", validate=True)
            mark, key = packed[:_MARK_BYTES], packed[_MARK_BYTES:]
            if mark != self._mark(key):
                raise ValueError("of another listing")
            return tuple(_PARSERS[kind](part) for kind, part in zip(types, json.loads(key), strict=True))
        except (ValueError, TypeError, RecursionError) as error:
            raise InvalidCursorError("The cursor is not one of this listing.", pointer="cursor") from error

    def page(self, rows: Sequence[Row], *, key: Callable[[Row], Any], items: Sequence[Item]) -> Page[Item]:
        """A page of ``items``, one for each row, cut to the limit."""
        has_more = len(rows) > self.limit
        cursor = self._cursor(key(rows[self.limit - 1])) if has_more else None
        return Page[Any](items=list(items[: self.limit]), next_cursor=cursor)

    def _cursor(self, key: tuple[Any, ...]) -> str:
        packed = json.dumps([part if isinstance(part, (str, float)) else _plain(part) for part in key]).encode()
        return base64.b64encode(self._mark(packed) + packed, altchars=b"-_").decode()

    def _mark(self, key: bytes) -> bytes:
        return hashlib.sha256(self.listing.encode() + b"\n" + key).digest()[:_MARK_BYTES]


def _plain(part: Any) -> str:
    return part.isoformat() if isinstance(part, datetime) else str(part)


def listing_of(request: Request) -> str:
    """The path with the filters in a fixed order, without what only shapes a page."""
    filters = sorted(item for item in request.query_params.multi_items() if item[0] not in _NOT_OF_A_LISTING)
    return json.dumps([request.url.path, filters])
