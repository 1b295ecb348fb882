"""What a number counts, and what happens to it, from the sentence's grammar."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spacy.tokens import Token

from app.language.amounts import Shape
from app.language.inflection import participle
from app.language.lexemes import words
from app.language.measured import measured
from app.language.mention import CASUALTIES, HARMED, HEDGES, Counted, Mention, governed, joined, role_before
from app.language.phrases import NOUNS, child, is_dated, noun_from, partitive_head, phrase
from app.language.roles import active_role, governor_of, role_of
from app.language.units import is_unit_word

_PROFORMS = words("them whom these those which it that")
_OTHERS = words("other others more")
_REACHING = words(
    "take bring raise push lift reach hit total exceed top number pass stand rise fall climb grow drop jump increase "
    "decrease decline put be go"
)
# verbs that need a preposition to reach a figure: "cut the staff to 40", while "cut 40" says nothing of the whole
_MOVING = words(
    "cut reduce lower slash trim revise shrink swell expand narrow widen slip slide soar surge plunge tumble slump dip "
    "edge ease sink dwindle double treble triple halve creep"
)
_FINITE = frozenset({"VBZ", "VBP", "MD"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_SPEAKING = words("say said tell told")
_VOTING = re.compile(
    r"\b(?:vot\w*|ballots?|ruling|ruled|court|judges?|justices?|decision|council\w*|committee|panel|jury|motion|bill|"
    r"lawmakers|deputies|assembly|senate)\b",
    re.IGNORECASE,
)
_SEATS = re.compile(r"\b(?:seats?|parliament\w*|coalition|party|parties)\b", re.IGNORECASE)


def score_counted(sentence: str) -> Counted:
    """What the two sides of a score count: votes or seats where the sentence is about them, else goals."""
    if _VOTING.search(sentence):
        return Counted("vote", None)
    return Counted("seat", None) if _SEATS.search(sentence) else Counted("goal", None)


def is_elliptic(tokens: Sequence[Token], last: int) -> bool:
    """Whether a number that ends before ``tokens[last]`` stands without a noun of its own."""
    following = tokens[last].lower_ if last < len(tokens) else ""
    return following in _OTHERS or (following != "of" and noun_from(tokens, last) is None)


def counted_of(mention: Mention) -> Counted:
    """What a number counts or measures. One without a noun of its own takes up what was counted before it ("31 of
    them", "of whom 12")."""
    special = _part_noun(mention) or _magnitude(mention) or _inner_noun(mention)
    if special:
        return special
    own = _own_noun(mention, _noun_place(mention))
    if own is not None and mention.tokens[own].lower_ not in CASUALTIES:  # "12 hurt", whatever the tagger says
        return _with_noun(mention, own)
    if mention.word(0) == "of":
        return _part(mention)
    return _bare(mention) if mention.amount.unit is None else measured(mention)


def _part_noun(mention: Mention) -> Counted | None:
    """ "16-member panel": members, of a panel."""
    part = mention.token(1)
    is_attribute = mention.amount.shape is Shape.ATTRIBUTIVE and mention.amount.unit is None
    if not is_attribute or part is None or part.lower_ in ("odd", "plus"):
        return None
    whole = noun_from(mention.tokens, mention.last + 2)
    return Counted(part.lemma_.lower(), mention.tokens[whole].lemma_.lower() if whole is not None else None)


def _magnitude(mention: Mention) -> Counted | None:
    """ "a magnitude 6.1 earthquake", "the quake, of magnitude 6.1"."""
    if mention.amount.unit is not None or mention.word(-1) != "magnitude":
        return None
    after = noun_from(mention.tokens, mention.last)
    before = next(
        (token for step, token in mention.before(6) if step < mention.first - 1 and token.pos_ in NOUNS), None
    )
    thing = mention.tokens[after] if after is not None else before
    return Counted("magnitude", thing.lemma_.lower() if thing is not None else None)


def _inner_noun(mention: Mention) -> Counted | None:
    """ "one train in ten"."""
    if mention.amount.shape is not Shape.SHARE:
        return None
    inner = mention.tokens[mention.first + 1 : mention.last - 1]
    noun = next((token for token in inner if token.pos_ in NOUNS), None)
    return Counted(phrase(noun), role_of(noun)) if noun is not None else None


def _noun_place(mention: Mention) -> int:
    """Where the noun phrase of a number starts: past "or more", "-odd" and the first word of "out of"."""
    pair = (mention.word(0), mention.word(1))
    if pair in (("-", "odd"), ("-", "plus")) or (pair[0] == "or" and pair[1] in ("more", "so", "fewer", "less")):
        return mention.last + 2
    is_part = pair == ("out", "of") and mention.amount.unit is None
    return mention.last + 1 if is_part else mention.last


def _own_noun(mention: Mention, place: int) -> int | None:
    """The noun right after the number, or after "of"; after a measure only a noun that it modifies."""
    tokens, amount = mention.tokens, mention.amount
    if place >= len(tokens):
        return None
    if tokens[place].lower_ == "of":
        following = tokens[place + 1].lower_ if place + 1 < len(tokens) else ""
        return None if following in _PROFORMS else partitive_head(tokens, place + 1)
    if amount.shape is Shape.SHARE or amount.unit == "%":
        return _shared_noun(tokens, place)
    if amount.shape is Shape.AGE:
        is_attribute = tokens[mention.last - 1].lower_ in ("old", "olds")
        return noun_from(tokens, place) if is_attribute else None
    is_modifier = tokens[place].pos_ == "NOUN" and not is_dated(tokens[place])
    is_attribute = amount.shape is Shape.ATTRIBUTIVE or tokens[place - 1].dep_ in ("compound", "nmod", "amod")
    if amount.unit is None or is_modifier or is_attribute:
        return noun_from(tokens, place + 1 if tokens[place].text == "-" else place)
    return None


def _shared_noun(tokens: Sequence[Token], place: int) -> int | None:
    """ "half the fare", "a 12% stake", and not "6% last year"."""
    for _ in range(2):
        if place < len(tokens) and (tokens[place].pos_ == "DET" or tokens[place].tag_ == "PRP$"):
            place += 1
    head = noun_from(tokens, place)
    return None if head is None or is_dated(tokens[head]) or is_unit_word(tokens[head].lower_) else head


def _with_noun(mention: Mention, own: int) -> Counted:
    tokens, amount = mention.tokens, mention.amount
    head = tokens[own]
    if head.lower_ in _OTHERS:
        return Counted(mention.prior.thing, role_of(head))
    if amount.unit and amount.shape in (Shape.ATTRIBUTIVE, Shape.AGE):
        return Counted(phrase(head), None)
    if head.lemma_ == "time" and amount.unit is None:
        return _occasions(tokens, own)
    following = tokens[own + 1].lower_ if own + 1 < len(tokens) else ""
    each = _each(mention, following)
    state = following if following in CASUALTIES else None
    is_part = "of" in (mention.word(0), mention.word(1) if mention.word(0) == "out" else "")
    role = each or state or role_of(mention.root if is_part else head) or role_before(mention)
    role = role or (mention.prior.role if _is_included(mention) else None)
    return Counted(phrase(head), joined(role, _rate(tokens, own + 1)))


def _occasions(tokens: Sequence[Token], own: int) -> Counted:
    """ "crossed the border 140 times" counts crossings of the border; "40 times the usual level" multiplies a level."""
    base = partitive_head(tokens, own + 1)
    if base is not None:
        return Counted(phrase(tokens[base]), None)
    found = governor_of(tokens[own])
    if found is None:
        return Counted("time", None)
    target = child(found.verb, "dobj")
    return Counted(phrase(target) if target is not None and target.pos_ in NOUNS else "time", participle(found.verb))


def _each(mention: Mention, following: str) -> str | None:
    """ "five units of 3,000 soldiers each": a count per unit."""
    if following not in ("each", "apiece"):
        return None
    for step, token in mention.before(8):
        if token.lower_ in ("of", "with") and step > 0 and mention.tokens[step - 1].pos_ in NOUNS:
            return f"per {mention.tokens[step - 1].lemma_.lower()}"
    return "each"


def _rate(tokens: Sequence[Token], index: int) -> str | None:
    """ "1,000 people a day" is another question than 1,000 people."""
    if index + 1 >= len(tokens) or tokens[index].lower_ not in ("a", "an", "per", "each", "every"):
        return None
    return f"per {tokens[index + 1].lower_}" if is_unit_word(tokens[index + 1].lower_) else None


def _is_included(mention: Mention) -> bool:
    """ "among them three minors": a part shares the fate of its whole."""
    near = [token.lower_ for _, token in mention.before(8)]
    is_next = any(word in near[:3] for word in ("including", "among", "included"))
    return is_next or ("and" in near[:3] and "including" in near)


def _part(mention: Mention) -> Counted:
    """ "12 of them minors", "two of whom were hurt", "two-thirds of it was barley"."""
    prior, root, after = mention.prior, mention.root, mention.token(2)
    noun = noun_from(mention.tokens, mention.last + 2)
    if noun is not None:
        return Counted(phrase(mention.tokens[noun]), prior.role)
    thing = prior.thing or _antecedent(mention) or ("people" if mention.word(1) == "those" else None)
    if after is not None and (after.pos_ == "ADJ" or after.tag_ == "VBN"):
        return Counted(thing, participle(after) if after.tag_ == "VBN" else after.lemma_.lower())
    role = active_role(root.head) if root.dep_ == "nsubj" and root.head.lemma_ == "be" else role_of(root)
    return Counted(thing, role or role_before(mention))


def _antecedent(mention: Mention) -> str | None:
    """The nearest plural before "of them" when nothing has been counted yet."""
    for _, token in mention.before(40):
        if token.tag_ in ("NNS", "NNPS") or token.lower_ in CASUALTIES:
            return phrase(token)
    return None


def _bare(mention: Mention) -> Counted:
    """A number without a noun: a casualty count, a figure its subject reaches, or more of what was counted before."""
    each = _each(mention, mention.word(0))
    if each:
        return Counted(None, each)
    prior = mention.prior
    if prior.thing and prior.thing.endswith("toll"):
        prior = Counted("people", prior.role)
    label = _casualties(mention, prior) or _labelled(mention) or _listed(mention)
    return label or _reached(mention, prior) or _more(mention, prior)


def _casualties(mention: Mention, prior: Counted) -> Counted | None:
    """ "more than 40 dead", "30 others wounded", "150 still unaccounted for"."""
    step = 0
    while step < 3 and (mention.word(step) in _OTHERS or getattr(mention.token(step), "pos_", "") == "ADV"):
        step += 1
    state = mention.word(step)
    return Counted(prior.thing or "people", state) if state in CASUALTIES else None


def _labelled(mention: Mention) -> Counted | None:
    """ "a crew of nine", "a town of 8,000"; "one party at 45 and another at 42"."""
    for step, token in mention.before(6):
        if token.lower_ in HEDGES and token.lower_ not in ("at", "by", "from"):
            continue
        link = (token.lower_, mention.tokens[step - 1].pos_ if step else "")
        return Counted(phrase(mention.tokens[step - 1]), None) if link in (("of", "NOUN"), ("at", "PROPN")) else None
    return None


def _listed(mention: Mention) -> Counted | None:
    """An entry of a list: "Deaths confirmed by the coroner: 29", "Injured: 45"."""
    colon = mention.first - 1
    while colon > 0 and mention.tokens[colon].lower_ in HEDGES:
        colon -= 1
    label = mention.tokens[: max(0, colon)]
    is_clause = any(t.tag_ in _FINITE or t.dep_ in _SUBJECTS for t in label)
    if not label or mention.tokens[colon].text != ":" or is_clause:
        return None
    noun = next((t for t in label if t.pos_ in NOUNS and t.lower_ not in ("number", "total")), None)
    state = next((t.lower_ for t in label if t.lower_ in CASUALTIES or t.lower_ in HARMED), None)
    if noun is None:
        return Counted("people", state) if state else None
    return Counted(phrase(noun), state)


def _reached(mention: Mention, prior: Counted) -> Counted | None:
    """ "the toll rose to 23", "put the number of displaced at 8,000"."""
    found = governor_of(mention.root)
    if found is None or found.has_subject:
        return None
    if found.verb.lemma_.lower() not in (_REACHING if found.preposition is None else _REACHING | _MOVING):
        return None
    thing = governed(found.verb, mention, prefers_object=found.preposition is not None)
    return Counted(thing.thing or prior.thing, thing.role) if thing else None


def _more(mention: Mention, prior: Counted) -> Counted:
    found = governor_of(mention.root)
    is_object = found is None or not found.has_subject
    role = role_of(mention.root) or (role_before(mention) if is_object else None)
    if is_object and role == "voted":
        return Counted("vote", None)
    if not is_object and role is not None and role.split()[0] in _SPEAKING:
        return Counted(None, role)  # people who speak are not more of what was counted before
    is_harm = is_object and role in HARMED
    return Counted(prior.thing or ("people" if is_harm else None), role)
