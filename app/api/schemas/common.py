"""Shapes that several resources share: evidence, pages, problems."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.domain.values import Basis

Item = TypeVar("Item")


class Input(BaseModel):
    """What clients send. An unknown field is an error: silence would let a typing mistake pass as success."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class TextPositionSelector(Output):
    """W3C Web Annotation: where the piece stands."""

    type: Literal["TextPositionSelector"] = "TextPositionSelector"
    start: int
    end: int


class TextQuoteSelector(Output):
    """W3C Web Annotation: what the piece says, and what stands around it."""

    type: Literal["TextQuoteSelector"] = "TextQuoteSelector"
    exact: str
    prefix: str
    suffix: str


class Evidence(Output):
    """A piece of an article, as it was submitted, that a statement stands on: `text[start:end] == exact`.

    Offsets count Unicode code points, and `end` is exclusive.
    """

    article_id: UUID = Field(description="The article whose text is quoted: `GET /v1/articles/{id}/text`.")
    claim_id: UUID | None = Field(description="The claim that the piece is or belongs to, if there is one.")
    start: int = Field(description="First code point of the piece.", examples=[118])
    end: int = Field(description="First code point after the piece.", examples=[171])
    exact: str = Field(
        description="The piece itself.", examples=["the ministry put the number of soldiers at about 11,000"]
    )
    selectors: list[TextPositionSelector | TextQuoteSelector] | None = Field(
        default=None,
        description="The same as W3C Web Annotation selectors; present with `?selectors=w3c`.",
        exclude_if=lambda value: value is None,
    )


class Page(BaseModel, Generic[Item]):
    """One page of a listing. Pass `next_cursor` as `?cursor=` for the page after it; null: this is the last one."""

    items: list[Item]
    next_cursor: str | None = Field(
        default=None, description="Opaque: pass it on as it is. Null on the last page.", examples=[None]
    )


class EdtfDate(Output):
    """A date of an event."""

    edtf: str = Field(
        description="Extended Date/Time Format (ISO 8601-2) level 1: `2024-11-05`, `2024-11`, `2024-11-03/2024-11-07`.",
        examples=["2024-11-05"],
    )
    earliest: date = Field(description="First day it can mean.")
    latest: date = Field(description="Last day it can mean.")
    precision: Literal["minute", "day", "month", "season", "year", "interval"]
    basis: Basis = Field(
        description="What the words were resolved against: `explicit` (a whole date in the text), "
        '`relative_to_publication` ("on Monday" and the article\'s own date), or `relative_to_story` '
        "(the article has no date; the story's other articles gave one)."
    )


class FieldProblem(BaseModel):
    """One thing that is wrong with the request."""

    pointer: str = Field(
        description="JSON Pointer (RFC 6901) into the body, or the name of a parameter or header.",
        examples=["/source/name"],
    )
    detail: str = Field(description="What is wrong, in a sentence.", examples=["Field required"])


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it (`application/problem+json`)."""

    type: str = Field(
        description="Names the kind of problem, and never changes.", examples=["urn:claimline:problem:invalid-request"]
    )
    title: str = Field(description="The kind of problem, for people.", examples=["The request is not valid"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="This occurrence of it, for people.")
    instance: str = Field(description="The path that was asked for.", examples=["/v1/articles"])
    request_id: str = Field(description="Also in the header `X-Request-ID`, and in the server's logs.")
    errors: list[FieldProblem] | None = Field(
        default=None, description="Each fault of an invalid request.", exclude_if=lambda value: value is None
    )


Limit = Annotated[int, Field(ge=1, le=100, description="How many items a page holds.")]
