"""Write a list of people with what became of their e-mail, to reach them otherwise, as CSV."""

from __future__ import annotations

from typing import Any

from checkin.db.models import Event, Lane
from checkin.services.mail.delivery_report import (
    Chosen,
    Delivery,
    Reached,
    count_of_chosen,
    each_by_delivery,
)
from checkin.services.spreadsheets.writing import RowCount
from checkin.worker.context import JobContext, Kind
from checkin.worker.work.people_files import write_people

COLUMNS = ("number", "delegation", "name", "name_ar", "phone", "email", "delivery", "printed")


def write(context: JobContext) -> dict[str, Any]:
    """Write the list of the job's event; its arguments are those of `Chosen`, and
    `by_coordinator`. The argument `language` is that of its headings and states.

    Returns:
        `people`: how many are on the list.
    """
    given = context.arguments
    chosen = Chosen(
        wanted={Delivery(one) for one in given["wanted"]},
        delegation_id=given["delegation_id"],
        printed=given["printed"],
        seen_at=context.clock() if given.get("by_coordinator") else None,
    )
    with context.database.snapshot() as session:
        event = session.get_one(Event, context.claimed.event_id)
        language = given.get("language") or event.language
        counted = RowCount(count_of_chosen(session, event, chosen), context.progress)
        people = counted(each_by_delivery(session, event, chosen))
        with context.add_file("people.csv", "text/csv; charset=utf-8") as file:
            return {"people": write_people(file, COLUMNS, map(_row, people), language)}


DELIVERY_LIST = Kind("delivery_list", Lane.OFFICE, write, downloaded="mail.people")


def _row(one: Reached) -> dict[str, Any]:
    person = one.participant
    return {
        "number": person.id,
        "delegation": one.delegation.name,
        "name": person.name,
        "name_ar": person.name_ar,
        "phone": person.phone,
        "email": person.email,
        "delivery": one.delivery,
        "printed": "yes" if one.printed else "no",
    }
