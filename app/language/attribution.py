"""Who holds the main proposition of a sentence: the innermost voice that asserts it.

"The president has told aides that his partner admitted the loan was never repaid, the Post reported" is the partner's:
from the paper's point of view all the others only pass it on (nested sources, after FactBank).
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span, Token

from app.language.lexicon import COMMITMENT, COMMUNICATIONS, INTENTION
from app.language.nominal import Mention, author_of, describe
from app.language.speech import SpeechAct, speech_acts

_NOBODY = frozenset(
    "i we you nobody none no-one noone this that these those which what there who everyone anyone".split()
)
_CITED = frozenset("according citing".split())


@dataclass(frozen=True, slots=True)
class Attribution:
    """``content`` is the root of the proposition itself; ``acts`` lead to it from the outermost voice inwards."""

    content: Token
    acts: tuple[SpeechAct, ...] = ()

    @property
    def voice(self) -> SpeechAct | None:
        """The innermost act by somebody who can assert; None for the paper's own voice."""
        last = len(self.acts) - 1
        for depth, act in reversed(list(enumerate(self.acts))):
            lemma = act.cue.lemma_.lower()
            if act.source is None or (lemma in INTENTION and lemma not in COMMITMENT):
                continue
            if lemma in COMMITMENT and depth == last and depth > 0:
                continue
            if not _is_nobody(act.source):
                return act
        return None


def attribute(sentence: Span) -> Attribution:
    """The chain of voices around the main proposition of a sentence."""
    acts = speech_acts(sentence)
    by_cue = {act.cue.i: act for act in acts}
    chain: list[SpeechAct] = []
    node = sentence.root
    for _ in range(8):  # a chain of voices is never longer; guards against a cyclic hand-over
        step = _step(node, by_cue)
        if step is None:
            break
        act, following = step
        chain.append(act)
        if following.i == node.i:
            break
        node = following
    used = {act.cue.i for act in chain}
    asides = [a for a in acts if a.is_aside and a.cue.i not in used and _concerns_main(a, node, sentence.root)]
    asides.sort(key=lambda a: (a.cue.lower_ == "citing", a.cue.pos_ != "VERB"))
    return Attribution(content=node, acts=(*asides, *chain))


def mention_of(source: Token, text: str) -> Mention:
    """The mention that holds: of a document, its author when the phrase names one."""
    author = author_of(source)
    if author is not None:
        return describe(author, text)
    head = _alias(source)
    return describe(head, text)


def _step(node: Token, by_cue: dict[int, SpeechAct]) -> tuple[SpeechAct, Token] | None:
    """From a predicate to what it says, when it is one that says something."""
    act = by_cue.get(node.i)
    if act is not None and act.content is not None:
        return act, act.content
    if act is not None:
        before = next(
            (c for c in node.children if c.dep_ in ("ccomp", "parataxis", "advcl") and c.i < node.i and _is_clause(c)),
            None,
        )
        return (act, before) if before is not None else None
    for child in node.children:
        if child.dep_ in ("dobj", "attr") and child.lemma_.lower() in COMMUNICATIONS:
            for clause in child.children:
                inner = by_cue.get(clause.i)
                if clause.dep_ == "relcl" and inner is not None and inner.content is not None:
                    return inner, inner.content
        if child.dep_ in ("advcl", "xcomp", "prep") and child.i > node.i:
            inner = by_cue.get(child.i) or next(
                (by_cue[g.i] for g in child.children if g.i in by_cue and g.dep_ == "pcomp"), None
            )
            if (
                inner is not None
                and inner.content is not None
                and inner.content.i != node.i
                and inner.source is not None
                and _passes_on(child)
            ):
                return inner, inner.content
    return None


def _passes_on(verb: Token) -> bool:
    """'phoned to say that', 'quoted him as saying that': the second verb carries the message of the first."""
    return verb.lower_ == "as" or (
        verb.lemma_ in ("say", "tell", "report", "warn", "announce") and any(c.lower_ == "to" for c in verb.children)
    )


def _is_clause(token: Token) -> bool:
    return token.pos_ in ("VERB", "AUX") or any(c.dep_ in ("nsubj", "nsubjpass", "cop", "expl") for c in token.children)


def _concerns_main(act: SpeechAct, content: Token, root: Token) -> bool:
    """Asides inside a relative clause or an apposition comment on that, not on the sentence."""
    if act.cue.dep_ in ("appos", "relcl", "acl") and act.cue.lower_ not in _CITED:
        return False
    for ancestor in act.cue.ancestors:
        if ancestor.i in (content.i, root.i):
            return True
        if ancestor.dep_ in ("relcl", "appos", "acl") and act.cue.pos_ == "VERB" and act.cue.lower_ not in _CITED:
            return False
    return True


def _is_nobody(source: Token) -> bool:
    if source.lower_ in _NOBODY:
        return True
    return any(c.lower_ in ("no", "not", "neither") and c.dep_ in ("det", "neg", "preconj") for c in source.children)


def _alias(source: Token) -> Token:
    """'The defector, identified in court only as Witness K': Witness K."""
    for child in source.children:
        if child.dep_ == "acl" and child.lemma_ in ("identify", "name", "know"):
            for token in child.subtree:
                if token.lower_ == "as":
                    following = next(
                        (
                            t
                            for t in source.doc[token.i + 1 : token.i + 4]
                            if t.pos_ == "PROPN" and t.dep_ != "compound"
                        ),
                        None,
                    )
                    if following is not None:
                        return following
    return source
