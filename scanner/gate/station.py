"""Turn a text that the camera read into a scan that is stored and handed over for sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import Source
from checkin.protocol.codes import looks_like_ours, parse_code
from checkin.words.languages import DEFAULT_LANGUAGE
from scanner.camera.debounce import CAMERA_S, WEDGE_S, Debounce
from scanner.core.errors import SpoolUnwritable
from scanner.core.scan import Scan, Verdict
from scanner.core.typed import meant_code
from scanner.offline.clock import wall_clock
from scanner.offline.spool import Spool
from scanner.server.verdicts import fault_verdict


class Sight(StrEnum):
    """What the station did with a text that was read."""

    SENT = "sent"
    SEEN_BEFORE = "seen_before"
    NOT_OURS = "not_ours"
    AGAIN = "again"
    NOT_KEPT = "not_kept"


@dataclass
class Station:
    """Takes a badge once each time it is shown, and stores the scan before it is sent.

    Attributes:
        submit: hands a scan that is on disk to the courier.
        tell: shows a verdict that needs no server.
        type: entry or exit, for the scans to come.
        clock: tells this device's time.
    """

    spool: Spool
    submit: Callable[[Scan], None]
    tell: Callable[[Verdict], None]
    language: str = DEFAULT_LANGUAGE
    type: str = Direction.ENTRY
    clock: Callable[[], datetime] = wall_clock

    def __post_init__(self) -> None:
        self._debounce = {
            Source.CAMERA: Debounce(CAMERA_S),
            Source.WEDGE: Debounce(WEDGE_S),
            Source.TYPED: Debounce(WEDGE_S),
        }

    def saw(self, text: str, at_s: float, source: Source = Source.CAMERA) -> Sight:
        """Take a text that was read at `at_s` seconds of the source's clock."""
        code = text if source == Source.CAMERA else meant_code(text)
        debounce = self._debounce[source]
        if not debounce.is_new(code, at_s):
            return Sight.SEEN_BEFORE
        if parse_code(code) is None:
            return Sight.AGAIN if looks_like_ours(code) else Sight.NOT_OURS
        scan = Scan(code=code, type=self.type, source=source, scanned_at=self.clock())
        if self._keep(scan):
            self.submit(scan)
            return Sight.SENT
        debounce.forget(code)
        return Sight.NOT_KEPT

    def turn(self) -> str:
        """Switch between entry and exit and return the new one."""
        self.type = Direction.EXIT if self.type == Direction.ENTRY else Direction.ENTRY
        # The same badge may leave right after it came in: that is a new showing.
        self._debounce = {source: Debounce(d.quiet_s) for source, d in self._debounce.items()}
        return self.type

    def _keep(self, scan: Scan) -> bool:
        try:
            self.spool.put(scan)
        except SpoolUnwritable as fault:
            self.tell(fault_verdict(scan, fault, self.language))
            return False
        return True
