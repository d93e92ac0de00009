"""The bodies of buses: opening a list, and taking a bus back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from checkin.web.api.bodies.schemas import Body, PlainText

#: more than a bus has seats
MAX_SCANS = 500
_NAMES = ("code", "bus_id")


class BusRequest(Body):
    """Which list to open: exactly one of `code` and `bus_id` says it."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [one]} for one in _NAMES]})

    code: PlainText | None = Field(
        default=None, max_length=4096, description="Of the badge of somebody who leads the bus."
    )
    bus_id: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="Of a bus that a search has found."
    )

    @model_validator(mode="after")
    def _names_one_bus(self) -> Self:
        if sum(getattr(self, one) is not None for one in _NAMES) != 1:
            raise ValueError(f"send exactly one of {' and '.join(_NAMES)}")
        return self


class BusPassenger(Body):
    """Somebody on the list of a bus: what their badge's entry of the gate list tells, and more."""

    model_config = ConfigDict(extra="allow")

    ref: str = Field(description="The badge_ref of a working badge.")
    participant: dict[str, Any]
    standing: str
    blocked: bool
    arrived_at: datetime | None


class BusReply(Body):
    """The list of a bus, its passengers by name.

    In the gate list the badge of a leader opens the same, without `arrived_at`.
    """

    bus: dict[str, Any]
    delegation: dict[str, Any]
    people: list[BusPassenger]
    server_time: datetime


class AnnulManyRequest(Body):
    """Which scans are taken back, and why."""

    scan_ids: list[UUID] = Field(min_length=1, max_length=MAX_SCANS)
    reason: PlainText = Field(min_length=1, max_length=500)
    supervisor_pin: PlainText | None = Field(default=None, max_length=20)


class AnnulManyReply(Body):
    """The scans that are annulled now; the others stay as they are."""

    annulled: list[UUID]
    server_time: datetime
