"""What the parse says about a time expression: whether it is one at all, and whether it lies behind or ahead."""

from __future__ import annotations

import re
from bisect import bisect_right

from spacy.tokens import Span, Token

from app.language.date_patterns import Atom

_REPORTING = frozenset(
    "say report tell claim confirm announce state show warn accuse insist deny note add write suggest reveal declare "
    "call describe find hear argue admit concede allege maintain estimate recall explain".split()
)
_PLANNING = frozenset(
    "schedule expect plan slate set due book tip bill plan intend hope aim want promise vow pledge agree propose "
    "prepare decide threaten offer order ask invite urge need likely able ready unlikely free".split()
)
_IMPLICATIVE = frozenset(
    "begin start manage fail continue have refuse decline appear seem happen come try help use force".split()
)
_BEFORE_A_TIME = frozenset(
    "in on at since by until till 'til before after during from to of between through throughout around about circa "
    "early late mid last next this and or into over for as than".split()
)
_NAMES = frozenset({"PERSON", "FAC", "WORK_OF_ART", "PRODUCT", "ORG", "GPE", "LAW", "NORP"})
_AHEAD = re.compile(r"\b(?:ahead of|due|deadline|upcoming)\s(?:\w+\s){0,2}$", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:against|compared (?:with|to)|than|versus)\s[^,;.]{0,25}$", re.IGNORECASE)
# "postponed until Tuesday": what these do to an end still to come
_PROLONGING = frozenset(
    "put postpone delay extend give defer adjourn suspend remand allow push reschedule move grant prolong bar ban have".split()
)


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
    if atom.grain == "set":
        return False
    if "dom" in atom.flags:
        return _is_day_of_month(before, after)
    if "holiday" in atom.flags:
        return not (after is not None and after.pos_ == "NOUN" and token.dep_ in ("compound", "amod", "nmod"))
    if "weak" in atom.flags and parsed.text[atom.start : atom.end].count(".") == 1:  # 7.30, or seven and three tenths
        return before is not None and before.lower_ in (
            "at",
            "from",
            "until",
            "till",
            "before",
            "after",
            "around",
            "the",
        )
    if atom.grain == "year" and "bare" in atom.flags:
        return _is_year(token, before, after, parsed, atom)
    if "bare" in atom.flags:
        return _is_calendar_word(atom, token, before, after)
    if "weekday" in atom.flags or atom.grain == "month":
        return not _is_in_name(token, before, after)
    return True


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
            earlier = before.nbor(-1) if before.i > token.sent.start else None
            return earlier is not None and earlier.lower_ in prepositions and not is_modifier
        return before is not None and before.lower_ in prepositions and not is_modifier
    if _is_in_name(token, before, after):
        return False
    is_possessive = after is not None and after.lower_ in ("'s", "’s")
    return has_preposition or token.ent_type_ == "DATE" or is_possessive


def _is_in_name(token: Token, before: Token | None, after: Token | None) -> bool:
    """Part of a name: "April Voss", "Saturday Six", "Black Friday"; "chief Tom Hale Friday" is not."""
    if before is not None and before.pos_ == "PROPN" and before.head == token and token.dep_ in ("nsubj", "nsubjpass"):
        return True
    if token.ent_type_ not in _NAMES:
        return False
    if before is not None and before.lower_ in _BEFORE_A_TIME:
        return False
    if after is not None and after.ent_iob_ == "I" and after.pos_ == "PROPN":
        return True
    return token.ent_iob_ == "I" and token.ent_type_ in ("WORK_OF_ART", "FAC") and token.i > token.sent.start


def _is_year(token: Token, before: Token | None, after: Token | None, parsed: Parsed, atom: Atom) -> bool:
    left = parsed.text[max(0, atom.start - 12) : atom.start]
    if re.search(r"(?:\d|one)\sin\s$|[A-Z]-$", left) or token.ent_type_ in ("MONEY", "PERCENT", "QUANTITY", "PRODUCT"):
        return False
    counts = token.dep_ == "nummod" and token.head.tag_ in ("NNS", "NNPS") and token.head.i > token.i
    if token.ent_type_ == "DATE":
        return not (counts and before is not None and before.pos_ in ("VERB", "AUX"))
    if before is None:
        return bool(after is not None and after.is_punct)
    if before.lower_ in _BEFORE_A_TIME - {"about", "as", "than", "for", "on", "at", "last", "next", "this", "over"}:
        return not counts or before.lower_ in ("in", "since", "of")
    if before.text in "([" or before.lower_ == "born":
        return True
    is_attribute = after is not None and after.pos_ in ("NOUN", "PROPN") and after.tag_ != "NNS"
    return (
        before.pos_ in ("DET", "PRON") and is_attribute and 1700 <= int(token.text[:4])
        if token.text[:4].isdigit()
        else False
    )


# --- direction ----------------------------------------------------------------------------------------------------


def direction(atom: Atom, parsed: Parsed, *, preposition: str) -> str:
    """ "<" when the governing verb puts the expression in the past, ">" when ahead."""
    left = parsed.text[max(0, atom.start - 40) : atom.start]
    if preposition == "since" or _COMPARED.search(left):
        return "<"
    if _AHEAD.search(left):
        return ">"
    token = parsed.token_at(atom.start)
    is_attribute = token.dep_ in ("amod", "compound", "nmod") and token.head.i > token.i
    for _ in range(12):
        if token.pos_ in ("VERB", "AUX") and token.tag_ != "MD":
            if token.lemma_.lower() in _PROLONGING and (preposition == "until" or left.endswith(" to ")):
                return ">"
            is_present = token.tag_ in ("VBZ", "VBP")
            return "<" if is_attribute and is_present else _direction_of(token, depth=0)
        if token.head.i == token.i:
            break
        token = token.head
    return ">" if preposition in ("by", "until", "till") else "<"


def is_tense_weak(atom: Atom, parsed: Parsed) -> bool:
    """Whether the expression hangs on a noun or a copula ("the shooting in July", "this is ... in July"), so that tense
    is a weak witness."""
    token = parsed.token_at(atom.start)
    for _ in range(4):
        token = token.head
        if token.pos_ in ("NOUN", "PROPN"):
            return True
        if token.pos_ in ("VERB", "AUX"):
            return token.lemma_ == "be" and token.tag_ != "VB"
        if token.pos_ == "ADJ":  # due in, likely by
            return False
    return False


def _direction_of(verb: Token, *, depth: int) -> str:
    auxiliaries = {child.lower_ for child in verb.children if child.dep_ in ("aux", "auxpass")}
    lemmas = {child.lemma_.lower() for child in verb.children if child.dep_ in ("aux", "auxpass")}
    lemma = verb.lemma_.lower()
    modal = _modal(verb, auxiliaries, lemmas)
    if modal:
        return modal
    if lemma in ("plan", "schedule") and "been" not in auxiliaries and not auxiliaries & {"was", "were"}:
        return ">"
    if lemmas & {"have"} or auxiliaries & {"was", "were", "did"} or verb.tag_ == "VBD":
        return "<"
    if auxiliaries & {"do", "does"} or (auxiliaries & {"is", "are", "am", "'s", "'re"} and verb.tag_ in ("VBG", "VBN")):
        return ">"
    if verb.tag_ in ("VBZ", "VBP"):
        return "<" if lemma in _REPORTING else ">"
    return _nonfinite(verb, auxiliaries, depth=depth)


def _modal(verb: Token, auxiliaries: set[str], lemmas: set[str]) -> str | None:
    if auxiliaries & {"will", "'ll", "’ll", "wo", "shall"}:
        return ">"
    if not auxiliaries & {"would", "could", "may", "might", "should", "must", "can", "ca", "'d"}:
        return None
    if lemmas & {"have"}:
        return "<"
    is_negated = any(child.dep_ == "neg" or child.lower_ in ("neither", "nobody", "none") for child in verb.children)
    is_negated |= any(
        grand.lower_ in ("neither", "no", "none")
        for c in verb.children
        if c.dep_ in ("nsubj", "nsubjpass")
        for grand in c.subtree
    )
    could_not = is_negated and bool(auxiliaries & {"could", "would"})
    return "<" if could_not else ">"


def _nonfinite(verb: Token, auxiliaries: set[str], *, depth: int) -> str:
    head = verb.head
    governs = head.i != verb.i and depth < 4
    head_verb = next((t for t in (head, *head.ancestors) if t.pos_ in ("VERB", "AUX")), None) if governs else None
    if "to" in auxiliaries or (verb.tag_ == "VB" and verb.dep_ in ("xcomp", "acl")):
        if head_verb is None:
            return ">"
        if head_verb.lemma_ == "be" and any(child.lower_ == "had" for child in head_verb.children):
            return "<"  # had been due to
        if verb.dep_ == "advcl" or (head is head_verb and head.lemma_.lower() in _IMPLICATIVE):
            return _direction_of(head_verb, depth=depth + 1)
        return ">"
    if verb.tag_ == "VBN" and verb.dep_ in ("acl", "advcl", "amod", "ROOT"):
        return ">" if verb.lemma_.lower() in _PLANNING - {"order", "ask", "invite", "urge", "offer", "agree"} else "<"
    if head_verb is not None:
        return _direction_of(head_verb, depth=depth + 1)
    return "<" if verb.tag_ == "VBN" else ">"
