"""Webhooks as clients write and read them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from app.api.schemas.common import Input, Output
from app.api.schemas.fields import Moment, Name, ZonedInstant
from app.domain.events import EventType

DeliveryStatus = Literal["pending", "delivered", "failed"]
Address = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000, pattern=r"^https?://[\x21-\x7e]+$", strict=True),
    Field(
        description="Where messages are sent, by POST. Redirects are not followed.", examples=["https://desk.example/"]
    ),
]
Types = Annotated[list[EventType], Field(max_length=len(EventType), description="Which events; none: all of them.")]


class WebhookIn(Input):
    url: Address
    types: Types = Field(default_factory=list)
    description: Name | None = None


class WebhookPatch(Input):
    """What is left out stays as it is."""

    url: Address | None = None
    types: Types | None = None
    description: Name | None = None
    is_enabled: StrictBool | None = Field(
        default=None, description="True lets a disabled webhook go on, with what happens from now on."
    )


class ReplayIn(Input):
    since: ZonedInstant = Field(description="With a time zone.", examples=["2024-11-06T00:00:00Z"])


class ReplayOut(Output):
    queued: int = Field(description="Messages that are sent again or for the first time.", examples=[3])


class WebhookOut(Output):
    id: UUID
    url: str
    types: list[EventType]
    description: str | None
    is_enabled: bool
    disabled_at: Moment | None
    disabled_reason: str | None = Field(description="Why it is disabled: by request, by failing, by `410 Gone`.")
    failures: int = Field(description="Attempts in a row that have failed, of all messages.")
    failing_since: Moment | None
    created_at: Moment


class WebhookWithSecret(WebhookOut):
    secret: str = Field(description="What messages are signed with. It is shown this once.")
    previous_secret_until: Moment | None = Field(description="Until then messages are signed with the old one too.")


class DeliveryOut(Output):
    """One message to one webhook."""

    id: UUID = Field(description="`webhook-id` is `msg_` and this.")
    type: str = Field(description="An event's type, or `webhook.ping`.")
    event_id: str | None = Field(description="The event's id in `GET /v1/events`; null: a ping.")
    status: DeliveryStatus = Field(description="`failed`: given up; it can be replayed.")
    created_at: Moment


class AttemptOut(Output):
    attempted_at: Moment
    milliseconds: int
    status_code: int | None = Field(description="What the receiver answered; 2xx means taken.")
    error: str | None = Field(description="Why there was no answer.")


class DeliveryDetail(DeliveryOut):
    body: str = Field(description="What is sent, to the byte.")
    attempts: list[AttemptOut] = Field(description="In order.")
