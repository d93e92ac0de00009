"""Deliver what an event's webhooks are to be told, several messages at once."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Event, Lane
from checkin.services.integrations.deliveries import (
    BOUNDS,
    WEBHOOKS,
    Answered,
    Claimed,
    claim,
    events_to_deliver,
    left_to_deliver,
    post,
    recover_stale,
    settle,
    start_delivering,
)
from checkin.services.jobs.files import JobEnded
from checkin.worker.context import JobContext, Kind, Tools

#: of one webhook, so that a slow receiver keeps back no other's
AT_ONCE = 4
_THREADS = 4 * AT_ONCE
#: after the last message the job looks for more for so long: people arrive one after the other
LINGER_S = 20.0
_LOOK_AGAIN_S = 0.5


def deliver(context: JobContext) -> dict[str, Any]:
    """Deliver what is due at the job's event, and what comes meanwhile.

    What is to be tried again later is left to a later job.

    Returns:
        How many messages were delivered, and how many attempts failed.
    """
    event_id = context.claimed.event_id
    if event_id is None:
        return {}
    with context.database.read() as session:
        event = session.get_one(Event, event_id)
    in_transaction(context.database, partial(recover_stale, event_id=event.id, now=context.clock()))
    with ThreadPoolExecutor(_THREADS) as threads:
        return _Delivering(context, event, threads).until_none_is_due()


WEBHOOK_DELIVERY = Kind(WEBHOOKS, Lane.MAIL, deliver, ends_within_s=BOUNDS.total_s + 3)


def deliver_to_webhooks(tools: Tools) -> None:
    """Ask for a job wherever something is due that nobody delivers."""
    now = tools.clock()
    with tools.database.read() as session:
        event_ids = events_to_deliver(session, now)
    for event_id in event_ids:
        in_transaction(tools.database, partial(_start, tools=tools, event_id=event_id))


def _start(session: Session, tools: Tools, event_id: int) -> None:
    start_delivering(session, tools.keys, event_id, tools.clock())


class _Delivering:
    """The work of one job: this thread speaks with the database, the others with receivers."""

    def __init__(self, context: JobContext, event: Event, threads: ThreadPoolExecutor) -> None:
        self._context, self._event, self._threads = context, event, threads
        self._caller = context.settings.caller
        self._sent: dict[Future[Answered], Claimed] = {}
        self._counts: Counter[str] = Counter()
        self._left, self._counted_at = 0, float("-inf")

    def until_none_is_due(self) -> dict[str, Any]:
        """Deliver until nothing has been due for a while, and return the counts."""
        idle_since = time.monotonic()
        try:
            while True:
                if self._take_more() or self._sent:
                    idle_since = time.monotonic()
                    self._settle_some(_LOOK_AGAIN_S)
                elif time.monotonic() - idle_since >= LINGER_S:
                    break
                else:
                    self._context.rest(_LOOK_AGAIN_S)
                self._tell()
        except JobEnded:
            while self._sent:  # what is under way may have arrived
                self._settle_some(BOUNDS.total_s + 1)
            raise
        return dict(self._counts)

    def _take_more(self) -> bool:
        room = _THREADS - len(self._sent)
        if room < AT_ONCE:
            return False
        busy = Counter(claimed.webhook_id for claimed in self._sent.values())
        now = self._context.clock()
        taking = partial(
            claim, event=self._event, keys=self._context.keys, busy=busy, now=now, most=AT_ONCE
        )
        taken = in_transaction(self._context.database, taking)
        for claimed in taken:
            self._sent[self._threads.submit(post, self._caller, claimed, now)] = claimed
        return bool(taken)

    def _settle_some(self, within_s: float) -> None:
        if not self._sent:
            return
        done, _open = wait(self._sent, within_s, FIRST_COMPLETED)
        answers = [(self._sent.pop(one), one.result()) for one in done]
        if answers:
            in_transaction(self._context.database, partial(self._record, answers))
        for _claimed, answered in answers:
            self._counts["delivered" if answered.is_success else "failed"] += 1

    def _record(self, answers: list[tuple[Claimed, Answered]], session: Session) -> None:
        event = session.get_one(Event, self._event.id)
        for claimed, answered in answers:
            settle(session, event, claimed, answered, self._context.clock())

    def _tell(self) -> None:
        if time.monotonic() - self._counted_at >= _LOOK_AGAIN_S:
            with self._context.database.read() as session:
                self._left = left_to_deliver(session, self._event.id)
            self._counted_at = time.monotonic()
        done = self._counts["delivered"]
        self._context.progress(done, done + self._left)
