"""Units that copy leaves out: ages ("Marta Lind, 34,") and the percentage points of polls ("up three points")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Token

from app.language.amounts import Amount, Shape
from app.language.cardinals import CARDINALS
from app.language.lexemes import Lexeme, at, cased, words

_WINDOW, _REACH = 200, 60  # characters either side, characters before
_OLDEST = 120
_LONGEST_LIST = 8  # ages
_AGED = words("aged age ages")
_AGE_RANGE = words("between over under about from")
_YOUNG = re.compile(
    r"\b(?:child|children|boys?|girls?|infants?|bab(?:y|ies)|people|adults?|anyone|those|everyone|women|men|kids|pupils|"
    r"patients|players|teenagers?|residents|workers|citizens|were|are)\s+(?:aged\s+)?(?:under|over|below|above|between|from)\s*$",
    re.IGNORECASE,
)
_YOUNG_LEADS = words("under over below above between from")
_YOUNG_AFTER = words("in and who travel are were from at to have had must can with")
_OLD_AFTER = _YOUNG_AFTER | words("from was is on near whose or died told said")
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
_SUPERLATIVES = words("youngest oldest eldest")
_PERSONS = words("he she who") | _SUPERLATIVES
_PLURAL = re.compile(r"[a-z]{2,}s|men|women|children|people")
_LISTING = words(", and or")
_COMPLEMENTS = words("dobj attr acomp oprd npadvmod")


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
    if at(lexemes, _list_start(lexemes, amount.first) - 1) in _AGED:
        return True  # "aged six, seven and nine"
    if word in _SUPERLATIVES:
        return not after.isalpha()  # "five boys, the youngest 13"
    if word in _YOUNG_LEADS and _YOUNG.search(before):
        return not after.isalpha() or after in _YOUNG_AFTER
    if word == "of" and _OF_AGE.search(before):
        return not after.isalpha() or after in _OLD_AFTER
    return after == "," and bool(_AT_AGE.search(before))


def _is_set_off(lexemes: Sequence[Lexeme], amount: Amount, before: str) -> bool:
    """Digits in commas or brackets after a name, or in commas after any noun: "Marta Lind (34)", "the suspect, 29,",
    "the twins, 8 and 10,"."""
    if _is_list_of_ages(lexemes, amount.first):
        return True
    is_marked = at(lexemes, amount.first - 1) in (",", "(") and cased(lexemes, amount.first).isdigit()
    named = _NAMED.search(before) if is_marked else None
    if not named:
        return False
    opened, closed, later = at(lexemes, amount.first - 1), at(lexemes, amount.last), at(lexemes, amount.last + 1)
    if opened == closed == "," and not later[:1].isdigit() and later not in ("and", "or"):
        return True
    is_closed = closed in (",", ")", ".", ";", "") and (closed == ")") == (opened == "(")
    return is_closed and named.group()[0].isupper()


def _list_start(lexemes: Sequence[Lexeme], index: int) -> int:
    """Where the list starts in which a number stands: at the first of "15, 16 and 17"."""
    for start in range(index, index - 2 * _LONGEST_LIST, -2):
        if at(lexemes, start - 1) not in _LISTING or not _is_number(lexemes, start - 2):
            return start
    return index


def _list_end(lexemes: Sequence[Lexeme], index: int) -> int:
    """Behind the last number of the list in which the number at ``index`` stands."""
    for last in range(index, index + 2 * _LONGEST_LIST, 2):
        if at(lexemes, last + 1) not in _LISTING or not _is_number(lexemes, last + 2):
            return last + 1
    return index + 1


def _is_number(lexemes: Sequence[Lexeme], index: int) -> bool:
    return at(lexemes, index).isdigit() or at(lexemes, index) in CARDINALS


def _is_list_of_ages(lexemes: Sequence[Lexeme], index: int) -> bool:
    """Whether two numbers or more, none above the oldest age, are set off right behind a plural in lower case."""
    first, last = _list_start(lexemes, index), _list_end(lexemes, index)
    numbers = [cased(lexemes, place) for place in range(first, last, 2)]
    opened, closed, noun = at(lexemes, first - 1), at(lexemes, last), cased(lexemes, first - 2)
    is_set_off = (opened == "," and closed in (",", ".", ";", "")) or (opened == "(" and closed == ")")
    is_aged = all(number.isdigit() and 0 < int(number) <= _OLDEST for number in numbers)
    return len(numbers) > 1 and is_set_off and is_aged and bool(_PLURAL.fullmatch(noun))


def is_age(token: Token, value: float) -> bool:
    """Whether the grammar makes a bare number somebody's age."""
    return value <= _OLDEST and (_is_said_of_person(token) or _is_reached_age(token))


def _is_reached_age(token: Token) -> bool:
    """Whether a bare number is the age that somebody turns or dies at: "turns 80", "died in May at 91"."""
    verb = token.head
    if token.dep_ == "pobj" and verb.lower_ == "at":
        return verb.head.lemma_ == "die"
    is_moved = any(child.dep_ in ("prt", "advmod") for child in verb.rights)  # "turned 80 away"
    return verb.lemma_ == "turn" and token.dep_ in _COMPLEMENTS and not is_moved


def _is_said_of_person(token: Token) -> bool:
    """Whether a bare number is what somebody is: "She was 34", "the youngest, a boy, was six"."""
    if token.dep_ not in ("attr", "acomp") or token.head.lemma_ != "be":
        return False
    subject = next((child for child in token.head.lefts if child.dep_ == "nsubj"), None)
    return subject is not None and (subject.lower_ in _PERSONS or subject.ent_type_ == "PERSON")
