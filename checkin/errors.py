"""The faults of the program: each class has a stable code that programs may test for.

A refusal at the gate is not a fault: it is a verdict, a value (see
`checkin.domain.scanning.verdict`).
"""

from __future__ import annotations


class MarhabaError(Exception):
    """A fault with a stable `code` and a sentence that says what to do."""

    code = "error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidRequest(MarhabaError):
    """The request is invalid."""

    code = "invalid_request"


class Unauthenticated(MarhabaError):
    """The request carries no valid credentials."""

    code = "unauthenticated"


class FirstPasswordExpired(Unauthenticated):
    """The password is right, but it is a first one that was not replaced in time."""


class DeviceRevoked(Unauthenticated):
    """The device was revoked: it must wipe its list, its names and its token.

    Attributes:
        purged: its event's personal data are erased: nothing of the event may stay anywhere.
        event_slug: of its event, with whose key the device is told.
    """

    def __init__(self, detail: str, *, purged: bool = False, event_slug: str = "") -> None:
        super().__init__(detail)
        self.purged = purged
        self.event_slug = event_slug


class Forbidden(MarhabaError):
    """The caller is not permitted to do this."""

    code = "forbidden"


class AtCentralServer(Forbidden):
    """This is a hub, and only the central server does this.

    Attributes:
        url: of the central server.
    """

    def __init__(self, url: str) -> None:
        super().__init__(f"this is a hub: do it at the central server, {url}")
        self.url = url


class NoPins(Forbidden):
    """Nobody has a PIN yet, so no override can name who answers for it."""

    code = "no_pins"


class SearchNotAllowed(Forbidden):
    """This device may not search for names."""

    code = "search_not_allowed"


class PinNeeded(Forbidden):
    """Only with a supervisor's PIN."""

    code = "pin_needed"


class NotAHelpDesk(Forbidden):
    """This device is no help desk: it may not hold the people of the event, or replace badges."""

    code = "not_a_help_desk"


class SearchClosed(Forbidden):
    """Devices search only while the doors are open."""

    code = "search_closed"


class InKiosk(Forbidden):
    """Nobody stands at this device: it does only what a visitor may do."""

    code = "kiosk"


class NotFound(MarhabaError):
    """The thing does not exist, or the caller may not see it."""

    code = "not_found"


class Conflict(MarhabaError):
    """The request contradicts what is recorded already."""

    code = "conflict"


class ScanIdConflict(Conflict):
    """One scan_id was sent with two different bodies."""

    code = "scan_id_conflict"


class WalkInIdConflict(Conflict):
    """One walk-in's id was sent for two different people."""

    code = "walk_in_id_conflict"


class EventPurged(Conflict):
    """The event's personal data were erased: it takes nobody any more."""

    code = "event_purged"


class QuotaBelowPlacesTaken(Conflict):
    """A quota cannot be lowered under the places already given."""

    code = "quota_below_places_taken"


class MergedAway(Conflict):
    """The participant's record was merged into another one of the same person."""

    code = "merged"


class PlaceGone(Conflict):
    """A merge cannot be taken back: the person has arrived, and others have their place."""

    code = "place_gone"


class BusFull(Conflict):
    """More people than a bus has seats."""

    code = "bus_full"

    def __init__(self, detail: str, *, seats_left: int) -> None:
        """Remember how many seats there were."""
        super().__init__(detail)
        self.seats_left = seats_left


class LastAdministrator(Conflict):
    """Without this account nobody could open or change accounts."""

    code = "last_administrator"


class WeakPassword(InvalidRequest):
    """The password is easily guessed."""

    code = "weak_password"

    def __init__(self, detail: str, *, weakness: str) -> None:
        """Remember why: a value of `checkin.domain.accounts.passwords.Weakness`."""
        super().__init__(detail)
        self.weakness = weakness


class PossibleDuplicate(Conflict):
    """Someone with the same e-mail, phone or name is already registered."""

    code = "possible_duplicate"

    def __init__(self, detail: str, *, participant_id: int, same: str) -> None:
        """Remember who it may be, and what is the same: email, phone or name."""
        super().__init__(detail)
        self.participant_id, self.same = participant_id, same


class PossibleDuplicateAtGate(Conflict):
    """Someone of the delegation is like a walk-in; a gate is told who, not what is the same."""

    code = "possible_duplicate"


class SettingsError(MarhabaError):
    """The program cannot start with these settings."""

    code = "settings"


class TooManyRequests(MarhabaError):
    """Too many requests or attempts; it works again later."""

    code = "too_many_requests"

    def __init__(self, detail: str, *, wait_s: float) -> None:
        """Remember how long to wait."""
        super().__init__(detail)
        self.wait_s = wait_s


class AccountUsedUp(TooManyRequests):
    """The account had so many failed sign-ins that only known browsers may try now."""


class SearchBudget(TooManyRequests):
    """The device was shown as many people as it may be in an hour; a supervisor's PIN goes on."""

    code = "search_budget"


class Unavailable(MarhabaError):
    """The service is unavailable now, such as the database or a place for another stream."""

    code = "unavailable"


class ComeLater(Unavailable):
    """Others offer again what a restore has lost: this one's turn comes later."""

    code = "come_later"

    def __init__(self, detail: str, *, wait_s: int) -> None:
        """Remember after how many seconds it is worth asking."""
        super().__init__(detail)
        self.wait_s = wait_s


class NotKnownYet(Unavailable):
    """A hub does not know yet whom the device's own gate list knows: the device decides by that."""

    code = "not_known_yet"
    wait_s = 15


class ListNotReady(Unavailable):
    """The segments of the gate list are being written: they are there in a moment."""

    code = "list_not_ready"
    wait_s = 5
