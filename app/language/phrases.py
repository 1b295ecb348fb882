"""Noun phrases in lemmas: the syntax that quantities need, with bounded walks over the parse.

Lemma phrases are lower case, modifiers first, with an "of" complement turned into a modifier: "exports of cut flowers"
is "cut flower export". All walks take at most a fixed number of steps, whatever shape a broken parse has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from spacy.tokens import Token

from app.language.cardinals import CARDINALS, SCALES
from app.language.lexemes import words
from app.language.peoples import is_people, singular

_STEPS = 8
NOUNS = frozenset({"NOUN", "PROPN"})
_MODIFIERS = frozenset({"ADJ", "NOUN", "PROPN"})
_DULL = (
    CARDINALS
    | frozenset(SCALES)
    | words("m k bn mn odd plus more other another additional further many such same last least own few several total")
    | words("estimated mere all both half most")
)
COUNTERS = words("number total tally figure majority group handful percentage proportion estimate pair")
_PLURAL_ONLY = words("dues goods arms earnings savings premises proceeds clothes remains belongings")
_BEFORE_PARTS = frozenset({"DET", "NUM", "ADJ", "SYM"})
_BEFORE_PART_TAGS = frozenset({"PRP$", "VBN", "VBG", "CD", "DT"})


def children(token: Token, *deps: str) -> Iterator[Token]:
    """The first few children with one of the dependency labels, in order of the text."""
    return (child for child in islice(token.children, 4 * _STEPS) if child.dep_ in deps)


def child(token: Token, *deps: str) -> Token | None:
    """The first such child, or None."""
    return next(children(token, *deps), None)


def is_dated(token: Token) -> bool:
    """Whether a noun is part of a time expression, as the entity recogniser sees it."""
    return token.ent_type_ in ("DATE", "TIME")


def noun_from(tokens: Sequence[Token], index: int) -> int | None:
    """The index of the head of the noun phrase whose modifiers start at ``index``, or None when no noun follows.

    Reads the tags from left to right instead of the tree: numbers break parses more often than tags."""
    head = None
    for step in range(index, min(len(tokens), index + _STEPS)):
        token = tokens[step]
        if token.pos_ in NOUNS and token.lower_ not in ("%", "percent"):
            head = step
        elif head is not None:
            is_hyphen = token.text == "-" and not token.whitespace_
            if not (is_hyphen and step + 1 < len(tokens) and tokens[step + 1].pos_ in NOUNS):
                return head
        elif not _may_modify(tokens, step):
            return None
    return head


def _may_modify(tokens: Sequence[Token], step: int) -> bool:
    token = tokens[step]
    if not token.is_alpha and token.text[0].isalpha():
        return True  # "T-72" before "tanks"
    if token.pos_ == "ADJ" or token.tag_ in ("VBN", "VBG", "JJ"):
        following = tokens[step + 1] if step + 1 < len(tokens) else None
        is_linked = following is not None and (following.text in "-," or following.tag_ in ("VBN", "VBG", "CC"))
        return following is not None and (is_linked or following.pos_ in _MODIFIERS)
    is_list = token.text in (",", "and") and tokens[step - 1].pos_ == "ADJ"
    return is_list or token.text == "-" or token.lower_ in ("newly", "more", "so-called", "very")


def partitive_head(tokens: Sequence[Token], index: int) -> int | None:
    """The head noun after "of" at ``index - 1``, over determiners, numbers, a possessor: "the panel's 19 members"."""
    head = None
    for step in range(index, min(len(tokens), index + 10)):
        token = tokens[step]
        if token.pos_ in NOUNS or (token.pos_ == "ADJ" and _is_nominal(tokens, step)):
            head = step
        elif token.tag_ == "POS" or token.lower_ in ("'s", "’s"):
            head = None
        elif token.text == "-":
            continue
        elif head is not None or not (
            token.pos_ in _BEFORE_PARTS or token.tag_ in _BEFORE_PART_TAGS or token.text in "$€£"
        ):
            break
    return head


def _is_nominal(tokens: Sequence[Token], step: int) -> bool:
    """ "of the dead": an adjective that ends its phrase."""
    following = tokens[step + 1] if step + 1 < len(tokens) else None
    return following is None or (
        following.pos_ not in _MODIFIERS | {"NUM", "ADV", "VERB"} and following.text not in "-,"
    )


def phrase(head: Token) -> str:
    """The lemma phrase of a noun: its modifiers and, before them, its "of" complement; "number of X" is X.

    Members of a people are people: "North Koreans" is "north korean people"."""
    if is_people(head.text):
        return f"{_flat(head)} people"
    complement = _complement(head)
    if head.lemma_.lower() in COUNTERS and complement is not None and complement.pos_ not in ("PRON", "NUM"):
        return _flat(complement)
    is_kind = complement is not None and complement.pos_ == "NOUN"
    if complement is not None and is_kind and not any(t.like_num for t in islice(complement.children, _STEPS)):
        return f"{_flat(complement)} {_flat(head)}"
    return _flat(head)


def _flat(head: Token) -> str:
    """Adjectives and nouns right before the head, then the head, in lemmas; a hyphenated measure is left out
    ("71-year-old farmer" is "farmer")."""
    parts, chain = [_lemma(head)], 1
    for step in range(head.i - 1, max(-1, head.i - 2 * _STEPS), -1):
        token, following = head.doc[step], head.doc[step + 1]
        if following.is_sent_start:
            break
        if token.text == "-":
            continue
        if following.text != "-":
            chain = len(parts)
        if token.like_num and following.text == "-":
            del parts[chain:]
        if not _is_modifier(token):
            break
        if token.lower_ not in _DULL:
            parts.append(_lemma(token))
    return " ".join(reversed(parts))


def _is_modifier(token: Token) -> bool:
    if token.like_num or not token.is_alpha or token.dep_ in ("acomp", "appos"):
        return False
    return token.pos_ in _MODIFIERS or (token.tag_ in ("VBN", "VBG") and token.dep_ in ("amod", "compound"))


def _lemma(token: Token) -> str:
    """The lemma; singular nouns, names and adjectives as they stand, which the lemmatizer might cut ("trawler")."""
    lower = token.lower_
    if is_people(token.text):
        return singular(token.text)
    is_plural = token.tag_ in ("NNS", "NNPS") or (token.is_upper and lower.endswith("s"))
    if not is_plural or lower in _PLURAL_ONLY:
        return lower
    lemma = token.lemma_.lower()
    return lemma if lemma != lower or lower.endswith("ss") else _singular(lower)


def _singular(plural: str) -> str:
    """For capitals and names, which the lemmatizer leaves alone: "OFFICERS", "Democrats"."""
    if plural.endswith("ies") and len(plural) > 4:
        return plural[:-3] + "y"
    return plural.removesuffix("s") if len(plural) > 3 else plural


def _complement(head: Token) -> Token | None:
    of = next((c for c in children(head, "prep") if c.lower_ == "of" and c.i > head.i), None)
    return child(of, "pobj") if of is not None else None
