"""Check that a certificate is complete and signed by its own key, as an authority's is."""

from __future__ import annotations

import ssl

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm


def is_self_signed(der: bytes) -> bool:
    """Say whether `der` is exactly one certificate, signed by its own key.

    TLS never checks the signature of a certificate that it was told to trust. Unchecked, its bytes
    could be changed at no cost until the fingerprint begins as another one does.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
        certificate = x509.load_der_x509_certificate(der)
        certificate.verify_directly_issued_by(certificate)
    except (ssl.SSLError, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
