"""Put the messages of an announcement into the outbox, and list whom no e-mail reaches."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from checkin.db.engine import in_transaction
from checkin.db.models import Announcement, Delegation, Event, Lane, Participant
from checkin.services.messages.recipients import count_otherwise, people_otherwise, reach_of
from checkin.services.messages.sending import ANNOUNCE as NAME
from checkin.services.messages.sending import BATCH, Batch, all_queued, queue_batch
from checkin.services.spreadsheets.writing import RowCount
from checkin.worker.context import JobContext, Kind
from checkin.worker.work.people_files import write_people

COLUMNS = ("number", "delegation", "name", "name_ar", "phone", "email")


def announce(context: JobContext) -> dict[str, Any]:
    """Put the messages of an announcement into the outbox, and have them sent.

    It goes on where an earlier attempt was: whoever has a message of it gets no second one.

    Returns:
        `messages`: how many this attempt has added.
    """
    number: int = context.arguments["announcement"]
    with context.database.read() as session:
        event = session.get_one(Event, context.claimed.event_id)
        total = reach_of(session, session.get_one(Announcement, number)).left
    messages, after, most = 0, 0, BATCH[context.database.dialect]
    while batch := _next_batch(context, event, number, after, most):
        messages, after = messages + batch.messages, batch.last
        context.progress(messages, max(total, messages))
        if batch.messages < most:
            context.at_end(
                partial(
                    all_queued,
                    keys=context.keys,
                    event=event,
                    announcement_id=number,
                    operator_id=context.claimed.operator_id,
                    endpoint="delivery.send",
                    now=context.clock(),
                )
            )
            break
    return {"messages": messages}


def write_list(context: JobContext) -> dict[str, Any]:
    """Write the participants whom an announcement concerns and no e-mail reaches, as CSV.

    The argument `language` is that of its headings.

    Returns:
        `people`: how many are on the list.
    """
    with context.database.snapshot() as session:
        announcement = session.get_one(Announcement, context.arguments["announcement"])
        event = session.get_one(Event, announcement.event_id)
        language = context.arguments.get("language") or event.language
        counted = RowCount(count_otherwise(session, announcement), context.progress)
        people = counted(people_otherwise(session, announcement))
        with context.add_file("people.csv", "text/csv; charset=utf-8") as file:
            rows = (_row(*one) for one in people)
            return {"people": write_people(file, COLUMNS, rows, language)}


#: in the lane of the mail, because it may be interrupted as often as sending
ANNOUNCE = Kind(NAME, Lane.MAIL, announce)
ANNOUNCEMENT_LIST = Kind("announcement_list", Lane.OFFICE, write_list, downloaded="message.people")


def _next_batch(
    context: JobContext, event: Event, number: int, after: int, most: int
) -> Batch | None:
    work = partial(
        queue_batch,
        event=event,
        announcement_id=number,
        after=after,
        most=most,
        now=context.clock(),
    )
    began = time.monotonic()
    batch = in_transaction(context.database, work)
    if context.database.dialect == "sqlite":  # its lock is the scans' for as long as it was ours
        time.sleep(time.monotonic() - began)
    return batch


def _row(person: Participant, delegation: Delegation) -> dict[str, Any]:
    return {
        "number": person.id,
        "delegation": delegation.name,
        "name": person.name,
        "name_ar": person.name_ar,
        "phone": person.phone,
        "email": person.email,
    }
