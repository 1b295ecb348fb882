"""What a text says of the truth of a proposition: that somebody rebuts it, or that nobody has confirmed it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spacy.tokens import Span, Token

from app.language.lexicon import ALLEGATION, ASSERTIONS, DENIAL, DOCUMENTS, INQUIRY, WITHHOLDING, words
from app.language.syntax import agent_of, child, children, is_negated, is_passive, is_verb, subject_of

_HEDGES = words("reportedly allegedly apparently purportedly supposedly seemingly ostensibly rumoured rumored")
_BELIEVED = words("believe think say report rumour rumor understand allege suspect suppose assume fear claim presume")
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


def comments_on_verification(sentence: str) -> bool:
    """Does the sentence only say that what was reported before it could not be checked?"""
    return bool(_UNVERIFIED.search(sentence) and _COMMENT.match(sentence))


def is_denied(cues: Sequence[Token], content: Token) -> bool:
    """Does one of its voices (``cues``) deny the proposition, or does the text say that it is untrue?"""
    also = [v for c in cues for v in children(c, "advcl") if v.tag_ == "VBG"]  # "..., he said, denying that ..."
    if any(c.lemma_.lower() in DENIAL and not is_negated(c) for c in (*cues, *also)):
        return True
    spine = _spine(cues, content)
    is_untrue = any(_is_rebuttal(s) and _top(s.root, spine).i in spine for s in _found(_UNTRUE, content))
    return is_untrue or bool(_REPLY_NO.search(content.doc.text))


def is_unconfirmed(cues: Sequence[Token], content: Token) -> bool:
    """Does the text leave open whether the proposition is true: not verified, alleged, believed by nobody named?"""
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
    if content.lemma_ in WITHHOLDING and is_negated(content):
        return any(t.lower_ == "whether" for t in content.subtree)
    asked = child(content, "ccomp") if content.lemma_ in INQUIRY else None
    return asked is not None and any(c.lower_ in ("whether", "if") for c in children(asked, "mark"))


def _is_plain_report(verb: Token) -> bool:
    """'were reported missing', 'was told': the passive of a report with no clause under it is an event of its own."""
    complements = children(verb, "xcomp", "ccomp", "advcl", "oprd")
    return all(c.tag_ == "VBG" and child(c, "aux") is None for c in complements)


def _modifies(hedge: Token, content: Token) -> bool:
    """Is the hedge on the main predicate? One inside a relative clause, or in another clause after it, is not."""
    if content.i in (hedge.head.i, hedge.head.head.i):
        return hedge.head.dep_ != "relcl"
    if any(a.dep_ == "relcl" for a in (hedge.head, *hedge.ancestors)):
        return False
    return hedge.i < content.i and not any(t.text == "," for t in content.doc[hedge.sent.start : hedge.i])
