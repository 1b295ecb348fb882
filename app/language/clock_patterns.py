"""Clock times: "4:50 a.m.", "14:20 GMT", "half past four", "nine o'clock in the evening", "noon"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from app.language.date_words import HOURS, PART, Atom, Build, compile_spaced, number

_ZONE = (
    r"(?P<zone>\s?\(?(?:GMT|UTC|BST|CES?T|E[SD]?T|P[SD]?T|C[SD]T|M[SD]T|EES?T|MSK|JST|IST|AES?T|local(?:\stime)?|Z)\b\)?"
    r"(?:[+-]\d{1,2})?)?"
)
_HALF = r"(?P<ap>[ap](?:\.\s?m\.|\.?m\b))"
_NO_NUMBER = r"(?:(?<![\d.:,/$€£-])|(?<=[ap]m-))"
_IN_PART = rf"(?:\s(?:in\sthe|on\sthe|at)\s{PART}(?!\sof)\b)?"


def _clock(m: re.Match[str]) -> Iterator[Atom]:
    hour, minute = int(m["h"]), int(m["m"] or 0) if "m" in m.re.groupindex else 0
    half_of_day = (m["ap"] or "").lower()[:1] if "ap" in m.re.groupindex else ""
    has_zone = bool(m["zone"])
    if half_of_day:
        if not 1 <= hour <= 12:
            return
        hour = hour % 12 + (12 if half_of_day == "p" else 0)
    is_weak = not half_of_day and not has_zone and (m["sep"] == "." or len(m["h"]) < 2)
    flags = frozenset({"weak"}) if is_weak else frozenset[str]()
    part = m["part"].lower() if "part" in m.re.groupindex and m["part"] else ""
    yield in_part_of_day(Atom(m.start(), m.end(), f"T{hour:02d}:{minute:02d}", "minute", flags=flags), part)


def _spoken_clock(m: re.Match[str]) -> Iterator[Atom]:
    """ "half past four", "nine o'clock", "4 in the morning": twelve hours until a part of the day is known."""
    hour = (number(m["hour"]) or 0) % 24
    minute = 0
    if m["side"]:
        minute = {"half": 30, "quarter": 15, "a quarter": 15}.get(m["minutes"].lower(), number(m["minutes"]) or 0)
        if m["side"].lower() == "to":
            hour, minute = (hour - 1) % 12 or 12, 60 - minute
    flags = frozenset(
        {"twelve", "weak"} if m["side"] and m["minutes"].lower() not in ("half", "quarter") else {"twelve"}
    )
    if 0 < hour <= 12 and 0 <= minute < 60:
        atom = Atom(m.start(), m.end(), f"T{hour:02d}:{minute:02d}", "minute", flags=flags)
        yield in_part_of_day(atom, m["part"].lower()) if m["part"] else atom


def in_part_of_day(clock: Atom, part: str) -> Atom:
    """A twelve-hour clock in the morning, afternoon, evening or night."""
    if not part or not clock.rule or not clock.flags & {"weak", "twelve"}:
        return clock
    hour = int(clock.rule[1:3]) % 12
    is_pm = part in ("afternoon", "evening", "dusk", "lunchtime") or (part == "night" and hour >= 5)
    if part == "lunchtime" and hour in (11, 0):
        is_pm = hour == 0
    rule = f"T{hour + 12 * is_pm:02d}{clock.rule[3:]}"
    return replace(clock, rule=rule, flags=clock.flags - {"weak", "twelve"})


def _named_clock(m: re.Match[str]) -> Iterator[Atom]:
    if m["word"].lower() == "midnight":  # the start or the end of the day: only the day is certain
        yield Atom(m.start(), m.end(), "+0d", "day", flags=frozenset({"midnight"}))
    else:
        yield Atom(m.start(), m.end(), "T12:00", "minute")


_SOURCES: tuple[tuple[str, Build], ...] = (
    (
        rf"{_NO_NUMBER}(?P<h>[01]?\d|2[0-3])(?P<sep>[:.])(?P<m>[0-5]\d)(?::[0-5]\d)?(?![\d:]|\.\d|-\d)(?:\s?{_HALF})?"
        rf"(?!\s?(?:million|billion|points?)\b){_ZONE}{_IN_PART}",
        _clock,
    ),
    (rf"{_NO_NUMBER}(?P<h>1[0-2]|0?[1-9])(?P<sep>)\s?{_HALF}{_ZONE}", _clock),
    (
        rf"{_NO_NUMBER}(?P<h>[01]\d|2[0-3])(?P<sep>)(?P<m>[0-5]\d)\s?"
        r"(?P<zone>GMT|UTC|hours|hrs|CET|CEST|BST|EST|EDT|local\stime)\b",
        _clock,
    ),
    (
        rf"\b(?P<minutes>half|a\squarter|quarter|five|ten|twenty|twenty-five)(?:\sminutes)?\s(?P<side>past|to)\s"
        rf"(?P<hour>{HOURS})\b(?P<oclock>)(?!\s(?:percent|per|million|people)){_IN_PART}",
        _spoken_clock,
    ),
    (
        rf"\b(?P<hour>{HOURS}|1[0-2]|[1-9])(?P<minutes>)(?P<side>)\s?(?P<oclock>o['’]\s?clock){_IN_PART}",
        _spoken_clock,
    ),
    (
        rf"\b(?P<hour>{HOURS}|1[0-2]|[1-9])(?P<minutes>)(?P<side>)(?P<oclock>)\s"
        rf"(?:in\sthe\s(?=m|a|e)|at\s(?=n)){PART}(?!\sof)\b",
        _spoken_clock,
    ),
    (r"\b(?P<word>noon|midday|midnight)\b", _named_clock),
)


def compile_patterns() -> tuple[tuple[re.Pattern[str], Build], ...]:
    """All that a clock shows."""
    return tuple((compile_spaced(source, re.IGNORECASE), build) for source, build in _SOURCES)
