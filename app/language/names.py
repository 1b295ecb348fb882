"""Proper names in noun phrases: where they start, what title precedes them, which description they belong to."""

from __future__ import annotations

from spacy.tokens import Token

from app.language.lexicon import BODIES, PERSONS, THINGS, TITLES, VESSELS, words
from app.language.nounphrase import phrase_of

_PERSON_ENDINGS = tuple(words("man woman men women ist ian eer keeper maker worker driver owner tor ser"))
_ACTING = words("nsubj nsubjpass dobj dep")
_NOBLE = words("lady king queen prince princess duke duchess captain lord sir admiral")
_INSIDE_NAMES = words("& - of the de van von der al bin la and 's for")


def own_name(head: Token, tokens: list[Token]) -> list[Token]:
    """The tokens of the proper name that the head ends, titles before it left off; [] when there is none."""
    if (head.pos_ != "PROPN" and head.ent_type_ not in ("PERSON", "ORG")) or is_title(head):
        return []
    if head.pos_ != "PROPN" and (not head.text[0].isupper() or _is_opening_plural(head)):
        return []
    run = _run(head, tokens)
    if not any(t.text[0].isupper() for t in run):
        return []
    cut = max((k for k, t in enumerate(run[:-1]) if is_title(t)), default=-1)
    if cut == 0 and run[0].lower_ in _NOBLE and _is_vessel([t for t in tokens if t.i < run[0].i]):
        return run
    is_body = head.ent_type_ == "ORG" and cut >= 0 and run[cut].ent_type_ == "ORG"  # "General Motors"
    run = run if is_body else run[cut + 1 :]
    while len(run) > 1 and run[0].is_punct:
        run = run[1:]
    return run


def _is_opening_plural(noun: Token) -> bool:
    """ "Volcanologists recorded ...": a capital that only opens the sentence."""
    return bool(noun.is_sent_start) and noun.tag_ == "NNS" and is_person_noun(noun)


def _run(head: Token, tokens: list[Token]) -> list[Token]:
    """The capitalised words around the head of a name, titles included."""
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
    return run[1:] if run[0].lower_ == "the" else run


def is_title(token: Token) -> bool:
    return token.lower_.strip(".") in TITLES or token.lower_.endswith("-elect")


def _is_vessel(before: list[Token]) -> bool:
    """'the Lady Anne', 'the ferry King Olaf': ships take an article or say what they are; people of title do not."""
    if before and before[-1].lower_ == "the":
        return True
    return any(t.lemma_.lower() in VESSELS for t in before)


def _is_inside_entity(token: Token) -> bool:
    return token.ent_iob_ == "I" and token.ent_type_ == "PERSON" and token.pos_ == "PROPN"


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


def apposed_name(head: Token, tokens: list[Token]) -> list[Token]:
    """The name after a description: 'the mayor, Ana Brel,', 'secretary Bram Okoye', 'the head of the bank, Ann Lee'."""
    if not (can_be_named(head) or head.dep_ in _ACTING):
        return []
    for noun in head.subtree:
        if noun.dep_ != "appos" or noun.i < head.i or not (noun.pos_ == "PROPN" or noun.ent_type_ in ("PERSON", "ORG")):
            continue
        is_near = noun.head.i == head.i
        is_mine = is_near or (is_person_noun(head) and noun.ent_type_ == "PERSON" and noun.head in tokens)
        if noun.ent_type_ == "PERSON" and not (is_person_noun(head) or head.dep_ in _ACTING):
            continue
        name = own_name(noun, phrase_of(noun)) if is_mine else []
        if name and not (is_near and _belongs_inside(head, tokens, name)):
            return name
    name = name_after_comma(tokens[-1])
    return [] if name and _belongs_inside(head, tokens, name) else name


def _belongs_inside(head: Token, tokens: list[Token], name: list[Token]) -> bool:
    """'a spokesman for the owner, Harl Shipping': the name is the owner's."""
    return (
        head.lemma_.lower() in PERSONS
        and tokens[-1].i > head.i
        and name[-1].ent_type_ in ("ORG", "GPE", "FAC", "PRODUCT")
    )


def name_after_comma(last: Token) -> list[Token]:
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
    is_subject = bool(run) and run[-1].dep_ in ("nsubj", "nsubjpass") and doc[min(follows, len(doc) - 1)].text != ","
    if is_subject:  # "quoting sources, Radio Lind said"
        return []
    while run and (is_title(run[0]) or run[0].is_punct):
        run = run[1:]
    return run if is_closed and run and run[-1].ent_type_ not in ("DATE", "GPE", "TIME") else []


def alias_of(head: Token) -> str | None:
    """The name an unnamed person goes by: 'a farmer who gave his name only as Olek', 'identified as Witness K'."""
    for clause in head.children:
        if clause.dep_ in ("relcl", "acl") and clause.lemma_ in ("give", "identify", "name", "know", "call"):
            for as_ in clause.subtree:
                if as_.lower_ == "as" and as_.i + 1 < len(head.doc) and as_.nbor().pos_ == "PROPN":
                    run = [t for t in as_.subtree if t.pos_ in ("PROPN", "NUM") and t.i > as_.i]
                    return " ".join(t.text for t in run) or None
    return None


def is_person_noun(noun: Token) -> bool:
    """A noun for a person, by the lexicon or by its ending: 'beekeeper', 'hydrologist', 'politician'."""
    lemma = noun.lemma_.lower()
    return lemma in PERSONS or (len(lemma) > 6 and lemma.endswith(_PERSON_ENDINGS) and lemma not in THINGS)


def can_be_named(noun: Token) -> bool:
    """May an apposition give this noun's own name? Persons and bodies have names; sides and hours have not."""
    return is_person_noun(noun) or noun.lemma_.lower() in BODIES
