"""A scan and its verdict, as the scanner knows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.next_steps import Step
from checkin.domain.scanning.reasons import face_of
from checkin.domain.scanning.verdict import Source, Status
from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_ref, tag_of_ref


@dataclass(frozen=True, slots=True)
class Scan:
    """One reading of one badge, immutable: it is sent unchanged until the server accepts it.

    The code is in memory only. Where it is gone, after a restart, the badge is named by its ref,
    which opens no entry of the gate list. A registered person without a badge, who was found in a
    search or in the list of a bus, is named by their number.

    Attributes:
        code: empty where it is not known, and for somebody without a badge.
        scanned_at: by this computer's clock, aware, UTC.
        kept_ref: what is left of the code after a restart.
        participant_id: of a person without a badge, whom no code and no ref names; else None.
    """

    code: str
    type: str = Direction.ENTRY
    source: str = Source.CAMERA
    scanned_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    scan_id: str = field(default_factory=lambda: str(uuid4()))
    kept_ref: str = ""
    participant_id: int | None = None

    @property
    def badge_ref(self) -> str:
        """Return by what the badge is named without its code; empty for somebody without one."""
        return ref_of(self.code) if self.code else self.kept_ref

    def body(self) -> dict[str, Any]:
        """Return the JSON object of `POST /scans`: with the code, where it is known."""
        return self._how() | ({"code": self.code} if self.code else self._without_code())

    def kept(self) -> dict[str, Any]:
        """Return what may lie on the disk, and goes up after the fact: it names nobody."""
        return self._how() | self._without_code()

    def _without_code(self) -> dict[str, Any]:
        if self.participant_id is not None:
            return {"participant_id": self.participant_id}
        return {"badge_ref": self.badge_ref}

    def _how(self) -> dict[str, Any]:
        return {
            "scan_id": self.scan_id,
            "type": str(self.type),
            "scanned_at": utc_text(self.scanned_at),
            "source": str(self.source),
        }


@dataclass(frozen=True, slots=True)
class ListedScan(Scan):
    """The scan of somebody on the list of a bus, which tells who they are and what decides.

    It is sent by the person's number while they stand at the gate, and kept by the ref of their
    badge. The rest is in memory only.

    Attributes:
        content: what the entry of their badge tells: participant, delegation, standing and more.
        pin: of the supervisor who lets people in without a badge, where the event asks for one.
    """

    content: Mapping[str, Any] = field(default_factory=dict)
    pin: str = ""

    def body(self) -> dict[str, Any]:
        """Return the JSON object of `POST /scans`."""
        pin = {"supervisor_pin": self.pin} if self.pin else {}
        return self._how() | {"participant_id": self.content["participant"]["id"]} | pin


def tag_of(scan: Scan) -> str:
    """Return the tag of a scan's badge in the gate list.

    A person without a badge has one of their own, which no list holds.
    """
    if scan.participant_id is not None:
        return f"person:{scan.participant_id}"
    return tag_of_ref(scan.badge_ref)


def ref_of(code: str) -> str:
    """Return the `badge_ref` of a code; empty for a text that is none of ours."""
    token = parse_code(code)
    return badge_ref(token) if token else ""


def kept_scan(body: dict[str, Any]) -> Scan:
    """Read back what `Scan.kept` wrote."""
    return Scan(
        code="",
        type=body["type"],
        source=body["source"],
        scanned_at=datetime.fromisoformat(body["scanned_at"]),
        scan_id=body["scan_id"],
        kept_ref=body.get("badge_ref", ""),
        participant_id=body.get("participant_id"),
    )


class Kind(StrEnum):
    """The four kinds of a verdict, each with its own colour, shape, sound and word."""

    ADMITTED = "admitted"
    ALREADY = "already"
    REFUSED = "refused"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says to one scan.

    Attributes:
        message: for the volunteer, in the language that the scanner was started in.
        opens_at: RFC 3339; of a refusal for its time: from when on the gate admits the person.
        stop: the organiser's words by language, when entries are stopped at all gates.
        next_step: what to do with a refused person, where more is known than the reason.
        flags: of the person, as `flags` of the contract.
        rehearsal: a practice badge: nothing was counted.
        is_foreign: the code is none of ours, and was sent to nobody.
        overridden: id of the refused scan in whose place a supervisor let this one in.
        fault: the key in `words` when this is not a decision but a fault, with its details.
    """

    scan: Scan
    status: str
    reason: str | None
    message: str
    participant: dict[str, Any] | None = None
    delegation: dict[str, Any] | None = None
    first_admission: dict[str, Any] | None = None
    opens_at: str | None = None
    offline: bool = False
    fault: tuple[str, dict[str, Any]] | None = None
    stop: dict[str, str] | None = None
    next_step: Step | None = None
    flags: tuple[dict[str, Any], ...] = ()
    rehearsal: bool = False
    is_foreign: bool = False
    overridden: str = ""

    @property
    def kind(self) -> Kind:
        """Return the kind; only a decision of the server is ever green."""
        if self.fault or self.is_foreign:
            return Kind.REFUSED
        if self.offline and self.status == Status.OK:
            return Kind.PENDING
        if self.status == Status.OK:
            return Kind.ADMITTED
        return Kind(face_of(self.reason))

    def line(self) -> str:
        """Return the JSON line of the headless scanner."""
        fields = {
            "code": self.scan.code,
            "status": str(self.status),
            "reason": self.reason,
            "message": self.message,
            "participant": self.participant,
            "delegation": self.delegation,
            "flags": list(self.flags),
            "offline": self.offline,
            "at": utc_text(self.scan.scanned_at),
        }
        return json.dumps(fields, ensure_ascii=False)


def utc_text(at: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
