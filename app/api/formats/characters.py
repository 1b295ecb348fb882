"""Which characters a format can hold. Articles may have any; what a format forbids is shown as U+FFFD."""

from __future__ import annotations

import re

# XML 1.0, 2.2 (production Char), without the other control characters, which iCalendar's TEXT forbids as well.
_FORBIDDEN = re.compile("[^\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """The text with line ends as LF, and U+FFFD for each control character or noncharacter."""
    return _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
