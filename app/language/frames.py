"""Claims to frames: who did what to whom, in lemmas, with the places, identities and causes the clause states.

High precision over recall: a slot that is not plainly stated is left out.
"""

from __future__ import annotations

from collections.abc import Callable

from spacy.tokens import Token

from app.domain.values import Frame

_LIGHT = frozenset("take make have give hold carry come get do bring".split())
_NEGATIVE = frozenset("no not n't never neither nobody nothing none without nor".split())
_FAILING = frozenset("fail refuse decline lack".split())
_DROPPED = frozenset(
    {"DET", "PRON", "PUNCT", "ADP", "CCONJ", "SCONJ", "PART", "NUM", "SPACE", "SYM", "AUX", "INTJ", "X"}
)
Names = Callable[[Token], str | None]


def frame_of(root: Token, tokens: list[Token], *, names: Names) -> Frame:
    """The frame of the clause whose predicate is ``root``; ``names`` resolves a pronoun or description to a name."""
    predicate = root if root.pos_ in ("VERB", "AUX", "NOUN", "ADJ", "PROPN") else None
    if predicate is not None and predicate.lemma_ in ("appear", "seem", "fail"):
        predicate = next((c for c in predicate.children if c.dep_ == "xcomp"), predicate)
    subject = _argument(root, ("nsubj", "nsubjpass"))
    obj = _argument(predicate or root, ("dobj", "attr", "acomp", "oprd", "dative"))
    return Frame(
        predicate=predicate.lemma_.lower() if predicate is not None else None,
        subject=_phrase(subject, names) if subject is not None else None,
        object=_phrase(obj, names) if obj is not None else None,
        is_negated=_is_negated(root, subject, obj),
        lemmas=tuple(
            t.lemma_.lower()
            for t in tokens
            if t.pos_ not in _DROPPED and not t.like_num and t.ent_type_ not in ("DATE", "TIME")
        ),
    )


def _argument(verb: Token, deps: tuple[str, ...]) -> Token | None:
    for child in verb.children:
        if child.dep_ in deps:
            return child
    if verb.dep_ in ("conj", "xcomp") and "nsubj" in deps:
        return _argument(verb.head, deps)
    return None


def _phrase(head: Token, names: Names) -> str:
    """Modifiers and head as lemmas: "north korean troop"."""
    name = names(head)
    if name is not None:
        return name.lower()
    kept = [
        t
        for t in head.subtree
        if t.i == head.i or (t.dep_ in ("compound", "amod", "nmod", "poss", "pobj", "conj") and t.pos_ not in _DROPPED)
    ]
    return " ".join(t.lemma_.lower() for t in kept)


def _is_negated(root: Token, subject: Token | None, obj: Token | None) -> bool:
    if root.lemma_ in _FAILING:
        return True
    for top in (root, subject, obj):
        if top is not None and any(c.dep_ in ("neg", "det", "preconj") and c.lower_ in _NEGATIVE for c in top.children):
            return True
    return any(t is not None and t.lower_ in ("nobody", "nothing", "none") for t in (subject, obj))
