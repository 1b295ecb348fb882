"""Does a sentence bring a number, a date or a name that is not in what it stands on?

Strict on purpose: what cannot be found again counts as new. A figure that the reader has typed is found in a typed one
that says the same ("two" in "2", "on Friday" in "11 April"); else, and for names, the words themselves must be there,
next to each other. English, as the reader is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from app.domain import quantity
from app.domain.values import Claim, Entity, Quantity, Reading, Relation, Span, TimeRef

_S = TypeVar("_S", bound=Span)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN = re.compile(r"[$€£¥₹%]|per\s+cent\b|\d+(?:[.,]\d+)*\w*|[^\W\d_]\w*(?:[.'’]\w+)*", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_POSSESSIVE = re.compile(r"['’]s$")
_CLOSE = re.compile(r"[\s.\-–—:/]{0,2}")  # in one figure or name: "12 April", "3.5 million", "10:30", "St. Orm"
_SIGNS = frozenset("$€£¥₹%")
_CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"
_WORTH = (
    {word: str(value) for value, word in enumerate(_CARDINALS.split())}
    | {word: str(value) for value, word in zip(range(30, 100, 10), _TENS.split(), strict=True)}
    | {"percent": "%", "per cent": "%"}
)
_NUMBERS = _words(
    "first second third fourth fifth sixth seventh eighth ninth tenth dozen dozens score scores tens hundred hundreds "
    "thousand thousands million millions billion billions trillion trillions bn mn several couple half halves thirds "
    "quarter quarters double doubled triple tripled twice thrice"
)
_CALENDAR = _words(  # with a capital only: "may" and "sun" are other words
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec "
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun"
)
_RELATIVE = _words("today yesterday tomorrow tonight noon midnight")
_NEVER_NAMES = _words(
    "a an the this that these those some any no every each both all most many few much more less such other another "
    "i you he she it we they his her its our their my your who whom whose which what when where why how "
    "and or but nor so yet if as than because although though while since until unless whether after before during "
    "in on at by for from to of with without about against among between into over under through across near around "
    "behind beyond despite following according up down out off "
    "is are was were be been has have had do does did will would can could may might must shall should not there here "
    "also however meanwhile now then later still only even just nearly almost further"
)


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    exact: str
    word: str  # folded, so that "1,200" is "1200", "Two" is "2" and "Kyiv's" is "kyiv"
    is_number: bool
    is_date: bool

    @property
    def is_figure(self) -> bool:
        return self.is_number or self.is_date

    @property
    def is_capital(self) -> bool:
        return any(map(str.isupper, self.exact))

    @property
    def can_name(self) -> bool:
        """Written like a name, and no word that any sentence has: "The" is one, "WHO" is not."""
        is_grammar = self.word in _NEVER_NAMES and (len(self.exact) == 1 or not self.exact.isupper())
        return self.is_capital and not self.is_figure and not is_grammar


class Excerpt:
    """A sentence with what the reader found in it."""

    def __init__(self, span: Span, reading: Reading) -> None:
        self.span = span
        self.claims: list[Claim] = _inside(reading.claims, span)
        self.quantities: list[Quantity] = _inside((q for c in reading.claims for q in c.quantities), span)
        self.times: list[TimeRef] = _inside((t for c in reading.claims for t in c.times), span)
        self.entities: list[Entity] = _inside(reading.entities, span)

    @cached_property
    def tokens(self) -> list[_Token]:
        return list(_tokens(self.span))

    @cached_property
    def names(self) -> list[list[str]]:
        """Its words, and for each name in it the fullest form that the article gives; "" for words in lower case."""
        named = (_tokens(Span(0, len(e.name), e.name)) for e in self.entities)
        return [[t.word if t.is_capital else "" for t in tokens] for tokens in (self.tokens, *named)]


def common_words(text: str) -> frozenset[str]:
    """The words that a text has in lower case: at the head of a sentence their capital makes no name of them."""
    return frozenset(t.exact for t in _tokens(Span(0, len(text), text)) if not t.is_capital)


def is_grounded(sentence: Excerpt, evidence: Sequence[Excerpt], *, common: frozenset[str]) -> bool:
    """Is every number, date and name of the sentence in the evidence? ``common`` are the ``common_words`` of the text
    that the evidence is from."""
    return (
        all(_has_quantity(x, evidence) for x in sentence.quantities)
        and all(_has_time(x, evidence) for x in sentence.times)
        and all(_places(run, evidence) for run in _untyped(sentence))
        and all(_has_name(run, evidence) for run in _names(sentence, evidence, common))
    )


def _has_quantity(stated: Quantity, evidence: Sequence[Excerpt]) -> bool:
    typed = [q for each in evidence for q in each.quantities]
    if any(quantity.is_comparable(stated, q) and quantity.compare(stated, q) is Relation.AGREE for q in typed):
        return True
    return _stands_untyped(stated, evidence, typed)


def _has_time(stated: TimeRef, evidence: Sequence[Excerpt]) -> bool:
    typed = [t for each in evidence for t in each.times if t.edtf is not None]
    if stated.edtf is not None and any(_covers(stated, t) for t in typed):
        return True
    return _stands_untyped(stated, evidence, typed if stated.edtf is not None else [])


def _covers(stated: TimeRef, other: TimeRef) -> bool:
    """The same time, or one that the stated one has in it: "in April" may be said of 11 April."""
    if stated.edtf == other.edtf:
        return True
    if stated.earliest is None or stated.latest is None or other.earliest is None or other.latest is None:
        return False
    return stated.earliest <= other.earliest and other.latest <= stated.latest


def _stands_untyped(stated: Span, evidence: Sequence[Excerpt], typed: Sequence[Span]) -> bool:
    """Do its words stand where the reader has seen no figure of that kind, which would have been another one?"""
    found = _places([t.word for t in _tokens(stated)], evidence)
    return any(not any(_overlap(place, each) for each in typed) for place in found)


def _untyped(sentence: Excerpt) -> Iterator[list[str]]:
    """The figures that the reader has not typed, in runs."""
    typed: list[Span] = [*sentence.quantities, *sentence.times]
    left = [t for t in sentence.tokens if t.is_figure and not any(_overlap((t.start, t.end), x) for x in typed)]
    return _runs(left, sentence.span)


def _runs(tokens: Sequence[_Token], span: Span) -> Iterator[list[str]]:
    """The tokens' words, in runs of those that stand close together."""
    run: list[_Token] = []
    for token in tokens:
        if run and not _is_close(run[-1], token, span):
            yield [t.word for t in run]
            run = []
        run.append(token)
    if run:
        yield [t.word for t in run]


def _places(words: Sequence[str], evidence: Sequence[Excerpt]) -> list[tuple[int, int]]:
    """Where the words stand next to each other, and a figure is not the part of a longer one: "3.5" is not in
    "3.5 million"."""
    found = []
    for each in evidence:
        tokens = each.tokens
        for at in _find(words, [t.word for t in tokens]):
            first, last = tokens[at], tokens[at + len(words) - 1]
            before = tokens[at - 1] if at else None
            after = tokens[at + len(words)] if at + len(words) < len(tokens) else None
            if not _continues(before, first, each.span) and not _continues(last, after, each.span):
                found.append((first.start, last.end))
    return found


def _continues(one: _Token | None, other: _Token | None, span: Span) -> bool:
    return one is not None and other is not None and one.is_number and other.is_number and _is_close(one, other, span)


def _is_close(one: _Token, other: _Token, span: Span) -> bool:
    return _CLOSE.fullmatch(span.exact[one.end - span.start : other.start - span.start]) is not None


def _names(sentence: Excerpt, evidence: Sequence[Excerpt], common: frozenset[str]) -> Iterator[list[str]]:
    """Words that a capital makes names, in runs."""
    plain = {t.exact for each in evidence for t in each.tokens if not t.is_capital}
    names = [
        token
        for at, token in enumerate(sentence.tokens)
        if token.can_name
        and (
            any(_overlap((token.start, token.end), e) for e in sentence.entities)
            or token.exact.lower() not in (plain if at else plain | common)
        )
    ]
    return _runs(names, sentence.span)


def _has_name(words: Sequence[str], evidence: Sequence[Excerpt]) -> bool:
    return any(True for each in evidence for said in each.names for _ in _find(words, said))


def _find(words: Sequence[str], among: Sequence[str]) -> Iterator[int]:
    size, wanted = len(words), list(words)
    return (at for at in range(len(among) - size + 1) if size and list(among[at : at + size]) == wanted)


def _tokens(span: Span) -> Iterator[_Token]:
    for match in _TOKEN.finditer(span.exact):
        exact = match[0]
        folded = _POSSESSIVE.sub("", " ".join(exact.casefold().split()))
        is_number = folded in _WORTH or folded in _NUMBERS or exact in _SIGNS or any(map(str.isnumeric, exact))
        is_date = folded in _RELATIVE or (exact[0].isupper() and folded in _CALENDAR)
        plain = _THOUSANDS.sub("", folded) if is_number else folded.replace(".", "")
        yield _Token(
            span.start + match.start(), span.start + match.end(), exact, _WORTH.get(plain, plain), is_number, is_date
        )


def _inside(values: Iterable[_S], span: Span) -> list[_S]:
    return [x for x in values if span.start <= x.start and x.end <= span.end]


def _overlap(place: tuple[int, int], span: Span) -> bool:
    return place[0] < span.end and span.start < place[1]
