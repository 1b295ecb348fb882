"""Small questions about a dependency parse (spaCy's ClearNLP labels), and the repair of its commonest slip."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Span, Token

from app.language.lexicon import CASES, PERCEIVING, REPORTING, words

_COGNITION = words("see know ensure learn check hear feel pretend prove mean realise realize")
SUBJECTS = ("nsubj", "nsubjpass", "csubj", "expl")
_TENSED = ("VBD", "VBP", "VBZ", "MD")


def children(token: Token, *labels: str) -> Iterator[Token]:
    """The children with one of these labels, in order."""
    return (c for c in token.children if c.dep_ in labels)


def child(token: Token, *labels: str) -> Token | None:
    """The first child with one of these labels."""
    return next(children(token, *labels), None)


def is_verb(token: Token) -> bool:
    """A verb by its tag, or by what hangs on it: "the ministry forecasts that ..." is often tagged as a noun."""
    if token.pos_ in ("VERB", "AUX"):
        return True
    return (
        token.tag_ == "NNS"
        and token.dep_ == "ROOT"
        and child(token, "nsubj") is not None
        and child(token, "ccomp") is not None
    )


def is_finite(verb: Token) -> bool:
    """Does a tensed verb or auxiliary carry this predicate?"""
    return (
        verb.tag_ in _TENSED or verb.tag_ == "NNS" or any(c.tag_ in _TENSED for c in children(verb, "aux", "auxpass"))
    )


def is_passive(verb: Token) -> bool:
    return any(True for _ in children(verb, "auxpass", "nsubjpass"))


def is_past(verb: Token) -> bool:
    """Is the predicate in a past tense or the perfect?"""
    if verb.tag_ in ("VBD", "VBN") and not modals(verb):
        return not (
            verb.tag_ == "VBN"
            and any(c.tag_ in ("VBP", "VBZ") and c.lemma_ == "be" for c in children(verb, "aux", "auxpass"))
        )
    return any(c.tag_ == "VBD" for c in children(verb, "aux", "auxpass")) or has_perfect(verb)


def has_perfect(verb: Token) -> bool:
    return any(c.lower_ in ("have", "'ve", "has", "had", "having") for c in children(verb, "aux"))


def modals(verb: Token) -> set[str]:
    """The modal verbs of a predicate, its own or shared with the one it is coordinated with."""
    found = {c.lower_ for c in children(verb, "aux", "auxpass") if c.tag_ == "MD"}
    if verb.dep_ == "conj" and child(verb, "aux", "auxpass", *SUBJECTS) is None and verb.tag_ in ("VB", "VBN"):
        found |= modals(verb.head)
    return found


def is_negated(verb: Token) -> bool:
    """Does a negation sit on the predicate, or on the whole of its subject ("nobody", "no flights")?"""
    if any(c.dep_ == "neg" or c.lower_ in ("never", "neither", "hardly", "nor") for c in verb.children):
        return True
    subject = subject_of(verb)
    return subject is not None and is_nothing(subject)


def is_nothing(noun: Token) -> bool:
    """ "nobody", "none of them", "no flights", "not one person"."""
    if noun.lower_ in ("nobody", "nothing", "none", "neither", "no-one"):
        return True
    return any(
        c.lower_ in ("no", "neither", "not") and c.dep_ in ("det", "neg", "preconj", "advmod") for c in noun.children
    ) or any(g.lower_ in ("not", "no") for c in children(noun, "nummod", "det") for g in c.children)


def subject_of(verb: Token) -> Token | None:
    """The subject of a predicate: its own, or the one it shares with what it is coordinated with or depends on."""
    own = [c for c in children(verb, *SUBJECTS) if c.i < verb.i]
    if own:
        return own[-1]
    if (
        verb.dep_ in ("conj", "xcomp", "advcl", "ccomp")
        and is_verb(verb.head)
        and (verb.dep_ != "ccomp" or not is_finite(verb))
    ):
        return subject_of(verb.head)
    return child(verb, *SUBJECTS)


def object_of_preposition(preposition: Token) -> Token | None:
    return child(preposition, "pobj", "dobj")


def agent_of(verb: Token) -> Token | None:
    """Who does what a passive says: the noun after 'by'."""
    for by in children(verb, "agent", "prep"):
        if by.lower_ == "by":
            noun = object_of_preposition(by)
            if noun is not None and noun.ent_type_ not in ("DATE", "TIME"):
                return noun
    return None


def main_predicate(root: Token) -> Token:
    """The predicate of a clause whose root may be a participle that the parser took for one.

    "Jurors, sent home on Thursday, are due back": *sent* comes out as the root with *are* hung on it without a
    conjunction. A quotation mark is no predicate either.
    """
    if root.is_punct:
        return next((c for c in root.children if is_verb(c)), None) or next(
            (c for c in root.children if not c.is_punct), root
        )
    if root.tag_ not in ("VBN", "VBD") or child(root, "aux", "auxpass") is not None:
        return root
    for purpose in children(root, "xcomp", "advcl"):  # "troops deployed to assist the rebels have come under fire"
        swallowed = child(purpose, "ccomp")
        is_reduced = purpose.tag_ == "VB" and purpose.lemma_ not in REPORTING and purpose.lemma_ not in _COGNITION
        if is_reduced and swallowed is not None and any(c.tag_ != "MD" for c in children(swallowed, "aux", "auxpass")):
            return swallowed if child(swallowed, "mark", "dobj") is None else root
    if root.i == 0 or root.nbor(-1).text != "," or child(root, "nsubj", "nsubjpass") is None:
        return root
    for verb in children(root, "conj", "ccomp", "parataxis", "dep"):
        is_joined = any(t.dep_ == "cc" for t in root.children if t.i < verb.i and t.i > root.i)
        is_bare = child(verb, *SUBJECTS, "mark") is None
        if verb.i > root.i and is_verb(verb) and is_finite(verb) and is_bare and not is_joined:
            return verb
    return root


def is_perceiving(verb: Token) -> bool:
    """Does "could" with this verb tell of what happened: "shots could be heard"? To hear a case is no perception."""
    heard = child(verb, "nsubjpass", "dobj")
    return verb.lemma_ in PERCEIVING and not (
        verb.lemma_ == "hear" and heard is not None and heard.lemma_.lower() in CASES
    )


def is_inverted_condition(verb: Token) -> bool:
    """ "..., had anyone read the letter": a condition without if."""
    subject = child(verb, "nsubj", "nsubjpass")
    return subject is not None and any(
        c.lower_ in ("had", "were", "should") and c.i < subject.i and c.i > 0 and verb.doc[c.i - 1].text == ","
        for c in children(verb, "aux", "auxpass")
    )


def between(left: Token, right: Token) -> Span:
    """The tokens strictly between two."""
    return left.doc[left.i + 1 : right.i]
