"""Speech acts in a sentence: which verb or phrase reports, who speaks, and what is said.

Works on the dependency parse, and on commas and quotation marks where parsers are known to stumble: a reporting clause
set between commas, or after its content, often comes out attached anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span, Token

from app.language.asides import RELATIVE, is_closing_aside, is_misread_aside, is_set_off, segment_before, source_of
from app.language.lexicon import (
    ASSERTIONS,
    BODIES,
    CHARACTERISATION,
    COMMITMENT,
    COMMUNICATIONS,
    COURTS,
    DENIAL,
    DOCUMENTS,
    INTENTION,
    NAMING,
    PERSONS,
    RECORD,
    REPORTING,
    REPORTING_A_NOUN,
    TELLING,
    UTTERING,
    VIEWS,
    words,
)
from app.language.syntax import (
    child,
    children,
    is_negated,
    is_passive,
    is_verb,
    object_of_preposition,
    subject_of,
)

_CONTROL = DENIAL | COMMITMENT | INTENTION | words("claim expect admit allege profess find report")
CITING = frozenset({"according", "citing", "quoting"})
_ANSWERING = words("reply answer respond say think")
_ANSWERS = words("no yes perhaps maybe possible possibly not")


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
    if token.lower_ in ("citing", "quoting") and (token.dep_ != "amod" or token.is_sent_start):
        source = token.head if token.dep_ == "amod" else child(token, "dobj")
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
    if lemma == "hear":  # "..., the court heard": somebody said so there, nobody knows who
        court = child(verb, "nsubj")
        is_hearing = court is not None and court.lemma_.lower() in COURTS and is_set_off(verb, court)
        return SpeechAct(verb, None) if is_hearing else None
    if lemma in INTENTION:
        purpose = child(verb, "xcomp")
        is_plan = purpose is not None and verb.dep_ != "relcl" and not is_passive(verb)
        return SpeechAct(verb, None, purpose) if is_plan else None
    return _record(verb, lemma) if lemma in RECORD else None


def _record(verb: Token, lemma: str) -> SpeechAct | None:
    """'the log records a flash', 'officials put the number at 40'."""
    source = subject_of(verb)
    is_record = source is not None and source.lemma_.lower() in DOCUMENTS and not is_passive(verb)
    is_figure = lemma == "put" and any(t.lower_ == "at" for t in verb.doc[verb.i + 1 : verb.i + 12])
    is_main = verb.dep_ in ("ROOT", "ccomp") or (verb.dep_ == "conj" and is_figure)
    said = child(verb, "ccomp") or verb
    is_saying = is_main and child(verb, "dobj", "ccomp") is not None and (is_record or is_figure)
    return SpeechAct(verb, source, said) if is_saying and source is not None else None


def _reporting(verb: Token, lemma: str) -> SpeechAct | None:
    if child(verb, "prt") is not None or _is_undecided(verb) or _is_silent(verb, lemma):
        return None
    if verb.dep_ == "relcl" and not _is_in_message(verb):
        return SpeechAct(verb, child(verb, "nsubj")) if is_misread_aside(verb) else None
    content, source = _content(verb, lemma), source_of(verb)
    if source is not None and source.lower_ in RELATIVE:
        return None
    if content is not None or (lemma not in DENIAL and is_set_off(verb, source)):
        return SpeechAct(verb, source, content)
    is_governing = verb.dep_ in ("ROOT", "ccomp", "conj") or _is_in_message(verb)
    if source is not None and is_governing and _says_a_noun(verb, lemma):
        return SpeechAct(verb, source, verb)
    return None


def _says_a_noun(verb: Token, lemma: str) -> bool:
    """Is what is said no clause: "confirmed the deal", "rejected the report", "replied: no"?"""
    if lemma in DENIAL and lemma != "deny":
        return _denies_assertion(verb)
    if lemma == "deny" and _is_refusal(verb):
        return False
    if lemma == "claim":  # lives, medals and land are claimed, too
        return _swallows_clause(verb) or (not is_negated(verb) and _denies_assertion(verb))
    if lemma in _ANSWERING and any(t.lower_ in _ANSWERS for t in verb.doc[verb.i + 1 : verb.i + 6]):
        return True
    return lemma in REPORTING_A_NOUN - NAMING and child(verb, "dobj", "nsubjpass", "ccomp") is not None


def _denies_assertion(verb: Token) -> bool:
    """Is what is rejected something that was said: "rejected the report", not "rejected the reform"?"""
    if any(c.lower_ == "as" for c in children(verb, "prep")) or child(verb, "ccomp") is not None:
        return True
    thing = child(verb, "nsubjpass") if is_passive(verb) else child(verb, "dobj")
    return thing is not None and thing.lemma_.lower() in ASSERTIONS


def _swallows_clause(verb: Token) -> bool:
    """'claim the spring cures warts', taken for a noun phrase: a tensed verb stands in it as if it were a noun."""
    return any(t.dep_ == "compound" and t.tag_ in ("VBZ", "VBD", "VBP") for t in verb.subtree)


def _is_refusal(verb: Token) -> bool:
    """'denied bail to a man', 'was denied a visa': what somebody asked for is not given to them."""
    is_to_somebody = any(c.lower_ == "to" for c in children(verb, "prep", "dative"))
    return is_to_somebody or child(verb, "dative") is not None or (is_passive(verb) and child(verb, "dobj") is not None)


def _is_undecided(verb: Token) -> bool:
    """'would neither confirm nor deny', 'declined to say': nothing is said."""
    top = verb.head if verb.dep_ in ("conj", "xcomp") else verb
    is_refused = top.lemma_ in ("decline", "refuse") and top.i != verb.i
    return is_refused or any(c.lower_ == "neither" for c in (*verb.children, *top.children))


def _is_silent(verb: Token, lemma: str) -> bool:
    """'did not say who owns it', 'cannot say whether', 'did not confirm the deal'.

    Who does not confirm that something is so takes a stance on it, as who does not deny it does.
    """
    if lemma not in UTTERING or child(verb, "neg") is None:
        return False
    is_stance = lemma == "confirm" and child(verb, "ccomp") is not None
    return not is_stance and child(verb, "ccomp", "dobj") is not None


def _mistagged(token: Token) -> SpeechAct | None:
    """', the latter maintains,', ', customs figures show.': a noun by its tag, a reporting verb by its place."""
    if (
        token.tag_ not in ("NNS", "NN", "NNPS")
        or (token.dep_ == "appos" and token.head.dep_ != "nsubj")
        or token.i + 1 >= len(token.doc)
        or token.nbor().text not in (",", ".")
    ):
        return None
    if not {token.lower_, token.lower_.removesuffix("s")} & (REPORTING - DENIAL):
        return None
    segment = list(segment_before(token))
    if not segment or segment[0].i == 0 or segment[0].nbor(-1).text != ",":
        return None
    if segment[0].pos_ in ("ADP", "SCONJ", "CCONJ") or segment[0].lower_ in RELATIVE:
        return None
    stop = next((t.i for t in segment if t.pos_ == "ADP" or t.tag_ == "VBN"), token.i)
    nouns = [t for t in segment if t.i < stop and t.pos_ in ("NOUN", "PROPN", "ADJ", "PRON")]
    if not nouns or (token.tag_ == "NN" and segment[0].pos_ == "DET"):
        return None
    return SpeechAct(token, nouns[-1])


def _content(verb: Token, lemma: str) -> Token | None:
    """The root of what was said, to the right of the verb."""
    if lemma in NAMING:
        is_quoting = any(t.text == '"' for t in verb.doc[verb.i + 1 : verb.i + 10])
        return verb if is_quoting or any(c.i > verb.i for c in children(verb, "ccomp", "oprd", "xcomp")) else None
    if lemma in CHARACTERISATION:
        return verb if child(verb, "dobj", "ccomp", "oprd", "xcomp") is not None or is_passive(verb) else None
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
            noun = root.head
            is_in_message = (
                noun.dep_ == "pobj" and noun.head.lower_ in ("in", "on", "to") and noun.head.head.i == verb.i
            )
            is_noun_clause = noun.lemma_.lower() in DOCUMENTS and noun.i > verb.i and not is_in_message
            is_in_message = is_in_message and token.dep_ == "mark"
            return root if (is_addressed or is_in_message) and root.i > token.i and not is_noun_clause else None
        if is_verb(token) and token.dep_ not in ("amod", "compound"):
            return None
    return None


def _is_in_message(verb: Token) -> bool:
    """'read a statement in which the keeper denied ...'"""
    return verb.dep_ == "relcl" and verb.head.lemma_.lower() in COMMUNICATIONS
