"""What the headings of uploaded lists mean, remembered for the lists that follow."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from checkin.db.models import Event, ListHeading
from checkin.domain.people.importing.sheets import MEANINGS

#: of an event; those beyond are asked about each time
MOST_HEADINGS = 500


def remembered_headings(session: Session, event: Event) -> dict[str, str]:
    """Return what headings mean, by `heading_keys`; "" for columns that are left out."""
    rows = session.execute(
        select(ListHeading.heading, ListHeading.meaning).where(ListHeading.event_id == event.id)
    )
    return {heading: meaning for heading, meaning in rows if meaning in MEANINGS or not meaning}


def remember_headings(session: Session, event: Event, meanings: Mapping[str, str]) -> None:
    """Remember what headings mean; what was said of others before stays."""
    session.execute(
        delete(ListHeading).where(
            ListHeading.event_id == event.id, ListHeading.heading.in_(meanings)
        )
    )
    room = MOST_HEADINGS - len(remembered_headings(session, event))
    rows = [
        {"event_id": event.id, "heading": heading, "meaning": meaning}
        for heading, meaning in list(meanings.items())[: max(room, 0)]
    ]
    if rows:
        session.execute(insert(ListHeading), rows)
