"""The decoding thread of the window."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from scanner.camera.parties import Parties
from scanner.camera.sources import Frame, Frames, Live
from scanner.camera.steady import Steady
from scanner.camera.watch import paced, watch
from scanner.core.errors import ScannerError
from scanner.decode.base import Decoder, Reading
from scanner.gate.station import Sight


class Sees(Protocol):
    """Receives the texts that are read."""

    def saw_picture(self, texts: Iterable[str], at_s: float, /) -> dict[str, Sight]:
        """Take the texts of one picture, taken at `at_s` seconds of the source's clock."""
        ...


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A text that was read, and what became of it."""

    text: str
    sight: Sight


Remark = str | SeenCode | ScannerError | None


class DecoderThread:
    """The decoding thread: passes codes to the station and keeps the newest frame for the screen.

    `remarks` receives what a person should be told besides verdicts: keys in `words`, codes that
    are no new scan, the fault of a lost camera, and None when the camera is back.
    """

    def __init__(self, frames: Frames, decoder: Decoder, station: Sees) -> None:
        self._frames = frames
        self._decoder = decoder
        self._station = station
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="decode", daemon=True)
        self.parties = Parties()
        self.remarks: queue.Queue[Remark] = queue.Queue()
        self.fault: ScannerError | None = None
        self.newest: tuple[Frame | None, list[Reading]] = (None, [])

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def look_at(self, frames: Frames) -> None:
        """Decode other frames from now on."""
        earlier, self._frames = self._frames, frames
        # Releasing a camera waits until a read that is blocked returns.
        threading.Thread(target=earlier.close, name="let go", daemon=True).start()
        if not self._thread.is_alive() and not self._over.is_set():
            self._thread = threading.Thread(target=self._look, name="decode", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop the thread and release the camera."""
        self._over.set()
        self._frames.close()
        self._thread.join(timeout=3)

    def _look(self) -> None:
        looking = True
        while looking:
            frames = self._frames
            self._look_through(frames)
            looking = self._frames is not frames and not self._over.is_set()

    def _look_through(self, frames: Frames) -> None:
        if isinstance(frames, Steady):
            frames.tell = self.remarks.put
        live = isinstance(frames, Live | Steady)
        try:
            watch(frames if live else paced(frames), self._decoder, self._seen)
            if self._frames is frames and not self._over.is_set():
                self.remarks.put("source_ended")
        except _Over:
            return
        except ScannerError as fault:
            self.fault = fault

    def _seen(self, frame: Frame, readings: list[Reading]) -> None:
        if self._over.is_set():
            raise _Over
        self.newest = (frame, readings)
        texts = [reading.text for reading in readings]
        self.parties.seen(texts, frame.at_s)
        for text, sight in self._station.saw_picture(texts, frame.at_s).items():
            if sight not in (Sight.SENT, Sight.HELD):
                self.remarks.put(SeenCode(text, sight))


class _Over(Exception):
    """Ends the loop over the frames of a file."""
