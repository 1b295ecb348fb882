"""Numbers with their unit or currency, joined into ranges: what the numerals of a sentence measure, before its grammar.

An amount is the ``exact`` part of a quantity: "$3.2 million", "10-12k", "70 to 80 percent", "38-metre", "2-1".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from app.language.currencies import read_name, read_sign
from app.language.numerals import Form, Lexeme, Numeral, at, is_joined, read_numeral
from app.language.units import SHARES, read_unit

_WINDOW = 300  # characters of context that may decide a currency or a score
_DASHES = frozenset("-–—‐‑−")
_CHANGE = re.compile(
    r"\b(?:r[io]se[ns]?|rising|fall(?:s|en|ing)?|fell|gr[eo]wn?|grows|growing|increas\w+|decreas\w+|climb\w*|jump\w*|dropp?\w*|cut\w*|rais\w+|lower\w*|"
    r"reduc\w+|up|down|mov\w+|shr[aiu]nk\w*|slip\w*|slid\w*|soar\w*|surg\w+|plung\w+|narrow\w*|widen\w*|chang\w+|revis\w+|doubl\w+|trebl\w+|tripl\w+|halv\w+|w[eo]nt|go(?:es|ing)?|"
    r"trimm\w+|swell\w*|swollen|expand\w*|upgrad\w+|downgrad\w+|edg\w+|dipp?\w*|declin\w+)\b",
    re.IGNORECASE,
)
_SCORING = re.compile(
    r"\b(?:beat\w*|los[est]\w*|defeat\w*|dr[ea]w\w*|w[oi]n\w*|victor\w+|thrash\w*|score\w*|led|lead\w*|vot\w+|ruling|ruled|verdict|goals?|match|half-?time|leg|final|tie|overcame|trounc\w+|edged|upheld)\b",
    re.IGNORECASE,
)
_TEMPERATURE = re.compile(r"\b(?:temperatures?|heat\w*|cold\w*|warm\w*|hott?\w*|fr[eo]ez\w*|frost\w*|weather|forecast\w*|thermomet\w+|mercury|fever\w*|swelter\w*)\b", re.IGNORECASE)
_MEASURING = frozenset("nearly almost than over about around roughly least under within approximately only just".split())


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
    """A value or range over ``lexemes[first:last]``; ``scale`` is what a right side can lend its left side ("10-12k")."""

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
    if joined is None or _is_change(lexemes, left, text=text):
        return (left,)
    return (joined,)


def _is_change(lexemes: Sequence[Lexeme], left: Amount, *, text: str) -> bool:
    """ "rose from 85 cents to $1.10", "rose $1.20 to $84.35": two values, no range."""
    before = at(lexemes, left.first - 1)
    if before == "from":
        return bool(_CHANGE.search(_before(lexemes, left.first, text)))
    return at(lexemes, left.last) == "to" and left.unit is not None and bool(_CHANGE.fullmatch(before))


def _before(lexemes: Sequence[Lexeme], index: int, text: str) -> str:
    return text[lexemes[max(0, index - 12)].start : lexemes[index].start]


def _near(lexemes: Sequence[Lexeme], index: int, text: str) -> str:
    start = lexemes[min(index, len(lexemes) - 1)].start
    return text[max(0, start - _WINDOW) : start + _WINDOW]


def _read_one(lexemes: Sequence[Lexeme], index: int, *, text: str) -> Amount | None:
    start, sign = index, 1.0
    if at(lexemes, index) in ("minus", "−") or (at(lexemes, index) == "-" and not is_joined(lexemes, index) and is_joined(lexemes, index + 1)):
        index, sign = index + 1, -1.0
    money = read_sign(lexemes, index)
    numeral = read_numeral(lexemes, money[1] if money else index, is_money=bool(money))
    if numeral is None:
        return _read_single_unit(lexemes, index)
    if money:
        amount = Amount(start, numeral.last, numeral.value, numeral.value, money[0], is_money=True, scale=numeral.scale)
    else:
        amount = _measured(lexemes, replace(numeral, first=start), text=text)
    if sign < 0:
        if amount.unit not in ("°C", "°F", "deg", "%") and not amount.is_money:
            return None
        amount = replace(amount, low=-amount.low, high=-amount.high)
    return amount


def _read_single_unit(lexemes: Sequence[Lexeme], index: int) -> Amount | None:
    """ "a decade of", "more than an hour": one of a unit, where it is a measure and no denominator ("$9 an hour")."""
    if at(lexemes, index) not in ("a", "an"):
        return None
    unit = read_unit(lexemes, index + 1)
    if unit is None or unit[1] in SHARES or not (unit[0] > 1 or at(lexemes, index - 1) in _MEASURING):
        return None
    factor, symbol, end = unit
    if [at(lexemes, end + n) for n in range(3)] == ["and", "a", "half"]:
        factor, end = factor * 1.5, end + 3
    return Amount(index, end, factor, factor, symbol)


def _measured(lexemes: Sequence[Lexeme], numeral: Numeral, *, text: str) -> Amount:
    """A number with the unit, currency or hyphenated noun that follows it."""
    value, after = numeral.value, numeral.last
    near = _near(lexemes, numeral.first, text)
    hyphened = at(lexemes, after) in _DASHES and is_joined(lexemes, after) and is_joined(lexemes, after + 1) and at(lexemes, after + 1).isalpha()
    step = after + 1 if hyphened else after
    unit = read_unit(lexemes, step)
    name = read_name(lexemes, step, text=near, value=value)
    shape = {Form.SHARE: Shape.SHARE, Form.INDEFINITE: Shape.INDEFINITE}.get(numeral.form, Shape.ATTRIBUTIVE if hyphened else Shape.PLAIN)
    if shape is Shape.INDEFINITE and (unit or name):
        unit = name = None  # "hundreds of metres" is reached through its noun
    if name:
        factor, symbol, end = name
        return Amount(numeral.first, end, round(value * factor, 9), round(value * factor, 9), symbol, shape=Shape.PLAIN, is_money=True, scale=numeral.scale)
    if unit and numeral.form is not Form.INDEFINITE and not (numeral.form is Form.SHARE and unit[1] != "%" and not _is_glyph(lexemes, numeral)):
        factor, symbol, end = unit
        if symbol == "deg" and _TEMPERATURE.search(near):
            symbol = "°C"
        age_end = _age_end(lexemes, end) if symbol in ("yr", "mo", "wk", "d") else None
        shape = Shape.AGE if age_end else Shape.ATTRIBUTIVE if hyphened else Shape.PLAIN
        return Amount(numeral.first, age_end or end, value * factor, value * factor, symbol, shape=shape, scale=numeral.scale)
    if shape is Shape.SHARE:
        share = round(value * 100, 3)
        return Amount(numeral.first, after, share, share, "%", shape=shape)
    return Amount(numeral.first, after, value, value, None, shape=shape, scale=numeral.scale)


def _is_glyph(lexemes: Sequence[Lexeme], numeral: Numeral) -> bool:
    return numeral.last == numeral.first + 1 and not lexemes[numeral.first].text.isalpha()


def _age_end(lexemes: Sequence[Lexeme], index: int) -> int | None:
    """The end of "-year-old(s)", "years old", "years of age", when that is what follows a time unit."""
    if at(lexemes, index) == "-" and at(lexemes, index + 1) in ("old", "olds"):
        return index + 2
    if at(lexemes, index) == "old":
        return index + 1
    return index + 2 if at(lexemes, index) == "of" and at(lexemes, index + 1) == "age" else None


def _joint(lexemes: Sequence[Lexeme], left: Amount) -> int:
    """How many lexemes join an amount to the next one: 1 for "to", a dash, "and" after "between", "or"; else 0."""
    word = at(lexemes, left.last)
    if word in ("to", "or"):
        return 1
    if word == "and" and at(lexemes, left.first - 1) in ("between", "somewhere"):
        return 1
    if word in _DASHES and left.shape is not Shape.AGE:
        spaced = not is_joined(lexemes, left.last)
        return 0 if spaced != (not is_joined(lexemes, left.last + 1)) or (spaced and word == "-") else 1
    return 0


def _is_score(lexemes: Sequence[Lexeme], left: Amount, right: Amount, *, text: str) -> bool:
    """ "4-1", "61 to 58": two whole numbers without unit, falling, or in a sentence about matches and votes."""
    plain = all(side.unit is None and side.shape is Shape.PLAIN and side.low == int(side.low) < 1000 for side in (left, right))
    if not plain or at(lexemes, left.last) == "or":
        return False
    is_dash = at(lexemes, left.last) in _DASHES
    if left.low >= right.low:
        return is_dash
    is_counting = bool(re.fullmatch(r"[a-z]+s|people|per|%", at(lexemes, right.last)))
    return is_dash and not is_counting and bool(_SCORING.search(_near(lexemes, left.first, text)))


def _join(left: Amount, right: Amount) -> Amount | None:
    """One range from two amounts that share a scale and a unit, or None when they are two things."""
    if left.scale == 1.0 and right.scale > 1.0 and left.low < right.low / right.scale and left.low < 1000:
        left = replace(left, low=left.low * right.scale, high=left.high * right.scale)
    unit = right.unit or left.unit
    if left.unit not in (None, unit) or left.low >= right.high or Shape.INDEFINITE in (left.shape, right.shape):
        return None
    if left.unit is None and right.is_money and right.scale == 1.0 and left.low * 50 < right.low:
        return None
    return replace(right, first=left.first, low=left.low, unit=unit, is_range=True, is_money=left.is_money or right.is_money)
