"""A camera that may be unplugged: its frames go on when a camera is connected again."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from scanner.camera.sources import Frame, Frames, open_source
from scanner.core.errors import CameraDenied, CameraInUse, CameraLost, NoCamera, ScannerError

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
# After so many seconds with pictures the camera counts as working, and the next loss is a new one.
_WELL_AFTER_S = 5.0


def waits() -> Iterator[float]:
    """Yield the seconds to wait before each new try: doubled from 0.5 up to 10, then always 10."""
    wait_s = FIRST_WAIT_S
    while True:
        yield wait_s
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)


def why_closed(source: str, *, exists: bool, may_open: bool) -> ScannerError:
    """Return why a camera did not open, by the state of its device file."""
    if not exists:
        return NoCamera(source=source)
    return CameraInUse(source=source) if may_open else CameraDenied(source=source)


def diagnosed(fault: ScannerError) -> ScannerError:
    """Return a more exact fault for a camera that did not open, where the system tells it."""
    source = str(fault.details.get("source", ""))
    if not isinstance(fault, NoCamera) or not Path("/dev").is_dir() or os.name != "posix":
        return fault
    device = Path(f"/dev/video{source}")
    if not Path("/sys/class").is_dir():  # macOS has no device files for cameras
        return fault
    may_open = os.access(device, os.R_OK | os.W_OK)
    return why_closed(source, exists=device.exists(), may_open=may_open)


def frames_of(source: str, *, at_once: bool) -> Frames:
    """Open what `--source` names; a camera that fails is opened again.

    Args:
        at_once: raise when a camera does not open now, instead of waiting for it.

    Raises:
        NoCamera, SourceMissing, SourceUnreadable: see `open_source`.
    """
    if not source.isdecimal():
        return open_source(source)
    try:
        return Steady(source, open_source, opened=open_source(source) if at_once else None)
    except NoCamera as fault:
        raise diagnosed(fault) from fault


class Steady:
    """Frames of a camera, opened again with growing pauses whenever it fails.

    `tell` gets keys of `words`: the fault's code once for each loss, then `camera_back`.
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
        self._is_told = False
        self.tell: Callable[[ScannerError | None], None] = lambda _: None

    def __iter__(self) -> Iterator[Frame]:
        """Give frames until `close`, through any number of losses."""
        pauses = self._pauses()
        while not self._over.is_set():
            opened_s = time.monotonic()
            try:
                for frame in self._opened():
                    self._report_recovery()
                    yield frame
                fault: ScannerError = CameraLost(source=self._source)
            except ScannerError as error:
                fault = diagnosed(error)
            self._let_go()
            self._report_loss(fault)
            if time.monotonic() - opened_s > _WELL_AFTER_S:
                pauses = self._pauses()
            self._over.wait(next(pauses))

    def close(self) -> None:
        """Stop, even while waiting for the camera."""
        self._over.set()
        self._let_go()

    def _report_loss(self, fault: ScannerError) -> None:
        if not self._is_told and not self._over.is_set():
            self._is_told = True
            self.tell(fault)

    def _report_recovery(self) -> None:
        if self._is_told:
            self._is_told = False
            self.tell(None)

    def _opened(self) -> Frames:
        if self._frames is None:
            self._frames = self._open(self._source)
        return self._frames

    def _let_go(self) -> None:
        frames, self._frames = self._frames, None
        if frames is not None:
            frames.close()
