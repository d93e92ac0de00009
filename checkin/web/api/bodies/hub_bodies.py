"""The bodies of the contract's part about hubs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Source, Status
from checkin.protocol.version import VERSION
from checkin.services.hubs.arrivals import MOST
from checkin.services.hubs.mirror import MOST_PAGES
from checkin.services.hubs.pairing import MOST_ADDRESSES
from checkin.web.api.bodies.scan_bodies import MAX_BATCH, BatchedScan, BatchResult
from checkin.web.api.bodies.schemas import Body, EventName, Moment, PlainText
from checkin.words.languages import LanguageTag

_ADDRESS = "https, a host and a port, and no path."
#: the highest number of a row at a hub
_HIGHEST = 2**53


class HubPairRequest(Body):
    """A hub that asks to be paired."""

    pairing_code: PlainText = Field(min_length=1, max_length=40, examples=["7K3M9QXA"])
    name: PlainText = Field(
        min_length=1, max_length=100, description="Of the machine; organisers named the hub."
    )
    software: PlainText = Field(min_length=1, max_length=100, examples=[f"marhaba-hub/{VERSION}"])
    public_key: PlainText = Field(
        max_length=60, description="Ed25519, base64url: the hub signs its answers with it."
    )
    authority: str = Field(
        max_length=8000, description="The certificate of the hub's own authority, PEM."
    )
    addresses: list[PlainText] = Field(
        min_length=1, max_length=MOST_ADDRESSES, examples=[["https://192.168.1.7:8443"]]
    )


class SignedCertificate(Body):
    """The certificate of a hub: devices verify it with the event's key, and trust its authority."""

    document: dict[str, Any] = Field(
        description="format, event, hub_id, name, public_key, walk_in_key, authority, addresses, "
        "not_after, issued_at."
    )
    signature: str = Field(
        description="Ed25519, base64url, of a line `marhaba hub` and the document as JSON with "
        "sorted keys and no spaces."
    )


class HubPairReply(Body):
    """A hub's identity; the token is told this once."""

    hub_id: int
    hub_token: str
    event: EventName
    walk_in_key: str = Field(
        description="Opens walk-ins that gates seal for the hub: base64url of a P-256 key."
    )
    certificate: SignedCertificate
    list_public_key: str = Field(
        description="With which the event's gate lists, and answers that end something, are signed."
    )
    server_time: datetime


class HubsReply(Body):
    """The hubs of a device's event that are not revoked."""

    hubs: list[SignedCertificate]
    public_key: str = Field(description="Of the event's gate lists, which signs the certificates.")


class MirrorReply(Body):
    """The marks of the pages of the event's tables: ask for those that are not known."""

    version: int = Field(description="Of the form of the mirror.")
    cursor: str = Field(description="Of the gate list of this moment.")
    tables: dict[str, list[str]]
    arrivals: int = Field(description="The highest number of a scan; 0 where there is none.")


class MirrorPagesRequest(Body):
    """Pages of a table, by their marks."""

    table: PlainText = Field(max_length=60, examples=["participant"])
    marks: list[PlainText] = Field(max_length=MOST_PAGES)


class MirrorPage(Body):
    """A page: bytes are {"b": base64url}, moments RFC 3339, UUIDs text."""

    mark: str = Field(description="Of the page as it is now.")
    columns: list[str]
    rows: list[list[Any]]


class MirrorPagesReply(Body):
    """The pages that are still there."""

    pages: list[MirrorPage]


class HubArrivalsQuery(Body):
    """Which arrivals to tell."""

    since: int = Field(default=0, ge=0, le=_HIGHEST, strict=False)
    most: int = Field(default=500, ge=1, le=MOST, strict=False)
    annulled_since: Moment | None = Field(
        default=None, description="Name what was taken back from then on; else all that ever was."
    )


class ArrivedScan(Body):
    """A scan of another that let somebody in or out."""

    number: int
    scan_id: UUID
    participant_id: int
    badge_ref: str | None
    device_id: int
    gate_id: int
    type: Direction
    source: Source
    scanned_at: datetime = Field(description="By the device's clock, as it told it.")
    corrected_at: datetime = Field(description="By the server's clock.")
    status: Status = Field(description="What the rules say; a gate may have let them in despite.")
    reason: Reason | None
    forced_by: int | None
    annulled_at: datetime | None


class AnnulledScan(Body):
    """A scan that was taken back, whoever made it."""

    scan_id: UUID
    annulled_at: datetime


class HubArrivalsReply(Body):
    """What others recorded."""

    scans: list[ArrivedScan]
    next: int = Field(description="Name it the next time; what is after it may be told again.")
    annulled: list[AnnulledScan]
    server_time: datetime


class HubDeviceName(Body):
    """A device of the event, by the server's number or by the hub's."""

    id: int | None = Field(default=None, ge=1, le=2**31 - 1)
    local_id: int | None = Field(
        default=None, ge=1, le=_HIGHEST, description="Of a device that was paired at the hub."
    )
    name: PlainText = Field(default="", max_length=120)
    gate_id: int | None = Field(default=None, ge=1, le=2**31 - 1, description="Where it stood.")

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.id is None) == (self.local_id is None):
            raise ValueError("name a device by exactly one of id, local_id")
        return self


class BroughtScan(BatchedScan):
    """A scan that was decided at the hub."""

    device: HubDeviceName
    corrected_at: Moment = Field(description="When it was read, by the hub's clock.")
    sent_hash: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="Of a text that the hub did not know: the hash of what the device sent, by "
        "which the same scan is known when the device brings it itself.",
    )
    forced_by: int | None = Field(
        default=None,
        ge=1,
        le=2**31 - 1,
        description="With force: the operator whose PIN the hub has compared.",
    )


class HubScansRequest(Body):
    """Scans that a hub brings."""

    hub_time: Moment = Field(description="What the hub's clock says now.")
    scans: list[BroughtScan] = Field(max_length=MAX_BATCH)


class LocalDevice(Body):
    """A device that was paired at the hub, and the server's number for it."""

    local_id: int
    device_id: int


class HubScansReply(Body):
    """What became of what the hub brought."""

    results: list[BatchResult]
    devices: list[LocalDevice] = Field(description="All that were paired at the hub.")
    server_time: datetime


class HubWalkIn(Body):
    """Somebody who was registered at the hub without having been registered before."""

    walk_in_id: UUID
    device: HubDeviceName
    at: Moment = Field(description="When, by the hub's clock.")
    delegation_id: int = Field(ge=1, le=2**31 - 1)
    category: PlainText | None = Field(
        default=None, max_length=200, description="One that is not there any more is the last one."
    )
    name: PlainText = Field(default="", max_length=200)
    name_ar: PlainText | None = Field(default=None, max_length=200)
    email: PlainText | None = Field(default=None, max_length=254)
    phone: PlainText | None = Field(default=None, max_length=40)
    language: LanguageTag | None = None
    admitted_offline: bool = Field(
        default=True, description="They were let in already; else they were only registered."
    )
    lease_id: UUID | None = Field(
        default=None, description="The lease whose place they took; all that the hub holds count."
    )


class HubWalkInsRequest(Body):
    """Walk-ins that a hub brings."""

    walk_ins: list[HubWalkIn] = Field(max_length=MAX_BATCH)


class HubWalkInResult(Body):
    """What became of a walk-in; with an error they are not registered, and the hub keeps them."""

    walk_in_id: UUID
    participant_id: int | None
    badge_id: UUID | None
    badge_ref: str | None = Field(description="Of the badge, as lower-case hexadecimal.")
    standing: Literal["confirmed", "reserve"] | None
    reserve_no: int | None
    replayed: bool
    error: str | None = Field(description="invalid_request, not_found or walk_in_id_conflict.")
    detail: str | None = Field(description="Of the error, in the language of the event.")


class HubWalkInsReply(Body):
    """What became of walk-ins; matched by walk_in_id."""

    results: list[HubWalkInResult]
    server_time: datetime


class HubAnnulment(Body):
    """A scan that was taken back at the hub."""

    scan_id: UUID
    at: Moment = Field(description="When, by the hub's clock.")
    reason: PlainText | None = Field(default=None, max_length=500)


class HubAnnulmentsRequest(Body):
    """Scans that were taken back at the hub; bring the scans themselves before."""

    annulments: list[HubAnnulment] = Field(max_length=MAX_BATCH)


class HubAnnulmentResult(Body):
    """Whether a scan is taken back now."""

    scan_id: UUID
    annulled: bool
    error: str | None = Field(
        description="not_found, or conflict: the person came in again since, so it stays."
    )


class HubAnnulmentsReply(Body):
    """What became of them; matched by scan_id."""

    results: list[HubAnnulmentResult]
    server_time: datetime


class HubLeaseRequest(Body):
    """A hub that asks for places."""

    held: UUID | None = Field(
        default=None, description="The lease that the hub has at hand: only then do older ones end."
    )


class HubGate(Body):
    """A device at the hub, as the hub sees it."""

    device: int = Field(ge=1, le=_HIGHEST, description="The number that the hub has for it.")
    name: PlainText = Field(max_length=120)
    gate_id: int = Field(ge=1, le=2**31 - 1)
    last_seen_at: Moment | None = None
    waiting: int | None = Field(
        default=None, ge=0, le=1_000_000, description="Scans that it has yet to bring to the hub."
    )
    battery: int | None = Field(default=None, ge=0, le=100)
    charging: bool | None = None


class HubWaiting(Body):
    """What the hub has yet to bring."""

    scans_waiting: int = Field(default=0, ge=0, le=2**31 - 1)
    walk_ins_waiting: int = Field(default=0, ge=0, le=2**31 - 1)


class HubReport(Body):
    """What a hub says of itself at each exchange."""

    version: PlainText = Field(min_length=1, max_length=100, examples=[VERSION])
    epoch: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{32}$",
        description="Of the hub's own database: devices come back from it and name it.",
    )
    addresses: list[PlainText] = Field(min_length=1, max_length=MOST_ADDRESSES)
    counts: HubWaiting = HubWaiting()
    lifted_stops: list[int] = Field(
        default=[],
        max_length=100,
        description="The server's stops of all entries that were lifted at the hub, by number.",
    )
    gates: list[HubGate] = Field(default=[], max_length=500)


class HubReportReply(Body):
    """The hub's certificate, with the addresses that it has just told."""

    certificate: SignedCertificate
    server_time: datetime
