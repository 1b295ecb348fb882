"""ninjs, IPTC's news in JSON: items of generation 3 (and 2, which reads the same), and the names of generation 1.

https://iptc.org/standards/ninjs/ - of an item is read what an article has; the rest is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationInfo
from pydantic.config import JsonDict

from app.api.schemas.articles import ArticleIn, SourceIn
from app.api.schemas.fields import ArticleText, Instant, Language, Name, refused, storable
from app.domain.articles import text_fault
from app.domain.markup import plain_text

LONGEST_BODY = 1_000_000  # characters, markup included


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Headline(_Part):
    role: str | None = None
    value: Name


class NinjsBody(_Part):
    role: str | None = None
    content_type: str | None = Field(default=None, alias="contentType", examples=["text/plain"])
    value: Annotated[str, Field(max_length=LONGEST_BODY, strict=True), AfterValidator(storable)]


class Infosource(_Part):
    name: Name | None = None


def _with_words(bodies: list[NinjsBody] | None, info: ValidationInfo) -> list[NinjsBody] | None:
    """Some text must be there, in one of the fields that may hold it."""
    is_generation_1 = any(info.data.get(name) for name in ("body_text", "body_html", "body_xhtml"))
    text = _text_of(bodies or ())
    if text is None and not is_generation_1 and {"body_text", "body_html", "body_xhtml"} <= info.data.keys():
        raise refused("no_body", "Field required: a body in plain text or HTML.")
    fault = text is not None and text_fault(text)
    if fault:
        raise refused("article_text", fault)
    return bodies


def _of_markup(markup: str | None) -> str | None:
    fault = markup is not None and text_fault(plain_text(markup))
    if fault:
        raise refused("article_text", fault)
    return markup


Markup = Annotated[str | None, Field(max_length=LONGEST_BODY), AfterValidator(_of_markup)]


# A body is there, in one of four fields: as a condition, which generators of clients leave alone (see ``articles``).
_SOME_BODY: JsonDict = {
    "if": {"required": ["bodies"], "properties": {"bodies": {"type": "array", "minItems": 1}}},
    "else": {
        "anyOf": [
            {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}
            for name in ("body_text", "body_html", "body_xhtml")
        ]
    },
}


class NinjsIn(_Part):
    """A news item in ninjs 3: its main headline, its body (plain text before HTML), `versionCreated`, `by`, `language`,
    first `infosources` and `uri` become the article's `title`, `text`, `published_at`, `author`, `language`, `source`
    and `external_id`.
    """

    model_config = ConfigDict(extra="ignore", json_schema_extra=_SOME_BODY)

    uri: Name = Field(examples=["https://northern-ledger.example/items/17"])
    type: Literal["text", "composite"] | None = Field(default=None, description="Items of other types have no article.")
    pub_status: Literal["usable"] | None = Field(default=None, alias="pubStatus")
    language: Language | None = None
    version_created: Instant | None = Field(default=None, alias="versionCreated")
    first_created: Instant | None = Field(default=None, alias="firstCreated")
    by: Name | None = None
    headlines: list[Headline] | None = None
    infosources: list[Infosource] | None = None
    # Generation 1
    pubstatus: Literal["usable"] | None = None
    versioncreated: Instant | None = None
    firstcreated: Instant | None = None
    byline: Name | None = None
    headline: Name | None = None
    body_text: ArticleText | None = None
    body_html: Markup = None
    body_xhtml: Markup = None
    bodies: Annotated[list[NinjsBody] | None, AfterValidator(_with_words)] = Field(default=None, validate_default=True)

    def to_article(self) -> ArticleIn:
        markup = self.body_html or self.body_xhtml
        source = next((each.name for each in self.infosources or () if each.name), None)
        return ArticleIn(
            text=_text_of(self.bodies or ()) or self.body_text or plain_text(markup or ""),
            title=_main(self.headlines or ()) or self.headline,
            author=self.by or self.byline,
            source=SourceIn(name=source) if source else None,
            published_at=self.version_created or self.versioncreated or self.first_created or self.firstcreated,
            language=self.language,
            external_id=self.uri,
        )


def _main(headlines: Sequence[Headline]) -> str | None:
    ordered = sorted(headlines, key=lambda each: each.role != "main")
    return ordered[0].value if ordered else None


def _text_of(bodies: Sequence[NinjsBody]) -> str | None:
    """The text of the main body; of one that comes in several forms, the plain one."""
    for body in sorted(bodies, key=lambda each: (_is_markup(each), each.role != "main")):
        if body.value.strip():
            return plain_text(body.value) if _is_markup(body) else body.value
    return None


def _is_markup(body: NinjsBody) -> bool:
    return "html" in (body.content_type or "text/plain").lower()


def _kind(value: Any) -> str:
    is_item = isinstance(value, NinjsIn) or (
        isinstance(value, dict) and "uri" in value and not {"text", "url"} & set(value)
    )
    return NinjsIn.__name__ if is_item else ArticleIn.__name__


# What is submitted: an article, or a ninjs item, which is told by its "uri".
Submitted = Annotated[Annotated[ArticleIn, Tag("ArticleIn")] | Annotated[NinjsIn, Tag("NinjsIn")], Discriminator(_kind)]
KINDS = (ArticleIn.__name__, NinjsIn.__name__)


def as_article(submitted: ArticleIn | NinjsIn) -> ArticleIn:
    return submitted.to_article() if isinstance(submitted, NinjsIn) else submitted
