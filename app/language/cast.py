"""Who is who in one article: names joined to their fullest form, and pronouns, titles and descriptions to names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from app.language.lexicon import BODIES, FEMALE, MALE, words
from app.language.nominal import Mention

_UNTIL_PREPOSITION = re.compile(r"\s(?:of|for|at|in|to|on|with|from)\s")
_MENS_NAMES_IN_A = words(
    "luca andrea nikola nicola joshua ezra elia elisha noa sasha misha kolya nikita ilya ilia mustafa musa isa "
    "issa yahya mattia jona kosta akira juma baba aka garcia dima seva vanya kenya toma sava"
)
_TRADING = words("company firm group operator agency carrier airline maker manufacturer retailer drugmaker owner")


@dataclass(slots=True)
class Figure:
    """Somebody or some body the article names, as far as it has been read."""

    name: str
    is_person: bool
    roles: list[str] = field(default_factory=list)
    gender: str | None = None
    last_seen: int = -1
    was_subject: int = -1
    is_place: bool = False

    @property
    def likely_gender(self) -> str | None:
        """What titles and pronouns tell; else that given names in -a are mostly women's. None when nothing tells."""
        given = self.words[0] if len(self.words) > 1 else ""
        return self.gender or ("female" if given.endswith("a") and given not in _MENS_NAMES_IN_A else None)

    @property
    def words(self) -> list[str]:
        return self.name.lower().replace(".", "").split()


class Cast:
    """The figures of one article. Fed with all names first, so that the fullest form is known from the start."""

    def __init__(self) -> None:
        self._figures: list[Figure] = []
        self._group: tuple[int, Mention] | None = None

    def learn(self, mention: Mention) -> None:
        """Take in a named mention: a new figure, or a fuller name or a further role for a known one."""
        known = self._find(mention.name, is_person=mention.is_person)
        if known is None:
            known = Figure(mention.name, mention.is_person)
            self._figures.append(known)
        if len(mention.name.split()) > len(known.name.split()):
            known.name = mention.name
        known.is_place = known.is_place or (mention.label in ("GPE", "LOC", "FAC") and mention.head not in BODIES)
        if mention.role and mention.role not in known.roles:
            known.roles.append(mention.role)
        known.is_person = known.is_person or mention.is_person
        known.gender = known.gender or _gender(mention)

    def learn_gender(self, name: str, gender: str) -> None:
        """A possessive pronoun has told the gender of the person with this name."""
        figure = self._find(name, is_person=True)
        if figure is not None and figure.gender is None:
            figure.gender = gender

    def see(self, mention: Mention, *, sentence: int, is_subject: bool) -> None:
        """Note that a mention occurs in the sentence with this number, for the pronouns to come."""
        if mention.is_pronoun:
            return
        if not mention.is_named:
            if mention.is_plural and is_subject:
                self._group = (sentence, mention)
            return
        figure = self._find(mention.name, is_person=mention.is_person)
        if figure is not None:
            figure.last_seen = sentence
            if is_subject:
                figure.was_subject = sentence

    def full_name(self, name: str, *, is_person: bool) -> str:
        """The fullest form of a name in the article; the name itself when it is new."""
        figure = self._find(name, is_person=is_person)
        return figure.name if figure is not None else name

    def resolve(self, mention: Mention, *, sentence: int, last: Mention | None) -> Mention:
        """The named mention that this one stands for; itself when the article does not make that clear.

        ``last`` is the latest holder.
        """
        if mention.is_pronoun:
            return self._pronoun(mention, sentence=sentence, last=last)
        if mention.is_named:
            figure = self._find(mention.name, is_person=mention.is_person)
            role = mention.role or (figure.roles[0] if figure is not None and figure.roles else None)
            return replace(mention, name=figure.name if figure is not None else mention.name, role=role)
        if mention.is_definite and not mention.is_plural:
            return self._described(mention, last=last)
        return mention

    def _pronoun(self, mention: Mention, *, sentence: int, last: Mention | None) -> Mention:
        form = mention.name.lower()
        if form in ("he", "she", "him", "her", "his"):
            gender = "female" if form in FEMALE else "male"
            figure = self._latest(sentence, is_person=True, gender=gender)
            known = self._find(last.name, is_person=True) if last is not None else None
            is_fitting = known is None or known.likely_gender in (None, gender)
            if (
                last is not None
                and last.is_person
                and is_fitting
                and (figure is None or self._is_more_recent(last, figure))
            ):
                return _as(mention, last)
            if figure is not None:
                figure.gender = figure.gender or gender
                return replace(
                    mention,
                    name=figure.name,
                    role=figure.roles[0] if figure.roles else None,
                    is_person=True,
                    is_named=True,
                    is_pronoun=False,
                )
        if form in ("they", "it") and last is not None and (last.is_plural or not last.is_person):
            return _as(mention, last)
        if form == "they" and self._group and sentence - self._group[0] <= 2:
            return _as(mention, self._group[1])
        if form in ("they", "it"):
            figure = self._latest(sentence, is_person=False, gender=None)
            if figure is not None:
                return replace(mention, name=figure.name, is_named=True, is_pronoun=False)
        return mention

    def _is_more_recent(self, last: Mention, figure: Figure) -> bool:
        known = self._find(last.name, is_person=True)
        return known is not None and known is not figure and known.last_seen > figure.last_seen

    def _latest(self, sentence: int, *, is_person: bool, gender: str | None) -> Figure | None:
        """The figure a pronoun in this sentence most likely means: subjects first, then the most recently seen."""
        fitting = [
            f
            for f in self._figures
            if f.is_person == is_person
            and not f.is_place
            and 0 <= f.last_seen <= sentence
            and sentence - f.last_seen <= 4
            and (gender is None or f.likely_gender in (None, gender))
        ]
        return max(
            fitting,
            key=lambda f: (gender in (f.gender, f.likely_gender), f.last_seen, f.was_subject == f.last_seen),
            default=None,
        )

    def _described(self, mention: Mention, *, last: Mention | None) -> Mention:
        """'the minister', 'the authority', 'the company': whoever the article called that."""
        head = mention.head
        persons = [f for f in self._figures if f.is_person]
        if mention.name.lower().startswith(("former ", "ex-")) and len(persons) == 1:
            return replace(mention, name=persons[0].name, is_named=True, is_person=True)
        for figure in sorted(self._figures, key=lambda f: -f.last_seen):
            in_roles = any(head == _head_of(role) for role in figure.roles)
            in_name = not figure.is_person and head in figure.words
            if figure.last_seen >= 0 and (in_roles or in_name):
                return replace(
                    mention,
                    name=figure.name,
                    role=figure.roles[0] if figure.roles else None,
                    is_named=True,
                    is_person=figure.is_person,
                )
        acting = [f for f in self._figures if not f.is_person and not f.is_place and f.was_subject >= 0]
        if head in _TRADING and len(acting) == 1 and len(mention.name.split()) == 1:
            return replace(mention, name=acting[0].name, is_named=True)
        if last is not None and last.head == head and head:
            return _as(mention, last)
        return mention

    def _find(self, name: str, *, is_person: bool) -> Figure | None:
        """The figure that bears this name, a part of it, or a fuller form of it; persons agree in the last word."""
        words = name.lower().replace(".", "").split()
        for figure in reversed(self._figures):
            if figure.words == words:
                return figure
        if not words:
            return None
        for figure in reversed(self._figures):
            is_full = len(words) > 1 and len(figure.words) > 1
            either = figure.is_person or is_person if is_full else figure.is_person and is_person
            if either and _same_person(words, figure.words):
                return figure
            if not figure.is_person and not is_person and len(words) > 1 and _within(words, figure.words):
                return figure
            if figure.is_person and len(words) == 1 and figure.words[-1] == words[0]:
                return figure
        return None


def _same_person(a: list[str], b: list[str]) -> bool:
    """One surname, and first names that do not differ beyond spelling: Andriy and Andrii, J and John."""
    if a[-1] != b[-1]:
        return len(a) == 1 and len(b) > 1 and a[0] == b[0]
    if len(a) == 1 or len(b) == 1:
        return True
    first, other = a[0], b[0]
    return first == other or first[:3] == other[:3] or (min(len(first), len(other)) == 1 and first[0] == other[0])


def _head_of(role: str) -> str:
    """The noun a role turns on: of "chief executive of the bank", *executive*."""
    words = _UNTIL_PREPOSITION.split(role.lower(), maxsplit=1)[0].replace(",", "").split()
    return words[-1] if words else ""


def _within(a: list[str], b: list[str]) -> bool:
    short, long = sorted((a, b), key=len)
    return any(long[i : i + len(short)] == short for i in range(len(long) - len(short) + 1))


def _gender(mention: Mention) -> str | None:
    words = {w.strip(".").lower() for w in f"{mention.role or ''} {mention.head}".split()}
    if words & FEMALE:
        return "female"
    return "male" if words & MALE else None


def _as(mention: Mention, other: Mention) -> Mention:
    return replace(other, start=mention.start, end=mention.end)
