"""Clauses set off by punctuation, and who is the subject of one: where a parse alone is known to stumble."""

from __future__ import annotations

from spacy.tokens import Span, Token

from app.language.lexicon import CHARACTERISATION, DOCUMENTS, MEASURE_NOUNS, REPORTING, TELLING, words
from app.language.syntax import agent_of, child, children, is_finite, is_passive, is_verb, subject_of

RELATIVE = words("who which that what whatever whoever whom whose as when where while if though although because")
_BREAKS = frozenset({",", '"', "''", "``", "-", "–", "—", "'", ";", "(", ":"})
_DEPENDENT = words("relcl acl amod xcomp pcomp")
_AFTER = ("nsubj", "dobj", "attr", "npadvmod", "oprd", "appos")


def is_break(token: Token) -> bool:
    """Punctuation that sets a clause off; the hyphen of a compound does not."""
    if token.text in ("-", "'"):
        return bool(token.whitespace_) and (token.i == 0 or bool(token.nbor(-1).whitespace_))
    return token.text in _BREAKS


def segment_before(token: Token) -> Span:
    """The tokens between the break before a token and the token."""
    start = token.i
    while start > 0 and not is_break(token.doc[start - 1]):
        start -= 1
    return token.doc[start : token.i]


def is_set_off(verb: Token, source: Token | None) -> bool:
    """Is the reporting clause set off by punctuation, before, within or after what it reports?"""
    if verb.dep_ == "acl" and verb.tag_ == "VBD":  # "..., the registrar, Ann Lee, confirmed": no participle
        return source is not None and is_break(verb.nbor(-1)) and _follows_break(verb, source)
    if verb.lemma_.lower() in CHARACTERISATION or verb.dep_ in _DEPENDENT or not is_finite(verb):
        return verb.dep_ == "advcl" and _opens_with_as(verb) and agent_of(verb) is not None
    if source is None:
        return verb.lemma_ == "emerge" and any(c.lower_ == "it" for c in verb.children)
    marks = {c.lower_ for c in children(verb, "mark", "advmod", "dobj", "det", "pobj") if c.i < verb.i}
    if marks & {"as", "so"}:
        return True
    if marks & RELATIVE or (verb.dep_ == "advcl" and marks) or _takes_object(verb, source):
        return False
    return _follows_break(verb, source) or any(c.i < verb.i for c in children(verb, "ccomp"))


def _takes_object(verb: Token, source: Token) -> bool:
    """'confirmed the deal' says something itself; 'told reporters' and 'said so' only point at what was said."""
    objects = (c for c in children(verb, "dobj", "npadvmod") if c.dep_ == "dobj" or c.lemma_ in MEASURE_NOUNS)
    has_object = any(c.i > verb.i and c.i != source.i for c in objects)
    return has_object and verb.lemma_.lower() not in TELLING and not any(c.lower_ == "so" for c in verb.children)


def _opens_with_as(verb: Token) -> bool:
    return any(c.lower_ == "as" for c in verb.children)


def _follows_break(verb: Token, source: Token) -> bool:
    """Punctuation right before the reporting clause, with something in front of it to report."""
    left = min(verb.i, source.left_edge.i if source.i < verb.i else verb.i)
    while left > 0 and verb.doc[left - 1].pos_ in ("ADV", "CCONJ") and not is_break(verb.doc[left - 1]):
        left -= 1
    if left == 0 or not is_break(verb.doc[left - 1]):
        return False
    if verb.doc[left].is_sent_start:
        return verb.doc[left - 1].text == '"'
    has_verb = any(is_verb(t) or t.dep_ == "ROOT" for t in verb.sent[: left - verb.sent.start])
    return has_verb or verb.dep_ != "ROOT" or (verb.i + 1 < len(verb.doc) and is_break(verb.nbor(1)))


def is_closing_aside(clause: Token) -> bool:
    """A 'complement' that is itself a reporting clause after a comma: '..., the paper reported on Sunday.'"""
    if not is_verb(clause) or clause.lemma_.lower() not in REPORTING or child(clause, "mark") is not None:
        return False
    if any(c.i > clause.i for c in children(clause, "ccomp", "xcomp")) or child(clause, "nsubj") is None:
        return False
    left = clause.left_edge
    return left.text == "," or (left.i > 0 and left.nbor(-1).text == ",")


def is_misread_aside(verb: Token) -> bool:
    """'The bishop, his chaplain insisted, did not ...': taken for a relative clause, but without its pronoun."""
    subject = child(verb, "nsubj")
    end = verb.right_edge.i + 1
    is_closed = verb.right_edge.text == "," or (end < len(verb.doc) and verb.doc[end].text == ",")
    is_opened = verb.left_edge.i > 0 and verb.left_edge.nbor(-1).text == ","
    if subject is None or subject.lower_ in RELATIVE or verb.head.dep_ not in ("nsubj", "nsubjpass"):
        return False
    if child(verb, "dobj", "ccomp") is not None:
        return False
    return is_opened and is_closed


def source_of(verb: Token) -> Token | None:
    """Who speaks: the subject, the agent of a passive, or the noun after an inverted verb ('insisted a spokesman')."""
    if is_passive(verb) or (verb.tag_ == "VBN" and child(verb, "agent") is not None):
        return agent_of(verb)
    return (
        _quoted(verb) or _inserted_subject(verb) or _renamed_subject(verb) or _subject(verb) or _borrowed_subject(verb)
    )


def _subject(verb: Token) -> Token | None:
    """The verb's own subject, behind it when it opens its clause."""
    is_first = verb.i == 0 or is_break(verb.nbor(-1))
    own = [c for c in children(verb, "nsubj") if c.i < verb.i]
    after = [c for c in children(verb, *_AFTER) if c.i > verb.i]
    if is_first and after and (not own or after[0].dep_ == "nsubj"):
        return after[0]
    if own:
        return verb.head if own[-1].lower_ in ("who", "which", "that") and verb.dep_ == "relcl" else own[-1]
    return None


def _borrowed_subject(verb: Token) -> Token | None:
    """The subject of a verb that has none of its own: that of the verb it depends on, or the noun in front of it."""
    if verb.dep_ in ("conj", "xcomp", "advcl", "pcomp") and is_verb(verb.head):
        return subject_of(verb.head)
    if verb.dep_ == "acl" and (verb.tag_ == "VBD" or verb.head.lemma_.lower() in DOCUMENTS):
        return verb.head
    if verb.dep_ == "acl" and verb.tag_ == "VBG":
        return subject_of(verb.sent.root)
    return child(verb, "nsubj") or _noun_before(verb)


def _noun_before(verb: Token) -> Token | None:
    """The noun right in front of a finite verb that came out without a subject."""
    at = verb.i - 1
    while at > 0 and verb.doc[at].dep_ in ("aux", "auxpass", "advmod", "neg"):
        at -= 1
    return verb.doc[at] if at >= 0 and is_finite(verb) and verb.doc[at].pos_ in ("NOUN", "PROPN") else None


def _inserted_subject(verb: Token) -> Token | None:
    """The subject right before the verb within its commas: 'The lake, biologist Ann Lee argued, was ...'."""
    segment = segment_before(verb)
    if not len(segment) or segment[0].i == 0 or segment[0].lower_ in RELATIVE or segment[0].pos_ in ("ADP", "CCONJ"):
        return None
    if any(is_verb(t) and not t.dep_.startswith("aux") and t.dep_ not in ("amod", "compound") for t in segment):
        return None
    if any(t.dep_ == "conj" and t.head.i < segment[0].i for t in segment):
        return None
    labels = ("nsubj", "appos", "npadvmod", "dobj", "attr", "dep")
    nouns = [t for t in segment if t.pos_ in ("NOUN", "PROPN") and t.dep_ in labels]
    heads = [t for t in nouns if not any(a in nouns for a in t.ancestors)]
    return heads[-1] if heads and heads[-1].dep_ != "nsubj" else None


def _renamed_subject(verb: Token) -> Token | None:
    """The description before a name in commas: '..., its chief executive, Ann Lee, said', taken for an apposition to
    the last noun of what is reported."""
    if verb.i < 2 or verb.nbor(-1).text != ",":
        return None
    name = verb.nbor(-2)
    noun = name.head
    start = noun.left_edge.i
    is_described = name.pos_ == "PROPN" and name.dep_ == "appos" and noun.pos_ == "NOUN" and noun.i < name.i
    return noun if is_described and start > 0 and is_break(verb.doc[start - 1]) else None


def _quoted(verb: Token) -> Token | None:
    """'quoted an official as saying': the official."""
    if verb.tag_ != "VBG" or verb.dep_ != "pcomp" or verb.head.lower_ != "as":
        return None
    quoting = verb.head.head
    if is_verb(quoting):
        return child(quoting, "nsubjpass") if is_passive(quoting) else child(quoting, "dobj")
    return quoting
