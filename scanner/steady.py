"""A camera that may be pulled out: its frames go on when it, or another one, is there again."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from scanner.camera import Frame, Frames
from scanner.errors import CameraDenied, CameraInUse, CameraLost, NoCamera, ScannerError

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
# Pictures for this long mean that the camera is well, and the next loss is a new one.
_WELL_AFTER_S = 5.0
_POLL_S = 0.1


def waits() -> Iterator[float]:
    """Give the seconds to wait before each new try: doubled from 0.5 up to 10, then 10 again."""
    wait_s = FIRST_WAIT_S
    while True:
        yield wait_s
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)


def why_closed(source: str, *, exists: bool, may_open: bool) -> ScannerError:
    """Return the fault of a camera that did not open, by what the system says of its device."""
    if not exists:
        return NoCamera(source=source)
    return CameraInUse(source=source) if may_open else CameraDenied(source=source)


def diagnosed(fault: ScannerError) -> ScannerError:
    """Say more exactly why a camera did not open, where the system lets one ask."""
    source = str(fault.details.get("source", ""))
    if not isinstance(fault, NoCamera) or not Path("/dev").is_dir() or os.name != "posix":
        return fault
    device = Path(f"/dev/video{source}")
    if not Path("/sys/class").is_dir():  # macOS has no device files for cameras
        return fault
    may_open = os.access(device, os.R_OK | os.W_OK)
    return why_closed(source, exists=device.exists(), may_open=may_open)


class Steady:
    """Frames of a camera, opened again with growing pauses whenever it fails.

    What happens is told in keys of `words`: the fault's code once a loss, and `camera_back`.
    """

    def __init__(
        self,
        source: str,
        open_camera: Callable[[str], Frames],
        *,
        opened: Frames | None = None,
        pauses: Callable[[], Iterator[float]] = waits,
    ) -> None:
        """Take the source and how to open it; `opened` when that has been done already.

        `tell` may be set by whoever shows things to a person.
        """
        self._source = source
        self._open = open_camera
        self._frames = opened
        self._pauses = pauses
        self._over = threading.Event()
        self.tell: Callable[[ScannerError | None], None] = lambda _: None

    def __iter__(self) -> Iterator[Frame]:
        """Give frames until `close`, through any number of losses."""
        pauses, told = self._pauses(), False
        while not self._over.is_set():
            began_s = time.monotonic()
            try:
                for frame in self._opened():
                    if told:
                        self.tell(None)
                        told = False
                    if time.monotonic() - began_s > _WELL_AFTER_S:
                        pauses = self._pauses()
                    yield frame
                fault: ScannerError = CameraLost(source=self._source)
            except ScannerError as error:
                fault = diagnosed(error)
            self._let_go()
            if not told and not self._over.is_set():
                self.tell(fault)
                told = True
            self._over.wait(next(pauses))

    def close(self) -> None:
        """Stop, also while waiting for the camera."""
        self._over.set()
        self._let_go()

    def _opened(self) -> Frames:
        if self._frames is None:
            self._frames = self._open(self._source)
        return self._frames

    def _let_go(self) -> None:
        frames, self._frames = self._frames, None
        if frames is not None:
            frames.close()
