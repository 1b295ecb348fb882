"""The words before a time expression that belong to it: "by the end of", "shortly before", "since"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from app.language.date_words import PART, Atom, compile_spaced, words

_REACH = 40  # characters to the left that one word may take in
_DARK = "first\\slight|dawn|dusk|dark|daybreak|sunrise|sunset|nightfall|lunchtime|midnight"
# tried in this order, from the right, until a preposition closes the expression
_PEELS = (
    (
        "edge",
        r"\b(?:the\s)?(?P<word>(?:very\s)?(?:end|start|beginning|close|turn|(?:first|last)\sday))\sof\s(?:the\s)?$",
    ),
    ("middle", r"\b(?:the\s)?(?:middle|course|rest)\sof\s$"),
    (
        "part",
        r"\b(?:at|before|after|around|by|until|shortly\s(?:before|after)|just\s(?:before|after))\s"
        rf"(?P<word>{_DARK})\s(?:on|of)\s(?:the\s)?$",
    ),
    (
        "part",
        rf"\b(?:the\s)?(?:early\s|late\s)?(?P<word>{PART}|week|weekend|month|early\shours|small\shours)\s(?:of|on)\s(?:the\s)?$",
    ),
    ("phase", r"\b(?:the\s)?(?:earlier|early|later|late|mid)(?:\s|-)(?:on\s|in\s)?(?:the\s)?$"),
    (
        "about",
        r"\b(?:about|around|circa|roughly|approximately|c\.|almost|nearly|some|more\sthan|over|at\sleast|exactly)\s$",
    ),
    ("near", r"\b(?:shortly|just|soon|right|moments|minutes|immediately)\s(?:before|after)\s(?:the\s)?$"),
    ("until", r"\b(?:by|until|till|before|up\sto|no\slater\sthan|not\slater\sthan)\s(?:the\s)?$"),
    ("since", r"\b(?:since|ever\ssince)\s(?:the\s)?$"),
    ("after", r"\bafter\s(?:the\s)?$"),
    ("from", r"\b(?:from|starting|beginning|effective|as\sof|as\sfrom)\s(?:the\s)?$"),
    (
        "in",
        r"\b(?:as\s(?:early|late|recently|soon)\sas|on|in|at|during|over|into|throughout|through|within)\s(?:the\s)?$",
    ),
)
_LAST_WORDS = words(
    "of the on in earlier early later late mid about around circa roughly approximately c. almost nearly some than "
    "over least exactly before after by until till to since from starting beginning effective as at during into "
    "throughout through within"
)
# "since taking over on 1 July", "since its founding in 1921"
_SINCE_EVENT = (
    r"\bsince\s(?:\w{2,20}ing|(?:the|its|his|her|their)\s[\w'’-]{1,20})(?:\s(?!sai?ys?\b|told\b)[\w'’-]{1,20}){0,3}\s$"
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A whole time expression: ``atom`` is its core, ``start`` lies before the preposition it takes."""

    atom: Atom
    start: int
    preposition: str = ""  # "until", "since", "after", "from", "in", "near" or ""
    word: str = ""  # the preposition as written
    edge: str = ""  # "start" or "end"
    is_about: bool = False
    is_week: bool = False
    has_phase: bool = False


@cache
def _peels() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, compile_spaced(source, re.IGNORECASE)) for kind, source in _PEELS)


@cache
def _since_event() -> re.Pattern[str]:
    return compile_spaced(_SINCE_EVENT, re.IGNORECASE)


def take_prepositions(atom: Atom, text: str) -> Expression:
    """Take in, word by word from the right, what belongs to the expression on its left."""
    out = Expression(atom, atom.start)
    for _ in range(6):
        left = text[max(0, out.start - _REACH) : out.start]
        if not _LAST_WORDS & words(left[-12:].replace("-", " ").lower()):
            break
        hit = next(((k, m) for k, p in _peels() if (m := p.search(left))), None)
        if hit is None:
            break
        kind, found = hit
        start = out.start - (len(left) - found.start())
        out = _peeled(out, kind, found, start)
        if out.preposition:
            break
    event = _since_event().search(text, max(0, out.start - 60), out.start)
    if event and out.preposition in ("", "in"):
        return replace(out, start=event.start(), preposition="since", word="since")
    return out


def _peeled(expression: Expression, kind: str, found: re.Match[str], start: int) -> Expression:
    if kind == "edge":
        edge = "end" if re.search(r"end|close|last", found["word"], re.IGNORECASE) else "start"
        is_exact = "day" in found["word"].lower()
        return replace(expression, start=start, edge=f"{edge}!" if is_exact else edge)
    if kind == "about":  # a day is never approximate: "get around Wednesday's ruling"
        is_about = expression.atom.grain != "day" and found[0].lower().strip() not in ("exactly", "at least")
        return replace(expression, start=start, is_about=is_about)
    if kind in ("middle", "phase", "part"):
        is_week = kind == "part" and found["word"].lower() == "week"
        return replace(expression, start=start, has_phase=kind != "part", is_week=is_week)
    if kind == "near":
        return replace(expression, start=start, preposition="near", is_about=True, word=found[0].split()[0])
    return replace(expression, start=start, preposition=kind, word=found[0].split()[0].lower())
