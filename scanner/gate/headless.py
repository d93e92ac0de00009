"""The scanner without a window: one JSON verdict a line, made for programs and for tests."""

from __future__ import annotations

import sys
import threading
from typing import TextIO

from scanner.camera.sources import Frame, Frames
from scanner.camera.steady import Steady
from scanner.camera.watch import watch
from scanner.core.errors import NotKnownAnyMore, ScannerError
from scanner.core.scan import Verdict
from scanner.decode.base import Decoder, Reading
from scanner.gate.gate import Gate
from scanner.gate.station import Sight
from scanner.server.events import (
    GateEvent,
    LinkSeen,
    OfferedAgain,
    SentAgain,
    Stopped,
    Trouble,
    Uploaded,
)
from scanner.words import say


class Lines:
    """Writes verdicts to `out` and remarks to `err`, from any thread."""

    def __init__(self, language: str, out: TextIO, err: TextIO) -> None:
        self._language = language
        self._out = out
        self._err = err
        self._lock = threading.Lock()
        self.fault: ScannerError | None = None
        self._warned: dict[str, bool] = {}

    def tell(self, gate_event: GateEvent) -> None:
        """Write one line for a verdict; remember the fault that stops the scanner."""
        if isinstance(gate_event, Verdict):
            self._write(self._out, gate_event.line())
        elif isinstance(gate_event, Uploaded):
            self._uploaded(gate_event)
        elif isinstance(gate_event, OfferedAgain):
            self.remark("offered_again", count=gate_event.count)
        elif isinstance(gate_event, SentAgain):
            self.remark("sent_again", count=gate_event.count)
        elif isinstance(gate_event, LinkSeen):
            self._warn_once(gate_event)
        elif isinstance(gate_event, Trouble):
            self._trouble(gate_event.fault)
        elif isinstance(gate_event, Stopped):
            self.fault = gate_event.fault

    def remark(self, key: str, **details: object) -> None:
        """Write a sentence for a person."""
        self._write(self._err, say(self._language, key, **details))

    def remark_camera(self, fault: ScannerError | None) -> None:
        """Write that the camera is gone, or back again."""
        if fault:
            self.remark(fault.code, **fault.details)
        else:
            self.remark("camera_back")

    def _uploaded(self, uploaded: Uploaded) -> None:
        self.remark("uploaded", count=uploaded.count)
        if uploaded.contradicted:
            self.remark("contradicted", count=uploaded.contradicted)

    def _trouble(self, fault: ScannerError) -> None:
        # It is told again and again, for a window; a log has it once.
        is_known = isinstance(fault, NotKnownAnyMore) and self._warned.get(fault.code, False)
        if not is_known:
            self.remark(fault.code, **fault.details)
        self._warned[fault.code] = True

    def _warn_once(self, seen: LinkSeen) -> None:
        if seen.online:
            self._warned.pop(NotKnownAnyMore.code, None)
        state = {"list_stale": seen.freshness.list_stale, "clock_off": seen.freshness.clock_off}
        for key in (key for key, on in state.items() if on and not self._warned.get(key)):
            self.remark(key)
        self._warned |= state

    def _write(self, file: TextIO, line: str) -> None:
        with self._lock:
            file.write(line + "\n")
            file.flush()


def run_headless(gate: Gate, frames: Frames, decoder: Decoder) -> None:
    """Scan until the source ends.

    Raises:
        ScannerError: the camera broke, or the device was revoked.
    """
    lines = Lines(gate.language, sys.stdout, sys.stderr)
    station, courier = gate.open(lines.tell)

    def seen(frame: Frame, readings: list[Reading]) -> None:
        sights = station.saw_picture((reading.text for reading in readings), frame.at_s)
        for sight in sights.values():
            if sight in (Sight.NOT_OURS, Sight.AGAIN):
                lines.remark(sight)
        if lines.fault:
            raise lines.fault

    if isinstance(frames, Steady):
        frames.tell = lines.remark_camera
    courier.start()
    try:
        watch(frames, decoder, seen)
    finally:
        frames.close()
        courier.finish()
        for key, count in gate.spool.left_over():
            lines.remark(key, count=count)
        gate.close()
    if lines.fault:
        raise lines.fault
