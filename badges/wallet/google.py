"""Google Wallet: a link that carries the badge, signed as a JSON Web Token (RFC 7519, RS256).

Nothing is sent to Google from here: it is the participant's telephone that opens the link, and
then Google reads in it what is on the badge.
Source: https://developers.google.com/wallet/tickets/events (class, object and "save" links)
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from badges.spec import BadgeError
from badges.texts import texts_in
from badges.wallet.ticket import Ticket

SAVE = "https://pay.google.com/gp/v/save/"


@dataclass(frozen=True, slots=True)
class LinkSigner:
    """A service account that may issue for an issuer.

    Args:
        issuer: the issuer's number in Google's wallet console.
        account: the service account's address.
    """

    issuer: str
    account: str
    key_id: str
    key: RSAPrivateKey

    def sign(self, claims: dict[str, Any]) -> str:
        """Return the claims as a signed token."""
        header = {"alg": "RS256", "typ": "JWT", "kid": self.key_id}
        signed = f"{_part(header)}.{_part(claims)}"
        signature = self.key.sign(signed.encode(), PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_base64(signature)}"


def link_signer(service_account: bytes, issuer: str) -> LinkSigner:
    """Return a signer from the JSON file of a service account's key.

    Raises:
        BadgeError: it is no such file, or its key cannot be read.
    """
    try:
        body = json.loads(service_account)
        account, key_id = str(body["client_email"]), str(body["private_key_id"])
        key = serialization.load_pem_private_key(body["private_key"].encode(), password=None)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadgeError(
            "the file is not the key of a service account: download it from Google Cloud as JSON"
        ) from None
    if not isinstance(key, RSAPrivateKey):
        raise BadgeError("the service account's key is not an RSA key: make a new one")
    return LinkSigner(issuer, account, key_id, key)


def google_link(ticket: Ticket, signer: LinkSigner, now: datetime) -> str:
    """Return the address that offers to save the badge; whoever has it has the badge.

    Google keeps the first object of an id, so each badge has its own, and a reissue is a new one.
    """
    of_event = f"{signer.issuer}.{ticket.serial.rpartition('-')[0]}"
    payload = {
        "eventTicketClasses": [_class(ticket, of_event)],
        "eventTicketObjects": [_object(ticket, of_event, f"{signer.issuer}.{ticket.badge}")],
    }
    claims = {
        "iss": signer.account,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(now.timestamp()),
        "payload": payload,
    }
    return SAVE + signer.sign(claims)


def _class(ticket: Ticket, class_id: str) -> dict[str, Any]:
    spec, words = ticket.spec, ticket.words(ticket.spec.language)
    return {
        "id": class_id,
        "issuerName": ticket.issuer,
        "reviewStatus": "UNDER_REVIEW",
        "eventName": _localized(spec.language, words["event"]),
        "dateTime": {"start": spec.starts_at.isoformat(timespec="seconds")},
    }


def _object(ticket: Ticket, class_id: str, object_id: str) -> dict[str, Any]:
    spec, words = ticket.spec, ticket.words(ticket.spec.language)
    texts = texts_in(spec.language)
    ends = ticket.ends_at.astimezone(UTC).isoformat(timespec="seconds")
    return {
        "id": object_id,
        "classId": class_id,
        "state": "ACTIVE",
        "barcode": {"type": "QR_CODE", "value": spec.code, "alternateText": spec.grouped_code},
        "ticketHolderName": words["name"],
        "ticketNumber": spec.number,
        "textModulesData": [
            {"id": "d", "header": texts.delegation_label, "body": words["delegation"]}
        ],
        "hexBackgroundColor": spec.category_colour,
        "validTimeInterval": {"end": {"date": ends}},
    }


def _localized(language: str, value: str) -> dict[str, Any]:
    return {"defaultValue": {"language": language, "value": value}}


def _part(body: dict[str, Any]) -> str:
    return _base64(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
