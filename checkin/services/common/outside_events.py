"""Queue what webhooks are told, in the transaction of what has happened.

It knows only the tables, so that whatever changes something can tell of it; who sends what is
queued is in `checkin.services.integrations`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, exists, insert, select

from checkin.db.models import Event, Webhook, WebhookChoice, WebhookDelivery
from checkin.domain.integrations.webhooks import WebhookKind

_LISTENING = (
    select(Webhook.id)
    .join(WebhookChoice, WebhookChoice.webhook_id == Webhook.id)
    .where(
        Webhook.event_id == bindparam("event_id"),
        Webhook.disabled_at.is_(None),
        WebhookChoice.kind == bindparam("kind"),
    )
    .order_by(Webhook.id)
)
#: beside `Event`: whether a webhook is told of arrivals, so that scans need not ask
TELLS_ARRIVALS = exists().where(
    Webhook.event_id == Event.id,
    Webhook.disabled_at.is_(None),
    WebhookChoice.webhook_id == Webhook.id,
    WebhookChoice.kind == WebhookKind.ARRIVED,
)


def rfc3339(moment: datetime) -> str:
    """Write a moment as bodies have it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def tell_webhooks(
    connection: Connection, event_id: int, kind: WebhookKind, now: datetime, **data: Any
) -> None:
    """Queue a message to each webhook of an event that is told of this kind.

    Args:
        data: numbers that name what has happened; names are added when it is sent, where a webhook
            is told them.
    """
    tell_webhooks_of_many(connection, event_id, kind, now, [data])


def tell_webhooks_of_many(
    connection: Connection,
    event_id: int,
    kind: WebhookKind,
    now: datetime,
    happened: Sequence[Mapping[str, Any]],
) -> None:
    """Queue a message for each of many things of one kind, such as the people of a list."""
    listening = connection.scalars(_LISTENING, {"event_id": event_id, "kind": kind}).all()
    if not listening or not happened:
        return
    rows = []
    for data in happened:
        message_id = uuid4()
        rows += [
            {
                "webhook_id": webhook_id,
                "event_id": event_id,
                "message_id": message_id,
                "kind": kind,
                "happened_at": now,
                "data": dict(data),
                "next_try_at": now,
            }
            for webhook_id in listening
        ]
    connection.execute(insert(WebhookDelivery), rows)
