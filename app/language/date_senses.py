"""Whether a word of time is used as one: not "May Thorne", "may", "spring water", "2020 passengers"."""

from __future__ import annotations

import re
from bisect import bisect_right

from spacy.tokens import Span, Token

from app.language.currencies import read_name
from app.language.date_words import Atom, words
from app.language.lexemes import lex
from app.language.units import read_unit

_BEFORE_A_TIME = words(
    "in on at since by until till 'til before after during from to of between through throughout around "
    "about circa early late mid last next this and or into over for as than"
)
_BEFORE_A_CLOCK = words("at from until till before after around the")
_BEFORE_A_YEAR = _BEFORE_A_TIME - words("at on over as than")
_NUMBERED = words("flight room route highway number no bus train model lot page line channel at version")
_ONE_IN = re.compile(r"(?:\d|one)\sin\s$|[A-Z]-$")
# what stands at a figure, or is put at one
_LEVELLING = words("stand put value price quote peg measure estimate average trade")
_UNIT_REACH = 30  # characters after a number in which its unit is written out
_NAMES = frozenset({"PERSON", "FAC", "WORK_OF_ART", "PRODUCT", "ORG", "GPE", "LAW", "NORP"})


class Parsed:
    """A sentence with its tokens by character offset (local to the sentence)."""

    def __init__(self, sent: Span) -> None:
        self.text: str = sent.text
        self._tokens: list[Token] = list(sent)
        self._starts: list[int] = [token.idx - sent.start_char for token in sent]

    def index_at(self, at: int) -> int:
        return max(bisect_right(self._starts, at) - 1, 0)

    def token_at(self, at: int) -> Token:
        return self._tokens[self.index_at(at)]

    def before(self, at: int) -> Token | None:
        index = self.index_at(at)
        return self._tokens[index - 1] if index else None

    def after(self, end: int) -> Token | None:
        """The first token that starts at or after ``end``."""
        index = bisect_right(self._starts, end - 1)
        return self._tokens[index] if index < len(self._tokens) else None

    def start_of(self, token: Token) -> int:
        return self._starts[token.i - self._tokens[0].i]


def is_time(atom: Atom, parsed: Parsed) -> bool:
    """Whether the word is used as a time here: not "May Thorne", "may", "spring water", "2020 passengers"."""
    token, before, after = parsed.token_at(atom.start), parsed.before(atom.start), parsed.after(atom.end)
    is_time = atom.grain != "set"
    if "dom" in atom.flags:
        is_time = _is_day_of_month(before, after)
    elif "holiday" in atom.flags:
        is_before_noun = after is not None and after.pos_ == "NOUN" and token.dep_ in ("compound", "amod", "nmod")
        is_time = not (is_before_noun or _is_title(token, before))
    elif token.lower_ == "today" and token.pos_ == "PROPN":  # "USA Today", "the Today programme"
        is_time = token.dep_ != "compound" and (before is None or before.dep_ != "compound")
    elif atom.grain == "minute" and before is not None and before.lower_ == "the" and after is not None:
        is_time = after.pos_ != "ADP"  # the 09:15 to Corran is a train
    elif "weak" in atom.flags and "." in parsed.text[atom.start : atom.end]:  # 7.30, or seven and three tenths
        is_time = before is not None and before.lower_ in _BEFORE_A_CLOCK and not _is_level(atom, parsed, before)
    elif atom.grain == "year" and "bare" in atom.flags:
        is_time = _is_year(atom, parsed)
    elif "bare" in atom.flags:
        is_time = _is_calendar_word(atom, token, before, after)
    elif "weekday" in atom.flags or atom.grain == "month":
        is_time = not _is_in_name(token, before, after)
    return is_time


def _is_level(atom: Atom, parsed: Parsed, before: Token) -> bool:
    """A measure or a rate, no clock: "at 8.40 metres", "at 1.25 euros", "put at 6.10"."""
    lexemes = lex(parsed.text[atom.start : atom.end + _UNIT_REACH])
    unit = read_unit(lexemes, 1) or read_name(lexemes, 1, text=parsed.text, value=0)
    is_measured = unit is not None and unit[1] != "h"
    return is_measured or (before.lower_ == "at" and before.head.lemma_.lower() in _LEVELLING)


def _is_day_of_month(before: Token | None, after: Token | None) -> bool:
    has_preposition = before is not None and before.lower_ in _BEFORE_A_TIME - {"of", "in", "for", "about"}
    return has_preposition and not (after is not None and after.pos_ in ("NOUN", "ADJ", "PROPN", "NUM"))


def _is_calendar_word(atom: Atom, token: Token, before: Token | None, after: Token | None) -> bool:
    if token.pos_ in ("VERB", "AUX") or token.tag_ == "MD" or (before is not None and before.tag_ == "MD"):
        return False
    has_preposition = before is not None and (before.lower_ in _BEFORE_A_TIME or before.lower_ in ("the", "'s", "’s"))
    if atom.grain == "season":
        is_modifier = (
            token.dep_ in ("compound", "amod", "nmod") and after is not None and after.pos_ in ("NOUN", "PROPN")
        )
        prepositions = _BEFORE_A_TIME - {"as", "than", "about", "or", "and"}
        if before is not None and before.lower_ == "the":
            earlier = before.nbor(-1) if before.i > 0 else None
            return earlier is not None and earlier.lower_ in prepositions and not is_modifier
        return before is not None and before.lower_ in prepositions and not is_modifier
    if _is_in_name(token, before, after):
        return False
    is_possessive = after is not None and after.lower_ in ("'s", "’s")
    return has_preposition or token.ent_type_ == "DATE" or is_possessive


def _is_in_name(token: Token, before: Token | None, after: Token | None) -> bool:
    """Part of a name: "April Voss", "Saturday Six", "Black Friday", "the Sunday Mercury"; "chief Tom Hale Friday" is
    not."""
    is_qualified = before is not None and before.pos_ == "PROPN" and before.head == token
    if is_qualified and (token.dep_ in ("nsubj", "nsubjpass") or token.ent_iob_ == "I"):
        return True
    if token.lower_.endswith("day") and _is_title(token, before):
        return True
    if token.ent_type_ not in _NAMES:
        return False
    if before is not None and before.lower_ in _BEFORE_A_TIME:
        return False
    if after is not None and after.ent_iob_ == "I" and after.pos_ == "PROPN":
        return True
    return token.ent_iob_ == "I" and token.ent_type_ in ("WORK_OF_ART", "FAC") and token.i > 0


def _is_title(token: Token, before: Token | None) -> bool:
    """The first word of a name with an article: "the Sunday Mercury"; not "the Sunday Premier League match"."""
    is_first = before is not None and before.lower_ == "the" and token.dep_ == "compound"
    return is_first and token.head.pos_ == "PROPN" and token.head.dep_ != "compound"


def _is_year(atom: Atom, parsed: Parsed) -> bool:
    token, before, after = parsed.token_at(atom.start), parsed.before(atom.start), parsed.after(atom.end)
    left = parsed.text[max(0, atom.start - 12) : atom.start]
    is_numbered = before is not None and before.lower_ in _NUMBERED
    if is_numbered or _ONE_IN.search(left) or token.ent_type_ in ("MONEY", "PERCENT", "QUANTITY", "PRODUCT"):
        return False
    # "carried 2020 passengers"
    is_count = token.dep_ == "nummod" and token.head.tag_ in ("NNS", "NNPS") and token.head.i > token.i
    if before is None:
        return token.ent_type_ == "DATE" or (after is not None and after.is_punct)
    if token.ent_type_ == "DATE":
        return not (is_count and before.pos_ in ("VERB", "AUX"))
    if before.lower_ in _BEFORE_A_YEAR:
        return not is_count or before.lower_ in ("in", "since", "of")
    if before.text in ("(", "[") or before.lower_ == "born":
        return True
    is_attribute = after is not None and after.pos_ in ("NOUN", "PROPN") and after.tag_ != "NNS"
    year = token.text[:4]
    return before.pos_ in ("DET", "PRON") and is_attribute and year.isdigit() and int(year) >= 1700
