"""The system's printer, reached by `lp` (CUPS: Linux and macOS)."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

from checkin.errors import Unavailable

_TIMEOUT_S = 15


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


def system_printer(queue: str = "") -> Printer | None:
    """Return the system's printer, or None where it prints in another way (Windows, a tablet)."""
    program = shutil.which("lp")
    return Printer(program, queue) if program else None
