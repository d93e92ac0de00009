"""The bodies of scans: one, many, and taking one back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from checkin.domain.people.flags import FlagSymbol
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.next_steps import NextStep
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import WITHOUT_BADGE, Source, Status
from checkin.web.api.bodies.schemas import Body, GateName, Moment, PlainText
from checkin.web.api.bodies.status_bodies import StopMessages

MAX_BATCH = 500
#: what may name the badge that was read, or the person who was found without one
_NAMES = ("code", "participant_id", "badge_ref")
_FOUND_IN: dict[str, Any] = {"properties": {"source": {"enum": sorted(WITHOUT_BADGE)}}}


class ScanRequest(Body):
    """One reading of a badge, or one person who was found without a badge.

    Exactly one of `code`, `participant_id` and `badge_ref` names who it is about.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["code"]},
                {"required": ["participant_id"], **_FOUND_IN},
                {"required": ["badge_ref"]},
            ]
        }
    )

    scan_id: UUID
    code: str | None = Field(
        default=None, max_length=4096, examples=["MZ0HQF9JMTDJY5GSXKPXKMANVXRM8"]
    )
    badge_ref: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{32}$",
        description="Instead of the code, from a device that no longer has it: the 16 bytes of the "
        "badge's tag in the gate list, as lower-case hexadecimal. The answer to it names nobody.",
        examples=["2f1c9a0d5be84e7c8d1f6a3b90c7e452"],
    )
    participant_id: int | None = Field(
        default=None,
        ge=1,
        le=2**31 - 1,
        description="Instead of the code, for a registered person without a badge, with the source "
        "`search` or `bus`. The verdicts are those of the badge; where the event wants a badge or "
        "a PIN and gets none, `badge_required`. A live scan from the search counts the person as "
        "shown (429 search_budget) unless a search has shown them within the hour; from a bus its "
        "answer names only whom a search has shown.",
    )
    type: Direction
    scanned_at: Moment = Field(description="What the device's clock said.")
    source: Source
    force: bool | None = False
    force_reason: PlainText | None = Field(default=None, max_length=500)
    supervisor_pin: PlainText | None = Field(
        default=None,
        max_length=20,
        description="Needed with force: it names who answers. Until somebody has a PIN a live scan "
        "with force is refused (403 no_pins). Without force it admits a person without a badge "
        "where the event leaves that to supervisors.",
    )

    @model_validator(mode="after")
    def _names_one_badge(self) -> Self:
        if sum(getattr(self, one) is not None for one in _NAMES) != 1:
            raise ValueError(f"send exactly one of {', '.join(_NAMES)}")
        if self.participant_id is not None and self.source not in WITHOUT_BADGE:
            raise ValueError(f"participant_id needs a source of {', '.join(sorted(WITHOUT_BADGE))}")
        return self


class LiveScan(ScanRequest):
    """One reading that asks to be decided now."""

    device_time: Moment | None = Field(
        default=None,
        description="What the clock that read the code says now: a scan that waited is dated by "
        "it. Without it the scan is dated on its arrival.",
    )
    listed: bool = Field(
        default=False,
        description="The device's own gate list has this badge or person, so that it can decide "
        "itself. A hub that does not know them yet leaves it to the device: 503 not_known_yet.",
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
    gate_ar: str | None = Field(default=None, description="The gate's name in Arabic.")


class NextStepBody(Body):
    """What the volunteer does with a refused person; `message` ends with the same act."""

    act: NextStep
    gates: list[GateName] = Field(description="With right_gate: those for the person's category.")
    at: datetime | None = Field(
        description="With replaced: when the newer badge was issued; with come_back: when the "
        "gate opens."
    )
    phone: str | None = Field(description="With coordinator: as people dial it.")


class FlagBody(Body):
    """A flag of the person: what the volunteer should know."""

    symbol: FlagSymbol
    sentence: str
    sentence_ar: str | None


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
    next_step: NextStepBody | None = Field(
        default=None,
        description="Of a refusal. What names more than the reason does stays unsaid where the "
        "answer names nobody.",
    )
    flags: list[FlagBody] = Field(
        default=[], description="Of the participant, whatever the verdict; as they are now."
    )
    opens_at: datetime | None = Field(
        default=None,
        description="Of invalid_time: from when on this gate admits the person. Null: it does no "
        "more, or entries are stopped. Never told of a badge_ref.",
    )
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
    delegation_id: int | None = Field(
        default=None,
        ge=1,
        le=2**31 - 1,
        description="The person's delegation, as the device knows it: a scan whose badge is not "
        "known any more, because a restore has lost the registration, is its history.",
    )
    acknowledged: bool = Field(
        default=False,
        description="An earlier epoch of this database had acknowledged it: it is offered again "
        "after a restore. Batches of these alone may be told to come later (503).",
    )
    annulled: bool = Field(
        default=False,
        description="With acknowledged: this device had taken it back, and it is again.",
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
