"""Articles, in and out."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic.config import JsonDict

from app.api.schemas.claims import ClaimOut
from app.api.schemas.common import Evidence, Input, Output, Problem
from app.api.schemas.fields import ArticleText, Domain, Id, Instant, Language, Metadata, Moment, Name, Url, refused

Status = Literal["queued", "analysing", "analysed", "failed", "unanalysed"]


def _blank_is_absent(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


class SourceIn(Input):
    """Who published the article. Sources are what corroboration counts."""

    name: Name = Field(examples=["Northern Ledger"])
    domain: Domain | None = Field(default=None, examples=["northern-ledger.example"])


def _text_or_url(text: str | None, info: ValidationInfo) -> str | None:
    if "url" in info.data:  # else the URL is at fault already
        url = info.data["url"]
        if text is None and url is None:
            raise refused("missing", "Field required, unless there is a url.")
        if text is not None and url is not None:
            raise refused("text_and_url", "Must not be there beside a url: send one of the two.")
    return text


# One of the two is there and not null. Written as a condition, which generators of clients leave alone; of a `oneOf`
# they make two classes.
_ONE_OF_THE_TWO: JsonDict = {
    "if": {"required": ["text"], "properties": {"text": {"type": "string"}}},
    "then": {"properties": {"url": {"type": "null"}}},
    "else": {"required": ["url"], "properties": {"url": {"type": "string"}}},
}


class ArticleIn(Input):
    """An article to analyse: its `text`, or the `url` where it is to be fetched."""

    model_config = ConfigDict(json_schema_extra=_ONE_OF_THE_TWO)

    url: Url | None = Field(
        default=None,
        description="Instead of `text`: the web page to fetch the article from, on a public host.",
        examples=["https://northern-ledger.example/2024/11/06/marl-bridge"],
    )
    text: Annotated[ArticleText | None, AfterValidator(_text_or_url)] = Field(
        default=None,
        validate_default=True,
        description="Plain text, 1 to 200,000 characters, kept as it is: every offset points into it.",
    )
    title: Annotated[Name | None, BeforeValidator(_blank_is_absent)] = None
    author: Annotated[Name | None, BeforeValidator(_blank_is_absent)] = Field(default=None, description="Its byline.")
    source: SourceIn | None = None
    published_at: Instant | None = Field(
        default=None,
        description="RFC 3339, or a plain date (midnight UTC); a time without an offset is UTC. Years 1600 to 2199. "
        'Relative dates in the text ("on Monday") are resolved against it.',
    )
    language: Language | None = Field(default=None, description="BCP 47 tag.", examples=["en"])
    external_id: Name | None = Field(default=None, description="Your own id of the article.")
    other_languages: Literal["refuse", "store"] = Field(
        default="refuse",
        description="What to do with an article that is not in English: refuse it (a `url`: fail), or store it "
        "`unanalysed`.",
    )
    story_id: Id | None = Field(
        default=None,
        description="Files the article under this story, and keeps it there. Without it the service finds the story, "
        "or begins one.",
    )
    metadata: Metadata | None = Field(
        default=None, description="A JSON object that is kept with the article (16 KiB, 8 levels)."
    )


class ArticlePatch(Input):
    """An editor's decision where an article belongs."""

    story_id: Id | None = Field(description="The story to move it to; null: a new story of its own.")


class SourceOut(Output):
    name: str
    domain: str | None


class ArticleOut(Output):
    """An article and how far its analysis is."""

    id: UUID
    status: Status = Field(
        description="`queued` waits for a worker, `analysing` is with one, `analysed` is done, `failed` says why in "
        "`error`, `unanalysed` is kept as it is: not in English, and sent with `other_languages: store`."
    )
    error: str | None = Field(description="Why the article failed.", examples=[None])
    error_type: str | None = Field(
        description="The kind of failure, as a problem's `type`: `urn:claimline:problem:` and `url-refused` (there is "
        "no article to be had), `url-unreachable`, `same-article`, `unsupported-language`, `invalid-article` or "
        "`analysis-failed`.",
        examples=[None],
    )
    url: str | None = Field(description="Where the article was to be fetched, when it was submitted by its URL.")
    title: str | None
    author: str | None
    source: SourceOut | None
    published_at: Moment | None
    language: str | None
    external_id: str | None
    story_id: UUID | None = Field(description="Null until the article has been linked to a story.")
    metadata: dict[str, Any]
    created_at: Moment
    analysed_at: Moment | None


class SummarySentenceOut(Output):
    """A sentence of a summary and what it stands on; each number, date and name in it occurs in that evidence."""

    text: str
    evidence: list[Evidence]


class SummaryOut(Output):
    """A summary, and how it was made: `extractive` sentences are the article's own, `abstractive` ones a model's, each
    held to its evidence."""

    text: str
    method: Literal["extractive", "abstractive"]
    model: str = Field(description="Name and revision of what made it.")
    sentences: list[SummarySentenceOut]


class ArticleDetail(ArticleOut):
    """An article with all that the analysis found in it."""

    summary: SummaryOut | None = Field(description="Null until the article has been analysed.")
    claims: list[ClaimOut] = Field(description="In the order of the text.")


class BatchItem(Output):
    """The answer for one article of a batch: what `POST /v1/articles` would have answered."""

    index: int = Field(description="Position in the batch, from 0.")
    line: int | None = Field(
        default=None, description="NDJSON: number of the line, from 1.", exclude_if=lambda value: value is None
    )
    status: int = Field(description="202 accepted, 200 already there, 4xx refused.", examples=[202])
    id: UUID | None = Field(
        default=None, description="The article, unless it was refused.", exclude_if=lambda value: value is None
    )
    article: ArticleOut | None = Field(default=None, exclude_if=lambda value: value is None)
    problem: Problem | None = Field(default=None, exclude_if=lambda value: value is None)


class BatchOut(Output):
    """One answer for each article, in the order of the batch."""

    items: list[BatchItem]
