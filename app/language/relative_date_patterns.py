"""Time expressions that count from somewhere else: "yesterday", "last week", "two days earlier", and the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from app.language.date_patterns import NUMBER_WORDS, OPEN, PART, ZONE, Atom, Build, compile_spaced, number

_UNIT = "minute|hour|day|night|week|fortnight|weekend|month|year|decade|centur(?:y|ie)"
_AWAY = {
    "last": -1, "past": -1, "this past": -1, "the past": -1, "this": 0, "this same": 0, "next": 1, "coming": 1,
    "the coming": 1, "this coming": 1,
}  # fmt: skip
_FROM_CONTEXT = {
    "that": 0, "that same": 0, "the same": 0, "same": 0, "the next": 1, "the following": 1, "following": 1,
    "the previous": -1, "previous": -1, "the preceding": -1,
}  # fmt: skip
_LETTER = {"week": "w", "month": "m", "year": "y", "decade": "D", "century": "C", "quarter": "Q"}
_HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_DAYS = {
    "yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "the day before yesterday": -2,
    "the day after tomorrow": 2, "last night": -1, "last evening": -1,
}  # fmt: skip


def _near_day(m: re.Match[str]) -> Iterator[Atom]:
    words = re.sub(r"\s+", " ", m["words"].lower())
    part = (m["part"] or "").lower()
    if words in ("tonight", "last night", "last evening"):
        part = "night"
    shift = _DAYS.get(words, 0)
    yield Atom(m.start(), m.end(), f"{shift:+d}d", "day", part=part)


def _overnight(m: re.Match[str]) -> Iterator[Atom]:
    yield Atom(m.start(), m.end(), "-1d", "day", flags=frozenset({"overnight"}), last="+0d", part="night")


def _unit(m: re.Match[str]) -> Iterator[Atom]:
    mod, unit = re.sub(r"\s+", " ", m["mod"].lower()), m["unit"].lower()
    start, end = m.start(), m.end()
    if unit in ("day", "night", "morning", "afternoon", "evening"):
        if mod in _FROM_CONTEXT:
            yield Atom(start, end, f"{_FROM_CONTEXT[mod]:+d}d", "day", "context", part=unit.replace("day", ""))
        return
    if unit == "weekend":
        weekend = {"last": "<<", "this past": "<<", "past": "<<", "next": ">>", "this coming": ">>"}
        yield Atom(start, end, f"weekend{weekend.get(mod, OPEN)}", "weekend")
        return
    if mod == "the":
        yield Atom(start, end, f"{_LETTER[unit]}+0", unit, flags=frozenset({"edge"}))
        return
    away, source = (_AWAY[mod], "article") if mod in _AWAY else (_FROM_CONTEXT.get(mod, 0), "context")
    if mod in ("the past", "the coming", "the last"):
        yield Atom(start, end, None, "duration")
        return
    yield Atom(start, end, f"{_LETTER[unit]}{away:+d}", unit, source)


def _offset(m: re.Match[str]) -> Iterator[Atom]:
    """ "three years ago", "two days earlier", "ten days on", "a week before ..."."""
    unit = re.sub(r"centurie$", "century", m["unit"].lower().removesuffix("s"))
    if not m["n"] and not m["half"] and not m["unit"].lower().endswith("s"):
        return
    way = m["way"].lower() if m["way"] else "from now"
    many = number(m["n"]) if m["n"] and not m["half"] else None
    source = "article" if way in ("ago", "from now", "hence") else "context"
    flags = frozenset({"shift", "kept"} if way in ("before", "after", "prior to", "ahead of") else {"kept"})
    if many is None:
        yield Atom(m.start(), m.end(), None, "vague", source, flags)
        return
    n = -many if way in ("ago", "earlier", "before", "previously", "beforehand", "prior to", "ahead of") else many
    yield Atom(m.start(), m.end(), shift_rule(unit, n, source), _grain(unit), source, flags)


def _grain(unit: str) -> str:
    return {"fortnight": "day", "week": "day", "night": "day", "hour": "minute"}.get(unit, unit)


def shift_rule(unit: str, n: int, source: str) -> str:
    """The steps that move by ``n`` units: days and weeks to a day, longer units to one of their kind."""
    if unit in ("minute", "hour"):
        # from the article only the day is known
        return "+0d" if source == "article" else f"{n * (60 if unit == 'hour' else 1):+d}n"
    if unit in ("day", "night", "week", "fortnight"):
        return f"{n * {'week': 7, 'fortnight': 14}.get(unit, 1):+d}d"
    if unit == "month":
        return f"m{n:+d}"
    return {"year": f"y{n:+d}", "decade": f"y{10 * n:+d}~"}.get(unit, f"y{100 * n:+d}~")


def _ahead(m: re.Match[str]) -> Iterator[Atom]:
    """ "in three weeks": a time when what is said lies ahead, else how long it took."""
    many, unit = number(m["n"]), m["unit"].lower().removesuffix("s")
    if many is not None:
        yield Atom(m.start("n"), m.end(), shift_rule(unit, many, "article"), _grain(unit), flags=frozenset({"ahead"}))


def _some_of(m: re.Match[str]) -> Iterator[Atom]:
    """ "the first three months (of 2024)", "the second Tuesday (of April)": parts of what follows."""
    side = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "final": -1}[m["nth"].lower()]
    if m["weekday"]:
        yield Atom(m.start(), m.end(), f"{m['weekday'][:3].lower()}#{side}", "day", flags=frozenset({"part of"}))
        return
    many = number(m["n"] or "one")
    if side in (1, -1) and many:
        rule = f"{'first' if side == 1 else 'last'}{many}{m['unit'][0].lower()}"
        yield Atom(m.start(), m.end(), rule, "quarter", flags=frozenset({"part of"}))


def _day_beside(m: re.Match[str]) -> Iterator[Atom]:
    """ "the day after", "the year before the vote": one unit from what was last spoken of."""
    n = -1 if m["way"].lower() == "before" else 1
    unit = {"evening": "night", "morning": "day"}.get(m["unit"].lower(), m["unit"].lower())
    rule = f"w{n:+d}" if unit == "week" else shift_rule(unit, n, "context")
    yield Atom(m.start(), m.end(), rule, unit if unit != "night" else "day", "context", frozenset({"shift"}))


def _same_period(m: re.Match[str]) -> Iterator[Atom]:
    if m["year"]:
        yield Atom(m.start(), m.end(), f"in{m['year']}", "year", "context", frozenset({"same"}))
    else:
        yield Atom(m.start(), m.end(), "-1y", "year", "context", frozenset({"same"}))


def _vague(m: re.Match[str]) -> Iterator[Atom]:
    yield Atom(m.start(), m.end(), None, "vague")


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
    """ "half past four", "ten to five", "nine o'clock", "4 in the morning": twelve hours until a part of day is known."""
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


_ZONE_GROUP = rf"(?P<zone>{ZONE})?"
_CONTEXT_MODS = (
    r"this\spast|this\scoming|this\ssame|the\spast|the\slast|the\scoming|the\sfollowing|the\snext|the\sprevious|the\spreceding|"
    r"the\ssame|that\ssame|last|past|this|next|coming|following|that|previous|same|the"
)
_SOURCES: list[tuple[str, Build]] = [
    (rf"\b(?P<words>the\sday\sbefore\syesterday|the\sday\safter\stomorrow|yesterday|tomorrow|today|tonight|last\snight|"
     rf"last\sevening|this\s(?=morning|afternoon|evening|lunchtime))\b(?:\s?{PART}\b)?", _near_day),
    (r"\bovernight\b", _overnight),
    (rf"\b(?P<mod>{_CONTEXT_MODS})\s(?P<unit>weekend|week|month|year|decade|century|quarter|day|night|morning|afternoon|"
     r"evening)\b(?!-|\sold\b)", _unit),
    (rf"\b(?:(?P<n>\d{{1,3}}|{NUMBER_WORDS}|an?|a\scouple\sof|a\sdozen|several|a\sfew|some|many)\s)?(?P<half>half\s(?:an?\s)?)?"
     rf"(?:more\s|full\s|short\s)?(?P<unit>(?:{_UNIT})s?)(?:\s(?P<way>ago|earlier|later|before|after|previously|beforehand|afterwards|"
     r"thereafter|from\snow|hence|prior\sto|ahead\sof|on(?=,|\.|$))\b|(?P<times>['’]s?\stime\b))", _offset),
    (rf"\bin\s(?:about\s|around\s)?(?P<n>\d{{1,3}}|{NUMBER_WORDS}|an?)\s(?P<unit>days?|weeks?|fortnight|months?|years?)\b(?!['’-]|\s(?:of|from|since|old|ago|and)\b)", _ahead),
    (rf"\b(?:the\s)?(?P<nth>first|second|third|fourth|fifth|last|final)\s(?:(?P<n>\d{{1,3}}|{NUMBER_WORDS})\s(?P<unit>days|weeks|months)"
     r"|(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday))(?=\s(?:of|in)\b)", _some_of),
    (r"(?<!in )\bthe\s(?P<unit>day|night|week|month|year|evening|morning|decade)\s(?P<way>before|after)\b", _day_beside),
    (r"\bthe\ssame\s(?:period|quarter|month|time|stage|weeks?|three\smonths|six\smonths|nine\smonths)\s(?:(?:of|in|a)\s)?"
     r"(?:(?P<year>1\d{3}|20\d\d)\b|last\syear\b|year\s(?:earlier|before|ago)\b|the\s(?:previous|year)\s(?:year|before|earlier)\b)",
     _same_period),
    (r"\b(?:(?:in\s)?(?:the\s)?(?:coming|next\sfew|past\sfew|last\sfew|recent|following)\s(?:hours|days|weeks|months|years|decades)"
     r"|(?:in|into)\sthe\s(?:near\s|foreseeable\s|distant\s)?future|now|these\sdays|nowadays|currently)\b", _vague),
    (rf"(?<![\d.:,/$€£-])(?P<h>[01]?\d|2[0-3])(?P<sep>[:.])(?P<m>[0-5]\d)(?::[0-5]\d)?(?![\d:]|\.\d|-\d)(?:\s?(?P<ap>[ap](?:\.\s?m\.|\.?m\b)))?"
     rf"(?!\s?%|\s?(?:per\s?cent|percent|million|billion|km|m|points?)\b){_ZONE_GROUP}(?:\s(?:in\sthe|at)\s{PART}(?!\sof)\b)?", _clock),
    (rf"(?<![\d.:,/$€£-])(?P<h>1[0-2]|0?[1-9])(?P<sep>)\s?(?P<ap>[ap](?:\.\s?m\.|\.?m\b)){_ZONE_GROUP}", _clock),
    (r"(?<![\d.:,/$€£-])(?P<h>[01]\d|2[0-3])(?P<sep>)(?P<m>[0-5]\d)\s?(?P<zone>GMT|UTC|hours|hrs|CET|CEST|BST|EST|EDT|local\stime)\b", _clock),
    (rf"\b(?P<minutes>half|a\squarter|quarter|five|ten|twenty|twenty-five)(?:\sminutes)?\s(?P<side>past|to)\s(?P<hour>{_HOURS})\b(?P<oclock>)(?!\s(?:percent|per|million|people))"
     rf"(?:\s(?:in|on)\sthe\s{PART}(?!\sof)\b)?", _spoken_clock),
    (rf"\b(?P<hour>{_HOURS}|1[0-2]|[1-9])(?P<minutes>)(?P<side>)\s?(?P<oclock>o['’]\s?clock)(?:\s(?:in|on)\sthe\s{PART}(?!\sof)\b)?", _spoken_clock),
    (rf"\b(?P<hour>{_HOURS}|1[0-2]|[1-9])(?P<minutes>)(?P<side>)(?P<oclock>)\s(?:in\sthe\s(?=m|a|e)|at\s(?=n)){PART}(?!\sof)\b", _spoken_clock),
    (r"\b(?P<word>noon|midday|midnight)\b", _named_clock),
]  # fmt: skip


def compile_patterns() -> list[tuple[re.Pattern[str], Build]]:
    return [(compile_spaced(source, re.IGNORECASE), build) for source, build in _SOURCES]
