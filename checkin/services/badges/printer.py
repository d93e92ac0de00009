"""The system's printer, reached by `lp` (CUPS: Linux and macOS), and printing by hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from checkin.errors import Unavailable

_TIMEOUT_S = 15
#: a viewer that is still there after so long has opened the file
_OPENING_S = 5


@dataclass(frozen=True, slots=True)
class Printer:
    """One printer.

    Attributes:
        program: the path of `lp`.
        queue: the printer's name; "" for the system's default.
    """

    program: str
    queue: str

    @property
    def name(self) -> str:
        """What the log of prints calls it."""
        return self.queue or "default"

    def send(self, pdf: bytes, *, copies: int) -> None:
        """Hand a PDF to the printer's queue, to be printed in its true size.

        Raises:
            Unavailable: the printer did not take it; the sentence says what the system said.
        """
        to = ["-d", self.queue] if self.queue else []
        # The title is shown in the queue to whoever looks: no name in it.
        options = ["-s", "-t", "badge", "-n", str(copies), "-o", "print-scaling=none"]
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program, arguments of our own
                [self.program, *to, *options, "-"],
                input=pdf,
                capture_output=True,
                timeout=_TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise Unavailable(f"the printer does not answer: {type(fault).__name__}") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
            raise Unavailable(f"the printer refused the badge: {said[:200]}")


@dataclass(frozen=True, slots=True)
class ByHand:
    """Printing by a person: the PDF is kept and opened by the program that the system has for it.

    Attributes:
        path: where it is kept; the folder is made.
    """

    path: Path
    name: None = None

    def send(self, pdf: bytes, *, copies: int) -> None:  # noqa: ARG002 - up to who prints
        """Keep a PDF for its owner's eyes only, and open it.

        Raises:
            Unavailable: nothing opens it; the sentence says where it is.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(self.path, "wb", opener=_only_ours) as file:
            file.write(pdf)
        if not _opened(self.path):
            raise Unavailable(
                f"there is no printer here, and nothing that opens {self.path}: print that file "
                "elsewhere, or set a printer up (CUPS, `lp`) and name it with --printer"
            )


def _only_ours(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _opened(path: Path) -> bool:
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - a file of ours
        return True
    program = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if program is None:
        return False
    quiet = subprocess.DEVNULL
    viewer = subprocess.Popen(  # noqa: S603 - the system's own, a file of ours
        [program, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        return viewer.wait(_OPENING_S) == 0
    except subprocess.TimeoutExpired:
        return True


def system_printer(queue: str = "") -> Printer | None:
    """Return the system's printer, or None where it prints in another way (Windows, a tablet)."""
    program = shutil.which("lp")
    return Printer(program, queue) if program else None
