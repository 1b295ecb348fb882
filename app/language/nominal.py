"""Noun phrases to mentions: the name, what it is described as, and whether it is a person, a body or a document."""

from __future__ import annotations

from dataclasses import dataclass, replace

from spacy.tokens import Token

from app.language.lexicon import DOCUMENTS, HONORIFICS, PERSONS, TITLES, words
from app.language.names import alias_of, apposed_name, is_person_noun, name_after_comma, own_name
from app.language.nounphrase import (
    after_possessive,
    end_of,
    joint_phrase,
    phrase_of,
    slice_of,
    undetermined,
    with_participle,
)
from app.language.syntax import agent_of, child, children, object_of_preposition

_COUNTERS = words("one some two three first second another")
_QUANTITY_PRONOUNS = words("one some many several most none all")
_WRITING = words("write publish issue release prepare commission compile")


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase that can act. Offsets are relative to its sentence.

    ``name`` is the name alone, or, of a common noun, the phrase without its determiner; ``role`` what a named one is
    called ("Defence Minister"); ``head`` the lemma of the head noun, "" of a pronoun's.
    """

    name: str
    role: str | None
    head: str
    start: int
    end: int
    is_named: bool = False
    label: str = ""
    is_person: bool = False
    is_plural: bool = False
    is_pronoun: bool = False
    is_definite: bool = False


def describe(head: Token, text: str) -> Mention:
    """The mention a noun phrase's head stands for; ``text`` is the sentence as submitted."""
    if head.pos_ == "PRON" and head.lower_ not in _QUANTITY_PRONOUNS:
        is_plural = head.lower_ in ("they", "we", "them")
        return Mention(head.text, None, "", head.idx, end_of(head), is_pronoun=True, is_plural=is_plural)
    tokens = phrase_of(head)
    joint = joint_phrase(head, tokens)
    if joint:
        return replace(_common(head, joint, text), is_plural=True)
    name = own_name(head, tokens)
    if name:
        return _named(_common(head, tokens, text), head, tokens, name, text)
    name = apposed_name(head, tokens)
    if name:
        return _apposed(_common(head, tokens, text), tokens, name, text)
    return _renamed(_common(head, _in_full(head, tokens), text), head, text)


def _common(head: Token, tokens: list[Token], text: str) -> Mention:
    """The phrase as a description."""
    return Mention(
        name=slice_of(text, undetermined(tokens)),
        role=None,
        head=head.lemma_.lower(),
        start=tokens[0].idx,
        end=end_of(tokens[-1]),
        is_person=is_person_noun(head),
        is_plural=head.tag_ in ("NNS", "NNPS"),
        is_definite=tokens[0].lower_ in ("the", "this", "that"),
    )


def _in_full(head: Token, tokens: list[Token]) -> list[Token]:
    """An unnamed person with all that tells who: "a spokesman for the owner, Harl Shipping"."""
    if head.lemma_.lower() not in PERSONS:
        return tokens
    tokens = with_participle(head, tokens)
    inner = name_after_comma(tokens[-1]) if tokens[-1].i > head.i else []
    return [*tokens, *head.doc[tokens[-1].i + 1 : inner[-1].i + 1]] if inner else tokens


def _renamed(common: Mention, head: Token, text: str) -> Mention:
    """The phrase under a name or description given further on: an alias, or what a bare "one of them" is."""
    alias = alias_of(head)
    if alias:
        return replace(common, name=alias, role=common.name, is_named=True, is_person=True)
    noun = _common_apposition(head)
    described = describe(noun, text) if noun is not None else None
    if described is not None and (described.is_named or head.lower_ in _COUNTERS):
        return replace(described, start=common.start)
    return common


def _apposed(common: Mention, tokens: list[Token], name: list[Token], text: str) -> Mention:
    """ "the mayor, Ana Brel": the name, and the phrase as its role."""
    return replace(
        common,
        name=slice_of(text, name),
        role=slice_of(text, undetermined(after_possessive(tokens) or tokens)),
        end=end_of(name[-1]),
        is_named=True,
        label=name[-1].ent_type_,
        is_person=common.is_person or name[-1].ent_type_ == "PERSON",
    )


def _named(common: Mention, head: Token, tokens: list[Token], name: list[Token], text: str) -> Mention:
    before = [t for t in tokens if t.i < name[0].i]
    title = [t for t in undetermined(before) if t.dep_ not in ("det",)] if before else []
    title = after_possessive(title)
    is_telling = any(t.pos_ in ("NOUN", "PROPN") and t.lower_.strip(".") not in HONORIFICS for t in title)
    role = slice_of(text, title) if is_telling else None
    described = _common_apposition(head)
    if described is not None and role is None:
        role = describe(described, text).name
    is_person = (
        head.ent_type_ == "PERSON"
        or any(t.lower_.strip(".") in TITLES for t in title)
        or (described is not None and described.lemma_.lower() in PERSONS)
    )
    return replace(
        common,
        name=slice_of(text, name),
        role=role,
        is_named=True,
        label=head.ent_type_,
        is_person=is_person and head.ent_type_ != "GPE",
        end=end_of(tokens[-1]),
        is_plural=False,
    )


def _common_apposition(head: Token) -> Token | None:
    return next((c for c in children(head, "appos") if c.pos_ == "NOUN" and c.i > head.i), None)


def author_of(head: Token) -> Token | None:
    """Who wrote a document, when the phrase says so: 'a report by the board', 'a statement from the ministry'."""
    if head.lemma_.lower() not in DOCUMENTS:
        return None
    for preposition in children(head, "prep", "agent"):
        if preposition.lower_ in ("by", "from") and preposition.i > head.i:
            return object_of_preposition(preposition)
    written = child(head, "acl")
    return agent_of(written) if written is not None and written.lemma_ in _WRITING else None
