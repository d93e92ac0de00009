"""Print a badge on this laptop, and leave nothing of it on the disk.

A badge names its holder and holds a code. So it goes straight to the system's printer; without one
it is opened from a folder in memory, where there is such a folder, and else not at all; the file is
erased as soon as its viewer must have read it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from threading import Timer

from scanner.core.errors import NoPrinter

_TIMEOUT_S = 15
#: a viewer that is still there after so long has opened the file
_OPENING_S = 5
#: so long after that the file may be needed
_KEPT_FOR_S = 60.0
_PREFIX = "marhaba-badge-"
#: folders that are in memory, on systems that have them
_IN_MEMORY = ("XDG_RUNTIME_DIR",)
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - in memory, and the file is its owner's alone


def print_badge(pdf: bytes) -> None:
    """Print one badge at its true size.

    Raises:
        NoPrinter: no printer took it, and nothing opens it.
    """
    printer = shutil.which("lp")
    if printer is None or not _sent(printer, pdf):
        _open(pdf)


def _sent(printer: str, pdf: bytes) -> bool:
    # The title is shown in the queue to whoever looks: no name in it.
    command = [printer, "-s", "-t", "badge", "-o", "print-scaling=none", "-"]
    try:
        done = subprocess.run(  # noqa: S603 - the system's own program, arguments of our own
            command, input=pdf, capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _open(pdf: bytes) -> None:
    viewer, folder = shutil.which("xdg-open"), _folder_in_memory()
    if viewer is None or folder is None:
        raise NoPrinter
    for left_by_a_crash in folder.glob(f"{_PREFIX}*"):
        left_by_a_crash.unlink(missing_ok=True)
    handle, path = tempfile.mkstemp(suffix=".pdf", prefix=_PREFIX, dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(pdf)
    if not _opened(viewer, path):
        Path(path).unlink()
        raise NoPrinter
    _erase_later(Path(path))


def _erase_later(path: Path) -> None:
    """Erase a badge when its viewer has read it, or when this program ends before that."""
    erase = partial(path.unlink, missing_ok=True)
    timer = Timer(_KEPT_FOR_S, erase)
    timer.daemon = True
    timer.start()
    atexit.register(erase)


def _opened(viewer: str, path: str) -> bool:
    quiet = subprocess.DEVNULL
    running = subprocess.Popen(  # noqa: S603 - the system's own program, a file of ours
        [viewer, path], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        return running.wait(_OPENING_S) == 0
    except subprocess.TimeoutExpired:
        return True


def _folder_in_memory() -> Path | None:
    told = [Path(os.environ[name]) for name in _IN_MEMORY if os.environ.get(name)]
    return next((one for one in [*told, _SHARED_MEMORY] if one.is_dir()), None)
