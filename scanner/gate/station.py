"""Turn a text that the camera read into a scan that is stored and handed over for sending."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import Source
from checkin.protocol.codes import code_in, looks_like_ours, parse_code
from checkin.words.languages import DEFAULT_LANGUAGE
from scanner.camera.debounce import CAMERA_S, WEDGE_S, Debounce, Showing
from scanner.core.errors import SpoolUnwritable
from scanner.core.scan import Scan, Verdict
from scanner.core.typed import meant_code
from scanner.offline.clock import wall_clock
from scanner.offline.spool import Spool
from scanner.server.verdicts import fault_verdict


class Sight(StrEnum):
    """What the station did with a text that was read."""

    SENT = "sent"
    HELD = "held"
    SHOWN_AGAIN = "shown_again"
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

    def saw_picture(self, texts: Iterable[str], at_s: float) -> dict[str, Sight]:
        """Take the texts of one picture, taken at `at_s` seconds of the camera's clock.

        The answer is by what each text means: the code, where it holds one.
        """
        codes = map(code_in, texts)
        showings = self._debounce[Source.CAMERA].picture(codes, at_s)
        return {code: self._take(code, Source.CAMERA, of) for code, of in showings.items()}

    def saw(
        self, text: str, at_s: float, source: Source = Source.CAMERA, places: str = ""
    ) -> Sight:
        """Take a text that was read alone at `at_s` seconds of the source's clock.

        Args:
            places: of a text that was typed, the keys that wrote it; see `meant_code`.
        """
        if source == Source.CAMERA:
            (sight,) = self.saw_picture([text], at_s).values()
            return sight
        code = meant_code(text, places)
        return self._take(code, source, self._debounce[source].reading(code, at_s))

    def release(self, code: str) -> None:
        """Take a badge as soon as it is shown again: its scan was taken back."""
        for debounce in self._debounce.values():
            debounce.release(code)

    def _take(self, code: str, source: Source, showing: Showing) -> Sight:
        if showing == Showing.HELD:
            return Sight.HELD
        if parse_code(code) is None:
            return _not_a_badge(code, showing)
        if showing == Showing.AGAIN:
            return Sight.SHOWN_AGAIN
        scan = Scan(code=code, type=self.type, source=source, scanned_at=self.clock())
        if self._keep(scan):
            self.submit(scan)
            return Sight.SENT
        self._debounce[source].forget(code)
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


def _not_a_badge(text: str, showing: Showing) -> Sight:
    if showing == Showing.AGAIN:  # on a poster behind the people, for instance: said once
        return Sight.HELD
    return Sight.AGAIN if looks_like_ours(text) else Sight.NOT_OURS
