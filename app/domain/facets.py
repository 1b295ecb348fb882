"""Do the facets of two claims allow that both answer the same question? Small pure tests on values.

Each returns a figure in [0, 1]: 1 the facet agrees, 0 it forbids, in between it does not decide (a side is silent).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from app.domain.quantity import canonical_question
from app.domain.quantity_terms import PEOPLE, ROLES, STATES
from app.domain.values import Claim, ClaimKind, ConflictKind, Factuality, Known, Quantity, Slot, Span, TimeRef

SILENT = 0.5
GENERIC = 0.6

NEUTRAL = {"risen", "fallen", "reached", "stood", "counted", "listed", "recorded", "reported", "confirmed", "numbered"}
DECISIVE = set(ROLES.values()) - NEUTRAL

_EXCLUSIVE = STATES | {"rescued", "freed", "abducted", "deployed", "hired", "evacuated", "displaced"}

_ACTUAL = {Factuality.ASSERTED, Factuality.DENIED, Factuality.UNCONFIRMED}
_PART_AFTER = re.compile(
    r"^\W*(?:of (?:the|them|whom|those|these|its|their|his|her|our)|(?:\w+\W+){0,2}(?:each|apiece))\b", re.IGNORECASE
)
_FURTHER = re.compile(r"^\W*(?:more|further|additional)\b(?! than)", re.IGNORECASE)
_PART_BEFORE = re.compile(
    r"\b(?:including|among them|of whom|of which|another|a further|the remaining|other|each)\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_STILL = re.compile(r"^\W+(?:\w+\W+){0,3}(?:are|is|were|was|remain\w*)\W+still\b", re.IGNORECASE)  # those left
_MARK = re.compile(r"^\W*(?:\w+\W+)?mark\b", re.IGNORECASE)  # "has passed the 24-hour mark"
_FROM = re.compile(r"^\W*(?:\w+\W+){0,4}(?:from|of|off)\W+(?:\w+\W+){0,4}$", re.IGNORECASE)
_ALONE = re.compile(r"\b(?:alone|itself)\b", re.IGNORECASE)  # "in the capital itself", "the port alone": of more
_OF = re.compile(r"\W+(?:out )?of (?:the |its |their |all |some |about |roughly |an estimated )*", re.IGNORECASE)
_SO_FAR = re.compile(
    r"\b(?:so far|to date|until now|as yet|thus far|as of|at this hour|at (?:the )?(?:last|latest) count)\b",
    re.IGNORECASE,
)
_WHOLE_BEFORE = re.compile(r"\bthere (?:are|were|is|was)\W+(?:now\W+)?$", re.IGNORECASE)
_NAMELESS = {"point", "level", "value", "mark", "figure", "number", "total", "amount"}  # they do not say of what
_PRONOUNS = frozenset({"it", "this", "that", "they", "these", "those", "he", "she", "we", "i", "you"})
_ANYONE = frozenset({"man", "woman", "boy", "girl", "child", "person", "male", "female", "teenager", "youth"})
_HISTORY = timedelta(days=60)
_YEAR = timedelta(days=366)
_DISTANT = timedelta(days=31)
_NEXT_DAY = timedelta(days=1)
_MOVES = {
    "rise", "fall", "drop", "gain", "climb", "slip", "close", "open", "trade", "jump", "slump", "surge", "plunge",
    "tumble", "dip", "rally", "decline", "shed", "recover", "down", "up", "lower", "higher", "currently",
}  # fmt: skip


def factuality(a: Claim, b: Claim) -> float:
    """What has happened and what is planned or possible answer different questions; opinions answer none."""
    if ClaimKind.ASSESSMENT in (a.kind, b.kind):
        return 0.0
    return 1.0 if (a.factuality in _ACTUAL) == (b.factuality in _ACTUAL) else 0.0


def counted(a: Quantity, b: Quantity) -> float:
    """Same counted thing: equal heads after canonical naming, and no modifier of one kind set against another's.

    "Person" stands for any head that names people: nine people killed and nine passengers killed may be one count.
    """
    mine, yours = canonical_question(a)[0], canonical_question(b)[0]
    if not mine or not yours:
        return SILENT if mine or yours or a.unit or b.unit else 0.0
    (*first, head), (*second, other) = mine.split(), yours.split()
    if head in _NAMELESS and not (first and second):
        return SILENT
    if head != other:
        return GENERIC if "person" in (head, other) and {head, other} <= PEOPLE else 0.0
    if first and second and not set(first) & set(second):
        return 0.0
    return 1.0 if set(first) == set(second) else 0.8


def role(a: Quantity, b: Quantity) -> float:
    """Killed and injured, deployed and freed are different questions; other verbs do not decide.

    "118,000 packs are being pulled" and "150,000 packs returned" may be one count: the pair model has to say.
    """
    mine, yours = _role(a), _role(b)
    if "per unit" in (mine, yours) and mine != yours:
        return 0.0
    if not mine or not yours:
        return SILENT
    if mine == yours:
        return 1.0
    return 0.0 if {mine, yours} <= _EXCLUSIVE else SILENT


def _role(quantity: Quantity) -> str | None:
    """What happened to the counted; None where the verb only says that the figure changed or was given."""
    asked = canonical_question(quantity)[1]
    return None if asked in NEUTRAL else asked


def is_part(quantity: Quantity, claim: Claim) -> bool:
    """The figure is a part of a whole named beside it ("eleven of the dead", "including 500 officers", "in the capital
    alone"), what is left of it ("hundreds are still there"), or what is in each of several ("3,000 each"). "There are
    31 of them" is the whole."""
    before = claim.exact[: max(0, quantity.start - claim.start)]
    after = claim.exact[quantity.end - claim.start :]
    if _WHOLE_BEFORE.search(before):
        return False
    is_left = _PART_AFTER.search(after) or _STILL.search(after)
    return bool(is_left or _PART_BEFORE.search(before) or _ALONE.search(claim.exact))


def is_anyone(age: Quantity) -> bool:
    """Whether the text says no more of whose age it is than that it is a man's or a child's."""
    return age.counted in _ANYONE


def is_sum(part: Quantity, claim: Claim, whole: Quantity) -> bool:
    """Whether the claim counts in parts, of which ``part`` is one, the people whom another claim counts as one: 26
    guests and three crew members are 29 people. The killed and the injured are no part of more killed."""
    parts = [q for q in claim.quantities if _is_count_of_people(q) and not is_part(q, claim)]
    are_alike = part in parts and len(parts) > 1 and all(role(q, whole) > 0.0 for q in parts)
    return are_alike and _is_count_of_people(whole) and sum(q.low or 0.0 for q in parts) == whole.low


def _is_count_of_people(figure: Quantity) -> bool:
    head = (canonical_question(figure)[0] or "").rpartition(" ")[2]
    return figure.unit is None and head in PEOPLE and figure.low is not None and figure.low == figure.high


def is_further(quantity: Quantity, claim: Claim) -> bool:
    """What comes on top of a figure that is not given: "two more patients"."""
    return bool(_FURTHER.search(claim.exact[quantity.end - claim.start :]))


def is_total(quantity: Quantity, claim: Claim) -> bool:
    """What a part is taken of: the eleven of "nine of eleven charges" are not how many it was."""
    return any(
        other.end <= quantity.start
        and _OF.fullmatch(claim.exact[other.end - claim.start : quantity.start - claim.start])
        for other in claim.quantities
    )


def is_provisional(quantity: Quantity, claim: Claim) -> bool:
    """A count that goes on: "97,000 returned so far", "past the 24-hour mark" leave room for any larger figure."""
    around = claim.exact[max(0, quantity.start - claim.start - 60) : quantity.end - claim.start + 40]
    return bool(_SO_FAR.search(around) or _MARK.search(claim.exact[quantity.end - claim.start :]))


def anchor(a: Claim, b: Claim, x: Quantity, y: Quantity) -> float:
    """Distances from two places ("two miles east of the cape", "four miles from the port") are two questions."""
    first, second = _measured_from(x, a), _measured_from(y, b)
    if not first or not second:
        return SILENT
    return 1.0 if first & second else 0.0


def _measured_from(quantity: Quantity, claim: Claim) -> set[str]:
    """The words of the name that a distance is measured from."""
    if quantity.base is None or quantity.base.unit != "m":
        return set()
    for entity in claim.entities:
        between = claim.exact[quantity.end - claim.start : max(0, entity.start - claim.start)]
        if entity.start >= quantity.end and _FROM.search(between):
            return set(entity.exact.lower().split())
    return set()


def period(a: Known, b: Known) -> float:
    """What was so last year and what is so this year are different questions."""
    first, second = _stated(a.claim.times), _stated(b.claim.times)
    if not first or not second:
        return SILENT
    return 0.0 if max(first[0] - second[1], second[0] - first[1]) > _DISTANT else 1.0


def time(a: Known, b: Known) -> float:
    """Last year's figure and this year's are different questions; a figure without a date is of the day it is
    reported on, or of all the years that the story is about ("between 2018 and 2022")."""
    first, second = _stated(a.claim.times), _stated(b.claim.times)
    if first and second:
        return period(a, b)
    for bounds, known in ((first, a), (second, b)):
        is_over = bounds and known.published_at and bounds[1] < known.published_at.date() - _HISTORY
        if bounds and is_over and bounds[1] - bounds[0] <= _YEAR:
            return 0.0
    return SILENT


def day(a: Known, b: Known, x: Quantity, y: Quantity) -> float:
    """A figure given for one day and a figure given for another are different questions; so is a price's or an index's
    move, which is of the day it is reported on unless the text says otherwise."""
    first, second = _stated(a.claim.times), _stated(b.claim.times)
    if first and second:
        return 0.0 if max(first[0] - second[1], second[0] - first[1]) > _NEXT_DAY else 1.0
    if not (is_move(a.claim, x) or is_move(b.claim, y)):
        return SILENT
    mine, yours = first or _published(a), second or _published(b)
    return 1.0 if mine and yours and max(mine[0], yours[0]) <= min(mine[1], yours[1]) else 0.0


def is_move(claim: Claim, figure: Quantity) -> bool:
    """The change or the level of a price, a share or an index."""
    return is_measure(figure) and bool(_MOVES & {claim.frame.predicate, *claim.frame.lemmas})


def is_measure(figure: Quantity) -> bool:
    """A measure of the subject (its price, share, length, level), as against a count of things."""
    return figure.unit is not None or (figure.counted or "").rsplit(" ", 1)[-1] in {*_NAMELESS, "index"}


def is_of_nothing(figure: Quantity, claim: Claim) -> bool:
    """Whether the text does not say what a figure is of: "it was 54 percent", "in the end 1,198 were set up", "the
    other two thousand left"."""
    subject, own = (claim.frame.subject or "").split(), figure.exact.lower().split()
    is_itself = figure.unit is None and any(word.startswith(lemma) for lemma in subject[-1:] for word in own)
    return not figure.counted and (is_itself or claim.frame.subject in _PRONOUNS)


def _published(known: Known) -> tuple[date, date] | None:
    return (known.published_at.date(), known.published_at.date()) if known.published_at else None


def names(a: Claim, b: Claim) -> float:
    """Named subjects that share no word are different things, however alike the rest reads."""
    first, second = _named_subject(a), _named_subject(b)
    if not first or not second:
        return SILENT
    return 1.0 if first & second else 0.0


def _named_subject(claim: Claim) -> set[str]:
    """The words of the subject that belong to a name."""
    named = {word for e in claim.entities for word in e.exact.lower().split()}
    return named & set((claim.frame.subject or "").split())


_PLACES, _NAMED = frozenset({"GPE", "LOC", "FAC"}), frozenset({"PERSON", "ORG"})


def slots(claim: Claim) -> tuple[Slot, ...]:
    """What the claim can answer besides figures and dates: the slots of its frame, the places and names in it but for
    its holder's, and who its holder is said to be ("Ana Brel, mayor of Ulm, said"), where the claim itself says it."""
    holder = claim.holder
    found = list(claim.frame.slots)
    is_described = holder is not None and holder.role and holder.role.lower() in " ".join(claim.exact.lower().split())
    if holder is not None and holder.role and is_described and not any(s.key == holder.name.lower() for s in found):
        key = holder.name.lower()
        found.append(Slot(holder.start, holder.end, holder.name, ConflictKind.IDENTITY, key, holder.role))
    for entity in claim.entities:
        kind = ConflictKind.PLACE if entity.label in _PLACES else ConflictKind.IDENTITY
        is_answer = entity.label in _PLACES | _NAMED and not (holder and _meets(entity, holder.start, holder.end))
        if is_answer and not any(s.kind == kind and s.key and _meets(entity, s.start, s.end) for s in found):
            found.append(Slot(entity.start, entity.end, entity.exact, kind, "", entity.name))
    return tuple(found)


def _meets(span: Span, start: int, end: int) -> bool:
    return span.start < end and start < span.end


def is_same_key(x: Slot, y: Slot) -> bool:
    """One event, effect or person is spoken of; a person's last name will do."""
    if not x.key or not y.key:
        return False
    return x.key == y.key or (x.kind == ConflictKind.IDENTITY and x.key.split()[-1] == y.key.split()[-1])


def predicate(a: Claim, b: Claim) -> float:
    """One verb that names what happened."""
    return 1.0 if a.frame.predicate is not None and a.frame.predicate == b.frame.predicate else SILENT


def lemma_overlap(a: Claim, b: Claim) -> float:
    """Shared content lemmas over those of the shorter claim."""
    first, second = set(a.frame.lemmas), set(b.frame.lemmas)
    if not first or not second:
        return 0.0
    return len(first & second) / min(len(first), len(second))


def _stated(times: tuple[TimeRef, ...]) -> tuple[date, date] | None:
    """The span of a claim's dates that are closed at both ends."""
    closed = [(t.earliest, t.latest) for t in times if t.earliest and t.latest]
    if not closed:
        return None
    return min(low for low, _ in closed), max(high for _, high in closed)


def subject(a: Claim, b: Claim) -> float:
    """Same subject: the words of one all stand in the other's; a word that only one has beside one that only the other
    has ("left engine", "right engine") tells two things apart."""
    first, second = set((a.frame.subject or "").split()), set((b.frame.subject or "").split())
    if not first or not second:
        return SILENT
    return 1.0 if first <= second or second <= first else 0.0
