"""The words of a piece of HTML, for bodies that are sent as markup. Whole pages are read by ``language.webpage``.

In one pass and without a tree: deep nesting keeps the parsers that build one busy for minutes, and this runs while
somebody waits for the answer.
"""

from __future__ import annotations

import html
import re

_TOKEN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>|<[!?/][^<>]*>|[^<]+|<")
_BLOCKS = frozenset(
    {"p", "div", "br", "hr", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
    | {"pre", "section", "article", "header", "footer", "figure", "figcaption", "table"}
)
_UNREAD = frozenset({"script", "style", "table"})  # the numbers of a table stand in no sentence


def plain_text(markup: str) -> str:
    """A line for each paragraph, heading and list item, white space as a browser shows it."""
    lines: list[list[str]] = [[]]
    depth = 0  # of what is left out
    for token in _TOKEN.finditer(_without_comments(markup)):
        name = (token[2] or "").lower()
        if name in _UNREAD:
            depth = max(0, depth + (-1 if token[1] else 1))
        if name in _BLOCKS:
            lines.append([])
        elif depth == 0 and (token[0] == "<" or token[0][0] != "<"):
            lines[-1].append(token[0])
    words = (" ".join(html.unescape("".join(line)).split()) for line in lines)
    return "\n".join(line for line in words if line)


def _without_comments(markup: str) -> str:
    """One that does not end goes to the end, as HTML has it."""
    first, *others = markup.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)
