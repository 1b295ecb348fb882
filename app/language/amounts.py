"""Numbers with their unit or currency, joined into ranges: what the numerals of a sentence measure, before its grammar.

An amount is the ``exact`` part of a quantity: "$3.2 million", "10-12k", "70 to 80 percent", "38-metre", "2-1".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from app.language.cardinals import Form, Numeral
from app.language.currencies import read_name, read_sign
from app.language.lexemes import Lexeme, at, cased, is_joined, run, words
from app.language.numerals import read_numeral
from app.language.units import SHARES, read_unit

_WINDOW = 150  # characters of context that may decide a currency or a score
_DASHES = frozenset("-–—‐‑−")
_CHANGE = re.compile(
    r"\b(?:r[io]se[ns]?|rising|fall(?:s|en|ing)?|fell|gr[eo]wn?|grows|growing|increas\w+|decreas\w+|climb\w*|jump\w*|"
    r"dropp?\w*|cut\w*|rais\w+|lower\w*|reduc\w+|up|down|mov\w+|shr[aiu]nk\w*|slip\w*|slid\w*|soar\w*|surg\w+|plung\w+|"
    r"narrow\w*|widen\w*|chang\w+|revis\w+|doubl\w+|trebl\w+|tripl\w+|halv\w+|w[eo]nt|go(?:es|ing)?|trimm\w+|swell\w*|"
    r"swollen|expand\w*|upgrad\w+|downgrad\w+|edg\w+|eas\w+|dipp?\w*|declin\w+)\b",
    re.IGNORECASE,
)
_SCORING = re.compile(
    r"\b(?:beat\w*|los[est]\w*|defeat\w*|dr[ea]w\w*|w[oi]n\w*|victor\w+|thrash\w*|score\w*|led|lead\w*|vot\w+|ruling|"
    r"ruled|verdict|goals?|match|half-?time|leg|final|tie|overcame|trounc\w+|edged|upheld)\b",
    re.IGNORECASE,
)
_TEMPERATURE = re.compile(
    r"\b(?:temperatures?|heat\w*|cold\w*|warm\w*|hott?\w*|fr[eo]ez\w*|frost\w*|weather|forecast\w*|thermomet\w+|"
    r"mercury|fever\w*|swelter\w*)\b",
    re.IGNORECASE,
)
# words after which "an hour" measures; elsewhere it is a denominator ("$9 an hour") or no more than a word
_MEASURING = words("nearly almost than over about around roughly least under within approximately only just")
_COUNTABLE = re.compile(r"[a-z]+s|people|per|%")


class Shape(Enum):
    """How an amount is written, as far as it changes what it can mean."""

    PLAIN = auto()
    SHARE = auto()
    INDEFINITE = auto()
    ATTRIBUTIVE = auto()  # hyphenated before a noun: "38-metre dam", "16-member panel"
    AGE = auto()
    SCORE = auto()


@dataclass(frozen=True, slots=True)
class Amount:
    """A value or range over ``lexemes[first:last]``; ``scale`` is what a right side lends its left side ("10-12k")."""

    first: int
    last: int
    low: float
    high: float
    unit: str | None
    shape: Shape = Shape.PLAIN
    is_range: bool = False
    is_money: bool = False
    scale: float = 1.0


def read_amounts(lexemes: Sequence[Lexeme], index: int, *, text: str) -> tuple[Amount, ...]:
    """What starts at ``index``: nothing, one amount or range, or the two sides of a score."""
    left = _read_one(lexemes, index, text=text)
    if left is None:
        return ()
    joint = _joint(lexemes, left)
    right = _read_one(lexemes, left.last + joint, text=text) if joint else None
    if right is None:
        return (left,)
    if _is_score(lexemes, left, right, text=text):
        return replace(left, shape=Shape.SCORE), replace(right, shape=Shape.SCORE)
    joined = _join(left, right)
    return (left,) if joined is None or _is_change(lexemes, left, text=text) else (joined,)


def _is_change(lexemes: Sequence[Lexeme], left: Amount, *, text: str) -> bool:
    """ "rose from 85 cents to $1.10", "rose $1.20 to $84.35", "fell by 3 % to 2,138": two values, no range."""
    before = at(lexemes, left.first - 1)
    if before == "by" and left.unit is not None:
        return True
    if before == "from":
        start = lexemes[max(0, left.first - 12)].start
        return bool(_CHANGE.search(text[start : lexemes[left.first].start]))
    return at(lexemes, left.last) == "to" and left.unit is not None and bool(_CHANGE.fullmatch(before))


def _near(lexemes: Sequence[Lexeme], index: int, text: str) -> str:
    start = lexemes[min(index, len(lexemes) - 1)].start
    return text[max(0, start - _WINDOW) : start + _WINDOW]


def _read_one(lexemes: Sequence[Lexeme], index: int, *, text: str) -> Amount | None:
    """One number with its unit or currency, below zero only where the unit allows it."""
    start = index
    is_dash = at(lexemes, index) == "-" and not is_joined(lexemes, index) and is_joined(lexemes, index + 1)
    if is_dash or at(lexemes, index) in ("minus", "−"):
        index += 1
    money = read_sign(lexemes, index)
    numeral = read_numeral(lexemes, money[1] if money else index, is_money=bool(money))
    if numeral is None:
        return _read_single_unit(lexemes, index) if index == start else None
    if money:
        amount = Amount(start, numeral.last, numeral.value, numeral.value, money[0], is_money=True, scale=numeral.scale)
    else:
        amount = _measured(lexemes, replace(numeral, first=start), text=text)
    if index == start:
        return amount
    if amount.unit is None and not is_dash and _TEMPERATURE.search(_near(lexemes, start, text)):
        amount = replace(amount, unit="°C")  # "fell to minus 15"
    if amount.unit not in ("°C", "°F", "deg", "%") and not amount.is_money:
        return None
    return replace(amount, low=-amount.low, high=-amount.high)


def _read_single_unit(lexemes: Sequence[Lexeme], index: int) -> Amount | None:
    """ "a decade of", "more than an hour", "an inch or two": one of a unit, where it is a measure and no denominator
    ("$9 an hour")."""
    if at(lexemes, index) not in ("a", "an"):
        return None
    unit = read_unit(lexemes, index + 1)
    is_pair = unit is not None and run(lexemes, unit[2], 2) == ["or", "two"]
    is_measure = unit is not None and (unit[0] > 1 or is_pair or at(lexemes, index - 1) in _MEASURING)
    if unit is None or unit[1] in SHARES or not is_measure:
        return None
    factor, symbol, end = unit
    if run(lexemes, end, 3) == ["and", "a", "half"]:
        factor, end = factor * 1.5, end + 3
    if is_pair:
        return Amount(index, end + 2, factor, 2 * factor, symbol, is_range=True)
    return Amount(index, end, factor, factor, symbol)


def _measured(lexemes: Sequence[Lexeme], numeral: Numeral, *, text: str) -> Amount:
    """A number with the unit, currency or hyphenated noun that follows it."""
    value, after = numeral.value, numeral.last
    if numeral.form is Form.INDEFINITE:
        return Amount(numeral.first, after, value, value, None, shape=Shape.INDEFINITE)
    is_joint = at(lexemes, after) in _DASHES and is_joined(lexemes, after) and is_joined(lexemes, after + 1)
    is_attribute = is_joint and at(lexemes, after + 1).isalpha()
    step = after + 1 if is_attribute else after
    near = _near(lexemes, numeral.first, text)
    name = read_name(lexemes, step, text=near, value=value)
    if name:
        factor, symbol, end = name
        total = round(value * factor, 9)
        return Amount(numeral.first, end, total, total, symbol, is_money=True, scale=numeral.scale)
    unit = _unit_of(lexemes, numeral, step, near)
    if unit:
        factor, symbol, end = unit
        age_end = _age_end(lexemes, end) if symbol in ("yr", "mo", "wk", "d") else None
        shape = Shape.AGE if age_end else Shape.ATTRIBUTIVE if is_attribute else Shape.PLAIN
        total = value * factor
        return Amount(numeral.first, age_end or end, total, total, symbol, shape=shape, scale=numeral.scale)
    if numeral.form is Form.SHARE:
        share = round(value * 100, 3)
        return Amount(numeral.first, after, share, share, "%", shape=Shape.SHARE)
    shape = Shape.ATTRIBUTIVE if is_attribute else Shape.PLAIN
    return Amount(numeral.first, after, value, value, None, shape=shape, scale=numeral.scale)


def _unit_of(lexemes: Sequence[Lexeme], numeral: Numeral, step: int, near: str) -> tuple[float, str, int] | None:
    """The unit after a number; bare degrees are Celsius in talk of the weather; "a third hour" has no unit."""
    unit = read_unit(lexemes, step)
    is_word = numeral.last > numeral.first + 1 or cased(lexemes, numeral.first).isalpha()
    if unit is None or (numeral.form is Form.SHARE and unit[1] != "%" and is_word):
        return None
    factor, symbol, end = unit
    return (factor, "°C", end) if symbol == "deg" and _TEMPERATURE.search(near) else unit


def _age_end(lexemes: Sequence[Lexeme], index: int) -> int | None:
    """The end of "-year-old(s)", "years old", "years of age", when that is what follows a time unit."""
    if at(lexemes, index) == "-" and at(lexemes, index + 1) in ("old", "olds"):
        return index + 2
    if at(lexemes, index) == "old":
        return index + 1
    return index + 2 if run(lexemes, index, 2) == ["of", "age"] else None


def _joint(lexemes: Sequence[Lexeme], left: Amount) -> int:
    """How many lexemes join an amount to the next one: 1 for "to", a dash, "and" after "between", "or"; else 0."""
    word = at(lexemes, left.last)
    if word in ("to", "or") or (word == "and" and at(lexemes, left.first - 1) in ("between", "somewhere")):
        return 1
    if word in _DASHES and left.shape is not Shape.AGE:
        is_open, is_spaced = not is_joined(lexemes, left.last), not is_joined(lexemes, left.last + 1)
        return 0 if is_open != is_spaced or (is_spaced and word == "-") else 1
    return 0


def _is_score(lexemes: Sequence[Lexeme], left: Amount, right: Amount, *, text: str) -> bool:
    """ "4-1", "2-3": two whole numbers without unit, falling, or rising in a sentence about matches and votes."""
    is_dash = at(lexemes, left.last) in _DASHES
    for side in (left, right):
        is_dash = is_dash and side.unit is None and side.shape is Shape.PLAIN and side.low == int(side.low) < 1000
    if not is_dash or left.low >= right.low:
        return is_dash
    is_counting = bool(_COUNTABLE.fullmatch(at(lexemes, right.last)))
    return not is_counting and bool(_SCORING.search(_near(lexemes, left.first, text)))


def _join(left: Amount, right: Amount) -> Amount | None:
    """One range from two amounts that share a scale and a unit, or None when they are two things."""
    if left.scale == 1.0 and right.scale > 1.0 and left.low < right.low / right.scale and left.low < 1000:
        left = replace(left, low=left.low * right.scale, high=left.high * right.scale)
    unit = right.unit or left.unit
    if left.unit not in (None, unit) or left.low >= right.high or Shape.INDEFINITE in (left.shape, right.shape):
        return None
    if left.unit is None and right.is_money and right.scale == 1.0 and left.low * 50 < right.low:
        return None
    is_money = left.is_money or right.is_money
    return replace(right, first=left.first, low=left.low, unit=unit, is_range=True, is_money=is_money)
