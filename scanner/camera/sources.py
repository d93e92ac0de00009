"""Where pictures come from: a camera, an address, a video, an image or a folder of images.

Of a camera only the latest frame is kept, so that a slow decoder never works through old ones. A
file is read frame by frame, none left out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from scanner.core.errors import CameraLost, NoCamera, ScannerError, SourceMissing, SourceUnreadable
from scanner.decode.base import Colour, grey_of

IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}
_WIDTH_PX, _HEIGHT_PX = 1280, 720
_MISSES_BEFORE_LOST = 30


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture, BGR of shape (height, width, 3).

    Attributes:
        at_s: when it was taken, in seconds of the source's own clock: a video's running time,
            one second an image of a folder, the computer's running time for a camera.
    """

    image: Colour
    at_s: float


class Frames(Protocol):
    """A source that was opened."""

    def __iter__(self) -> Iterator[Frame]:
        """Give the frames until the source ends; raises CameraLost when it breaks."""
        ...

    def close(self) -> None:
        """Release the camera or the file."""
        ...


def open_source(source: str) -> Frames:
    """Open what `--source` names.

    Raises:
        NoCamera: there is no camera of this number, or it is in use.
        SourceMissing: no such file or folder.
        SourceUnreadable: it holds no picture.
    """
    if source.isdecimal():
        return Live(source, _opened(int(source), NoCamera(source=source)))
    if "://" in source:
        return Live(source, _opened(source, SourceUnreadable(source=source)), ends=True)
    path = Path(source)
    if not path.exists():
        raise SourceMissing(source=source)
    if path.is_dir():
        return Images(source, sorted(p for p in path.iterdir() if _is_image(p)))
    if _is_image(path):
        return Images(source, [path])
    return Video(_opened(str(path), SourceUnreadable(source=source)))


def read_image(path: Path) -> Colour | None:
    """Read an image file as it is (grey, BGR or BGRA), or return None.

    By way of bytes, because OpenCV cannot open paths with Arabic letters on Windows.
    """
    try:
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    except (OSError, cv2.error):
        return None
    return None if image is None else np.asarray(image)


class Video:
    """Every frame of a video file, in order."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture
        # Releasing a capture while another thread reads from it crashes the process.
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Frame]:
        """Give the frames with the video's own time."""
        per_s = self._capture.get(cv2.CAP_PROP_FPS) or 30.0
        number = 0
        while True:
            with self._lock:
                taken, image = self._capture.read()
            if not taken:
                return
            yield Frame(np.asarray(image, dtype=np.uint8), number / per_s)
            number += 1

    def close(self) -> None:
        """Close the file; a thread that is reading it gets the end of the file."""
        with self._lock:
            self._capture.release()


class Images:
    """Image files, one after the other."""

    def __init__(self, source: str, paths: list[Path]) -> None:
        self._source = source
        self._paths = paths

    def __iter__(self) -> Iterator[Frame]:
        """Give the images that can be read, one a second of their clock."""
        readable = 0
        for number, path in enumerate(self._paths):
            image = read_image(path)
            if image is not None:
                readable += 1
                yield Frame(_bgr(image), float(number))
        if not readable:
            raise SourceUnreadable(source=self._source)

    def close(self) -> None:
        """Nothing is held open."""


class Live:
    """A camera on its own thread, of which only the newest frame is kept."""

    def __init__(self, source: str, capture: cv2.VideoCapture, *, ends: bool = False) -> None:
        """Start reading.

        Args:
            ends: the end of the pictures is normal (an address), not a fault (a camera).
        """
        self._source = source
        self._capture = capture
        self._ends = ends
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._over = False
        self._thread = threading.Thread(target=self._read, name="camera", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Frame]:
        """Give the newest frame whenever there is one that was not given yet."""
        while (frame := self._next()) is not None:
            yield frame
        if not self._ends:
            raise CameraLost(source=self._source)

    def close(self) -> None:
        """Stop the thread and release the camera."""
        with self._changed:
            self._over = self._ends = True
            self._changed.notify_all()
        self._thread.join(timeout=2)

    def _next(self) -> Frame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._over)
            frame, self._newest = self._newest, None
            return frame

    def _read(self) -> None:
        misses = 0
        while not self._over and misses < (1 if self._ends else _MISSES_BEFORE_LOST):
            taken, image = self._capture.read()
            misses = 0 if taken else misses + 1
            if taken:
                self._keep(Frame(np.asarray(image, dtype=np.uint8), time.monotonic()))
            else:
                time.sleep(0.03)
        self._capture.release()
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _keep(self, frame: Frame) -> None:
        with self._changed:
            self._newest = frame
            self._changed.notify_all()


def _opened(source: int | str, fault: ScannerError) -> cv2.VideoCapture:
    try:
        capture = cv2.VideoCapture(source)
    except cv2.error as error:
        raise fault from error
    if not capture.isOpened():
        raise fault
    if isinstance(source, int):
        _ask_for_video(capture.set)
    return capture


def _ask_for_video(ask: Callable[[int, float], bool]) -> None:
    # Cameras give 720p at 30 frames/s only as MJPEG; a buffer of one keeps the picture fresh.
    ask(cv2.CAP_PROP_FOURCC, float(cv2.VideoWriter.fourcc(*"MJPG")))
    ask(cv2.CAP_PROP_FRAME_WIDTH, _WIDTH_PX)
    ask(cv2.CAP_PROP_FRAME_HEIGHT, _HEIGHT_PX)
    ask(cv2.CAP_PROP_BUFFERSIZE, 1)


def _is_image(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in IMAGE_SUFFIXES


def _bgr(image: Colour) -> Colour:
    if image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8:
        return image
    return np.asarray(cv2.cvtColor(grey_of(image), cv2.COLOR_GRAY2BGR), dtype=np.uint8)
