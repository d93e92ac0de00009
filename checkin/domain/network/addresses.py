"""Validate the server's URL and the sender of its e-mails, and say who understands them."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.network.proxies import OWN_PATHS
from checkin.errors import Conflict
from checkin.words.languages import SOURCE_LANGUAGE
from checkin.words.problems import problem_sentence

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#\\]*)(?P<path>[^?#]*)(?P<rest>.*)",
    re.DOTALL,
)
_AUTHORITY = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>.*))?", re.DOTALL)
_PORTS = {"http": 80, "https": 443}
_HIGHEST_PORT = 65_535
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
#: browsers read a name whose last part is a number as an IPv4 address, however short: 127.1
_LIKE_A_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)
_MAILBOX = re.compile(
    r"(?P<name>[^<>,@]*)<(?P<in_angles>[!-;=?A-~]+@[^<>@\s]+)>|(?P<bare>[!-+\--;=?A-~]+@[^<>@\s]+)"
)
_LONGEST = 200
_THIS_MACHINES = (".localhost", ".localdomain")
#: names that a router or mDNS gives away: nobody outside of its network knows them
_NETWORKS_OWN = (".local", ".lan", ".home", ".home.arpa", ".internal")


class OnlyThisMachine(Conflict):
    """Something was about to be sent with an address that only this machine understands."""

    code = "only_this_machine"

    def __init__(self, problem: Problem) -> None:
        """Store the problem, from which the sentence is made in the reader's language."""
        super().__init__(one_line(problem))
        self.problem = problem


def one_line(problem: Problem) -> str:
    """Return a problem's English sentence for a terminal: without marks of text direction."""
    return problem_sentence(problem, SOURCE_LANGUAGE).replace("\u2068", "").replace("\u2069", "")


def only_this_machine_understands(host: str) -> bool:
    """Say whether a host's name or IP address is meaningful only on this machine.

    A name without a dot counts as such, because other machines, above all telephones, do not look
    it up.
    """
    host = host.strip("[]").rstrip(".").lower()
    address = _ip(host)
    if address is not None:
        inner = getattr(address, "ipv4_mapped", None) or address
        return inner.is_loopback or inner.is_unspecified
    return "." not in host or host.endswith(_THIS_MACHINES)


def only_this_network_understands(host: str) -> bool:
    """Say whether a host is reached from its own network only, as 192.168.1.20 and *.local are."""
    host = host.strip("[]").rstrip(".").lower()
    address = _ip(host)
    return host.endswith(_NETWORKS_OWN) if address is None else not address.is_global


def host_of_url(url: str) -> str:
    """Return the host of an address that `public_url` has returned."""
    return urlsplit(url).hostname or ""


def host_of_sender(sender: str) -> str:
    """Return the domain of ``Name <address>`` or an address, "" where there is none."""
    _, at, domain = sender.rstrip("> ").rpartition("@")
    return domain if at else ""


def written_url(scheme: str, host: str, port: int) -> str:
    """Return the URL of a server, without the port if it is the scheme's default."""
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + ("" if port == _PORTS[scheme] else f":{port}")


def public_url(text: str) -> str:
    """Return the URL of a server in normal form: no slash at its end, names as DNS has them.

    Args:
        text: http or https, a host, perhaps a port and the path of a proxy's prefix.

    Raises:
        InvalidValue: `url_scheme`, `url_spaces`, `url_password`, `url_query`, `url_host`,
            `url_port`, `url_path`, `url_own_path` or `too_long`.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        raise InvalidValue("too_long", text, str(_LONGEST))
    found = _URL.fullmatch(text)
    if found is None or found["scheme"].lower() not in _PORTS:
        raise InvalidValue("url_scheme", text)
    if "@" in text:
        raise InvalidValue("url_password", "")  # it is not shown: it may be a password
    if re.search(r"\s", text):
        raise InvalidValue("url_spaces", text)
    if found["rest"]:
        raise InvalidValue("url_query", text)
    path = found["path"].rstrip("/")
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise InvalidValue("url_path", text)
    if path.strip("/").partition("/")[0] in OWN_PATHS:
        raise InvalidValue("url_own_path", text)
    return _origin(text, found["scheme"].lower(), found["authority"]) + path


def sender_address(text: str) -> str:
    """Return the sender of e-mails, ``Name <address>`` or an address, its domain as DNS has it.

    Raises:
        InvalidValue: `invalid_sender` or `too_long`.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        raise InvalidValue("too_long", text, str(_LONGEST))
    found = _MAILBOX.fullmatch(text)
    if found is None or not text.isprintable():
        raise InvalidValue("invalid_sender", text)
    mailbox, _, domain = (found["in_angles"] or found["bare"]).rpartition("@")
    host = host_name(domain)
    if host is None or not mailbox.isascii():
        raise InvalidValue("invalid_sender", text)
    name = (found["name"] or "").strip(' "')
    return f"{name} <{mailbox}@{host}>" if name else f"{mailbox}@{host}"


def _origin(text: str, scheme: str, authority: str) -> str:
    found = _AUTHORITY.fullmatch(authority)
    host = _host(found["host"]) if found else None
    if found is None or host is None:
        raise InvalidValue("url_host", text)
    return written_url(scheme, host, _port(text, found["port"], _PORTS[scheme]))


def _port(text: str, written: str | None, usual: int) -> int:
    if written is None:
        return usual
    if not re.fullmatch("[0-9]{1,5}", written) or not 0 < int(written) <= _HIGHEST_PORT:
        raise InvalidValue("url_port", text)
    return int(written)


def _host(written: str) -> str | None:
    """Return a host in normal form, IPv6 without brackets; None for a text that is no host."""
    if written.startswith("["):
        address = _ip(written.strip("[]"))
        return str(address) if isinstance(address, IPv6Address) and not address.scope_id else None
    if isinstance(_ip(written), IPv4Address):
        return written
    return host_name(written)


def host_name(written: str) -> str | None:
    """Return a machine's name as DNS has it; None for a text that is none, or an IP address."""
    try:
        name = written.lower() if written.isascii() else written.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = name.rstrip(".").split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return None if _LIKE_A_NUMBER.fullmatch(labels[-1]) else ".".join(labels)


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
