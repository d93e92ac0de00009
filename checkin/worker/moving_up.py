"""Confirm people of the reserve lists when places become free without a request coming in."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Event
from checkin.domain.network.addresses import OnlyThisMachine
from checkin.services.common.locks import stop_admissions
from checkin.services.mail.sending_job import start_telling
from checkin.services.mail.waiting import left_to_send
from checkin.services.people.reserve_list import events_to_move_up, move_up_everywhere
from checkin.worker.context import Tools

#: whoever may ask for a sending may see how this one goes
_ENDPOINT = "delivery.send"


def move_people_up(tools: Tools) -> None:
    """Confirm whoever waits although a place is free, in all events, and tell them.

    A place becomes free so when a device is silent for longer than its lease lasts.
    """
    now = tools.clock()
    with tools.database.read() as session:
        event_ids = events_to_move_up(session, now)
    for event_id in event_ids:
        in_transaction(tools.database, partial(_move_up, tools, event_id, now))


def _move_up(tools: Tools, event_id: int, now: datetime, session: Session) -> None:
    stop_admissions(session.connection(), event_id)
    event = session.get_one(Event, event_id)
    if not move_up_everywhere(session, event, now):
        return
    if left_to_send(session, event) and _may_send(tools, session):
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
