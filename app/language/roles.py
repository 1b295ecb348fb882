"""What happens to a thing, as one word or a verb with its object: the role that makes two counts two questions.

A thing acted upon has the participle ("killed", "deployed"), a thing that acts has its verb ("abstained"; "flee" where
the participle is irregular), with the object of a transitive verb ("skip meal"), and a copula gives its complement.
"""

from __future__ import annotations

from typing import NamedTuple

from spacy.tokens import Token

from app.language.inflection import participle
from app.language.lexemes import words
from app.language.phrases import COUNTERS, NOUNS, child, children

_STEPS = 8
_COPULAS = words("be remain stay lie become seem appear stand")
_LIGHT = words("get have take make face receive suffer sustain undergo")
EMPTY = words("be have say include see involve contain comprise add total number tell show report announce estimate")
_PHASAL = words("have go begin start continue try manage use")  # "would have to be emptied", "began to leave"
_HEDGES = words("about around over under above below than")  # tagged as prepositions before a number
_QUANTIFIERS = COUNTERS | words(
    "none all most many some half any each one rest dozen both third quarter % percent cent hundred thousand million"
)
_OBJECTS = frozenset({"dobj", "dative"})
_LOOSE_OBJECTS = frozenset({"npadvmod", "oprd", "ccomp", "dep", "prep"})
_LEADS = words("by for on from to at")
_RELATIVES = words("who that which")


class Governor(NamedTuple):
    """The verb over a noun, the noun's relation to it, and the preposition between them, if any."""

    verb: Token
    relation: str
    preposition: Token | None

    @property
    def has_subject(self) -> bool:
        return self.relation in ("nsubj", "nsubjpass")


def governor_of(token: Token) -> Governor | None:
    """The verb that governs a noun, over conjunctions, appositions and "of" phrases; None when there is none near."""
    preposition = None
    for _ in range(_STEPS):
        relation, head = token.dep_, token.head
        if head.i == token.i:
            return None
        if head.pos_ in ("VERB", "AUX") and relation not in ("conj", "appos"):
            return Governor(head, relation, preposition)
        if relation == "pobj" and head.lower_ not in _HEDGES:
            is_part = head.lower_ in ("of", "among", "including") and head.head.pos_ not in ("VERB", "AUX")
            preposition = None if is_part else head
        token = head
    return None


def role_of(head: Token) -> str | None:
    """What happens to the things a noun (or bare number) names: "killed", "abstained", "empty", "face eviction"."""
    return _role_after(head) or _event_over(head) or _governed_role(head)


def _event_over(head: Token) -> str | None:
    """ "the loss of 65 jobs", "a trial of 15,000 volunteers": the noun says what happens."""
    if head.dep_ != "pobj" or head.head.lower_ != "of":
        return None
    over = head.head.head
    is_event = over.pos_ == "NOUN" and not over.like_num and over.lower_ not in _QUANTIFIERS
    return over.lemma_.lower() if is_event and over.lemma_.lower() not in COUNTERS else None


def _governed_role(head: Token) -> str | None:
    found = governor_of(head)
    if found is None:
        return None
    verb, relation, preposition = found
    lemma = verb.lemma_.lower()
    if relation == "nsubj":
        return active_role(verb)
    if lemma == "be":
        return None
    if relation in _OBJECTS or (relation in _LOOSE_OBJECTS and preposition is None):
        return None if lemma in EMPTY else participle(verb)
    is_led = preposition is not None and preposition.lower_ in _LEADS
    return participle(verb) if relation == "nsubjpass" or is_led else None


def _role_after(head: Token) -> str | None:
    """A participle, relative clause or adjective that follows the noun and says its role."""
    for clause in children(head, "acl", "relcl", "amod"):
        if clause.i < head.i:
            continue
        if clause.pos_ == "ADJ":
            return clause.lemma_.lower()
        if clause.dep_ == "acl":
            return participle(clause) if clause.tag_ in ("VBN", "VBD") else None
        if clause.dep_ == "relcl":
            subject = child(clause, "nsubj", "nsubjpass")
            if subject is not None and subject.like_num:
                continue  # "46 bodies, 19 of which have been identified"
            is_own = subject is not None and subject.dep_ == "nsubj" and subject.lower_ in _RELATIVES
            return active_role(clause) if is_own else participle(clause)
    return None


def active_role(verb: Token) -> str | None:
    """The role of a verb's active subject: its complement for a copula, with its object for a transitive verb."""
    lemma = verb.lemma_.lower()
    target, inner = child(verb, "dobj"), child(verb, "xcomp")
    if lemma in _PHASAL and target is None and inner is not None and inner.pos_ == "VERB":
        return participle(inner) if child(inner, "auxpass") is not None else _simple_role(inner)
    if lemma in _COPULAS or verb.pos_ == "AUX":
        return _complement_of(verb)
    return _simple_role(verb)


def _simple_role(verb: Token) -> str:
    lemma, target = verb.lemma_.lower(), child(verb, "dobj")
    if target is None or target.pos_ not in NOUNS:
        past = participle(verb)
        return past if past.startswith(lemma) or past == "missing" else lemma
    return target.lemma_.lower() if lemma in _LIGHT else f"{lemma} {target.lemma_.lower()}"


def _complement_of(verb: Token) -> str | None:
    complement = child(verb, "acomp", "attr", "oprd")
    if complement is None:
        preposition = next((p for p in children(verb, "prep") if p.i > verb.i), None)
        complement = child(preposition, "pobj") if preposition is not None else None
    if complement is None or complement.pos_ in ("PRON", "NUM"):
        return None
    return participle(complement) if complement.tag_ == "VBN" else complement.lemma_.lower()
