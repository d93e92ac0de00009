"""The authority of a server's own: learned when this computer is paired, believed from then on.

Nothing secret is sent to a server before its certificate was verified. What is fetched here
without verification is the authority's certificate alone, and it counts for nothing until its
fingerprint is the one that the organiser gave.
"""

from __future__ import annotations

import http.client
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from checkin.protocol.fingerprints import AUTHORITY_PATH, beginning, fingerprint_of
from scanner.deadline import within
from scanner.device import forget_authority, keep_authority, kept_authority
from scanner.errors import AuthorityRefused, FingerprintWithoutTls, ServerUnreachable
from scanner.line import SOFTWARE
from scanner.local_names import address_of

_TIMEOUT_S = 10.0
_MOST_BYTES = 16 * 1024


def authority_for(server: str, fingerprint: str | None) -> Path | None:
    """Return the file of the authority by which a server is verified; None: the system's.

    Args:
        fingerprint: what the organiser gave; empty where their link has none, so that the
            server's certificate is one that every system knows; None where nobody said anything.

    Raises:
        AuthorityRefused: the server shows another authority, or none.
        FingerprintWithoutTls: a fingerprint protects nothing over http.
        ServerUnreachable: it could not be asked.
    """
    if not fingerprint:
        if fingerprint is not None:
            forget_authority(server)
        kept = kept_authority(server)
        return kept[1] if kept else None
    if not server.startswith("https:"):
        raise FingerprintWithoutTls(server=server)
    kept = kept_authority(server)
    if kept and kept[0] == fingerprint:
        return kept[1]
    der = shown_authority(server)
    if der is None or fingerprint_of(der) != fingerprint:
        raise AuthorityRefused(server=server, check=beginning(fingerprint))
    return keep_authority(server, der)


def shown_authority(server: str) -> bytes | None:
    """Return the certificate (DER) that a server calls its authority's, or None. Nobody vouches.

    Raises:
        ServerUnreachable: it did not answer.
    """
    try:
        return within(_TIMEOUT_S, lambda: _fetched(server))
    except (OSError, http.client.HTTPException) as error:  # a TimeoutError is an OSError, too
        raise ServerUnreachable(server=server) from error


def _fetched(server: str) -> bytes | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    link = urlsplit(server)
    connection = http.client.HTTPSConnection(
        address_of(link.hostname or ""), link.port, timeout=_TIMEOUT_S, context=context
    )
    try:
        path = link.path.rstrip("/") + AUTHORITY_PATH
        connection.request("GET", path, headers={"User-Agent": SOFTWARE})
        answer = connection.getresponse()
        body = answer.read(_MOST_BYTES)
    finally:
        connection.close()
    return body if answer.status == 200 and _is_certificate(body) else None


def _is_certificate(der: bytes) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
    except ssl.SSLError:
        return False
    return True
