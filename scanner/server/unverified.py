"""Requests to a server whose certificate was not verified: nothing secret is sent.

The answer may come from anybody, so it is only shown to a person or compared.
"""

from __future__ import annotations

import http.client
import json
import ssl
from urllib.parse import SplitResult, urlsplit

from scanner.server.deadline import within
from scanner.server.http_link import SOFTWARE
from scanner.server.local_names import address_of

_TIMEOUT_S = 10.0
_OTHER_SCHEME_TIMEOUT_S = 3.0
_MOST_BYTES = 16 * 1024
_FAULTS = (OSError, http.client.HTTPException, ValueError)


def shown_at(server: str, path: str, timeout_s: float = _TIMEOUT_S) -> bytes | None:
    """Return the content of a path of a server; None when there is none.

    Raises:
        OSError, http.client.HTTPException: it did not answer, or with something else than HTTP.
    """
    return within(timeout_s, lambda: _fetched(urlsplit(server), path, timeout_s))


def other_scheme_of(server: str) -> str | None:
    """Return the address with http for https, or the reverse, where a server of ours answers."""
    scheme, rest = server.split(":", 1)
    other = {"http": "https", "https": "http"}[scheme.lower()] + ":" + rest
    try:
        health = json.loads(shown_at(other, "/healthz", _OTHER_SCHEME_TIMEOUT_S) or b"null")
    except _FAULTS:
        return None
    ours = isinstance(health, dict) and health.get("status") == "ok" and "version" in health
    return other if ours else None


def _fetched(link: SplitResult, path: str, timeout_s: float) -> bytes | None:
    connection = _connection(link, timeout_s)
    try:
        below = link.path.rstrip("/")
        connection.request("GET", below + path, headers={"User-Agent": SOFTWARE})
        answer = connection.getresponse()
        body = answer.read(_MOST_BYTES)
    finally:
        connection.close()
    return body if answer.status == 200 else None


def _connection(link: SplitResult, timeout_s: float) -> http.client.HTTPConnection:
    host = address_of(link.hostname or "")
    if link.scheme == "http":
        return http.client.HTTPConnection(host, link.port, timeout=timeout_s)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, link.port, timeout=timeout_s, context=context)
