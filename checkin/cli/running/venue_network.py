"""Keep a running server's certificate and its announced local name up to date."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from urllib.parse import urlsplit

from checkin.cli.office import complain, say
from checkin.domain.network.certificate_names import is_permitted
from checkin.errors import SettingsError
from checkin.protocol.fingerprints import beginning, in_pairs
from checkin.services.network.certificates.authority import VARIABLE, authority_of
from checkin.services.network.certificates.leaf import leaf_for
from checkin.services.network.certificates.machine import machine_names
from checkin.services.network.certificates.upkeep import LeafUpkeep
from checkin.services.network.interfaces import lan_addresses
from checkin.services.network.mdns import Announcer
from checkin.services.network.serving import ServingNote
from checkin.settings import Settings

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared


class VenueNetwork:
    """The parts beside the server, made before it starts and run while it does.

    Attributes:
        certificate: the file with certificate and key of our own making; None without `tls`.
    """

    def __init__(
        self, settings: Settings, host: str, address: str, port: int, *, public_url: str, tls: bool
    ) -> None:
        """Make the certificate where `run --tls` asks for one.

        Args:
            host: as it was given to `--host`; `address`: what it stands for.
            public_url: the address that people use, which the certificate is about, too.

        Raises:
            SettingsError: no certificate of our own can be about this host, or its authority
                cannot be used.
        """
        self._mdns, self._address, self._port = settings.mdns, address, port
        self._note = ServingNote(settings.home)
        self._note.forget()  # of a server that was killed
        os.environ.pop(VARIABLE, None)
        self._upkeep = self._upkept(settings, host, public_url) if tls else None

    @property
    def certificate(self) -> Path | None:
        """Where the certificate is."""
        return self._upkeep.leaf.file if self._upkeep else None

    @contextmanager
    def beside(self, restart_workers: Callable[[], None], *, tls: bool) -> Iterator[None]:
        """Keep certificate and announcement current while the server runs.

        Args:
            restart_workers: makes the server read its certificate again, from any thread.
            tls: whether it speaks HTTPS, with whatever certificate.
        """
        with ExitStack() as running:
            running.callback(self._note.forget)
            if self._upkeep:
                running.enter_context(self._upkeep.kept_current(restart_workers, complain))
            if not self._mdns:
                self._note.change(mdns="off (CHECKIN_MDNS)")
            elif not self._reachable():
                self._note.change(mdns=f"not announced: only this machine reaches {self._address}")
            else:
                announcer = Announcer(
                    self._reachable, self._port, tls=tls, tell=self._show_announcement
                )
                running.enter_context(announcer.announcing())
            yield

    def _upkept(self, settings: Settings, host: str, public_url: str) -> LeafUpkeep:
        check_host(host)
        more = names_besides(host, urlsplit(public_url).hostname or "")
        folder = settings.home.resolve() / "tls"
        upkeep = LeafUpkeep(folder, lambda: machine_names(*more), tell=self._signed)
        os.environ[VARIABLE] = str(folder)
        authority = authority_of(folder)
        if authority:
            self._note.change(authority=authority.fingerprint)
            say(f"authority:  {beginning(authority.fingerprint)} is the beginning of")
            say(f"            {in_pairs(authority.fingerprint)}")
        if upkeep.left_out:
            say(f"left out:   {', '.join(upkeep.left_out)}: no private address, and no name below")
            say("            .local or .lan, so the certificate is not about it")
        return upkeep

    def _signed(self, upkeep: LeafUpkeep) -> None:
        self._note.change(
            names=upkeep.leaf.names.texts(),
            left_out=upkeep.left_out,
            certificate_until=upkeep.leaf.expires_at.isoformat(),
        )

    def _show_announcement(self, sentence: str) -> None:
        self._note.change(mdns=sentence)
        say(f"mDNS:       {sentence}")

    def _reachable(self) -> list[IPv4Address]:
        """Return the addresses at which other machines reach this server now."""
        listens_at = ip_address(self._address)
        if self._address in _EVERYWHERE:
            return lan_addresses()
        return [address for address in lan_addresses() if address == listens_at]


def names_besides(*hosts: str) -> list[str]:
    """Return those of these hosts that are an address or a name, and not all addresses or none."""
    return [host for host in hosts if host and host not in _EVERYWHERE]


def check_host(host: str) -> None:
    """Refuse a `--host` that no certificate of our own can be about.

    Raises:
        SettingsError: with what can be done instead.
    """
    if host not in _EVERYWHERE and not is_permitted(host):
        raise SettingsError(
            f"--tls makes certificates for private addresses and for names below .local and .lan, "
            f"and --host {host} is neither: use --host 0.0.0.0 and the address or the name that "
            "is, or give a real certificate with --tls-cert and --tls-key"
        )


def self_signed(folder: Path, host: str) -> tuple[Path, Path]:
    """Return certificate and key, which are one file, signed now by the authority in `folder`.

    Raises:
        SettingsError: no certificate of our own can be about `host`.
    """
    check_host(host)
    leaf = leaf_for(folder, machine_names(*names_besides(host)), datetime.now(UTC))
    return leaf.file, leaf.file
