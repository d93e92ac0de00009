"""Deliver what webhooks are to be told: claim a message, post it, record what was answered.

queued → sending (claimed) → delivered, or failed when no attempt is left; back to queued for
another attempt. A message is posted outside of transactions, and may therefore arrive twice with
the same `webhook-id`: when its sender died before it could record the answer.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session

from checkin.db.models import (
    Delegation,
    DeliveryState,
    Event,
    Gate,
    Job,
    Lane,
    Participant,
    Webhook,
    WebhookDelivery,
    WhyDisabled,
)
from checkin.domain.integrations.webhooks import (
    FAILS_AT_MOST,
    GONE,
    TEST,
    asked_to_wait_s,
    body_of,
    message_id,
    read_secret,
    signed_headers,
    wait_before,
)
from checkin.domain.network.destinations import DestinationRefused
from checkin.services.common.keys import Keys
from checkin.services.integrations.webhooks import disable_webhook, reach_of
from checkin.services.jobs.queue import FINAL, Asked, enqueue
from checkin.services.network.outgoing import Bounds, Caller, CallFailed

#: the name of the kind of jobs that deliver, one of an event at a time
WEBHOOKS = "webhooks"
#: a receiver is to answer at once and work afterwards; of its answer the beginning is kept
BOUNDS = Bounds(total_s=15.0, most_bytes=500, cut=True, redirects=0)
#: claimed for so long, a message's sender is taken for dead
STALE_AFTER = timedelta(seconds=60)
_LONGEST_ANSWER = 300
_MARK_BYTES = 9


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that one sender has claimed, so that no other sends it.

    Attributes:
        url, secret: where it goes, and what it is signed with; "" if they cannot be read.
    """

    id: int
    webhook_id: int
    mark: str
    attempts: int
    message_id: UUID
    body: bytes
    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one attempt.

    Attributes:
        status: what was answered; None where nothing was.
        answer: the beginning of the answer's body, or the code of why there is none.
        wait_s: how long the receiver has asked us to wait.
    """

    status: int | None
    answer: str
    wait_s: float | None = None

    @property
    def is_success(self) -> bool:
        """Whether the receiver has taken the message."""
        return self.status is not None and 200 <= self.status < 300


#: a disabled webhook is sent tests alone, by which one sees whether it has been mended
_MAY_LEAVE = or_(
    WebhookDelivery.kind == TEST,
    exists().where(Webhook.id == WebhookDelivery.webhook_id, Webhook.disabled_at.is_(None)),
)


def events_to_deliver(session: Session, now: datetime) -> Sequence[int]:
    """Return the ids of the events of which something is due and nobody delivers."""
    delivered_now = exists().where(
        Job.kind == WEBHOOKS, Job.event_id == WebhookDelivery.event_id, Job.state.not_in(FINAL)
    )
    due = (
        select(WebhookDelivery.event_id)
        .where(
            WebhookDelivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING)),
            WebhookDelivery.next_try_at <= now,
            _MAY_LEAVE,
            ~delivered_now,
        )
        .distinct()
        .order_by(WebhookDelivery.event_id)
    )
    return session.scalars(due).all()


def start_delivering(session: Session, keys: Keys, event_id: int, now: datetime) -> None:
    """Ask for a job that delivers what is due at an event, unless one is under way."""
    under_way = select(Job.id).where(
        Job.kind == WEBHOOKS, Job.event_id == event_id, Job.state.not_in(FINAL)
    )
    if session.scalars(under_way.limit(1)).first() is None:
        asked = Asked(WEBHOOKS, Lane.MAIL, "webhooks.test", event_id=event_id)
        enqueue(session, keys, asked, now)


def recover_stale(session: Session, event_id: int, now: datetime) -> None:
    """Queue again what senders that died had claimed."""
    session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.event_id == event_id,
            WebhookDelivery.state == DeliveryState.SENDING,
            WebhookDelivery.claimed_at < now - STALE_AFTER,
        )
        .values(state=DeliveryState.QUEUED, claimed_by=None)
    )


def claim(
    session: Session, event: Event, keys: Keys, busy: Mapping[int, int], now: datetime, most: int
) -> list[Claimed]:
    """Claim messages that are due, the oldest first.

    Args:
        busy: how many messages of each webhook are being sent already.
        most: how many of one webhook may be sent at once.
    """
    counts = Counter(busy)
    full = [webhook_id for webhook_id, count in counts.items() if count >= most]
    wanted = (
        select(WebhookDelivery)
        .where(
            WebhookDelivery.event_id == event.id,
            WebhookDelivery.state == DeliveryState.QUEUED,
            WebhookDelivery.next_try_at <= now,
            WebhookDelivery.webhook_id.not_in(full),
            _MAY_LEAVE,
        )
        .order_by(WebhookDelivery.next_try_at, WebhookDelivery.id)
        .limit(most)
    )
    taken = []
    for delivery in session.scalars(wanted).all():
        if counts[delivery.webhook_id] >= most:
            continue
        claimed = _claim(session, event, keys, delivery, now)
        if claimed is not None:
            counts[delivery.webhook_id] += 1
            taken.append(claimed)
    return taken


def post(caller: Caller, claimed: Claimed, now: datetime) -> Answered:
    """Post a message to its webhook; it touches no database, and may be run in a thread."""
    try:
        secret = read_secret(claimed.secret)
        if not claimed.url:
            return Answered(None, "unreadable")
        headers = signed_headers(secret, message_id(str(claimed.message_id)), now, claimed.body)
        answer = caller.post(claimed.url, claimed.body, headers, BOUNDS)
    except DestinationRefused as refused:
        return Answered(None, refused.reason)
    except CallFailed as failed:
        return Answered(None, failed.problem)
    text = answer.body.decode(errors="replace")
    shown = "".join(sign if sign.isprintable() else " " for sign in text)[:_LONGEST_ANSWER]
    wait_s = asked_to_wait_s(answer.headers.get("retry-after", ""))
    return Answered(answer.status, shown.strip(), wait_s)


def settle(
    session: Session, event: Event, claimed: Claimed, answered: Answered, now: datetime
) -> None:
    """Record what an attempt was answered; a webhook that fails for long is disabled."""
    values: dict[str, Any] = {
        "answered_at": now,
        "status": answered.status,
        "answer": answered.answer,
        "claimed_by": None,
    }
    if answered.is_success:
        values["state"] = DeliveryState.DELIVERED
    else:
        scattered = secrets.randbelow(1000) / 1000
        wait = wait_before(claimed.attempts, answered.wait_s, scattered)
        values["state"] = DeliveryState.FAILED if wait is None else DeliveryState.QUEUED
        values["next_try_at"] = now if wait is None else now + wait
    changed = session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == claimed.id, WebhookDelivery.claimed_by == claimed.mark)
        .values(**values)
    )
    if changed.rowcount == 1:  # type: ignore[attr-defined]
        _note_health(session, event, claimed, answered, now)


def left_to_deliver(session: Session, event_id: int) -> int:
    """Return how many messages of an event wait, whenever they are due."""
    waiting = select(func.count()).where(
        WebhookDelivery.event_id == event_id,
        WebhookDelivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING)),
        _MAY_LEAVE,
    )
    return session.scalars(waiting).one()


def _claim(
    session: Session, event: Event, keys: Keys, delivery: WebhookDelivery, now: datetime
) -> Claimed | None:
    mark = secrets.token_hex(_MARK_BYTES)
    taken = session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == delivery.id, WebhookDelivery.state == DeliveryState.QUEUED)
        .values(
            state=DeliveryState.SENDING,
            claimed_by=mark,
            claimed_at=now,
            attempts=WebhookDelivery.attempts + 1,
        )
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return None
    webhook = session.get_one(Webhook, delivery.webhook_id)
    reach = reach_of(keys, webhook)
    return Claimed(
        delivery.id,
        webhook.id,
        mark,
        delivery.attempts + 1,
        delivery.message_id,
        body_of(delivery.kind, delivery.happened_at, _told(session, event, webhook, delivery)),
        reach.url if reach else "",
        reach.secret if reach else "",
    )


def _told(
    session: Session, event: Event, webhook: Webhook, delivery: WebhookDelivery
) -> dict[str, Any]:
    """Return what a message tells: numbers, and the names as they are now where they are told."""
    data = delivery.data
    told: dict[str, Any] = {"event": event.slug} | data
    if not webhook.tells_names:
        return told
    named: dict[str, Participant | Delegation | Gate | None] = {
        "participant": session.get(Participant, data.get("participant_id", 0)),
        "delegation": session.get(Delegation, data.get("delegation_id", 0)),
        "gate": session.get(Gate, data.get("gate_id", 0)),
    }
    names = {of: {"name": one.name, "name_ar": one.name_ar} for of, one in named.items() if one}
    return told | names


def _note_health(
    session: Session, event: Event, claimed: Claimed, answered: Answered, now: datetime
) -> None:
    webhook = session.get_one(Webhook, claimed.webhook_id)
    if answered.is_success:
        if webhook.failing_since is not None:
            webhook.failing_since = None
        return
    webhook.failing_since = webhook.failing_since or now
    is_gone = answered.status == GONE
    if is_gone or now - webhook.failing_since >= FAILS_AT_MOST:
        why = WhyDisabled.GONE if is_gone else WhyDisabled.FAILING
        disable_webhook(session, event, webhook.id, operator_id=None, now=now, why=why)
