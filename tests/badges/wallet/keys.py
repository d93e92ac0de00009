"""Keys and certificates as wallets want them, made for the tests: nobody trusts them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

SOON = datetime(2025, 6, 1, tzinfo=UTC)
PASS_TYPE, TEAM, ISSUER = "pass.org.example.badges", "ABCDE12345", "3388000000012345678"


@cache
def a_key(_name: str) -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def a_pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def a_name(**parts: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(getattr(NameOID, part), value) for part, value in parts.items()]
    )


WWDR = a_name(COMMON_NAME="Wallet test authority", ORGANIZATION_NAME="Not Apple")
OURS = a_name(USER_ID=PASS_TYPE, COMMON_NAME="Pass", ORGANIZATIONAL_UNIT_NAME=TEAM)


def a_certificate(
    subject: x509.Name,
    key: RSAPrivateKey,
    *,
    by: RSAPrivateKey,
    issuer: x509.Name = WWDR,
    until: datetime | None = None,
) -> bytes:
    until = until or datetime.now(UTC) + timedelta(days=365)
    builder = (
        x509.CertificateBuilder(issuer, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(SOON, until) - timedelta(days=365))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=subject == issuer, path_length=None), critical=True)
    )
    return builder.sign(by, hashes.SHA256()).public_bytes(Encoding.PEM)


@dataclass(frozen=True)
class AppleFiles:
    """What an organisation puts in its folder."""

    certificate: bytes
    key: bytes
    wwdr: bytes

    def write(self, folder: Path) -> Path:
        folder.mkdir()
        for name in ("certificate", "key", "wwdr"):
            (folder / f"{name}.pem").write_bytes(getattr(self, name))
        return folder


def apple_files(subject: x509.Name = OURS, until: datetime | None = None) -> AppleFiles:
    authority, ours = a_key("wwdr"), a_key("ours")
    return AppleFiles(
        certificate=a_certificate(subject, ours, by=authority, until=until),
        key=a_pem(ours),
        wwdr=a_certificate(WWDR, authority, by=authority),
    )


def a_service_account() -> bytes:
    body = {
        "type": "service_account",
        "client_email": "badges@example.iam.gserviceaccount.com",
        "private_key_id": "0123456789abcdef",
        "private_key": a_pem(a_key("google")).decode(),
    }
    return json.dumps(body).encode()
