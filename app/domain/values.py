"""The values that everything else is said in: immutable, comparable, free of I/O.

Offsets are Unicode code points into the article's text as submitted, end exclusive: ``text[start:end] == exact``.
Dates are EDTF (ISO 8601-2) level 1. Names follow the HTTP contract, so a value and its JSON read alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class ClaimKind(StrEnum):
    EVENT = "event"
    QUANTITY = "quantity"
    STATEMENT = "statement"
    ASSESSMENT = "assessment"
    PREDICTION = "prediction"
    BACKGROUND = "background"


class Factuality(StrEnum):
    """How the text commits to a proposition, after FactBank (Sauri & Pustejovsky 2009), coarsened."""

    ASSERTED = "asserted"
    DENIED = "denied"
    UNCONFIRMED = "unconfirmed"
    POSSIBLE = "possible"
    PLANNED = "planned"


class Qualifier(StrEnum):
    EXACT = "exact"
    ABOUT = "about"
    UP_TO = "up_to"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    BETWEEN = "between"


class Basis(StrEnum):
    """What a date was resolved against."""

    EXPLICIT = "explicit"
    RELATIVE_TO_PUBLICATION = "relative_to_publication"
    RELATIVE_TO_STORY = "relative_to_story"


class ConflictKind(StrEnum):
    QUANTITY = "quantity"
    DATE = "date"
    PLACE = "place"
    IDENTITY = "identity"
    OCCURRENCE = "occurrence"
    CAUSE = "cause"


class Relation(StrEnum):
    """How the answers of two claims to one question relate; the last three are reportable verdicts."""

    AGREE = "agree"
    COMPATIBLE = "compatible"
    UPDATE = "update"
    DISCREPANCY = "discrepancy"
    CONTRADICTION = "contradiction"


class BlockKind(StrEnum):
    """What a block of an article's layout is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    METADATA = "metadata"  # bylines, date lines, "Issued 9 April 2025": never a claim


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text as submitted."""

    start: int
    end: int
    exact: str


@dataclass(frozen=True, slots=True)
class BaseMeasure:
    """A measure in SI units (metres, kilograms, seconds, ...), so that 9 miles meets 14.5 km. Never money."""

    low: float | None
    high: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Quantity(Span):
    """A closed interval with what is counted. ``exact`` is the number expression with scale and unit, without
    qualifier and noun; ``low``/``high`` are as stated, in ``unit``; None is an open end."""

    low: float | None
    high: float | None
    qualifier: Qualifier
    unit: str | None = None  # UCUM-like symbol, ISO 4217 code, "%" or "pp"
    counted: str | None = None  # lemmas, lower case, modifiers then head: "north korean troop"
    role: str | None = None  # what happened to the counted: "killed", "deployed"
    base: BaseMeasure | None = None


@dataclass(frozen=True, slots=True)
class TimeRef(Span):
    """A time expression. ``edtf`` is None while it cannot be resolved; ``rule`` then says how it would be, given an
    anchor date (see ``domain.when``), and ``unresolved`` why it was not."""

    edtf: str | None
    earliest: date | None
    latest: date | None
    basis: Basis
    rule: str | None = None
    unresolved: str | None = None


@dataclass(frozen=True, slots=True)
class Entity(Span):
    """A named entity; ``label`` is OntoNotes' (PERSON, ORG, GPE, ...), ``name`` the fullest form in the article."""

    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who asserts a claim, as the article names them; the span is the mention that attributes it."""

    name: str
    role: str | None
    cue: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Slot(Span):
    """An answer that is neither a number nor a date: ``key`` says what it is the answer about.

    place: key is the event's predicate lemma ("crash"), value the place's name;
    identity: key is the name described ("andriy kovalenko"), value the description ("head of the ...");
    cause: key is the effect's head lemma, value the text of the cause.
    """

    kind: ConflictKind
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Who did what to whom, in lemmas: what is left of the parse once an article has been read.

    ``subject`` and ``object`` are lower-case lemma phrases with their modifiers, pronouns resolved where the article
    allows it. ``lemmas`` are the content lemmas of the clause, in order, without numbers and dates.
    """

    predicate: str | None = None
    subject: str | None = None
    object: str | None = None
    is_negated: bool = False
    lemmas: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim(Span):
    """One check-able proposition of an article."""

    kind: ClaimKind
    factuality: Factuality
    holder: Holder | None = None
    quantities: tuple[Quantity, ...] = ()
    times: tuple[TimeRef, ...] = ()
    entities: tuple[Entity, ...] = ()
    frame: Frame = field(default_factory=Frame)
    context: str = ""  # the sentence before, when there is one in the same block
    check_worthiness: float = 0.0


@dataclass(frozen=True, slots=True)
class Sentence(Span):
    """A sentence or a heading-like line, with the kind of its block and its 0-based paragraph."""

    block: BlockKind
    paragraph: int


@dataclass(frozen=True, slots=True)
class SummarySentence:
    text: str
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    text: str
    method: str  # "extractive" | "abstractive"
    model: str
    sentences: tuple[SummarySentence, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the language layer finds in one article. ``dated`` is the article's own date line or dateline, if any."""

    sentences: tuple[Sentence, ...]
    claims: tuple[Claim, ...]
    entities: tuple[Entity, ...]
    dated: date | None


@dataclass(frozen=True, slots=True)
class Entailment:
    """Calibrated probabilities that sum to one."""

    entailment: float
    neutral: float
    contradiction: float


@dataclass(frozen=True, slots=True)
class Passage:
    """A claim in the context the pair models read it in. ``slot`` is the part of ``text`` that a pair is asked about,
    as (start, end) offsets into it; None asks about the claim as a whole."""

    text: str
    context: str
    title: str | None
    published: date | None
    slot: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class QuestionJudgement:
    """``same``: probability that two passages answer the same question; ``differ``: given that they do, that the
    answers differ in a way an editor would want reported."""

    same: float
    differ: float


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A claim as the story knows it: with where and when it was published. What matching works on.

    Compared by identity: one object stands for one stored claim within a run.
    """

    id: str
    article_id: str
    claim: Claim
    source: str | None
    title: str | None
    published_at: datetime | None
    created_at: datetime
    origin: str = ""  # articles that are near-copies of one text share an origin
