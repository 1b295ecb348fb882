"""What is told as possible and what as planned: modals, conditions, conjecture, arrangements for a time to come."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from spacy.tokens import Token

from app.language.lexicon import COMMITMENT, CONJECTURE, EXPECTATION, INTENTION, STATES, UTTERING, WITHHOLDING, words
from app.language.syntax import (
    child,
    children,
    has_perfect,
    is_finite,
    is_inverted_condition,
    is_negated,
    is_passive,
    is_past,
    is_perceiving,
    is_verb,
    modals,
)

_MAYBES = words("probably possibly perhaps likely maybe unlikely conceivably presumably potentially")
_FORESEEN = words("expect forecast predict tip project anticipate")
_ARRANGED = words("due set scheduled slated poised expected bound going about ready planned destined billed")
_MAYBE_REPLY = re.compile(
    r"\b(?:says?|said|thinks?|thought|replied|answered)\s+(?:it\s+)?(?:perhaps|maybe|possible|possibly|probable|likely)\b",
    re.IGNORECASE,
)


def is_possible(cues: Sequence[Token], content: Token, sentence: str, *, has_future_time: bool) -> bool:
    """Is the proposition conjecture, forecast, hypothesis or condition?"""
    if any(c.lemma_.lower() in CONJECTURE | EXPECTATION and not is_negated(c) for c in cues):
        return True
    is_foreseen = (is_passive(content) and content.lemma_ in _FORESEEN) or content.lemma_ == "forecast"
    is_left_open = content.lemma_ == "rule" and is_negated(content) and child(content, "prt") is not None  # "ruled out"
    has_maybe = any(a.lower_ in _MAYBES for a in _adverbs(content)) or _MAYBE_REPLY.search(sentence)
    if is_foreseen or is_left_open or has_maybe:
        return True
    return _is_modal(content, is_reported=bool(cues), has_future_time=has_future_time)


def _is_modal(content: Token, *, is_reported: bool, has_future_time: bool) -> bool:
    """May, might; could, unless it is a failed or a past ability; would and should as hypotheses; conditions."""
    found = modals(content)
    if found & {"may", "might"}:
        return True
    is_ability = is_perceiving(content) and not has_future_time
    if "could" in found and not is_ability and (not is_negated(content) or has_perfect(content)):
        return True
    if (
        "would" in found and is_negated(content) and content.lemma_ in WITHHOLDING | UTTERING
    ):  # "would not say how many"
        return False
    if found & {"would", "should"} and (has_perfect(content) or _is_conditional(content) or not is_reported):
        return True
    return _is_conditional(content) and (bool(found) or not is_past(content))


def _is_conditional(content: Token) -> bool:
    """A clause with if or unless, or an inverted 'had anyone ...', governs the predicate."""
    for clause in children(content, "advcl", "ccomp", "dep", "parataxis"):
        marks = {c.lower_ for c in children(clause, "mark", "advmod", "prep")}
        if marks & {"if", "unless"} and not marks & {"as", "even", "whether"}:
            return True
        if clause.i > content.i and is_inverted_condition(clause):
            return True
    if is_verb(content.head) and content.dep_ == "ccomp" and is_inverted_condition(content.head):
        return True
    opening = content.sent[0]
    if opening.lower_ in ("had", "were", "should") and opening.dep_ == "aux" and opening.head.i < content.i:
        return True
    return content.sent[0].lower_ in ("if", "unless") and content.i > content.sent.start + 2 and content.dep_ != "ccomp"


def _adverbs(content: Token) -> Iterator[Token]:
    """Adverbs of the predicate and of its complements, not of other clauses."""
    for top in content.children:
        if top.lower_ in _MAYBES:
            yield top
        elif top.dep_ in ("attr", "acomp", "prep", "dobj", "advmod", "agent"):
            yield from (t for t in top.children if t.lower_ in _MAYBES and t.dep_ == "advmod" and t.i < top.i + 3)


def is_planned(cues: Sequence[Token], governing: Sequence[Token], content: Token, *, has_future_time: bool) -> bool:
    """Is it to come: will, intended (``governing``: the verbs it hangs from), promised, arranged?"""
    found = modals(content)
    if found & {"will", "shall", "'ll", "wo", "sha"} or ("would" in found and cues):
        return True
    if any(c.lemma_.lower() in INTENTION for c in governing) or any(c.lemma_.lower() in COMMITMENT for c in cues):
        return True
    if _is_called_off(content):
        return False
    if is_arranged(content) or _is_headline_plan(content):
        return True
    if content.lemma_ in ("plan", "schedule") and child(content, "dobj") is not None and not is_past(content):
        return True
    return has_future_time and _is_present_event(content)


def _is_present_event(content: Token) -> bool:
    """A present tense that, with a time to come, tells of something arranged: not a state, not a habit."""
    is_bare = (
        content.tag_ in ("VB", "VBN") and content.lower_ == content.lemma_ and child(content, "aux", "auxpass") is None
    )
    if content.tag_ in ("VBZ", "VBP") or (is_bare and child(content, "nsubj") is not None):
        return content.lemma_ not in STATES or content.lemma_ in ("rise", "fall", "stay", "face")
    if content.tag_ == "VBG":
        return any(c.tag_ in ("VBZ", "VBP") for c in children(content, "aux"))
    return content.pos_ in ("NOUN", "PROPN") and not any(is_verb(t) for t in content.sent)


def is_arranged(content: Token) -> bool:
    """'is to open', 'is due back', 'are set to', 'council to close baths'."""
    to = next((c for c in children(content, "aux") if c.lower_ == "to"), None)
    has_finite = any(c.tag_ in ("VBD", "VBP", "VBZ", "MD") for c in children(content, "aux", "auxpass"))
    if to is not None and not has_finite and child(content, "nsubj", "nsubjpass") is not None:
        return content.dep_ in ("ROOT", "ccomp", "conj") and content.tag_ in ("VB", "VBN")
    if any(c.lower_ == "going" for c in children(content, "aux")) or (
        content.lower_ == "going" and child(content, "xcomp") is not None
    ):
        return True
    if content.lower_ in _ARRANGED and is_passive(content):
        is_for = any(c.lower_ == "for" for c in children(content, "prep")) and content.lower_ in (
            "scheduled",
            "planned",
            "slated",
        )
        return is_for or (child(content, "xcomp") is not None and content.lower_ != "expected")
    if content.lemma_ != "be":
        return False
    if any(c.lower_ in _ARRANGED and 0 < c.i - content.i <= 4 for c in content.children):
        return True
    purpose = child(content, "xcomp")
    return (
        purpose is not None
        and purpose.i > content.i
        and not has_perfect(purpose)
        and child(content, "acomp", "attr") is None
        and any(c.lower_ == "to" for c in children(purpose, "aux"))
    )


def _is_called_off(content: Token) -> bool:
    """'was due in court but fled': of a past plan, what came instead."""
    is_contrast = any(c.lower_ == "but" for c in children(content, "cc"))
    return is_contrast and is_past(content) and any(is_past(v) for v in children(content, "conj"))


def _is_headline_plan(content: Token) -> bool:
    """'City to scrap free parking': a noun with an infinitive, and no finite verb anywhere."""
    part = content.sent
    if any(is_verb(t) and is_finite(t) for t in part):
        return False
    return any(
        t.tag_ == "VB" and any(c.lower_ == "to" for c in children(t, "aux")) and t.i <= part.start + 9 for t in part
    )
