"""The words of time: regular expressions that find single time expressions, and the rule each stands for.

An ``Atom`` is one expression without its preposition ("5 November", "last week", "half past four"); ``app.language.dates``
joins neighbours and lets the verb decide what a bare "Tuesday" means. Every quantifier is bounded and every pattern
starts with a literal class, so that the search is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from text_to_num import text2num

from app.domain.periods import MONTHS, SEASONS, WEEKDAYS

# A direction ("<", ">") that the tense of the verb decides
OPEN = "{}"


@dataclass(frozen=True, slots=True)
class Atom:
    """One time expression at ``[start, end)`` of a sentence.

    ``rule``: see ``app.domain.when``, with ``{}`` for an open direction; None when it has no value. ``grain``: minute,
    day, week, month, quarter, season, year, decade. ``source``: what the rule starts from: "self", "article", or
    "context" (the time last spoken of). ``flags``: "weak" (a time only beside another), "twelve" (a clock without
    morning or evening), "bare" (a word that is also a name), "dom", "plain" (a date without year), "edge" (valid after
    "end of"), "shift" (moves what follows: "two days before ...").
    """

    start: int
    end: int
    rule: str | None
    grain: str
    source: str = "article"
    flags: frozenset[str] = frozenset()
    part: str = ""
    last: str = ""  # the rule of the end of a range


Build = Callable[[re.Match[str]], Iterator[Atom]]
_SMALL = "one two three four five six seven eight nine ten eleven twelve".split()
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBER_WORDS = f"(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_SMALL[:9])}))?|{'|'.join(_SMALL + _TEENS)}"
_MONTH_WORDS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip
_WEEKDAY_WORDS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_LONG = "|".join(_MONTH_WORDS + [m.upper() for m in _MONTH_WORDS])
_SHORT = "(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT|SEP|OCT|NOV|DEC)\\b\\.?"
_MONTH = rf"(?P<month>(?:{_LONG})\b|{_SHORT})"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_TH = r"(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1\d{3}|20\d\d)"
_IN_YEAR = rf"(?:(?:,\s?|\s(?:of\s)?|\sin\s){_YEAR}(?![\d%]|[.,:]\d|-\d))?"
PART = r"(?P<part>morning|afternoon|evening|night|lunchtime|daybreak|dawn|dusk)"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
ZONE = (
    r"(?:\s?\(?(?:GMT|UTC|BST|CES?T|E[SD]?T|P[SD]?T|C[SD]T|M[SD]T|EES?T|MSK|JST|IST|AES?T|local(?:\stime)?|Z)\b\)?"
    r"(?:[+-]\d{1,2})?)"
)
_MODIFIER = (
    r"(?:(?P<mod>(?:this|the)\s(?:past|coming|same)|the\s(?:following|next|previous)|that\ssame|last|past|next|coming|"
    r"this|that|following|previous|same|every|each|most|all|alternate)\s)?"
)
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


def year_around(word: str) -> int:
    """The first year of a decade named "90s", "1990s" or "Nineties"; two digits mean the last hundred years or so."""
    digits = re.sub(r"\D", "", word)
    if not digits:
        tens = number(re.sub(r"ies$", "y", word.lower())) or 0
        digits = f"{tens}"
    return int(digits) if len(digits) == 4 else (1900 if int(digits) > 20 else 2000) + int(digits)


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
    elif "." not in m["month"] and len(m["month"]) > 2 and (m["month"].title() in _MONTH_WORDS):
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
    name = WEEKDAYS[[w.lower() for w in _WEEKDAY_WORDS].index(m["weekday"].lower())]
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


def _decade(m: re.Match[str]) -> Iterator[Atom]:
    yield Atom(m.start(), m.end(), f"{year_around(m['decade']) // 10}X", "decade", "self")


def _century(m: re.Match[str]) -> Iterator[Atom]:
    n = number(m["n"]) if m["n"] else {"eighteenth": 18, "nineteenth": 19, "twentieth": 20}.get(m["word"].lower())
    if n:
        yield Atom(m.start(), m.end(), f"{n - 1:02d}XX", "century", "self")


def _dom(m: re.Match[str]) -> Iterator[Atom]:
    yield Atom(m.start(), m.end(), f"dom{int(m['day'])}{OPEN}", "day", flags=frozenset({"dom"}))


def _holiday(m: re.Match[str]) -> Iterator[Atom]:
    word = re.sub(r"\s+", " ", m["holiday"].lower().replace("’", "'").replace(".", ""))
    name = HOLIDAYS.get(word) or HOLIDAYS.get(word.replace("'", ""))
    if not name:
        return
    if m["year"]:
        yield Atom(m.start("holiday"), m.end(), f"{m['year']} {name}=", "day", "self")
    else:
        yield from named(m, name, "holiday", (m["mod"] or "").lower(), frozenset({"holiday"}))


def compile_patterns() -> list[tuple[re.Pattern[str], Build]]:
    """The calendar's own expressions; ``app.language.relative_dates`` has those that count from elsewhere."""
    weekday = "|".join(_WEEKDAY_WORDS + [w.upper() for w in _WEEKDAY_WORDS])
    holidays = "|".join(sorted((h.replace("'", "['’]?").replace("st ", r"st\.?\s") for h in HOLIDAYS), key=len)[::-1])
    sources: list[tuple[str, Build]] = [
        (r"(?<![\d-])(?P<y>1\d{3}|20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?:[T ](?P<hh>[01]\d|2[0-3]):(?P<mm>[0-5]\d)(?::\d\d)?)?(?![\d-])", _iso),
        (r"(?<![\d./])(?P<a>\d{1,2})(?P<sep>[./])(?P<b>\d{1,2})(?P=sep)(?P<y>1\d{3}|20\d\d)(?![\d/])", _numeric),
        (rf"(?<![\d.,:/$€£-])(?P<between>[Bb]etween\s(?:the\s)?)?(?:(?P<first>{_DAY}){_TH}\s?(?P<join>-|–|to|and|or|until)\s?(?:the\s)?)?"
         rf"(?P<day>{_DAY}){_TH}\s(?:of\s)?{_MONTH}{_IN_YEAR}", _days),
        (rf"(?P<between>[Bb]etween\s)?\b{_MONTH}\s(?:the\s)?(?:(?P<first>{_DAY}){_TH}\s?(?P<join>-|–|to|and|or|until)\s?(?:the\s)?)?"
         rf"(?P<day>{_DAY}){_TH}(?![\d%]|[.,:]\d|\s(?:per|%|million|billion))(?:,?\s{_YEAR}(?![\d,]\d))?", _days),
        (rf"\b(?i:{_MODIFIER}){_MONTH}(?:(?:\sof|,)?\s{_YEAR}(?![\d%]|[.,]\d))?", _month),
        (rf"\b(?:(?P<weeks>[Aa]\s(?:week|fortnight)\s(?:on|from|next)\s)|(?i:{_MODIFIER}))(?P<weekday>{weekday})\b"
         rf"(?!-)(?:\s{PART}\b)?(?:\s(?P<after>next|last)\b(?!\s(?:week|month|year|night)))?", _weekday),
        (rf"\b(?P<weekday>{weekday})\s(?P<weeks>week|fortnight)\b", _weekday_week),
        (rf"\b(?i:{_MODIFIER}(?P<season>spring|summer|autumn|winter|fall)\b)(?:(?:\sof|,)?\s{_YEAR}(?:[-–/]\d\d)?(?![\d%]|[.,]\d))?", _season),
        (rf"\b(?:(?P<short>[QH][1-4])|(?i:the\s)?(?P<ordinal>(?i:first|second|third|fourth|final|[1-4](?:st|nd|rd|th)))\s"
         rf"(?P<kind>quarter|half))\b(?!-)(?:(?:\sof|,)?\s{_YEAR}\b)?", _quarter),
        (rf"(?:(?<=[Mm]id-)|(?<![\d.,:/$€£#+-])){_YEAR}(?:\s?[-–/]\s?(?P<last>1\d{{3}}|20\d\d|\d\d))?(?![\d%]|[.,:/]\d|-\d|\s?(?:percent|per\scent)|[a-zA-Z])", _year),
        (r"(?:\b(?i:the\s))?(?:\b|['’])(?P<decade>1\d\d0s|20\d0s)\b", _decade),
        (r"\b(?i:the\s)['’]?(?P<decade>[2-9]0s|[Tt]wenties|[Tt]hirties|[Ff]orties|[Ff]ifties|[Ss]ixties|[Ss]eventies|[Ee]ighties|[Nn]ineties)\b|"
         r"\b(?P<decade2>Nineties|Eighties|Seventies|Sixties)\b", _decade_word),
        (r"\b(?i:the\s)?(?:(?P<n>\d{1,2})(?:st|nd|rd|th)|(?P<word>(?i:eighteenth|nineteenth|twentieth)))(?:\s|-)century\b", _century),
        (rf"\b(?i:the\s)(?P<day>{_DAY})(?:st|nd|rd|th)\b(?!-|\s(?:of|century))", _dom),
        (rf"\b(?i:{_MODIFIER})(?P<holiday>(?i:{holidays}))\b(?:,?\s{_YEAR}\b)?", _holiday),
    ]  # fmt: skip
    return [(compile_spaced(source), build) for source, build in sources]


def _weekday_week(m: re.Match[str]) -> Iterator[Atom]:
    name = WEEKDAYS[[w.lower() for w in _WEEKDAY_WORDS].index(m["weekday"].lower())]
    yield Atom(m.start(), m.end(), f"{name}> +{14 if m['weeks'] == 'fortnight' else 7}d", "day")


def _decade_word(m: re.Match[str]) -> Iterator[Atom]:
    yield Atom(m.start(), m.end(), f"{year_around(m['decade'] or m['decade2']) // 10}X", "decade", "self")
