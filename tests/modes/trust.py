"""An authority of the tests' own, and a person whose browser trusts one."""

from __future__ import annotations

import ipaddress
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

MISSING = "certutil is not installed: on Debian and Ubuntu `apt-get install libnss3-tools`"


def home_that_trusts(authority: Path, home: Path) -> Path:
    """Let Chromium in this home trust an authority (PEM), as its settings do; return the home."""
    folder = home / ".pki" / "nssdb"
    if folder.exists():
        return home
    certutil = shutil.which("certutil")
    if certutil is None:
        pytest.skip(MISSING)
    folder.mkdir(parents=True)
    database = f"sql:{folder}"
    for arguments in (
        ["-N", "--empty-password"],
        ["-A", "-n", "Marhaba", "-t", "C,,", "-i", str(authority)],
    ):
        subprocess.run([certutil, "-d", database, *arguments], check=True, timeout=30)
    return home


def certificate_for(address: str, folder: Path) -> tuple[Path, Path, Path]:
    """Write an authority, and what it signed for an IP address: (authority, certificate, key)."""
    root, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = _name("Proxy's authority")
    authority = _signed(issuer, root, issuer, root, x509.BasicConstraints(True, 0))
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    certificate = _signed(
        _name(address), leaf, issuer, root, x509.BasicConstraints(False, None), names
    )
    files = folder / "authority.pem", folder / "certificate.pem", folder / "key.pem"
    for file, signed in zip(files, (authority, certificate), strict=False):
        file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    files[2].write_bytes(
        leaf.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _signed(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    root: ec.EllipticCurvePrivateKey,
    *extensions: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
    )
    is_authority = key is root
    usage = _usage(signs_others=is_authority)
    for extension in (*extensions, usage):
        builder = builder.add_extension(extension, critical=not isinstance(extension, _NAMES))
    # Clients of Python 3.13 look at certificates strictly: both say whose key is whose.
    of_subject = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    of_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key())
    for identifier in (of_subject, of_issuer):
        builder = builder.add_extension(identifier, critical=False)
    return builder.sign(root, hashes.SHA256())


def _usage(*, signs_others: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_others,
        key_cert_sign=signs_others,
        crl_sign=signs_others,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


_NAMES = x509.SubjectAlternativeName
