"""What an event still needs before its doors open: for each check, whether it is good or not.

Facts in, lights out; `checkin.services.lifecycle.readiness` reads the facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Check(StrEnum):
    """What is checked, in the order in which it is done."""

    PEOPLE = "people"
    CONTACTS = "contacts"
    ADDRESS = "address"
    BADGES = "badges"
    GATES = "gates"
    LISTS = "lists"
    REHEARSAL = "rehearsal"
    PINS = "pins"
    BACKUP = "backup"


class Light(StrEnum):
    """The state of a check."""

    GOOD = "good"
    #: the doors can open, but somebody should look at it
    LOOK = "look"
    #: the doors cannot open like this
    ACT = "act"


#: a gate list is fresh for so long, on boards too
FRESH_LIST = timedelta(minutes=30)
#: a backup is good for so long
FRESH_BACKUP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReadinessFacts:
    """What is known of an event when its readiness is asked.

    Attributes:
        registered: confirmed participants.
        without_contact: of these, those with neither an e-mail address nor a telephone.
        badges_sent: of these, those whose badge has left by e-mail, or was printed at a desk.
        badges_waiting: of these, those whose badge waits to be sent.
        badges_unreached: of these, those whom no e-mail reaches, and whose badge was not printed
            at a desk either.
        to_files: e-mails are written into files, so that none reaches anybody.
        devices: those in use.
        online: of these, those that were in touch just now.
        unanswered: of these, those that have never been in touch.
        stale_lists: of these, those without a fresh gate list.
        empty_gates: the names of gates without a device.
        is_only_here: only this machine understands the server's address.
        opened_at: when another device last opened that address.
        rehearsed: a rehearsal was begun once.
        rehearsing: one is on now.
        has_pins: a supervisor has a PIN.
        backup_at: when the newest backup was made that this server knows of.
    """

    registered: int = 0
    without_contact: int = 0
    badges_sent: int = 0
    badges_waiting: int = 0
    badges_unreached: int = 0
    to_files: bool = False
    devices: int = 0
    online: int = 0
    unanswered: int = 0
    stale_lists: int = 0
    empty_gates: tuple[str, ...] = ()
    is_only_here: bool = False
    opened_at: datetime | None = None
    rehearsed: bool = False
    rehearsing: bool = False
    has_pins: bool = False
    backup_at: datetime | None = None

    @property
    def answered(self) -> int:
        """Devices in use that have been in touch at least once."""
        return self.devices - self.unanswered


def lights_of(facts: ReadinessFacts, now: datetime) -> Mapping[Check, Light]:
    """Return the light of each check, in their order."""
    return {
        Check.PEOPLE: Light.GOOD if facts.registered else Light.ACT,
        Check.CONTACTS: _good(facts.registered > 0 and not facts.without_contact),
        Check.ADDRESS: _address(facts),
        Check.BADGES: _badges(facts),
        Check.GATES: _gates(facts),
        Check.LISTS: _good(facts.answered > 0 and not facts.stale_lists),
        Check.REHEARSAL: _good(facts.rehearsed and not facts.rehearsing),
        Check.PINS: _good(facts.has_pins),
        Check.BACKUP: _good(
            facts.backup_at is not None and now - facts.backup_at < FRESH_BACKUP,
        ),
    }


def worst(lights: Mapping[Check, Light]) -> Light:
    """Return the light of the whole event: ready only where all is good."""
    found = set(lights.values())
    return next(light for light in (Light.ACT, Light.LOOK, Light.GOOD) if light in found)


def _good(is_good: bool) -> Light:
    return Light.GOOD if is_good else Light.LOOK


def _address(facts: ReadinessFacts) -> Light:
    if facts.is_only_here:
        return Light.ACT
    return _good(facts.opened_at is not None)


def _badges(facts: ReadinessFacts) -> Light:
    if not facts.registered or facts.badges_waiting:
        return Light.ACT
    return _good(not facts.badges_unreached and not facts.to_files)


def _gates(facts: ReadinessFacts) -> Light:
    if not facts.answered:
        return Light.ACT
    return _good(facts.online == facts.devices and not facts.empty_gates)
