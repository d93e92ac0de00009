"""A server's own certificate authority: learned when this computer is paired, then trusted.

Nothing secret is sent to a server before its certificate was verified. What is fetched here
without verification is the authority's certificate alone, and it counts for nothing until its
fingerprint is the one that the organiser gave.
"""

from __future__ import annotations

import http.client
from pathlib import Path

from checkin.protocol.fingerprints import AUTHORITY_PATH, beginning, fingerprint_of
from scanner.core.errors import AuthorityRefused, FingerprintWithoutTls, ServerUnreachable
from scanner.server.device import keep_authority, kept_authority
from scanner.server.self_signed import is_self_signed
from scanner.server.unverified import shown_at


def authority_for(server: str, fingerprint: str | None) -> Path | None:
    """Return the file of the authority that verifies a server; None for those of the system.

    Args:
        fingerprint: what the organiser gave; empty where their link has none, so that the
            server's certificate is one that every system knows; None where nobody said anything.

    Raises:
        AuthorityRefused: the server shows another authority, or none.
        FingerprintWithoutTls: a fingerprint protects nothing over http.
        ServerUnreachable: it could not be asked.
    """
    if fingerprint == "":
        # Any QR can say so: the stored authority is forgotten only after a successful pairing.
        return None
    if fingerprint is None:
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
    """Return the certificate (DER) that a server calls its authority's, unverified, or None.

    Raises:
        ServerUnreachable: it did not answer.
    """
    try:
        der = shown_at(server, AUTHORITY_PATH)
    except (OSError, http.client.HTTPException) as error:  # a TimeoutError is an OSError, too
        raise ServerUnreachable(server=server) from error
    return der if der and is_self_signed(der) else None
