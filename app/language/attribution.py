"""Who holds the main proposition of a sentence: the innermost voice that asserts it.

"The president has told aides that his partner admitted the loan was never repaid, the Post reported" is the partner's:
from the paper's point of view all the others only pass it on (nested sources, after FactBank).
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span, Token

from app.language.asides import is_closing_aside
from app.language.lexicon import COMMITMENT, COMMUNICATIONS, CONTACTING, DENIAL, DOCUMENTS, INTENTION, words
from app.language.nominal import Mention, author_of, describe
from app.language.speech import CITING, SpeechAct, speech_acts
from app.language.syntax import (
    child,
    children,
    is_finite,
    is_inverted_condition,
    is_nothing,
    is_verb,
    main_predicate,
    subject_of,
)

_NOBODY = words("i we you this that these those which what there who everyone anyone")
_DEEPEST = 8
_OWN_PLANS = (INTENTION | {"expect"}) - COMMITMENT


@dataclass(frozen=True, slots=True)
class Attribution:
    """``content`` is the root of the proposition itself; ``acts`` lead to it from the outermost voice inwards."""

    content: Token
    acts: tuple[SpeechAct, ...] = ()

    @property
    def verbs(self) -> frozenset[str]:
        """The lemmas of the reporting words, outer and inner."""
        return frozenset(act.cue.lemma_.lower() for act in self.acts)

    @property
    def voice(self) -> SpeechAct | None:
        """The innermost act by somebody who can assert; None for the paper's own voice.

        Whom a speaker reports to promise or to plan something does not assert it, nor does a record that a speaker
        cites: the speaker does.
        """
        for depth, act in reversed(list(enumerate(self.acts))):
            lemma = act.cue.lemma_.lower()
            is_own_plan = act.content is not None and act.content.dep_ == "xcomp" and lemma in _OWN_PLANS
            if act.source is None or is_own_plan or (lemma in COMMITMENT and depth > 0) or _is_nobody(act.source):
                continue
            if not (_is_record(act.source) and any(_is_person(a.source) for a in self.acts[:depth])):
                return act
        return None


def attribute(sentence: Span, *, start: Token | None = None) -> Attribution:
    """The chain of voices around a proposition of a sentence: its main one, or that of the predicate ``start``."""
    acts = speech_acts(sentence)
    by_cue = {act.cue.i: act for act in acts}
    root = start if start is not None else main_predicate(sentence.root)
    node, chain = root, list[SpeechAct]()
    for _ in range(_DEEPEST):
        step = _step(node, by_cue)
        if step is None:
            break
        chain.append(step[0])
        if step[1].i == node.i:
            break
        node = main_predicate(step[1])
    if chain and (first := _said_before(chain[0])) is not None:
        node = first
    used = {act.cue.i for act in chain}
    asides = [a for a in acts if a.is_aside and a.cue.i not in used and _concerns(a.cue, node, root)]
    return Attribution(content=node, acts=tuple(sorted((*asides, *chain), key=_depth)))


def _depth(act: SpeechAct) -> int:
    """Asides are outermost, then "according to", then what is said by verbs that govern it, then "citing".

    A voice that reports with a noun phrase only ("had reported shelling, according to monitors") is part of what the
    others report; one that denies is not.
    """
    is_nominal = (
        act.content is not None
        and act.cue.lemma_.lower() not in DENIAL
        and (act.content.i == act.cue.i or (act.content.dep_ == "xcomp" and act.content.tag_ == "VBG"))
    )
    if act.is_cited:
        return 4 if is_verb(act.cue) and act.cue.lower_ != "according" else 2
    return 0 if act.is_aside or is_nominal else 3


def mention_of(source: Token, text: str) -> Mention:
    """The mention that holds: of a document, its author when the phrase names one."""
    author = author_of(source)
    return describe(author if author is not None else source, text)


def _step(node: Token, by_cue: dict[int, SpeechAct]) -> tuple[SpeechAct, Token] | None:
    """From a predicate to what it says, when it is one that says something."""
    act = by_cue.get(node.i)
    if act is not None:
        if act.content is not None:
            return act, act.content
        said = next((c for c in children(node, "ccomp", "parataxis", "advcl") if c.i < node.i and _is_clause(c)), None)
        said = said if said is not None else _clause_before(act.cue)
        return (act, _without_condition(said)) if said is not None else None
    return _message(node, by_cue) or _passed_on(node, by_cue)


def _said_before(act: SpeechAct) -> Token | None:
    """What stands before a reporting verb that goes on to name an inner voice: "X, he said a guard swore, and Y"."""
    if act.content is None or not is_verb(act.cue):
        return None
    said = next(
        (c for c in children(act.cue, "ccomp") if c.i < act.cue.i and child(c, "nsubj", "nsubjpass") is not None), None
    )
    if said is None or "," not in (said.right_edge.text, said.right_edge.nbor(1).text):
        return None
    return said


def _clause_before(cue: Token) -> Token | None:
    """The highest finite verb in front of a reporting clause that the parser made the root of all."""
    verbs = [
        t for t in cue.sent[: cue.i - cue.sent.start] if is_verb(t) and is_finite(t) and not t.dep_.startswith("aux")
    ]
    verbs = [v for v in verbs if v.dep_ not in ("relcl", "advcl") and child(v, "mark") is None]
    verbs = [v for v in verbs if v.dep_ != "acl" or v.tag_ == "VBD"]
    return min(verbs, key=lambda v: len(list(v.ancestors)), default=None)


def _without_condition(clause: Token) -> Token:
    """The main clause when a trailing '..., had anyone read it' came out as its head."""
    inner = child(clause, "ccomp")
    return inner if inner is not None and inner.i < clause.i and is_inverted_condition(clause) else clause


def _message(node: Token, by_cue: dict[int, SpeechAct]) -> tuple[SpeechAct, Token] | None:
    """'received letters in which the landlord denied ...'"""
    for noun in children(node, "dobj", "attr"):
        if noun.lemma_.lower() in COMMUNICATIONS:
            for clause in children(noun, "relcl"):
                act = by_cue.get(clause.i)
                if act is not None and act.content is not None:
                    return act, act.content
    return None


def _passed_on(node: Token, by_cue: dict[int, SpeechAct]) -> tuple[SpeechAct, Token] | None:
    """'phoned to say that', 'wrote to the museum claiming that', 'quoted him as saying that': the second verb carries
    the message of the first."""
    if node.lemma_ in ("appear", "seem"):  # "papers appear to show": nobody vouches for it
        return None
    told = [a for a in by_cue.values() if a.content is not None and a.source is not None and a.cue.i > node.i]
    subject = subject_of(node)
    purposes = [v.i for v in children(node, "advcl", "xcomp") if any(c.lower_ == "to" for c in children(v, "aux"))]
    for act in told:
        speaks_on = act.cue.tag_ == "VBG" and node.lemma_ in CONTACTING and act.source == subject
        if act.content is not None and (act.cue.i in purposes or speaks_on or _is_quoted_by(act.cue, node)):
            return act, act.content
    return None


def _is_quoted_by(verb: Token, quoting: Token) -> bool:
    """'quoted a captain as *saying*'"""
    is_after_as = verb.dep_ == "pcomp" and verb.head.lower_ == "as"
    return is_after_as and quoting.i in (verb.head.head.i, verb.head.head.head.i)


def _is_clause(token: Token) -> bool:
    return is_verb(token) or child(token, "nsubj", "nsubjpass", "cop", "expl") is not None


def _concerns(cue: Token, content: Token, root: Token) -> bool:
    """Asides inside a relative clause or an apposition comment on that, not on the sentence."""
    if not is_verb(cue) or cue.lower_ in CITING:
        return cue.sent.start == root.sent.start
    if cue.dep_ == "appos" or (cue.dep_ == "acl" and cue.tag_ != "VBD"):
        return False
    for ancestor in cue.ancestors:
        if ancestor.i in (content.i, root.i):
            return True
        if cue.dep_ not in ("relcl", "acl") and ancestor.dep_ in ("relcl", "appos", "acl"):
            return False
    return is_closing_aside(cue) or cue.dep_ == "ROOT"


def _is_record(source: Token) -> bool:
    return source.lemma_.lower() in DOCUMENTS and author_of(source) is None


def _is_person(source: Token | None) -> bool:
    return source is not None and not _is_nobody(source) and source.lemma_.lower() not in DOCUMENTS


def _is_nobody(source: Token) -> bool:
    return source.lower_ in _NOBODY or is_nothing(source)
