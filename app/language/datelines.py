"""The date an article gives itself: a date line, a stamp, or a wire dateline in its first lines."""

from __future__ import annotations

import re
from datetime import date

from app.domain import when
from app.language.date_joining import join, scan
from app.language.date_words import OPEN, Atom, words

_LINES = 8
_CHARACTERS = 1200
_LINE = 160
# what may stand around the date in a line that says nothing else
_STAMP_WORDS = words(
    "issued published updated posted date dated release released press statement media update edition "
    "created modified last first for immediate to the on at of and from in by live gmt utc bst cet cest "
    "est edt local time am pm a.m. p.m. embargoed until bulletin newsletter no vol"
)
_OPENERS = re.compile(
    r"\b(?:issued|published|updated|posted|dated?|released?)\b(?:\s(?:on|at|in\s\w+))?\s?[:,-]?\s*$", re.IGNORECASE
)
# "PORT ALDER, March 3 (NWA) -", "HALVEN, Nov 14, 2024 -", "GENEVA (NWA) - 4 May -"
_WIRE = re.compile(r"^\s*(?=[A-Z])[A-Z][A-Z .'’-]{1,40}(?:,\s[A-Z][\w.]{1,20})?(?:\s\([^)\n]{1,30}\)\s?[-–—]?)?,?\s?$")
_WORD = re.compile(r"[^\W\d_][\w.'’]*")


def find_dateline(text: str, *, published: date | None = None) -> date | None:
    """The article's own date, or None when its first lines do not state one.

    A line that is a date and little else ("Sunday 27 July 2025, 10:00", "Issued 9 April 2025"), or the dateline of a
    wire report. A date without its year takes the one nearest to ``published``, and without that says nothing.
    """
    for line in _first_lines(text):
        for atom in join(scan(line), line):
            if atom.grain in ("day", "minute") and atom.rule and not atom.last:
                stated = _stated(atom, published)
                if stated and _is_own_date(line, atom):
                    return stated
    return None


def _first_lines(text: str) -> list[str]:
    lines = [line.strip() for line in text[:_CHARACTERS].splitlines()]
    return [line for line in lines if line][:_LINES]


def _stated(atom: Atom, published: date | None) -> date | None:
    """The day of an explicit date, or of one that lacks only its year."""
    rule = (atom.rule or "").replace(OPEN, "?")
    is_explicit = when.is_absolute(rule)
    if not is_explicit and not rule[:2].isdigit():
        return None
    if not is_explicit and published is None:
        return None
    try:
        return when.bounds(when.resolve(rule, published or date(2000, 1, 1)))[0]
    except ValueError:
        return None


def _is_own_date(line: str, atom: Atom) -> bool:
    before, after = line[: atom.start], line[atom.end :]
    if _WIRE.fullmatch(before) and re.match(r"\s?(?:\(|[-–—:])", after):
        return True
    opener = _OPENERS.search(before)
    if opener and len(_words(before[: opener.start()])) <= 3:
        # "date 2024-11-06 North Harbour ...": the stamp may run into the first sentence
        return True
    return len(line) <= _LINE and not _words(after) and len(_words(before)) <= 3 and not re.search(r"[.!?]$", line)


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.lower() not in _STAMP_WORDS]
