"""Call addresses of others, such as webhooks and lists at an address, without being led astray.

Everything that calls an address that somebody has typed does it here. The address is https and
leads to the public internet, unless `CHECKIN_OUTGOING_ALLOWED` names it; the connection is made to
the very IP address that was checked, so that a name that changes its address meanwhile leads
nowhere else; each redirect is checked again; and neither a slow nor an endless answer keeps us.
Proxies of the environment are not used: they would look names up once more.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urljoin

from checkin.domain.network.destinations import (
    NOTHING_ELSE,
    DestinationRefused,
    OutgoingAllowed,
    WrittenAddress,
    is_inside,
    written_address,
)
from checkin.errors import MarhabaError
from checkin.protocol.version import VERSION

USER_AGENT = f"Marhaba/{VERSION}"
_REDIRECTS = (301, 302, 303, 307, 308)
_PIECE = 64 * 2**10
#: what goes to the next address only if it is of the same origin
_SECRETS = frozenset({"authorization", "cookie"})

Resolver = Callable[[str, int], Sequence[str]]


class CallProblem(StrEnum):
    """Why a call has had no answer that can be used."""

    #: nobody answers there, or the connection broke off
    UNREACHABLE = "unreachable"
    #: it took longer than it may
    SLOW = "slow"
    #: it is larger than it may be
    LARGE = "large"
    #: the certificate does not prove that it is the machine of that name
    CERTIFICATE = "certificate"
    #: what answers does not speak HTTP as we do
    NOT_HTTP = "not_http"
    #: it leads on and on, or without saying where
    REDIRECTS = "redirects"


class CallFailed(MarhabaError):
    """A call without an answer that can be used; it may work another time."""

    code = "call_failed"

    def __init__(self, problem: CallProblem, detail: str = "") -> None:
        """Remember why; the detail is English, for logs."""
        super().__init__(detail or problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a call may take, and how large its answer may be.

    Attributes:
        total_s: from the first look-up to the last byte, redirects included.
        most_bytes: of the answer's body.
        cut: whether the rest of a larger body is left unread instead of being a fault.
        redirects: how often it may lead on.
    """

    total_s: float = 20.0
    most_bytes: int = 2**20
    cut: bool = False
    redirects: int = 3


USUAL = Bounds()


@dataclass(frozen=True, slots=True)
class Destination:
    """An address that may be called, with the IP addresses that were checked."""

    written: WrittenAddress
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call was answered.

    Attributes:
        headers: their names in small letters; of several of one name, the last.
        url: where it came from, after redirects.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_success(self) -> bool:
        """Whether the status says that it has worked."""
        return 200 <= self.status < 300


def addresses_of(host: str, port: int) -> Sequence[str]:
    """Look up the IP addresses of a host.

    Raises:
        OSError: it is not known.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


def check_destination(
    url: str, allowed: OutgoingAllowed = NOTHING_ELSE, *, resolve: Resolver = addresses_of
) -> Destination:
    """Return an address of others if the server may call it, with the IP addresses it has now.

    All of them have to be permitted: a name that has one of ours among them is refused.

    Args:
        allowed: `Settings.outgoing_allowed`.

    Raises:
        DestinationRefused: it may not be called, or the name is unknown.
    """
    written = written_address(url)
    is_named = allowed.names(written.host)
    # Before the look-up: a name must not even be asked for that nobody may call.
    if written.scheme != "https" and not is_named and not allowed.networks:
        raise DestinationRefused("destination_not_https", url)
    try:
        found = tuple(resolve(written.host, written.port))
    except (OSError, UnicodeError):
        found = ()
    if not found:
        raise DestinationRefused("destination_unknown", written.host)
    for one in found:
        if is_named or allowed.holds(one):
            continue
        if is_inside(ip_address(one.partition("%")[0])):
            raise DestinationRefused("destination_inside", written.host)
        if written.scheme != "https":
            raise DestinationRefused("destination_not_https", url)
    return Destination(written, found)


@dataclass(frozen=True)
class Caller:
    """Calls addresses of others.

    Attributes:
        allowed: what is permitted beside https to the public internet.
        resolve: looks names up.
        tls: what certificates are checked with; the system's authorities unless it is given.
    """

    allowed: OutgoingAllowed = NOTHING_ELSE
    resolve: Resolver = addresses_of
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def check(self, url: str, within_s: float = 5.0) -> Destination:
        """Check an address without calling it, as forms do; see `check_destination`.

        Raises:
            DestinationRefused: it may not be called, or its name is not looked up in time.
        """
        try:
            with _Deadline(within_s) as deadline:
                return self._checked(url, deadline)
        except CallFailed:
            raise DestinationRefused("destination_unknown", written_address(url).host) from None

    def fetch(
        self, url: str, headers: Mapping[str, str] | None = None, bounds: Bounds = USUAL
    ) -> Answer:
        """Read what is at an address, and follow where it leads.

        Raises:
            DestinationRefused: it, or where it leads, may not be called.
            CallFailed: there was no answer that can be used.
        """
        return self.call("GET", url, headers=headers, bounds=bounds)

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        bounds: Bounds = USUAL,
    ) -> Answer:
        """Post a body to an address. It follows no redirect: that answer is returned as it is.

        Raises:
            DestinationRefused: it may not be called.
            CallFailed: there was no answer that can be used. It may have arrived nonetheless.
        """
        return self.call("POST", url, body, headers=headers, bounds=bounds)

    def call(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        bounds: Bounds = USUAL,
    ) -> Answer:
        """Call an address by any method; only GET follows redirects. See `fetch` and `post`."""
        sent = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **(headers or {})}
        with _Deadline(bounds.total_s) as deadline:
            for _step in range(bounds.redirects + 1):
                destination = self._checked(url, deadline)
                answer = self._ask(destination, method, body, sent, bounds, deadline)
                if answer.status not in _REDIRECTS or method != "GET":
                    return answer
                url, sent = _next_address(destination.written, answer, sent)
        raise CallFailed(CallProblem.REDIRECTS, "it leads on and on")

    def _checked(self, url: str, deadline: _Deadline) -> Destination:
        def resolve(host: str, port: int) -> Sequence[str]:
            return deadline.bounded(lambda: self.resolve(host, port))

        return check_destination(url, self.allowed, resolve=resolve)

    def _ask(
        self,
        destination: Destination,
        method: str,
        body: bytes | None,
        headers: Mapping[str, str],
        bounds: Bounds,
        deadline: _Deadline,
    ) -> Answer:
        written = destination.written
        with _faults_named(deadline), deadline.watching() as watch:
            connection = _PinnedConnection(destination, self.tls, watch)
            try:
                connection.request(method, written.target, body, dict(headers))
                with connection.getresponse() as answer:
                    content = _read(answer, bounds)
                    told = {name.lower(): value for name, value in answer.getheaders()}
            finally:
                connection.close()
        if told.get("content-encoding", "identity").lower() != "identity":
            raise CallFailed(CallProblem.NOT_HTTP, "the answer is packed, which was not asked for")
        return Answer(answer.status, told, content, written.url)


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to the IP addresses that were checked, whatever the name leads to by now."""

    def __init__(self, destination: Destination, tls: ssl.SSLContext, watch: _Watch) -> None:
        written = destination.written
        super().__init__(written.host, written.port)
        self.default_port = {"https": 443, "http": 80}[written.scheme]
        self._destination, self._tls, self._watch = destination, tls, watch

    def connect(self) -> None:
        """Connect to the first of the addresses that answers."""
        written = self._destination.written
        self.sock = self._reached()
        self.sock.settimeout(self._watch.left_s())
        self._watch.over(self.sock)
        if written.scheme == "https":
            secured = self._tls.wrap_socket(
                self.sock, server_hostname=written.host, do_handshake_on_connect=False
            )
            self.sock = secured
            self._watch.over(secured)
            secured.do_handshake()

    def _reached(self) -> socket.socket:
        addresses, port = self._destination.addresses, self._destination.written.port
        fault: OSError | None = None
        for number, address in enumerate(addresses):
            # One that swallows everything leaves the others their share of the time.
            share_s = self._watch.left_s() / (len(addresses) - number)
            try:
                return socket.create_connection((address, port), share_s)
            except OSError as found:
                fault = found
        raise fault or OSError("there is no address")


class _Watch:
    """Ends a connection when its time is over, however the bytes drip."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        self._sock: socket.socket | None = None

    def left_s(self) -> float:
        """How long the call may still take."""
        return self._deadline.left_s()

    def over(self, sock: socket.socket) -> None:
        """Watch this socket from now on."""
        self._sock = sock
        if self._deadline.is_over:
            self.end()

    def end(self) -> None:
        """End the connection, so that whoever reads it goes on."""
        if self._sock is not None:
            with suppress(OSError):
                # Of a TLS socket, too: its own `shutdown` would forget the TLS beneath the reader.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


class _Deadline:
    """The moment at which a call ends, with a thread that sees to it."""

    def __init__(self, total_s: float) -> None:
        self._total_s = total_s
        self._over = threading.Event()
        self._mutex = threading.Lock()
        self._watches: list[_Watch] = []
        self._timer = threading.Timer(total_s, self._end)
        self._timer.daemon = True

    def __enter__(self) -> _Deadline:
        self._until = time.monotonic() + self._total_s
        self._timer.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._timer.cancel()

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return self._over.is_set()

    def left_s(self) -> float:
        """How long the call may still take.

        Raises:
            CallFailed: no longer.
        """
        left = self._until - time.monotonic()
        if left <= 0:
            raise CallFailed(CallProblem.SLOW, "the time is over")
        return left

    @contextmanager
    def watching(self) -> Iterator[_Watch]:
        """Yield a watch for one connection."""
        watch = _Watch(self)
        with self._mutex:
            self._watches.append(watch)
        yield watch

    def bounded(self, work: Callable[[], Sequence[str]]) -> Sequence[str]:
        """Look something up, and wait no longer than the call may take.

        A look-up cannot be interrupted: its thread ends when it does.
        """
        found: list[Sequence[str]] = []
        faults: list[OSError] = []

        def look_up() -> None:
            try:
                found.append(work())
            except OSError as fault:
                faults.append(fault)

        thread = threading.Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(self.left_s())
        if faults:
            raise faults[0]
        if not found:
            raise CallFailed(CallProblem.SLOW, "the name is not looked up in time")
        return found[0]

    def _end(self) -> None:
        self._over.set()
        with self._mutex:
            for watch in self._watches:
                watch.end()


@contextmanager
def _faults_named(deadline: _Deadline) -> Iterator[None]:
    """Say of what has gone wrong which `CallProblem` it is."""
    try:
        yield
        if deadline.is_over:  # what ends with its connection looks whole
            raise CallFailed(CallProblem.SLOW, "the time is over")
    except CallFailed:
        raise
    except (OSError, http.client.HTTPException, ValueError) as fault:
        if deadline.is_over or isinstance(fault, TimeoutError):
            raise CallFailed(CallProblem.SLOW, "the time is over") from fault
        if isinstance(fault, ssl.SSLCertVerificationError):
            raise CallFailed(CallProblem.CERTIFICATE, fault.verify_message) from fault
        if isinstance(fault, ssl.SSLError | http.client.HTTPException | ValueError) and not (
            isinstance(fault, http.client.RemoteDisconnected | http.client.IncompleteRead)
        ):
            raise CallFailed(CallProblem.NOT_HTTP, type(fault).__name__) from fault
        raise CallFailed(CallProblem.UNREACHABLE, type(fault).__name__) from fault


def _read(answer: http.client.HTTPResponse, bounds: Bounds) -> bytes:
    pieces, size = [], 0
    # One byte more than may come shows that there is more.
    while size <= bounds.most_bytes:
        piece = answer.read1(min(_PIECE, bounds.most_bytes + 1 - size))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    content = b"".join(pieces)
    if size > bounds.most_bytes:
        if not bounds.cut:
            raise CallFailed(CallProblem.LARGE, f"more than {bounds.most_bytes} bytes")
        return content[: bounds.most_bytes]
    if answer.length:  # what was announced has not come
        raise http.client.IncompleteRead(content, answer.length)
    return content


def _next_address(
    here: WrittenAddress, answer: Answer, headers: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Return where a redirect leads, and the headers that may go there."""
    where = answer.headers.get("location", "")
    if not where:
        raise CallFailed(CallProblem.REDIRECTS, "it does not say where")
    url = urljoin(here.url, where)
    if written_address(url).origin == here.origin:
        return url, dict(headers)
    return url, {name: v for name, v in headers.items() if name.lower() not in _SECRETS}


def status_phrase(status: int) -> str:
    """Return a status with its usual phrase: "503 Service Unavailable"."""
    with suppress(ValueError):
        return f"{status} {HTTPStatus(status).phrase}"
    return str(status)
