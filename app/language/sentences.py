"""Where sentences end, from punctuation alone: exact, linear, and indifferent to what a parser makes of a quotation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.language.lexicon import words

LONGEST = 1000  # characters; longer stretches are cut, so that parsing stays linear and small

_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)|[。！？؟۔]+[」』”’]*|(?<=[a-z]{2})[.!?](?=(?:The|It|He|She|They|In|This|But)\b)"
)
_NEXT = re.compile(r"\s*([\"'“‘«(\[¿¡-]*\s?)(\S*)")
_LAST_WORD = re.compile(r"[\w.&'’/-]*\w(?=\.+[\"'”’»)\]]*$)|\w?(?=[.!?…]+[\"'”’»)\]]*$)")
_NEVER = words(
    "mr mrs ms messrs dr prof gen lt col sgt cpl capt cmdr maj adm brig rev hon st ste sen rep gov pres supt "
    "insp det const pvt pfc cpt vs viz cf approx est fig art sec al mt ft dept pte lieut hr fr sr"
)
_BEFORE_DIGIT = words("no nos jan feb mar apr jun jul aug sep sept oct nov dec p pp vol ch para op art pt pop rs")
_MAYBE = words("inc ltd co corp jr bros plc llc etc a.m p.m am pm")
_STARTERS = words(
    "the a an he she it they we i you in on at but and this that these those there his her its their our my for "
    "from by after before when while as if no not none nobody according officials police meanwhile however most "
    "some many one two three other others since so yet then both all every each what who how why where although "
    "though despite"
)
_ASIDE = re.compile(
    r"\s*(?:\S+\s+){0,3}?(?:said|says|say|asked|asks|added|told|wrote|shouted|cried|replied|wondered|demanded|recalled)\b"
)


def split_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of ``text[start:end]``, trimmed of white space, at most ``LONGEST`` characters each."""
    at = start
    for match in _END.finditer(text, start, end):
        if match.end() <= at:
            continue
        if _is_end(text, match, at, end):
            yield from _pieces(text, at, match.end())
            at = match.end()
    yield from _pieces(text, at, end)


def _is_end(text: str, match: re.Match[str], start: int, end: int) -> bool:
    following = _NEXT.match(text, match.end(), min(end, match.end() + 60))
    if following is None or not following[2]:
        return True
    opener, word = following[1].strip(), following[2]
    mark = match[0]
    if mark[0] in "!?" and mark[-1] in "\"'”’" and _ASIDE.match(text, match.end(), min(end, match.end() + 60)):
        return False
    if word[0].islower() and not opener:
        return False
    if mark[0] != "." or mark.startswith(".."):
        return True
    last = _LAST_WORD.search(text[max(start, match.start() - 30) : match.end()])
    return _ends_after(last[0] if last else "", word, opener)


def _ends_after(last: str, word: str, opener: str) -> bool:
    """Does the stop after ``last`` end a sentence when ``word``, behind a quotation mark or a bracket, comes next?"""
    key = last.lower().strip("'’")
    is_quoted = bool(opener) and opener[0] not in "(["  # a bracket may hold an aside: "8 p.m. (1900 GMT)"
    is_starter = is_quoted or (not word[0].islower() and re.sub(r"\W.*", "", word.lower()) in _STARTERS)
    if key in _NEVER and not (len(last) > 1 and last.isupper()):
        return False
    if last == "M/s":  # Messrs in India; "m/s" is a speed
        return False
    if key in _BEFORE_DIGIT:
        return not word[0].isdigit() and not (len(last) <= 2 and key != "no")
    if key in _MAYBE or re.fullmatch(r"(?:\w\.)+\w", last):
        return is_starter
    if len(last) == 1 and last.isupper():
        return is_starter and last != "I" and word not in ("A", "I")
    return True


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    start, end = _strip(text, start, end)
    while end - start > LONGEST:
        cut = _cut(text, start)
        yield _strip(text, start, cut)
        start, end = _strip(text, cut, end)
    if start < end:
        yield start, end


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _cut(text: str, start: int) -> int:
    """After the last clause mark, else the last space, else anywhere, within ``LONGEST`` of the start."""
    limit = start + LONGEST
    for mark in ("; ", ", ", " "):
        at = text.rfind(mark, start + LONGEST // 2, limit)
        if at > 0:
            return at + len(mark)
    return limit
