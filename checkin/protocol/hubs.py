"""The certificate of a hub: how devices of an event recognise the hub in their hall.

The event's server signs it with the key of its gate lists, which devices have pinned. It names the
authority that a device then trusts for TLS at the hub, and the key that signs the hub's answers. So
a laptop that somebody puts into the hall's network is no hub of any event.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from checkin.protocol.base64url import bytes_of, text_of

FORMAT = 1
_LABEL = "marhaba hub"
_ADDRESS_FORM = re.compile(r"https://[a-z0-9.\-\[\]:]{1,253}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HubCertificate:
    """What an event's server says of one of its hubs.

    Attributes:
        event: the event's slug.
        public_key: Ed25519, base64url; the hub signs its answers with the private one.
        walk_in_key: a P-256 point, base64url; seals walk-ins for the hub, and for the server.
        authority: the PEM certificate of the only authority that devices trust at the hub.
        addresses: where the hub is reached, "https://192.168.1.7:8443".
        not_after, issued_at: timezone-aware.
    """

    event: str
    hub_id: int
    name: str
    public_key: str
    walk_in_key: str
    authority: str
    addresses: Sequence[str]
    not_after: datetime
    issued_at: datetime

    def document(self) -> dict[str, Any]:
        """Return the JSON document that is signed."""
        moments = {"not_after": _text(self.not_after), "issued_at": _text(self.issued_at)}
        own = asdict(self) | {"addresses": list(self.addresses)}
        return {"format": FORMAT, **own, **moments}

    @classmethod
    def of_document(cls, document: Any) -> Self:
        """Return what a document says.

        Raises:
            ValueError: it is no certificate of this format.
        """
        try:
            if document["format"] != FORMAT:
                raise ValueError(f"a hub's certificate of format {document['format']!r}")
            addresses = [address_of(one) for one in document["addresses"]]
            texts = ("event", "name", "public_key", "walk_in_key", "authority")
            if not all(isinstance(document[name], str) for name in texts):
                raise ValueError("a hub's certificate without its texts")
            return cls(
                **{name: document[name] for name in texts},
                hub_id=int(document["hub_id"]),
                addresses=addresses,
                not_after=_moment(document["not_after"]),
                issued_at=_moment(document["issued_at"]),
            )
        except (KeyError, TypeError) as fault:
            raise ValueError(f"no hub's certificate: {fault!r}") from None


def signed_bytes(document: Any) -> bytes:
    """Return the bytes that a certificate's signature covers: a label, then JSON by sorted keys."""
    written = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{_LABEL}\n{written}".encode()


def sign_certificate(key: Ed25519PrivateKey, certificate: HubCertificate) -> dict[str, Any]:
    """Return a certificate as devices get it: its document, and the signature as base64url."""
    document = certificate.document()
    return {"document": document, "signature": text_of(key.sign(signed_bytes(document)))}


def verified_certificate(
    public_key: str, document: Any, signature: str, *, event: str, now: datetime
) -> HubCertificate | None:
    """Return what a certificate says; None unless the event's server has signed it and it holds.

    Args:
        public_key: of the event's gate lists, as base64url.
        event: the slug of the event; a certificate of another event is none.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes_of(public_key))
        key.verify(bytes_of(signature), signed_bytes(document))
        certificate = HubCertificate.of_document(document)
    except (InvalidSignature, ValueError, TypeError):
        return None
    return certificate if certificate.event == event and now <= certificate.not_after else None


def address_of(text: object) -> str:
    """Return the address of a hub, as certificates have it: https, a host and a port, no path.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(text, str) or not _ADDRESS_FORM.fullmatch(text.rstrip("/")):
        raise ValueError(f"{text!r} is no address like https://192.168.1.7:8443")
    return text.rstrip("/")


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no zone")
    return moment
