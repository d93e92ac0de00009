"""Epochs: by which devices notice that a server's database was put back to an earlier state.

A database has an epoch, a random value that `init` makes and that every restore replaces. Every
answer names it; a device that meets a new one offers again what an earlier one had acknowledged.
An acknowledgement names its number in the server's log, too. A device tells the highest number
that it was given in its epoch, so that a database that was put back silently is found out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

#: of every answer: the epoch of the server's database
EPOCH = "Marhaba-Epoch"
#: of the answer to scans: the highest number of a scan in it, and that scan's id
COUNTER = "Marhaba-Counter"
#: of a device's request: the epoch that it met last, with the highest `COUNTER` of it
SEEN = "Marhaba-Seen"

_EPOCH_FORM = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Counter:
    """The number of an acknowledged scan in the server's log, and the id of that scan."""

    number: int
    scan_id: UUID

    def text(self) -> str:
        """Return the value of `COUNTER`."""
        return f"{self.number} {self.scan_id}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a device has seen of a server's database.

    Attributes:
        counter: the highest one that it was given in this epoch; None: it was given none.
    """

    epoch: str
    counter: Counter | None = None

    def text(self) -> str:
        """Return the value of `SEEN`."""
        return f"{self.epoch} {self.counter.text()}" if self.counter else self.epoch


def is_epoch(text: str) -> bool:
    """Say whether a text has the form of an epoch: 32 lower-case hexadecimal digits."""
    return _EPOCH_FORM.fullmatch(text) is not None


def counter_in(text: str) -> Counter | None:
    """Read the value of `COUNTER`; None for another text."""
    number, _, scan_id = text.partition(" ")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    try:
        return Counter(int(number), UUID(scan_id))
    except ValueError:
        return None


def seen_in(text: str) -> Seen | None:
    """Read the value of `SEEN`; None for another text."""
    epoch, _, counter = text.partition(" ")
    if not is_epoch(epoch):
        return None
    read = counter_in(counter) if counter else None
    return None if counter and read is None else Seen(epoch, read)
