"""Lexemes and the numbers written in them: digits with separators and scales, number words, fractions, ratios.

Plain cardinals in words are read by ``text2num``; dozens, scores, halves, shares ("two-thirds", "three in four") and
indefinite plurals ("tens of thousands") are outside its grammar and are read here. Everything looks a bounded number
of lexemes ahead, so reading is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import NamedTuple

from text_to_num import text2num

_LEXEME = re.compile(r"\d+(?:[.,\u00a0\u202f\u2009]\d+)*|[^\W\d_]+|\S")
_DIGITS = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d{1,3}(?:\.\d{3}){2,}|\d+(?:\.\d+)?"
)
_LONGEST = 24  # characters; longer digit strings are serial numbers or junk

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ORDINALS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth hundredth thousandth".split()
)
CARDINALS = frozenset((_UNITS + " " + _TENS).split())
SCALES = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 10**3, "lakh": 10**5, "million": 10**6, "crore": 10**7, "billion": 10**9, "trillion": 10**12}
_SUFFIXES = {"k": 10**3, "mn": 10**6, "mln": 10**6, "bn": 10**9, "bln": 10**9, "tn": 10**12, "trn": 10**12}
_MONEY_SUFFIXES = {"m": 10**6, "b": 10**9, "t": 10**12} | _SUFFIXES
_PLURAL_SCALES = {"tens": 10, "dozens": 12, "scores": 20, "hundreds": 100, "thousands": 10**3, "millions": 10**6, "billions": 10**9, "trillions": 10**12}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "twelfth": 12, "hundredth": 100}
_GLYPHS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅕": 0.2, "⅛": 0.125}
# "a third" is a share before "of" or beside a word that measures; elsewhere it is one more in a row ("a third attempt").
_SHARE_BEFORE = frozenset("by than nearly about around roughly almost approximately only just over under some fully to above below estimated".split())
_SHARE_AFTER = frozenset("of more less fewer higher lower cheaper bigger smaller larger faster off".split())
_RATIO_BASES = frozenset({2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 100, 200, 500, 1000, 10000, 100000, 1000000})
_PERIODS = frozenset("minutes hours days weeks months years decades".split())
_PLURAL_NOUN = re.compile(r"[a-z]{2,}[^\Ws]s|people|children|men|women|staff|police|tonnes")


class Lexeme(NamedTuple):
    """A run of digits with separators, a run of letters, or one other character; ``end`` is exclusive."""

    start: int
    end: int
    text: str
    lower: str


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


def lex(text: str) -> list[Lexeme]:
    """Split a text into lexemes, in order, white space left out."""
    return [Lexeme(m.start(), m.end(), m.group(), m.group().lower()) for m in _LEXEME.finditer(text)]


def at(lexemes: Sequence[Lexeme], index: int) -> str:
    """The lower-case lexeme at an index, or "" outside the text."""
    return lexemes[index].lower if 0 <= index < len(lexemes) else ""


def is_joined(lexemes: Sequence[Lexeme], index: int) -> bool:
    """Whether a lexeme follows the one before it without white space."""
    return 0 < index < len(lexemes) and lexemes[index - 1].end == lexemes[index].start


def read_numeral(lexemes: Sequence[Lexeme], index: int, *, is_money: bool = False) -> Numeral | None:
    """The longest number that starts at ``index``, or None. With ``is_money`` "40m" is forty million."""
    first = _read_half(lexemes, index) or _read_indefinite(lexemes, index)
    if first:
        return first
    number = _read_cardinal(lexemes, index, is_money=is_money)
    if number is None:
        step = index + 2 if at(lexemes, index + 1) == "-" else index + 1
        return _read_part(lexemes, index, count=1, at_part=step) if at(lexemes, index) in ("a", "one") else None
    return _read_ratio(lexemes, number) or _read_mixed(lexemes, number) or _part_after(lexemes, number) or number


def digits(text: str) -> Decimal | None:
    """The value of digits with separators ("10,000", "3.5", "1.250.000"), or None when they are no single number."""
    if len(text) > _LONGEST or not _DIGITS.fullmatch(text):
        return None
    if text.count(".") > 1:
        text = text.replace(".", "")
    return Decimal(re.sub(r"[,\u00a0\u202f\u2009]", "", text))


def _read_cardinal(lexemes: Sequence[Lexeme], index: int, *, is_money: bool) -> Numeral | None:
    if index >= len(lexemes):
        return None
    lexeme = lexemes[index]
    if lexeme.text[0].isdigit():
        value = digits(lexeme.text)
        if value is None:
            return None
        after = index + 1
        if at(lexemes, after) in _GLYPHS and is_joined(lexemes, after):
            return Numeral(index, after + 1, float(value) + _GLYPHS[lexemes[after].text])
    elif lexeme.text in _GLYPHS:
        return Numeral(index, index + 1, _GLYPHS[lexeme.text], Form.SHARE)
    else:
        words = _read_words(lexemes, index)
        if words is None:
            return None
        value, after = words
    scale, after = _read_scale(lexemes, after, is_money=is_money)
    if scale == 1 and at(lexemes, after - 1) in SCALES:
        scale = SCALES[at(lexemes, after - 1)]  # text2num has read it: "three thousand"
        value /= scale
    return Numeral(index, after, float(value * scale), raw=float(value))


def _read_words(lexemes: Sequence[Lexeme], index: int) -> tuple[Decimal, int] | None:
    """A cardinal in words without its last scale: "two hundred and fifty", "a" before "hundred", "three point five"."""
    if at(lexemes, index) in ("a", "one") and at(lexemes, index + 1) in SCALES:
        return (Decimal(1), index + 1) if at(lexemes, index) == "a" or at(lexemes, index + 1) in ("dozen", "score") else _read_run(lexemes, index)
    if at(lexemes, index) in SCALES and at(lexemes, index) != "score" and at(lexemes, index + 1) != "-":
        return Decimal(1), index
    return _read_run(lexemes, index) if at(lexemes, index) in CARDINALS else None


def _read_run(lexemes: Sequence[Lexeme], index: int) -> tuple[Decimal, int] | None:
    words, end = [], index
    while end < min(len(lexemes), index + 16):
        word = lexemes[end].lower
        if word in CARDINALS or (words and word in SCALES and word not in ("dozen", "score", "lakh", "crore")):
            words.append(word)
        elif not (word == "-" and at(lexemes, end + 1) in CARDINALS) and not (
            word == "and" and words and words[-1] in SCALES and at(lexemes, end + 1) in CARDINALS
        ):
            break
        end += 1
    if at(lexemes, end) == "-" and at(lexemes, end + 1) in ORDINALS:
        return None  # "twenty-first"
    for size in range(len(words), 0, -1):
        try:
            value = Decimal(text2num(" ".join(words[:size]), "en"))
        except ValueError:
            continue
        if size == len(words):
            return _read_point(lexemes, value, end)
        return Decimal(text2num(words[0], "en")), index + 1
    return None


def _read_point(lexemes: Sequence[Lexeme], value: Decimal, end: int) -> tuple[Decimal, int]:
    if at(lexemes, end) == "point" and at(lexemes, end + 1) in _UNITS.split()[:10]:
        return value + Decimal(_UNITS.split().index(at(lexemes, end + 1))) / 10, end + 2
    return value, end


def _read_scale(lexemes: Sequence[Lexeme], index: int, *, is_money: bool) -> tuple[int, int]:
    suffix = at(lexemes, index)
    if is_joined(lexemes, index) and lexemes[index - 1].text[0].isdigit():
        if suffix in (_MONEY_SUFFIXES if is_money else _SUFFIXES):
            return _MONEY_SUFFIXES[suffix], index + 1
        if suffix == "m" and not is_joined(lexemes, index + 1) and _PLURAL_NOUN.fullmatch(at(lexemes, index + 1)):
            return 10**6, index + 1  # "40m users", while "a 40m crane" is metres
    scale = 1
    while True:
        step = index + 1 if at(lexemes, index) == "-" else index
        word = at(lexemes, step)
        if word not in SCALES and not (is_money and word in ("bn", "mn", "m")):
            return scale, index
        scale *= SCALES.get(word) or _MONEY_SUFFIXES[word]
        index = step + 1


def _read_half(lexemes: Sequence[Lexeme], index: int) -> Numeral | None:
    """ "half a million", "half an hour", "a quarter of a mile": a part of one, not a share of something else."""
    word = at(lexemes, index)
    if word == "half" and at(lexemes, index + 1) in ("a", "an"):
        part, after = 0.5, index + 2
    elif word == "a" and at(lexemes, index + 1) == "quarter" and at(lexemes, index + 2) == "of" and at(lexemes, index + 3) in ("a", "an"):
        part, after = 0.25, index + 4
    elif word == "half" and at(lexemes, index - 1) not in ORDINALS and at(lexemes, index + 1) not in ("-", "past") and at(lexemes, index - 1) != "-":
        return Numeral(index, index + 1, 0.5, Form.SHARE)
    else:
        return None
    scale, end = _read_scale(lexemes, after, is_money=False)
    return Numeral(index, end, part * scale)


def _read_indefinite(lexemes: Sequence[Lexeme], index: int) -> Numeral | None:
    word, after = at(lexemes, index), index + 1
    if word in ("several", "few") and at(lexemes, after) in SCALES and at(lexemes, after) != "score":
        scale, end = _read_scale(lexemes, after, is_money=False)
        return Numeral(index, end, (3 if word == "several" else 2) * scale, Form.INDEFINITE)
    if word not in _PLURAL_SCALES:
        return None
    if at(lexemes, after) == "of" and at(lexemes, after + 1) in _PLURAL_SCALES:
        return Numeral(index, after + 2, 2 * _PLURAL_SCALES[word] * _PLURAL_SCALES[at(lexemes, after + 1)], Form.INDEFINITE)
    if word == "tens" or (word == "scores" and at(lexemes, after) != "of"):
        return None
    return Numeral(index, after, 2 * _PLURAL_SCALES[word], Form.INDEFINITE)


def _read_part(lexemes: Sequence[Lexeme], index: int, *, count: float, at_part: int) -> Numeral | None:
    """A fraction whose count ends before ``at_part``: "a third", "two-thirds"."""
    word = at(lexemes, at_part)
    singular = {"halves": "half"}.get(word, word.removesuffix("s"))
    if singular not in _PARTS or count >= _PARTS[singular] or (count == 1) != (word == singular):
        return None
    if word == singular and (word != "half" or index < at_part):
        before = at(lexemes, index - 1)
        if before == "and" or (at(lexemes, at_part + 1) not in _SHARE_AFTER and before not in _SHARE_BEFORE):
            return None
    if at(lexemes, at_part + 1) == "of" and at(lexemes, at_part + 2) == "a" and at(lexemes, at_part + 3) in SCALES:
        scale, end = _read_scale(lexemes, at_part + 3, is_money=False)
        return Numeral(index, end, count / _PARTS[singular] * scale)  # "three-quarters of a million"
    return Numeral(index, at_part + 1, count / _PARTS[singular], Form.SHARE)


def _part_after(lexemes: Sequence[Lexeme], number: Numeral) -> Numeral | None:
    step = number.last + 1 if at(lexemes, number.last) == "-" else number.last
    return _read_part(lexemes, number.first, count=number.value, at_part=step)


def _read_mixed(lexemes: Sequence[Lexeme], number: Numeral) -> Numeral | None:
    """ "two and a half [million]", also with hyphens."""
    index = number.last
    words = [word for word in (at(lexemes, index + n) for n in range(6)) if word != "-"][:3]
    if words not in (["and", "a", "half"], ["and", "a", "quarter"]):
        return None
    while at(lexemes, index) not in ("half", "quarter"):
        index += 1
    part = 0.5 if at(lexemes, index) == "half" else 0.25
    scale, end = _read_scale(lexemes, index + 1, is_money=False)
    return Numeral(number.first, end, (number.value + part * number.scale) * scale)


def _read_ratio(lexemes: Sequence[Lexeme], number: Numeral) -> Numeral | None:
    """ "three in four", "seven out of ten", "one in every five", as a share."""
    index = number.last
    is_named = at(lexemes, index + 1) == "in" and number.value < 10 and lexemes[index].text.isalpha() and lexemes[index].text.islower()
    if is_named and at(lexemes, index) not in SCALES:
        index += 1  # "one train in ten"
    if at(lexemes, index) == "in":
        index += 2 if at(lexemes, index + 1) == "every" else 1
    elif at(lexemes, index) == "out" and at(lexemes, index + 1) == "of":
        index += 3 if at(lexemes, index + 2) == "every" else 2
    else:
        return None
    whole = _read_cardinal(lexemes, index, is_money=False)
    if whole is None or whole.value not in _RATIO_BASES or number.value >= whole.value or at(lexemes, whole.last) in _PERIODS:
        return None
    return Numeral(number.first, whole.last, number.value / whole.value, Form.SHARE)
