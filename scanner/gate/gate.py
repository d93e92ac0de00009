"""Set up this computer as a gate: its server, its device token and its spool."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from checkin.domain.scanning.facts import Direction
from checkin.words.languages import DEFAULT_LANGUAGE
from scanner.core.errors import (
    MemoryLost,
    NotPaired,
    OtherSchemeAnswers,
    ScannerError,
    ServerUnreachable,
    SpoolUnwritable,
)
from scanner.gate.station import Station
from scanner.offline.clock import DeviceClock, skew_since
from scanner.offline.damaged import forget_damaged
from scanner.offline.decisions import OfflineGate
from scanner.offline.held_list import HeldList
from scanner.offline.help_desk import HelpDesk
from scanner.offline.spool import Spool
from scanner.server.authority import authority_for
from scanner.server.client import Client, Pairing
from scanner.server.courier import Courier
from scanner.server.delivery import Delivery, Link
from scanner.server.desk_supply import DeskSupply
from scanner.server.device import (
    forget,
    forget_authority,
    is_paired,
    kept_authority,
    remember,
    remembered,
    spool_folder,
)
from scanner.server.events import GateEvent, Trouble
from scanner.server.http_link import server_address
from scanner.server.places import Places
from scanner.server.refresh import Refresh
from scanner.server.unverified import other_scheme_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for, or a pairing QR.

    Attributes:
        fingerprint: see `scanner.server.authority.authority_for`.
    """

    server: str
    pairing_code: str | None = None
    token: str | None = None
    name: str | None = None
    language: str = DEFAULT_LANGUAGE
    type: str = Direction.ENTRY
    spool: Path | None = None
    cafile: Path | None = None
    fingerprint: str | None = None


@dataclass
class Gate:
    """The parts that every way of running the scanner needs.

    Attributes:
        place: {id, name} of the gate, empty when only a token was given.
        event: {slug, name, timezone}, empty likewise.
        name: what this device is called; "" for the computer's name.
        public_key: of the event, as the pairing told it; "" where it did not.
        desk: the people whom a help desk holds.
        places: where it finds its event; None until it is open.
    """

    client: Client
    spool: Spool
    held: HeldList
    language: str
    type: str
    token: str = ""
    place: dict[str, Any] = field(default_factory=dict)
    event: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    public_key: str = ""
    link: Link = field(default_factory=Link)
    desk: HelpDesk = field(init=False)
    places: Places | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.desk = HelpDesk(self.held.folder, self.held, self.client.clock)
        self.spool.acknowledged.event = self.event.get("slug", "")
        self.client.epochs = self.spool.acknowledged
        with suppress(SpoolUnwritable):  # then what a hub has acknowledged is offered later
            self.spool.acknowledged.arrive("")  # it may have been at a hub when it was switched off
        self.client.public_key = lambda: self.held.held().public_key or self.public_key

    def open(self, tell: Callable[[GateEvent], None]) -> tuple[Station, Courier]:
        """Make the station and its courier, which call `tell` from several threads."""
        clock = self.client.clock
        offline = OfflineGate(
            self.held, self.spool.memory, clock, self.place, self.language, self.desk
        )
        delivery = Delivery(self.spool, self.client, offline, self.link, self.language)
        desk_supply = DeskSupply(self.client, self.desk, lambda: self.client.place is not None)
        refresh = Refresh(self.client, self.held, self.spool, clock, desk_supply)
        self.places = Places(
            self.client, self.held.folder, self._slug, self.client.public_key, clock.server_now
        )
        courier = Courier(delivery, self.client, refresh, tell, self.wipe, self.name, self.places)
        if (saved := self.spool.loss()) is not None:
            tell(Trouble(MemoryLost(count=saved)))
        station = Station(
            self.spool, courier.submit, tell, self.language, self.type, clock=clock.now
        )
        return station, courier

    def _slug(self) -> str:
        return str(self.event.get("slug", "")) or self.held.held().event

    def wipe(self) -> None:
        """Erase the gate list, a help desk's people, the lease, whom this gate counted, the token.

        Scans that the server has not taken stay: they hold neither codes nor names. So do those of
        which a restored server may know nothing, unless its event is purged.

        Raises:
            SpoolUnwritable: a failing disk kept some of it. Everything else is erased, and the
                server, which gets no confirmation then, tells this device again to erase it.
        """
        faults = [fault for fault in map(_fault_of, self._erasures()) if fault]
        if faults:
            raise faults[0]
        # A lost answer leaves the device unconfirmed, which is the safe side.
        with suppress(ScannerError):
            self.client.confirm_wipe()

    def _erasures(self) -> tuple[Callable[[], None], ...]:
        forget_pairing = partial(forget, self.client.server, self.token)
        acknowledged = self.spool.acknowledged
        is_purged = self.client.is_purged
        forget_sent = acknowledged.forget_all if is_purged else acknowledged.forget_heard
        # The passages last: they take what was deleted before them out of the file.
        erase = (self.desk.wipe, self.held.wipe, forget_sent, self.spool.memory.wipe)
        forget_hubs = (self.places.forget,) if self.places else ()
        damaged = partial(forget_damaged, self.held.folder)
        return (*erase, damaged, *forget_hubs, forget_pairing)

    def close(self) -> None:
        """Close the files; what is in them stays."""
        self.desk.close()
        self.held.close()
        self.spool.close()


def _fault_of(erase: Callable[[], None]) -> ScannerError | None:
    try:
        erase()
    except SpoolUnwritable as fault:
        return fault
    except OSError as error:  # of the file that holds the token
        return SpoolUnwritable(detail=error)
    return None


def gate_for(wanted: Wanted) -> Gate:
    """Pair, or take the token given, or the one of an earlier pairing, and open the spool.

    Raises:
        NotPaired: there is nothing to sign in with.
        PairingRefused, ServerUnreachable: pairing failed.
        OtherSchemeAnswers: so it did, and the address has http where https answers, or the reverse.
        AuthorityRefused, FingerprintWithoutTls: see `scanner.server.authority.authority_for`.
        BadServerAddress, CertificateMissing, SpoolUnwritable: as their names say.
    """
    server = server_address(wanted.server)
    try:
        authority = None if wanted.cafile else authority_for(server, wanted.fingerprint)
        pairing, spool = _credentials(wanted, server, authority)
    except ServerUnreachable as fault:
        if type(fault) is ServerUnreachable and (other := _other_address(wanted, server)):
            raise OtherSchemeAnswers(server=server, other=other) from fault
        raise
    folder = wanted.spool or spool
    clock = _clock(folder)
    client = Client(
        server,
        token=pairing.token,
        language=wanted.language,
        cafile=wanted.cafile,
        authority=authority,
        clock=clock,
    )
    spool_of_run = Spool(folder, frame=clock.frame)
    held = HeldList(folder, event=pairing.event.get("slug", ""))
    gate = Gate(
        client=client,
        spool=spool_of_run,
        held=held,
        language=wanted.language,
        type=wanted.type,
        token=pairing.token,
        place=pairing.gate,
        event=pairing.event,
        name=pairing.name,
        public_key=pairing.public_key,
    )
    _leave_behind(gate, is_new=bool(wanted.pairing_code))
    return gate


def _leave_behind(gate: Gate, *, is_new: bool) -> None:
    """Drop what an earlier pairing stored and this one must not use; keep the scans that wait.

    Another event's list would keep this event's from being taken, and its people are not here. The
    places of another device are not this one's to give away.
    """
    event = gate.event.get("slug", "")  # unknown where only a token was given
    if is_new and gate.desk.holds_people:
        gate.desk.wipe()  # sealed with another device's key
    if event and gate.held.held().event != event:
        gate.held.wipe()
        gate.spool.memory.wipe()
    elif is_new:
        gate.spool.memory.drop_lease()


def needs_pairing(wanted: Wanted) -> bool:
    """Say whether this computer has neither a token nor an earlier pairing."""
    if wanted.token or wanted.pairing_code:
        return False
    return not wanted.server or not is_paired(server_address(wanted.server))


def _clock(folder: Path) -> DeviceClock:
    """Return a clock that starts from what earlier runs learned."""
    spool, held = Spool(folder), HeldList(folder)
    try:
        kept_skew_s = skew_since(spool.told("anchor"), spool.last_skew())
        return DeviceClock(kept_skew_s=kept_skew_s, floor=held.confirmed_at())
    finally:
        held.close()
        spool.close()


def _other_address(wanted: Wanted, server: str) -> str | None:
    # Whoever was told whom to believe must not be led to an address where nothing is verified.
    told = wanted.cafile or wanted.fingerprint or kept_authority(server)
    return None if told else other_scheme_of(server)


def _credentials(wanted: Wanted, server: str, authority: Path | None) -> tuple[Pairing, Path]:
    if wanted.token:
        return Pairing("", wanted.token, {}, {}), spool_folder(server, wanted.token)
    if wanted.pairing_code:
        client = Client(server, language=wanted.language, cafile=wanted.cafile, authority=authority)
        pairing = client.pair(wanted.pairing_code, wanted.name or socket.gethostname())
        if wanted.fingerprint == "" and not wanted.cafile:
            # The system vouched for the server, whose own authority is not needed from now on.
            forget_authority(server)
        remember(server, replace(pairing, name=wanted.name or ""))
    known = remembered(server)
    if known is None:
        raise NotPaired
    return known
