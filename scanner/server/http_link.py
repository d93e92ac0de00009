"""Send requests to one server within a time limit, and turn failures into named faults."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests

from checkin.protocol.epochs import COUNTER, EPOCH, SEEN, is_epoch
from checkin.protocol.signed_answers import NONCE, SIGNED, SignedAnswer, new_nonce
from checkin.protocol.version import VERSION
from checkin.words.languages import DEFAULT_LANGUAGE
from scanner.core.errors import (
    AnsweredByAnother,
    AskedTooOften,
    BadServerAddress,
    CertificateChanged,
    CertificateMissing,
    CertificateNotOfFile,
    CertificateOfOtherName,
    CertificateOutOfDate,
    CertificateRefused,
    ComeLater,
    DeviceWiped,
    ListNotReady,
    NotKnownYet,
    RequestRejected,
    SearchBudget,
    ServerFailed,
    ServerUnreachable,
    SpoolUnwritable,
    TokenRefused,
    TooLarge,
    UnsignedRefusal,
)
from scanner.offline.clock import DeviceClock
from scanner.server.local_names import LocalNames
from scanner.server.places import Place

SOFTWARE = f"marhaba-scanner/{VERSION}"

# OpenSSL's numbers: X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH;
# X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED.
_OTHER_NAME = {62, 64}
_OUT_OF_DATE = {9, 10}

#: what an answer's headers tell, under these names in its body
TOLD_BY_HEADERS = {"epoch": EPOCH, "counter": COUNTER}

#: whether a server answers is not worth a longer wait
_LOOK_S = 1.5

# Answers that will be the same however often the request is sent.
_HOPELESS = {400, 403, 404, 409, 413, 415, 422}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it arrived.

    Attributes:
        is_ours: it names an epoch that this device has met, or signs a new one; or this device has
            met none, and that server may be an old one.
        is_vouched: what it ends is ended: it is signed by the event's key, as far as that is known.
    """

    response: requests.Response
    is_ours: bool
    is_vouched: bool


class Epochs(Protocol):
    """What requests use of `Acknowledged`."""

    @property
    def epoch(self) -> str:
        """Return the epoch that was met last; "" before any."""
        ...

    def has_met(self, epoch: str) -> bool:
        """Say whether an epoch was met."""
        ...

    def meet(self, epoch: str) -> bool:
        """Take the epoch of an answer."""
        ...

    def seen(self) -> str:
        """Return what this device has seen of the server's database, or ""."""
        ...

    def arrive(self, place: str) -> None:
        """Take the epoch of the place to which requests go from now on for the present one."""
        ...


class HttpLink:
    """The HTTP connection of one device to one server.

    Every call raises ServerUnreachable when the server does not answer within the time limit,
    TokenRefused on 401, and RequestRejected for what the server will never accept. Paths are those
    below `/api/v1/`.
    """

    def __init__(
        self,
        server: str,
        *,
        token: str = "",
        language: str = DEFAULT_LANGUAGE,
        cafile: Path | None = None,
        authority: Path | None = None,
        clock: DeviceClock | None = None,
    ) -> None:
        """Prepare the session; nothing is sent yet.

        Args:
            cafile: certificates to trust instead of the system's.
            authority: the same, learned when pairing; `cafile` wins.
            clock: compared with the server's at each answer.

        Raises:
            BadServerAddress: `server` is not an http or https address.
            CertificateMissing: there is no such `cafile`.
        """
        self.server = server_address(server)
        self.clock = clock or DeviceClock()
        #: told of each answer's epoch, once this device has a spool
        self.epochs: Epochs | None = None
        #: returns the key of the event by which its answers are signed; "" where it is unknown
        self.public_key: Callable[[], str] = str
        #: the server has said that the event's data are erased everywhere
        self.is_purged = False
        self._headers = {"Accept-Language": language, "User-Agent": SOFTWARE}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._session = self._new_session()
        #: the hub to which requests go; None: to the server
        self.place: Place | None = None
        self._hub_session: requests.Session | None = None
        if cafile is not None and not cafile.is_file():
            raise CertificateMissing(cafile=cafile)
        self._cafile, self._authority = cafile, authority
        if believed := cafile or authority:
            self._session.verify = str(believed)

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        # Proxies and .netrc of this computer's owner are not used for requests to the server.
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, LocalNames())
        session.headers.update(self._headers)
        return session

    def go_to(self, place: Place | None) -> None:
        """Send requests to a hub from now on, or to the server again."""
        if place is not None:
            self._hub_session = self._new_session()
            self._hub_session.verify = str(place.authority)
        self.place = place
        if self.epochs:
            with contextlib.suppress(SpoolUnwritable):  # then it is offered once more than needed
                self.epochs.arrive(_place_name(place))

    def answers_at(self, place: Place | None) -> bool:
        """Say whether a server there knows this device; nothing else changes."""
        session = self._new_session()
        session.verify = str(place.authority) if place else self._session.verify
        address = place.address if place else self.server
        try:
            answer = session.get(f"{address}/api/v1/status", timeout=_LOOK_S, allow_redirects=False)
        except (requests.RequestException, OSError):  # no such file is an OSError
            return False
        finally:
            session.close()
        return answer.status_code == 200 and is_epoch(answer.headers.get(EPOCH, ""))

    def get(
        self, path: str, *, timeout_s: float, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Send a GET request and return the answer."""
        return self._call("GET", path, None, timeout_s=timeout_s, headers=headers)

    def post(
        self,
        path: str,
        body: dict[str, Any],
        *,
        timeout_s: float,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Send a POST request and return the answer."""
        return self._call("POST", path, body, timeout_s=timeout_s, headers=headers)

    def delete(self, path: str, *, timeout_s: float) -> dict[str, Any]:
        """Send a DELETE request."""
        return self._call("DELETE", path, None, timeout_s=timeout_s)

    def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        *,
        timeout_s: float,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        sent_at, began_s = self.clock.now(), self.clock.elapsed_s()
        answer = self._send(method, path, body, timeout_s, headers or {})
        reply = self._understood(answer)
        self._note_skew(reply, sent_at, self.clock.elapsed_s() - began_s)
        return reply

    def _send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        timeout_s: float,
        headers: dict[str, str],
    ) -> Answer:
        place = self.place
        session = self._hub_session if place and self._hub_session else self._session
        address = place.address if place else self.server
        url, nonce = f"{address}/api/v1/{path}", new_nonce()
        headers = {**headers, NONCE: nonce}
        if self.epochs and (seen := self._seen()):
            headers[SEEN] = seen
        # A kept connection may have been closed by the server meanwhile: that costs a second try,
        # which is safe because the server knows a scan by its scan_id.
        for last in (False, True):
            try:
                response = session.request(
                    method,
                    url,
                    json=body,
                    timeout=timeout_s,
                    headers=headers,
                    allow_redirects=False,
                )
                return self._met(response, nonce, place)
            except requests.exceptions.SSLError as error:
                # TLS that breaks off is a connection lost, as when the server's worker restarts.
                if refusal := _refusal_in(error):
                    raise self._refused(refusal) from error
                if last:
                    raise ServerUnreachable(server=self.server) from error
            except requests.Timeout as error:
                raise ServerUnreachable(server=self.server) from error
            except requests.RequestException as error:
                if last:
                    raise ServerUnreachable(server=self.server) from error
        raise AssertionError("the second try returns or raises")

    def _seen(self) -> str:
        with contextlib.suppress(SpoolUnwritable):
            return self.epochs.seen() if self.epochs else ""
        return ""

    def _met(self, response: requests.Response, nonce: str, place: Place | None) -> Answer:
        """Return an answer with whose it is, and take its epoch."""
        epoch = response.headers.get(EPOCH, "")
        is_marked, known = is_epoch(epoch), self.epochs.epoch if self.epochs else ""
        key = place.public_key if place else self.public_key()
        is_vouched = _is_vouched(key, response, nonce, epoch) if is_marked else not known
        # Another Marhaba that has got the address has an epoch, too: a new one has to be signed. A
        # restored server does not know who is not paired any more, and cannot sign that.
        is_met = bool(self.epochs and self.epochs.has_met(epoch))
        is_named = is_marked and (is_met or is_vouched or response.status_code == 401)
        is_here = place == self.place  # and has not moved on meanwhile
        is_taken = is_marked and (is_vouched if known else response.status_code < 400)
        if self.epochs and is_here and is_taken:
            with contextlib.suppress(SpoolUnwritable):  # then the next answer tells it again
                self.epochs.meet(epoch)
        return Answer(response, is_named or not known, is_vouched)

    def _refused(self, refusal: ssl.SSLCertVerificationError) -> CertificateRefused:
        if refusal.verify_code in _OTHER_NAME:
            return CertificateOfOtherName(server=self.server)
        if refusal.verify_code in _OUT_OF_DATE:
            return CertificateOutOfDate(server=self.server)
        if self._cafile:
            return CertificateNotOfFile(server=self.server, cafile=self._cafile)
        kind = CertificateChanged if self._authority else CertificateRefused
        return kind(server=self.server)

    def _understood(self, received: Answer) -> dict[str, Any]:
        answer = received.response
        self._check_whose(received)
        reply = _json_object(answer)
        # The portal of a public network, or a proxy whose server is away, answers with a page or
        # an error of its own: that neither stops this device nor sets a scan aside.
        if reply is None or not (answer.ok or isinstance(reply.get("error"), str)):
            raise ServerUnreachable(server=self.server)
        if answer.ok:
            told = {name: answer.headers.get(of, "") for name, of in TOLD_BY_HEADERS.items()}
            told = {name: value for name, value in told.items() if value}
            return (reply if received.is_vouched else _endless(reply)) | told
        if answer.status_code == 401 and reply.get("wipe") is not True:
            # A hub that has not heard of this device yet is no reason to stop.
            raise ServerUnreachable(server=self.server) if self.place else TokenRefused
        if not received.is_vouched and answer.status_code in {401, *_HOPELESS}:
            raise UnsignedRefusal(answer.status_code, server=self.server)
        if answer.status_code == 401:
            self.is_purged = reply.get("purged") is True
            raise DeviceWiped
        if answer.status_code in _HOPELESS:
            detail = str(reply.get("detail", ""))
            raise RequestRejected(answer.status_code, reply["error"], detail, reply)
        if answer.status_code == 429:
            often = SearchBudget if reply["error"] == SearchBudget.code else AskedTooOften
            raise often(server=self.server, minutes=_minutes_to_wait(answer))
        for kind in (ComeLater, ListNotReady, NotKnownYet):
            if answer.status_code == 503 and reply["error"] == kind.code:
                raise kind(server=self.server, wait_s=_seconds_to_wait(answer))
        raise (ServerFailed if answer.status_code == 500 else ServerUnreachable)(server=self.server)

    def _check_whose(self, received: Answer) -> None:
        """Raise where something else than this device's server answers, or cannot pass it on."""
        status = received.response.status_code
        if status == 413 and not (received.is_vouched and _json_object(received.response)):
            raise TooLarge(server=self.server)
        if received.is_ours:
            return
        # A proxy whose server is away, or is asked too often, says so by these.
        waits = status == 429 or status >= 500
        raise (ServerUnreachable if waits else AnsweredByAnother)(server=self.server)

    def _note_skew(self, reply: dict[str, Any], sent_at: datetime, round_trip_s: float) -> None:
        # `/status` says when it counted, which is the same moment.
        try:
            server_time = datetime.fromisoformat(reply.get("server_time") or reply["at"])
            self.clock.note(server_time, sent_at, round_trip_s)
        except (KeyError, TypeError, ValueError):
            return


def _is_vouched(key: str, response: requests.Response, nonce: str, epoch: str) -> bool:
    if not key:
        return True
    answer = SignedAnswer(nonce, response.status_code, epoch, response.content)
    return answer.is_genuine(key, response.headers.get(SIGNED, ""))


def _place_name(place: Place | None) -> str:
    return f"hub {place.hub}" if place else ""


def server_address(server: str) -> str:
    """Return `server` without a final slash.

    Raises:
        BadServerAddress: it is not an http or https address with a host.
    """
    try:
        parts = urlsplit(server)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # an unclosed bracket, or a port that is no number
        usable = False
    if not usable:
        raise BadServerAddress(server=server)
    return server.rstrip("/")


def _refusal_in(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """Return why a certificate was refused, from the exceptions that two libraries wrapped."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__ or _wrapped_in(error)
    return error


def _wrapped_in(error: BaseException) -> BaseException | None:
    inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
    return inner if isinstance(inner, BaseException) else None


def _endless(reply: dict[str, Any]) -> dict[str, Any]:
    """Return a reply without the scans of a batch that it sets aside: they are sent again."""
    results = reply.get("results")
    if not isinstance(results, list):
        return reply
    kept = [one for one in results if not (isinstance(one, dict) and one.get("error"))]
    return reply | {"results": kept}


def _minutes_to_wait(answer: requests.Response) -> int:
    return max(1, -(-_seconds_to_wait(answer) // 60))


def _seconds_to_wait(answer: requests.Response) -> int:
    told = answer.headers.get("Retry-After", "")
    return int(told) if told.isdecimal() else 1


def _json_object(answer: requests.Response) -> dict[str, Any] | None:
    try:
        reply = answer.json()
    except ValueError:
        return None
    return reply if isinstance(reply, dict) else None
