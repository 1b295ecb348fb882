"""What is a claim at all, and of what kind.

Kinds, decided in this order:

prediction  about the future: planned, arranged, expected or conditional
assessment  a judgement: what something is called, what must, should or would have been, praise and blame in a
            predicate; an opinion has no truth to contradict
quantity    answers "how many" or "how much": a number in its subject, object or complement
event       something that happened
statement   somebody's word on a state of affairs
background  a state of affairs in the article's own voice
"""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Span, Token

from app.domain.values import ClaimKind, Factuality, Quantity
from app.language.lexicon import CONJECTURE, EXPECTATION, GESTURES, JUDGEMENT, OPINION, STATES
from app.language.syntax import child, children, has_perfect, is_past, is_verb, modals


def is_claim(sentence: Span, content: Token) -> bool:
    """Could the sentence be checked? It takes a predicate with somebody or something it is said of.

    Wh-questions, commands, gestures ("he shrugged") and fragments without a verb are none; a fragment with a number is.
    """
    tokens = [t for t in sentence if not (t.is_punct or t.is_space)]
    if len(tokens) < 2 or (len(tokens) == 2 and not any(t.like_num for t in tokens)):
        return False
    if sentence.text.rstrip("\"') ").endswith("?") and any(t.tag_ in ("WP", "WRB", "WDT", "WP$") for t in tokens[:3]):
        return False
    if any(t.like_num for t in tokens):
        return True
    if content.lemma_ in GESTURES and child(content, "dobj", "ccomp", "prep") is None:
        return False
    if content.tag_ == "VB" and child(content, "nsubj", "nsubjpass", "aux") is None:
        return False
    return any(is_verb(t) for t in tokens)


def kind_of(
    content: Token,
    cues: frozenset[str],
    *,
    factuality: Factuality,
    quantities: Sequence[Quantity],
    offset: int,
    is_held: bool,
) -> ClaimKind:
    """The kind of a claim with this predicate, reported with these verbs. ``offset`` is where its sentence starts in
    the text, ``is_held`` whether somebody other than the article asserts it."""
    is_open = factuality is Factuality.POSSIBLE and not is_past(content)
    if factuality is Factuality.PLANNED or cues & EXPECTATION or is_open:
        return ClaimKind.PREDICTION
    if cues & JUDGEMENT or _is_opinion(content):
        return ClaimKind.ASSESSMENT
    if any(_is_counted(content, q.start - offset) for q in quantities if q.unit != "yr"):
        return ClaimKind.QUANTITY
    if content.pos_ == "VERB" and content.lemma_ not in STATES and is_past(content):
        return ClaimKind.EVENT
    return ClaimKind.STATEMENT if is_held else ClaimKind.BACKGROUND


def _is_opinion(content: Token) -> bool:
    found = modals(content)
    if found & {"should", "must", "ought"} or (found & {"would", "could"} and has_perfect(content)):
        return True
    subject = child(content, "nsubj")
    if subject is not None and subject.lower_ in ("i", "we") and content.lemma_ in CONJECTURE | {"be", "hope", "find"}:
        return True
    return content.lemma_ == "be" and any(
        t.lower_ in OPINION for c in children(content, "acomp", "attr") for t in c.subtree
    )


def _is_counted(content: Token, at: int) -> bool:
    """Does the number at this place of the sentence stand in the subject, the object or the complement?"""
    labels = ["nsubj", "nsubjpass", "dobj", "attr", "npadvmod"] + (
        ["prep", "acomp"] if content.lemma_ in STATES else []
    )
    return any(c.left_edge.idx <= at <= c.right_edge.idx for c in children(content, *labels))
