"""The bodies of the live counts: the state that a device reports, and the counts of its event."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from checkin.domain.scanning.facts import WithoutBadge
from checkin.web.api.bodies.schemas import Body, EventName, GateName, Moment


class StatusQuery(Body):
    """What a device tells of itself while it asks: boards show it."""

    waiting: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        strict=False,
        description="Scans that it has read and not yet brought here.",
    )
    device_time: Moment | None = Field(default=None, description="What its clock says.")
    battery: int | None = Field(
        default=None,
        ge=0,
        le=100,
        strict=False,
        description="How full its battery is, in percent; left out where it has none.",
    )
    charging: bool = Field(
        default=False, strict=False, description="Whether it is on the mains, with `battery`."
    )
    set_aside: int | None = Field(
        default=None, ge=0, le=1_000_000, strict=False, description="Scans that it has set aside."
    )
    turn: int | None = Field(
        default=None,
        ge=1,
        le=2**53,
        strict=False,
        description="Its heartbeats, counted on its disk: by it two copies of that are found out.",
    )
    run: str = Field(
        default="", max_length=32, description="Of its program, random; given with `turn`."
    )
    lost: bool = Field(
        default=False,
        strict=False,
        description="What it kept was damaged or gone when it was started; until it is answered.",
    )
    saved: int = Field(
        default=0,
        ge=0,
        le=1_000_000,
        strict=False,
        description="Scans that it has read out of what was damaged, with `lost`.",
    )


class Figures(Body):
    """Counts of people; `arrived` is all of the registered, of the reserve list and canceled."""

    quota: int
    registered: int
    waiting: int = Field(description="On the reserve list.")
    arrived: int = Field(description="All who came in, whatever their registration is now.")
    arrived_registered: int
    arrived_reserve: int
    arrived_canceled: int
    arrived_others: int = Field(description="arrived_reserve and arrived_canceled.")
    missing: int = Field(description="registered without arrived_registered.")
    inside: int
    without_place: int = Field(description="Let in without a place of the quota.")
    percent: int = Field(description="arrived_registered of registered, rounded down.")


class Totals(Figures):
    """Counts over all delegations."""

    refused: int


class DelegationStatus(Figures):
    """One delegation's counts."""

    id: int
    name: str
    name_ar: str | None
    last_arrival_at: datetime | None


class GateStatus(Body):
    """One gate's counts."""

    id: int
    name: str
    arrived: int
    refused: int
    last_scan_at: datetime | None


class CategoryName(Body):
    """A category, by whose name a walk-in is registered."""

    name: str
    name_ar: str | None


class HelpCallStatus(Body):
    """A call for help, and when an operator took it; null: nobody has yet."""

    called_at: datetime
    taken_at: datetime | None


class DeviceName(Body):
    """The device that asks."""

    id: int
    gate: GateName
    event: EventName
    overrides: bool = Field(
        description="Whether anybody has a PIN: without one every override is refused.",
    )
    help_desk: bool = Field(
        default=False,
        description="It may hold the people of the event, and searches them without the network.",
    )
    without_badge: WithoutBadge = Field(
        description="Who may admit a registered person who shows no badge; supervisors do it by "
        "their PIN, which the scan gives.",
    )
    categories: list[CategoryName] = Field(description="The event's, for walk-ins, in their order.")
    kiosk: bool = Field(
        description="Nobody stands at it: searches, walk-ins, overrides and undoing are refused.",
    )
    help: HelpCallStatus | None = Field(
        description="Its call for help that is open, or was taken a few minutes ago.",
    )
    send_again: datetime | None = Field(
        description="When an organiser last asked it to send what it has set aside; obeyed once.",
    )


class StopMessages(Body):
    """What people are told, in each language."""

    fr: str
    ar: str
    en: str


class EntryStop(Body):
    """An order to admit nobody at any gate: online scans are refused with its message."""

    since: datetime
    messages: StopMessages


class DayStatus(Body):
    """One day's counts."""

    day: int
    starts_at: datetime
    ends_at: datetime
    arrived: int
    refused: int


class StatusReply(Body):
    """The live counts of the present day, and the stop of all entries while there is one."""

    device: DeviceName
    event: EventName
    stop: EntryStop | None
    day: int = Field(description="The day of the event that all counts are of.")
    days: list[DayStatus]
    totals: Totals
    delegations: list[DelegationStatus]
    gates: list[GateStatus]
    at: datetime
    version: str = Field(description="Of the server: a new one may take what was set aside.")
    rehearsal: bool = False
