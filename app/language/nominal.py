"""Noun phrases to mentions: the name, what it is described as, and whether it is a person, a body or a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Token

from app.language.lexicon import BODIES, DOCUMENTS, HONORIFICS, PERSONS, THINGS, TITLES, VESSELS

_CLAUSES = frozenset({"relcl", "acl", "advcl", "appos", "punct", "parataxis", "ccomp", "dep", "npadvmod"})
_CIRCUMSTANCES = frozenset("according despite after before since during until".split())
_PERSON_ENDINGS = (
    "man",
    "woman",
    "men",
    "women",
    "ist",
    "ian",
    "eer",
    "keeper",
    "maker",
    "worker",
    "driver",
    "owner",
    "tor",
    "ser",
)
_COUNTERS = frozenset({"one", "some", "two", "three", "first", "second", "another"})
_NOBLE = frozenset("lady king queen prince princess duke duchess captain lord sir admiral".split())
_INSIDE_NAMES = frozenset({"&", "-", "of", "the", "de", "van", "von", "der", "al", "bin", "la", "and", "'s", "for"})


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
    if head.pos_ == "PRON" and head.lower_ not in ("one", "some", "many", "several", "most", "none", "all"):
        return Mention(
            head.text, None, "", head.idx, _end(head), is_pronoun=True, is_plural=head.lower_ in ("they", "we", "them")
        )
    tokens = phrase_of(head)
    is_joint = any(c.dep_ == "conj" and c.pos_ in ("NOUN", "PROPN") and c in tokens for c in head.children)
    name = [] if is_joint else _own_name(head, tokens)
    apposed = [] if name or is_joint else _apposed_name(head, tokens)
    if not name and not apposed and head.lemma_.lower() in PERSONS:
        tokens = _with_participle(head, tokens)
        inner = _name_after_comma(tokens[-1]) if tokens[-1].i > head.i else []
        tokens = [*tokens, *head.doc[tokens[-1].i + 1 : inner[-1].i + 1]] if inner else tokens
    first, last = tokens[0], tokens[-1]
    common = Mention(
        name=_slice(text, _undetermined(tokens)),
        role=None,
        head=head.lemma_.lower(),
        start=first.idx,
        end=_end(last),
        is_person=is_person_noun(head),
        is_plural=head.tag_ in ("NNS", "NNPS") or is_joint,
        is_definite=first.lower_ in ("the", "this", "that"),
    )
    if name:
        return _named(common, head, tokens, name, text)
    if apposed:
        role = _slice(text, _undetermined(_until_preposition_if_possessed(tokens)))
        return replace(
            common,
            name=_slice(text, apposed),
            role=role,
            end=_end(apposed[-1]),
            is_named=True,
            label=apposed[-1].ent_type_,
            is_person=common.is_person or apposed[-1].ent_type_ == "PERSON",
        )
    described = _common_apposition(head)
    if described is not None:
        inner = describe(described, text)
        if inner.is_named or head.lower_ in _COUNTERS:
            return replace(inner, start=common.start)
    return common


def _is_vessel(head: Token, before: list[Token]) -> bool:
    """'the Lady Anne', 'the ferry King Olaf': ships take an article or say what they are; people of title do not."""
    if before and before[-1].lower_ == "the":
        return True
    return any(t.lemma_.lower() in VESSELS for t in before)


def _named(common: Mention, head: Token, tokens: list[Token], name: list[Token], text: str) -> Mention:
    before = [t for t in tokens if t.i < name[0].i]
    title = [t for t in _undetermined(before) if t.dep_ not in ("det",)] if before else []
    title = _after_possessive(title)
    is_telling = any(t.pos_ in ("NOUN", "PROPN") and t.lower_.strip(".") not in HONORIFICS for t in title)
    role = _slice(text, title) if is_telling else None
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
        name=_slice(text, name),
        role=role,
        is_named=True,
        label=head.ent_type_,
        is_person=is_person and head.ent_type_ != "GPE",
        end=_end(tokens[-1]),
        is_plural=False,
    )


def phrase_of(head: Token) -> list[Token]:
    """The contiguous tokens of the noun phrase, clauses and appositions left out."""
    out: list[Token] = []
    for token in _without_clauses(head):
        if out and token.i != out[-1].i + 1 and token.i > head.i and not _is_bridge(out[-1], token):
            break
        out.append(token)
    out = [t for t in out if t.i <= head.i or t.i >= head.i]
    while len(out) > 1 and (out[-1].is_punct or out[-1].dep_ in ("cc", "advmod")) and out[-1].i > head.i:
        out.pop()
    while len(out) > 1 and out[0].is_punct and out[0].i < head.i:
        out.pop(0)
    return out


def _with_participle(head: Token, tokens: list[Token]) -> list[Token]:
    """An unnamed person is told apart by what follows: 'a person briefed on the talks'."""
    following = tokens[-1].i + 1
    for clause in head.children:
        if clause.dep_ == "acl" and clause.tag_ == "VBN" and clause.left_edge.i == following:
            return [*tokens, *head.doc[following : min(clause.right_edge.i + 1, following + 8)]]
    return tokens


def _is_bridge(left: Token, right: Token) -> bool:
    """Only commas of a list or a hyphen lie between: 'leaders, fire crews and the owner'."""
    between = left.doc[left.i + 1 : right.i]
    return all(t.text in (",", "-") for t in between) and right.dep_ != "prep"


def _without_clauses(head: Token) -> Iterator[Token]:
    """The subtree of a noun without the clauses and appositions in it, or prepositions that hang on the verb."""
    for token in head.subtree:
        chain = [token, *token.ancestors]
        below = chain[: chain.index(head)]
        if not any(_is_extra(t) for t in below):
            yield token


def _is_extra(token: Token) -> bool:
    if token.dep_ == "punct":
        return token.text not in ("-", "'", "&", ".")
    if token.dep_ == "appos":
        return token.lower_ != "all"
    return token.dep_ in _CLAUSES or (token.dep_ == "prep" and token.lower_ in _CIRCUMSTANCES)


def _own_name(head: Token, tokens: list[Token]) -> list[Token]:
    """The tokens of the proper name that the head ends, titles before it left off; [] when there is none."""
    if (head.pos_ != "PROPN" and head.ent_type_ not in ("PERSON", "ORG")) or _is_title(head):
        return []
    if head.pos_ != "PROPN" and not head.text[0].isupper():
        return []
    by_index = {t.i: t for t in tokens}
    first = head.i
    while first - 1 in by_index and _continues_name(by_index[first - 1], head):
        first -= 1
    while first < head.i and not (by_index[first].pos_ in ("PROPN", "NUM") or by_index[first].text[0].isupper()):
        first += 1
    last = head.i
    while last + 1 in by_index and _extends_name(by_index[last + 1], head):
        last += 1
    run = [by_index[i] for i in range(first, last + 1)]
    while head.ent_type_ == "PERSON" and run[-1].i + 1 < len(head.doc) and _is_inside_entity(run[-1].nbor()):
        run.append(run[-1].nbor())
    if run[0].lower_ == "the":
        run = run[1:]
    if not any(t.text[0].isupper() for t in run):
        return []
    cut = max((k for k, t in enumerate(run[:-1]) if _is_title(t)), default=-1)
    if cut == 0 and run[0].lower_ in _NOBLE and _is_vessel(head, [t for t in tokens if t.i < run[0].i]):
        return run
    is_body = (
        head.ent_type_ == "ORG"
        and head.lower_ not in PERSONS
        and cut >= 0
        and run[-1].lemma_.lower() in ("office", "party")
    )
    run = run if is_body else run[cut + 1 :]
    while len(run) > 1 and run[0].is_punct:
        run = run[1:]
    return run


def _is_inside_entity(token: Token) -> bool:
    return token.ent_iob_ == "I" and token.ent_type_ == "PERSON" and token.pos_ == "PROPN"


def _is_title(token: Token) -> bool:
    return token.lower_.strip(".") in TITLES or token.lower_.endswith("-elect")


def _continues_name(token: Token, head: Token) -> bool:
    if token.pos_ == "PROPN":
        return True
    if token.ent_iob_ != "O" and head.ent_type_ and token.ent_type_ == head.ent_type_ and token.text[0].isupper():
        return True
    return token.text in ("-", "&") or (
        token.lower_ in _INSIDE_NAMES and token.ent_type_ == head.ent_type_ != "" and head.ent_iob_ == "I"
    )


def _extends_name(token: Token, head: Token) -> bool:
    return (
        (token.pos_ == "PROPN" and token.dep_ not in ("conj", "appos"))
        or (token.ent_iob_ == "I" and token.ent_type_ == head.ent_type_ and head.ent_type_ in ("ORG", "PERSON"))
        or (token.text in ("&",) and token.i + 1 < len(token.doc) and token.nbor().pos_ == "PROPN")
    )


def _apposed_name(head: Token, tokens: list[Token]) -> list[Token]:
    """The name after a description: 'the mayor, Ana Brel,', 'secretary Bram Okoye', 'the head of the bank, Ann Lee'."""
    if not can_be_named(head):
        return []
    for noun in head.subtree:
        if noun.dep_ != "appos" or noun.i < head.i or not (noun.pos_ == "PROPN" or noun.ent_type_ in ("PERSON", "ORG")):
            continue
        is_near = noun.head.i == head.i
        is_mine = is_near or (is_person_noun(head) and noun.ent_type_ == "PERSON" and noun.head in tokens)
        name = _own_name(noun, phrase_of(noun)) if is_mine else []
        if name and not (is_near and _belongs_inside(head, tokens, name)):
            return name
    name = _name_after_comma(tokens[-1])
    return [] if name and _belongs_inside(head, tokens, name) else name


def is_person_noun(noun: Token) -> bool:
    """A noun for a person, by the lexicon or by its ending: 'beekeeper', 'hydrologist', 'politician'."""
    lemma = noun.lemma_.lower()
    return lemma in PERSONS or (len(lemma) > 6 and lemma.endswith(_PERSON_ENDINGS) and lemma not in THINGS)


def can_be_named(noun: Token) -> bool:
    """May an apposition give this noun's own name? Persons and bodies have names; sides and hours have not."""
    return is_person_noun(noun) or noun.lemma_.lower() in BODIES


def _belongs_inside(head: Token, tokens: list[Token], name: list[Token]) -> bool:
    """'a spokesman for the owner, Harl Shipping': the name is the owner's."""
    return (
        head.lemma_.lower() in PERSONS
        and tokens[-1].i > head.i
        and name[-1].ent_type_ in ("ORG", "GPE", "FAC", "PRODUCT")
    )


def _name_after_comma(last: Token) -> list[Token]:
    """A name set off by commas right after a phrase, whatever the parse says of it."""
    doc = last.doc
    at = last.i + 1
    if at >= len(doc) or doc[at].text != ",":
        return []
    run: list[Token] = []
    for token in doc[at + 1 : at + 9]:
        if token.pos_ == "PROPN" or (run and token.text in ("&", "-", ".")):
            run.append(token)
        elif token.lower_ == "the" and not run:
            continue
        else:
            break
    follows = at + 1 + len(run) if doc[min(at + 1, len(doc) - 1)].lower_ != "the" else at + 2 + len(run)
    is_closed = follows >= len(doc) or doc[follows].text in (",", ".", ";") or doc[follows].pos_ in ("VERB", "AUX")
    while run and (_is_title(run[0]) or run[0].is_punct):
        run = run[1:]
    return run if is_closed and run and run[-1].ent_type_ not in ("DATE", "GPE", "TIME") else []


def _common_apposition(head: Token) -> Token | None:
    for child in head.children:
        if child.dep_ == "appos" and child.pos_ == "NOUN" and child.i > head.i:
            return child
    return None


def _undetermined(tokens: list[Token]) -> list[Token]:
    """Without the articles, demonstratives, possessive pronouns and quantifiers like 'all' in front."""
    at = 0
    while at < len(tokens) - 1 and (
        (
            tokens[at].dep_ in ("det", "predet")
            and tokens[at].lower_ not in ("no", "some", "every", "each", "neither", "another")
        )
        or (tokens[at].dep_ == "poss" and tokens[at].pos_ == "PRON")
        or tokens[at].lower_ in ("a", "an", "the", "its", "his", "her", "their", "our", "my")
        or tokens[at].is_punct
    ):
        at += 1
    out = tokens[at:]
    while len(out) > 1 and out[-1].lower_ in ("all", "both", "alike", "each"):
        out = out[:-1]
    return out


def _after_possessive(tokens: list[Token]) -> list[Token]:
    """'Ukraine 's Defence Minister' is 'Defence Minister' as a role."""
    at = max((k for k, t in enumerate(tokens) if t.tag_ == "POS"), default=-1)
    return tokens[at + 1 :]


def _until_preposition_if_possessed(tokens: list[Token]) -> list[Token]:
    return _after_possessive(tokens) or tokens


def author_of(head: Token) -> Token | None:
    """Who wrote a document, when the phrase says so: 'a report by the board', 'a statement from the ministry'."""
    if head.lemma_.lower() not in DOCUMENTS:
        return None
    for child in head.children:
        if child.dep_ in ("prep", "agent") and child.lower_ in ("by", "from") and child.i > head.i:
            for noun in child.children:
                if noun.dep_ == "pobj":
                    return noun
        if child.dep_ == "acl" and child.lemma_ in (
            "write",
            "publish",
            "issue",
            "release",
            "prepare",
            "commission",
            "compile",
        ):
            for by in child.children:
                if by.dep_ == "agent":
                    return next((n for n in by.children if n.dep_ == "pobj"), None)
    return None


def _end(token: Token) -> int:
    return int(token.idx) + len(token.text)


def _slice(text: str, tokens: list[Token]) -> str:
    return " ".join(text[tokens[0].idx : _end(tokens[-1])].split())
