"""Answers a clause gives that are neither numbers nor dates: where, who somebody is, and why.

High precision over recall: a slot that is not plainly stated is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Token

from app.domain.values import ConflictKind, Slot
from app.language.lexicon import EVENT_NOUNS, PERSONS, PLACE_NOUNS, words
from app.language.names import can_be_named
from app.language.nominal import describe
from app.language.nounphrase import phrase_of
from app.language.syntax import child, children, is_negated, is_verb, subject_of

_PLACED = words("in at on near off outside inside beside beneath under behind along")
_AT = words("in at on off near outside")
_SPATIAL = words("near off outside inside beside beneath behind")
_PLACES = frozenset({"GPE", "LOC", "FAC"})
_NO_PLACE = frozenset(
    {"DATE", "TIME", "CARDINAL", "ORDINAL", "PERCENT", "MONEY", "QUANTITY", "NORP", "LANGUAGE", "EVENT", "LAW"}
)
_NO_IDENTITY = frozenset({"GPE", "LOC", "DATE", "NORP", "TIME"})
_MEDIA = words("telegram facebook twitter x youtube instagram tiktok whatsapp reuters television tv radio")
_INNER = words("of in at on near off for to")
_TAKES_ON = words("call agree focus depend rely insist comment work act decide vote report draw spend base count")
_SITES = words("position site location spot scene place section point epicentre epicenter wreck wreckage")
_CAUSE_VERBS = words("cause trigger spark provoke")
_CAUSE_PREPOSITIONS = frozenset({"because", "due", "owing", "thanks"})


def slots_of(tokens: Sequence[Token], content: Token, *, text: str, offset: int) -> Iterator[Slot]:
    """The place, identity and cause slots of a clause's tokens, in that order. ``content`` is its predicate."""
    if not tokens:
        return
    inside = {t.i for t in tokens}
    for kind, key, phrase in (*_places(tokens, content), *_identities(tokens, text), *_causes(tokens, content)):
        value = [t for t in phrase if t.i in inside]
        if key and value:
            start, end = value[0].idx, value[-1].idx + len(value[-1])
            exact = text[start:end]
            yield Slot(offset + start, offset + end, exact, kind, key, " ".join(exact.split()))


_Found = tuple[ConflictKind, str, list[Token]]


def _places(tokens: Sequence[Token], content: Token) -> Iterator[_Found]:
    """Where the event of a predicate, or one named by a noun, took place."""
    for preposition in tokens:
        if preposition.dep_ != "prep" or preposition.lower_ not in _PLACED:
            continue
        noun = child(preposition, "pobj")
        if noun is None or not _is_place(noun, preposition.lower_):
            continue
        key = _event_of(preposition, content)
        if key:
            yield ConflictKind.PLACE, key, _nominal(noun)


def _is_place(noun: Token, preposition: str) -> bool:
    is_bare = noun.lower_ in ("home", "side") and child(noun, "compound", "amod") is None
    if noun.lower_ in _MEDIA or noun.ent_type_ in _NO_PLACE or is_bare:
        return False
    if noun.ent_type_ in _PLACES:
        return True
    if noun.pos_ == "PROPN" and noun.text[0].isupper():  # names of places nobody has heard of get any label
        return preposition in _AT and noun.ent_type_ in ("", "PERSON", "PRODUCT", "ORG")
    return noun.lemma_.lower() in PLACE_NOUNS or (preposition in _SPATIAL and noun.pos_ == "NOUN")


def _event_of(preposition: Token, content: Token) -> str:
    """The lemma of the event that a place phrase belongs to; "" when it describes a thing ("the man in the hat")."""
    head = preposition.head
    if (head.dep_ == "prep" or head.pos_ == "ADV") and is_verb(head.head):
        head = head.head
    if not is_verb(head):
        return _event_of_noun(head)
    if is_negated(head) or (head.lemma_ in _TAKES_ON and preposition.lower_ == "on"):
        return ""
    if head.lemma_ == "be" or (head.lemma_ in ("lie", "stand") and head.i == content.i):
        return _sited(head) if head.i == content.i else ""
    if head.lemma_ in ("take", "occur", "happen") and (subject := subject_of(head)) is not None:
        return EVENT_NOUNS.get(subject.lemma_.lower(), str(subject.lemma_.lower()))
    return str(head.lemma_.lower())


def _event_of_noun(noun: Token) -> str:
    """An event's own noun ("the blast in Arn"), or the verb whose object the noun is ("opened a clinic in Arn")."""
    if noun.lemma_.lower() in EVENT_NOUNS:
        return EVENT_NOUNS[noun.lemma_.lower()]
    is_object = noun.dep_ in ("dobj", "nsubjpass") and is_verb(noun.head) and noun.head.lemma_ not in ("be", "have")
    return str(noun.head.lemma_.lower()) if is_object else ""


def _sited(verb: Token) -> str:
    """ "The position of sinking is off the cape", "the section that was lost lies at the abutment": sink, lose."""
    subject = subject_of(verb)
    if subject is None:
        return ""
    lemma = subject.lemma_.lower()
    if lemma in _SITES:
        for of in children(subject, "prep"):
            for what in children(of, "pobj", "pcomp"):
                return EVENT_NOUNS.get(what.lemma_.lower(), str(what.lemma_.lower()))
        clause = child(subject, "relcl", "acl")
        return str(clause.lemma_.lower()) if clause is not None else str(lemma)
    return EVENT_NOUNS.get(lemma, str(lemma)) if subject.pos_ == "NOUN" and lemma not in PERSONS else ""


def _identities(tokens: Sequence[Token], text: str) -> Iterator[_Found]:
    """What a named person or body is said to be: by apposition, by title, or with "is". One word alone ("Captain")
    tells too little to be an answer."""
    for token in tokens:
        if token.pos_ not in ("PROPN", "NOUN") or token.dep_ in ("compound", "poss") or token.ent_type_ in _NO_IDENTITY:
            continue
        if token.pos_ == "NOUN" and not can_be_named(token):
            continue
        mention = describe(token, text)
        if not mention.is_named or not mention.name[:1].isupper():
            continue
        for phrase in _descriptions(token, mention.name, mention.is_person):
            kept = _without_possessor(phrase)
            if sum(t.is_alpha for t in kept) >= 2:
                yield ConflictKind.IDENTITY, mention.name.lower(), kept


def _descriptions(token: Token, name: str, is_person: bool) -> Iterator[list[Token]]:
    if token.pos_ == "NOUN":  # "the chief executive, Ann Lee": described by the phrase itself
        yield [t for t in phrase_of(token) if t.i <= token.i or t.dep_ != "punct"]
        return
    for noun in children(token, "appos"):
        if noun.i > token.i and noun.pos_ == "NOUN" and can_be_named(noun):
            yield _nominal(noun)
    if is_person:
        first_of_name = token.idx + len(token) - len(name)
        yield [t for t in phrase_of(token) if t.idx < first_of_name and t.dep_ != "det" and not t.is_punct]
    if token.dep_ == "nsubj" and token.head.lemma_ == "be" and not is_negated(token.head):
        described = child(token.head, "attr")
        if described is not None and described.pos_ == "NOUN":
            yield _nominal(described)


def _without_possessor(phrase: list[Token]) -> list[Token]:
    """Without articles, and without whose: "the union's general secretary" is "general secretary"."""
    head_at = next((k for k, t in enumerate(phrase) if t.tag_ == "POS"), -1)
    return [t for t in phrase[head_at + 1 :] if not (t.dep_ == "det" or t.tag_ == "PRP$")] if phrase else []


def _causes(tokens: Sequence[Token], content: Token) -> Iterator[_Found]:
    """What the clause gives as the cause of its event."""
    for token in tokens:
        lemma = token.lemma_.lower()
        if token.lower_ in _CAUSE_PREPOSITIONS and token.dep_ in ("prep", "acomp", "amod"):
            yield from _caused_by(token, content)
        elif lemma in _CAUSE_VERBS and is_verb(token) and not is_negated(token):
            yield from _verbal_cause(token)
        elif lemma == "blame" and is_verb(token) and not is_negated(token):
            yield from _blame(token)
        elif lemma == "lead" and is_verb(token):
            yield from _led_to(token)
        elif token.lower_ == "because" and token.dep_ == "mark" and is_verb(token.head.head):
            yield ConflictKind.CAUSE, _effect(token.head.head), [t for t in token.head.subtree if t.i > token.i]
        elif lemma == "cause" and token.pos_ == "NOUN" and token.dep_ == "nsubj" and token.head.lemma_ == "be":
            yield from _cause_was(token)


def _caused_by(token: Token, content: Token) -> Iterator[_Found]:
    """ "because of X", "due to X", "owing to X", "as a result of X"."""
    wanted = "of" if token.lower_ == "because" else "to"
    links = [c for c in token.children if c.lower_ == wanted and c.dep_ in ("prep", "pcomp")]
    noun = next((n for link in links for n in children(link, "pobj")), None)
    if noun is None and wanted == "of":
        noun = child(token, "pobj")
    if noun is None:
        return
    head = token.head
    if head.lemma_ == "be":
        subject = subject_of(head)
        key = EVENT_NOUNS.get(subject.lemma_.lower(), subject.lemma_.lower()) if subject is not None else ""
    else:
        key = _effect(head) if is_verb(head) else EVENT_NOUNS.get(head.lemma_.lower(), head.lemma_.lower())
    yield ConflictKind.CAUSE, str(key or content.lemma_.lower()), _nominal(noun)


def _verbal_cause(verb: Token) -> Iterator[_Found]:
    """ "X caused the crash", "the crash was caused by X"."""
    agent = next((n for by in children(verb, "agent") for n in children(by, "pobj")), None)
    subject = child(verb, "nsubj", "nsubjpass")
    effect = child(verb, "dobj") if agent is None else subject
    cause = agent if agent is not None else subject
    if verb.dep_ == "acl" and agent is not None:
        effect = verb.head
    if (
        cause is None
        or effect is None
        or cause.pos_ == "PRON"
        or (agent is None and child(verb, "auxpass") is not None)
    ):
        return
    yield ConflictKind.CAUSE, EVENT_NOUNS.get(effect.lemma_.lower(), str(effect.lemma_.lower())), _nominal(cause)


def _blame(verb: Token) -> Iterator[_Found]:
    """ "blamed X for Y", "blamed Y on X"; "blamed X" alone blames it for what the text is about."""
    noun = child(verb, "dobj")
    if noun is None:
        return
    for preposition in children(verb, "prep"):
        other = child(preposition, "pobj", "pcomp")
        if other is not None and preposition.lower_ == "for":
            yield ConflictKind.CAUSE, EVENT_NOUNS.get(other.lemma_.lower(), str(other.lemma_.lower())), _nominal(noun)
            return
        if other is not None and preposition.lower_ == "on":
            yield ConflictKind.CAUSE, EVENT_NOUNS.get(noun.lemma_.lower(), str(noun.lemma_.lower())), _nominal(other)
            return


def _led_to(verb: Token) -> Iterator[_Found]:
    cause = child(verb, "nsubj")
    effect = next((n for to in children(verb, "prep") if to.lower_ == "to" for n in children(to, "pobj")), None)
    if cause is not None and effect is not None and cause.pos_ == "NOUN" and effect.lemma_.lower() in EVENT_NOUNS:
        yield ConflictKind.CAUSE, EVENT_NOUNS[effect.lemma_.lower()], _nominal(cause)


def _cause_was(noun: Token) -> Iterator[_Found]:
    """ "the cause of the fire was X"."""
    effect = next((n for of in children(noun, "prep") if of.lower_ == "of" for n in children(of, "pobj")), None)
    cause = child(noun.head, "attr")
    if cause is not None and not is_negated(noun.head) and cause.lower_ not in ("what", "unclear"):
        key = EVENT_NOUNS.get(effect.lemma_.lower(), effect.lemma_.lower()) if effect is not None else "cause"
        yield ConflictKind.CAUSE, str(key), _nominal(cause)


def _effect(verb: Token) -> str:
    return str(verb.lemma_.lower()) if verb.lemma_ != "be" else ""


def _nominal(noun: Token) -> list[Token]:
    """The noun phrase without clauses, appositions and determiner."""
    out = phrase_of(noun)
    end = next((k for k, t in enumerate(out) if t.i > noun.i and t.dep_ == "prep" and t.lower_ not in _INNER), len(out))
    out = out[:end]
    while len(out) > 1 and (out[0].dep_ == "det" or not (out[0].is_alpha or out[0].like_num)):
        out = out[1:]
    return out
