"""The decoding thread of the window."""

from __future__ import annotations

import queue
import threading

from scanner.camera import Frame, Frames, Live
from scanner.decode.base import Decoder, Reading
from scanner.errors import ScannerError
from scanner.station import Sight, Station
from scanner.watch import paced, watch


class Eye:
    """The decoding thread: from frames to the station, with the newest frame kept for the screen.

    What a person should hear of besides verdicts comes out of `remarks` as keys in `words`.
    """

    def __init__(self, frames: Frames, decoder: Decoder, station: Station) -> None:
        self._frames = frames
        self._decoder = decoder
        self._station = station
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="decode", daemon=True)
        self.remarks: queue.Queue[str] = queue.Queue()
        self.fault: ScannerError | None = None
        self.newest: tuple[Frame | None, list[Reading]] = (None, [])

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking and let the camera go."""
        self._over.set()
        self._frames.close()
        self._thread.join(timeout=3)

    def _look(self) -> None:
        frames = self._frames if isinstance(self._frames, Live) else paced(self._frames)
        try:
            watch(frames, self._decoder, self._seen)
            self.remarks.put("source_ended")
        except _Over:
            return
        except ScannerError as fault:
            self.fault = fault

    def _seen(self, frame: Frame, readings: list[Reading]) -> None:
        if self._over.is_set():
            raise _Over
        self.newest = (frame, readings)
        for reading in readings:
            sight = self._station.saw(reading.text, frame.at_s)
            if sight in (Sight.NOT_OURS, Sight.AGAIN):
                self.remarks.put(sight)


class _Over(Exception):
    """Ends the loop over the frames of a file."""
