"""Expressions the calendar names itself: dates, months, weekdays, seasons, quarters, years, holidays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.periods import MONTHS, SEASONS
from app.language.date_words import (
    DAY,
    MODIFIER,
    MONTH,
    MONTH_WORDS,
    OPEN,
    PART,
    TH,
    WEEKDAY,
    YEAR,
    Atom,
    Build,
    compile_spaced,
    month_number,
    number,
    weekday_name,
    year_around,
)

_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_SINCE_THE_TEXT = {"last": "<<", "past": "<<", "this past": "<<", "the past": "<<", "next": ">>", "coming": ">>"}
HOLIDAYS = {
    "new year's eve": "newyearseve", "new year's day": "newyear", "valentine's day": "valentine",
    "st patrick's day": "stpatrick", "may day": "mayday", "halloween": "halloween", "all saints' day": "allsaints",
    "christmas eve": "christmaseve", "christmas day": "christmas", "christmas": "christmas", "boxing day": "boxingday",
    "shrove tuesday": "shrovetuesday", "ash wednesday": "ashwednesday", "palm sunday": "palmsunday",
    "maundy thursday": "maundythursday", "good friday": "goodfriday", "easter sunday": "easter", "easter day": "easter",
    "easter monday": "eastermonday", "easter": "easter", "ascension day": "ascension", "whit sunday": "whitsun",
    "whit monday": "whitmonday", "thanksgiving day": "thanksgiving", "thanksgiving": "thanksgiving",
    "labor day": "laborday", "memorial day": "memorialday", "martin luther king day": "mlkday",
}  # fmt: skip


def _iso(m: re.Match[str]) -> Iterator[Atom]:
    month, day = int(m["m"]), int(m["d"])
    if 1 <= month <= 12 and 1 <= day <= 31:
        clock = f"T{m['hh']}:{m['mm']}" if m["hh"] else ""
        rule = f"{m['y']}-{m['m']}-{m['d']}{clock}"
        yield Atom(m.start(), m.end(), rule, "minute" if clock else "day", "self")


def _numeric(m: re.Match[str]) -> Iterator[Atom]:
    a, b, year = int(m["a"]), int(m["b"]), int(m["y"])
    if m["sep"] == "." or a > 12 or a == b:
        day, month = a, b
    elif b > 12:
        day, month = b, a
    else:
        return
    if 1 <= month <= 12 and 1 <= day <= 31:
        yield Atom(m.start(), m.end(), f"{year:04d}-{month:02d}-{day:02d}", "day", "self")


def _date(start: int, end: int, year: str | None, month: int, day: int) -> Atom:
    if year:
        return Atom(start, end, f"{year}-{month:02d}-{day:02d}", "day", "self")
    return Atom(start, end, f"{month:02d}-{day:02d}{OPEN}", "day", flags=frozenset({"plain"}))


def _range(start: int, end: int, year: str | None, month: int, days: tuple[int, int]) -> Atom:
    first = _date(start, end, year, month, days[0])
    last = f"{year}-{month:02d}-{days[1]:02d}" if year else f"{first.rule} {month:02d}-{days[1]:02d}>"
    return Atom(start, end, first.rule, "day", first.source, first.flags, last=last)


def _days(m: re.Match[str]) -> Iterator[Atom]:
    """Dates with a day: "5 November 2024", "Nov. 5-7", "3 to 7 March", "7 and 9 April"."""
    month = month_number(m["month"])
    first = int(m["first"]) if m["first"] else None
    day = int(m["day"])
    is_range = bool(first) and (m["join"] in ("-", "–", "to", "until") or m["between"] is not None)
    if first and is_range and first < day:
        yield _range(m.start("first") if not m["between"] else m.start(), m.end(), m["year"], month, (first, day))
        return
    start, end = m.start("day"), m.end()
    if first and m.start("first") < m.start("month") and m.start("day") < m.start("month"):
        yield _date(m.start("first"), m.end("first"), m["year"], month, first)
    elif first:  # "March 3 and 7": the first is the one the month stands by
        yield _date(m.start("month"), m.end("first"), m["year"], month, first)
        if m["year"] or re.match(r"[.,;:)]|$", m.string[m.end() :]):
            yield _date(m.start("day"), m.end(), m["year"], month, day)
        return
    else:
        start = min(start, m.start("month"))
    yield _date(start, end, m["year"], month, day)


def _month(m: re.Match[str]) -> Iterator[Atom]:
    mod, month = (m["mod"] or "").lower(), MONTHS[month_number(m["month"]) - 1]
    if m["year"]:
        yield Atom(m.start("month"), m.end(), f"{m['year']}-{month_number(m['month']):02d}", "month", "self")
    elif "." not in m["month"] and len(m["month"]) > 2 and (m["month"].title() in MONTH_WORDS):
        is_bare = not mod and m["month"].title() in ("March", "April", "May", "June", "August")
        yield from named(m, month, "month", mod, flags=frozenset({"bare"}) if is_bare else frozenset())


def named(m: re.Match[str], name: str, grain: str, mod: str, flags: frozenset[str] = frozenset()) -> Iterator[Atom]:
    """A weekday, month, season or weekend with its modifier: which of them it is."""
    start, end = m.start(), m.end()
    part = m["part"] if "part" in m.re.groupindex and m["part"] else ""
    source = "article"
    if mod in ("every", "each", "most", "all", "alternate"):
        yield Atom(start, end, None, "set")
        return
    if mod in ("next", "coming", "this coming", "the coming") and grain in ("day", "weekend"):
        rule = f"w+1 {name}=" if mod == "next" else f"{name}>>"
    elif mod in _SINCE_THE_TEXT:
        rule = f"{name}{_SINCE_THE_TEXT[mod]}"
    elif mod == "this":
        rule = f"{name}{OPEN}" if grain in ("day", "weekend") else f"{name}{'?' if name == 'winter' else '='}"
    elif mod in ("the following", "following", "the next"):
        rule, source = f"{name}>>", "context"
    elif mod in ("the previous", "previous"):
        rule, source = f"{name}<<", "context"
    elif mod in ("that", "that same", "the same", "same", "this same"):
        rule, source = f"{name}{'?' if grain == 'day' else '='}", "context"
    else:
        rule = f"{name}{OPEN}"
    yield Atom(start, end, rule, "day" if grain == "weekend" else grain, source, flags, part)


def _weekday(m: re.Match[str]) -> Iterator[Atom]:
    name = weekday_name(m["weekday"])
    if m["weeks"]:
        days = 14 if "fortnight" in m["weeks"] else 7
        yield Atom(m.start(), m.end(), f"{name}> +{days}d", "day")
        return
    mod = (m["mod"] or "").lower()
    yield from named(m, name, "day", mod if not m["after"] else m["after"].lower(), frozenset({"weekday"}))


def _season(m: re.Match[str]) -> Iterator[Atom]:
    name = "autumn" if m["season"].lower() == "fall" else m["season"].lower()
    mod = (m["mod"] or "").lower()
    if m["year"]:
        yield Atom(m.start("season"), m.end(), f"{m['year']}-{SEASONS[name]}", "season", "self")
    else:
        yield from named(m, name, "season", mod, frozenset() if mod else frozenset({"bare"}))


def _quarter(m: re.Match[str]) -> Iterator[Atom]:
    word = m["ordinal"].lower() if m["ordinal"] else ""
    if m["short"]:
        name = m["short"].lower()
    elif m["kind"].lower() == "half":
        if word not in ("first", "second"):
            return
        name = f"h{_ORDINALS[word]}"
    else:
        name = f"q{_ORDINALS[word]}"
    flags = frozenset({"weak"}) if name.startswith("h") and not m["year"] else frozenset[str]()
    if m["year"]:
        yield Atom(m.start(), m.end(), f"{m['year']} {name}=", "quarter", "self")
    else:
        yield Atom(m.start(), m.end(), f"{name}{OPEN}", "quarter", flags=flags)


def _year(m: re.Match[str]) -> Iterator[Atom]:
    if m["last"]:
        last = int(m["last"]) if len(m["last"]) == 4 else int(m["year"][:2] + m["last"])
        is_season = len(m["last"]) == 4 or last == int(m["year"]) + 1
        if int(m["year"]) < last and is_season:
            yield Atom(m.start(), m.end(), m["year"], "year", "self", frozenset({"bare"}), last=str(last))
        return
    yield Atom(m.start(), m.end(), m["year"], "year", "self", frozenset({"bare"}))


def _short_year(m: re.Match[str]) -> Iterator[Atom]:
    """ "the summer of '69", "since '08"."""
    yield Atom(m.start(), m.end(), str(year_around(m["digits"])), "year", "self")


def _decade(m: re.Match[str]) -> Iterator[Atom]:
    yield Atom(m.start(), m.end(), f"{year_around(m['decade']) // 10}X", "decade", "self")


def _century(m: re.Match[str]) -> Iterator[Atom]:
    n = number(m["n"]) if m["n"] else {"eighteenth": 18, "nineteenth": 19, "twentieth": 20}.get(m["word"].lower())
    if n:
        yield Atom(m.start(), m.end(), f"{n - 1:02d}XX", "century", "self")


def _dom(m: re.Match[str]) -> Iterator[Atom]:
    yield Atom(m.start(), m.end(), f"dom{int(m['day'] or 1)}{OPEN}", "day", flags=frozenset({"dom"}))


def _holiday(m: re.Match[str]) -> Iterator[Atom]:
    word = re.sub(r"\s+", " ", m["holiday"].lower().replace("’", "'").replace(".", ""))
    name = HOLIDAYS.get(word) or HOLIDAYS.get(word.replace("'", ""))
    if not name:
        return
    if m["year"]:
        yield Atom(m.start("holiday"), m.end(), f"{m['year']} {name}=", "day", "self")
    else:
        yield from named(m, name, "holiday", (m["mod"] or "").lower(), frozenset({"holiday"}))


def _new_year(m: re.Match[str]) -> Iterator[Atom]:
    """ "since New Year": its first day; "in the New Year" is some time after."""
    yield Atom(m.start(), m.end(), f"newyear{OPEN}", "holiday", flags=frozenset({"holiday"}))


def _weekday_week(m: re.Match[str]) -> Iterator[Atom]:
    name = weekday_name(m["weekday"])
    yield Atom(m.start(), m.end(), f"{name}> +{14 if m['weeks'] == 'fortnight' else 7}d", "day")


def _weekday_before(m: re.Match[str]) -> Iterator[Atom]:
    """ "the Sunday before last", "a week ago last Tuesday"."""
    yield Atom(m.start(), m.end(), f"{weekday_name(m['weekday'])}<< -7d", "day")


# every quantifier is bounded: the search stays linear in the text
_IN_YEAR = rf"(?:(?:,\s?|\s(?:of\s)?|\sin\s){YEAR}(?![\d%]|[.,:]\d|-\d))?"
_OF_YEAR = rf"(?:(?:\sof|,)?\s{YEAR}(?![\d%]|[.,]\d))?"
_JOIN = r"\s?(?P<join>-|–|to|and|or|until)\s?(?:the\s)?"
_FIRST = rf"(?:(?P<first>{DAY}){TH}{_JOIN})?"
_NOT_A_DAY = r"(?![\d%]|[.,:]\d|\s(?:per|%|million|billion))"
_A_MONTH = r"(?:last|this|next)\smonth\b"
_TENS_OF_YEARS = "[Tt]wenties|[Tt]hirties|[Ff]orties|[Ff]ifties|[Ss]ixties|[Ss]eventies|[Ee]ighties|[Nn]ineties"
_HOLIDAY = "|".join(
    sorted((h.replace("'", "['’]?").replace("st ", r"st\.?\s") for h in HOLIDAYS), key=len, reverse=True)
)
_SOURCES: tuple[tuple[str, Build], ...] = (
    (
        r"(?<![\d-])(?P<y>1\d{3}|20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)"
        r"(?:[T ](?P<hh>[01]\d|2[0-3]):(?P<mm>[0-5]\d)(?::\d\d)?)?(?![\d-])",
        _iso,
    ),
    (r"(?<![\d./])(?P<a>\d{1,2})(?P<sep>[./])(?P<b>\d{1,2})(?P=sep)(?P<y>1\d{3}|20\d\d)(?![\d/])", _numeric),
    (
        rf"(?<![\d.,:/$€£-])(?P<between>[Bb]etween\s(?:the\s)?)?{_FIRST}(?P<day>{DAY}){TH}\s(?:of\s)?{MONTH}{_IN_YEAR}",
        _days,
    ),
    (
        rf"(?P<between>[Bb]etween\s)?\b{MONTH}\s(?:the\s)?{_FIRST}(?P<day>{DAY}){TH}{_NOT_A_DAY}"
        rf"(?:,?\s{YEAR}(?![\d,]\d))?",
        _days,
    ),
    (rf"\b(?i:{MODIFIER}){MONTH}{_OF_YEAR}", _month),
    (
        rf"\b(?:(?P<weeks>[Aa]\s(?:week|fortnight)\s(?:on|from|next)\s)|(?i:{MODIFIER}))(?P<weekday>{WEEKDAY})\b"
        r"(?!-|\s(?:mornings|afternoons|evenings|nights)\b)"
        rf"(?:\s{PART}\b)?(?:\s(?P<after>next|last)\b(?!\s(?:week|month|year|night)))?",
        _weekday,
    ),
    (rf"\b(?:[Tt]his\s)?(?P<weekday>{WEEKDAY})\s(?P<weeks>week|fortnight)\b", _weekday_week),
    (rf"\b[Tt]he\s(?P<weekday>{WEEKDAY})\sbefore\slast\b", _weekday_before),
    (rf"\b[Aa]\sweek\sago\s(?:last\s|on\s)?(?P<weekday>{WEEKDAY})\b", _weekday_before),
    (
        rf"\b(?i:{MODIFIER}(?P<season>spring|summer|autumn|winter|fall)\b)"
        rf"(?:(?:\sof|,)?\s{YEAR}(?:[-–/]\d\d)?(?![\d%]|[.,]\d))?",
        _season,
    ),
    (
        r"\b(?:(?P<short>[QH][1-4])|(?i:the\s)?(?P<ordinal>(?i:first|second|third|fourth|final|[1-4](?:st|nd|rd|th)))\s"
        rf"(?P<kind>quarter|half))\b(?!-)(?:(?:\sof|,)?\s{YEAR}\b)?",
        _quarter,
    ),
    (
        rf"(?:(?<=[Mm]id-)|(?<![\d.,:/$€£#+-])){YEAR}(?:\s?[-–/]\s?(?P<last>1\d{{3}}|20\d\d|\d\d))?"
        r"(?![\d%]|[.,:/]\d|-\d|\s?(?:percent|per\scent)|[a-zA-Z])",
        _year,
    ),
    (r"(?:(?<=\b[Ii]n )|(?<=\bof )|(?<=\b[Ss]ince ))['’‘](?P<digits>\d\d)\b(?!['’])", _short_year),
    (r"(?:\b(?i:the\s))?(?:\b|['’])(?P<decade>1\d\d0s|20\d0s)\b", _decade),
    (rf"\b(?i:the\s)['’]?(?P<decade>[2-9]0s|{_TENS_OF_YEARS})\b", _decade),
    (r"\b(?P<decade>Nineties|Eighties|Seventies|Sixties)\b", _decade),
    (
        r"\b(?i:the\s)?(?:(?P<n>\d{1,2})(?:st|nd|rd|th)|(?P<word>(?i:eighteenth|nineteenth|twentieth)))(?:\s|-)century\b",
        _century,
    ),
    (
        rf"\b(?i:the\s)(?:(?P<day>{DAY})(?:st|nd|rd|th)\b(?!-|\scentury|\sof\s(?!{_A_MONTH}))|first(?=\sof\s{_A_MONTH}))",
        _dom,
    ),
    (rf"\b(?i:{MODIFIER})(?P<holiday>(?i:{_HOLIDAY}))\b(?:,?\s{YEAR}\b)?", _holiday),
    (r"(?:(?<=\b[Ss]ince )|(?<=\b[Bb]efore )|(?<=\b[Aa]fter ))New\sYear(?:['’]s)?\b(?!-)", _new_year),
)


def compile_patterns() -> tuple[tuple[re.Pattern[str], Build], ...]:
    """What the calendar itself names; see ``relative_date_patterns`` for what counts from elsewhere."""
    return tuple((compile_spaced(source), build) for source, build in _SOURCES)
