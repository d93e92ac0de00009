"""Send an event's messages by WhatsApp and SMS: claim, hand over, record, several at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Event
from checkin.domain.channels.answers import RESTS_S, ChannelFault, Handed
from checkin.domain.channels.gateways import STOP, ChannelSettings, Stop, decide_channels
from checkin.domain.channels.reach import BY_TELEPHONE, Channel
from checkin.domain.mail.rules import Fate
from checkin.services.channels.channel_settings import secret_of
from checkin.services.channels.gateways import BOUNDS, handed_over
from checkin.services.channels.parcels import parcel_for
from checkin.services.common.activity import note
from checkin.services.common.installation_settings import keep_setting, kept_settings
from checkin.services.common.keys import Keys
from checkin.services.mail.claims import (
    Claimed,
    NoClaim,
    begin_handing_over,
    claim_for,
    recover_stale,
    settle,
)
from checkin.services.mail.outcomes import LEFT, Outcome
from checkin.services.mail.waiting import is_due_by_telephone
from checkin.services.network.outgoing import Bounds, Caller

#: of an event, so that a gateway that answers slowly does not keep everybody waiting
AT_ONCE = 8
#: after so many faults in a row the gateway is in trouble, and is left alone for a while
_TROUBLED_AFTER = 2 * AT_ONCE
_LOOK_AGAIN_S = 0.5


@dataclass
class TelephoneOffice:
    """Everything that is needed to send an event's messages to telephones.

    Attributes:
        base_url: where this server is reached, for the links.
        rests: until when nothing leaves by a channel, because its gateway has said so.
        faults: how many faults each gateway has had in a row.
    """

    database: Database
    event: Event
    keys: Keys
    base_url: str
    caller: Caller
    clock: Callable[[], datetime]
    threads: ThreadPoolExecutor
    bounds: Bounds = BOUNDS
    name: str = field(default_factory=lambda: uuid4().hex)
    rests: dict[Channel, datetime] = field(default_factory=dict)
    faults: Counter[Channel] = field(default_factory=Counter)


@contextmanager
def opened_telephone_office(
    database: Database,
    keys: Keys,
    event: Event,
    *,
    base_url: str,
    caller: Caller,
    clock: Callable[[], datetime],
    bounds: Bounds = BOUNDS,
) -> Iterator[TelephoneOffice]:
    """Open what sends to telephones, with its threads."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield TelephoneOffice(database, event, keys, base_url, caller, clock, threads, bounds)


def is_any_due(office: TelephoneOffice) -> bool:
    """Say whether a message could leave by one of the channels now."""
    now = office.clock()
    with office.database.read() as session:
        resting = [one for one, until in office.rests.items() if until > now]
        return is_due_by_telephone(session, office.event, now, resting)


def send_to_telephones(
    office: TelephoneOffice,
    *,
    sent: Callable[[Outcome], None] = lambda _outcome: None,
    carry_on: Callable[[], bool] = lambda: True,
) -> None:
    """Send what is due, until nothing is, or every channel with something due rests or is stopped.

    Args:
        sent: called after each message, for progress.
        carry_on: called before each message; False ends the run once nothing is under way.
    """
    recovering = partial(recover_stale, event=office.event, now=office.clock())
    in_transaction(office.database, recovering)
    _Run(office, sent).until_none_is_due(carry_on)


class _Run:
    """One run: this thread speaks with the database, the others with the gateways."""

    def __init__(self, office: TelephoneOffice, sent: Callable[[Outcome], None]) -> None:
        self._office, self._sent = office, sent
        self._under_way: dict[Future[Handed], tuple[Channel, Claimed]] = {}

    def until_none_is_due(self, carry_on: Callable[[], bool]) -> None:
        try:
            while (carry_on() and self._hand_over_more()) or self._under_way:
                self._settle_some()
        finally:
            while self._under_way:  # what is under way may have arrived
                self._settle_some()

    def _hand_over_more(self) -> bool:
        """Fill the places that are free; False if nothing could be begun."""
        began = False
        while len(self._under_way) < AT_ONCE and self._begin_next():
            began = True
        return began

    def _begin_next(self) -> bool:
        office = self._office
        with office.database.read() as session:
            event = session.get_one(Event, office.event.id)
            settings = decide_channels(kept_settings(session))
            usable = settings.for_event(is_sensitive=event.sensitive).tried
        for channel in (one for one in usable if one in BY_TELEPHONE):
            if channel in settings.stops or self._rests(channel):
                continue
            claiming = partial(
                claim_for, event=event, channel=channel, name=office.name, now=office.clock()
            )
            claimed = in_transaction(office.database, claiming)
            if not isinstance(claimed, NoClaim):
                self._begin(event, settings, channel, claimed)
                return True
        return False

    def _begin(
        self, event: Event, settings: ChannelSettings, channel: Channel, claimed: Claimed
    ) -> None:
        office = self._office
        if claimed.why_not:
            self._record(channel, claimed, Handed(Fate.FAILED, f"not sent: {claimed.why_not}"))
            return
        with office.database.read() as session:
            parcel = parcel_for(session, event, office.keys, claimed, office.base_url)
            secret = secret_of(session, office.keys, settings, channel)
        if secret is None:
            self._record(channel, claimed, Handed(Fate.HALTED, "", ChannelFault.SECRET))
            return
        hand_over = partial(
            handed_over, office.caller, settings, channel, secret, bounds=office.bounds
        )
        beginning = partial(begin_handing_over, claimed=claimed, now=office.clock())
        if not in_transaction(office.database, beginning):
            self._record(channel, claimed, Handed(LEFT.fate, LEFT.answer))
            return
        self._under_way[office.threads.submit(hand_over, parcel=parcel)] = (channel, claimed)

    def _settle_some(self) -> None:
        if not self._under_way:
            return
        done, _open = wait(self._under_way, _LOOK_AGAIN_S, FIRST_COMPLETED)
        for one in done:
            channel, claimed = self._under_way.pop(one)
            self._record(channel, claimed, one.result())

    def _record(self, channel: Channel, claimed: Claimed, handed: Handed) -> None:
        office, now = self._office, self._office.clock()
        rest_s = self._rest_s(channel, handed)
        if rest_s:
            office.rests[channel] = now + timedelta(seconds=rest_s)
        waits = timedelta(seconds=rest_s) if handed.rest_s else None
        outcome = Outcome(handed.fate, handed.answer, wait=waits)

        def record(session: Session) -> None:
            settle(session, claimed, outcome, now)
            if handed.fault is not None:
                _stop(session, office.event, channel, Stop(handed.fault, handed.answer), now)

        in_transaction(office.database, record)
        if outcome.fate not in (Fate.LEFT, Fate.HALTED):
            self._sent(outcome)

    def _rest_s(self, channel: Channel, handed: Handed) -> float:
        """Return how long the channel is to rest after this; a gateway in trouble is left alone."""
        faults = self._office.faults
        faults[channel] = faults[channel] + 1 if handed.fate is Fate.LATER else 0
        if faults[channel] >= _TROUBLED_AFTER:
            faults[channel] = 0
            return max(handed.rest_s, RESTS_S)
        return handed.rest_s

    def _rests(self, channel: Channel) -> bool:
        until = self._office.rests.get(channel)
        return until is not None and until > self._office.clock()


def _stop(session: Session, event: Event, channel: Channel, stop: Stop, now: datetime) -> None:
    """Let nothing more leave by a channel until somebody has mended it."""
    if STOP[channel] in kept_settings(session):
        return
    keep_setting(session, STOP[channel], stop.text)
    note(session, event.id, "mail.channel_stop", now, channel=channel, fault=stop.fault)
