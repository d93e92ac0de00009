"""What every page of a hub says: whose hub it is, and whether the central server is reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from checkin.db.models import Event
from checkin.services.hub.bringing import scans_waiting
from checkin.services.hub.upstream import upstream
from checkin.web.site.state import marhaba

#: after so long without an exchange people are told
_CUT_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class HubLine:
    """The state of a hub's line.

    Attributes:
        exchanged_at: the last exchange that succeeded; None before any.
        waiting: scans that the central server does not have.
        refused: names of the walk-ins whom the central server does not register.
        timezone: of the event.
    """

    name: str
    exchanged_at: datetime | None
    is_cut: bool
    waiting: int
    refused: list[str]
    timezone: str


def hub_line() -> HubLine | None:
    """Return the state of this hub's line; None where this is no hub."""
    state = marhaba()
    if not state.central_url:
        return None
    with state.database.read() as session:
        link = upstream(session)
        event = session.get_one(Event, link.event_id)
        at = link.exchanged_at
        is_cut = at is None or datetime.now(UTC) - at > _CUT_AFTER
        return HubLine(link.name, at, is_cut, scans_waiting(session), link.refused, event.timezone)
