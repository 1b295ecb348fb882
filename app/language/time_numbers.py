"""Numbers that belong to dates, years, clock times and offsets, told by their neighbours alone.

The finder of time expressions knows more; this keeps quantities clean where it is silent, and needs no parse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.language.amounts import Amount, Shape
from app.language.cardinals import CARDINALS
from app.language.lexemes import Lexeme, at, cased, run, words
from app.language.units import TIME_UNITS

MONTHS = re.compile(
    r"Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?"
)
COUNTABLE = re.compile(r"[a-z]{2,}s|people|men|women|children|staff|police|personnel|more|other|of|were|are|had|have")
_YEAR_BEFORE = words(
    "in since by until till from during before after circa late early mid the to and or between through his her its "
    "their last"
)
_CLOCK_AFTER = words("am pm gmt utc bst cet est edt o oclock hrs")
_LISTING = words("and or , to - –")
_SHORTLY = words("shortly just soon little long bit")
_CLOCK_PARTS = words("five ten twenty quarter half minutes")
_CLOCK_LEADS = words("at was until by about around before after a")
_CLAUSE_STARTS = words("because when on in as and but at")
_DAY_PARTS = words("morning afternoon evening")
_CLOCK = re.compile(r"[012]?\d\.[0-5]\d")
# after these "at 1.25" is a rate, not a quarter past one
_RATES = re.compile(
    r"(?:st[ao]o?n?d|trad|clos|open|put|rate|index|price|valu|fix|end|settl|peg|quot|remain|average|ratio)"
)
_DECADE_BEFORE = words("the his her their its my our early mid late -")
_OFFSET_AFTER = words("ago before after earlier later hence beforehand afterwards previously from")
_OFFSET_BEFORE = words("past last next coming previous following recent preceding")


def is_time(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """Whether an amount is a day of a month, a clock time, a year, or an offset such as "two days earlier"."""
    if amount.unit in (None, "h", "m") and not amount.is_money and amount.shape is not Shape.SHARE:
        tests = (_is_day, _is_on_the_clock, _is_clock_idiom, _is_year)
        if any(test(lexemes, amount) for test in tests):
            return True
    return _is_decade(lexemes, amount) or _is_offset(lexemes, amount)


def _is_decade(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "the 1990s", "his 30s": a unit only in form."""
    if amount.unit != "s" or at(lexemes, amount.last - 1) != "s" or amount.high % 10:
        return False
    return amount.high >= 1000 or at(lexemes, amount.first - 1) in _DECADE_BEFORE


def _is_day(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "3 May", "the 3rd to 7 March", "15 and 16 May", "May 3"."""
    if amount.high > 31:
        return False
    last = amount.last
    step = last + 1 if at(lexemes, last) == "of" else last
    if MONTHS.fullmatch(cased(lexemes, step)):
        return True
    if at(lexemes, last) in _LISTING and at(lexemes, last + 1).isdigit() and MONTHS.fullmatch(cased(lexemes, last + 2)):
        return True
    return bool(MONTHS.fullmatch(cased(lexemes, amount.first - 1))) and not COUNTABLE.fullmatch(at(lexemes, last))


def _is_on_the_clock(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "9am", "11 p.m.", "at 5.15", "six in the morning"."""
    first, last = amount.first, amount.last
    if amount.high >= 60:
        return False
    if at(lexemes, last) in _CLOCK_AFTER or run(lexemes, last, 3) in (["a", ".", "m"], ["p", ".", "m"]):
        return True
    if run(lexemes, last, 2) == ["in", "the"] and at(lexemes, last + 2) in _DAY_PARTS:
        return amount.unit is None
    is_bare = amount.unit != "m" and _CLOCK.fullmatch(at(lexemes, first)) and not at(lexemes, last).isalpha()
    is_led = at(lexemes, first - 1) in ("at", "by", "until", "from")
    return bool(is_bare and is_led) and not _RATES.match(at(lexemes, first - 2))


def _is_clock_idiom(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "ten to five", "half past four", "shortly after nine", "until ten"."""
    if amount.high > 29:
        return False
    before, earlier, after = at(lexemes, amount.first - 1), at(lexemes, amount.first - 2), at(lexemes, amount.last)
    if after in ("past", "to") and at(lexemes, amount.last + 1) in CARDINALS:
        return True
    if before in ("to", "past") and earlier in _CLOCK_PARTS:
        return before == "past" or at(lexemes, amount.first - 3) in _CLOCK_LEADS
    if before in ("after", "before") and earlier in _SHORTLY and not after.isalpha():
        return True
    return before in ("until", "till") and (not after.isalpha() or after in _CLAUSE_STARTS)


def _is_year(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    text, before, after = at(lexemes, amount.last - 1), at(lexemes, amount.first - 1), at(lexemes, amount.last)
    if amount.unit is not None or not re.fullmatch(r"\d{4}", text) or not 1000 <= amount.high <= 2100:
        return False
    if MONTHS.fullmatch(cased(lexemes, amount.first - 1)):
        return True
    is_counting = bool(COUNTABLE.fullmatch(after))
    if amount.is_range and amount.last - amount.first == 3:
        return amount.low >= 1000 and not is_counting
    if amount.high >= 1900:
        return before in _YEAR_BEFORE or not is_counting
    return before in ("in", "since", "until", "circa", "by")


def _is_offset(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "two days earlier", "the past three weeks", "in ten days' time", "ten days on,": parts of a date. "For three
    days before ..." stays a stretch of time."""
    if amount.unit not in TIME_UNITS or amount.shape in (Shape.AGE, Shape.ATTRIBUTIVE):
        return False
    before = [at(lexemes, amount.first - step) for step in (1, 2, 3)]
    after, later = run(lexemes, amount.last, 2)
    if before[0] in _OFFSET_BEFORE or (after in ("'", "’") and later == "time") or (after == "on" and later == ","):
        return True
    if after == "from":
        return later == "now"
    is_stretch = "for" in before or "lasted" in before or before[0] == "of"
    return after in _OFFSET_AFTER and not is_stretch
