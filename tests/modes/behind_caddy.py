"""Behind Caddy with the file of `deploy`, at the machine's address on the venue's network."""

from __future__ import annotations

from tests.modes.mode import Place
from tests.modes.venue import lan_address
from tests.support.others.reverse_proxies import CADDYFILE, Proxy, caddy_at, changed


def caddy_before(place: Place, *nodes: int) -> Proxy:
    """Run Caddy until the end before the nodes at these ports of this machine."""
    addresses = " ".join(f"127.0.0.1:{port}" for port in nodes)
    site = changed(
        CADDYFILE.read_text("utf-8"),
        ("\tto 127.0.0.1:8000\n", ""),
        ("# to 127.0.0.1:8000 10.0.0.2:8000", f"to {addresses}"),
    )
    return place.until_the_end.enter_context(caddy_at(lan_address(), place.files, site))
