"""Keep the messages of C libraries off the volunteer's terminal."""

from __future__ import annotations

import os
import sys

_LEVELS = {
    "OPENCV_LOG_LEVEL": "OFF",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    "QT_LOGGING_RULES": "*=false",
}


def silence_stderr() -> None:
    """Give Python's stderr a descriptor of its own and close the one that C code writes to.

    OpenCV, FFmpeg, zbar and Qt each print straight to descriptor 2, and not all of it can be
    switched off. Call this before OpenCV is imported, in a program and never in a library.
    """
    for name, level in _LEVELS.items():
        os.environ.setdefault(name, level)
    sys.stderr.flush()
    ours = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = ours
