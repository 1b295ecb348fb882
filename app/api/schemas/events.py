"""What has happened, as it is listed and streamed."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from app.api.schemas.common import Output
from app.api.schemas.fields import Moment
from app.domain.events import EventType

EventId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")]


class EventOut(Output):
    """Something that has happened. It names what it is about; read that for how it stands now."""

    id: str = Field(description="Ids of a workspace grow by one in the order of events.", examples=["1841"])
    type: EventType
    created_at: Moment = Field(description="When it happened.")
    story_id: UUID | None = Field(description="The story it happened to; null: an article that has none.")
    data: dict[str, Any] = Field(
        description="`article.*`: `article_id`; when it failed `error` and `error_type` too, as the article has them. "
        "`conflict.*`: `conflict_id`, `kind`, `verdict`, `status`, `confidence`. `story.updated`: `version`, "
        "`is_timeline_changed`. `story.merged`: `version`, `merged_into`."
    )
