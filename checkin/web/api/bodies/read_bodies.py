"""The bodies of what other programs read with a token."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from checkin.services.integrations.reading import MOST_ROWS
from checkin.web.api.bodies.schemas import Body, EventName
from checkin.web.api.bodies.status_bodies import (
    DayStatus,
    DelegationStatus,
    EntryStop,
    GateStatus,
    Totals,
)


class PageQuery(Body):
    """Which page of a list is asked for."""

    after: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        strict=False,
        description="The number of the last row that is known: `next` of the page before.",
    )
    limit: int = Field(
        default=MOST_ROWS, ge=1, le=MOST_ROWS, strict=False, description="The most rows."
    )


class TokenReply(Body):
    """What a token may read, and until when."""

    name: str
    event: str
    scopes: list[str]
    expires_at: datetime


class CountsReply(Body):
    """The counts of the present day, as `/api/v1/status` has them."""

    event: EventName
    stop: EntryStop | None
    day: int
    days: list[DayStatus]
    totals: Totals
    delegations: list[DelegationStatus]
    gates: list[GateStatus]
    at: datetime


class ReadPerson(Body):
    """A person; `email` and `phone` only for a token that may read contacts."""

    id: int
    name: str | None
    name_ar: str | None
    delegation_id: int
    delegation: str
    category: str
    status: str = Field(description="confirmed, reserve or canceled.")
    email: str | None = None
    phone: str | None = None


class PeopleReply(Body):
    """A page of people by number."""

    people: list[ReadPerson]
    next: int | None = Field(description="`after` of the next page; null: there is none.")


class ReadArrival(Body):
    """The first entry of a person on a day."""

    id: int
    participant_id: int
    delegation_id: int
    gate_id: int
    day: int
    arrived_at: datetime
    annulled_at: datetime | None = Field(description="When it was undone; null: it counts.")


class ArrivalsReply(Body):
    """A page of arrivals by number."""

    arrivals: list[ReadArrival]
    next: int | None = Field(
        description="`after` of the next page; null: there is none now. Ask again later with the "
        "last `id`."
    )
