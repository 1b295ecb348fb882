"""How far a text commits to a proposition: asserted, denied, unconfirmed, possible or planned.

Read off the voices around the proposition and the modality of its own predicate. A bare negative is asserted; denial
takes somebody who rebuts. A yes/no question about the past is unconfirmed, about the future possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from spacy.tokens import Token

from app.domain.values import Factuality
from app.language.attribution import Attribution
from app.language.lexicon import ALLEGATION, COMMITMENT, CONJECTURE, DENIAL, EXPECTATION, INTENTION

_HEDGES = frozenset(
    "reportedly allegedly apparently purportedly supposedly seemingly ostensibly rumoured rumored".split()
)
_MAYBES = frozenset("probably possibly perhaps likely maybe unlikely conceivably presumably potentially".split())
_BELIEVED = frozenset(
    "believe think say report rumour rumor understand allege suspect suppose assume fear claim presume".split()
)
_FORESEEN = frozenset("expect forecast predict tip project anticipate".split())
_ARRANGED = frozenset(
    "due set scheduled slated poised expected bound going about ready planned destined billed".split()
)
_PERCEIVED = frozenset("see hear feel smell tell afford understand remember".split())

_UNVERIFIED = re.compile(
    r"\b(?:un(?:verified|confirmed|corroborated|substantiated)|"
    r"(?:could|can|has|have|had|was|were|been)(?:\s+not|n[o']t)(?:\s+yet)?(?:\s+been|\s+be)?(?:\s+\w+ly)?\s+(?:be(?:en)?\s+)?"
    r"(?:\w+ly\s+)?(?:verif|confirm|corroborat|check|substantiat|authenticat)\w*|"
    r"(?:unable|impossible|not\s+(?:been\s+)?(?:able|possible))\s+to\s+(?:\w+ly\s+)?(?:verify|confirm|corroborate|check|authenticate)|"
    r"no\s+(?:\w+\s+){1,3}(?:has|have|had|was|were)\s+(?:\w+\s+){0,2}(?:been\s+)?able\s+to\s+(?:\w+ly\s+)?(?:check|verify|confirm)|"
    r"neither\s+(?:\w+\s+){0,3}(?:could|can)\s+be\s+(?:\w+ly\s+)?(?:checked|verified|confirmed)|"
    r"neither\s+confirm(?:ed)?\s+n?or\s+den(?:y|ied)|(?:declin|refus)\w+\s+to\s+(?:confirm|say\s+whether)|"
    r"rumou?r\s+has\s+it|yet\s+to\s+be\s+(?:confirmed|verified))",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"^(?:(?:neither|none|these|those|that|this|the|his|her|their|its|such|both|no)\s+(?:of\s+\w+\s+)?)?"
    r"(?:claims?|reports?|accounts?|figures?|statements?|allegations?|assertions?|footage|videos?|images?|versions?|tolls?|numbers?|it|they|that|this)\b"
    r"[^.;]{0,40}?\b(?:could|can|has|have|had)\b",
    re.IGNORECASE,
)
_UNTRUE = re.compile(
    r"\b(?:not\s+true|untrue|no\s+truth\s+(?:in|to)|(?:is|are|was|were)\s+(?:\w+\s+)?(?:false|a\s+lie|lies|fabricated|a\s+fabrication|baseless|groundless|unfounded)|"
    r"called\s+(?:\w+\s+){1,8}(?:a\s+lie|lies|nonsense|false|fabricated|baseless|untrue|a\s+fabrication))\b",
    re.IGNORECASE,
)
_REPLY_NO = re.compile(
    r"\b(?:replied|answered|responded|said|says|replies)\b[^.]{0,20}[:,]\s*[\"'“‘]?no\b", re.IGNORECASE
)
_MAYBE_REPLY = re.compile(
    r"\b(?:says?|said|thinks?|thought|replied|answered)\s+(?:it\s+)?(?:perhaps|maybe|possible|possibly|probable|likely)\b",
    re.IGNORECASE,
)


def comments_on_verification(sentence: str) -> bool:
    """Does the sentence only say that what was reported before it could not be checked?"""
    return bool(_UNVERIFIED.search(sentence) and _COMMENT.match(sentence))


def factuality_of(attribution: Attribution, sentence: str, *, has_future_time: bool) -> Factuality:
    """The commitment to the main proposition of a sentence.

    ``has_future_time``: a time expression of the clause lies after the article's own date, so that a present tense
    tells of something arranged ("opens on 1 March").
    """
    cues = [act.cue for act in attribution.acts]
    content = attribution.content
    if _is_denied(cues, content, sentence):
        return Factuality.DENIED
    if sentence.rstrip("\"'”’) ").endswith("?"):
        return _questioned(content)
    if _is_unconfirmed(cues, content, sentence):
        return Factuality.UNCONFIRMED
    if _is_possible(cues, content, sentence):
        return Factuality.POSSIBLE
    if _is_planned(cues, content, has_future_time=has_future_time):
        return Factuality.PLANNED
    return Factuality.ASSERTED


def _is_denied(cues: Iterable[Token], content: Token, sentence: str) -> bool:
    for cue in cues:
        if cue.lemma_.lower() in DENIAL and not is_negated(cue):
            return True
    if (
        content.lemma_.lower() in DENIAL
        and not is_negated(content)
        and any(c.dep_ == "agent" for c in content.children)
    ):
        return True
    return bool(_UNTRUE.search(sentence) or _REPLY_NO.search(sentence))


def _questioned(content: Token) -> Factuality:
    if _modals(content) & {
        "will",
        "would",
        "can",
        "could",
        "may",
        "might",
        "shall",
        "should",
        "'ll",
    } and not _has_perfect(content):
        return Factuality.POSSIBLE
    return Factuality.POSSIBLE if "might" in _modals(content) or "may" in _modals(content) else Factuality.UNCONFIRMED


def _is_unconfirmed(cues: list[Token], content: Token, sentence: str) -> bool:
    if _UNVERIFIED.search(sentence):
        return True
    if any(cue.lemma_.lower() in ALLEGATION for cue in cues) and content.i not in (c.i for c in cues):
        return True
    if any(c.lemma_.lower() in ALLEGATION for c in cues):
        return True
    if any(a.lower_ in _HEDGES for a in _adverbs(content)):
        return True
    if content.lemma_ in ("appear", "seem") and any(
        c.dep_ in ("xcomp", "oprd", "acomp", "ccomp") for c in content.children
    ):
        return True
    return _is_passive(content, _BELIEVED) or any(_is_passive(c, _BELIEVED) and not _has_agent(c) for c in cues)


def _is_possible(cues: list[Token], content: Token, sentence: str) -> bool:
    if any(c.lemma_.lower() in CONJECTURE | EXPECTATION and not is_negated(c) for c in cues):
        return True
    if _is_passive(content, _FORESEEN) or content.lemma_ == "forecast":
        return True
    if any(a.lower_ in _MAYBES for a in _adverbs(content)) or _MAYBE_REPLY.search(sentence):
        return True
    if any(
        c.dep_ in ("acomp", "attr") and c.lower_ in ("likely", "unlikely", "possible", "probable")
        for c in content.children
    ):
        return True
    modals = _modals(content)
    if modals & {"may", "might"}:
        return True
    if (
        "could" in modals
        and not (is_negated(content) and not _has_perfect(content))
        and content.lemma_ not in _PERCEIVED
    ):
        return True
    if "would" in modals and (_has_perfect(content) or _is_conditional(content)):
        return True
    return _is_conditional(content) and (not _is_past(content) or bool(modals))


def _is_planned(cues: Iterable[Token], content: Token, *, has_future_time: bool) -> bool:
    modals = _modals(content)
    if modals & {"will", "shall", "'ll", "wo", "would"}:
        return True
    if content.lemma_.lower() in COMMITMENT or any(c.lemma_.lower() in COMMITMENT | INTENTION for c in cues):
        return True
    if content.lemma_.lower() in INTENTION and any(c.dep_ in ("xcomp", "ccomp") for c in content.children):
        return True
    if _is_arranged(content):
        return True
    return has_future_time and content.tag_ in ("VBZ", "VBP", "VBG", "NN", "NNS") and not _is_past(content)


def _is_arranged(content: Token) -> bool:
    """'is to open', 'is due back', 'are set to', 'council to close baths'."""
    tos = [c for c in content.children if c.dep_ == "aux" and c.lower_ == "to"]
    has_finite = any(c.dep_ in ("aux", "auxpass") and c.tag_ in ("VBD", "VBP", "VBZ", "MD") for c in content.children)
    if tos and content.dep_ in ("ROOT", "ccomp", "conj") and not has_finite and _has_subject(content):
        return True
    if content.lemma_ != "be":
        return (
            content.lower_ in _ARRANGED
            and any(c.dep_ == "auxpass" for c in content.children)
            and any(c.dep_ == "xcomp" for c in content.children)
        )
    for child in content.children:
        if (
            child.dep_ in ("acomp", "oprd", "attr", "prep", "advmod")
            and child.lower_ in _ARRANGED
            and child.i - content.i <= 4
        ):
            return True
        if (
            child.dep_ == "xcomp"
            and any(c.lower_ == "to" for c in child.children)
            and not _has_perfect(child)
            and child.i > content.i
        ):
            adjective = any(c.dep_ == "acomp" for c in content.children)
            return not adjective
    return False


def is_negated(predicate: Token) -> bool:
    """Does a negation sit on the predicate itself?"""
    return any(c.dep_ == "neg" or c.lower_ in ("never", "hardly", "neither") for c in predicate.children)


def _adverbs(content: Token) -> Iterator[Token]:
    """Adverbs of the predicate, its auxiliaries and its complements, not of other clauses."""
    for child in content.children:
        if child.pos_ == "ADV" or child.lower_ in _MAYBES | _HEDGES:
            yield child
        elif child.dep_ in ("attr", "acomp", "xcomp", "prep", "dobj", "nsubj", "nsubjpass", "advmod", "agent"):
            yield from (g for g in child.children if g.pos_ == "ADV" or g.lower_ in _HEDGES)


def _modals(content: Token) -> set[str]:
    found = {c.lower_ for c in content.children if c.dep_ in ("aux", "auxpass") and c.tag_ == "MD"}
    if content.dep_ == "conj" and not any(c.dep_ in ("nsubj", "nsubjpass", "aux") for c in content.children):
        found |= _modals(content.head)
    return found


def _has_perfect(content: Token) -> bool:
    return any(c.dep_ == "aux" and c.lower_ in ("have", "'ve", "has", "had") for c in content.children)


def _is_past(content: Token) -> bool:
    if content.tag_ == "VBD":
        return True
    return any(
        c.dep_ in ("aux", "auxpass") and (c.tag_ == "VBD" or c.lower_ in ("have", "has", "had"))
        for c in content.children
    )


def _is_conditional(content: Token) -> bool:
    """A clause with if or unless, or an inverted 'had anyone ...', hangs on the predicate."""
    for child in content.children:
        if child.dep_ in ("advcl", "ccomp", "dep", "parataxis"):
            marks = {c.lower_ for c in child.children if c.dep_ in ("mark", "advmod", "prep")}
            if marks & {"if", "unless"} and not marks & {"as", "even"}:
                return True
            first = next(iter(child.subtree))
            if first.lower_ in ("had", "were", "should") and first.dep_ == "aux" and first.i > content.i:
                return True
    return False


def _is_passive(token: Token, lemmas: frozenset[str]) -> bool:
    return token.lemma_.lower() in lemmas and any(c.dep_ == "auxpass" for c in token.children)


def _has_agent(token: Token) -> bool:
    return any(c.dep_ == "agent" for c in token.children)


def _has_subject(token: Token) -> bool:
    return any(c.dep_ in ("nsubj", "nsubjpass") for c in token.children)
