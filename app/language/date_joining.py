"""From single words of time to whole expressions: neighbours joined, ranges closed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from app.domain.periods import MONTHS
from app.language import clock_patterns, date_patterns, relative_date_patterns
from app.language.clock_patterns import in_part_of_day
from app.language.date_words import OPEN, PART, Atom, Build

_GLUE = 24  # no join reaches further than this many characters
_DATE_GLUE = re.compile(r",?\s?(?:on\s)?(?:the\s)?|\s?\(")
_CLOCK_GLUE = re.compile(
    rf"\)?,?\s(?:(?:late|early)\s)?(?:on\s|in\s|of\s)?(?:the\s)?(?:(?:early\s|late\s)?{PART}\s(?:of\s)?(?:the\s)?)?",
    re.IGNORECASE,
)
_AT_GLUE = re.compile(
    r",?\s?\(?(?:(?:at|shortly\s(?:after|before)|just\s(?:after|before)|around|about)\s)?(?:about\s|around\s|exactly\s)?",
    re.IGNORECASE,
)
_REPORTING_GLUE = re.compile(r"\s(to|ended|ending)\s(?:on\s)?(?:the\send\sof\s|end-)?", re.IGNORECASE)
_YEAR_GLUE = re.compile(r",?\s|\sof\s|\sin\s")
_RANGE_GLUE = re.compile(r"\s?(-|–|—|to|until|till|through|and)\s?(?:the\s)?(?:(?:early|late)\s|mid-)?", re.IGNORECASE)
_CLOCK = re.compile(r"\s?\bT\d\d:\d\d$")
_RANGE_START = re.compile(r"\b(?P<word>from|between)\s(?:the\s)?$", re.IGNORECASE)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Build], ...]:
    modules = (date_patterns, relative_date_patterns, clock_patterns)
    return tuple(pattern for module in modules for pattern in module.compile_patterns())


def scan(text: str) -> list[Atom]:
    """All single expressions of a text: leftmost, then longest, never overlapping."""
    found = [atom for pattern, build in _patterns() for m in pattern.finditer(text) for atom in build(m)]
    kept: list[Atom] = []
    for atom in sorted(found, key=lambda a: (a.start, -a.end, a.rule is None, "bare" in a.flags)):
        if kept and atom.start < kept[-1].end:
            if atom.end - atom.start <= kept[-1].end - kept[-1].start or kept[-1].rule is not None:
                continue
            kept.pop()
        kept.append(atom)
    return kept


Merge = Callable[[Atom, Atom, str, str], Atom | None]


def join(atoms: Sequence[Atom], text: str) -> list[Atom]:
    """Neighbours that are one expression become one: first days with clocks and years, then ranges."""
    joined = _fold(
        atoms,
        text,
        (
            _clock_again,
            _part_of,
            _reaching_back,
            _ago_today,
            _weekday_and_date,
            _clock_and_day,
            _overnight_into,
            _day_and_clock,
            _name_and_year,
        ),
    )
    return _fold(joined, text, (_range,))


def _fold(atoms: Sequence[Atom], text: str, merges: Sequence[Merge]) -> list[Atom]:
    out: list[Atom] = []
    for atom in atoms:
        current = atom
        if out and 0 <= atom.start - out[-1].end <= _GLUE:
            glue = text[out[-1].end : atom.start]
            left = text[max(0, out[-1].start - _GLUE) : out[-1].start]
            merged = next((m for m in (merge(out[-1], atom, glue, left) for merge in merges) if m is not None), None)
            if merged is not None:
                out[-1] = merged
                continue
        out.append(current)
    return out


def _weekday_and_date(a: Atom, b: Atom, glue: str, _left: str) -> Atom | None:
    """ "Tuesday, 15 October": the weekday says which year when none is written."""
    if "weekday" not in a.flags or b.last or not a.rule or not b.rule or not _DATE_GLUE.fullmatch(glue):
        return None
    clock = _CLOCK.search(a.rule)
    if "plain" in b.flags:
        rule = f"{b.rule.removesuffix(OPEN)}:{a.rule[:3]}?"
        return replace(b, start=a.start, rule=rule + (clock[0] if clock else ""), grain=a.grain, part=a.part)
    if (b.source == "self" and b.grain in ("day", "minute")) or "dom" in b.flags:
        return replace(b, start=a.start, rule=b.rule + (clock[0] if clock else ""), part=a.part)
    return None


def _is_day(atom: Atom) -> bool:
    return atom.grain in ("day", "holiday") and atom.rule is not None and not atom.last and "shift" not in atom.flags


def _clock_and_day(a: Atom, b: Atom, glue: str, _left: str) -> Atom | None:
    found = _CLOCK_GLUE.fullmatch(glue)
    if not found or not _is_day(b):
        return None
    part = (found["part"] or b.part).lower()
    if a.flags & {"midnight", "overnight"}:
        return replace(b, start=a.start)
    if a.grain == "minute" and a.rule and a.rule.startswith("T"):
        return _with_clock(b, a, part, a.start, b.end)
    return None


def _overnight_into(a: Atom, b: Atom, glue: str, _left: str) -> Atom | None:
    """ "overnight into Wednesday": from the day before."""
    if "overnight" not in a.flags or not _is_day(b) or glue.strip() not in ("into", "to"):
        return None
    return replace(b, start=a.start, rule=f"{b.rule} -1d", last=b.rule or "")


def _day_and_clock(a: Atom, b: Atom, glue: str, _left: str) -> Atom | None:
    if not _is_day(a) or not _AT_GLUE.fullmatch(glue):
        return None
    if "overnight" in b.flags or "midnight" in b.flags:
        return replace(a, end=b.end, part="night")
    if b.grain == "minute" and b.rule and b.rule.startswith("T"):
        return _with_clock(a, b, a.part, a.start, b.end)
    return None


def _clock_again(a: Atom, b: Atom, glue: str, _left: str) -> Atom | None:
    """ "10:35 a.m. (0735 GMT)": the same instant on another clock."""
    is_again = a.grain == b.grain == "minute" and glue.strip() == "(" and bool(a.rule) and bool(b.rule)
    return replace(a, end=b.end) if is_again else None


def _with_clock(day: Atom, clock: Atom, part: str, start: int, end: int) -> Atom:
    timed = in_part_of_day(clock, part)
    if "twelve" in timed.flags:  # morning or evening is not said: only the day is certain
        return replace(day, start=start, end=end, part=part)
    rule = f"{day.rule} {timed.rule}"
    return replace(day, start=start, end=end, rule=rule, grain="minute", part=part)


def _part_of(a: Atom, b: Atom, glue: str, _left: str) -> Atom | None:
    """ "the second Tuesday of April", "the first three months of 2024"."""
    is_part = "part of" in a.flags and bool(re.fullmatch(r"\s(?:of|in)\s(?:the\s)?", glue))
    if not is_part or not b.rule or b.last or (a.grain == "day" and b.grain != "month"):
        return None
    flags = b.flags - {"bare", "edge"}
    return replace(b, start=a.start, rule=f"{b.rule} {a.rule}", grain=a.grain, flags=flags)


def _reaching_back(a: Atom, b: Atom, glue: str, _left: str) -> Atom | None:
    """ "the three months to end-December", "the year ended 31 March": what follows is the last of them."""
    found = _REPORTING_GLUE.fullmatch(glue)
    if "reaching back" not in a.flags or not found or not b.rule or b.last or b.grain not in ("month", "day"):
        return None
    last = b.rule.replace(OPEN, "<") if found[1].lower() == "ended" else b.rule
    flags = a.flags - {"part of"}
    return replace(b, start=a.start, rule=f"{last} +1{b.grain[0]} {a.rule}", last=last, flags=flags)


def _ago_today(a: Atom, b: Atom, glue: str, _left: str) -> Atom | None:
    """ "five years ago today", "ten years ago this month"."""
    away = re.fullmatch(r"([ym])(-\d+)", a.rule or "")
    if not away or b.rule not in ("+0d", "m+0") or not glue.isspace():
        return None
    return replace(a, end=b.end, rule=f"{b.rule} {away[2]}{away[1]}", grain=b.grain)


def _name_and_year(a: Atom, b: Atom, glue: str, _left: str) -> Atom | None:
    """ "1 July last year", "the first half of this year", "Wednesday last week", "summer last year"."""
    if not a.rule or not b.rule or a.last or not _YEAR_GLUE.fullmatch(glue) or "shift" in b.flags:
        return None
    name = a.rule.removesuffix(OPEN)
    if b.grain == "year" and a.rule.endswith(OPEN) and "weekday" not in a.flags and "dom" not in a.flags:
        flags = a.flags - {"weak", "bare", "plain"}
        return replace(a, end=b.end, rule=f"{b.rule} {name}=", source=b.source, flags=flags)
    if b.grain == "week" and "weekday" in a.flags and a.rule.endswith(OPEN):
        return replace(a, end=b.end, rule=f"{b.rule} {name}=", source=b.source)
    if b.grain == "month" and "dom" in a.flags and b.source != "self":
        return replace(a, end=b.end, rule=f"{b.rule} {name}=", source=b.source, flags=a.flags - {"dom"})
    return None


def _range(a: Atom, b: Atom, glue: str, left: str) -> Atom | None:
    """ "from Monday to Thursday", "between 2016 and 2020", "May-July"."""
    found, opening = _RANGE_GLUE.fullmatch(glue), _RANGE_START.search(left)
    if not found or a.last or b.last or not a.rule or not b.rule:
        return None
    start = a.start - len(opening[0]) if opening else a.start
    word, before = found[1].lower(), opening["word"].lower() if opening else ""
    if (word == "and") != (before == "between") or (word == "to" and before != "from" and not _are_alike(a, b)):
        return None
    if {a.grain, b.grain} <= {"minute", "day"} and ("minute" in (a.grain, b.grain) or "midnight" in a.flags):
        return _hours(a, b, start)
    if "dom" in a.flags and b.grain == "day" and "plain" in b.flags:
        first = f"{b.rule.removesuffix(OPEN)[:3]}{int(a.rule[3:].removesuffix(OPEN)):02d}"
        return replace(b, start=start, rule=f"{first}{OPEN}", last=f"{first}{OPEN} {b.rule.replace(OPEN, '>')}")
    first, last = _range_rules(a, b)
    source = "context" if "context" in (a.source, b.source) else b.source
    return replace(a, start=start, end=b.end, rule=first, last=last, source=source, part="")


def _hours(a: Atom, b: Atom, start: int) -> Atom:
    """ "from 6pm on Monday until 4am on Tuesday": intervals are of days."""
    days = ["" if "midnight" in atom.flags else _CLOCK.sub("", atom.rule or "") for atom in (a, b)]
    if all(days) and days[0] != days[1]:
        first, last = _range_rules(replace(a, rule=days[0]), replace(b, rule=days[1]))
        return replace(b, start=start, rule=first, last=last, grain="day")
    if any(days):
        return replace(a if days[0] else b, start=start, end=b.end, rule=days[0] or days[1], grain="day")
    return replace(a, start=start, end=b.end)


def _are_alike(a: Atom, b: Atom) -> bool:
    """Years, months or weekdays: "Monday to Friday" needs no "from"."""
    is_calendar = a.grain == b.grain and a.grain in ("year", "month") and b.source == "self"
    return is_calendar or ("weekday" in a.flags and "weekday" in b.flags)


def _range_rules(a: Atom, b: Atom) -> tuple[str, str]:
    """The first side borrows the year or week of the second; of two open sides one counts from the other."""
    first, last = a.rule or "", b.rule or ""
    name = first.removesuffix(OPEN)
    if not first.endswith(OPEN):  # "between last Monday and Thursday", "from yesterday to Friday"
        return first, f"{first} {last.replace(OPEN, '>')}" if last.endswith(OPEN) else last
    if last.endswith(OPEN):
        second = last.removesuffix(OPEN)
        return f"{second}{OPEN} {name}<|{name}{OPEN}", f"{second}{OPEN}|{name}{OPEN} {second}>"
    if " " in last and last.endswith("="):  # "Monday to Wednesday last week"
        return f"{last.split(' ')[0]} {name}=", last
    if b.source == "self" and len(last) in (7, 10):
        return _borrow_year(name, last), last
    return f"{last} {name}<", last


def _borrow_year(name: str, last: str) -> str:
    year, month = int(last[:4]), int(last[5:7])
    if name in MONTHS:
        number = MONTHS.index(name) + 1
        return f"{year - (number > month):04d}-{number:02d}"
    if name[:2].isdigit():
        return f"{year - (int(name[:2]) > month):04d}-{name[:5]}"
    return f"{last} {name}<"
