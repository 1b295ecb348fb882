"""The words of time, and ``Atom``: one expression without its preposition, with the rule it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from text_to_num import text2num

from app.domain.periods import MONTHS

# A direction ("<", ">") that the tense of the verb decides
OPEN = "{}"


@dataclass(frozen=True, slots=True)
class Atom:
    """One time expression at ``[start, end)`` of a sentence.

    ``rule``: see ``app.domain.when``, with ``{}`` for an open direction; None when it has no value. ``grain``: minute,
    day, week, month, quarter, season, year, decade. ``source``: what the rule starts from: "self", "article", or
    "context" (the time last spoken of). ``flags``: "weak" (a time only beside another), "twelve" (a clock without
    morning or evening), "bare" (a word that may be something else), "dom" (the 23rd), "plain" (a date without year),
    "edge" (valid after "end of"), "shift" (moves what follows: "two days before ..."), "kept" (keeps the grain of what
    it moves), "ahead" (a time only if it lies ahead), "part of" (of what follows), "reaching back" (from
    what follows), "weekday", "holiday", "overnight",
    "midnight". ``part``: the part of the day, in words. ``last``: the rule of a range's end.
    """

    start: int
    end: int
    rule: str | None
    grain: str
    source: str = "article"
    flags: frozenset[str] = frozenset()
    part: str = ""
    last: str = ""


Build = Callable[[re.Match[str]], Iterator[Atom]]

_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_WORDS = f"(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_SMALL[:9])}))?|{'|'.join(_SMALL + _TEENS)}"
HOURS = "|".join(_SMALL)
MONTH_WORDS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WEEKDAY_WORDS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAY = "|".join((*WEEKDAY_WORDS, *(word.upper() for word in WEEKDAY_WORDS)))
_LONG = "|".join((*MONTH_WORDS, *(word.upper() for word in MONTH_WORDS)))
_SHORT = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
MONTH = rf"(?P<month>(?:{_LONG})\b|(?:{_SHORT}|{_SHORT.upper()})\b\.?)"
DAY = r"(?:0?[1-9]|[12]\d|3[01])"
TH = r"(?:st|nd|rd|th)?"
YEAR = r"(?P<year>1\d{3}|20\d\d)"
PART = r"(?P<part>morning|afternoon|evening|night|lunchtime|daybreak|dawn|dusk)"
MODIFIER = (
    r"(?:(?P<mod>(?:this|the)\s(?:past|coming|same)|the\s(?:following|next|previous)|that\ssame|last|past|next|coming|"
    r"this|that|following|previous|same|every|each|most|all|alternate)\s)?"
)


def words(text: str) -> frozenset[str]:
    """A set of words, written as a sentence."""
    return frozenset(text.split())


def compile_spaced(source: str, flags: int = 0) -> re.Pattern[str]:
    """Compile a pattern in which ``\\s`` stands for the space or line break between two words."""
    return re.compile(re.sub(r"\\s(?!\?)", r"\\s{1,3}", source), flags)


def number(text: str) -> int | None:
    """A small count in digits or words; None for "several" and its like."""
    text = text.lower().strip()
    if text in ("a", "an", "one", "the"):
        return 1
    if text in ("a couple of", "a couple"):
        return 2
    if text == "a dozen":
        return 12
    if text.replace(",", "").isdigit():
        return int(text.replace(",", ""))
    try:
        return int(text2num(text.replace(" ", "-"), "en"))
    except ValueError:
        return None


def month_number(word: str) -> int:
    return MONTHS.index(word[:3].lower()) + 1


def weekday_name(word: str) -> str:
    """The rule's name of a weekday: "Tuesday" is "tue"."""
    return word[:3].lower()


def year_around(word: str) -> int:
    """The first year of a decade named "90s", "1990s" or "Nineties"; two digits mean the last hundred years or so."""
    digits = re.sub(r"\D", "", word)
    if not digits:
        tens = number(re.sub(r"ies$", "y", word.lower())) or 0
        digits = f"{tens}"
    return int(digits) if len(digits) == 4 else (1900 if int(digits) > 20 else 2000) + int(digits)
