"""The bodies of the HTTP contract v1."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from checkin.domain.verdicts import Reason


def _within_calendar(moment: datetime) -> datetime:
    # A flat CMOS battery says 1970 or 2000, and that is history too; year 1 or 9999 is a bug.
    if not 1970 <= moment.year <= 2200:
        raise ValueError("the year must be between 1970 and 2200")
    return moment.astimezone(UTC)


def _written_out(moment: object) -> object:
    # "4" would be taken for the fourth second of 1970.
    if not isinstance(moment, str) or moment[4:5] != "-":
        raise ValueError("write a moment like 2025-06-14T14:30:00Z")
    return moment


def _plain(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\t\n" for letter in text):
        raise ValueError("control characters are not allowed")
    return text


Moment = Annotated[
    AwareDatetime,
    Field(strict=False),  # it is text that becomes a moment; what is no text is refused before
    BeforeValidator(_written_out),
    AfterValidator(_within_calendar),
]
PlainText = Annotated[str, AfterValidator(_plain)]


class Body(BaseModel):
    """A JSON body; types are not guessed: \"1\" is not 1."""

    model_config = ConfigDict(strict=True)


class PairRequest(Body):
    """A device that asks to be paired."""

    pairing_code: PlainText = Field(min_length=1, max_length=40, examples=["7K3M9QXA"])
    device_name: PlainText = Field(min_length=1, max_length=100, examples=["Laptop 3"])
    software: PlainText = Field(min_length=1, max_length=100, examples=["marhaba-scanner 0.1"])


class GateName(Body):
    """A gate."""

    id: int
    name: str


class EventName(Body):
    """An event."""

    slug: str
    name: str
    timezone: str


class PairReply(Body):
    """A device's identity; the token is told this once."""

    device_id: int
    device_token: str
    gate: GateName
    event: EventName
    server_time: datetime


class WipedRequest(Body):
    """The token says who; nothing else is needed."""


class WipedReply(Body):
    """The server knows that a revoked device holds nothing any more."""

    wiped_at: datetime
    server_time: datetime


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


class ListQuery(Body):
    """Which part of the gate list to send."""

    since: str | None = Field(
        default=None,
        pattern="^[0-9]{1,18}$",
        description="The cursor of the list at hand: only what changed since is sent.",
    )


class Totals(Body):
    """Counts over all delegations."""

    quota: int
    registered: int
    arrived: int
    inside: int
    refused: int


class DelegationStatus(Body):
    """One delegation's counts."""

    id: int
    name: str
    name_ar: str | None
    quota: int
    registered: int
    arrived: int
    inside: int
    last_arrival_at: datetime | None


class GateStatus(Body):
    """One gate's counts."""

    id: int
    name: str
    arrived: int
    refused: int
    last_scan_at: datetime | None


class DeviceName(Body):
    """The device that asks."""

    id: int
    gate: GateName
    event: EventName


class StopMessages(Body):
    """What people are told, in each language."""

    fr: str
    ar: str
    en: str


class EntryStop(Body):
    """An order to admit nobody at any gate: online scans are refused with its message."""

    since: datetime
    messages: StopMessages


class StatusReply(Body):
    """The live counts of an event, and the stop of all entries while there is one."""

    device: DeviceName
    event: EventName
    stop: EntryStop | None
    totals: Totals
    delegations: list[DelegationStatus]
    gates: list[GateStatus]
    at: datetime
    rehearsal: bool = False


class ListEntry(Body):
    """One badge's encrypted entry."""

    tag: str
    sealed: str


class ListTombstone(Body):
    """A badge that is no longer good."""

    tag: str
    reason: Reason


class GateListReply(Body):
    """The signed gate list; apply tombstones before entries."""

    head: dict[str, Any]
    tombstones: list[ListTombstone]
    entries: list[ListEntry]
    public_key: str
    signature: str
