"""The certificate authority of one installation, which people trust once on each device.

Its key never leaves `home/tls`. It may sign only certificates of servers, and only for private
addresses and local names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from checkin.domain.network.certificate_names import PERMITTED_DOMAINS, PERMITTED_NETWORKS
from checkin.errors import SettingsError
from checkin.protocol.fingerprints import beginning, fingerprint_of
from checkin.services.network.certificates.files import pem_of_key, write_file

CERTIFICATE, KEY = "authority.crt", "authority.key"
#: by which `run` tells its worker which certificate to show people; no setting of anybody's
VARIABLE = "MARHABA_TLS_AUTHORITY"
_LIFETIME = timedelta(days=3650)
_NOT_FOR_LONG = timedelta(days=60)
#: laptops' clocks are behind, some by a day
CLOCKS_BEHIND = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Authority:
    """The authority's certificate in DER form, which people trust."""

    der: bytes

    @property
    def fingerprint(self) -> str:
        """The certificate's SHA-256 fingerprint: 64 lower-case hexadecimal digits."""
        return fingerprint_of(self.der)

    @property
    def check(self) -> str:
        """The beginning of the fingerprint, as people compare it."""
        return beginning(self.fingerprint)

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate, parsed."""
        return x509.load_der_x509_certificate(self.der)

    @property
    def pem(self) -> bytes:
        """The certificate in PEM form."""
        return self.certificate.public_bytes(Encoding.PEM)


def own_authority(
    folder: Path, now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Return the authority kept in `folder`; one is made if there is none, or it is too old.

    Raises:
        SettingsError: the files cannot be read, or the key belongs to another certificate. They
            are never replaced automatically, because every device would have to trust it again.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / CERTIFICATE).exists():
        return _made(folder, now)
    try:
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
        key = load_pem_private_key((folder / KEY).read_bytes(), None)
    except (OSError, ValueError, TypeError) as fault:
        raise SettingsError(_unreadable(folder, str(fault))) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != (
        certificate.public_key()
    ):
        raise SettingsError(_unreadable(folder, "the key is not the certificate's"))
    if certificate.not_valid_after_utc - now < _NOT_FOR_LONG:
        return _made(folder, now)
    return certificate, key


def authority_of(folder: Path) -> Authority | None:
    """Return the authority kept in `folder`, or None where there is none."""
    try:
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    except (OSError, ValueError):
        return None
    return Authority(certificate.public_bytes(Encoding.DER))


def served_authority(environ: Mapping[str, str] = os.environ) -> Authority | None:
    """Return the authority of the certificate that this server shows, if it is its own.

    None over http, behind a proxy, and with a certificate that came from elsewhere.
    """
    folder = environ.get(VARIABLE)
    return authority_of(Path(folder)) if folder else None


def _unreadable(folder: Path, why: str) -> str:
    return (
        f"{folder / CERTIFICATE} and {KEY} cannot be used ({why}): restore both from a backup, or "
        "remove both; then every device has to be told anew to trust this server"
    )


def _made(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _self_signed(key, now)
    write_file(folder / KEY, pem_of_key(key), secret=True)
    write_file(folder / CERTIFICATE, certificate.public_bytes(Encoding.PEM))
    return certificate, key


def _self_signed(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    serial = x509.random_serial_number()
    # Told apart in a device's list of authorities, where those of other laptops may stand too.
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Marhaba"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Marhaba {serial:x}"[:16]),
        ]
    )
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - CLOCKS_BEHIND)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_signs_certificates(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_constraints(), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )


def _constraints() -> x509.NameConstraints:
    networks = [x509.IPAddress(network) for network in PERMITTED_NETWORKS]
    domains = [x509.DNSName(domain) for domain in PERMITTED_DOMAINS]
    return x509.NameConstraints(permitted_subtrees=[*domains, *networks], excluded_subtrees=None)


def _signs_certificates() -> x509.KeyUsage:
    return key_usage(key_cert_sign=True, crl_sign=True)


def key_usage(**wanted: bool) -> x509.KeyUsage:
    """Return a key usage extension in which only the given usages are true."""
    nothing = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(**{**nothing, **wanted})
