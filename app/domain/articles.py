"""What an article's text may be, wherever it comes from, and what a web page gives of an article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

MAX_TEXT = 200_000
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_BINARY_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Page:
    """An article as it was read from its page. What the page does not say is None."""

    text: str
    title: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    source_name: str | None = None
    source_domain: str | None = None


def characters_fault(value: str) -> str | None:
    """Why UTF-8 or PostgreSQL cannot hold the text: a NUL, half of a surrogate pair."""
    if "\x00" in value:
        return "Contains a NUL character (U+0000), which no text may hold."
    try:
        value.encode()
    except UnicodeEncodeError as error:
        return f"Contains half of a surrogate pair at position {error.start}; send whole characters."
    return None


def text_fault(value: str) -> str | None:
    """Why this cannot be an article's text."""
    fault = characters_fault(value)
    if fault:
        return fault
    if len(value) > MAX_TEXT:
        return f"Is longer than {MAX_TEXT:,} characters."
    if len(_UNPRINTABLE.findall(value)) > _BINARY_SHARE * len(value):
        return "Looks like binary data: send the article's plain text."
    if not any(character.isalnum() for character in value):
        return "Has no letter or digit in it."
    return None
