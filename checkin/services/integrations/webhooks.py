"""Webhooks of an event: add, change, disable and remove them, and list what they were told."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from checkin.db.models import (
    DeliveryState,
    Event,
    Webhook,
    WebhookChoice,
    WebhookDelivery,
    WhyDisabled,
)
from checkin.domain.common.names import clean_title
from checkin.domain.common.problems import FieldProblem, InvalidValue
from checkin.domain.integrations.webhooks import (
    LONGEST_NAME,
    MOST_WEBHOOKS,
    SECRET_BYTES,
    TEST,
    WebhookKind,
    written_secret,
)
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.lookup import by_id
from checkin.services.common.purged import refuse_purged
from checkin.services.common.sealed_values import seal_values, unseal_values
from checkin.services.network.outgoing import Destination

#: so many of the last messages are listed with each webhook
LISTED = 20


@dataclass(frozen=True, slots=True)
class WebhookDetails:
    """What an organiser says of a webhook.

    Attributes:
        destination: its address, which was checked.
    """

    name: str
    destination: Destination
    kinds: frozenset[WebhookKind]
    tells_names: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a webhook is, and the secret that its messages are signed with."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class ListedWebhook:
    """A webhook as its page lists it.

    Attributes:
        url: None where it was sealed with another master key.
        waiting: how many messages wait for another attempt.
        failed: how many were given up.
        deliveries: the last ones, the newest first.
    """

    webhook: Webhook
    url: str | None
    kinds: frozenset[WebhookKind]
    waiting: int
    failed: int
    deliveries: Sequence[WebhookDelivery]


def webhook_name(text: str) -> str:
    """Return the name of a webhook.

    Raises:
        InvalidValue: there is none, or it is too long.
    """
    name = clean_title(text, LONGEST_NAME)
    if not name:
        raise InvalidValue("missing_text", text)
    return name


def add_webhook(
    session: Session,
    event: Event,
    details: WebhookDetails,
    keys: Keys,
    *,
    operator_id: int | None,
    now: datetime,
) -> tuple[Webhook, str]:
    """Add a webhook; return it and its secret, to be shown once.

    Raises:
        FieldProblem: the event has as many as it may have.
        EventPurged: the event's personal data were erased.
    """
    refuse_purged(session, event.id)
    count = select(func.count()).where(Webhook.event_id == event.id)
    if session.scalars(count).one() >= MOST_WEBHOOKS:
        raise FieldProblem("destination", "too_many_webhooks", "", str(MOST_WEBHOOKS))
    webhook = Webhook(
        event_id=event.id,
        name=details.name,
        tells_names=details.tells_names,
        created_at=now,
        created_by=operator_id,
    )
    session.add(webhook)
    session.flush()
    secret = _seal(keys, webhook, details.destination.written.url)
    _choose(session, webhook, details.kinds)
    who = {"operator_id": operator_id, "webhook": webhook.id}
    note(session, event.id, "webhook.add", now, **who, names=details.tells_names)
    return webhook, secret


def change_webhook(
    session: Session,
    event: Event,
    webhook_id: int,
    *,
    name: str,
    kinds: frozenset[WebhookKind],
    tells_names: bool,
    operator_id: int | None,
    now: datetime,
) -> None:
    """Change what a webhook is told. Its address stays: another address is another webhook."""
    webhook = by_id(session, event, Webhook, webhook_id)
    webhook.name, webhook.tells_names = name, tells_names
    _choose(session, webhook, kinds)
    who = {"operator_id": operator_id, "webhook": webhook.id}
    note(session, event.id, "webhook.change", now, **who, names=tells_names)


def renew_secret(
    session: Session,
    event: Event,
    webhook_id: int,
    keys: Keys,
    *,
    operator_id: int | None,
    now: datetime,
) -> str:
    """Make a new secret, to be shown once; the former one signs nothing from now on."""
    webhook = by_id(session, event, Webhook, webhook_id)
    reach = reach_of(keys, webhook)
    secret = _seal(keys, webhook, reach.url if reach else "")
    who = {"operator_id": operator_id, "webhook": webhook.id}
    note(session, event.id, "webhook.secret", now, **who)
    return secret


def disable_webhook(
    session: Session,
    event: Event,
    webhook_id: int,
    *,
    operator_id: int | None,
    now: datetime,
    why: WhyDisabled = WhyDisabled.PERSON,
) -> None:
    """Tell a webhook nothing more; what waits stays, and is sent if it is enabled again."""
    webhook = by_id(session, event, Webhook, webhook_id)
    if webhook.disabled_at is None:
        webhook.disabled_at, webhook.disabled_why = now, why
        who = {"operator_id": operator_id, "webhook": webhook.id}
        note(session, event.id, "webhook.disable", now, **who, why=why)


def enable_webhook(
    session: Session, event: Event, webhook_id: int, *, operator_id: int | None, now: datetime
) -> None:
    """Tell a webhook again what happens, and first what waits."""
    webhook = by_id(session, event, Webhook, webhook_id)
    webhook.disabled_at = webhook.disabled_why = webhook.failing_since = None
    who = {"operator_id": operator_id, "webhook": webhook.id}
    note(session, event.id, "webhook.enable", now, **who)


def remove_webhook(
    session: Session, event: Event, webhook_id: int, *, operator_id: int | None, now: datetime
) -> None:
    """Delete a webhook with its secret, and what it was or should have been told."""
    webhook = by_id(session, event, Webhook, webhook_id)
    note(session, event.id, "webhook.remove", now, operator_id=operator_id, webhook=webhook.id)
    for table in (WebhookDelivery, WebhookChoice):
        session.execute(delete(table).where(table.webhook_id == webhook.id))
    session.delete(webhook)


def queue_test(
    session: Session, event: Event, webhook_id: int, *, operator_id: int | None, now: datetime
) -> WebhookDelivery:
    """Queue a message that tells nothing, to see whether it arrives."""
    webhook = by_id(session, event, Webhook, webhook_id)
    delivery = WebhookDelivery(
        webhook_id=webhook.id,
        event_id=event.id,
        message_id=uuid4(),
        kind=TEST,
        happened_at=now,
        data={},
        next_try_at=now,
    )
    session.add(delivery)
    session.flush()
    who = {"operator_id": operator_id, "webhook": webhook.id}
    note(session, event.id, "webhook.test", now, **who)
    return delivery


def retry_failed(
    session: Session, event: Event, webhook_id: int, *, operator_id: int | None, now: datetime
) -> int:
    """Queue again what was given up; return how many messages."""
    webhook = by_id(session, event, Webhook, webhook_id)
    changed = session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.webhook_id == webhook.id,
            WebhookDelivery.state == DeliveryState.FAILED,
        )
        .values(state=DeliveryState.QUEUED, attempts=0, next_try_at=now)
    )
    count: int = changed.rowcount  # type: ignore[attr-defined]
    who = {"operator_id": operator_id, "webhook": webhook.id}
    note(session, event.id, "webhook.retry", now, **who, messages=count)
    return count


def reach_of(keys: Keys, webhook: Webhook) -> Reach | None:
    """Return where a webhook is; None where it was sealed with another master key."""
    values = unseal_values(keys, _place(webhook), webhook.sealed)
    return Reach(**values) if values else None


def listed_webhooks(session: Session, event: Event, keys: Keys) -> list[ListedWebhook]:
    """Return an event's webhooks in the order in which they were added."""
    rows = session.scalars(
        select(Webhook).where(Webhook.event_id == event.id).order_by(Webhook.id)
    ).all()
    return [_listed(session, webhook, keys) for webhook in rows]


def _listed(session: Session, webhook: Webhook, keys: Keys) -> ListedWebhook:
    ours = WebhookDelivery.webhook_id == webhook.id
    newest = select(WebhookDelivery).where(ours).order_by(WebhookDelivery.id.desc()).limit(LISTED)
    kinds = select(WebhookChoice.kind).where(WebhookChoice.webhook_id == webhook.id)
    reach = reach_of(keys, webhook)

    def count(*states: DeliveryState) -> int:
        wanted = select(func.count()).where(ours, WebhookDelivery.state.in_(states))
        return session.scalars(wanted).one()

    return ListedWebhook(
        webhook,
        reach.url if reach else None,
        frozenset(map(WebhookKind, session.scalars(kinds))),
        waiting=count(DeliveryState.QUEUED, DeliveryState.SENDING),
        failed=count(DeliveryState.FAILED),
        deliveries=session.scalars(newest).all(),
    )


def _choose(session: Session, webhook: Webhook, kinds: Collection[WebhookKind]) -> None:
    session.execute(delete(WebhookChoice).where(WebhookChoice.webhook_id == webhook.id))
    session.add_all(WebhookChoice(webhook_id=webhook.id, kind=kind) for kind in sorted(kinds))
    session.flush()


def _seal(keys: Keys, webhook: Webhook, url: str) -> str:
    secret = written_secret(secrets.token_bytes(SECRET_BYTES))
    webhook.sealed = seal_values(keys, _place(webhook), url=url, secret=secret)
    return secret


def _place(webhook: Webhook) -> str:
    return f"webhook {webhook.id}"
