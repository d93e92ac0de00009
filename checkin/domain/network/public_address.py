"""Decide the public address of this server and the sender of its e-mails, and name the sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from checkin.domain.common.problems import Problem
from checkin.domain.network.addresses import (
    OnlyThisMachine,
    host_of_sender,
    host_of_url,
    only_this_machine_understands,
    only_this_network_understands,
    written_url,
)

IPAddress = IPv4Address | IPv6Address
#: what a page keeps, and where `run` says that it listens
BASE_URL, MAIL_FROM, LAN_ADDRESS, LISTENING = "base_url", "mail_from", "lan_address", "listening"
#: the sender where none is set: good for files, and for no mail server
NO_SENDER = "Marhaba <marhaba@localhost>"
#: every network, and with which addresses
_EVERYWHERE = {"0.0.0.0": (4,), "::": (4, 6)}  # noqa: S104 - compared
_USUAL_PORT = 8000


class AddressSource(StrEnum):
    """Where an address is set, in order of precedence."""

    ENVIRONMENT = "environment"
    DOTENV = "dotenv"
    PAGE = "page"
    #: the machine's own address on the network, at which the server listens
    LISTENING = "listening"
    #: none was set, and nobody but this machine reaches the server
    LOCAL = "local"


#: sources before which the page has nothing to say
RULING = (AddressSource.ENVIRONMENT, AddressSource.DOTENV)


@dataclass(frozen=True, slots=True)
class Given:
    """The value that the environment or `.env` gives a setting."""

    value: str
    source: AddressSource


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """The address that people and other machines use for this server.

    Attributes:
        url: without a slash at its end; it may have a path.
    """

    url: str
    source: AddressSource

    @property
    def is_only_here(self) -> bool:
        """Whether only this machine understands it."""
        return only_this_machine_understands(host_of_url(self.url))

    @property
    def is_only_nearby(self) -> bool:
        """Whether only machines of the same network reach it."""
        return not self.is_only_here and only_this_network_understands(host_of_url(self.url))

    @property
    def is_https(self) -> bool:
        """Whether browsers speak TLS to it."""
        return self.url.startswith("https://")

    @property
    def problem(self) -> Problem | None:
        """Why nothing may leave with it; None when it may."""
        return Problem(BASE_URL, "url_only_here", self.url) if self.is_only_here else None

    def for_others(self) -> str:
        """Return the URL, for links that are sent to others.

        Raises:
            OnlyThisMachine: only this machine understands the address.
        """
        if problem := self.problem:
            raise OnlyThisMachine(problem)
        return self.url


@dataclass(frozen=True, slots=True)
class SenderAddress:
    """The sender of e-mails.

    Attributes:
        text: the From header, ``Name <address>``.
        is_sent: e-mails go to a mail server, and not into files.
    """

    text: str
    source: AddressSource
    is_sent: bool

    @property
    def is_only_here(self) -> bool:
        """Whether its domain is this machine's alone."""
        return only_this_machine_understands(host_of_sender(self.text))

    @property
    def problem(self) -> Problem | None:
        """Why no mail server may see it; None when mail may leave."""
        refused = self.is_sent and self.is_only_here
        return Problem(MAIL_FROM, "sender_only_here", self.text) if refused else None

    def for_others(self) -> str:
        """Return the sender, for a message that is sent.

        Raises:
            OnlyThisMachine: replies and bounces could reach only this machine.
        """
        if problem := self.problem:
            raise OnlyThisMachine(problem)
        return self.text


@dataclass(frozen=True, slots=True)
class Listening:
    """Where `run` listens.

    Attributes:
        host: an IP address or a name; 0.0.0.0 or :: for every network.
    """

    scheme: str = "http"
    host: str = "127.0.0.1"
    port: int = _USUAL_PORT

    @property
    def is_everywhere(self) -> bool:
        """Whether the server listens on every network."""
        return self.host in _EVERYWHERE

    def reached(self, lan: Sequence[IPAddress]) -> list[IPAddress]:
        """Return those of the machine's addresses at which a server on every network answers."""
        return [one for one in lan if one.version in _EVERYWHERE.get(self.host, ())]

    def at(self, host: str) -> str:
        """Return the server's address at one of the hosts at which it is reached."""
        return written_url(self.scheme, host, self.port)

    @property
    def text(self) -> str:
        """The line that is stored in the database."""
        return f"{self.scheme} {self.port} {self.host}"


def listening_of(text: str | None) -> Listening:
    """Parse the line of `Listening.text`; the default address and port where it is missing."""
    if text is None:
        return Listening()
    scheme, port, host = text.split()
    return Listening(scheme, host, int(port))


def decide_address(
    given: Given | None, kept: Mapping[str, str], lan: Sequence[IPAddress]
) -> PublicAddress:
    """Decide the public address: the one that is set, else where the server listens.

    Args:
        given: CHECKIN_BASE_URL.
        kept: the settings that pages and `run` have stored, by name.
        lan: the machine's addresses on its networks, the likeliest first.
    """
    if given is not None:
        return PublicAddress(given.value, given.source)
    if BASE_URL in kept:
        return PublicAddress(kept[BASE_URL], AddressSource.PAGE)
    listening = listening_of(kept.get(LISTENING))
    host = chosen_lan_address(kept, lan) if listening.is_everywhere else listening.host
    if host is None or only_this_machine_understands(str(host)):
        return PublicAddress(listening.at("localhost"), AddressSource.LOCAL)
    return PublicAddress(listening.at(str(host)), AddressSource.LISTENING)


def chosen_lan_address(kept: Mapping[str, str], lan: Sequence[IPAddress]) -> IPAddress | None:
    """Return the chosen address if the machine still has it; else the first at which it answers."""
    chosen, reached = kept.get(LAN_ADDRESS), listening_of(kept.get(LISTENING)).reached(lan)
    return next((one for one in reached if str(one) == chosen), reached[0] if reached else None)


def decide_sender(given: Given | None, kept: Mapping[str, str], *, is_sent: bool) -> SenderAddress:
    """Decide the sender of e-mails; `given` is CHECKIN_MAIL_FROM."""
    if given is not None:
        return SenderAddress(given.value, given.source, is_sent)
    if MAIL_FROM in kept:
        return SenderAddress(kept[MAIL_FROM], AddressSource.PAGE, is_sent)
    return SenderAddress(NO_SENDER, AddressSource.LOCAL, is_sent)
