"""A number in its sentence: what both counts and measures look up around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from spacy.tokens import Token

from app.language.amounts import Amount
from app.language.inflection import participle, participle_of
from app.language.lexemes import words
from app.language.phrases import COUNTERS, NOUNS, child, is_dated, phrase
from app.language.roles import EMPTY
from app.language.units import is_unit_word

# what may stand between a number and the word it depends on
HEDGES = words(
    "about around some roughly nearly almost approximately an a the estimated up to as many much high at least most no "
    "not fewer less more than over under above below just only upwards by between from even perhaps well exactly"
)
CASUALTIES = words("dead injured wounded missing hurt homeless killed displaced unaccounted arrested detained")
HARM = words(
    "kill injure wound hurt arrest detain rescue evacuate displace kidnap abduct jail hospitalise hospitalize maim "
    "behead execute free hold sicken infect"
)
_HARM_FORMS = {
    form: participle_of(verb)
    for verb in HARM
    for form in (verb, f"{verb}s", participle_of(verb), f"{verb.removesuffix('e')}ing")
}
HARMED = frozenset(_HARM_FORMS.values())


class Counted(NamedTuple):
    """The counted thing in lemmas and its role; either may be unknown."""

    thing: str | None
    role: str | None


@dataclass(frozen=True, slots=True)
class Mention:
    """An amount over ``tokens[first:last]`` of its sentence. ``prior`` is the last thing counted before it."""

    tokens: Sequence[Token]
    first: int
    last: int
    amount: Amount
    prior: Counted

    def word(self, step: int) -> str:
        """The lower-case word ``step`` places after the number (0 is the next one), or before it (-1), or ""."""
        index = self.last + step if step >= 0 else self.first + step
        return self.tokens[index].lower_ if 0 <= index < len(self.tokens) else ""

    def token(self, step: int) -> Token | None:
        """The token at the same place, or None."""
        index = self.last + step if step >= 0 else self.first + step
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def before(self, reach: int) -> Iterator[tuple[int, Token]]:
        """Index and token of up to ``reach`` tokens before the number, nearest first."""
        return ((step, self.tokens[step]) for step in range(self.first - 1, max(-1, self.first - 1 - reach), -1))

    @property
    def inside(self) -> range:
        """Positions in the document that the number covers."""
        return range(self.tokens[self.first].i, self.tokens[self.last - 1].i + 1)

    @property
    def root(self) -> Token:
        """The token of the number that hangs on the rest of the sentence."""
        span, inside = self.tokens[self.first : self.last], self.inside
        outward = (token for token in reversed(span) if token.head.i not in inside or token.head.i == token.i)
        return next(outward, span[-1])


def joined(*roles: str | None) -> str | None:
    """Parts of a role in one string, or None when there are none."""
    return " ".join(role for role in roles if role) or None


def role_before(mention: Mention) -> str | None:
    """The verb right before a number and its hedges, for parses that lose it ("Quake kills 12")."""
    for _, token in mention.before(7):
        if token.lower_ in HEDGES or token.lower_ == "of":
            continue
        if token.lemma_.lower() in EMPTY or token.lemma_.lower() == "do":
            return None
        return _HARM_FORMS.get(token.lower_) or (participle(token) if token.pos_ == "VERB" else None)
    return None


def governed(verb: Token, mention: Mention, *, prefers_object: bool) -> Counted | None:
    """The verb's object or subject as the thing its figure is about; the thing is None for a bare "the total"."""
    target = child(verb, "dobj") if prefers_object else None
    if target is None or not _is_thing(target, mention):
        target = _subject(verb)
    if target is None or target.pos_ not in NOUNS | {"ADJ", "VERB"} or target.i in mention.inside:
        return None
    role = None if verb.pos_ == "AUX" else participle(verb)
    thing = phrase(target)
    if thing.endswith("toll"):
        return Counted(thing, "killed")
    return Counted(None if thing.split()[-1] in COUNTERS else thing, role)


def _is_thing(token: Token, mention: Mention) -> bool:
    """Whether a figure can be about an object: a noun or "the dead", and no date, unit or part of the figure."""
    is_noun = token.pos_ in NOUNS or token.lower_ in CASUALTIES
    return is_noun and token.i not in mention.inside and not is_dated(token) and not is_unit_word(token.lower_)


def _subject(verb: Token) -> Token | None:
    """A verb's subject: its own, what a relative clause modifies, or the one shared with the verb it depends on."""
    for _ in range(4):
        subject = child(verb, "nsubj", "nsubjpass")
        if subject is not None:
            is_relative = subject.tag_ in ("WDT", "WP")
            is_shared = subject.lower_ in ("it", "they", "he", "she") and verb.dep_ in ("advcl", "conj")
            if not is_relative and not is_shared:
                return subject
        if verb.dep_ in ("acl", "relcl") and verb.head.pos_ in NOUNS:
            return verb.head
        if verb.dep_ not in ("conj", "xcomp", "advcl", "ccomp") or verb.head.i == verb.i:
            return None
        verb = verb.head
    return None
