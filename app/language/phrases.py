"""Noun phrases in lemmas and what happens to them: the syntax that quantities need, with bounded walks over the parse.

Lemma phrases are lower case, modifiers first, with an "of" complement turned into a modifier: "exports of cut flowers"
is "cut flower export". All walks take at most a fixed number of steps, whatever shape a broken parse has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Token

from app.language.inflection import participle

_STEPS = 8
NOUNS = frozenset({"NOUN", "PROPN"})
_MODIFIERS = frozenset({"ADJ", "NOUN", "PROPN"})
_DULL = frozenset("more other another additional further many such same last least own few several total estimated mere all both half most".split())
COUNTERS = frozenset("number total count tally figure majority group team crowd handful percentage proportion share estimate pair".split())
_COPULAS = frozenset("be remain stay lie become seem appear stand".split())
_LIGHT = frozenset("get have take make face receive suffer sustain undergo need".split())
_EMPTY = frozenset("be have say include see involve contain comprise add total number tell show report announce estimate count".split())
TOLLS = frozenset("toll".split())


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
    """Adjectives and nouns right before the head, then the head, in lemmas."""
    parts = [_lemma(head)]
    for step in range(head.i - 1, max(head.sent.start - 1, head.i - _STEPS), -1):
        token = head.doc[step]
        if token.text == "-" and not token.whitespace_:
            continue
        is_participle = token.tag_ in ("VBN", "VBG") and token.dep_ in ("amod", "compound")
        if (token.pos_ not in _MODIFIERS and not is_participle) or token.like_num or not token.is_alpha or token.dep_ in ("acomp", "appos"):
            break
        if token.lower_ not in _DULL:
            parts.append(_lemma(token))
    return " ".join(reversed(parts))


def _lemma(token: Token) -> str:
    lemma = token.lemma_.lower()
    if token.tag_ in ("VBN", "VBG"):
        return token.lower_
    if token.pos_ == "PROPN" and token.is_upper and len(token) > 3 and lemma.endswith("s") and not lemma.endswith("ss"):
        return lemma[:-1]
    return lemma


def _complement(head: Token) -> Token | None:
    of = next((c for c in neighbours(head, "prep") if c.lower_ == "of" and c.i > head.i), None)
    return child(of, "pobj") if of is not None else None


def verb_of(token: Token) -> tuple[Token, str, Token | None] | None:
    """The verb that governs a noun: (verb, relation, preposition), over conjunctions, appositions and "of" phrases."""
    preposition = None
    for _ in range(_STEPS):
        relation, head = token.dep_, token.head
        if head.i == token.i:
            return None
        if head.pos_ in ("VERB", "AUX") and relation not in ("conj", "appos"):
            return head, relation, preposition
        if relation == "pobj":
            preposition = None if head.lower_ in ("of", "among", "including") and head.head.pos_ not in ("VERB", "AUX") else head
        token = head
    return None


def role_of(head: Token) -> str | None:
    """What happens to the things a noun (or bare number) names: "killed", "abstained", "empty", "face eviction"."""
    own = _role_after(head)
    if own:
        return own
    if head.dep_ == "pobj" and head.head.lower_ == "of" and head.head.head.pos_ == "NOUN" and head.head.head.lemma_.lower() not in COUNTERS:
        return str(head.head.head.lemma_.lower())
    found = verb_of(head)
    if found is None:
        return None
    verb, relation, preposition = found
    if verb.lemma_.lower() == "be" and relation == "attr":
        return None
    if relation == "nsubjpass":
        return participle(verb)
    if relation == "nsubj":
        return active_role(verb)
    if relation in ("dobj", "dative") or (relation in ("npadvmod", "oprd", "ccomp", "dep") and preposition is None):
        return None if verb.lemma_.lower() in _EMPTY else participle(verb)
    return participle(verb) if preposition is not None and preposition.lower_ in ("by", "for", "on", "from", "to", "at") else None


def _role_after(head: Token) -> str | None:
    """A participle, relative clause or adjective that follows the noun and says its role."""
    for clause in neighbours(head, "acl", "relcl", "amod"):
        if clause.i < head.i:
            continue
        if clause.pos_ == "ADJ":
            return str(clause.lemma_.lower())
        if clause.dep_ == "acl":
            return participle(clause) if clause.tag_ in ("VBN", "VBD") else None
        if clause.dep_ == "relcl":
            if child(clause, "nsubjpass") is not None:
                return participle(clause)
            subject = child(clause, "nsubj")
            return active_role(clause) if subject is not None and subject.lower_ in ("who", "that", "which") else participle(clause)
    return None


def active_role(verb: Token) -> str | None:
    """The role of a verb's active subject: its complement for a copula, with its object for a transitive verb."""
    lemma = verb.lemma_.lower()
    if lemma in _COPULAS or verb.pos_ == "AUX":
        complement = child(verb, "acomp", "attr", "oprd")
        if complement is None:
            preposition = next((p for p in neighbours(verb, "prep") if p.i > verb.i), None)
            complement = child(preposition, "pobj") if preposition is not None else None
        if complement is None or complement.pos_ in ("PRON", "NUM"):
            return None
        return participle(complement) if complement.tag_ == "VBN" else complement.lemma_.lower()
    target = child(verb, "dobj")
    if target is None or target.pos_ not in NOUNS:
        return participle(verb)
    return target.lemma_.lower() if lemma in _LIGHT else f"{lemma} {target.lemma_.lower()}"
