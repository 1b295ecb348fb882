"""Sentences to claims: where one proposition ends and the next begins, what is no claim, and of what kind a claim is.

Kinds
    prediction  about the future: planned, arranged, expected or conditional
    assessment  a judgement: what somebody thinks, fears, calls or would have done; opinion has no truth to contradict
    quantity    answers "how many" or "how much" with a number of its own
    event       something that happened
    statement   somebody's word on a state of affairs
    background  a state of affairs in the article's own voice
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Span, Token

from app.domain.values import ClaimKind, Factuality, Quantity
from app.language.attribution import Attribution
from app.language.lexicon import CHARACTERISATION, CONJECTURE, EXPECTATION
from app.language.speech import is_finite

_STATES = frozenset(
    "be have lie stand remain contain include comprise consist belong own cost measure weigh hold exist live know believe "
    "think feel love want need seem appear sound look deserve matter mean represent mark face depend keep stay".split()
)
_OPINION = frozenset(
    "best worst good bad great terrible awful shameful scandal scandalous disgrace disgraceful tragedy tragic heroic "
    "heroism outrageous astonishing wonderful beautiful ugly proud sure important significant dangerous alarming "
    "unacceptable inexcusable reckless brave courageous stupid foolish wise absurd ridiculous vital crucial historic "
    "unprecedented remarkable extraordinary disastrous".split()
)
_SHORTEST = 5  # words of a clause that can stand alone


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a sentence that makes one claim; token indices, end exclusive. ``root`` is its own predicate."""

    first: int
    last: int
    root: Token


def clauses(sentence: Span, attribution: Attribution) -> list[Clause]:
    """The sentence cut at coordinated clauses that stand alone; most sentences come back whole.

    A clause stands alone when it has a finite verb, a subject that is no pronoun, and some length, and when the cut
    is not inside a quotation. Others need their neighbour and stay with it.
    """
    cuts = [c for c in _candidates(sentence, attribution.content) if _stands_alone(sentence, *c)]
    starts = [sentence.start, *(first for first, _ in cuts)]
    roots = [attribution.content, *(root for _, root in cuts)]
    ends = [*(_before_joint(sentence, first) for first, _ in cuts), sentence.end]
    out = [Clause(a, b, r) for a, b, r in zip(starts, ends, roots, strict=True)]
    if any(_words(sentence.doc[c.first : c.last]) < _SHORTEST for c in out):
        return [Clause(sentence.start, sentence.end, attribution.content)]
    return out


def _candidates(sentence: Span, content: Token) -> Iterator[tuple[int, Token]]:
    """(first token, root) of each clause coordinated with the main one, in order."""
    found: dict[int, Token] = {}
    for top in {content.i: content, sentence.root.i: sentence.root}.values():
        for verb in top.conjuncts:
            if verb.i > top.i and verb.pos_ in ("VERB", "AUX") and _has_own_subject(verb):
                found[verb.left_edge.i] = verb
    for token in sentence:
        if token.text == ";" and token.i + 1 < sentence.end:
            root = _root_of(sentence.doc[token.i + 1 : sentence.end])
            if root is not None and _has_own_subject(root):
                found = {k: v for k, v in found.items() if v.i != root.i}
                found[token.i + 1] = root
    yield from sorted(found.items())


def _root_of(piece: Span) -> Token | None:
    """The finite verb of the piece that no other verb of the piece governs."""
    for token in piece:
        if (
            token.pos_ in ("VERB", "AUX")
            and is_finite(token)
            and not any(piece.start <= a.i < piece.end for a in token.ancestors)
        ):
            return token
    return None


def _stands_alone(sentence: Span, first: int, root: Token) -> bool:
    doc = sentence.doc
    subject = next((c for c in root.children if c.dep_ in ("nsubj", "nsubjpass", "expl")), None)
    if subject is None or not is_finite(root) or first <= sentence.start:
        return False
    if subject.pos_ == "PRON" and subject.dep_ != "expl":
        return False
    if sum(t.text == '"' for t in doc[sentence.start : first]) % 2:
        return False
    joint = doc[first - 1]
    if joint.text == ";":
        return True
    has_joint = joint.dep_ == "cc" or joint.text == "," or joint.lower_ in ("and", "but", "while")
    return has_joint and root.i - first < 25 and not any(c.dep_ == "mark" and c.lower_ != "that" for c in root.children)


def _has_own_subject(verb: Token) -> bool:
    return any(c.dep_ in ("nsubj", "nsubjpass", "expl") for c in verb.children)


def _before_joint(sentence: Span, first: int) -> int:
    """The end of what comes before a clause: without the conjunction and the comma."""
    end = first
    while end - 1 > sentence.start and (sentence.doc[end - 1].text in (",", ";") or sentence.doc[end - 1].dep_ == "cc"):
        end -= 1
    return end


def _words(span: Span) -> int:
    return sum(t.is_alpha or t.like_num for t in span)


def is_claim(sentence: Span, content: Token) -> bool:
    """Could the sentence be checked? It takes a predicate with somebody or something it is said of.

    Wh-questions, commands and fragments without a verb are none; a fragment with a number is.
    """
    tokens = [t for t in sentence if not (t.is_punct or t.is_space)]
    if len(tokens) < 3:
        return False
    if sentence.text.rstrip("\"') ").endswith("?") and any(t.tag_ in ("WP", "WRB", "WDT", "WP$") for t in tokens[:3]):
        return False
    if any(t.like_num for t in tokens):
        return True
    if content.tag_ == "VB" and not any(c.dep_ in ("nsubj", "nsubjpass", "aux") for c in content.children):
        return False
    return any(t.pos_ in ("VERB", "AUX") for t in tokens)


def kind_of(attribution: Attribution, *, factuality: Factuality, quantities: Sequence[Quantity]) -> ClaimKind:
    """The kind of a claim, decided in the order of the list above."""
    content = attribution.content
    cues = {act.cue.lemma_.lower() for act in attribution.acts}
    if factuality is Factuality.PLANNED or cues & EXPECTATION:
        return ClaimKind.PREDICTION
    if factuality is Factuality.POSSIBLE and not _is_past(content):
        return ClaimKind.PREDICTION
    if cues & (CONJECTURE | CHARACTERISATION) or factuality is Factuality.POSSIBLE or _is_opinion(content):
        return ClaimKind.ASSESSMENT
    if quantities and _is_counted(content, quantities):
        return ClaimKind.QUANTITY
    if content.pos_ == "VERB" and content.lemma_ not in _STATES and _is_past(content):
        return ClaimKind.EVENT
    return ClaimKind.STATEMENT if attribution.voice else ClaimKind.BACKGROUND


def _is_past(content: Token) -> bool:
    return content.tag_ in ("VBD", "VBN") or any(
        c.dep_ in ("aux", "auxpass") and (c.tag_ == "VBD" or c.lower_ in ("have", "has", "had"))
        for c in content.children
    )


def _is_opinion(content: Token) -> bool:
    if any(c.dep_ == "aux" and c.lower_ in ("should", "must", "ought") for c in content.children):
        return True
    return content.lemma_ == "be" and any(
        t.lower_ in _OPINION for c in content.children if c.dep_ in ("acomp", "attr") for t in c.subtree
    )


def _is_counted(content: Token, quantities: Sequence[Quantity]) -> bool:
    """Does a number stand in the subject or the object of the predicate?"""
    spans = [
        (c.left_edge.idx, c.right_edge.idx)
        for c in content.children
        if c.dep_ in ("nsubj", "nsubjpass", "dobj", "attr")
    ]
    if content.dep_ == "ROOT" or content.lemma_ in _STATES:
        spans.append((content.left_edge.idx, content.right_edge.idx))
    start = content.doc[0].idx
    return (
        any(a <= q.start - start <= b for q in quantities for a, b in spans)
        if content.lemma_ in _STATES
        else any(a <= q.start - start <= b for q in quantities for a, b in spans[:3])
    )
