"""The longest number at a place in copy: a cardinal, a part of one, an indefinite plural or a share.

Cardinals are read by ``cardinals``. Halves, shares ("two-thirds", "three in four") and indefinite plurals ("tens of
thousands") are read here, outside the grammar of ``text2num``. Everything looks a bounded number of lexemes ahead, so
reading is linear in the length of the text.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.language.cardinals import ORDINALS, SCALES, Form, Numeral, read_cardinal, read_scale
from app.language.lexemes import Lexeme, at, cased, run, words

_PARTS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "twelfth": 12,
    "hundredth": 100,
}
# "a third" is a share before "of" or beside a word that measures; elsewhere one more in a row ("a third attempt").
_SHARE_BEFORE = words(
    "by than nearly about around roughly almost approximately only just over under some fully to above below estimated"
)
_SHARE_AFTER = words("of more less fewer higher lower cheaper bigger smaller larger faster off")
_RATIO_BASES = frozenset({*range(2, 11), 12, 15, 20, 25, 30, 40, 50, 100, 200, 500, 10**3, 10**4, 10**5, 10**6})
_PERIODS = words("minutes hours days weeks months years decades")
_PLURAL_SCALES = {"tens": 10} | {f"{scale}s": size for scale, size in SCALES.items()}


def read_numeral(lexemes: Sequence[Lexeme], index: int, *, is_money: bool = False) -> Numeral | None:
    """The longest number that starts at ``index``, or None. With ``is_money`` "40m" is forty million."""
    first = _read_half(lexemes, index) or _read_indefinite(lexemes, index)
    if first:
        return first
    number = read_cardinal(lexemes, index, is_money=is_money)
    if number is None:
        return _part_after(lexemes, index, 1, index + 1) if at(lexemes, index) in ("a", "one") else None
    part = _part_after(lexemes, number.first, number.value, number.last)
    return _read_ratio(lexemes, number) or _read_mixed(lexemes, number) or part or number


def _read_half(lexemes: Sequence[Lexeme], index: int) -> Numeral | None:
    """ "half a million", "half an hour", "a quarter of a mile": a part of one; bare "half" is a share."""
    word, following = at(lexemes, index), at(lexemes, index + 1)
    if word == "half" and following in ("a", "an"):
        part, after = 0.5, index + 2
    elif run(lexemes, index, 3) == ["a", "quarter", "of"] and at(lexemes, index + 3) in ("a", "an"):
        part, after = 0.25, index + 4
    elif word == "half" and at(lexemes, index - 1) not in ORDINALS | {"-"} and following not in ("-", "past"):
        return Numeral(index, index + 1, 0.5, Form.SHARE)
    else:
        return None
    scale, end = read_scale(lexemes, after, is_money=False)
    return Numeral(index, end, part * scale)


def _read_indefinite(lexemes: Sequence[Lexeme], index: int) -> Numeral | None:
    """ "hundreds", "tens of thousands": at least two of the scale; "several hundred": at least three."""
    word, after = at(lexemes, index), index + 1
    if word in ("several", "few") and at(lexemes, after) in SCALES and at(lexemes, after) != "score":
        scale, end = read_scale(lexemes, after, is_money=False)
        return Numeral(index, end, (3 if word == "several" else 2) * scale, Form.INDEFINITE)
    if word not in _PLURAL_SCALES:
        return None
    if at(lexemes, after) == "of" and at(lexemes, after + 1) in _PLURAL_SCALES:
        value = 2 * _PLURAL_SCALES[word] * _PLURAL_SCALES[at(lexemes, after + 1)]
        return Numeral(index, after + 2, value, Form.INDEFINITE)
    if word == "tens" or (word == "scores" and at(lexemes, after) != "of"):
        return None
    return Numeral(index, after, 2 * _PLURAL_SCALES[word], Form.INDEFINITE)


def _part_after(lexemes: Sequence[Lexeme], first: int, count: float, index: int) -> Numeral | None:
    """A fraction with its denominator at ``index``, after a hyphen or not: "a third", "two-thirds"."""
    place = index + 1 if at(lexemes, index) == "-" else index
    word = at(lexemes, place)
    singular = {"halves": "half"}.get(word, word.removesuffix("s"))
    if singular not in _PARTS or count >= _PARTS[singular] or (count == 1) != (word == singular):
        return None
    value = count / _PARTS[singular]
    if run(lexemes, place + 1, 2) == ["of", "a"] and at(lexemes, place + 3) in SCALES:
        scale, end = read_scale(lexemes, place + 3, is_money=False)
        return Numeral(first, end, value * scale)  # "three-quarters of a million"
    before, after = at(lexemes, first - 1), at(lexemes, place + 1)
    if count == 1 and (before == "and" or not (after in _SHARE_AFTER or before in _SHARE_BEFORE)):
        return None
    return Numeral(first, place + 1, value, Form.SHARE)


def _read_mixed(lexemes: Sequence[Lexeme], number: Numeral) -> Numeral | None:
    """ "two and a half [million]", also with hyphens."""
    index = number.last
    following = [word for word in run(lexemes, index, 6) if word != "-"][:3]
    if following not in (["and", "a", "half"], ["and", "a", "quarter"]):
        return None
    while at(lexemes, index) not in ("half", "quarter"):
        index += 1
    part = 0.5 if at(lexemes, index) == "half" else 0.25
    scale, end = read_scale(lexemes, index + 1, is_money=False)
    return Numeral(number.first, end, (number.value + part * number.scale) * scale)


def _read_ratio(lexemes: Sequence[Lexeme], number: Numeral) -> Numeral | None:
    """ "three in four", "seven out of ten", "one in every five", "one train in ten", "1-in-4", as a share."""
    index = number.last
    noun = cased(lexemes, index)
    if (
        at(lexemes, index + 1) == "in"
        and number.value < 10
        and noun.isalpha()
        and noun.islower()
        and noun not in SCALES
    ):
        index += 1
    if at(lexemes, index) == "in":
        index += 1
    elif run(lexemes, index, 3) == ["-", "in", "-"]:
        index += 3
    elif run(lexemes, index, 2) == ["out", "of"]:
        index += 2
    else:
        return None
    whole = read_cardinal(lexemes, index + 1 if at(lexemes, index) == "every" else index, is_money=False)
    if whole is None or whole.value not in _RATIO_BASES or number.value >= whole.value:
        return None
    if at(lexemes, whole.last) in _PERIODS:
        return None  # "five in ten days"
    return Numeral(number.first, whole.last, number.value / whole.value, Form.SHARE)
