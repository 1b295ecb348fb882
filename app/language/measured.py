"""What a measure, a sum of money or a share is a measure of, when no noun follows it: "the pipe, nine miles long"."""

from __future__ import annotations

from spacy.tokens import Token

from app.language.amounts import Shape
from app.language.inflection import participle
from app.language.lexemes import words
from app.language.mention import HEDGES, Counted, Mention, governed, joined
from app.language.phrases import NOUNS, child, children, is_dated, noun_from, phrase
from app.language.roles import Governor, governor_of, role_of
from app.language.units import TIME_UNITS, is_unit_word

_NO_DIMENSION = words(
    "ago later more less as so only then now also again still too just even instead earlier before daily yearly "
    "overall alone each first last next"
)
_LINKS = words("of worth with at")
_CHANGING = words("to from by")  # "cut the term to two years", while "ran the shop for two years" is of who ran it
_AGE_WORDS = words("aged age both all ,")


def measured(mention: Mention) -> Counted:
    """The thing a measure belongs to; its dimension ("long"), price base ("per barrel") or what happens to it."""
    dimension, price = _dimension(mention), _price_of(mention)
    beside = _noun_before(mention) or _modified_by(mention.root)
    if beside is not None:
        return Counted(phrase(beside), dimension or joined(role_of(beside), price))
    spent = _spent_in(mention)
    found = governor_of(mention.root)
    if spent is not None:
        return Counted(phrase(spent), dimension or (participle(found.verb) if found else None))
    thing, role = _of_verb(mention, found)
    return Counted(thing or mention.prior.thing, dimension or joined(role, price))


def _of_verb(mention: Mention, found: Governor | None) -> Counted:
    """A measure that hangs on a verb: its object or subject, whichever the measure is not."""
    following = mention.token(0)
    if following is not None and following.pos_ == "VERB" and following.tag_ in ("VBD", "VBZ", "VBP"):
        found = Governor(following, "nsubj", None)
    if found is None:
        return Counted(None, None)
    verb = found.verb
    if found.has_subject:
        target = child(verb, "dobj") or _first_oblique(verb)
        return Counted(phrase(target) if target is not None and target.pos_ in NOUNS else None, participle(verb))
    root = mention.root
    own = role_of(root) if root.dep_ != "npadvmod" and child(root, "acl") is not None else None  # "$100 collected"
    is_change = found.preposition is not None and found.preposition.lower_ in _CHANGING
    thing = governed(verb, mention, prefers_object=is_change or mention.amount.unit not in TIME_UNITS)
    happened = thing.role if thing else participle(verb) if verb.pos_ == "VERB" else None
    return Counted(thing.thing if thing else None, own or happened)


def _first_oblique(verb: Token) -> Token | None:
    preposition = next((p for p in children(verb, "prep") if p.i > verb.i), None)
    return child(preposition, "pobj") if preposition is not None else None


def _dimension(mention: Mention) -> str | None:
    """ "9 miles long", "600 metres underground"."""
    following = mention.token(0)
    if following is None or following.pos_ not in ("ADJ", "ADV") or following.lower_ in _NO_DIMENSION:
        return None
    return following.lower_


def _price_of(mention: Mention) -> str | None:
    """ "$84 a barrel", "15 euros per hour": a price's denominator is part of what is asked."""
    base = mention.token(1)
    is_rate = mention.amount.is_money and mention.word(0) in ("a", "an", "per", "each")
    return f"per {base.lemma_.lower()}" if is_rate and base is not None and base.pos_ in NOUNS else None


def _modified_by(root: Token) -> Token | None:
    """The noun whose adjective a measure specifies: "the pipe, nine miles long and half a metre wide"."""
    token = root
    for _ in range(4):
        if token.head.i == token.i or token.dep_ not in ("npadvmod", "conj", "amod", "advmod"):
            return None
        if token.head.pos_ in NOUNS and token.dep_ == "amod":
            return token.head
        token = token.head
    return None


def _spent_in(mention: Mention) -> Token | None:
    """ "30 years on the bench", "eight years in prison", "£18,000 in cash"."""
    noun = noun_from(mention.tokens, mention.last + 1) if mention.amount.is_money and mention.word(0) == "in" else None
    if noun is not None and mention.tokens[noun].pos_ == "NOUN" and not is_dated(mention.tokens[noun]):
        return mention.tokens[noun]
    links = ("in", "on", "behind") if mention.amount.unit in TIME_UNITS else ()
    for preposition in children(mention.root, "prep"):
        target = child(preposition, "pobj")
        is_place = preposition.i > mention.root.i and preposition.lower_ in links
        if is_place and target is not None and target.pos_ == "NOUN":
            return None if is_dated(target) else target
    return None


def _noun_before(mention: Mention) -> Token | None:
    """The noun a measure stands right behind: "a load of 3.5 tonnes", "gusts over 90 km/h", "the mast, 40 m tall"."""
    tokens, amount = mention.tokens, mention.amount
    step = next((index for index, _ in mention.before(8) if not _is_hedge(mention, index)), -1)
    if step < 0:
        return None
    word = tokens[step].lower_
    is_comma = word in (",", "(") and (amount.shape is Shape.AGE or amount.unit not in TIME_UNITS)
    if step > 0 and (word in _LINKS or is_comma):
        step -= 1
    token = tokens[step]
    if token.pos_ not in NOUNS or is_dated(token) or token.text == "%" or is_unit_word(token.lower_):
        return None
    return token


def _is_hedge(mention: Mention, step: int) -> bool:
    word, tokens = mention.tokens[step].lower_, mention.tokens
    if word == "to":
        return step > 0 and tokens[step - 1].lower_ == "up"
    if word == "at":
        return tokens[step + 1].lower_ in ("least", "most")
    if mention.amount.shape is Shape.AGE and word in _AGE_WORDS:
        return True
    return word in HEDGES and word not in ("by", "from")
