"""Claims to frames: who did what to whom, in lemmas."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from spacy.tokens import Span, Token

from app.domain.values import Frame
from app.language.attribution import Attribution
from app.language.lexicon import EVENT_NOUNS, LIGHT, MEASURE_NOUNS, words
from app.language.peoples import is_people, singular
from app.language.slots import slots_of
from app.language.syntax import agent_of, child, children, is_negated, is_nothing, is_passive, subject_of

_CONTENT = frozenset({"NOUN", "PROPN", "VERB", "ADJ", "ADV"})
_MODIFIERS = frozenset({"compound", "amod", "nmod", "poss"})
_ABSENCE = frozenset({"lack", "absence"})
_HELPERS = words("fail appear seem begin start continue manage prove cease happen tend")
NameOf = Callable[[Token], str | None]


def frame_of(attribution: Attribution, piece: Span, *, text: str, offset: int, name_of: NameOf) -> Frame:
    """The frame of a clause.

    ``piece`` is the clause, ``text`` its sentence as submitted, which starts at ``offset`` of the article; ``name_of``
    gives the name that a pronoun or a description stands for. Subject and object are those of the active voice when
    the agent of a passive is named; else a passive's subject stays the subject.
    """
    content = attribution.content
    predicate = _predicate(content)
    subject, obj = _arguments(content, predicate)
    own = list(_own_tokens(attribution, piece))
    return Frame(
        predicate=_event(predicate, subject, obj),
        subject=_phrase(subject, name_of) if subject is not None else None,
        object=_phrase(obj, name_of) if obj is not None else None,
        is_negated=_is_negative(content, subject, obj),
        lemmas=tuple(_lemma(t) for t in own if _is_content(t)),
        slots=tuple(slots_of(own, content, text=text, offset=offset)),
    )


def _predicate(content: Token) -> Token:
    """The verb that carries the meaning: of "failed to stop", *stop*."""
    if content.lemma_ in _HELPERS:
        return child(content, "xcomp") or content
    return content


def _event(predicate: Token, subject: Token | None, obj: Token | None) -> str:
    """The predicate as a lemma; a light verb's is that of the event it brings along ("carried out an attack")."""
    lemma = _lemma(predicate)
    if lemma in LIGHT:
        for noun in (obj, subject) if lemma != "occur" else (subject,):
            if noun is not None and noun.lemma_.lower() in EVENT_NOUNS:
                return EVENT_NOUNS[noun.lemma_.lower()]
    return lemma


def _arguments(content: Token, predicate: Token) -> tuple[Token | None, Token | None]:
    subject = subject_of(content)
    if subject is not None and subject.dep_ == "expl":
        subject = child(content, "attr", "dobj", "nsubj") or subject
        return (None if subject.dep_ == "expl" else subject), None
    if subject is not None and subject.lower_ in ("who", "which", "that") and content.dep_ == "relcl":
        subject = content.head
    if is_passive(content):
        agent = agent_of(content)
        return (agent, subject) if agent is not None else (subject, child(predicate, "dobj", "oprd", "attr"))
    return subject, child(predicate, "dobj", "attr", "acomp", "oprd")


def _phrase(head: Token, name_of: NameOf) -> str:
    """Modifiers and head as lemmas: "north korean troop". Of a measure, what is measured: "dozens of houses"."""
    name = name_of(head)
    if name is not None:
        return name.lower()
    measured = next((c for of in children(head, "prep") if of.lower_ == "of" for c in children(of, "pobj")), None)
    if measured is not None and (head.lemma_.lower() in MEASURE_NOUNS or head.pos_ in ("NUM", "PRON", "DET")):
        return _phrase(measured, name_of)
    words = [_lemma(t) for t in head.lefts if t.dep_ in _MODIFIERS for t in _branch(t)] + [_lemma(head)]
    if measured is not None:
        words += [
            "of",
            *(_lemma(t) for t in measured.lefts if t.dep_ in _MODIFIERS and t.pos_ != "PRON"),
            _lemma(measured),
        ]
    return " ".join(w for w in words if w)


def _branch(modifier: Token) -> Iterator[Token]:
    return (t for t in modifier.subtree if t.pos_ in ("NOUN", "PROPN", "ADJ", "VERB") or t.text == "-")


def _lemma(token: Token) -> str:
    if is_people(token.text):
        return singular(token.text)
    return "" if token.text == "-" else token.lemma_.lower()


def _is_content(token: Token) -> bool:
    return token.pos_ in _CONTENT and not token.like_num and token.ent_type_ not in ("DATE", "TIME") and token.is_alpha


def _is_negative(content: Token, subject: Token | None, obj: Token | None) -> bool:
    """Negation of the predicate, of its subject or its object; failing, lacking, being without."""
    if (
        is_negated(content)
        or content.lemma_ in ("fail", "lack")
        or any(c.lower_ == "longer" for c in children(content, "advmod"))
    ):
        return True
    fronted = (noun for c in children(content, "prep") if c.i < content.i for noun in children(c, "pobj"))
    if any(noun.lemma_ in ("time", "way", "circumstance", "point") and is_nothing(noun) for noun in fronted):
        return True
    if content.lemma_ == "be" and any(c.lower_ == "without" for c in children(content, "prep")):
        return True
    nouns = (subject, obj, content if content.pos_ in ("NOUN", "PROPN") else None)  # "No siren, nothing"
    return any(noun is not None and (is_nothing(noun) or noun.lemma_.lower() in _ABSENCE) for noun in nouns)


def _own_tokens(attribution: Attribution, piece: Span) -> Iterator[Token]:
    """The tokens of the clause without the words that only attribute it; all of them when little would be left."""
    spoken: set[int] = set()
    for act in attribution.acts:
        if act.content is None or act.content.i != act.cue.i:
            spoken.add(act.cue.i)
            spoken |= {t.i for t in _adjuncts(act.cue, attribution.content)}
        if act.source is not None:
            spoken |= {
                t.i for t in act.source.subtree if attribution.content.i not in (t.i, *(a.i for a in t.ancestors))
            }
    own = [t for t in piece if t.i not in spoken]
    yield from own if 3 * len(own) >= len(piece) else list(piece)


def _adjuncts(cue: Token, content: Token) -> Iterator[Token]:
    """What hangs on a reporting word beside what is reported: "told reporters on Tuesday that"."""
    for c in cue.children:
        if (
            c.dep_ in ("dobj", "dative", "mark", "advmod", "aux", "prep")
            and not c.is_ancestor(content)
            and c.i != content.i
        ):
            yield from c.subtree
