"""A scan and its verdict, as the scanner knows them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import face_of
from checkin.domain.scanning.verdict import Source, Status


@dataclass(frozen=True, slots=True)
class Scan:
    """One reading of one badge, immutable: it is sent unchanged until the server accepts it.

    Attributes:
        scanned_at: by this computer's clock, aware, UTC.
    """

    code: str
    type: str = Direction.ENTRY
    source: str = Source.CAMERA
    scanned_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    scan_id: str = field(default_factory=lambda: str(uuid4()))

    def body(self) -> dict[str, Any]:
        """Return the JSON object of `POST /scans`."""
        return {
            "scan_id": self.scan_id,
            "code": self.code,
            "type": str(self.type),
            "scanned_at": utc_text(self.scanned_at),
            "source": str(self.source),
        }


def scan_from_body(body: dict[str, Any]) -> Scan:
    """Read back what `Scan.body` wrote."""
    return Scan(
        code=body["code"],
        type=body["type"],
        source=body["source"],
        scanned_at=datetime.fromisoformat(body["scanned_at"]),
        scan_id=body["scan_id"],
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
        stop: the organiser's words by language, when entries are stopped at all gates.
        rehearsal: a practice badge: nothing was counted.
        fault: the key in `words` when this is not a decision but a fault, with its details.
    """

    scan: Scan
    status: str
    reason: str | None
    message: str
    participant: dict[str, Any] | None = None
    delegation: dict[str, Any] | None = None
    first_admission: dict[str, Any] | None = None
    offline: bool = False
    fault: tuple[str, dict[str, Any]] | None = None
    stop: dict[str, str] | None = None
    rehearsal: bool = False

    @property
    def kind(self) -> Kind:
        """Return the kind; only a decision of the server is ever green."""
        if self.fault:
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
            "offline": self.offline,
            "at": utc_text(self.scan.scanned_at),
        }
        return json.dumps(fields, ensure_ascii=False)


def utc_text(at: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
