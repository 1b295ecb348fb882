"""Speech acts in a sentence: which verb or phrase reports, who speaks, and what is said.

Works on the dependency parse, and on commas and quotation marks where parsers are known to stumble: a reporting clause
set between commas, or after its content, often comes out attached anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span, Token

from app.language.lexicon import (
    CHARACTERISATION,
    COMMITMENT,
    COMMUNICATIONS,
    DENIAL,
    DOCUMENTS,
    INTENTION,
    RECORD,
    REPORTING,
    REPORTING_A_NOUN,
)

_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
_BREAKS = frozenset({",", '"', "''", "``", "-", "–", "—", "'", ";"})
_VIEWS = frozenset(
    "view opinion account estimate reckoning words estimation judgment judgement assessment telling".split()
)


@dataclass(frozen=True, slots=True)
class SpeechAct:
    """``source`` heads the noun phrase of who speaks, None when nobody is named ("it emerged that ...").

    ``content`` is the root of what is said when it is a clause to the right of the cue; an aside ("..., she said, ...")
    comments on the sentence around it and has none.
    """

    cue: Token
    source: Token | None
    content: Token | None = None
    is_aside: bool = False


def speech_acts(sentence: Span) -> list[SpeechAct]:
    """All speech acts of a sentence that could bear on its main proposition, in the order of their cues."""
    acts = []
    for token in sentence:
        act = _according(token) or _view(token) or _verbal(token, sentence)
        if act:
            acts.append(act)
    return acts


def subject_of(verb: Token) -> Token | None:
    """The subject of a verb, its own or the one it shares with the verb it is coordinated with."""
    for child in verb.children:
        if child.dep_ in _SUBJECTS:
            return child
    if verb.dep_ in ("conj", "xcomp") and verb.head.pos_ in ("VERB", "AUX"):
        return subject_of(verb.head)
    return None


def is_finite(verb: Token) -> bool:
    """Does a tensed verb or auxiliary carry this predicate?"""
    if verb.tag_ in ("VBD", "VBP", "VBZ", "MD"):
        return True
    return any(c.dep_ in ("aux", "auxpass") and c.tag_ in ("VBD", "VBP", "VBZ", "MD") for c in verb.children)


def _according(token: Token) -> SpeechAct | None:
    """'according to X', 'per X', 'citing X'."""
    if token.lower_ == "according":
        for to in token.children:
            if to.lower_ == "to":
                source = next((c for c in to.children if c.dep_ in ("pobj", "dobj")), None)
                return SpeechAct(token, source, is_aside=True)
        after = token.doc[token.i + 2 : token.i + 3]
        return SpeechAct(token, after[0] if len(after) else None, is_aside=True)
    if token.lower_ == "citing" and token.dep_ in ("advcl", "acl", "prep", "dep"):
        source = next((c for c in token.children if c.dep_ == "dobj"), None)
        return SpeechAct(token, source, is_aside=True) if source is not None else None
    return None


def _view(token: Token) -> SpeechAct | None:
    """'in the view of X', 'by X's own account', 'by her account'."""
    if token.lower_ not in _VIEWS or token.dep_ != "pobj" or token.head.lower_ not in ("in", "by", "on", "to"):
        return None
    if token.head.head.pos_ not in ("VERB", "AUX") and token.head.dep_ != "prep":
        return None
    for child in token.children:
        if child.dep_ == "poss":
            return SpeechAct(token, child, is_aside=True)
        if child.lower_ == "of":
            source = next((c for c in child.children if c.dep_ == "pobj"), None)
            return SpeechAct(token, source, is_aside=True) if source is not None else None
    return None


def _verbal(token: Token, sentence: Span) -> SpeechAct | None:
    lemma = token.lemma_.lower()
    if token.pos_ not in ("VERB", "AUX"):
        return _mistagged(token)
    if lemma == "put" and _puts_a_figure(token):
        source = subject_of(token)
        return SpeechAct(token, source, token) if source is not None else None
    if lemma not in REPORTING | RECORD | INTENTION:
        return None
    source = _source(token)
    if source is not None and lemma in RECORD - REPORTING:
        return SpeechAct(token, source, token) if source.lemma_.lower() in DOCUMENTS and token.dep_ == "ROOT" else None
    content = _content(token)
    if lemma in INTENTION and lemma not in REPORTING:
        return SpeechAct(token, None, content) if content is not None and token.dep_ != "relcl" else None
    if content is not None:
        return _with_content(token, source, content)
    if _is_aside(token, source, sentence):
        return SpeechAct(token, source, is_aside=True)
    takes_noun = lemma in REPORTING_A_NOUN or (lemma == "find" and False)
    if source is not None and takes_noun and (token.dep_ == "ROOT" or _in_message(token)):
        return SpeechAct(token, source, token)
    if source is not None and token.dep_ == "ROOT" and _answers(token):
        return SpeechAct(token, source, token)
    return None


def _with_content(token: Token, source: Token | None, content: Token) -> SpeechAct | None:
    if token.dep_ == "relcl" and not _in_message(token):
        return None
    return SpeechAct(token, source, content)


def _mistagged(token: Token) -> SpeechAct | None:
    """', the latter maintains,': a noun by its tag, a reporting verb by its place."""
    doc = token.doc
    if token.tag_ not in ("NNS", "NNPS") or token.i + 1 >= len(doc) or doc[token.i + 1].text not in (",", "."):
        return None
    stem = token.lower_.removesuffix("s")
    if stem not in REPORTING:
        return None
    start = token.i
    while start > 0 and doc[start - 1].text not in _BREAKS and token.i - start < 6:
        start -= 1
    if start == 0 or doc[start - 1].text != "," or start == token.i or doc[start].pos_ == "ADP":
        return None
    return SpeechAct(token, doc[token.i - 1], is_aside=True)


def _source(verb: Token) -> Token | None:
    """Who speaks: the subject, the agent of a passive, or the noun after an inverted verb ('insisted a spokesman')."""
    is_passive = any(c.dep_ in ("nsubjpass", "auxpass") for c in verb.children)
    for child in verb.children:
        if child.dep_ == "agent" or (is_passive and child.lower_ == "by"):
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    if is_passive:
        return None
    own = next((c for c in verb.children if c.dep_ == "nsubj"), None)
    before = verb.doc[verb.i - 1] if verb.i else None
    if before is not None and before.text in _BREAKS and (own is None or own.i < verb.i - 1):
        inverted = next(
            (c for c in verb.children if c.i > verb.i and c.dep_ in ("dobj", "nsubj", "attr", "npadvmod", "oprd")), None
        )
        if inverted is not None and own is None:
            return inverted
    if own is not None and own.dep_ == "nsubj" and own.lower_ in ("who", "which", "that") and verb.dep_ == "relcl":
        return verb.head
    if own is None and verb.dep_ in ("acl", "pcomp") and verb.tag_ == "VBG":
        return _quoted(verb)
    return own if own is not None else _inherited(verb)


def _quoted(verb: Token) -> Token | None:
    """'quoted an official as saying': the official."""
    quoting = verb.head if verb.dep_ == "acl" else verb.head.head
    if verb.dep_ == "pcomp" and verb.head.lower_ == "as":
        if quoting.pos_ == "VERB":
            is_passive = any(c.dep_ in ("nsubjpass", "auxpass") for c in quoting.children)
            wanted = ("nsubjpass",) if is_passive else ("dobj",)
            return next((c for c in quoting.children if c.dep_ in wanted), None)
        return quoting
    return quoting if verb.dep_ == "acl" else None


def _inherited(verb: Token) -> Token | None:
    if verb.dep_ in ("conj", "xcomp", "advcl") and verb.head.pos_ in ("VERB", "AUX"):
        return subject_of(verb.head)
    return None


def _content(verb: Token) -> Token | None:
    """The root of the clause that says what was said, to the right of the verb."""
    lemma = verb.lemma_.lower()
    for child in verb.children:
        if child.i <= verb.i or child.pos_ not in ("VERB", "AUX", "ADJ", "NOUN", "PROPN", "PRON", "NUM"):
            continue
        if child.dep_ == "ccomp" and not _looks_like_aside(child):
            return child
        if child.dep_ == "xcomp" and lemma in DENIAL | COMMITMENT | INTENTION | {
            "claim",
            "expect",
            "admit",
            "allege",
            "profess",
            "find",
        }:
            return child
    if lemma in CHARACTERISATION and any(c.dep_ in ("dobj", "ccomp") for c in verb.children):
        return verb
    return _that_clause(verb) if lemma not in CHARACTERISATION else None


def _that_clause(verb: Token) -> Token | None:
    """The clause after 'that' when the parser hung it on the addressee: 'told confidants that ...'."""
    for token in verb.doc[verb.i + 1 : verb.i + 16]:
        if token.lower_ == "that" and token.dep_ in ("mark", "nsubj", "dobj", "det", "nsubjpass"):
            root = token.head
            is_below = any(a.i == verb.i for a in root.ancestors)
            addressed = root.dep_ in ("acl", "relcl", "ccomp") and root.head.i > verb.i
            if is_below and addressed and root.head.lemma_.lower() not in DOCUMENTS and token.dep_ == "mark":
                return root
            return None
        if token.pos_ in ("VERB", "AUX") and is_finite(token):
            return None
    return None


def _looks_like_aside(verb: Token) -> bool:
    """A 'complement' at the end that is itself a reporting clause: '..., the paper reported on Sunday.'"""
    if verb.lemma_.lower() not in REPORTING or verb.pos_ != "VERB":
        return False
    if any(c.dep_ in ("ccomp", "xcomp") and c.i > verb.i for c in verb.children):
        return False
    left = min((t.i for t in verb.subtree), default=verb.i)
    return (
        left > 0
        and verb.doc[left - 1].text == ","
        or (left < len(verb.doc) and verb.doc[left].text == "," and not any(c.dep_ == "mark" for c in verb.children))
    )


def _is_aside(verb: Token, source: Token | None, sentence: Span) -> bool:
    """Is the reporting clause set off by punctuation, before, within or after what it reports?"""
    lemma = verb.lemma_.lower()
    if lemma in CHARACTERISATION or verb.dep_ in ("relcl", "acl", "amod"):
        return False
    if any(c.dep_ == "mark" and c.lower_ in ("as",) for c in verb.children) and verb.dep_ == "advcl":
        return source is not None
    if any(c.dep_ == "mark" for c in verb.children) and verb.dep_ == "advcl":
        return False
    if not is_finite(verb):
        return False
    if source is None:
        return lemma == "emerge" or (any(c.lower_ == "it" for c in verb.children) and verb.i > 3)
    if (
        any(c.dep_ == "dobj" and c.i > verb.i and c.i != source.i for c in verb.children)
        and lemma not in ("tell", "inform", "remind", "assure", "brief", "warn", "advise", "write")
        and not any(c.lower_ == "so" for c in verb.children)
    ):
        return False
    left = min([verb.i, *(t.i for t in source.subtree if t.i < verb.i and t.dep_ not in ("ccomp",))])
    left = min(left, source.i)
    first = sentence[0].i
    while (
        left > first and verb.doc[left - 1].pos_ in ("ADV", "CCONJ", "PUNCT") and verb.doc[left - 1].text not in _BREAKS
    ):
        left -= 1
    if left <= first:
        return verb.dep_ == "ROOT" and any(c.dep_ == "ccomp" and c.i < verb.i for c in verb.children)
    return verb.doc[left - 1].text in _BREAKS or any(c.dep_ == "ccomp" and c.i < verb.i for c in verb.children)


def _puts_a_figure(verb: Token) -> bool:
    """'officials put the number at ...'"""
    return any(c.dep_ == "dobj" for c in verb.children) and any(
        t.lower_ == "at" for t in verb.doc[verb.i + 1 : verb.i + 12]
    )


def _in_message(verb: Token) -> bool:
    """'read a statement in which the keeper denied ...'"""
    return verb.dep_ == "relcl" and verb.head.lemma_.lower() in COMMUNICATIONS


def _answers(verb: Token) -> bool:
    """'replied: no', 'says perhaps'."""
    return verb.lemma_.lower() in ("reply", "answer", "respond", "say", "think") and any(
        t.lower_ in ("no", "yes", "perhaps", "maybe", "possible", "possibly", "not")
        for t in verb.doc[verb.i + 1 : verb.i + 6]
    )
