"""Quantities of a sentence: every number that counts or measures, with its bounds, unit, counted thing and role."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import spacy.tokens

from app.domain.values import Qualifier, Quantity, Span
from app.language.amounts import Amount, Shape, read_amounts
from app.language.counted import counted_of, is_elliptic, score_counted
from app.language.designations import is_designation
from app.language.implied_units import is_age, with_unit
from app.language.lexemes import Lexeme, at, lex, words
from app.language.mention import Counted, Mention
from app.language.qualifiers import qualifier_of
from app.language.units import TIME_UNITS, base_measure

_CONTRAST = words("against from to than with but above over under below about around at by just only was is and or")
_SAME_THING = words("against but from to than with")
_HEDGE = (
    r"(?:(?:about|some|around|roughly|nearly|almost|just|only|over|under|up to|at least|more than|an estimated|"
    r"equivalent to)\s+)*"
)
_REPEATS = re.compile(
    r"(?:\s+\w+){0,2}(?:,?\s+(?:or|to|against)\s+|,?\s+(?:down|up)\s+from\s+|\s*\()" + _HEDGE, re.IGNORECASE
)
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_BRACKETED = 4  # quantities in brackets that are passed over
_PART = re.compile(r"\s+of\s+(?:them|whom|these|which)\b")
_SCORE_WINDOW = 200
_REPEAT_REACH = 80  # characters within which a bare number can take up the unit before it
_LONGEST_PARSED = 1000  # tokens; what is longer is no sentence, and its parse tells nothing


def find_quantities(sent: spacy.tokens.Span, *, offset: int, taken: Sequence[Span] = ()) -> tuple[Quantity, ...]:
    """The quantities of a parsed sentence, in order. ``offset`` is where the parsed text starts in the article;
    ``taken`` are the article's time expressions, whose numbers count nothing. Linear in the sentence's length."""
    text, start = sent.text, offset + sent.start_char
    lexemes = lex(text)
    sentence = _Sentence(text=text, start=start, tokens=list(sent), places=[t.idx - sent.start_char for t in sent])
    blocked, is_titled = _Blocked(taken), _is_titled(lexemes)
    found: list[Quantity] = []
    index = 0
    while index < len(lexemes):
        amounts = read_amounts(lexemes, index, text=text)
        index = amounts[-1].last if amounts else index + 1
        if not amounts or is_designation(lexemes, amounts[0], text=text, is_titled=is_titled):
            continue
        if sentence.is_pointed_at(lexemes[amounts[0].first]):
            continue
        for bare in amounts:
            amount = with_unit(lexemes, bare, text=text)
            low, high = lexemes[amount.first].start, lexemes[amount.last - 1].end
            if not blocked.covers(start + low, start + high, is_free=_is_stretch(lexemes, amount)):
                found.append(_quantity(sentence, amount, low=low, high=high, found=found))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with where it starts in the article and where its tokens start in it."""

    text: str
    start: int
    tokens: list[spacy.tokens.Token]
    places: list[int]

    def is_pointed_at(self, number: Lexeme) -> bool:
        """Whether "one" singles something out: "sold that one house", while "said that one house burned" counts."""
        place = bisect_right(self.places, number.start) - 1
        before = self.tokens[place - 1] if place > 0 else None
        return number.lower == "one" and before is not None and (before.lower_, before.tag_) == ("that", "DT")

    def since(self, quantity: Quantity, low: int) -> str:
        """The text between a quantity and a place in the sentence."""
        return self.text[quantity.end - self.start : low]

    def mention(self, amount: Amount, *, low: int, high: int, prior: Counted) -> Mention:
        first, last = bisect_right(self.places, low) - 1, bisect_left(self.places, high)
        return Mention(self.tokens, first, last, amount, prior)


class _Blocked:
    """Time expressions, looked up by position."""

    def __init__(self, taken: Sequence[Span]) -> None:
        spans = sorted((span.start, span.end) for span in taken)
        self._starts = [span[0] for span in spans]
        self._ends = [span[1] for span in spans]

    def covers(self, start: int, end: int, *, is_free: bool) -> bool:
        """Whether ``[start, end)`` overlaps one; a stretch of time stays a quantity inside any (``is_free``)."""
        index = bisect_left(self._starts, end) - 1
        return not is_free and index >= 0 and self._ends[index] > start


def _is_stretch(lexemes: Sequence[Lexeme], amount: Amount) -> bool:
    """ "for three weeks", "for about three weeks"."""
    return amount.unit in TIME_UNITS and "for" in (at(lexemes, amount.first - 1), at(lexemes, amount.first - 2))


def _is_titled(lexemes: Sequence[Lexeme]) -> bool:
    """Capitals or title case: capitals mark no names here."""
    long = [lexeme.text for lexeme in lexemes[:60] if len(lexeme.text) > 3 and lexeme.text.isalpha()]
    return len(long) > 2 and sum(word[0].isupper() for word in long) > 0.75 * len(long)


def _quantity(sentence: _Sentence, amount: Amount, *, low: int, high: int, found: Sequence[Quantity]) -> Quantity:
    text = sentence.text
    if amount.shape is Shape.SCORE:
        counted = score_counted(text[max(0, low - _SCORE_WINDOW) : high + _SCORE_WINDOW])
    elif len(sentence.tokens) > _LONGEST_PARSED:
        counted = Counted(None, None)
    else:
        prior = _prior(_wholes(sentence, found, low), is_count=amount.unit is None)
        mention = sentence.mention(amount, low=low, high=high, prior=prior)
        amount, counted = _read(mention, *_taken_up(sentence, found, low))
    qualifier = _qualifier(amount, text, low, high)
    if qualifier is Qualifier.EXACT and found and _is_conversion(amount, found[-1], sentence.since(found[-1], low)):
        qualifier = found[-1].qualifier
    lower = None if qualifier in (Qualifier.UP_TO, Qualifier.LESS_THAN) else amount.low
    upper = None if qualifier in (Qualifier.AT_LEAST, Qualifier.MORE_THAN) else amount.high
    return Quantity(
        start=sentence.start + low,
        end=sentence.start + high,
        exact=text[low:high],
        low=lower,
        high=upper,
        qualifier=qualifier,
        unit=amount.unit,
        counted=counted.thing,
        role=counted.role,
        base=base_measure(lower, upper, amount.unit),
    )


def _taken_up(sentence: _Sentence, found: Sequence[Quantity], low: int) -> tuple[Quantity | None, str]:
    """The quantity before ``low`` that a bare number may repeat, and the text between: one in brackets, and the
    brackets, are passed over once they have closed ("40 km (25 miles), against 30")."""
    for previous in reversed(found[-_BRACKETED:]):
        between = sentence.since(previous, low)
        opened, closed = between.find("("), between.find(")")
        if closed < 0 or 0 <= opened < closed:
            return previous, _BRACKETS.sub("", between)
    return None, ""


def _is_conversion(amount: Amount, previous: Quantity, between: str) -> bool:
    """Whether an amount in brackets gives the measure or the sum right before it in another unit, with its bounds:
    "some 40 km (25 miles)"."""
    if between.strip() != "(" or previous.qualifier is Qualifier.BETWEEN or amount.unit in (None, "%", previous.unit):
        return False
    own = base_measure(amount.low, amount.high, amount.unit)
    if own is None or previous.base is None:
        return amount.is_money and previous.base is None and previous.unit not in (None, "%")
    return own.unit == previous.base.unit


def _read(mention: Mention, previous: Quantity | None, between: str) -> tuple[Amount, Counted]:
    """The amount with the unit its sentence implies, and what it counts. ``between`` is the text between it and the
    quantity before it that it may repeat."""
    amount = mention.amount
    is_open = amount.unit is None and amount.shape is Shape.PLAIN
    if is_open and is_age(mention.tokens[mention.last - 1], amount.high):
        amount = replace(amount, unit="yr", shape=Shape.AGE)
    elif previous and amount.shape not in (Shape.ATTRIBUTIVE, Shape.AGE) and is_elliptic(mention.tokens, mention.last):
        repeated = Counted(previous.counted, previous.role)
        if is_open and _repeats_unit(mention, previous, between):
            amount = replace(amount, unit=previous.unit)
            if repeated.thing and mention.word(-1) in _SAME_THING:
                return amount, repeated
        is_priced = amount.is_money and mention.word(0) in ("a", "an", "per")
        if repeated.thing and not is_priced and _REPEATS.fullmatch(between):
            return amount, repeated
    return amount, counted_of(replace(mention, amount=amount))


def _repeats_unit(mention: Mention, previous: Quantity, between: str) -> bool:
    """A bare number that gives the measure before it another value: "54 lira, against 31 in spring", "40 acres, ... all
    but three", "44 percent and Green Coast 41"."""
    if previous.unit in (None, "pp", "bp") or previous.unit in TIME_UNITS or len(between) > _REPEAT_REACH:
        return False
    token, before = mention.tokens[mention.last - 1], mention.token(-1)
    if before is None or (token.dep_ in ("nsubj", "nsubjpass") and before.dep_ != "prep"):
        return False
    if previous.unit == "%":
        is_other = before.pos_ == "PROPN" or before.tag_ == "POS" or before.lower_ in ("and", "or", "at")
        return mention.amount.high <= 100 and (is_other or before.lower_ in _SAME_THING)
    return before.lower_ in _CONTRAST


def _wholes(sentence: _Sentence, found: Sequence[Quantity], low: int) -> Sequence[Quantity]:
    """What "the other six" can be others of: no part of what was counted, such as "four of them minors"."""
    if not sentence.text[:low].endswith("other "):
        return found
    return [quantity for quantity in found if not _PART.match(sentence.text, quantity.end - sentence.start)]


def _prior(found: Sequence[Quantity], *, is_count: bool) -> Counted:
    """The last thing counted. A count takes up no thing that was only measured."""
    recent = [quantity for quantity in reversed(found[-4:]) if quantity.counted]
    best = next((quantity for quantity in recent if quantity.unit is None), None)
    if best is None and recent and (not is_count or recent[0].unit == "%"):
        best = recent[0]
    return Counted(best.counted, best.role) if best else Counted(None, None)


def _qualifier(amount: Amount, text: str, low: int, high: int) -> Qualifier:
    if amount.is_range:
        return Qualifier.BETWEEN
    is_duration = amount.unit in TIME_UNITS and amount.shape is not Shape.AGE
    found = qualifier_of(text, start=low, end=high, is_duration=is_duration)
    is_open = amount.shape is Shape.INDEFINITE and found in (Qualifier.EXACT, Qualifier.ABOUT)
    return Qualifier.AT_LEAST if is_open else found
