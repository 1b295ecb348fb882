"""What a number counts or measures, and what happens to it, from the sentence's grammar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from spacy.tokens import Token

from app.language.amounts import Amount, Shape
from app.language.inflection import participle, regular_participle
from app.language.phrases import COUNTERS, NOUNS, child, neighbours, noun_from, partitive_head, phrase
from app.language.roles import active_role, role_of, verb_of
from app.language.units import TIME_UNITS, is_unit_word

_PROFORMS = frozenset("them whom these those which it that".split())
_OTHERS = frozenset("other others more".split())
_CASUALTIES = frozenset("dead injured wounded missing hurt homeless killed displaced unaccounted arrested detained".split())
_HARM = frozenset("kill injure wound hurt arrest detain rescue evacuate displace kidnap abduct jail hospitalise hospitalize maim behead execute free hold sicken infect".split())
_HARM_FORMS = {
    form: regular_participle(verb)
    for verb in _HARM
    for form in (verb, verb + "s", verb + "es", regular_participle(verb), verb.removesuffix("e") + "ing", regular_participle(verb).removesuffix("ed") + "ing")
}
_HARMED = frozenset(_HARM_FORMS.values())
_REACHING = frozenset("take bring raise push lift reach hit total exceed top number pass stand rise fall climb grow drop jump increase decrease decline put be go".split())
_PASSED_OVER = frozenset(
    "about around some roughly nearly almost approximately an a the estimated up to as many much high at least most no not fewer less more than over under above below just only upwards "
    "and by between from even perhaps well exactly".split()
)
_VOTING = re.compile(r"\b(?:vot\w*|ballots?|ruling|ruled|court|judges?|justices?|decision|council\w*|committee|panel|jury|motion|bill|lawmakers|deputies|assembly|senate)\b", re.IGNORECASE)
_SEATS = re.compile(r"\b(?:seats?|parliament\w*|coalition|party|parties)\b", re.IGNORECASE)


_EMPTY_VERBS = frozenset("be have say include see involve contain comprise total number tell show report announce estimate count do".split())


_NO_DIMENSION = frozenset("ago later more less as so only then now also again still too just even instead earlier before daily yearly overall alone each first last next".split())


class Counted(NamedTuple):
    """The counted thing in lemmas and its role; either may be unknown."""

    thing: str | None
    role: str | None


def score_counted(sentence: str) -> Counted:
    """What the two sides of a score count: votes or seats where the sentence is about them, else goals."""
    if _VOTING.search(sentence):
        return Counted("vote", None)
    return Counted("seat", None) if _SEATS.search(sentence) else Counted("goal", None)


def is_elliptic(tokens: Sequence[Token], last: int) -> bool:
    """Whether a number that ends before ``tokens[last]`` stands without a noun of its own."""
    if last < len(tokens) and tokens[last].lower_ in _OTHERS:
        return True
    is_partitive = last < len(tokens) and tokens[last].lower_ == "of"
    return not is_partitive and noun_from(tokens, last) is None


def counted_of(tokens: Sequence[Token], first: int, last: int, *, amount: Amount, prior: Counted) -> Counted:
    """What ``tokens[first:last]`` counts. ``prior`` is the last thing counted in the sentence, which a number without a
    noun of its own takes up ("31 of them", "of whom 12")."""
    root = _root(tokens, first, last)
    if [token.lower_ for token in tokens[last : last + 2]] == ["out", "of"]:
        last += 1  # "nine out of the 11 judges"
    following = tokens[last].lower_ if last < len(tokens) else ""
    if amount.shape is Shape.ATTRIBUTIVE and amount.unit is None and last + 1 < len(tokens) and tokens[last + 1].lower_ not in ("odd", "plus"):
        return _part_noun(tokens, last + 1)
    if first and amount.unit is None and tokens[first - 1].lemma_.lower() == "magnitude":
        return _magnitude(tokens, first, last)
    inner = next((token for token in tokens[first + 1 : last - 1] if token.pos_ in NOUNS), None) if amount.shape is Shape.SHARE else None
    if inner is not None:
        return Counted(phrase(inner), role_of(inner))  # "one train in ten"
    own = _own_noun(tokens, _after_bound(tokens, last), amount=amount)
    if own is not None:
        head = tokens[own]
        if head.lower_ in _OTHERS:
            return Counted(prior.thing, role_of(head))
        if amount.shape in (Shape.ATTRIBUTIVE, Shape.AGE) and amount.unit:
            return Counted(phrase(head), None)
        if head.lemma_ == "time" and amount.unit is None:
            return _occasions(tokens, own, head)
        state = tokens[own + 1].lower_ if own + 1 < len(tokens) and tokens[own + 1].lower_ in _CASUALTIES else None
        each = _each(tokens, first, own + 1)
        role = each or state or role_of(root if following == "of" else head) or _role_before(tokens, first)
        role = role or (prior.role if _is_included(tokens, first) else None)
        return Counted(phrase(head), _joined(role, _rate(tokens, own + 1)))
    if following == "of":
        return _part(tokens, last, root=root, prior=prior, first=first)
    if amount.unit is None:
        return _bare(tokens, first, last, root=root, prior=prior)
    return _measured(tokens, first, last, amount=amount, root=root, prior=prior)


def _each(tokens: Sequence[Token], first: int, after: int) -> str | None:
    """ "five units of 3,000 soldiers each": a count per unit."""
    if after >= len(tokens) or tokens[after].lower_ not in ("each", "apiece"):
        return None
    whole = next((tokens[step - 1] for step in range(first - 1, max(0, first - 8), -1) if tokens[step].lower_ in ("of", "with") and tokens[step - 1].pos_ in NOUNS), None)
    return f"per {whole.lemma_.lower()}" if whole is not None else "each"


def _magnitude(tokens: Sequence[Token], first: int, last: int) -> Counted:
    """ "a magnitude 6.1 earthquake", "the quake, of magnitude 6.1"."""
    after = noun_from(tokens, last)
    before = next((step for step in range(first - 2, max(-1, first - 6), -1) if tokens[step].pos_ in NOUNS), None)
    index = after if after is not None else before
    return Counted("magnitude", tokens[index].lemma_.lower() if index is not None else None)


def _rate(tokens: Sequence[Token], index: int) -> str | None:
    """ "1,000 people a day" is another question than 1,000 people."""
    if index + 1 >= len(tokens) or tokens[index].lower_ not in ("a", "an", "per", "each", "every"):
        return None
    return f"per {tokens[index + 1].lower_}" if is_unit_word(tokens[index + 1].lower_) else None


def _part_noun(tokens: Sequence[Token], index: int) -> Counted:
    """ "16-member panel": members, of a panel."""
    whole = noun_from(tokens, index + 1)
    return Counted(tokens[index].lemma_.lower(), tokens[whole].lemma_.lower() if whole is not None else None)


def _after_bound(tokens: Sequence[Token], last: int) -> int:
    """Past "or more", "or so", "-odd" between a number and its noun."""
    pair = [token.lower_ for token in tokens[last : last + 2]]
    is_bound = pair[:1] == ["or"] and pair[-1] in ("more", "so", "fewer", "less") or pair in (["-", "odd"], ["-", "plus"])
    return last + 2 if is_bound else last


def _part(tokens: Sequence[Token], last: int, *, root: Token, prior: Counted, first: int) -> Counted:
    """ "12 of them minors", "two of whom were hurt", "two-thirds of it was barley"."""
    if prior.thing is None:
        plural = next((token for token in reversed(tokens[max(0, first - 40) : first]) if token.tag_ in ("NNS", "NNPS") or token.lower_ in _CASUALTIES), None)
        prior = Counted(phrase(plural) if plural is not None else None, None)
    noun = noun_from(tokens, last + 2)
    if noun is not None:
        return Counted(phrase(tokens[noun]), prior.role)
    after = tokens[last + 2] if last + 2 < len(tokens) else None
    if after is not None and (after.pos_ == "ADJ" or after.tag_ == "VBN"):
        return Counted(prior.thing, participle(after) if after.tag_ == "VBN" else after.lemma_.lower())
    role = active_role(root.head) if root.dep_ == "nsubj" and root.head.lemma_ == "be" else role_of(root)
    return Counted(prior.thing, role or _role_before(tokens, first))


def _occasions(tokens: Sequence[Token], own: int, head: Token) -> Counted:
    """ "crossed the border 140 times" counts crossings of the border; "40 times the usual level" multiplies a level."""
    base = partitive_head(tokens, own + 1)
    if base is not None:
        return Counted(phrase(tokens[base]), None)
    found = verb_of(head)
    if found is None:
        return Counted("time", None)
    target = child(found[0], "dobj")
    return Counted(phrase(target) if target is not None and target.pos_ in NOUNS else "time", participle(found[0]))


def _is_included(tokens: Sequence[Token], first: int) -> bool:
    """ "among them three minors": a part shares the fate of its whole."""
    before = [tokens[step].lower_ for step in range(max(0, first - 3), first)]
    if "including" in before or "among" in before or "included" in before:
        return True
    return "and" in before and any(tokens[step].lower_ == "including" for step in range(max(0, first - 8), first))


def _role_before(tokens: Sequence[Token], first: int) -> str | None:
    """The verb right before a number and its hedges, for parses that lose it ("Quake kills 12")."""
    step = first - 1
    while step > 0 and first - step < 7 and tokens[step].lower_ in _PASSED_OVER | {"of"}:
        step -= 1
    if step < 0 or tokens[step].lemma_.lower() in _EMPTY_VERBS:
        return None
    harmed = _HARM_FORMS.get(tokens[step].lower_)
    return harmed or (participle(tokens[step]) if tokens[step].pos_ == "VERB" else None)


def _root(tokens: Sequence[Token], first: int, last: int) -> Token:
    inside = range(tokens[first].i, tokens[last - 1].i + 1)
    return next((token for token in reversed(tokens[first:last]) if token.head.i not in inside or token.head.i == token.i), tokens[last - 1])


def _own_noun(tokens: Sequence[Token], last: int, *, amount: Amount) -> int | None:
    """The noun right after the number, or after "of"; a measure followed by a plain noun only when it is an attribute."""
    if last >= len(tokens):
        return None
    if tokens[last].lower_ == "of":
        following = tokens[last + 1].lower_ if last + 1 < len(tokens) else ""
        return None if following in _PROFORMS else partitive_head(tokens, last + 1)
    if amount.shape is Shape.SHARE or amount.unit == "%":
        step = last
        while step < len(tokens) and step < last + 2 and (tokens[step].pos_ == "DET" or tokens[step].tag_ == "PRP$"):
            step += 1
        head = noun_from(tokens, step)
        return None if head is None or tokens[head].ent_type_ in ("DATE", "TIME") or is_unit_word(tokens[head].lower_) else head
    if amount.shape is Shape.AGE and tokens[last - 1].lower_ not in ("old", "olds"):
        return None
    is_modifier = tokens[last].pos_ == "NOUN" and tokens[last].ent_type_ not in ("DATE", "TIME") and amount.shape is not Shape.AGE
    if amount.unit is None or is_modifier or amount.shape in (Shape.ATTRIBUTIVE, Shape.AGE) or tokens[last - 1].dep_ in ("compound", "nmod", "amod"):
        return noun_from(tokens, last + 1 if tokens[last].text == "-" else last)
    return None


def _bare(tokens: Sequence[Token], first: int, last: int, *, root: Token, prior: Counted) -> Counted:
    """A number without a noun: a casualty count, a figure its subject reaches, or more of what was counted before."""
    step = last
    while step < min(len(tokens), last + 3) and (tokens[step].lower_ in _OTHERS or tokens[step].pos_ == "ADV"):
        step += 1
    following = tokens[step].lower_ if step < len(tokens) else ""
    if prior.thing and prior.thing.endswith("toll"):
        prior = Counted("people", prior.role)
    each = _each(tokens, first, last)
    if each:
        return Counted(None, each)
    if following in _CASUALTIES:
        return Counted(prior.thing or "people", following)
    if first > 1 and tokens[first - 1].lower_ == "of" and tokens[first - 2].pos_ == "NOUN":
        return Counted(phrase(tokens[first - 2]), None)  # "a crew of nine", "a town of 8,000"
    if first > 1 and tokens[first - 1].lower_ == "at" and tokens[first - 2].pos_ == "PROPN":
        return Counted(phrase(tokens[first - 2]), None)  # "one party at 45 and another at 42"
    before = _role_before(tokens, first)
    found = verb_of(root)
    is_object = found is None or found[1] not in ("nsubj", "nsubjpass")
    if found and is_object and found[0].lemma_.lower() in _REACHING:
        governed = _governed(found[0], inside=range(tokens[first].i, tokens[last - 1].i + 1), prefers_object=found[2] is not None)
        if governed:
            return Counted(governed.thing or prior.thing, governed.role)
    role = role_of(root) or (before if is_object else None)
    if role == "voted" and is_object:
        return Counted("vote", None)
    if not is_object and role is not None and role.split()[0] in ("say", "said", "tell", "told"):
        return Counted(None, role)  # people who speak are not more of what was counted before
    is_harm = is_object and role is not None and role in _HARMED
    return Counted(prior.thing or ("people" if is_harm else None), role)


def _measured(tokens: Sequence[Token], first: int, last: int, *, amount: Amount, root: Token, prior: Counted) -> Counted:
    """What a measure, sum or share without an "of" phrase is a measure of."""
    dimension, price = _dimension(tokens, last), _price_of(tokens, last, amount=amount)
    beside = _noun_before(tokens, first, amount=amount) or _modified_by(root)
    if beside is None and amount.unit in TIME_UNITS:
        beside = _spent_in(root)
        dimension = dimension or (participle(verb_of(root)[0]) if beside is not None and verb_of(root) else None)
    if beside is not None:
        return Counted(phrase(beside), dimension or _joined(role_of(beside), price))
    thing, role = _of_verb(tokens, first, last, amount=amount, root=root)
    return Counted(thing or prior.thing, dimension or _joined(role, price))


def _joined(*roles: str | None) -> str | None:
    return " ".join(role for role in roles if role) or None


def _of_verb(tokens: Sequence[Token], first: int, last: int, *, amount: Amount, root: Token) -> Counted:
    """A measure that hangs on a verb: its object or subject, whichever the measure is not."""
    found = verb_of(root)
    follower = tokens[last] if last < len(tokens) else None
    if follower is not None and follower.tag_ in ("VBD", "VBZ", "VBP") and follower.pos_ == "VERB":
        found = (follower, "nsubj", None)
    if found is None:
        return Counted(None, None)
    verb, relation, _ = found
    if relation in ("nsubj", "nsubjpass"):
        target = child(verb, "dobj") or _first_oblique(verb)
        return Counted(phrase(target) if target is not None and target.pos_ in NOUNS else None, participle(verb))
    own = role_of(root) if root.dep_ != "npadvmod" and child(root, "acl") is not None else None
    inside = range(tokens[first].i, tokens[last - 1].i + 1)
    governed = _governed(verb, inside=inside, prefers_object=amount.unit not in TIME_UNITS)
    happened = governed.role if governed else participle(verb) if verb.pos_ == "VERB" else None
    return Counted(governed.thing if governed else None, own or happened)


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


def _dimension(tokens: Sequence[Token], last: int) -> str | None:
    """ "9 miles long", "600 metres underground"."""
    is_dimension = last < len(tokens) and tokens[last].pos_ in ("ADJ", "ADV") and tokens[last].lower_ not in _NO_DIMENSION
    return tokens[last].lower_ if is_dimension else None


def _price_of(tokens: Sequence[Token], last: int, *, amount: Amount) -> str | None:
    """ "$84 a barrel", "15 euros per hour": a price's denominator is part of what is asked."""
    if not amount.is_money or last + 1 >= len(tokens) or tokens[last].lower_ not in ("a", "an", "per", "each"):
        return None
    return f"per {tokens[last + 1].lemma_.lower()}" if tokens[last + 1].pos_ in NOUNS else None


def _spent_in(root: Token) -> Token | None:
    """ "30 years on the bench", "eight years in prison"."""
    for preposition in neighbours(root, "prep"):
        target = child(preposition, "pobj")
        if preposition.i > root.i and preposition.lower_ in ("in", "on", "behind") and target is not None and target.pos_ == "NOUN":
            return None if target.ent_type_ in ("DATE", "TIME") else target
    return None


def _noun_before(tokens: Sequence[Token], first: int, *, amount: Amount) -> Token | None:
    """The noun a measure stands right behind: "a load of 3.5 tonnes", "gusts over 90 km/h", "the mast, 40 m tall"."""
    step = first - 1
    while step >= 0 and first - step < 8 and _is_hedge(tokens, step, is_age=amount.shape is Shape.AGE):
        step -= 1
    if step >= 1 and tokens[step].lower_ in ("of", "worth", "at", "with"):
        if tokens[step].lower_ == "at" and tokens[step - 1].pos_ not in NOUNS:
            return None
        step -= 1
    elif step >= 1 and tokens[step].text in ",(" and (amount.shape is Shape.AGE or amount.unit not in TIME_UNITS):
        step -= 1
    if step < 0 or tokens[step].pos_ not in NOUNS or tokens[step].ent_type_ in ("DATE", "TIME"):
        return None
    return None if tokens[step].text == "%" or is_unit_word(tokens[step].lower_) else tokens[step]


def _is_hedge(tokens: Sequence[Token], step: int, *, is_age: bool) -> bool:
    word = tokens[step].lower_
    if word in ("to", "at"):
        return tokens[step - 1].lower_ == "up" if word == "to" else tokens[step + 1].lower_ in ("least", "most")
    if is_age and word in ("aged", "age", "both", "all", ","):
        return True
    return word in _PASSED_OVER and word not in ("by", "from")


def _first_oblique(verb: Token) -> Token | None:
    preposition = next((p for p in neighbours(verb, "prep") if p.i > verb.i), None)
    return child(preposition, "pobj") if preposition is not None else None


def _subject(verb: Token) -> Token | None:
    """A verb's subject: its own, what a relative clause modifies, or the one shared with the verb it depends on."""
    for _ in range(4):
        subject = child(verb, "nsubj", "nsubjpass")
        is_relative = subject is not None and subject.tag_ in ("WDT", "WP")
        is_shared = subject is not None and subject.lower_ in ("it", "they", "he", "she") and verb.dep_ in ("advcl", "conj")
        if subject is not None and not is_relative and not is_shared:
            return subject
        if verb.dep_ in ("acl", "relcl") and verb.head.pos_ in NOUNS:
            return verb.head
        if verb.dep_ not in ("conj", "xcomp", "advcl", "ccomp") or verb.head.i == verb.i:
            return None
        verb = verb.head
    return None


def _governed(verb: Token, *, inside: range, prefers_object: bool) -> Counted | None:
    """The verb's object or subject as the thing its measure is about; the thing is None for a bare "the total"."""
    target = child(verb, "dobj")
    if not prefers_object or target is None or target.i in inside or target.pos_ not in NOUNS or target.ent_type_ in ("DATE", "TIME"):
        target = _subject(verb)
    if target is None or target.pos_ not in NOUNS | {"ADJ", "VERB"} or target.i in inside:
        return None
    role = None if verb.pos_ == "AUX" else participle(verb)
    thing = phrase(target)
    if thing.split()[-1] == "toll":
        return Counted(thing, "killed")
    return Counted(None if thing.split()[-1] in COUNTERS else thing, role)
