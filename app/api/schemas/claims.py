"""Claims, as they leave the service."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from app.api.schemas.common import Evidence, Output
from app.api.schemas.fields import Moment
from app.domain.values import Basis, ClaimKind, Factuality, Qualifier


class HolderOut(Output):
    """Who asserts a claim, as the article names them."""

    name: str = Field(examples=["Marta Oduya"])
    role: str | None = Field(examples=["Interior Minister"])
    cue: str = Field(description="The words that attribute it.", examples=["said"])
    start: int
    end: int


class BaseMeasureOut(Output):
    """The same measure in SI units."""

    low: float | None
    high: float | None
    unit: str = Field(examples=["m"])


class QuantityOut(Output):
    """A number in a claim, as the interval that it stands for: "up to 12,000" is everything to 12,000."""

    start: int
    end: int
    exact: str = Field(
        description="The number with its scale and unit, without qualifier and noun.", examples=["11,000"]
    )
    low: float | None = Field(description="As stated, in `unit`; null: open below.", examples=[11000])
    high: float | None = Field(description="As stated, in `unit`; null: open above.", examples=[11000])
    qualifier: Qualifier
    unit: str | None = Field(description="Symbol of the measure, currency code, `%` or `pp`.", examples=[None])
    counted: str | None = Field(description="What is counted, in lemmas.", examples=["soldier"])
    role: str | None = Field(description="What happened to the counted.", examples=["deployed"])
    base: BaseMeasureOut | None = Field(description="In SI units, for measures that convert; never for money.")


class TimeOut(Output):
    """A time expression in a claim, resolved to EDTF where the text allows it."""

    start: int
    end: int
    exact: str = Field(examples=["on Tuesday"])
    edtf: str | None = Field(description="Null while it cannot be resolved.", examples=["2024-11-05"])
    earliest: date | None
    latest: date | None
    basis: Basis
    unresolved: str | None = Field(default=None, description="Why it could not be resolved, if it could not.")


class EntityOut(Output):
    """A named entity."""

    start: int
    end: int
    exact: str
    label: str = Field(description="OntoNotes label.", examples=["GPE"])
    name: str = Field(description="The fullest form of the name in the article.")


class ClaimOut(Output):
    """One proposition of an article that could be checked.

    A claim is a clause or sentence of the text, at exact offsets, with what it really says: who asserts it
    (`holder`; null is the article's own voice), how firmly (`factuality`), and its numbers, times and names as values.
    """

    id: UUID
    article_id: UUID
    start: int
    end: int
    exact: str = Field(examples=["About 11,000 soldiers have arrived in the region, Marta Oduya said on Tuesday"])
    check_worthiness: float = Field(ge=0, le=1, description="How much a fact-checker would want it checked.")
    kind: ClaimKind
    factuality: Factuality
    holder: HolderOut | None
    quantities: list[QuantityOut]
    times: list[TimeOut]
    entities: list[EntityOut]


class ClaimGroupOut(Output):
    """Claims of different articles that say the same."""

    id: UUID
    text: str = Field(description="The group's claim in the words of one of its articles.")
    evidence: list[Evidence]
    sources: int = Field(description="How many sources say it.", examples=[3])
    origins: int = Field(
        description="How many of them say it independently: copies of one agency text are one origin.", examples=[2]
    )


class SimilarClaim(ClaimOut):
    """A claim that a search found, with where it was published."""

    similarity: float = Field(ge=-1, le=1, description="Cosine of the query's and the claim's vectors.")
    story_id: UUID | None
    source: str | None
    published_at: Moment | None
