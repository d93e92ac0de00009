"""Pair a hub: an organiser makes a code, and the hub exchanges it for its token."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Event, Gate, Hub, HubPairing
from checkin.domain.common.names import clean_name, clean_text
from checkin.errors import Conflict, InvalidRequest, Unauthenticated
from checkin.protocol.base64url import bytes_of
from checkin.protocol.codes import ALPHABET, normalise_code
from checkin.protocol.hubs import address_of
from checkin.services.common.activity import note
from checkin.services.common.purged import refuse_purged
from checkin.services.gates.devices import (
    LONGEST_NAME,
    PAIRING_CODE_LENGTH,
    PAIRING_LIFETIME,
    add_device,
    hash_token,
)

MOST_ADDRESSES = 16
_LONGEST_AUTHORITY = 8000
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class HubSelf:
    """What a hub says of itself when it is paired.

    Attributes:
        public_key: Ed25519, base64url.
        authority: the certificate of its own authority, PEM.
        addresses: where devices reach it, "https://192.168.1.7:8443".
    """

    name: str
    software: str
    public_key: str
    authority: str
    addresses: Sequence[str]

    def checked(self) -> HubSelf:
        """Return the same as it is stored.

        Raises:
            InvalidRequest: names the field that is wrong.
        """
        return HubSelf(
            self.name,
            self.software,
            _public_key(self.public_key),
            _authority(self.authority),
            addresses_of(self.addresses),
        )


@dataclass(frozen=True, slots=True)
class NewHub:
    """A hub that was just paired; its token is shown only once."""

    hub: Hub
    token: str
    event: Event


def open_hub_pairing(
    session: Session, event: Event, name: str, *, now: datetime, operator_id: int | None = None
) -> str:
    """Make a code with which a hub of this name is paired: good once and for ten minutes.

    Raises:
        InvalidValue: the name has no letter.
        Conflict: the event has no gate that a hub could serve.
        EventPurged: the event takes nobody any more.
    """
    refuse_purged(session, event.id)
    name = clean_text(name, LONGEST_NAME) if name.strip().isdigit() else clean_name(name)
    _first_gate(session, event)
    code = "".join(secrets.choice(ALPHABET) for _ in range(PAIRING_CODE_LENGTH))
    session.add(
        HubPairing(
            event_id=event.id,
            name=name,
            code_hash=hash_token(code),
            created_at=now,
            expires_at=now + PAIRING_LIFETIME,
        )
    )
    note(session, event.id, "hub.pairing_opened", now, operator_id=operator_id, name=name)
    return code


def pair_hub(database: Database, *, code: str, told: HubSelf, now: datetime) -> NewHub:
    """Exchange a code for a hub's token, of which only a hash is stored.

    Raises:
        InvalidRequest: what the hub says of itself is wrong; the code stays good.
        Unauthenticated: the code is unknown, too old or already used; the fault does not say which.
    """
    told = told.checked()

    def work(session: Session) -> NewHub:
        pairing = session.scalar(
            select(HubPairing)
            .where(
                HubPairing.code_hash == hash_token(normalise_code(code)),
                HubPairing.hub_id.is_(None),
                HubPairing.expires_at > now,
            )
            .with_for_update()
        )
        if pairing is None:
            raise Unauthenticated("this pairing code is wrong, used or too old: ask for a new one")
        event = session.get_one(Event, pairing.event_id)
        made = _add_hub(session, event, pairing.name, told, now)
        pairing.hub_id = made.hub.id
        return made

    return in_transaction(database, work)


def addresses_of(texts: Sequence[str]) -> list[str]:
    """Return a hub's addresses as they are stored, each once.

    Raises:
        InvalidRequest: there is none, there are too many, or one is no address.
    """
    if not 1 <= len(texts) <= MOST_ADDRESSES:
        raise InvalidRequest(f"addresses: 1 to {MOST_ADDRESSES} of them")
    try:
        return list(dict.fromkeys(map(address_of, texts)))
    except ValueError as fault:
        raise InvalidRequest(f"addresses: {fault}") from None


def _add_hub(session: Session, event: Event, name: str, told: HubSelf, now: datetime) -> NewHub:
    refuse_purged(session, event.id)
    # What it borrows is a device's like any other; the token of that device nobody has.
    device = add_device(
        session,
        event,
        _first_gate(session, event),
        name=name,
        software=told.software,
        now=now,
        may_search=False,
        help_desk=False,
    )
    token = secrets.token_urlsafe(32)
    hub = Hub(
        event_id=event.id,
        device_id=device.id,
        name=name,
        software=told.software,
        token_hash=hash_token(token),
        public_key=told.public_key,
        authority=told.authority,
        addresses=list(told.addresses),
        paired_at=now,
        last_seen_at=now,
    )
    session.add(hub)
    session.flush()
    note(session, event.id, "hub.add", now, name=name, hub=hub.id)
    return NewHub(hub, token, event)


def _first_gate(session: Session, event: Event) -> Gate:
    gate = session.scalars(
        select(Gate).where(Gate.event_id == event.id).order_by(Gate.id).limit(1)
    ).first()
    if gate is None:
        raise Conflict("the event has no gate that a hub could serve: add its gates first")
    return gate


def _public_key(text: str) -> str:
    try:
        is_key = len(bytes_of(text)) == _KEY_BYTES
    except ValueError:
        is_key = False
    if not is_key:
        raise InvalidRequest("public_key: an Ed25519 key of 32 bytes as base64url")
    return text


def _authority(text: str) -> str:
    try:
        if len(text) > _LONGEST_AUTHORITY:
            raise ValueError
        certificate = x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        raise InvalidRequest("authority: one X.509 certificate as PEM") from None
    return certificate.public_bytes(Encoding.PEM).decode()
