"""Does an expression without direction ("on Tuesday", "in March") lie behind or ahead? The governing verb decides."""

from __future__ import annotations

import re
from itertools import islice, pairwise

from spacy.tokens import Token

from app.language.date_senses import Parsed
from app.language.date_words import Atom, words
from app.language.syntax import children, is_finite, is_passive, is_past, is_perceiving, modals

_REPORTING = words(
    "say report tell claim confirm announce state show warn accuse insist deny note add write suggest "
    "reveal declare call describe find hear argue admit concede allege maintain estimate recall explain"
)
_PLANNED = words("schedule expect plan slate set due book tip bill intend hope want promise vow pledge propose prepare")
_FUTURE = words("will 'll ’ll wo shall")
_MODALS = words("would could may might should must can ca 'd")
_PAST = words("have has had 've was were did")
_PRESENT = words("is are am 's 're")
_NEGATIONS = words("neither no none nobody")
_IMPLICATIVE = words("begin start manage fail continue have refuse decline appear seem happen come try help use force")
# "postponed until Tuesday": what these do to an end still to come
_PROLONGING = words(
    "put postpone delay extend give defer adjourn suspend remand allow push reschedule move grant prolong bar ban have"
)
# "did not rule out closing in May", "are considering moving": what is weighed lies ahead
_WEIGHING = words("rule consider contemplate mull discuss suggest recommend oppose avoid delay postpone")
# "are investigating a fire on Sunday": what goes on because of something that has happened
_RETROSPECTIVE = words("investigate probe appeal question search hunt treat mourn grieve recover")
_AHEAD = re.compile(r"\b(?:ahead of|due|deadline|upcoming)\s(?:\w+\s){0,2}$", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:against|compared (?:with|to)|than|versus)\s[^,;.]{0,25}$", re.IGNORECASE)


def direction(atom: Atom, parsed: Parsed, *, preposition: str) -> str:
    """ "<" when the governing verb puts the expression in the past, ">" when ahead."""
    left = parsed.text[max(0, atom.start - 40) : atom.start]
    if preposition == "since" or _COMPARED.search(left):
        return "<"
    if _AHEAD.search(left):
        return ">"
    token = parsed.token_at(atom.start)
    is_attribute = token.dep_ in ("amod", "compound", "nmod") and token.head.i > token.i
    verb = next((t for t in (token, *islice(token.ancestors, 12)) if _is_predicate(t)), None)
    if verb is None:
        return ">" if preposition in ("by", "until", "till") else "<"
    if verb.lemma_.lower() in _PROLONGING and (preposition == "until" or left.endswith(" to ")):
        return ">"
    if (is_attribute and verb.tag_ in ("VBZ", "VBP")) or _comes_after(token) or _looks_back(token, verb):
        return "<"
    return _direction_of(verb, depth=0)


def _is_predicate(token: Token) -> bool:
    return token.pos_ in ("VERB", "AUX") and token.tag_ != "MD"


def _comes_after(token: Token) -> bool:
    """Within what something comes after: "travels north after losing on Tuesday", "offered to go after Sunday's vote".
    What is planned or arranged may come after what lies ahead too: "plans to go", "the ban ends after Sunday's vote".
    """
    path: list[Token] = []
    for step in (token, *islice(token.ancestors, 12)):
        path.append(step)
        if _is_predicate(step) and is_finite(step):
            break
    earlier = next((below for below, above in pairwise(path) if above.lower_ == "after" and below.i > above.i), None)
    if earlier is None or earlier.ent_type_ in ("DATE", "TIME"):
        return False
    if any(modals(step) or step.lemma_.lower() in _PLANNED or step.lower_ == "due" for step in path):
        return False
    return _is_predicate(earlier) or is_past(path[-1]) or _is_state(path[-1])


def _looks_back(token: Token, verb: Token) -> bool:
    """What is so now for what happened then: "is in custody after a stabbing on Friday", "are investigating a fire on
    Sunday". A parser hangs the day on the verb."""
    is_ongoing = verb.tag_ == "VBG" and any(child.lower_ in _PRESENT for child in children(verb, "aux"))
    is_after = any(t.lower_ == "after" for t in verb.doc[verb.i : max(verb.i, token.i - 1)])
    return (is_ongoing and verb.lemma_.lower() in _RETROSPECTIVE) or (_is_state(verb) and is_after)


def _is_state(verb: Token) -> bool:
    """ "is in custody", "remain in hospital", "is being held"."""
    auxiliaries = {child.lower_ for child in children(verb, "aux", "auxpass")}
    is_copula = verb.tag_ in ("VBZ", "VBP") and verb.lemma_ in ("be", "remain") and not auxiliaries
    return is_copula or "being" in auxiliaries


def is_tense_weak(atom: Atom, parsed: Parsed) -> bool:
    """Whether the expression hangs on a noun or a copula ("the shooting in July", "this is ... in July"), so that tense
    is a weak witness."""
    token = parsed.token_at(atom.start)
    for _ in range(4):
        token = token.head
        if token.pos_ in ("NOUN", "PROPN"):
            return True
        if token.pos_ in ("VERB", "AUX"):
            return token.lemma_ == "be" and token.tag_ != "VB"
        if token.pos_ == "ADJ":  # due in, likely by
            return False
    return False


def _direction_of(verb: Token, *, depth: int) -> str:
    auxiliaries = {child.lower_ for child in verb.children if child.dep_ in ("aux", "auxpass")}
    if auxiliaries & _FUTURE:
        way = ">"
    elif auxiliaries & _MODALS:
        way = _modal(verb, auxiliaries)
    elif verb.lemma_.lower() in ("plan", "schedule") and not auxiliaries & {"was", "were", "been"}:
        way = ">"
    elif auxiliaries & _PAST or verb.tag_ == "VBD":
        way = "<"
    elif auxiliaries & {"do", "does"} or (auxiliaries & _PRESENT and verb.tag_ in ("VBG", "VBN")):
        way = ">"
    elif verb.tag_ in ("VBZ", "VBP"):
        way = "<" if verb.lemma_.lower() in _REPORTING else ">"
    else:
        way = _nonfinite(verb, auxiliaries, depth=depth)
    return way


def _modal(verb: Token, auxiliaries: set[str]) -> str:
    """ "might come" lies ahead; "might have come", "could not be reached", "would not say" and
    "shots could be heard" lie behind."""
    if "have" in auxiliaries or ("could" in auxiliaries and is_perceiving(verb) and is_passive(verb)):
        return "<"
    subjects = [child for child in verb.children if child.dep_ in ("nsubj", "nsubjpass")]
    nearby = [*verb.children, *(token for subject in subjects for token in islice(subject.subtree, 12))]
    is_negated = any(token.dep_ == "neg" or token.lower_ in _NEGATIONS for token in nearby)
    return "<" if is_negated and auxiliaries & {"could", "would"} else ">"


def _nonfinite(verb: Token, auxiliaries: set[str], *, depth: int) -> str:
    above = (verb.head, *islice(verb.head.ancestors, 12)) if verb.head.i != verb.i and depth < 4 else ()
    governor = next((token for token in above if token.pos_ in ("VERB", "AUX")), None)
    is_infinitive = "to" in auxiliaries or (verb.tag_ == "VB" and verb.dep_ in ("xcomp", "acl"))
    if is_infinitive:
        is_dependent = governor is not None and (
            verb.dep_ == "advcl" or (verb.head.i == governor.i and governor.lemma_.lower() in _IMPLICATIVE)
        )
        was_due = governor is not None and governor.lemma_ == "be" and any(c.lower_ == "had" for c in governor.children)
        if was_due or governor is None or not is_dependent:
            return "<" if was_due else ">"
    elif verb.tag_ == "VBN" and verb.dep_ in ("acl", "advcl", "amod", "ROOT"):
        return ">" if verb.lemma_.lower() in _PLANNED else "<"
    elif verb.dep_ in ("xcomp", "pcomp", "ccomp") and governor is not None and governor.lemma_.lower() in _WEIGHING:
        return ">"
    if governor is not None:
        return _direction_of(governor, depth=depth + 1)
    return "<" if verb.tag_ == "VBN" else ">"
