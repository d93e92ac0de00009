"""The network state of a running server, kept in a file for `doctor` and other commands.

The file exists as long as `run` does; a killed process leaves it behind until the next start.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

_FILE = "serving.json"


@dataclass(frozen=True, slots=True)
class Serving:
    """How the running server is reached now.

    Attributes:
        authority: the fingerprint of its own authority; empty where it does not use one.
        names: the addresses and names in its certificate.
        left_out: this machine's addresses and names that its certificate must not be about.
        certificate_until: when its certificate expires, ISO 8601.
        mdns: the state of the announcement on the local network; empty while unknown.
    """

    authority: str = ""
    names: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    certificate_until: str = ""
    mdns: str = ""


class ServingNote:
    """The file that `run` keeps up to date; usable from any thread."""

    def __init__(self, home: Path) -> None:
        self._file = home / _FILE
        self._now = Serving()
        self._lock = threading.Lock()

    def change(self, **changes: Any) -> None:
        """Change these values and write the file."""
        with self._lock:
            self._now = replace(self._now, **changes)
            new = self._file.with_suffix(".new")
            new.write_text(json.dumps(asdict(self._now), ensure_ascii=False), "utf-8")
            new.replace(self._file)

    def forget(self) -> None:
        """Remove the file, because the server has ended."""
        with self._lock:
            self._file.unlink(missing_ok=True)


def serving_now(home: Path) -> Serving | None:
    """Return the state of the server that runs from this home; None if none runs."""
    try:
        kept = json.loads((home / _FILE).read_text("utf-8"))
        return Serving(**{**kept, **{k: tuple(kept[k]) for k in ("names", "left_out")}})
    except (OSError, ValueError, TypeError, KeyError):
        return None
