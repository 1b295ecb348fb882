"""What happens to a thing, as one word or a verb with its object: the role that makes two counts two questions.

A thing acted upon has the participle ("killed", "deployed"), a thing that acts has its verb ("abstained"; "flee" where
the participle is irregular), with the object of a transitive verb ("skip meal"), and a copula gives its complement.
"""

from __future__ import annotations

from spacy.tokens import Token

from app.language.inflection import participle
from app.language.phrases import COUNTERS, NOUNS, child, neighbours

_STEPS = 8
_COPULAS = frozenset("be remain stay lie become seem appear stand".split())
_LIGHT = frozenset("get have take make face receive suffer sustain undergo".split())
_EMPTY = frozenset("be have say include see involve contain comprise add total number tell show report announce estimate count".split())
_PHASAL = frozenset("have go begin start continue try manage use".split())  # "would have to be emptied", "began to leave"
_HEDGES = frozenset("about around over under above below than".split())  # tagged as prepositions before a number
_QUANTIFIERS = COUNTERS | frozenset("none all most many some half any each one rest dozen both third quarter % percent cent".split())


def verb_of(token: Token) -> tuple[Token, str, Token | None] | None:
    """The verb that governs a noun: (verb, relation, preposition), over conjunctions, appositions and "of" phrases."""
    preposition = None
    for _ in range(_STEPS):
        relation, head = token.dep_, token.head
        if head.i == token.i:
            return None
        if head.pos_ in ("VERB", "AUX") and relation not in ("conj", "appos"):
            return head, relation, preposition
        if relation == "pobj" and head.lower_ not in _HEDGES:
            preposition = None if head.lower_ in ("of", "among", "including") and head.head.pos_ not in ("VERB", "AUX") else head
        token = head
    return None


def role_of(head: Token) -> str | None:
    """What happens to the things a noun (or bare number) names: "killed", "abstained", "empty", "face eviction"."""
    own = _role_after(head)
    if own:
        return own
    if head.dep_ == "pobj" and head.head.lower_ == "of" and head.head.head.pos_ == "NOUN" and head.head.head.lower_ not in _QUANTIFIERS and not head.head.head.like_num:
        return str(head.head.head.lemma_.lower())
    found = verb_of(head)
    if found is None:
        return None
    verb, relation, preposition = found
    if verb.lemma_.lower() == "be" and relation != "nsubj":
        return None
    if relation == "nsubjpass":
        return participle(verb)
    if relation == "nsubj":
        return active_role(verb)
    if relation in ("dobj", "dative") or (relation in ("npadvmod", "oprd", "ccomp", "dep", "prep") and preposition is None):
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
            subject, passive = child(clause, "nsubj"), child(clause, "nsubjpass")
            if any(part is not None and part.like_num for part in (subject, passive)):
                continue  # "46 bodies, 19 of which have been identified"
            if passive is not None:
                return participle(clause)
            return active_role(clause) if subject is not None and subject.lower_ in ("who", "that", "which") else participle(clause)
    return None


def active_role(verb: Token) -> str | None:
    """The role of a verb's active subject: its complement for a copula, with its object for a transitive verb."""
    lemma = verb.lemma_.lower()
    target = child(verb, "dobj")
    inner = child(verb, "xcomp")
    if lemma in _PHASAL and target is None and inner is not None and inner.pos_ == "VERB":
        return participle(inner) if child(inner, "auxpass") is not None else active_role(inner)
    if lemma in _COPULAS or verb.pos_ == "AUX":
        return _complement_of(verb)
    if target is None or target.pos_ not in NOUNS:
        past = participle(verb)
        return past if past.startswith(lemma) or lemma == "missing" else lemma
    return target.lemma_.lower() if lemma in _LIGHT else f"{lemma} {target.lemma_.lower()}"


def _complement_of(verb: Token) -> str | None:
    complement = child(verb, "acomp", "attr", "oprd")
    if complement is None:
        preposition = next((p for p in neighbours(verb, "prep") if p.i > verb.i), None)
        complement = child(preposition, "pobj") if preposition is not None else None
    if complement is None or complement.pos_ in ("PRON", "NUM"):
        return None
    return participle(complement) if complement.tag_ == "VBN" else complement.lemma_.lower()
