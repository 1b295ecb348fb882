"""Time expressions that count from somewhere else: "yesterday", "last week", "two days earlier"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.language.date_words import NUMBER_WORDS, OPEN, PART, Atom, Build, compile_spaced, number

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
_DAYS = {
    "yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "the day before yesterday": -2,
    "the day after tomorrow": 2, "last night": -1, "last evening": -1,
}  # fmt: skip


def _near_day(m: re.Match[str]) -> Iterator[Atom]:
    words = re.sub(r"\s+", " ", m["words"].lower())
    part = (m["part"] or "").lower()
    if words in ("tonight", "last night", "last evening"):
        part = "night"
    shift = _DAYS.get(words, 0) + (7 if m["week"] else 0)
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
        weekend = {"last": "<<", "this past": "<<", "past": "<<", "this coming": ">>"}
        rule = "w+1 weekend=" if mod == "next" else f"weekend{weekend.get(mod, OPEN)}"
        yield Atom(start, end, rule, "weekend")
        return
    if mod == "the":
        yield Atom(start, end, f"{_LETTER[unit]}+0", unit, flags=frozenset({"edge"}))
        return
    away, source = (_AWAY[mod], "article") if mod in _AWAY else (_FROM_CONTEXT.get(mod, 0), "context")
    if mod in ("the past", "the coming", "the last"):
        yield Atom(start, end, None, "duration")
        return
    yield Atom(start, end, f"{_LETTER[unit]}{away:+d}", unit, source)


def _year_end(m: re.Match[str]) -> Iterator[Atom]:
    yield Atom(m.start(), m.end(), f"{_LETTER[m['unit'].lower()]}+0 end", "day")


def _offset(m: re.Match[str]) -> Iterator[Atom]:
    """ "three years ago", "two days earlier", "ten days on", "a week before ..."."""
    unit = re.sub(r"centurie$", "century", m["unit"].lower().removesuffix("s"))
    if not m["n"] and not m["half"] and not m["unit"].lower().endswith("s"):
        return
    way = m["way"].lower() if m["way"] else "from now"
    many = number(m["n"]) if m["n"] and not m["half"] else None
    if m["half"] and not m["n"] and unit == "hour":
        many, unit = 30, "minute"
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
        rule = f"{'first' if side == 1 else 'last'}{many}{(m['unit'] or m['one'])[0].lower()}"
        yield Atom(m.start(), m.end(), rule, "quarter", flags=frozenset({"part of"}))


def _reporting_period(m: re.Match[str]) -> Iterator[Atom]:
    """ "the three months (to December)", "the year (ended 31 March)": reaching back from what follows."""
    many = number(m["n"]) if m["n"] else {"year": 12, "quarter": 3}[m["one"].lower()]
    if many:
        yield Atom(m.start(), m.end(), f"-{many}m", "month", flags=frozenset({"part of", "reaching back"}))


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


_MODS = (
    r"this\spast|this\scoming|this\ssame|the\spast|the\slast|the\scoming|the\sfollowing|the\snext|the\sprevious|"
    r"the\spreceding|the\ssame|that\ssame|last|past|this|next|coming|following|that|previous|same|the"
)
_COUNT = rf"(?P<n>\d{{1,3}}|{NUMBER_WORDS}|an?|a\scouple\sof|a\sdozen|several|a\sfew|some|many)"
_SOURCES: tuple[tuple[str, Build], ...] = (
    (
        r"\b(?P<words>the\sday\sbefore\syesterday|the\sday\safter\stomorrow|yesterday|tomorrow|today|tonight|"
        rf"last\snight|last\sevening|this\s(?=morning|afternoon|evening|lunchtime))\b(?:\s?{PART}\b|(?P<week>\sweek)\b)?",
        _near_day,
    ),
    (r"\bovernight\b", _overnight),
    (r"(?<=by )(?:the\s)?(?P<unit>year|month)[-\s]end\b", _year_end),
    (
        rf"\b(?:the\s)?(?:(?P<n>\d{{1,2}}|{NUMBER_WORDS})\smonths|(?P<one>year|quarter))(?=\s(?:to|ended|ending)\b)",
        _reporting_period,
    ),
    (
        rf"\b(?P<mod>{_MODS})\s(?P<unit>weekend|week|month|year|decade|century|quarter|day|night|morning|afternoon|"
        r"evening)\b(?!-|\sold\b)",
        _unit,
    ),
    (
        rf"\b(?:{_COUNT}\s)?(?P<half>half\s(?:an?\s)?)?(?:more\s|full\s|short\s)?(?P<unit>(?:{_UNIT})s?)(?:\s(?P<way>ago|"
        r"earlier|later|before|after|previously|beforehand|afterwards|thereafter|from\snow|hence|prior\sto|ahead\sof|"
        r"on(?=,|\.|$))\b|(?P<times>['’]s?\stime\b))",
        _offset,
    ),
    (
        rf"\bin\s(?:about\s|around\s)?(?P<n>\d{{1,3}}|{NUMBER_WORDS}|an?)\s(?P<unit>days?|weeks?|fortnight|months?|years?)\b"
        r"(?!['’-]|\s(?:of|from|since|old|ago|and)\b)",
        _ahead,
    ),
    (
        rf"\b(?:the\s)?(?P<nth>first|second|third|fourth|fifth|last|final)\s(?:(?P<n>\d{{1,3}}|{NUMBER_WORDS})\s"
        r"(?P<unit>days|weeks|months)|(?P<one>week|month)|(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday))"
        r"(?=\s(?:of|in)\b)",
        _some_of,
    ),
    (
        r"(?<!in )\bthe\s(?P<unit>day|night|week|month|year|evening|morning|decade)\s(?P<way>before|after)\b",
        _day_beside,
    ),
    (
        r"\bthe\ssame\s(?:period|quarter|month|time|stage|weeks?|three\smonths|six\smonths|nine\smonths)\s"
        r"(?:(?:of|in|a)\s)?(?:(?P<year>1\d{3}|20\d\d)\b|last\syear\b|year\s(?:earlier|before|ago)\b|"
        r"the\s(?:previous|year)\s(?:year|before|earlier)\b)",
        _same_period,
    ),
    (
        r"\b(?:(?:in\s)?(?:the\s)?(?:coming|next\sfew|past\sfew|last\sfew|recent|following)\s"
        r"(?:hours|days|weeks|months|years|decades)|(?:in|into)\sthe\s(?:near\s|foreseeable\s|distant\s)?future|now|"
        r"these\sdays|nowadays|currently)\b",
        _vague,
    ),
)


def compile_patterns() -> tuple[tuple[re.Pattern[str], Build], ...]:
    """All that counts from the article's date or from the time last spoken of."""
    return tuple((compile_spaced(source, re.IGNORECASE), build) for source, build in _SOURCES)
