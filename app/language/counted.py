"""What a number counts or measures, and what happens to it, from the sentence's grammar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from spacy.tokens import Token

from app.language.amounts import Amount, Shape
from app.language.inflection import participle, regular_participle
from app.language.phrases import NOUNS, TOLLS, child, noun_from, partitive_head, phrase, role_of, verb_of
from app.language.units import TIME_UNITS

_PROFORMS = frozenset("them whom these those which it that".split())
_OTHERS = frozenset("other others more".split())
_CASUALTIES = frozenset("dead injured wounded missing hurt homeless killed displaced unaccounted arrested detained".split())
_HARM = frozenset("kill injure wound hurt arrest detain rescue evacuate displace kidnap abduct jail hospitalise hospitalize maim behead execute free hold sicken infect".split())
_REACHING = frozenset("reach hit total exceed top number pass stand rise fall climb grow drop jump increase decrease decline put be go".split())
_PASSED_OVER = frozenset(
    "about around some roughly nearly almost approximately an a the estimated up to as many much high at least most no not fewer less more than over under above below just only upwards "
    "and by between from even perhaps well exactly".split()
)
_VOTING = re.compile(r"\b(?:vot\w*|ballots?|ruling|ruled|court|judges?|justices?|decision|council\w*|committee|panel|jury|motion|bill|lawmakers|deputies|assembly|senate)\b", re.IGNORECASE)
_SEATS = re.compile(r"\b(?:seats?|parliament\w*|coalition|party|parties)\b", re.IGNORECASE)


class Counted(NamedTuple):
    """The counted thing in lemmas and its role; either may be unknown."""

    thing: str | None
    role: str | None


def score_counted(sentence: str) -> Counted:
    """What the two sides of a score count: votes or seats where the sentence is about them, else goals."""
    if _VOTING.search(sentence):
        return Counted("vote", None)
    return Counted("seat", None) if _SEATS.search(sentence) else Counted("goal", None)


def is_elliptic(tokens: Sequence[Token], last: int) -> bool:
    """Whether a number that ends before ``tokens[last]`` stands without a noun of its own."""
    if last < len(tokens) and tokens[last].lower_ in _OTHERS:
        return True
    is_partitive = last < len(tokens) and tokens[last].lower_ == "of"
    return not is_partitive and noun_from(tokens, last) is None


def counted_of(tokens: Sequence[Token], first: int, last: int, *, amount: Amount, prior: Counted) -> Counted:
    """What ``tokens[first:last]`` counts. ``prior`` is the last thing counted in the sentence, which a number without a
    noun of its own takes up ("31 of them", "of whom 12")."""
    root = _root(tokens, first, last)
    own = _own_noun(tokens, last, amount=amount)
    if own is not None:
        head = tokens[own]
        is_part = tokens[last].lower_ == "of" if last < len(tokens) else False
        if head.lower_ in _OTHERS:
            return Counted(prior.thing, role_of(head))
        if amount.shape is Shape.ATTRIBUTIVE and amount.unit:
            return Counted(phrase(head), None)
        return Counted(phrase(head), role_of(root if is_part else head))
    if last < len(tokens) and tokens[last].lower_ == "of":
        return Counted(prior.thing, _complement_role(root) or role_of(root))
    if amount.unit is None:
        return _bare(tokens, first, last, root=root, prior=prior)
    return _measured(tokens, first, last, amount=amount, root=root, prior=prior)


def _root(tokens: Sequence[Token], first: int, last: int) -> Token:
    inside = range(tokens[first].i, tokens[last - 1].i + 1)
    return next((token for token in reversed(tokens[first:last]) if token.head.i not in inside or token.head.i == token.i), tokens[last - 1])


def _own_noun(tokens: Sequence[Token], last: int, *, amount: Amount) -> int | None:
    """The noun right after the number, or after "of"; a measure followed by a plain noun only when it is an attribute."""
    if last >= len(tokens):
        return None
    if tokens[last].lower_ == "of":
        following = tokens[last + 1].lower_ if last + 1 < len(tokens) else ""
        return None if following in _PROFORMS else partitive_head(tokens, last + 1)
    if amount.shape is Shape.SHARE or amount.unit == "%":
        step = last
        while step < len(tokens) and step < last + 2 and (tokens[step].pos_ == "DET" or tokens[step].tag_ == "PRP$"):
            step += 1
        return noun_from(tokens, step)
    if amount.unit is None or amount.shape in (Shape.ATTRIBUTIVE, Shape.AGE) or tokens[last - 1].dep_ in ("compound", "nmod", "amod"):
        return noun_from(tokens, last + 1 if tokens[last].text == "-" else last)
    return None


def _bare(tokens: Sequence[Token], first: int, last: int, *, root: Token, prior: Counted) -> Counted:
    """A number without a noun: a casualty count, a figure its subject reaches, or more of what was counted before."""
    following = tokens[last].lower_ if last < len(tokens) else ""
    if following in _OTHERS and last + 1 < len(tokens):
        following = tokens[last + 1].lower_
    if following in _CASUALTIES:
        return Counted(prior.thing or "people", following)
    found = verb_of(root)
    before = tokens[first - 1] if first else None
    if before is not None and before.lemma_.lower() in _HARM:
        return Counted(prior.thing or "people", regular_participle(before.lemma_.lower()))
    if found and found[1] not in ("nsubj", "nsubjpass") and found[0].lemma_.lower() in _REACHING:
        thing = _governed(found[0], root=root, prefers_object=found[2] is not None)
        if thing:
            return thing
    role = role_of(root)
    if found and found[1] == "dobj" and found[0].lemma_.lower() in _HARM:
        return Counted(prior.thing or "people", role)
    return Counted(prior.thing, role)


def _measured(tokens: Sequence[Token], first: int, last: int, *, amount: Amount, root: Token, prior: Counted) -> Counted:
    """What a measure, sum or share without an "of" phrase is a measure of."""
    role = None
    if last < len(tokens) and tokens[last].pos_ in ("ADJ", "ADV") and tokens[last].lower_ not in ("ago", "later", "more", "less", "as", "so"):
        role = tokens[last].lemma_.lower()
    beside = _noun_before(tokens, first, amount=amount)
    if beside is not None:
        return Counted(phrase(beside) if amount.shape is not Shape.SHARE else phrase(beside), role or role_of(beside))
    found = verb_of(root)
    if found is None:
        return Counted(prior.thing, role)
    verb, relation, _ = found
    if relation in ("nsubj", "nsubjpass"):
        target = child(verb, "dobj") or _first_oblique(verb)
        thing = phrase(target) if target is not None and target.pos_ in NOUNS else prior.thing
        return Counted(thing, role or participle(verb))
    governed = _governed(verb, root=root, prefers_object=amount.unit not in TIME_UNITS)
    if governed is None:
        return Counted(prior.thing, role or (participle(verb) if verb.pos_ == "VERB" else None))
    return Counted(governed.thing, role or governed.role)


def _noun_before(tokens: Sequence[Token], first: int, *, amount: Amount) -> Token | None:
    """The noun a measure stands right behind: "a load of 3.5 tonnes", "gusts over 90 km/h", "the mast, 40 m tall"."""
    step = first - 1
    while step >= 0 and first - step < 8 and (tokens[step].lower_ in _PASSED_OVER - {"to", "by", "from", "at"} or (tokens[step].lower_ == "to" and tokens[step - 1].lower_ == "up")):
        step -= 1
    if step >= 1 and tokens[step].lower_ in ("of", "worth", "at", "with"):
        if tokens[step].lower_ == "at" and tokens[step - 1].pos_ not in NOUNS:
            return None
        step -= 1
    elif step >= 1 and tokens[step].text in ",(" and (amount.shape is Shape.AGE or amount.unit not in TIME_UNITS):
        step -= 1
    return tokens[step] if step >= 0 and tokens[step].pos_ in NOUNS and tokens[step].ent_type_ not in ("DATE", "TIME") else None


def _first_oblique(verb: Token) -> Token | None:
    preposition = child(verb, "prep")
    return child(preposition, "pobj") if preposition is not None else None


def _subject(verb: Token) -> Token | None:
    """A verb's subject, its own or the one it shares with the verb it depends on."""
    for _ in range(4):
        subject = child(verb, "nsubj", "nsubjpass")
        if subject is not None:
            return subject
        if verb.dep_ in ("acl", "relcl") and verb.head.pos_ in NOUNS:
            return verb.head
        if verb.dep_ not in ("conj", "xcomp", "advcl", "ccomp") or verb.head.i == verb.i:
            return None
        verb = verb.head
    return None


def _governed(verb: Token, *, root: Token, prefers_object: bool) -> Counted | None:
    """The verb's object or subject as the thing its measure is about."""
    target = child(verb, "dobj")
    if not prefers_object or target is None or target.i == root.i or target.pos_ not in NOUNS or target.ent_type_ in ("DATE", "TIME"):
        target = _subject(verb)
    if target is None or target.pos_ not in NOUNS | {"ADJ", "VERB", "NUM"} or target.i == root.i:
        return None
    thing = phrase(target)
    if thing.split()[-1] in TOLLS:
        return Counted(thing, "killed")
    return Counted(thing, None if verb.pos_ == "AUX" else participle(verb))


def _complement_role(root: Token) -> str | None:
    """What a part turns out to be: "two-thirds of it was barley"."""
    if root.dep_ in ("nsubj",) and root.head.lemma_ == "be":
        complement = child(root.head, "attr", "acomp")
        return None if complement is None else complement.lemma_.lower()
    return None
