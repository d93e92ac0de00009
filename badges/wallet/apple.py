"""Apple Wallet: a `.pkpass`, a ZIP of pass.json, strings, pictures, their hashes and a signature.

Source: Apple, "Wallet Passes" (PassKit package format), https://developer.apple.com/documentation/walletpasses
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs7
from cryptography.x509.oid import NameOID
from PIL import ImageColor

from badges.look import logo_picture
from badges.qr import png_bytes
from badges.spec import LANGUAGES, BadgeError, Language
from badges.texts import TEXTS
from badges.typesetting.colour import ink_on
from badges.wallet.ticket import Ticket

MIME_TYPE = "application/vnd.apple.pkpass"
_PREFIX = "pass."
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_OURS = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" '
    b'fill="#0b5f3d"/><path d="M8 16.5l5.5 5.5L24 10.5" fill="none" stroke="#fff" '
    b'stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>'
)
#: largest sizes, in pixels of the first generation of screens
_PICTURES = {"icon": (29, 29), "logo": (160, 50)}


@dataclass(frozen=True, slots=True)
class PassSigner:
    """An organisation's Pass Type ID certificate with its key, and Apple's intermediate one."""

    certificate: x509.Certificate
    key: RSAPrivateKey
    intermediate: x509.Certificate

    @property
    def pass_type(self) -> str:
        """The pass type identifier, as ``pass.org.example.badges``."""
        return _named(self.certificate, NameOID.USER_ID)

    @property
    def team(self) -> str:
        """The team identifier, ten letters and digits."""
        return _named(self.certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)

    def is_valid(self, now: datetime) -> bool:
        """Say whether telephones take what is signed now."""
        return all(
            one.not_valid_before_utc <= now <= one.not_valid_after_utc
            for one in (self.certificate, self.intermediate)
        )

    def sign(self, content: bytes) -> bytes:
        """Return a detached PKCS#7 signature in DER, with both certificates and the time."""
        builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        return builder.add_certificate(self.intermediate).sign(Encoding.DER, options)


def pass_signer(certificate: bytes, key: bytes, intermediate: bytes, now: datetime) -> PassSigner:
    """Return a signer from three files' contents, PEM or (certificates) DER.

    Raises:
        BadgeError: one of them cannot be read, is expired, or does not belong to the others.
    """
    signer = PassSigner(
        _certificate("certificate", certificate), _key(key), _certificate("WWDR", intermediate)
    )
    if not signer.pass_type.startswith(_PREFIX) or not signer.team:
        raise BadgeError("the certificate is not one for passes: create a Pass Type ID certificate")
    if _public(signer.key) != _public(signer.certificate):
        raise BadgeError("the key is not the certificate's: take the one it was requested with")
    try:
        signer.certificate.verify_directly_issued_by(signer.intermediate)
    except (ValueError, TypeError, InvalidSignature):
        raise BadgeError(
            "the WWDR certificate did not issue the certificate: take the one it names, "
            f"{signer.certificate.issuer.rfc4514_string()}"
        ) from None
    if not signer.is_valid(now):
        ends = min(signer.certificate.not_valid_after_utc, signer.intermediate.not_valid_after_utc)
        raise BadgeError(f"the certificate is valid until {ends:%Y-%m-%d}: renew it")
    return signer


def apple_pass(ticket: Ticket, signer: PassSigner) -> bytes:
    """Return the pass. The signature holds the time, so two of them differ there."""
    files = {"pass.json": _json(_pass(ticket, signer)), **_pictures(ticket)}
    for language in LANGUAGES:
        files[f"{language}.lproj/pass.strings"] = _strings(ticket, language)
    digests = {name: hashlib.sha1(content).hexdigest() for name, content in files.items()}  # noqa: S324 - Apple's format
    manifest = _json(digests)
    return _zipped(files | {"manifest.json": manifest, "signature": signer.sign(manifest)})


def _pass(ticket: Ticket, signer: PassSigner) -> dict[str, Any]:
    spec = ticket.spec
    ink = _rgb(ink_on(spec.category_colour))
    code = {
        "format": "PKBarcodeFormatQR",
        "message": spec.code,
        "messageEncoding": "iso-8859-1",
        "altText": spec.grouped_code,
    }
    return {
        "formatVersion": 1,
        "passTypeIdentifier": signer.pass_type,
        "teamIdentifier": signer.team,
        "serialNumber": ticket.serial,
        "organizationName": ticket.issuer,
        "description": "description",
        "logoText": "event",
        "foregroundColor": ink,
        "labelColor": ink,
        "backgroundColor": _rgb(spec.category_colour),
        "expirationDate": ticket.ends_at.astimezone(UTC).isoformat(timespec="seconds"),
        # A pass that knows its hour shows itself on the locked screen then.
        **({} if ticket.sensitive else {"relevantDate": _local(ticket)}),
        "sharingProhibited": True,
        "barcodes": [code],
        "barcode": code,  # read by telephones from before 2015
        "eventTicket": _fields(sensitive=ticket.sensitive),
    }


def _local(ticket: Ticket) -> str:
    return ticket.spec.starts_at.isoformat(timespec="seconds")


def _fields(*, sensitive: bool) -> dict[str, Any]:
    # Labels and values are keys of the languages' strings.
    places = {
        "headerFields": ["number"],
        "primaryFields": ["name"],
        "secondaryFields": ["delegation"] if sensitive else ["delegation", "category"],
        "auxiliaryFields": ["when", "where"],
        "backFields": ["show", "personal"],
    }
    return {
        place: [{"key": key, "label": f"{key}_label", "value": f"{key}_value"} for key in keys]
        for place, keys in places.items()
    }


def _strings(ticket: Ticket, language: Language) -> bytes:
    """Write a language's strings in UTF-16, which every version of Wallet reads."""
    texts, words, spec = TEXTS[language], ticket.words(language), ticket.spec
    category = (language == "ar" and spec.category_ar) or spec.category
    both = {
        "name": (texts.name_label, words["name"]),
        "number": (texts.number_label, words["number"]),
        "delegation": (texts.delegation_label, words["delegation"]),
        "category": (texts.category_label, category),
        "when": (texts.when_label, words["when"]),
        "where": (texts.where_label, words["venue"]),
        "show": (texts.advice_label, texts.show),
        "personal": (texts.advice_label, texts.personal),
    }
    strings = {"event": words["event"], "description": texts.subject_neutral}
    for key, (label, value) in both.items():
        strings |= {f"{key}_label": label, f"{key}_value": value}
    if ticket.sensitive:
        del strings["category_value"], strings["category_label"]
    lines = (f'"{key}" = "{_escaped(value)}";\n' for key, value in strings.items())
    return "".join(lines).encode("utf-16")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _pictures(ticket: Ticket) -> dict[str, bytes]:
    logo = _OURS if ticket.sensitive or ticket.logo is None else ticket.logo
    return {
        f"{name}{'' if scale == 1 else f'@{scale}x'}.png": png_bytes(
            logo_picture(logo, scale * width, scale * height)
        )
        for name, (width, height) in _PICTURES.items()
        for scale in (1, 2, 3)
    }


def _zipped(files: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _rgb(colour: str) -> str:
    red, green, blue, *_ = ImageColor.getrgb(colour)
    return f"rgb({red}, {green}, {blue})"


def _certificate(name: str, content: bytes) -> x509.Certificate:
    try:
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificate(content)
        return x509.load_der_x509_certificate(content)
    except ValueError:
        raise BadgeError(f"the {name} file holds no certificate: give it as PEM or DER") from None


def _key(content: bytes) -> RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        raise BadgeError(
            "the key file holds no key without a password: convert it to PEM, "
            "`openssl pkcs12 -in pass.p12 -nocerts -nodes`"
        ) from None
    if not isinstance(key, RSAPrivateKey):
        raise BadgeError("the key is not an RSA key: take the one of the certificate")
    return key


def _public(holder: x509.Certificate | RSAPrivateKey) -> bytes:
    return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _named(certificate: x509.Certificate, name: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(name)
    return str(found[0].value) if found else ""
