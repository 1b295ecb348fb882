"""Webhooks: the addresses of a workspace, and what was sent to them. All of it needs the scope ``admin``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from app.api.deps import (
    DeliveryId,
    JsonBody,
    Now,
    PagingDep,
    ReadingSession,
    Services,
    ServicesDep,
    WebhookId,
    WritingSession,
)
from app.api.examples import ok
from app.api.examples import webhooks as examples
from app.api.problems import CURSOR, INVALID, MALFORMED, MEDIA, NOT_FOUND, STATE, TOO_LARGE, responses
from app.api.schemas.common import Page
from app.api.schemas.webhooks import (
    AttemptOut,
    DeliveryDetail,
    DeliveryOut,
    DeliveryStatus,
    ReplayIn,
    ReplayOut,
    WebhookIn,
    WebhookOut,
    WebhookPatch,
    WebhookWithSecret,
)
from app.domain.errors import InvalidInputError, OutboundRefusedError
from app.store import deliveries, webhooks
from app.store.tables import Webhook, WebhookDelivery

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])


@router.post(
    "",
    operation_id="createWebhook",
    summary="Add a webhook",
    status_code=201,
    dependencies=[JsonBody],
    responses={
        201: ok("Added; `Location` is its address. The secret is shown this once.", examples.WEBHOOK_CREATED),
        **responses(MALFORMED, STATE, TOO_LARGE, MEDIA, INVALID),
    },
)
def create_webhook(
    *,
    body: Annotated[WebhookIn, Body(examples=[examples.WEBHOOK_IN])],
    session: WritingSession,
    services: ServicesDep,
    response: Response,
    now: Now,
) -> WebhookWithSecret:
    """An address that is sent a message for each event from now on, signed as
    [Standard Webhooks](https://www.standardwebhooks.com) says: verify `webhook-signature` with the secret.

    A message is `{"type", "timestamp", "data"}`, with an event's `data`, its `event_id` and `story_id` in it. Any 2xx
    answer takes it. Else it is sent again after 5 and 30 seconds, 2, 10 and 30 minutes, 2 and 6 hours. It may come
    twice, and not in order: `webhook-id` tells it, `event_id` the order. After 10 failures in a row that last a day, or
    `410`, the webhook is disabled. Only public addresses are called, unless the operator allows others.
    """
    row = webhooks.add_webhook(
        session, url=_checked(services, body.url), types=body.types, description=body.description, now=now
    )
    response.headers["Location"] = f"/v1/webhooks/{row.id}"
    return _with_secret(row)


@router.get(
    "",
    operation_id="listWebhooks",
    summary="List webhooks",
    responses={200: ok("Oldest first.", examples.WEBHOOK_PAGE), **responses(INVALID, CURSOR)},
)
def list_webhooks(session: ReadingSession, paging: PagingDep) -> Page[WebhookOut]:
    """Lists the workspace's webhooks, without their secrets."""
    rows = webhooks.list_webhooks(session, after=paging.after(datetime, UUID), limit=paging.rows)
    return paging.page(rows, key=lambda row: (row.created_at, row.id), items=[_webhook(row) for row in rows])


@router.get(
    "/{webhook_id}",
    operation_id="getWebhook",
    summary="Read a webhook",
    responses={200: ok("The webhook.", examples.WEBHOOK), **responses(NOT_FOUND)},
)
def get_webhook(webhook_id: WebhookId, session: ReadingSession) -> WebhookOut:
    """The webhook without its secret, and how it fares."""
    return _webhook(webhooks.get_webhook(session, webhook_id))


@router.patch(
    "/{webhook_id}",
    operation_id="changeWebhook",
    summary="Change a webhook",
    dependencies=[JsonBody],
    responses={
        200: ok("The webhook as it is now.", examples.WEBHOOK),
        **responses(MALFORMED, NOT_FOUND, TOO_LARGE, MEDIA, INVALID),
    },
)
def change_webhook(
    *,
    webhook_id: WebhookId,
    body: Annotated[WebhookPatch, Body(examples=[{"is_enabled": True}])],
    session: WritingSession,
    services: ServicesDep,
    now: Now,
) -> WebhookOut:
    """Changes what is sent where; messages that wait go to the new address. A disabled webhook misses what happens:
    enable it, then replay."""
    changes = body.model_dump(exclude_unset=True)
    for name in ("url", "types", "is_enabled"):
        if name in changes and changes[name] is None:
            raise InvalidInputError("Must not be null.", pointer=f"/{name}")
    webhooks.get_webhook(session, webhook_id)
    if "url" in changes:
        changes["url"] = _checked(services, changes["url"])
    return _webhook(webhooks.change_webhook(session, webhook_id, changes, now=now))


@router.delete(
    "/{webhook_id}",
    operation_id="deleteWebhook",
    summary="Remove a webhook",
    status_code=204,
    responses={204: {"description": "Gone."}, **responses(NOT_FOUND)},
)
def delete_webhook(webhook_id: WebhookId, session: WritingSession) -> None:
    """Nothing more is sent to it; its deliveries are forgotten."""
    webhooks.delete_webhook(session, webhook_id)


@router.post(
    "/{webhook_id}/rotate",
    operation_id="rotateWebhookSecret",
    summary="Give a webhook a new secret",
    responses={
        200: ok("The new secret, shown this once.", examples.WEBHOOK_ROTATED),
        **responses(NOT_FOUND, INVALID),
    },
)
def rotate_secret(
    *,
    webhook_id: WebhookId,
    session: WritingSession,
    now: Now,
    overlap_hours: Annotated[
        int, Query(ge=0, le=168, description="How long messages are signed with the old secret too.")
    ] = 24,
) -> WebhookWithSecret:
    """While the secrets overlap, a message carries a signature with each: receivers can change over without losing
    one. After a leak, take `overlap_hours=0`."""
    overlap = timedelta(hours=overlap_hours)
    return _with_secret(webhooks.rotate_secret(session, webhook_id, overlap=overlap, now=now))


@router.post(
    "/{webhook_id}/ping",
    operation_id="pingWebhook",
    summary="Send a webhook a test message",
    status_code=202,
    responses={202: ok("Queued.", examples.PING), **responses(NOT_FOUND, STATE)},
)
def ping_webhook(webhook_id: WebhookId, session: WritingSession, now: Now) -> DeliveryOut:
    """Sends a `webhook.ping`, signed and tried like any other; read the delivery for what came of it."""
    return _delivery(deliveries.ping(session, webhook_id, now=now))


@router.post(
    "/{webhook_id}/replay",
    operation_id="replayWebhook",
    summary="Send a webhook what it has missed",
    status_code=202,
    dependencies=[JsonBody],
    responses={
        202: ok("Queued.", {"queued": 3}),
        **responses(MALFORMED, NOT_FOUND, STATE, TOO_LARGE, MEDIA, INVALID),
    },
)
def replay_webhook(
    *,
    webhook_id: WebhookId,
    body: Annotated[ReplayIn, Body(examples=[{"since": "2024-11-06T00:00:00Z"}])],
    session: WritingSession,
    now: Now,
) -> ReplayOut:
    """Sends what has happened since then and was not delivered: what failed, and what happened while the webhook was
    disabled or did not exist. At most 1,000 messages; ask again for more when they are delivered."""
    return ReplayOut(queued=deliveries.replay_since(session, webhook_id, since=body.since, now=now))


@router.get(
    "/{webhook_id}/deliveries",
    operation_id="listDeliveries",
    summary="List a webhook's deliveries",
    responses={200: ok("Newest first.", examples.DELIVERY_PAGE), **responses(NOT_FOUND, INVALID, CURSOR)},
)
def list_deliveries(
    *,
    webhook_id: WebhookId,
    session: ReadingSession,
    paging: PagingDep,
    status: Annotated[DeliveryStatus | None, Query()] = None,
) -> Page[DeliveryOut]:
    """Every message that was made for the webhook, for as long as events are kept."""
    rows = deliveries.list_deliveries(
        session, webhook_id, status=status, after=paging.after(datetime, UUID), limit=paging.rows
    )
    return paging.page(rows, key=lambda row: (row.created_at, row.id), items=[_delivery(row) for row in rows])


@router.get(
    "/{webhook_id}/deliveries/{delivery_id}",
    operation_id="getDelivery",
    summary="Read a delivery",
    responses={200: ok("The message and its attempts.", examples.DELIVERY_DETAIL), **responses(NOT_FOUND)},
)
def get_delivery(webhook_id: WebhookId, delivery_id: DeliveryId, session: ReadingSession) -> DeliveryDetail:
    """The message as it is sent, and what came of every attempt. Receivers' answers are not kept, their status is."""
    row = deliveries.get_delivery(session, webhook_id, delivery_id)
    attempts = [AttemptOut.model_validate(each) for each in deliveries.attempts_of(session, delivery_id)]
    return DeliveryDetail(**_delivery(row).model_dump(), body=row.body, attempts=attempts)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/replay",
    operation_id="replayDelivery",
    summary="Send a message again",
    status_code=202,
    responses={202: ok("Queued.", examples.REPLAYED), **responses(NOT_FOUND, STATE)},
)
def replay_delivery(webhook_id: WebhookId, delivery_id: DeliveryId, session: WritingSession) -> DeliveryOut:
    """Sends the same message under the same `webhook-id`, whatever came of it before."""
    return _delivery(deliveries.replay(session, webhook_id, delivery_id))


def _checked(services: Services, url: str) -> str:
    """The URL as it will be called, as far as can be told without a lookup: that is done at each call."""
    try:
        return str(services.outbound.check(url))
    except OutboundRefusedError as error:
        raise InvalidInputError(str(error), pointer="/url") from error


def _webhook(row: Webhook) -> WebhookOut:
    return WebhookOut.model_validate(row.model_dump() | {"is_enabled": row.disabled_at is None})


def _with_secret(row: Webhook) -> WebhookWithSecret:
    return WebhookWithSecret(**_webhook(row).model_dump(), secret=row.secret, previous_secret_until=row.previous_until)


def _delivery(row: WebhookDelivery) -> DeliveryOut:
    return DeliveryOut(
        id=row.id,
        type=row.type,
        event_id=None if row.event_number is None else str(row.event_number),
        status=row.status,
        created_at=row.created_at,
    )
