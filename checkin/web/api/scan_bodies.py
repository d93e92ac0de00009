"""The bodies of scans: one, many, and taking one back."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Source, Status
from checkin.web.api.schemas import Body, Moment, PlainText
from checkin.web.api.status_bodies import StopMessages

MAX_BATCH = 500


class ScanRequest(Body):
    """One reading of a code."""

    scan_id: UUID
    code: str = Field(max_length=4096, examples=["MZ0HQF9JMTDJY5GSXKPXKMANVXRM8"])
    type: Direction
    scanned_at: Moment = Field(description="What the device's clock said.")
    source: Source
    force: bool | None = False
    force_reason: PlainText | None = Field(default=None, max_length=500)
    supervisor_pin: PlainText | None = Field(
        default=None,
        max_length=20,
        description="Needed with force: it names who answers. Until somebody has a PIN a live scan "
        "with force is refused (403 no_pins).",
    )


class LiveScan(ScanRequest):
    """One reading that asks to be decided now."""

    device_time: Moment | None = Field(
        default=None,
        description="What the clock that read the code says now: a scan that waited is dated by "
        "it. Without it the scan is dated on its arrival.",
    )


class Person(Body):
    """A participant as the gate sees them."""

    id: int
    name: str
    name_ar: str | None
    category: str
    category_ar: str | None


class DelegationArrivals(Body):
    """A delegation's arrivals against its quota."""

    id: int
    name: str
    name_ar: str | None
    arrived: int
    quota: int


class FirstAdmission(Body):
    """When and where a participant was first admitted."""

    at: datetime
    gate: str


class ScanReply(Body):
    """What became of one scan.

    `stop` has the organiser's words by language where it was refused because entries are stopped:
    show these instead of a sentence of your own. With `rehearsal` it was a practice badge: nothing
    was written down, and the gate says so.
    """

    scan_id: UUID
    status: Status
    reason: Reason | None
    message: str
    participant: Person | None
    delegation: DelegationArrivals | None
    first_admission: FirstAdmission | None
    stop: StopMessages | None = None
    replayed: bool
    server_time: datetime
    rehearsal: bool = False


class DecidedOffline(Body):
    """What the device had answered by itself."""

    status: Status
    reason: Reason | None = None


class BatchedScan(ScanRequest):
    """One reading of a batch."""

    decided: DecidedOffline
    lease_id: UUID | None = Field(
        default=None, description="The lease by which the device let the person in."
    )


class BatchRequest(Body):
    """Readings that were decided offline."""

    device_time: Moment = Field(description="What the device's clock says now.")
    scans: list[BatchedScan] = Field(max_length=MAX_BATCH)


class BatchResult(Body):
    """What became of one scan of a batch; matched by scan_id, never by order."""

    scan_id: UUID
    status: Status
    reason: Reason | None
    conflict: bool
    replayed: bool
    error: Literal["scan_id_conflict"] | None = Field(
        default=None, description="Not recorded: this scan_id was used for another scan."
    )


class BatchReply(Body):
    """What became of a batch."""

    results: list[BatchResult]
    server_time: datetime


class AnnulRequest(Body):
    """Why a scan is taken back."""

    reason: PlainText = Field(min_length=1, max_length=500)
    supervisor_pin: PlainText | None = Field(default=None, max_length=20)


class AnnulReply(Body):
    """An annulled scan."""

    scan_id: UUID
    annulled_at: datetime
    server_time: datetime
