"""The fingerprint of a certificate, as pages show it, links carry it and people type it.

It is the SHA-256 of the certificate's DER form, 64 lower-case hexadecimal digits: what browsers and
systems show as "SHA-256 fingerprint", so that anybody can compare.
"""

from __future__ import annotations

import hashlib
import re

DIGITS = 64
#: how many of its digits a person compares by eye
SHOWN_DIGITS = 8
#: where a server gives away the certificate of its own authority, in DER
AUTHORITY_PATH = "/marhaba-ca.crt"

_PLAIN = re.compile(r"[0-9a-f]{64}")


def fingerprint_of(der: bytes) -> str:
    """Return the fingerprint of a certificate in its DER form."""
    return hashlib.sha256(der).hexdigest()


def fingerprint_typed(text: str) -> str | None:
    """Parse a complete fingerprint in `text`, whose colons, spaces and case do not matter.

    Returns None for any other text; the beginning of a fingerprint is not enough to trust it.
    """
    plain = re.sub(r"[\s:-]", "", text).lower()
    return plain if _PLAIN.fullmatch(plain) else None


def beginning(fingerprint: str) -> str:
    """Return a fingerprint's first 8 digits as people compare them: `3F7A 91C2`."""
    shown = fingerprint[:SHOWN_DIGITS].upper()
    return f"{shown[:4]} {shown[4:]}"


def pairing_fragment(code: str, fingerprint: str = "") -> str:
    """Return the end of a pairing link: `#pair=CODE`, and `&ca=FINGERPRINT` if there is one.

    In capitals, which take a third less room in a QR.
    """
    return f"#pair={code}" + (f"&ca={fingerprint.upper()}" if fingerprint else "")


def in_pairs(fingerprint: str) -> str:
    """Return a whole fingerprint as certificate viewers show it: `3F:7A:91:C2:…`."""
    return ":".join(fingerprint[at : at + 2] for at in range(0, DIGITS, 2)).upper()
