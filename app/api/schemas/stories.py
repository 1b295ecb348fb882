"""Stories, timelines and conflicts."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import ConfigDict, Field, WithJsonSchema

from app.api.schemas.articles import SummaryOut
from app.api.schemas.common import EdtfDate, Evidence, Input, Output
from app.api.schemas.fields import Id, Moment, Name, Note
from app.domain.values import ConflictKind, Relation

Verdict = Literal["contradiction", "discrepancy", "update"]
ConflictStatus = Literal["open", "confirmed", "dismissed", "resolved"]


class StoryIn(Input):
    """A story to file articles under."""

    title: Name = Field(examples=["Harbour bridge closed after inspection"])


class MergeIn(Input):
    """Which story the other goes into."""

    into: Id = Field(description="The story that stays.")


class StoryOut(Output):
    """Articles about one event, taken together."""

    id: UUID
    title: str
    version: int = Field(description="Grows with every visible change; what `ETag` is made of.")
    article_count: int = Field(description="Articles that have been analysed.")
    source_count: int
    origin_count: int = Field(description="Independent texts: near-copies of one agency text are one origin.")
    first_published_at: Moment | None
    last_published_at: Moment | None
    summary: SummaryOut | None = Field(
        description="The summary of the article that lies closest to all the others; null until one is analysed."
    )
    open_conflicts: int = Field(description="Conflict reports with the status `open`.")
    created_at: Moment
    updated_at: Moment


class TimelineItem(Output):
    """Something that happened at a time, as one or more articles tell it."""

    id: UUID
    story_id: UUID
    date: EdtfDate
    text: str
    evidence: list[Evidence]
    sources: int
    origins: int
    conflict_ids: list[UUID] = Field(description="Open reports that stand on the same claims.")


class PositionEvidence(Evidence):
    """Evidence, with who asserts it and who published it."""

    holder: str | None = Field(description="Who asserts it; null: the article's own voice.")
    source: str | None
    published_at: Moment | None


class PositionOut(Output):
    """One of the answers that are given to a report's question."""

    label: str = Field(examples=["about 11,000"])
    value: dict[str, Any] = Field(description="The answer as a typed value; its fields depend on the report's `kind`.")
    sources: int
    origins: int
    first_seen_at: Moment
    evidence: list[PositionEvidence]


class GateOut(Output):
    """One test that two answers had to pass to be taken for answers to one question."""

    name: str = Field(examples=["same_question"])
    figure: float = Field(
        description="1: agrees in full, 0: does not; 0.5: a side is silent; or a model's probability."
    )
    is_passed: bool


class AnswerSpan(Output):
    """Where in the article an answer stands: a figure, a date, a name, or the whole claim."""

    start: int
    end: int
    exact: str


class QuestionOut(Output):
    """A question that both claims may answer, with every test that was made."""

    kind: ConflictKind | Literal["statement"] = Field(description="`statement`: the claims as wholes say the same.")
    first: AnswerSpan
    second: AnswerSpan
    relation: Relation = Field(description="How the two answers relate, if they answer one question.")
    is_match: bool = Field(description="All tests were passed.")
    confidence: float
    gates: list[GateOut]


class PairOut(Output):
    """Two claims of different articles that models have read together, and what came of it."""

    first: Evidence
    second: Evidence
    nearness: float = Field(description="Cosine of the question vectors: do the sentences answer the same question?")
    similarity: float = Field(description="Cosine of the sentence vectors: are they about the same?")
    questions: list[QuestionOut]


class ConflictOut(Output):
    """A question that the articles of a story answer differently.

    `contradiction`: the answers cannot all be right. `discrepancy`: hedges, scope or timing leave room for both.
    `update`: a later report revises an earlier figure or state.
    """

    id: UUID
    story_id: UUID
    kind: ConflictKind
    verdict: Verdict
    question: str = Field(examples=["How many soldiers have been deployed?"])
    positions: list[PositionOut]
    explanation: str
    confidence: float = Field(ge=0, le=1)
    status: ConflictStatus
    note: str | None
    detected_at: Moment
    closed_at: Moment | None
    versions: dict[str, Any] = Field(description="The rules and models that made the report.")
    matches: list[PairOut] | None = Field(
        default=None,
        description="With `?explain=true`: every pair of the report's claims that was read together, and its tests.",
        exclude_if=lambda value: value is None,
    )


class ConflictPatch(Input):
    """An editor's verdict. A field that is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    # Not there is not the same as null, which is refused; a schema has one word for both unless it is told.
    status: Annotated[
        ConflictStatus | None, WithJsonSchema({"type": "string", "enum": list(get_args(ConflictStatus))})
    ] = None
    note: Note | None = Field(default=None, description="Null removes it.")
