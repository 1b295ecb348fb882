"""Units that copy leaves out: ages ("Marta Lind, 34,") and the percentage points of polls ("up three points")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Token

from app.language.amounts import Amount, Shape
from app.language.lexemes import Lexeme, at, cased, words

_WINDOW, _REACH = 200, 60  # characters either side, characters before
_OLDEST = 120
_AGED = words("aged age ages")
_AGE_RANGE = words("between over under about from")
_YOUNG = re.compile(
    r"\b(?:child|children|boys?|girls?|infants?|bab(?:y|ies)|people|adults?|anyone|those|everyone|women|men|kids|pupils|"
    r"patients|players|teenagers?|residents|workers|citizens|were|are)\s+(?:aged\s+)?(?:under|over|below|above|between|from)\s*$",
    re.IGNORECASE,
)
_YOUNG_LEADS = words("under over below above between from")
_YOUNG_AFTER = words("in and who travel are were from at to have had must can with")
_OF_AGE = re.compile(
    r"\b(?:boy|girl|child|man|woman|son|daughter|schoolboy|schoolgirl|youth|lad|toddler|widow|pensioner)\s+of\s*$",
    re.IGNORECASE,
)
_AT_AGE = re.compile(r"(?:^|[\"“‘'.] ?)At(?: just| only| age)? $|\b[Aa]t the age of $")
_NAMED = re.compile(r"[^\W\d_]+[\w'’-]*\s*[,(]\s*$")
_POLL = re.compile(
    r"%|\bper ?cent\b|\b(?:poll\w*|survey|support|lead|turnout|share|rating|margin|approval|percentage|rate)\b",
    re.IGNORECASE,
)
_MARKET = re.compile(r"\b(?:index|indices|indexes|stocks?|shares|equities|traders?|trading)\b", re.IGNORECASE)
_WHOLE = 100  # percent: no share moves by more points
_PERSONS = words("he she who youngest oldest eldest")


def with_unit(lexemes: Sequence[Lexeme], amount: Amount, *, text: str) -> Amount:
    """The amount with the unit that its neighbours imply, or as it is."""
    if amount.unit is not None or amount.shape is not Shape.PLAIN:
        return amount
    start = lexemes[amount.first].start
    if at(lexemes, amount.last) in ("point", "points"):
        near = text[max(0, start - _WINDOW) : start + _WINDOW]
        is_poll = abs(amount.high) <= _WHOLE and _POLL.search(near) and not _MARKET.search(near)
        return replace(amount, unit="pp", last=amount.last + 1) if is_poll else amount
    if 0 < amount.high <= _OLDEST and amount.low == int(amount.low):
        before = text[max(0, start - _REACH) : start]
        if _is_age(lexemes, amount, before) or _is_set_off(lexemes, amount, before):
            return replace(amount, unit="yr", shape=Shape.AGE)
    return amount


def _is_age(lexemes: Sequence[Lexeme], amount: Amount, before: str) -> bool:
    """ "aged 71", "children under five", "a boy of nine", "At 34, he ..."."""
    word, after = at(lexemes, amount.first - 1), at(lexemes, amount.last)
    if word in _AGED or (word in _AGE_RANGE and at(lexemes, amount.first - 2) in _AGED):
        return True
    is_listed = word in ("and", "or", ",") and at(lexemes, amount.first - 2).isdigit()
    if is_listed and at(lexemes, amount.first - 3) in _AGED:
        return True  # "aged six and nine"
    if word in _YOUNG_LEADS and _YOUNG.search(before):
        return not after.isalpha() or after in _YOUNG_AFTER
    if word == "of" and _OF_AGE.search(before):
        return not after.isalpha()
    return after == "," and bool(_AT_AGE.search(before))


def _is_set_off(lexemes: Sequence[Lexeme], amount: Amount, before: str) -> bool:
    """Digits in commas or brackets after a name, or in commas after any noun: "Marta Lind (34)", "the suspect, 29,"."""
    is_marked = at(lexemes, amount.first - 1) in (",", "(") and cased(lexemes, amount.first).isdigit()
    named = _NAMED.search(before) if is_marked else None
    if not named:
        return False
    opened, closed, later = at(lexemes, amount.first - 1), at(lexemes, amount.last), at(lexemes, amount.last + 1)
    if opened == closed == "," and not later[:1].isdigit() and later not in ("and", "or"):
        return True
    is_closed = closed in (",", ")", ".", ";", "") and (closed == ")") == (opened == "(")
    return is_closed and named.group()[0].isupper()


def is_said_of_person(token: Token) -> bool:
    """Whether a bare number is what somebody is: "She was 34", "the youngest, a boy, was six"."""
    if token.dep_ not in ("attr", "acomp") or token.head.lemma_ != "be":
        return False
    subject = next((child for child in token.head.lefts if child.dep_ == "nsubj"), None)
    return subject is not None and (subject.lower_ in _PERSONS or subject.ent_type_ == "PERSON")
