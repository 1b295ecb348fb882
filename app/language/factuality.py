"""How far a text commits to a proposition: asserted, denied, unconfirmed, possible or planned.

Read off the voices around the proposition and the modality of its own predicate. A bare negative is asserted; denial
takes somebody who rebuts. A yes/no question about the past is unconfirmed, about the future possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from spacy.tokens import Span, Token

from app.domain.values import Factuality
from app.language.attribution import Attribution
from app.language.lexicon import (
    ALLEGATION,
    ASSERTIONS,
    COMMITMENT,
    CONJECTURE,
    DENIAL,
    DOCUMENTS,
    EXPECTATION,
    INQUIRY,
    INTENTION,
    STATES,
    UTTERING,
    words,
)
from app.language.syntax import (
    agent_of,
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
    subject_of,
)

_HEDGES = words("reportedly allegedly apparently purportedly supposedly seemingly ostensibly rumoured rumored")
_MAYBES = words("probably possibly perhaps likely maybe unlikely conceivably presumably potentially")
_BELIEVED = words("believe think say report rumour rumor understand allege suspect suppose assume fear claim presume")
_FORESEEN = words("expect forecast predict tip project anticipate")
_ARRANGED = words("due set scheduled slated poised expected bound going about ready planned destined billed")
_SIDE_CLAUSES = words("relcl acl advcl conj")
_TAKING_UP = words("it they them this that these those which both all none neither everything much")  # of what was said

_CHECK = r"(?:\w+ly\s+)?(?:verif|confirm|corroborat|check|substantiat|authenticat)\w*"
_UNKNOWN = r"(?:not\s+(?:yet\s+|immediately\s+)?(?:clear|known)|unclear|unknown)"
_ASKED = r"(?:whether|if|who|what|how|why|where|when)"
_UNVERIFIED = re.compile(
    "|".join(
        (
            r"\bun(?:verified|confirmed|corroborated|substantiated)\b",
            rf"\b(?:could|can|has|have|had|was|were)(?:\s+not|n[o']t)(?:\s+yet)?(?:\s+been|\s+be)?\s+{_CHECK}",
            rf"\b(?:unable|impossible|not\s+(?:been\s+)?(?:able|possible))\s+to\s+{_CHECK}",
            rf"\bno\s+(?:\w+\s+){{1,3}}(?:has|have|had|was|were)\s+(?:\w+\s+){{0,3}}able\s+to\s+{_CHECK}",
            rf"\bneither\s+(?:\w+\s+){{0,3}}(?:could|can)\s+be\s+{_CHECK}",
            r"\bneither\s+confirm(?:ed)?\s+n?or\s+den(?:y|ied)\b",
            r"\bneither\b[^.;]{0,60}\bwould\s+comment\s+on\b",
            r"\b(?:declin|refus)\w+\s+to\s+(?:confirm\b|say\s+whether\b)",
            rf"\bwhether\b[^.;]{{0,80}}\b(?:is|was|remains)\s+{_UNKNOWN}\b",
            rf"\b(?:is|was|are|were|remains?|remained)\s+{_UNKNOWN}\s+{_ASKED}\b",
            r"\brumou?r\s+has\s+it\b|^\W*(?:rumou?rs?|speculation|gossip)\s+that\b",
            r"\b(?:did|does|do|would|will)(?:\s+not|n't)\s+confirm\b",
            r"\byet\s+to\s+(?:be\s+)?(?:confirm|verif|corroborat)\w*",
        )
    ),
    re.IGNORECASE,
)
_WITHHELD = words("say comment confirm draw disclose reveal")
_COMMENT = re.compile(
    r"^(?:(?:neither|none|these|those|that|this|the|his|her|their|its|such|both|no)\s+(?:of\s+\w+\s+)?)?"
    r"(?:claims?|reports?|accounts?|figures?|statements?|allegations?|assertions?|footage|videos?|images?|versions?|tolls?|numbers?|it|they|that|this)\b"
    r"[^.;]{0,40}?\b(?:could|can|has|have|had)\b",
    re.IGNORECASE,
)
_FALSE = r"(?:false|a\s+lie|lies|fabricated|a\s+fabrication|baseless|groundless|unfounded)"
_UNTRUE = re.compile(
    r"\b(?:not\s+true|untrue|no\s+truth\s+(?:in|to))\b|n't\s+true\b|"
    rf"(?:\b(?:is|are|was|were)|'s|'re)\s+(?:(?!not\b)\w+\s+)?{_FALSE}\b|"
    r"\bcalled\s+(?:\w+\s+){1,8}(?:a\s+lie|lies|nonsense|false|fabricated|baseless|untrue|a\s+fabrication)\b",
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


def factuality_of(attribution: Attribution, *, has_future_time: bool) -> Factuality:
    """The commitment to a proposition of a sentence.

    ``has_future_time``: a time expression of the clause lies after the article's own date, so that a present tense
    tells of something arranged ("opens on 1 March").
    """
    cues = [act.cue for act in attribution.acts]
    content = attribution.content
    governing = [act.cue for act in attribution.acts if act.content is not None and act.content.dep_ == "xcomp"]
    sentence = content.doc.text
    if _is_denied(cues, content):
        return Factuality.DENIED
    if sentence.rstrip("\"'”’) ").endswith("?"):
        is_open = (bool(modals(content) - {"must"}) and not has_perfect(content)) or _is_arranged(content)
        return Factuality.POSSIBLE if is_open or modals(content) & {"might", "may"} else Factuality.UNCONFIRMED
    if _is_unconfirmed(cues, content):
        return Factuality.UNCONFIRMED
    if _is_possible(cues, content, sentence, has_future_time=has_future_time):
        return Factuality.POSSIBLE
    if _is_planned(cues, governing, content, has_future_time=has_future_time):
        return Factuality.PLANNED
    return Factuality.ASSERTED


def _is_denied(cues: Sequence[Token], content: Token) -> bool:
    also = [v for c in cues for v in children(c, "advcl") if v.tag_ == "VBG"]  # "..., he said, denying that ..."
    if any(c.lemma_.lower() in DENIAL and not is_negated(c) for c in (*cues, *also)):
        return True
    spine = _spine(cues, content)
    is_untrue = any(_is_rebuttal(s) and _top(s.root, spine).i in spine for s in _found(_UNTRUE, content))
    return is_untrue or bool(_REPLY_NO.search(content.doc.text))


def _is_unconfirmed(cues: Sequence[Token], content: Token) -> bool:
    spine = _spine(cues, content)
    if any(_top(s.root, spine).i in spine or _is_remark(s, content, spine) for s in _found(_UNVERIFIED, content)):
        return True
    if any(c.lemma_.lower() in ALLEGATION for c in cues) or _is_left_open(content):
        return True
    if any(t.lower_ in _HEDGES and _modifies(t, content) for t in content.sent):
        return True
    if content.lemma_ in ("appear", "seem") and child(content, "xcomp", "oprd", "acomp", "ccomp") is not None:
        return True
    believed = [t for t in (content, *cues) if is_passive(t) and t.lemma_.lower() in _BELIEVED and agent_of(t) is None]
    return any(is_verb(t) and not _is_plain_report(t) for t in believed)


def _found(pattern: re.Pattern[str], content: Token) -> list[Span]:
    """Where the sentence says so: the tokens of each match."""
    doc = content.doc
    spans = [doc.char_span(*m.span(), alignment_mode="expand") for m in pattern.finditer(doc.text)]
    return [span for span in spans if span is not None]


def _spine(cues: Sequence[Token], content: Token) -> frozenset[int]:
    """The predicate with all that it stands under: what is said there of its truth is said of it."""
    above, node = [content.i], content
    while node.dep_ not in _SIDE_CLAUSES and node.head.i != node.i:
        node = node.head
        above.append(node.i)
    return frozenset((*above, *(c.i for c in cues)))


def _top(place: Token, spine: frozenset[int]) -> Token:
    """What a word belongs to: a predicate of the spine, or else the head of the clause beside or under it."""
    for node in (place, *place.ancestors):
        is_clause = node.dep_ in _SIDE_CLAUSES or node.dep_ in ("ccomp", "pcomp")
        if node.i in spine or (is_clause and is_verb(node)):
            return node
    return place.sent.root


def _is_rebuttal(found: Span) -> bool:
    """Alarms and passports can be false, too: a rebuttal is of something said, or of what a pronoun or clause says."""
    word = found[-1]
    if word.dep_ == "amod" or (word.lower_ == "lies" and is_verb(word)):
        return False
    if word.lower_ not in ("false", "fabricated"):
        return True
    subject = subject_of(word if is_passive(word) else word.head)
    return subject is None or is_verb(subject) or _is_said(subject)


def _is_remark(found: Span, content: Token, spine: frozenset[int]) -> bool:
    """Does another clause say that what is said could not be checked: "..., a figure that CNS could not verify", "...,
    but this has not been confirmed"? One with a question under it leaves only that open."""
    clause = _top(found.root, spine)
    if clause.dep_ in ("relcl", "acl"):
        return _is_said(clause.head) or (clause.left_edge.lower_ == "which" and clause.i > content.i)
    if clause.i < content.i and clause.dep_ != "advcl":
        return False
    verbs = {clause, *found}
    is_question = any(child(v, "ccomp", "csubj") is not None for v in verbs)
    return not is_question and any(_is_said(noun) for v in verbs for noun in children(v, "nsubj", "nsubjpass", "dobj"))


def _is_said(noun: Token) -> bool:
    return noun.lower_ in _TAKING_UP or noun.lemma_.lower() in ASSERTIONS | DOCUMENTS


def _is_left_open(content: Token) -> bool:
    """'would not say whether', 'are investigating whether'."""
    if content.lemma_ in _WITHHELD and is_negated(content):
        return any(t.lower_ == "whether" for t in content.subtree)
    asked = child(content, "ccomp") if content.lemma_ in INQUIRY else None
    return asked is not None and any(c.lower_ in ("whether", "if") for c in children(asked, "mark"))


def _is_plain_report(verb: Token) -> bool:
    """'were reported missing', 'was told': the passive of a report with no clause under it is an event of its own."""
    complements = children(verb, "xcomp", "ccomp", "advcl", "oprd")
    return all(c.tag_ == "VBG" and child(c, "aux") is None for c in complements)


def _is_possible(cues: Sequence[Token], content: Token, sentence: str, *, has_future_time: bool) -> bool:
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
    if "would" in found and is_negated(content) and content.lemma_ in _WITHHELD | UTTERING:  # "would not say how many"
        return False
    if found & {"would", "should"} and (has_perfect(content) or _is_conditional(content) or not is_reported):
        return True
    return _is_conditional(content) and (bool(found) or not is_past(content))


def _is_planned(cues: Sequence[Token], governing: Sequence[Token], content: Token, *, has_future_time: bool) -> bool:
    found = modals(content)
    if found & {"will", "shall", "'ll", "wo", "sha"} or ("would" in found and cues):
        return True
    if any(c.lemma_.lower() in INTENTION for c in governing) or any(c.lemma_.lower() in COMMITMENT for c in cues):
        return True
    if _is_called_off(content):
        return False
    if _is_arranged(content) or _is_headline_plan(content):
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


def _is_arranged(content: Token) -> bool:
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


def _adverbs(content: Token) -> Iterator[Token]:
    """Adverbs of the predicate and of its complements, not of other clauses."""
    for top in content.children:
        if top.lower_ in _MAYBES:
            yield top
        elif top.dep_ in ("attr", "acomp", "prep", "dobj", "advmod", "agent"):
            yield from (t for t in top.children if t.lower_ in _MAYBES and t.dep_ == "advmod" and t.i < top.i + 3)


def _modifies(hedge: Token, content: Token) -> bool:
    """Is the hedge on the main predicate? One inside a relative clause, or in another clause after it, is not."""
    if content.i in (hedge.head.i, hedge.head.head.i):
        return hedge.head.dep_ != "relcl"
    if any(a.dep_ == "relcl" for a in (hedge.head, *hedge.ancestors)):
        return False
    return hedge.i < content.i and not any(t.text == "," for t in content.doc[hedge.sent.start : hedge.i])


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
