"""What `doctor` says of the certificate of the server's own authority."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from checkin.cli.office import Office, now
from checkin.domain.network.addresses import host_of_url
from checkin.domain.network.certificate_names import Names, permitted
from checkin.protocol.fingerprints import beginning
from checkin.services.network.certificates.authority import authority_of
from checkin.services.network.certificates.machine import machine_names
from checkin.services.network.interfaces import lan_addresses
from checkin.services.network.serving import Serving


def certificate_fault(office: Office, serving: Serving) -> str:
    """Return why devices will not trust the certificate that is served; "" if they will."""
    host = host_of_url(office.public_address().url)
    if Names.of([host]).texts()[0] not in serving.names:
        return (
            f"the server's address names {host}, which the certificate is not about: use an "
            f"address or a name that it has ({', '.join(serving.names)}), or a real certificate"
        )
    if datetime.fromisoformat(serving.certificate_until) < now():
        return "it has expired and was not made anew"
    return ""


def certificate_notes(home: Path, serving: Serving | None) -> Iterator[str]:
    """Return sentences about the authority and the certificate that are worth knowing."""
    authority = authority_of(home / "tls")
    if authority is None:
        return
    yield f"authority: its fingerprint begins with {beginning(authority.fingerprint)}"
    is_served = serving is not None and bool(serving.authority)
    if serving and is_served:
        yield f"certificate: until {serving.certificate_until[:10]}; renewed while the server runs"
    wanted = machine_names()
    left_out = serving.left_out if serving and is_served else (wanted - permitted(wanted)).texts()
    if left_out:
        yield (
            f"left out of the certificate: {', '.join(left_out)} (no private address, and no name "
            "below .local or .lan)"
        )
    lan = {str(address) for address in lan_addresses()}
    if lan and lan <= set(left_out):
        yield (
            "no address of this machine on the network is in the certificate: only marhaba.local "
            "is left, where it is announced, or a real certificate (--tls-cert, --tls-key)"
        )
