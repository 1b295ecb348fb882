"""Quantities of a sentence: every number that counts or measures, with its bounds, unit, counted thing and role."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

import spacy.tokens

from app.domain.values import Qualifier, Quantity, Span
from app.language.amounts import Amount, Shape, read_amounts
from app.language.counted import Counted, counted_of, is_elliptic, score_counted
from app.language.designations import is_designation
from app.language.numerals import Lexeme, at, lex
from app.language.qualifiers import qualifier_of
from app.language.units import TIME_UNITS, base_measure

_AGE_BEFORE = frozenset("aged age ages".split())
_YOUNG = re.compile(r"\b(?:child|children|boys?|girls?|infants?|bab(?:y|ies)|people|adults?|anyone|those|everyone|women|men|kids|pupils|patients|players|teenagers?|residents|workers|citizens)\s+(?:aged\s+)?(?:under|over|below|above|between|from)\s*$", re.IGNORECASE)
_OF_AGE = re.compile(r"\b(?:boy|girl|child|man|woman|son|daughter|schoolboy|schoolgirl|youth|lad|toddler|widow|pensioner)\s+of\s*$", re.IGNORECASE)
_AT_AGE = re.compile(r"(?:^|[\"“‘'.] ?)At(?: just| only| age)? $|\b[Aa]t the age of $")
_NAMED = re.compile(r"[^\W\d_]+[\w'’-]*\s*[,(]\s*$")
_POLL = re.compile(r"%|\bper ?cent\b|\b(?:poll\w*|survey|support|lead|turnout|share|rating|margin|approval|percentage|rate)\b", re.IGNORECASE)
_CONTRAST = frozenset("against from to than with but above over under below about around at by just only was is and or".split())
_HEDGE = r"(?:(?:about|some|around|roughly|nearly|almost|just|only|over|under|up to|at least|more than|an estimated|equivalent to)\s+)*"
_REPEATS = re.compile(r"(?:\s+\w+){0,2}(?:,?\s+(?:or|to|against)\s+|,?\s+(?:down|up)\s+from\s+|\s*\()" + _HEDGE, re.IGNORECASE)
_WINDOW = 200


def find_quantities(sent: spacy.tokens.Span, *, offset: int, taken: Sequence[Span] = ()) -> tuple[Quantity, ...]:
    """The quantities of a parsed sentence, in order. ``offset`` is where the parsed text starts in the article;
    ``taken`` are the article's time expressions, whose numbers count nothing. Linear in the sentence's length."""
    text, start = sent.text, offset + sent.start_char
    lexemes = lex(text)
    blocked = _Blocked(taken)
    is_titled = _is_titled(lexemes)
    tokens = list(sent)
    places = [token.idx - sent.start_char for token in tokens]
    found: list[Quantity] = []
    index = 0
    while index < len(lexemes):
        amounts = read_amounts(lexemes, index, text=text)
        if amounts and is_designation(lexemes, amounts[0], text=text, is_titled=is_titled):
            index = amounts[-1].last
            continue
        for bare in amounts:
            amount = _aged(lexemes, _points(lexemes, bare, text), text)
            low, high = lexemes[amount.first].start, lexemes[amount.last - 1].end
            if blocked.covers(start + low, start + high, is_free=_is_free(lexemes, amount)):
                continue
            first, last = bisect_right(places, low) - 1, bisect_left(places, high)
            found.append(_quantity(tokens, first, last, amount=amount, text=text, at=(low, high), start=start, found=found))
        index = max((amount.last for amount in amounts), default=index + 1)
    return tuple(found)


class _Blocked:
    """Time expressions, looked up by position."""

    def __init__(self, taken: Sequence[Span]) -> None:
        spans = sorted((span.start, span.end) for span in taken)
        self._starts = [span[0] for span in spans]
        self._ends = [span[1] for span in spans]

    def covers(self, start: int, end: int, *, is_free: bool) -> bool:
        """Whether ``[start, end)`` overlaps one; "for three weeks" stays a quantity inside any (``is_free``)."""
        index = bisect_left(self._starts, end) - 1
        return not is_free and index >= 0 and self._ends[index] > start


def _is_free(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    return amount.unit in TIME_UNITS and "for" in (at(lexemes, amount.first - 1), at(lexemes, amount.first - 2))


def _is_titled(lexemes: Sequence[Lexeme]) -> bool:
    """Capitals or title case: capitals mark no names here."""
    words = [lexeme.text for lexeme in lexemes[:60] if len(lexeme.text) > 3 and lexeme.text.isalpha()]
    return len(words) > 2 and sum(word[0].isupper() for word in words) > 0.75 * len(words)


def _points(lexemes: Sequence[Lexeme], amount: Amount, text: str) -> Amount:
    """ "three points" of a poll or rate are percentage points."""
    if amount.unit is not None or amount.shape is not Shape.PLAIN or at(lexemes, amount.last) not in ("point", "points"):
        return amount
    start = lexemes[amount.first].start
    if not _POLL.search(text[max(0, start - _WINDOW) : start + _WINDOW]):
        return amount
    return replace(amount, unit="pp", last=amount.last + 1)


def _aged(lexemes: Sequence[Lexeme], amount: Amount, text: str) -> Amount:
    """Bare numbers that are ages: "aged 71", "children under five", "Marta Lind, 34,"."""
    if amount.unit is not None or amount.shape is not Shape.PLAIN or not 0 < amount.high <= 120 or amount.low != int(amount.low):
        return amount
    start = lexemes[amount.first].start
    before, after = text[max(0, start - 40) : start], at(lexemes, amount.last)
    if at(lexemes, amount.first - 1) in _AGE_BEFORE or (at(lexemes, amount.first - 1) in ("between", "over", "under", "about", "from") and at(lexemes, amount.first - 2) in _AGE_BEFORE):
        return replace(amount, unit="yr", shape=Shape.AGE)
    if _YOUNG.search(before) and (not after.isalpha() or after in ("in", "and", "who", "travel", "are", "were", "from", "at", "to", "have", "had", "must", "can", "with")):
        return replace(amount, unit="yr", shape=Shape.AGE)
    if _OF_AGE.search(before) and not after.isalpha():
        return replace(amount, unit="yr", shape=Shape.AGE)
    named = _NAMED.search(before)
    if _AT_AGE.search(text[max(0, start - 40) : start]) and after == ",":
        return replace(amount, unit="yr", shape=Shape.AGE)
    is_between = after == "," and at(lexemes, amount.first - 1) == "," and not at(lexemes, amount.last + 1)[:1].isdigit()
    if is_between and named and lexemes[amount.first].text.isdigit() and at(lexemes, amount.last + 1) not in ("and", "or"):
        return replace(amount, unit="yr", shape=Shape.AGE)
    is_set_off = after in (",", ")", ".", ";", "") and lexemes[amount.first].text.isdigit() and named
    if is_set_off and named and named.group()[0].isupper() and amount.high >= 1 and (after == ")") == (at(lexemes, amount.first - 1) == "("):
        return replace(amount, unit="yr", shape=Shape.AGE)
    return amount


def _bounds(amount: Amount, qualifier: Qualifier) -> tuple[float | None, float | None]:
    if qualifier in (Qualifier.UP_TO, Qualifier.LESS_THAN):
        return None, amount.high
    if qualifier in (Qualifier.AT_LEAST, Qualifier.MORE_THAN):
        return amount.low, None
    return amount.low, amount.high


def _quantity(
    tokens: Sequence[spacy.tokens.Token], first: int, last: int, *, amount: Amount, text: str, at: tuple[int, int], start: int, found: Sequence[Quantity]
) -> Quantity:
    low, high = at
    qualifier = _qualifier(amount, text, low, high)
    if amount.shape is Shape.SCORE:
        counted = score_counted(text[max(0, low - _WINDOW) : high + _WINDOW])
    else:
        if _is_said_of_age(tokens, last, amount=amount):
            amount = replace(amount, unit="yr", shape=Shape.AGE)
        amount, repeated = _taken_up(tokens, first, last, amount=amount, between=text[found[-1].end - start : low] if found else "", found=found)
        counted = repeated or counted_of(tokens, first, last, amount=amount, prior=_prior(found))
    lower, upper = _bounds(amount, qualifier)
    return Quantity(
        start=start + low, end=start + high, exact=text[low:high], low=lower, high=upper, qualifier=qualifier, unit=amount.unit,
        counted=counted.thing, role=counted.role, base=base_measure(lower, upper, amount.unit),
    )  # fmt: skip


def _qualifier(amount: Amount, text: str, low: int, high: int) -> Qualifier:
    if amount.is_range:
        return Qualifier.BETWEEN
    found = qualifier_of(text, start=low, end=high, is_duration=amount.unit in TIME_UNITS and amount.shape is not Shape.AGE)
    if amount.shape is Shape.INDEFINITE and found in (Qualifier.EXACT, Qualifier.ABOUT):
        return Qualifier.AT_LEAST
    return found


def _is_said_of_age(tokens: Sequence[spacy.tokens.Token], last: int, *, amount: Amount) -> bool:
    """ "She was 34", "the youngest, a boy, was six"."""
    token = tokens[last - 1]
    if amount.unit is not None or amount.shape is not Shape.PLAIN or amount.high > 120 or token.dep_ not in ("attr", "acomp") or token.head.lemma_ != "be":
        return False
    subject = next((child for child in token.head.lefts if child.dep_ == "nsubj"), None)
    return subject is not None and (subject.lower_ in ("he", "she", "who", "youngest", "oldest", "eldest") or subject.ent_type_ == "PERSON")


def _prior(found: Sequence[Quantity]) -> Counted:
    """The last thing counted, by preference not one measured."""
    recent = [quantity for quantity in reversed(found[-4:]) if quantity.counted]
    best = next((quantity for quantity in recent if quantity.unit is None), recent[0] if recent else None)
    return Counted(best.counted, best.role) if best else Counted(None, None)


def _taken_up(
    tokens: Sequence[spacy.tokens.Token], first: int, last: int, *, amount: Amount, between: str, found: Sequence[Quantity]
) -> tuple[Amount, Counted | None]:
    """A number that only repeats the one before it in other terms or at another time takes up its unit and its thing:
    "54 lira, against 31 in spring", "40 acres, ... all but three", "two-thirds, or 330,000 tonnes, ..."."""
    if not found or amount.shape in (Shape.ATTRIBUTIVE, Shape.AGE) or not is_elliptic(tokens, last):
        return amount, None
    previous = found[-1]
    thing = Counted(previous.counted, previous.role) if previous.counted and _REPEATS.fullmatch(between) else None
    if amount.unit is not None or amount.shape is not Shape.PLAIN:
        return amount, thing
    is_subject = tokens[last - 1].dep_ in ("nsubj", "nsubjpass")
    before = tokens[first - 1].lower_ if first else ""
    has_measure = previous.unit not in (None, "pp", "bp") and previous.unit not in TIME_UNITS
    is_listed = previous.unit == "%" and first > 0 and tokens[first - 1].pos_ == "PROPN"  # "44 percent, Green Coast 41"
    is_contrast = before in _CONTRAST or is_listed
    if not has_measure or is_subject or not is_contrast or len(between) > 80 or (previous.unit == "%" and amount.high > 100):
        return amount, thing
    is_same = before in ("against", "but", "from", "to", "than", "with")
    return replace(amount, unit=previous.unit), thing or (Counted(previous.counted, previous.role) if is_same else None)
