"""The tokens of a noun phrase: what belongs to it, and what in front of it is no part of its name."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from app.language.lexicon import words

_CLAUSES = words("relcl acl advcl appos punct parataxis ccomp dep npadvmod")
_CIRCUMSTANCES = words("according despite after before since during until")
_DETERMINING = words("a an the its his her their our my")
_QUANTIFYING = words("no some every each neither another")
_FLOATING = words("all both alike each")


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


def joint_phrase(head: Token, tokens: list[Token]) -> list[Token]:
    """The whole of several who act together, "the mayor, Ana Brel, and the police chief"; [] for one alone."""
    members = [c for c in head.conjuncts if c.i > head.i and c.pos_ in ("NOUN", "PROPN")]
    joints = [c for m in (head, *members) for c in m.children if c.dep_ == "cc" and c.lower_ in ("and", "or")]
    if not members or not joints:
        return []
    last = phrase_of(members[-1])[-1].i
    names = [c.right_edge.i for c in members[-1].children if c.dep_ == "appos" and c.left_edge.i == last + 1]
    return list(head.doc[tokens[0].i : max([last, *names]) + 1])


def with_participle(head: Token, tokens: list[Token]) -> list[Token]:
    """An unnamed person is told apart by what follows: 'a person briefed on the talks'."""
    following = tokens[-1].i + 1
    for clause in head.children:
        if clause.dep_ == "acl" and clause.tag_ in ("VBN", "VBG") and clause.left_edge.i == following:
            return [*tokens, *head.doc[following : min(clause.right_edge.i + 1, following + 8)]]
    return tokens


def _is_bridge(left: Token, right: Token) -> bool:
    """Only commas of a list or a hyphen lie between: 'leaders, fire crews and the owner'."""
    between = left.doc[left.i + 1 : right.i]
    return all(t.text in (",", "-") for t in between) and right.dep_ != "prep"


def _without_clauses(head: Token) -> Iterator[Token]:
    """The subtree of a noun without the clauses and appositions in it, or prepositions that hang on the verb."""
    inside, left = [head], [head]
    while left:
        kept = [c for c in left.pop().children if not _is_extra(c)]
        inside += kept
        left += kept
    yield from sorted(inside, key=lambda t: t.i)


def _is_extra(token: Token) -> bool:
    if token.dep_ == "punct":
        return token.text not in ("-", "'", "&", ".")
    if token.dep_ == "appos":
        return token.lower_ != "all"
    return token.dep_ in _CLAUSES or (token.dep_ == "prep" and token.lower_ in _CIRCUMSTANCES)


def undetermined(tokens: list[Token]) -> list[Token]:
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


def after_possessive(tokens: list[Token]) -> list[Token]:
    """'Ukraine 's Defence Minister' is 'Defence Minister' as a role."""
    at = max((k for k, t in enumerate(tokens) if t.tag_ == "POS"), default=-1)
    return tokens[at + 1 :]


def end_of(token: Token) -> int:
    return int(token.idx) + len(token.text)


def slice_of(text: str, tokens: list[Token]) -> str:
    return " ".join(text[tokens[0].idx : end_of(tokens[-1])].split())
