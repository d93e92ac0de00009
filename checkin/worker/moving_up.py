"""Confirm people of the reserve lists when places become free, and tell who is to be told."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Event
from checkin.domain.network.addresses import OnlyThisMachine
from checkin.errors import EventPurged
from checkin.services.common.locks import stop_admissions
from checkin.services.mail.sending_job import events_to_tell, start_telling
from checkin.services.people.reserve_list import events_to_move_up, move_up_everywhere
from checkin.worker.context import Tools

#: whoever may ask for a sending may see how this one goes
_ENDPOINT = "delivery.send"


def move_people_up(tools: Tools) -> None:
    """Confirm whoever waits although a place is free, in all events.

    A place becomes free so when a device is silent for longer than its lease lasts.
    """
    now = tools.clock()
    with tools.database.read() as session:
        event_ids = events_to_move_up(session, now)
    for event_id in event_ids:
        with suppress(EventPurged):  # meanwhile
            in_transaction(tools.database, partial(_move_up, event_id, now))


def tell_people(tools: Tools) -> None:
    """Send the messages that were queued without anybody asking for a sending, in all events.

    People move up so: after a raised quota, a correction or a merge, on a page or by a command. And
    badges of a delegation's link are given out so, when their minutes are over.
    """
    now = tools.clock()
    with tools.database.read() as session:
        event_ids = events_to_tell(session, now)
        is_told = bool(event_ids) and _may_send(tools, session)
    for event_id in event_ids if is_told else ():
        with suppress(EventPurged):
            in_transaction(tools.database, partial(_tell, tools, event_id, now))


def _move_up(event_id: int, now: datetime, session: Session) -> None:
    stop_admissions(session.connection(), event_id)
    move_up_everywhere(session, session.get_one(Event, event_id), now)


def _tell(tools: Tools, event_id: int, now: datetime, session: Session) -> None:
    event = session.get_one(Event, event_id)
    start_telling(session, tools.keys, event, endpoint=_ENDPOINT, operator_id=None, now=now)


def _may_send(tools: Tools, session: Session) -> bool:
    """Say whether others than this machine understand the address that messages lead to.

    Otherwise they wait, and *Delivery* says why.
    """
    try:
        tools.settings.mail_sender(session)
    except OnlyThisMachine:
        return False
    return True
