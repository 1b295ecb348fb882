"""Noun phrases in lemmas: the syntax that quantities need, with bounded walks over the parse.

Lemma phrases are lower case, modifiers first, with an "of" complement turned into a modifier: "exports of cut flowers"
is "cut flower export". All walks take at most a fixed number of steps, whatever shape a broken parse has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Token

from app.language.numerals import CARDINALS, SCALES

_STEPS = 8
NOUNS = frozenset({"NOUN", "PROPN"})
_MODIFIERS = frozenset({"ADJ", "NOUN", "PROPN"})
_DULL = (
    CARDINALS | frozenset(SCALES) | frozenset("m k bn mn odd plus more other another additional further many such same last least own few several total estimated mere all both half most".split())
)
COUNTERS = frozenset("number total tally figure majority group handful percentage proportion estimate pair".split())
# nouns whose singular form says something else
_PLURAL_ONLY = frozenset("dues goods arms earnings savings premises proceeds clothes remains belongings".split())


def neighbours(token: Token, *deps: str) -> Iterator[Token]:
    """Children with one of the dependency labels, nearest the start first, at most a bounded number of them."""
    for seen, child in enumerate(token.children):
        if seen > 4 * _STEPS:
            return
        if child.dep_ in deps:
            yield child


def child(token: Token, *deps: str) -> Token | None:
    """The first such child, or None."""
    return next(neighbours(token, *deps), None)


def noun_from(tokens: Sequence[Token], index: int) -> int | None:
    """The index of the head of the noun phrase whose modifiers start at ``index``, or None when no noun follows.

    Reads the tags from left to right instead of the tree: numbers break parses more often than tags."""
    head = None
    for step in range(index, min(len(tokens), index + _STEPS)):
        token = tokens[step]
        if token.pos_ in NOUNS and token.lower_ not in ("%", "percent"):
            head = step
        elif head is not None:
            if token.text == "-" and step + 1 < len(tokens) and tokens[step + 1].pos_ in NOUNS and not tokens[step].whitespace_:
                continue
            return head
        elif not _may_modify(tokens, step):
            return None
    return head


def _may_modify(tokens: Sequence[Token], step: int) -> bool:
    token = tokens[step]
    if not token.is_alpha and any(letter.isalpha() for letter in token.text) and token.text[0].isalpha():
        return True  # "T-72" before "tanks"
    if token.pos_ == "ADJ" or token.tag_ in ("VBN", "VBG", "JJ"):
        following = tokens[step + 1] if step + 1 < len(tokens) else None
        return following is not None and (following.pos_ in _MODIFIERS or following.text in "-," or following.tag_ in ("VBN", "VBG", "CC"))
    return token.text == "-" or (token.text in (",", "and") and tokens[step - 1].pos_ == "ADJ") or token.lower_ in ("newly", "more", "so-called", "very")


def partitive_head(tokens: Sequence[Token], index: int) -> int | None:
    """The head noun after "of" at ``index - 1``, over determiners, numbers and a possessor: "of the panel's 19 members"."""
    head = None
    for step in range(index, min(len(tokens), index + 10)):
        token = tokens[step]
        if token.pos_ in NOUNS:
            head = step
        elif token.tag_ == "POS" or token.lower_ in ("'s", "’s"):
            head = None
        elif token.pos_ not in ("DET", "NUM", "ADJ", "SYM") and token.tag_ not in ("PRP$", "VBN", "VBG", "CD", "DT") and token.text not in "-$€£":
            break
        elif head is not None and token.text != "-":
            break
    return head


def phrase(head: Token) -> str:
    """The lemma phrase of a noun: its modifiers and, before them, its "of" complement."""
    if head.lemma_.lower() in COUNTERS:
        inner = _complement(head)
        if inner is not None and inner.pos_ not in ("PRON", "NUM"):
            return phrase_flat(inner)
    complement = _complement(head)
    if complement is not None and complement.pos_ == "NOUN" and not any(t.like_num for t in complement.children):
        return f"{phrase_flat(complement)} {phrase_flat(head)}"
    return phrase_flat(head)


def phrase_flat(head: Token) -> str:
    """Adjectives and nouns right before the head, then the head, in lemmas; a hyphenated measure is left out
    ("71-year-old farmer" is "farmer")."""
    parts, chain = [_lemma(head)], 1
    for step in range(head.i - 1, max(head.sent.start - 1, head.i - 2 * _STEPS), -1):
        token = head.doc[step]
        if token.text == "-":
            continue
        if head.doc[step + 1].text != "-":
            chain = len(parts)
        if token.like_num and head.doc[step + 1].text == "-":
            del parts[chain:]
        is_participle = token.tag_ in ("VBN", "VBG") and token.dep_ in ("amod", "compound")
        if (token.pos_ not in _MODIFIERS and not is_participle) or token.like_num or not token.is_alpha or token.dep_ in ("acomp", "appos"):
            break
        if token.lower_ not in _DULL:
            parts.append(_lemma(token))
    return " ".join(reversed(parts))


def _lemma(token: Token) -> str:
    """The lemma; singular nouns, names and adjectives as they stand, which the lemmatizer might cut ("trawler")."""
    lower = token.lower_
    if token.tag_ not in ("NNS", "NNPS") and not (token.is_upper and lower.endswith("s")):
        return lower
    if lower in _PLURAL_ONLY:
        return lower
    lemma = token.lemma_.lower()
    return lemma if lemma != lower or lower.endswith("ss") else _singular(lower)


def _singular(plural: str) -> str:
    """For capitals and names, which the lemmatizer leaves alone: "OFFICERS", "Democrats"."""
    if plural.endswith("ies") and len(plural) > 4:
        return plural[:-3] + "y"
    return plural.removesuffix("s") if len(plural) > 3 else plural


def _complement(head: Token) -> Token | None:
    of = next((c for c in neighbours(head, "prep") if c.lower_ == "of" and c.i > head.i), None)
    return child(of, "pobj") if of is not None else None
