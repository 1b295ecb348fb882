"""Numbers as they stand: digits with separators and fractions, cardinals in words, and the scales behind them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from text_to_num import text2num

from app.language.lexemes import Lexeme, at, cased, is_joined, run, words
from app.language.metres import is_metres

_DIGITS = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|"
    r"\d{1,3}(?:\.\d{3}){2,}|\d+(?:\.\d+)?"
)
_LONGEST = 24  # characters; longer digit strings are serial numbers or junk
_LARGE = frozenset({"hundred", "thousand", "million", "billion", "trillion"})
_LONGEST_RUN = 16  # lexemes of a number in words
_BELOW_TEN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
CARDINALS = words(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
    "twenty thirty forty fifty sixty seventy eighty ninety"
).union(_BELOW_TEN)
ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth "
    "ninetieth hundredth thousandth"
)
SCALES = {
    "dozen": 12,
    "score": 20,
    "hundred": 100,
    "thousand": 10**3,
    "lakh": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
}
_SUFFIXES = {"k": 10**3, "mn": 10**6, "mln": 10**6, "bn": 10**9, "bln": 10**9, "tn": 10**12, "trn": 10**12}
_MONEY_SUFFIXES = {"m": 10**6, "b": 10**9, "t": 10**12} | _SUFFIXES
_DENOMINATORS = frozenset({2, 3, 4, 8})  # in digits: "2 3/4"
_GLYPHS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅕": 0.2, "⅛": 0.125}


class Form(Enum):
    """What kind of number a numeral is."""

    CARDINAL = auto()
    SHARE = auto()  # part of a whole: "a third", "three in four"
    INDEFINITE = auto()  # "hundreds": at least two of the scale


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number over ``lexemes[first:last]``. ``raw`` is the value before a scale word; a share's value is 0-1."""

    first: int
    last: int
    value: float
    form: Form = Form.CARDINAL
    raw: float | None = None

    @property
    def scale(self) -> float:
        """The factor of a scale word or suffix that follows a plain number: 1,000 in "12k"."""
        return self.value / self.raw if self.raw else 1.0


def digits(text: str) -> Decimal | None:
    """The value of digits with separators ("10,000", "3.5", "1.250.000"), or None when they are no single number."""
    if len(text) > _LONGEST or not _DIGITS.fullmatch(text):
        return None
    if text.count(".") > 1:
        text = text.replace(".", "")
    return Decimal(re.sub(r"[, \u00a0\u202f\u2009]", "", text))


def read_cardinal(lexemes: Sequence[Lexeme], index: int, *, is_money: bool) -> Numeral | None:
    """The number in digits, in words or as a glyph that starts at ``index``, with its scale, or None."""
    text = cased(lexemes, index)
    if text in _GLYPHS:
        return Numeral(index, index + 1, _GLYPHS[text], Form.SHARE)
    if text[:1].isdigit():
        value, after = digits(text), index + 1
        part, end = _read_part(lexemes, after)
        if value is not None and part:
            scale, after = read_scale(lexemes, end, is_money=is_money)
            mixed = float(value) + part
            return Numeral(index, after, mixed * scale, raw=mixed)
    else:
        value, after = _read_words(lexemes, index)
    if value is None:
        return None
    scale, after = read_scale(lexemes, after, is_money=is_money)
    if scale == 1 and at(lexemes, after - 1) in SCALES:
        scale = SCALES[at(lexemes, after - 1)]  # text2num has read it: "three thousand"
        value /= scale
    return Numeral(index, after, float(value * scale), raw=float(value))


def _read_part(lexemes: Sequence[Lexeme], index: int) -> tuple[float, int]:
    """The fraction behind whole digits, "½" or " 1/2", and the index after it; 0 where there is none."""
    if at(lexemes, index) in _GLYPHS and is_joined(lexemes, index):
        return _GLYPHS[at(lexemes, index)], index + 1
    above, stroke, below = run(lexemes, index, 3)
    is_fraction = stroke == "/" and above.isdigit() and below.isdigit() and int(below) in _DENOMINATORS
    if not is_fraction or int(above) >= int(below) or is_joined(lexemes, index + 3):
        return 0, index
    return int(above) / int(below), index + 3


def _read_words(lexemes: Sequence[Lexeme], index: int) -> tuple[Decimal | None, int]:
    """A cardinal in words: "two hundred and fifty", "a" or nothing before "hundred", "three point five"."""
    word, following = at(lexemes, index), at(lexemes, index + 1)
    if word == "a" and following in _LARGE:
        return _read_from_a(lexemes, index)
    if word in ("a", "one") and following in SCALES and (word == "a" or following in ("dozen", "score")):
        return Decimal(1), index + 1
    if word in SCALES and word != "score" and following != "-":
        return Decimal(1), index
    return _read_run(lexemes, index) if word in CARDINALS else (None, index)


def _read_from_a(lexemes: Sequence[Lexeme], index: int) -> tuple[Decimal | None, int]:
    """ "a hundred and twelve", "a hundred thousand": read as one hundred; "a hundred" alone is left to its scale."""
    read, end = _run_of_words(lexemes, index + 1, before="one")
    if any(word not in _LARGE for word in read[1:]):
        try:
            return Decimal(text2num(" ".join(read), "en")), end
        except ValueError:  # "a hundred and two hundred": two numbers
            pass
    return Decimal(1), index + 1


def _read_run(lexemes: Sequence[Lexeme], index: int) -> tuple[Decimal | None, int]:
    read, end = _run_of_words(lexemes, index)
    if at(lexemes, end) == "-" and at(lexemes, end + 1) in ORDINALS:
        return None, index  # "twenty-first"
    try:
        value = Decimal(text2num(" ".join(read), "en"))
    except ValueError:  # "one two": two numbers
        return Decimal(text2num(read[0], "en")), index + 1
    if at(lexemes, end) == "point" and at(lexemes, end + 1) in _BELOW_TEN:
        return value + Decimal(_BELOW_TEN.index(at(lexemes, end + 1))) / 10, end + 2
    return value, end


def _run_of_words(lexemes: Sequence[Lexeme], index: int, *, before: str = "") -> tuple[list[str], int]:
    """Number words that may make one number, after ``before``, and the index after them."""
    read: list[str] = [before] if before else []
    end = index
    while end < min(len(lexemes), index + _LONGEST_RUN):
        word, is_followed = at(lexemes, end), at(lexemes, end + 1) in CARDINALS
        if word in CARDINALS or (read and word in _LARGE):
            read.append(word)
        elif not is_followed or not (word == "-" or (word == "and" and read[-1] in SCALES)):
            break
        end += 1
    return read, end


def read_scale(lexemes: Sequence[Lexeme], index: int, *, is_money: bool) -> tuple[int, int]:
    """The factor of the scale words or the suffix at ``index``, and the index after them."""
    suffix = at(lexemes, index)
    if is_joined(lexemes, index) and cased(lexemes, index - 1)[0].isdigit():
        if suffix in (_MONEY_SUFFIXES if is_money else _SUFFIXES):
            return _MONEY_SUFFIXES[suffix], index + 1
        if suffix == "m" and not is_metres(lexemes, index, value=float(digits(at(lexemes, index - 1)) or 0)):
            return 10**6, index + 1
    scale = 1
    while True:
        step = index + 1 if at(lexemes, index) == "-" else index
        word = at(lexemes, step)
        if word not in SCALES and word not in ("bn", "bln", "mln") and not (is_money and word in ("mn", "m")):
            return scale, index
        scale *= SCALES.get(word) or _MONEY_SUFFIXES[word]
        index = step + 1
