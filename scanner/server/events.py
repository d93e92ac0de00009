"""Events that the background threads report to the window or the terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scanner.core.errors import ScannerError
from scanner.core.scan import Verdict
from scanner.server.refresh import Freshness


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Scans that had waited and are now with the server.

    Attributes:
        contradicted: of these, people let in here whom the server's rules would have refused.
    """

    count: int
    contradicted: int = 0


@dataclass(frozen=True, slots=True)
class OfferedAgain:
    """All that an earlier epoch of the server's database had acknowledged is with it again."""

    count: int


@dataclass(frozen=True, slots=True)
class SentAgain:
    """Scans that were set aside wait again, and are sent once more."""

    count: int


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """The state of the connection; `counts` is the body of `/status` when it was read.

    `hub` is the name of the hall's hub where that answers; "" for the central server.
    """

    online: bool
    counts: dict[str, Any] | None = None
    freshness: Freshness = field(default_factory=Freshness)
    hub: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The scanner cannot continue."""

    fault: ScannerError


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something failed in the background and will be tried again."""

    fault: ScannerError


@dataclass(frozen=True, slots=True)
class Annulled:
    """The result of taking back a scan: `outcome` is a key in `words`."""

    scan_id: str
    outcome: str


GateEvent = Verdict | Uploaded | OfferedAgain | SentAgain | LinkSeen | Stopped | Trouble | Annulled
