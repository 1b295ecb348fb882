"""An article's text to blocks: what is a heading, a paragraph, a list item, and what is no copy at all.

Pure functions over the text as submitted; nothing is normalised, so every offset stays exact. The rules are those
of news layout: a line without a final stop is a heading unless it is long, marked as a list item, or introduced by a
colon; bylines, date lines and credits are metadata; a dateline or a live blog's time stamp leads a paragraph without
being part of its first sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from app.domain.values import BlockKind
from app.language.lexicon import words

INVISIBLE = "\x00\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_EDGE = re.compile(rf"[\s{INVISIBLE}]*")
_LINE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_TERMINAL = re.compile(r"[.!?…。！？؟۔][\"'”’»)\]\u200b-\u200f]*$")
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s+)?"
_ZONE = r"(?:\s?(?:[ap]\.?m\.?|GMT|UTC|BST|CET|CEST|EST|EDT|ET|PT|PST|PDT|IST|AEST|AEDT|local time))*"
_CLOCK = rf"\d{{1,2}}[:.]\d{{2}}(?::\d{{2}})?{_ZONE}"
_DAY = (
    rf"(?:{_WEEKDAY}\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?(?:\s+\d{{4}})?"
    rf"|{_WEEKDAY}{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{4})"
)
_WHEN = rf"{_DAY}(?:,?\s+(?:at\s+)?{_CLOCK}|T\d\d:\d\d\S*)?"
_LABEL = r"(?:last\s+)?(?:date|published|updated|issued|posted|released|first published|filed|modified|created)"

_DATE_PREFIX = re.compile(rf"(?i:{_LABEL})(?:\s*:|\s+on)?\s+{_WHEN}(?=\s|$)|\d{{4}}-\d{{2}}-\d{{2}}(?=\s+[A-Z])")
_DATE_LINE = re.compile(rf"\(?(?i:{_LABEL}\b[:\s]*(?:on\s+)?)?(?:{_CLOCK},?\s+)?{_WHEN}\)?[.:]?$")
_CLOCK_LINE = re.compile(rf"(?i:(?:updated?|posted|at)[:\s]+)?\[?{_CLOCK}\]?[:.]?$")
_NAME = r"(?:[A-Z][\w'’.-]*|of|de|van|von|der|al|bin|la|el|and|&)"
_BYLINE = re.compile(
    rf"(?:(?i:exclusive|words|story|report(?:ing)?|analysis|written|text|opinion|special report)[:,]?\s+)?"
    rf"(?:By|by|BY)\s+(?:{_NAME}(?:\s+{_NAME}){{0,7}}|(?:our|a|the)\s+(?:[\w'-]+\s+){{0,4}}"
    r"(?:correspondents?|staff|reporters?|editors?|writers?|desk|team|bureau))(?:\s*[,|–—-]\s*[^.!?]{1,60})?$"
)
_CREDIT = re.compile(
    r"(?i:author|written by|source|sources|photo|photos|photograph|picture|pictures|image|file photo|video|credit|"
    r"caption|tags|topics|category|section|share|read more|see also|related|advertisement|subscribe|editing by|"
    r"reporting by|additional reporting by|©|copyright|contact|media contact|for immediate release)\s*(?::.*|©.*|$)"
)
_BULLET = re.compile(r"(?:[-–—*•‣◦▪●·»]|\(?\d{1,3}[.)]|\([a-z]\)|[a-z]\))\s+(?=\S)")
_DATELINE = re.compile(
    rf"(?:(?P<place>[A-Z][A-Z'’.-]+(?:[ /][A-Z][A-Z'’.-]*)*)(?:,\s*(?:[A-Z][\w'’.]+\s?){{1,4}}?)??(?:,?\s+{_DAY})?"
    rf"\s*(?:\([^()\n]{{2,40}}\))?|[A-Z][\w'’ .,/-]{{1,60}}?\s*\([A-Z][^()\n]{{1,40}}\)|\([A-Z][\w ]{{2,30}}\))"
    r"\s*(?:--?|[–—])\s+(?=[\"'“‘(]?(?![a-z])\w)"
)
_STAMP = re.compile(rf"(?i:(?:live|updated?|posted|latest)[:\s]+)?\[?{_CLOCK}\]?\s*(?:[:|–—-]\s*)?(?=[\"'“‘]?[A-Z])")
_KICKER = re.compile(
    r"\((?:CORRECTS?|UPDATES?|RECASTS?|ADDS?|REFILES?|CLARIFIES)\b[^()]{0,120}\)\s*|"
    r"(?=[A-Z][A-Z \d'’&]{2,40}\s*\|)[^|]{3,41}\|\s*|"
    r"(?:BREAKING|EXCLUSIVE|UPDATE|LIVE|JUST IN|WATCH|ALERT)\s*[:|–—-]\s*"
)
_SMALL = words(
    "a an and as at but by for from in into is nor of off on or over the to up via vs with after amid against near"
)
_HEADING_WORDS = 25


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the text. ``lead``, when there is one, is the span of the dateline, kicker or time stamp before it.

    ``paragraph`` is 0-based; blocks of one source line share it.
    """

    start: int
    end: int
    kind: BlockKind
    paragraph: int
    lead: tuple[int, int] | None = None


def segment(text: str) -> tuple[Block, ...]:
    """The blocks of a text in order, trimmed of white space and invisible characters; () when nothing is left.

    When an article has no paragraph and no list item, its headings are all there is, and count as paragraphs.
    """
    blocks: list[Block] = []
    stamp: tuple[int, int] | None = None
    after_colon = False
    for paragraph, (start, end) in enumerate(_joined_lines(text)):
        for block in _line_blocks(text, start, end, paragraph=paragraph, after_colon=after_colon):
            line = text[block.start : block.end]
            if stamp and block.kind is not BlockKind.METADATA and block.lead is None:
                block = replace(block, lead=stamp, kind=_unless_heading(block.kind))  # noqa: PLW2901
            stamp = (block.start, block.end) if block.kind is BlockKind.METADATA and _CLOCK_LINE.match(line) else None
            blocks.append(block)
            after_colon = line.endswith(":") or (after_colon and block.kind is BlockKind.BULLET)
    if any(b.kind in (BlockKind.PARAGRAPH, BlockKind.BULLET) for b in blocks):
        return tuple(blocks)
    return tuple(replace(b, kind=_unless_heading(b.kind)) for b in blocks)


def _unless_heading(kind: BlockKind) -> BlockKind:
    return BlockKind.PARAGRAPH if kind is BlockKind.HEADING else kind


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space and invisible characters at its edges; empty spans end where they start."""
    match = _EDGE.match(text, start, end)
    start = match.end() if match else start
    while end > start and (text[end - 1].isspace() or _EDGE.fullmatch(text, end - 1, end)):
        end -= 1
    return start, end


def _lines(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, follows on directly) for each non-empty line."""
    previous_end = -1
    for match in _LINE.finditer(text):
        start, end = _trim(text, match.start(), match.end())
        if start == end:
            continue
        directly = previous_end >= 0 and len(_BREAK.findall(text, previous_end, start)) == 1
        yield start, end, directly
        previous_end = match.end()


def _joined_lines(text: str) -> list[tuple[int, int]]:
    """Lines, with those of hard-wrapped copy joined again.

    A line goes on in the next when no blank line is between, it has no final stop and the next begins in lower case;
    in a run with several such joins, every line that fills the measure goes on.
    """
    runs: list[list[tuple[int, int]]] = []
    for start, end, directly in _lines(text):
        if directly and runs:
            runs[-1].append((start, end))
        else:
            runs.append([(start, end)])
    return [line for run in runs for line in _unwrap(text, run)]


def _unwrap(text: str, run: list[tuple[int, int]]) -> list[tuple[int, int]]:
    low = [_goes_on(text, a, b) for a, b in pairwise(run)]
    measure = max(end - start for start, end in run)
    is_wrapped = sum(low) >= 2 and measure <= 100
    out = [run[0]]
    for (start, end), (next_start, next_end), is_low in zip(run, run[1:], low, strict=False):
        is_full = is_wrapped and end - start >= 0.7 * measure and not _BULLET.match(text, next_start, next_end)
        if is_low or is_full:
            out[-1] = (out[-1][0], next_end)
        else:
            out.append((next_start, next_end))
    return out


def _goes_on(text: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    ends = text[line[1] - 1]
    return (
        text[following[0]].islower()
        and ends not in ".!?:;…"
        and not _BULLET.match(text, *following)
        and line[1] - line[0] >= 30
    )


def _line_blocks(text: str, start: int, end: int, *, paragraph: int, after_colon: bool) -> Iterator[Block]:
    """The one or two blocks of a line: a date in front of a title is a block of its own."""
    if _is_metadata(text, start, end):
        yield Block(start, end, BlockKind.METADATA, paragraph)
        return
    prefix = _DATE_PREFIX.match(text, start, end)
    if prefix:
        yield Block(start, prefix.end(), BlockKind.METADATA, paragraph)
        start, end = _trim(text, prefix.end(), end)
        if start == end:
            return
    yield _copy_block(text, start, end, paragraph=paragraph, after_colon=after_colon)


def _copy_block(text: str, start: int, end: int, *, paragraph: int, after_colon: bool) -> Block:
    lead = _lead(text, start, end)
    body = start
    if lead:
        body, end = _trim(text, lead[1], end)
    bullet = _BULLET.match(text, body, end)
    if bullet and lead is None:
        return Block(bullet.end(), end, BlockKind.BULLET, paragraph)
    if lead and _WORD.search(text, body, end):
        is_title = _KICKER.fullmatch(text, start, body) is not None and _is_heading(text, body, end)
        return Block(body, end, BlockKind.HEADING if is_title else BlockKind.PARAGRAPH, paragraph, _trim(text, *lead))
    if _is_heading(text, start, end):
        is_item = after_colon and not _is_title_case(text[start:end])
        return Block(start, end, BlockKind.BULLET if is_item else BlockKind.HEADING, paragraph)
    return Block(start, end, BlockKind.PARAGRAPH, paragraph)


def _lead(text: str, start: int, end: int) -> tuple[int, int] | None:
    at = start
    while match := (_KICKER.match(text, at, end) or _DATELINE.match(text, at, end) or _STAMP.match(text, at, end)):
        if match.end() - start > 160 or match.end() >= end:
            break
        at = match.end()
    return (start, at) if at > start else None


def _is_metadata(text: str, start: int, end: int) -> bool:
    if end - start > 160:
        return False
    line = text[start:end]
    return bool(_DATE_LINE.match(line) or _CLOCK_LINE.match(line) or _BYLINE.match(line) or _CREDIT.match(line)) or (
        not any(c.isalnum() for c in line)
    )


def _is_heading(text: str, start: int, end: int) -> bool:
    if end - start > 200:
        return False
    line = text[start:end]
    words = line.split()
    if line.endswith((":", ";", ",")) or len(words) > _HEADING_WORDS:
        return False
    if not _TERMINAL.search(line):
        return True
    return line.endswith("?") and len(words) <= 6 and "." not in line and _is_title_case(line)


def _is_title_case(line: str) -> bool:
    """Every word that is not a small one begins with a capital: 'Scale of Involvement', 'WHAT WE KNOW'."""
    words = [w for w in _WORD.findall(line) if w.lower() not in _SMALL]
    return bool(words) and all(w[0].isupper() for w in words)
