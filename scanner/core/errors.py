"""What can go wrong at a gate. Each fault has a sentence in `words` under its `code`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class ScannerError(Exception):
    """A fault that a person can do something about.

    Attributes:
        details: what fills the places in the sentence.
    """

    code = "fault"

    def __init__(self, **details: object) -> None:
        super().__init__(self.code, details)
        self.details = details


class NoCamera(ScannerError):
    """No camera has this number, or another program holds it."""

    code = "no_camera"


class CameraInUse(NoCamera):
    """The camera is there and does not open: another program holds it."""

    code = "camera_in_use"


class CameraDenied(NoCamera):
    """The camera is there and this user may not open it."""

    code = "camera_denied"


class CameraLost(ScannerError):
    """The camera stopped giving pictures."""

    code = "camera_lost"


class SourceMissing(ScannerError):
    """There is no such file or folder."""

    code = "source_missing"


class SourceUnreadable(ScannerError):
    """The file, folder or address holds no pictures that can be read."""

    code = "source_unreadable"


class NoDisplay(ScannerError):
    """There is no screen to open a window on."""

    code = "no_display"


class LibraryMissing(ScannerError):
    """A Python package or a system library that the scanner needs is missing."""

    code = "library_missing"


class BadServerAddress(ScannerError):
    """The address of the server is not an http or https one."""

    code = "bad_server"


class CertificateMissing(ScannerError):
    """The file given as --cafile does not exist."""

    code = "no_cafile"


class NotPaired(ScannerError):
    """There is neither a pairing code, nor a token, nor an earlier pairing to sign in with."""

    code = "not_paired"


class KeyStoreClosed(ScannerError):
    """The device's token is in the system's key store, which does not give it."""

    code = "key_store_closed"


class SeveralServers(ScannerError):
    """This computer has been paired with several servers, and none was named."""

    code = "several_servers"


class PairingRefused(ScannerError):
    """The server does not know the pairing code, or it was used or is too old."""

    code = "pairing_refused"


class SpoolUnwritable(ScannerError):
    """A scan could not be made safe on disk."""

    code = "spool_unwritable"


class SpoolDamaged(SpoolUnwritable):
    """A file of this device is damaged, which the next start mends as far as it can."""

    code = "spool_damaged"


class MemoryLost(ScannerError):
    """What this gate kept was damaged or gone; `count` scans could be read out of it."""

    code = "memory_lost"


class ServerUnreachable(ScannerError):
    """No Marhaba server answered: try again later."""

    code = "unreachable"


class AnsweredByAnother(ServerUnreachable):
    """Something between this gate and the server answers in the server's place."""

    code = "answered_by_another"


class UnsignedRefusal(AnsweredByAnother):
    """What knows the server's epoch refuses this request, and does not sign the refusal.

    So answers a server of an earlier version to a request that came later.
    """

    def __init__(self, status: int, **details: object) -> None:
        super().__init__(**details)
        self.status = status


class OtherSchemeAnswers(ServerUnreachable):
    """A Marhaba server answers with http in place of https, or the reverse, and not as asked."""

    code = "other_scheme_answers"


class ServerFailed(ServerUnreachable):
    """The server answered that it failed on this request."""


class TooLarge(ServerFailed):
    """Something on the way takes no request as large as this one."""


class ComeLater(ServerUnreachable):
    """Other gates offer their scans again after a restore: this one's turn is in `wait_s`."""

    code = "come_later"


class NotKnownYet(ServerUnreachable):
    """A hub does not know yet whom this gate's own list knows, and leaves the decision to it."""

    code = "not_known_yet"


class ListNotReady(ServerUnreachable):
    """The server is preparing the gate list: it is there in `wait_s`."""

    code = "list_not_ready"


class AskedTooOften(ServerUnreachable):
    """This device searched, or tried PINs, more often than it may; `minutes` says how long."""

    code = "asked_too_often"


class SearchBudget(AskedTooOften):
    """This device was shown as many people as it may be in an hour; a supervisor's PIN goes on."""

    code = "search_budget"


class CertificateRefused(ServerUnreachable):
    """The server's certificate is not trusted here."""

    code = "certificate_refused"


class CertificateNotOfFile(CertificateRefused):
    """The server's certificate was not issued by the authority given as --cafile."""

    code = "certificate_not_of_cafile"


class CertificateChanged(CertificateRefused):
    """The server's certificate was not issued by the authority that was learned when pairing."""

    code = "certificate_changed"


class CertificateOfOtherName(CertificateRefused):
    """The certificate is trusted, but was issued for another address than the one that was used."""

    code = "certificate_of_other_name"


class CertificateOutOfDate(CertificateRefused):
    """By this computer's clock the certificate is not valid yet, or no longer."""

    code = "certificate_out_of_date"


class AuthorityRefused(ScannerError):
    """The server's authority is not the one that the organiser showed. Nothing was sent to it."""

    code = "authority_refused"


class FingerprintWithoutTls(ScannerError):
    """A fingerprint was given for an http address, where nothing can be verified."""

    code = "fingerprint_without_tls"


class TokenRefused(ScannerError):
    """The server no longer accepts this device's token."""

    code = "token_refused"


class NotKnownAnyMore(TokenRefused):
    """The server knew this device, and was put back to a state in which it does not."""

    code = "not_known_any_more"


class DeviceWiped(TokenRefused):
    """The server revoked this device: its list, token and names are erased here."""

    code = "wiped"


class WipeFailed(DeviceWiped):
    """The server revoked this device, and its disk failed to erase everything."""

    code = "wipe_failed"


class ListRefused(ScannerError):
    """The gate list that arrived is not the server's, not this event's, or not newer."""

    code = "list_refused"


class SearchTooShort(ScannerError):
    """Fewer than three letters are typed."""

    code = "three_letters"


class SearchClosed(ScannerError):
    """Names are searched only while the doors are open."""

    code = "search_closed"


class DeskLocked(ScannerError):
    """What opens the people of this help desk is not here: the server lends it at a contact."""

    code = "desk_locked"


class DeskBudget(ScannerError):
    """This help desk has shown as many people without the network as it may in an hour."""

    code = "desk_budget"


class NoPrinter(ScannerError):
    """No printer of this computer takes the badge, and nothing opens it without a file."""

    code = "no_printer"


class RequestRejected(ScannerError):
    """The server will never accept this request: sending it again is of no use.

    Attributes:
        error: the server's own code for it, such as `invalid_request`.
        reply: the whole body of the answer.
    """

    code = "rejected"

    def __init__(
        self, status: int, error: str, detail: str, reply: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(status=status, error=error, detail=detail)
        self.reply = reply or {}
        self.status = status
        self.error = error
        self.detail = detail
