"""The checks of `doctor` on how people reach the server: its address, a proxy, whether it runs."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_network

from checkin.cli.address import HOW_TO_OPEN_IT, warning_line, with_source
from checkin.cli.doctor import lines
from checkin.cli.doctor.certificate import certificate_fault, certificate_notes
from checkin.cli.doctor.findings import Finding, aside, missing, well
from checkin.cli.office import Office
from checkin.domain.common.problems import Problem
from checkin.domain.network.contradictions import ELSEWHERE
from checkin.domain.network.modes import Mode, mode_of
from checkin.domain.network.public_address import LISTENING, RULING, Listening, listening_of
from checkin.protocol.version import VERSION
from checkin.services.common.installation_settings import kept_settings
from checkin.services.network.serving import serving_now
from checkin.services.network.telephone_check import opened_elsewhere
from checkin.services.network.unread_forwarding import unread_forwarding

_TIMEOUT_S = 3


def mode(office: Office) -> Mode:
    """Return in which way this installation is run."""
    settings, listening = office.settings, _listening(office)
    serving = serving_now(settings.home)
    answers = "https" if serving and serving.authority else listening.scheme if listening else ""
    url = office.public_address().url
    return mode_of(url, answers, has_proxies=bool(settings.trusted_proxies))


def _listening(office: Office) -> Listening | None:
    """Return where the server listens or listened last; None before it ever ran."""
    with office.database.read() as session:
        kept = kept_settings(session).get(LISTENING)
    return listening_of(kept) if kept else None


def address(office: Office) -> Finding:
    """Look whether others can use the address that mails and QR codes name."""
    found, warning = office.public_address(), _address_warning(office)
    if found.problem:
        fault = f"{with_source(found)}: {HOW_TO_OPEN_IT}"
        return missing(fault, lines.start(mode(office), office.settings.home))
    if warning and warning.code == ELSEWHERE:
        ruled = found.source in RULING
        [answers] = warning.hints
        mends = "" if ruled else lines.command(f"address --set {answers}")
        return missing(warning_line(warning), mends)
    return aside(warning_line(warning)) if warning else well(with_source(found))


def _address_warning(office: Office) -> Problem | None:
    with office.database.read() as session:
        return office.settings.address_warning(session)


def proxy(office: Office) -> Finding:
    """Look whether the proxy's word is taken for who the client is."""
    settings = office.settings
    unread = unread_forwarding(settings.home, settings.trusted_proxies)
    if unread and mode(office) is Mode.PROXY and not settings.trusted_proxies:
        return missing(unread.sentence(), _trusting(unread.sender))
    if unread:
        # A stranger may have sent what is told of here.
        return aside(f"{unread.sentence()} (at {unread.at:%Y-%m-%d %H:%M} UTC)")
    if settings.trusted_proxies:
        return well(f"trusted: {', '.join(map(str, settings.trusted_proxies))}")
    if mode(office) is Mode.PROXY:
        fault = "people come by https, so by a proxy, and CHECKIN_TRUSTED_PROXIES names none"
        return missing(fault, _trusting("127.0.0.1"))
    return aside("none")


def _trusting(sender: str) -> str:
    try:
        return lines.setting(f"CHECKIN_TRUSTED_PROXIES={ip_network(sender)}")
    except ValueError:
        return ""  # it has no address


def certificate(office: Office) -> Finding:
    """Look whether devices can trust the certificate of the server's own authority."""
    serving = serving_now(office.settings.home)
    if serving is None or not serving.authority:
        return aside("not of our own making")
    fault = certificate_fault(office, serving)
    return missing(fault, lines.start(Mode.LAPTOP_TLS, office.settings.home)) if fault else well()


def server(office: Office) -> Finding:
    """Look whether the server runs, and is of this version."""
    listening = _listening(office)
    again = lines.start(mode(office), office.settings.home)
    if listening is None:
        return aside("has not run yet", again)
    try:
        version = _version_at(listening)
    except (OSError, http.client.HTTPException):
        return aside(f"does not run now; it listened on port {listening.port}", again)
    except (ValueError, KeyError, TypeError):
        return missing(f"another program listens on port {listening.port}")
    if version != VERSION:
        return missing(f"runs, but as version {version}, and this is {VERSION}", again)
    return well(f"runs on port {listening.port}")


def _version_at(listening: Listening) -> str:
    host = "localhost" if listening.is_everywhere else listening.host
    if listening.scheme == "https":
        # Whether it can be trusted is another question.
        anybody = ssl._create_unverified_context()  # noqa: S323
        asked: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, listening.port, timeout=_TIMEOUT_S, context=anybody
        )
    else:
        asked = http.client.HTTPConnection(host, listening.port, timeout=_TIMEOUT_S)
    with closing(asked):
        asked.request("GET", "/healthz")
        return str(json.load(asked.getresponse())["version"])


def telephone(office: Office) -> Finding:
    """Look whether another device has opened the server at its address."""
    found = office.public_address()
    with office.database.read() as session:
        opened_at = opened_elsewhere(session, found.url)
    if opened_at:
        return well(f"at {opened_at:%Y-%m-%d %H:%M} UTC")
    return aside(f"not yet: {found.url}/server-address has a QR to open it with your telephone")


def network_notes(office: Office) -> Iterator[str]:
    """Return sentences about the network that are worth knowing but no faults."""
    serving = serving_now(office.settings.home)
    yield from certificate_notes(office.settings.home, serving)
    if serving and serving.mdns:
        yield f"mDNS: {serving.mdns}"
