"""The addresses at which the gates of its hall reach a hub."""

from __future__ import annotations

from ipaddress import ip_address

from checkin.domain.network.addresses import written_url
from checkin.domain.network.certificate_names import LOCAL_NAMES, is_permitted
from checkin.services.network.interfaces import IPAddress, likely_lan_addresses


def hub_addresses(listens_at: str, port: int) -> list[str]:
    """Return the addresses that gates are told, the likeliest first; never none.

    The hub's certificate is made by an authority that is good for private addresses only
    (`checkin.domain.network.certificate_names`): at any other address no gate would believe it.

    Args:
        listens_at: an IP address of this machine; 0.0.0.0 or :: for all of them.
    """
    own = ip_address(listens_at)
    known: list[IPAddress] = likely_lan_addresses() if own.is_unspecified else [own]
    hosts = [host for host in map(str, known) if is_permitted(host)]
    return [written_url("https", host, port) for host in hosts or LOCAL_NAMES[:1]]
