"""Correct the addresses of requests that come through proxies, before anything else reads them.

Werkzeug's ProxyFix counts proxies without knowing their addresses, so it would trust a client that
reaches the server directly. See docs/adr/0014-trusted-proxies.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from checkin.domain.network.proxies import (
    Client,
    ForwardedHeaders,
    Network,
    client_of,
    is_trusted,
    path_of,
    port_of,
)
from checkin.services.network.unread_forwarding import ForwardingWatch

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]

#: in the environ of what came through a proxy, trusted or not: its peer is nobody's own machine
THROUGH_A_PROXY = "checkin.through_a_proxy"
_HEADERS = {
    "client": "HTTP_X_FORWARDED_FOR",
    "scheme": "HTTP_X_FORWARDED_PROTO",
    "host": "HTTP_X_FORWARDED_HOST",
    "prefix": "HTTP_X_FORWARDED_PREFIX",
}


def behind_proxies(
    app: Wsgi,
    *,
    trusted: Sequence[Network],
    public_url: Callable[[], str],
    watch: ForwardingWatch,
) -> Wsgi:
    """Make `app` see the client behind trusted proxies, and paths without the proxy's prefix.

    In `app` REMOTE_ADDR, wsgi.url_scheme, HTTP_HOST and SERVER_PORT are those of the client's
    request, SCRIPT_NAME is the path under which the server is reached, and the X-Forwarded-*
    headers are removed, so that no other code trusts them by mistake.

    Args:
        public_url: the address that people use; its path is the prefix, unless a trusted proxy
            names another one.
    """

    def corrected(environ: Environ, start_response: Any) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR", "")
        told = _taken_headers(environ)
        client = client_of(peer, told, trusted)
        if told:
            environ[THROUGH_A_PROXY] = True
            if not is_trusted(peer, trusted):
                watch.saw(client.address, datetime.now(UTC))
        _correct(environ, client)
        _mount(environ, client.prefix or path_of(public_url()))
        return app(environ, start_response)

    return corrected


def _taken_headers(environ: Environ) -> ForwardedHeaders:
    return ForwardedHeaders(**{part: environ.pop(name, "") for part, name in _HEADERS.items()})


def _correct(environ: Environ, client: Client) -> None:
    environ["REMOTE_ADDR"] = client.address
    if client.scheme:
        environ["wsgi.url_scheme"] = client.scheme
    if client.host:
        environ["HTTP_HOST"] = client.host
    if client.scheme or client.host:
        host = environ.get("HTTP_HOST", "")
        environ["SERVER_PORT"] = port_of(host, environ["wsgi.url_scheme"])


def _mount(environ: Environ, prefix: str) -> None:
    path = environ["PATH_INFO"]
    if not prefix:
        return
    environ["SCRIPT_NAME"] = prefix
    if path == prefix or path.startswith(prefix + "/"):
        # This proxy left the path as it was; the other kind has taken it off.
        environ["PATH_INFO"] = path[len(prefix) :] or "/"
