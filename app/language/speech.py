"""Speech acts in a sentence: which verb or phrase reports, who speaks, and what is said.

Works on the dependency parse, and on commas and quotation marks where parsers are known to stumble: a reporting clause
set between commas, or after its content, often comes out attached anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span, Token

from app.language.lexicon import (
    BODIES,
    CHARACTERISATION,
    COMMITMENT,
    COMMUNICATIONS,
    DENIAL,
    DOCUMENTS,
    INTENTION,
    PERSONS,
    RECORD,
    REPORTING,
    REPORTING_A_NOUN,
    TELLING,
    UTTERING,
    VIEWS,
)
from app.language.syntax import (
    agent_of,
    child,
    children,
    is_finite,
    is_passive,
    is_verb,
    object_of_preposition,
    subject_of,
)

_BREAKS = frozenset({",", '"', "''", "``", "-", "–", "—", "'", ";", "(", ":"})
_CONTROL = DENIAL | COMMITMENT | INTENTION | frozenset("claim expect admit allege profess find report".split())
_RELATIVE = frozenset(
    "who which that what whatever whoever whom whose as when where while if though although because".split()
)
CITING = frozenset({"according", "citing", "quoting"})
_DEPENDENT = frozenset({"relcl", "acl", "amod", "xcomp", "pcomp"})
_ANSWERS = frozenset("no yes perhaps maybe possible possibly not".split())


@dataclass(frozen=True, slots=True)
class SpeechAct:
    """``source`` heads the noun phrase of who speaks, None when nobody is named ("it emerged that ...").

    ``content`` is the root of what is said when that follows the cue, the cue itself when what is said is a noun
    phrase ("rejected the report"). An aside ("..., she said, ...") comments on the sentence around it and has none.
    """

    cue: Token
    source: Token | None
    content: Token | None = None

    @property
    def is_aside(self) -> bool:
        return self.content is None

    @property
    def is_cited(self) -> bool:
        """A source given by preposition: nearer to the fact than the voice that names it."""
        return not is_verb(self.cue) or self.cue.lower_ in CITING


def speech_acts(sentence: Span) -> list[SpeechAct]:
    """All speech acts of a sentence that could bear on its main proposition, in the order of their cues."""
    acts = (_cited(t) or _view(t) or (_verbal(t) if is_verb(t) else _mistagged(t)) for t in sentence)
    return [act for act in acts if act is not None]


def _cited(token: Token) -> SpeechAct | None:
    """'according to X', 'citing X'."""
    if token.lower_ == "according":
        to = next((c for c in token.children if c.lower_ == "to"), None)
        source = object_of_preposition(to) if to is not None else None
        if source is None:
            source = next(
                (t for t in token.doc[token.i + 2 : token.i + 5] if t.pos_ in ("NOUN", "PROPN", "PRON")), None
            )
        return SpeechAct(token, source)
    if token.lower_ in ("citing", "quoting") and token.dep_ != "amod":
        source = child(token, "dobj")
        return SpeechAct(token, source) if source is not None and _can_speak(source) else None
    return None


def _can_speak(noun: Token) -> bool:
    """Officials, papers and named ones can be cited for a fact; reasons ("citing safety concerns") cannot."""
    return noun.pos_ == "PROPN" or noun.lemma_.lower() in PERSONS | BODIES | DOCUMENTS


def _view(token: Token) -> SpeechAct | None:
    """'in the view of X', 'by X's own account'."""
    if token.lower_ not in VIEWS or token.dep_ != "pobj" or token.head.lower_ not in ("in", "by", "on", "to"):
        return None
    source = child(token, "poss")
    if source is None:
        of = next((c for c in token.children if c.lower_ == "of"), None)
        source = object_of_preposition(of) if of is not None else None
    if source is not None and source.pos_ == "PRON":  # "by his own account, the novelist ..."
        source = subject_of(token.sent.root)
    return SpeechAct(token, source) if source is not None else None


def _verbal(verb: Token) -> SpeechAct | None:
    lemma = verb.lemma_.lower()
    if lemma in REPORTING:
        return _reporting(verb, lemma)
    if lemma in INTENTION:
        purpose = child(verb, "xcomp")
        return (
            SpeechAct(verb, None, purpose)
            if purpose is not None and verb.dep_ != "relcl" and not is_passive(verb)
            else None
        )
    if lemma in RECORD:
        source = subject_of(verb)
        is_record = source is not None and source.lemma_.lower() in DOCUMENTS and not is_passive(verb)
        is_figure = lemma == "put" and any(t.lower_ == "at" for t in verb.doc[verb.i + 1 : verb.i + 12])
        is_main = verb.dep_ in ("ROOT", "ccomp") and child(verb, "dobj", "ccomp") is not None
        said = child(verb, "ccomp") or verb
        return SpeechAct(verb, source, said) if is_main and source is not None and (is_record or is_figure) else None
    return None


def _reporting(verb: Token, lemma: str) -> SpeechAct | None:
    if child(verb, "prt") is not None or _is_undecided(verb) or _is_silent(verb, lemma):
        return None
    if verb.dep_ == "relcl" and not _is_in_message(verb):
        return _misread_aside(verb)
    content = _content(verb, lemma)
    source = _source(verb)
    if source is not None and source.lower_ in _RELATIVE:
        return None
    if content is None and _is_set_off(verb, source):
        return SpeechAct(verb, source)
    if content is not None:
        return SpeechAct(verb, source, content)
    if source is None or not (verb.dep_ in ("ROOT", "ccomp", "conj") or _is_in_message(verb)):
        return None
    is_answer = any(t.lower_ in _ANSWERS for t in verb.doc[verb.i + 1 : verb.i + 6]) and lemma in (
        "reply",
        "answer",
        "respond",
        "say",
        "think",
    )
    has_object = lemma in DENIAL or child(verb, "dobj", "nsubjpass", "ccomp") is not None
    return SpeechAct(verb, source, verb) if is_answer or (lemma in REPORTING_A_NOUN and has_object) else None


def _misread_aside(verb: Token) -> SpeechAct | None:
    """'The bishop, his chaplain insisted, did not ...': taken for a relative clause, but without its pronoun."""
    subject = child(verb, "nsubj")
    end = verb.right_edge.i + 1
    is_closed = verb.right_edge.text == "," or (end < len(verb.doc) and verb.doc[end].text == ",")
    is_opened = verb.left_edge.i > 0 and verb.left_edge.nbor(-1).text == ","
    if subject is None or subject.lower_ in _RELATIVE or child(verb, "dobj", "ccomp") is not None:
        return None
    return SpeechAct(verb, subject) if is_opened and is_closed else None


def _is_undecided(verb: Token) -> bool:
    """'would neither confirm nor deny', 'declined to say': nothing is said."""
    top = verb.head if verb.dep_ in ("conj", "xcomp") else verb
    is_refused = top.lemma_ in ("decline", "refuse") and top.i != verb.i
    return is_refused or any(c.lower_ == "neither" for c in (*verb.children, *top.children))


def _is_silent(verb: Token, lemma: str) -> bool:
    """'did not say who owns it', 'cannot say whether'."""
    return lemma in UTTERING and any(c.dep_ == "neg" for c in verb.children) and child(verb, "ccomp") is not None


def _mistagged(token: Token) -> SpeechAct | None:
    """', the latter maintains,', ', customs figures show.': a noun by its tag, a reporting verb by its place."""
    if (
        token.tag_ not in ("NNS", "NN", "NNPS")
        or (token.dep_ == "appos" and token.head.dep_ != "nsubj")
        or token.i + 1 >= len(token.doc)
        or token.nbor().text not in (",", ".")
    ):
        return None
    if token.lower_ not in REPORTING and token.lower_.removesuffix("s") not in REPORTING:
        return None
    segment = list(_segment_before(token))
    if not segment or segment[0].i == 0 or segment[0].nbor(-1).text != ",":
        return None
    if segment[0].pos_ in ("ADP", "SCONJ", "CCONJ") or segment[0].lower_ in _RELATIVE:
        return None
    stop = next((t.i for t in segment if t.pos_ == "ADP" or t.tag_ == "VBN"), token.i)
    nouns = [t for t in segment if t.i < stop and t.pos_ in ("NOUN", "PROPN", "ADJ", "PRON")]
    if not nouns or (token.tag_ == "NN" and segment[0].pos_ == "DET"):
        return None
    return SpeechAct(token, nouns[-1])


def _segment_before(token: Token) -> Span:
    """The tokens between the break before a token and the token."""
    start = token.i
    while start > 0 and not is_break(token.doc[start - 1]):
        start -= 1
    return token.doc[start : token.i]


def is_break(token: Token) -> bool:
    """Punctuation that sets a clause off; the hyphen of a compound does not."""
    if token.text in ("-", "'"):
        return bool(token.whitespace_) and (token.i == 0 or bool(token.nbor(-1).whitespace_))
    return token.text in _BREAKS


def _source(verb: Token) -> Token | None:
    """Who speaks: the subject, the agent of a passive, or the noun after an inverted verb ('insisted a spokesman')."""
    if is_passive(verb) or (verb.tag_ == "VBN" and child(verb, "agent") is not None):
        return agent_of(verb)
    quoted = _quoted(verb)
    if quoted is not None:
        return quoted
    inserted = _inserted_subject(verb)
    if inserted is not None:
        return inserted
    is_first = verb.i == 0 or is_break(verb.nbor(-1))
    own = [c for c in children(verb, "nsubj") if c.i < verb.i]
    after = [c for c in children(verb, "nsubj", "dobj", "attr", "npadvmod", "oprd", "appos") if c.i > verb.i]
    if is_first and after and (not own or after[0].dep_ == "nsubj"):
        return after[0]
    if own:
        return verb.head if own[-1].lower_ in ("who", "which", "that") and verb.dep_ == "relcl" else own[-1]
    if verb.dep_ in ("conj", "xcomp", "advcl", "pcomp") and is_verb(verb.head):
        return subject_of(verb.head)
    if verb.dep_ == "acl" and verb.tag_ == "VBD":
        return verb.head
    return child(verb, "nsubj") or _noun_before(verb)


def _noun_before(verb: Token) -> Token | None:
    """The noun right in front of a finite verb that came out without a subject."""
    at = verb.i - 1
    while at > 0 and verb.doc[at].dep_ in ("aux", "auxpass", "advmod", "neg"):
        at -= 1
    return verb.doc[at] if at >= 0 and is_finite(verb) and verb.doc[at].pos_ in ("NOUN", "PROPN") else None


def _inserted_subject(verb: Token) -> Token | None:
    """The subject right before the verb within its commas: 'The lake, biologist Ann Lee argued, was ...'."""
    segment = _segment_before(verb)
    if not len(segment) or segment[0].i == 0 or segment[0].lower_ in _RELATIVE or segment[0].pos_ in ("ADP", "CCONJ"):
        return None
    if any(is_verb(t) and not t.dep_.startswith("aux") and t.dep_ not in ("amod", "compound") for t in segment):
        return None
    if any(t.dep_ == "conj" and t.head.i < segment[0].i for t in segment):
        return None
    labels = ("nsubj", "appos", "npadvmod", "dobj", "attr", "dep")
    nouns = [t for t in segment if t.pos_ in ("NOUN", "PROPN") and t.dep_ in labels]
    heads = [t for t in nouns if not any(a in nouns for a in t.ancestors)]
    return heads[-1] if heads and heads[-1].dep_ != "nsubj" else None


def _quoted(verb: Token) -> Token | None:
    """'quoted an official as saying': the official."""
    if verb.tag_ != "VBG" or verb.dep_ != "pcomp" or verb.head.lower_ != "as":
        return None
    quoting = verb.head.head
    if is_verb(quoting):
        return child(quoting, "nsubjpass") if is_passive(quoting) else child(quoting, "dobj")
    return quoting


def _content(verb: Token, lemma: str) -> Token | None:
    """The root of what was said, to the right of the verb."""
    if lemma in CHARACTERISATION:
        return verb if child(verb, "dobj", "ccomp", "oprd") is not None or is_passive(verb) else None
    for clause in children(verb, "ccomp", "xcomp"):
        if clause.i < verb.i or (clause.dep_ == "xcomp" and lemma not in _CONTROL) or is_closing_aside(clause):
            continue
        return clause
    return _that_clause(verb)


def _that_clause(verb: Token) -> Token | None:
    """The clause after 'that' when the parser hung it elsewhere: 'told confidants that ...'."""
    for token in verb.doc[verb.i + 1 : verb.i + 20]:
        if token.lower_ == "that" and token.dep_ in ("mark", "nsubj", "nsubjpass"):
            root = token.head
            is_addressed = verb.lemma_ in TELLING or root.dep_ == "ccomp"
            is_noun_clause = root.head.lemma_.lower() in DOCUMENTS and root.head.i > verb.i
            return root if is_addressed and root.i > token.i and not is_noun_clause else None
        if is_verb(token) and token.dep_ not in ("amod", "compound"):
            return None
    return None


def is_closing_aside(clause: Token) -> bool:
    """A 'complement' that is itself a reporting clause after a comma: '..., the paper reported on Sunday.'"""
    if not is_verb(clause) or clause.lemma_.lower() not in REPORTING or child(clause, "mark") is not None:
        return False
    if any(c.i > clause.i for c in children(clause, "ccomp", "xcomp")) or child(clause, "nsubj") is None:
        return False
    left = clause.left_edge
    return left.text == "," or (left.i > 0 and left.nbor(-1).text == ",")


def _is_set_off(verb: Token, source: Token | None) -> bool:
    """Is the reporting clause set off by punctuation, before, within or after what it reports?"""
    if verb.dep_ == "acl" and verb.tag_ == "VBD":  # "..., the registrar, Ann Lee, confirmed": no participle
        return source is not None and is_break(verb.nbor(-1)) and _follows_break(verb, source)
    if verb.lemma_.lower() in CHARACTERISATION or verb.dep_ in _DEPENDENT or not is_finite(verb):
        return verb.dep_ == "advcl" and _opens_with_as(verb) and agent_of(verb) is not None
    if source is None:
        return verb.lemma_ == "emerge" and any(c.lower_ == "it" for c in verb.children)
    marks = {c.lower_ for c in verb.children if c.dep_ in ("mark", "advmod", "dobj", "det", "pobj") and c.i < verb.i}
    if marks & {"as", "so"}:
        return True
    if marks & _RELATIVE or (verb.dep_ == "advcl" and marks):
        return False
    has_object = any(c.i > verb.i and c.i != source.i for c in children(verb, "dobj"))
    if has_object and verb.lemma_.lower() not in TELLING and not any(c.lower_ == "so" for c in verb.children):
        return False
    return _follows_break(verb, source) or any(c.i < verb.i for c in children(verb, "ccomp"))


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


def _is_in_message(verb: Token) -> bool:
    """'read a statement in which the keeper denied ...'"""
    return verb.dep_ == "relcl" and verb.head.lemma_.lower() in COMMUNICATIONS
