"""The server's (leaf) certificate: short-lived, for this machine's current addresses and names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from checkin.domain.network.certificate_names import Names, permitted
from checkin.services.network.certificates.authority import CLOCKS_BEHIND, key_usage, own_authority
from checkin.services.network.certificates.files import pem_of_key, write_file

#: the leaf's certificate, its key in the same file, and the authority's certificate after it
CHAIN = "server.pem"
LIFETIME = timedelta(days=30)
#: of the certificate of earlier versions, which was its own authority
_FORMER = ("cert.pem", "key.pem")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf certificate and its key in one file, with its names and its expiry."""

    file: Path
    names: Names
    expires_at: datetime


def leaf_for(folder: Path, wanted: Names, now: datetime) -> Leaf:
    """Sign and return a leaf certificate for those of the `wanted` names that are permitted.

    The file is replaced atomically, so that a server that starts meanwhile reads either the old or
    the new one. Certificate and key are in one file for the same reason.

    Raises:
        SettingsError: the authority in `folder` cannot be used.
    """
    authority, authority_key = own_authority(folder, now)
    key, names = ec.generate_private_key(ec.SECP256R1()), permitted(wanted)
    leaf = signed_leaf(authority, authority_key, key, names.texts(), now)
    pem = [pem_of_key(key), *(one.public_bytes(Encoding.PEM) for one in (leaf, authority))]
    write_file(folder / CHAIN, b"".join(pem), secret=True)
    for name in _FORMER:
        (folder / name).unlink(missing_ok=True)
    return Leaf(folder / CHAIN, names, leaf.not_valid_after_utc)


def signed_leaf(
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    names: tuple[str, ...],
    now: datetime,
) -> x509.Certificate:
    """Sign a certificate for a server with these addresses and names, whatever they are."""
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Marhaba")]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_BEHIND)
        .not_valid_after(min(now + LIFETIME, authority.not_valid_after_utc))
        .add_extension(_general_names(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )


def _general_names(names: tuple[str, ...]) -> x509.SubjectAlternativeName:
    sorted_names = Names.of(names)
    hosts = [x509.DNSName(host) for host in sorted(sorted_names.hosts)]
    addresses = sorted(sorted_names.addresses, key=lambda one: (one.version, int(one)))
    return x509.SubjectAlternativeName([*hosts, *map(x509.IPAddress, addresses)])
