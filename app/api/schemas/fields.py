"""The field types that inputs are made of: each refuses, with a sentence, what cannot be stored or understood."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.domain.articles import MAX_TEXT, characters_fault, text_fault
from app.outbound import LONGEST_URL

MAX_METADATA_BYTES = 16_384
MAX_METADATA_DEPTH = 8
FIRST_YEAR, LAST_YEAR = 1600, 2199  # printed news begins at one end; the other is a slip of the keyboard

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)
_ZONE = re.compile(r"([Zz]|:[0-9]{2}(\.[0-9]+)?[+-][0-9]{2}:[0-9]{2})$")


def refused(kind: str, message: str) -> PydanticCustomError:
    # The message is a template to pydantic; braces in it would be read as placeholders.
    return PydanticCustomError(kind, "{message}", {"message": message})


def storable(value: str) -> str:
    """Text that UTF-8 and PostgreSQL can hold: no NUL, no half of a surrogate pair."""
    fault = characters_fault(value)
    if fault:
        raise refused("characters", fault)
    return value


def _article_text(value: str) -> str:
    fault = text_fault(value)
    if fault:
        raise refused("article_text", fault)
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise refused("blank", "Must not be blank.")
    return value


def parse_instant(value: Any) -> datetime:
    """RFC 3339, or a plain date (midnight UTC); without an offset it is taken as UTC."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise refused("instant", "Must be an RFC 3339 time such as 2024-11-06T09:30:00Z, or a date such as 2024-11-06.")
    if not FIRST_YEAR <= int(value[:4]) <= LAST_YEAR:
        raise refused("year_range", f"The year must be between {FIRST_YEAR} and {LAST_YEAR}.")
    try:
        found = datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise refused("instant", f"There is no such date or time: {error}.") from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _last_instant(value: Any) -> datetime:
    """As ``parse_instant``, but a plain date reaches to the end of its day."""
    found = parse_instant(value)
    is_day = isinstance(value, str) and len(value) == len("2024-11-06")
    return datetime.combine(found.date(), time.max, UTC) if is_day else found


def _zoned_instant(value: Any) -> datetime:
    """As ``parse_instant``, but the offset must be there: which moment is asked about must not depend on a habit."""
    found = parse_instant(value)
    if isinstance(value, str) and not _ZONE.search(value):
        raise refused("time_zone", "Must name a moment with its time zone, such as 2024-11-05T12:00:00Z.")
    return found


def _day(value: Any) -> date:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise refused("day", "Must be a date such as 2024-11-06.")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise refused("day", f"There is no such date: {error}.") from error


def _metadata(value: Any) -> Any:
    if not isinstance(value, dict):
        raise refused("metadata", "Must be a JSON object.")
    _check_metadata(value, depth=1)
    if len(json.dumps(value)) > MAX_METADATA_BYTES:
        raise refused("metadata_size", f"Must not be larger than {MAX_METADATA_BYTES} bytes of JSON.")
    return value


def _check_metadata(value: Any, *, depth: int) -> None:
    if depth > MAX_METADATA_DEPTH:
        raise refused("metadata_depth", f"Must not be nested deeper than {MAX_METADATA_DEPTH} levels.")
    if isinstance(value, str):
        storable(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise refused("metadata_number", "NaN and Infinity are not JSON numbers.")
    elif isinstance(value, dict):
        for key, item in value.items():
            storable(key)
            _check_metadata(item, depth=depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_metadata(item, depth=depth + 1)


def _id(value: Any) -> Any:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError) as error:
        raise refused("id", "Is not an id of this service.") from error


def rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_INSTANT_SCHEMA = WithJsonSchema(
    {"type": "string", "format": "date-time", "examples": ["2024-11-06T09:30:00Z", "2024-11-06"]}, mode="validation"
)

ArticleText = Annotated[str, Field(min_length=1, max_length=MAX_TEXT, strict=True), AfterValidator(_article_text)]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, strict=True),
    AfterValidator(storable),
    AfterValidator(_not_blank),
]
Domain = Annotated[
    str,
    StringConstraints(min_length=1, max_length=253, pattern=r"^[^\s/:@?#]+$", strict=True),
    AfterValidator(storable),
]
Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_URL, strict=True),
    AfterValidator(storable),
    WithJsonSchema({"type": "string", "format": "uri", "minLength": 1, "maxLength": LONGEST_URL}, mode="validation"),
]
Words = Annotated[
    str, StringConstraints(min_length=1, max_length=1000), AfterValidator(storable), AfterValidator(_not_blank)
]
Note = Annotated[str, StringConstraints(max_length=4000, strict=True), AfterValidator(storable)]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35, strict=True)]
Instant = Annotated[datetime, BeforeValidator(parse_instant), _INSTANT_SCHEMA]
ZonedInstant = Annotated[
    datetime, BeforeValidator(_zoned_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
LastInstant = Annotated[datetime, BeforeValidator(_last_instant), _INSTANT_SCHEMA]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Metadata = Annotated[dict[str, Any], BeforeValidator(_metadata)]
Id = Annotated[UUID, BeforeValidator(_id), WithJsonSchema({"type": "string", "format": "uuid"}, mode="validation")]
Moment = Annotated[datetime, PlainSerializer(rfc3339, when_used="json")]
