"""The mail server of an installation: decided from its settings, changed on a page.

The page's password is kept encrypted with a key of the master key, for its server and user alone:
whoever changes the server in the database does not get it sent there.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from checkin.domain.common.forms import FormRefused
from checkin.domain.mail.server import (
    MAIL_PASSWORD,
    MAIL_PER_DAY,
    MAIL_PER_MINUTE,
    MAIL_SERVER,
    Destination,
    MailGiven,
    MailServer,
    MailSettings,
    decide_mail,
)
from checkin.domain.mail.server_form import Written, read_mail_form
from checkin.domain.network.public_address import RULING, AddressSource
from checkin.services.common.activity import note
from checkin.services.common.installation_settings import keep_setting, kept_settings
from checkin.services.common.keys import Keys

_NONCE_BYTES = 12


def mail_settings(session: Session, given: MailGiven) -> MailSettings:
    """Return how e-mails leave, without the password that the page keeps."""
    return decide_mail(given, kept_settings(session))


def has_password(session: Session) -> bool:
    """Say whether the page keeps a password."""
    return MAIL_PASSWORD in kept_settings(session)


def mail_destination(session: Session, keys: Keys, given: MailGiven) -> Destination:
    """Return where messages go, with the password."""
    kept = kept_settings(session)
    decided = decide_mail(given, kept)
    server = decided.server
    if server is None or decided.source is not AddressSource.PAGE or MAIL_PASSWORD not in kept:
        return decided.to
    return replace(server, password=_unseal(keys, server, kept[MAIL_PASSWORD]))


def keep_mail(
    session: Session,
    keys: Keys,
    given: MailGiven,
    form: Mapping[str, str],
    *,
    now: datetime,
    operator_id: int | None = None,
) -> None:
    """Store what the page's form says of the server and the limits, but for what is ruled.

    A password that is left empty stays as it is, for the same server and user. Without a server,
    messages become files.

    Args:
        form: texts by the names of `checkin.domain.mail.server_form`.

    Raises:
        FormRefused: with a problem for each field that will not do.
    """
    kept = kept_settings(session)
    before = decide_mail(given, kept)
    written = read_mail_form(form, before, has_password=MAIL_PASSWORD in kept)
    if not isinstance(written, Written):
        raise FormRefused(written)
    if before.source not in RULING:
        _keep_server(session, keys, written.server)
    for name, source, value in (
        (MAIL_PER_MINUTE, before.per_minute_source, written.per_minute),
        (MAIL_PER_DAY, before.per_day_source, written.per_day),
    ):
        if source not in RULING:
            keep_setting(session, name, None if value is None else str(value))
    after = decide_mail(given, kept_settings(session))
    if after != before or (written.server and written.server.password):
        note(session, None, "installation.mail", now, operator_id=operator_id, **_told(after))


def note_test(
    session: Session, fault: str | None, *, now: datetime, operator_id: int | None = None
) -> None:
    """Record that a test message was sent, or why it was not."""
    details: dict[str, Any] = {"fault": fault} if fault else {}
    note(session, None, "installation.mail_test", now, operator_id=operator_id, **details)


def _keep_server(session: Session, keys: Keys, server: MailServer | None) -> None:
    if server is None:
        keep_setting(session, MAIL_SERVER, None)
        keep_setting(session, MAIL_PASSWORD, None)
        return
    keep_setting(session, MAIL_SERVER, server.text)
    if not server.user:
        keep_setting(session, MAIL_PASSWORD, None)
    elif server.password:
        keep_setting(session, MAIL_PASSWORD, _seal(keys, server))


def _told(settings: MailSettings) -> dict[str, Any]:
    server = settings.server
    if server is None:
        return {"server": ""}
    return {"server": f"{server.host}:{server.port}", "encryption": server.encryption}


def _seal(keys: Keys, server: MailServer) -> str:
    nonce, password = secrets.token_bytes(_NONCE_BYTES), (server.password or "").encode()
    sealed = nonce + AESGCM(keys.mail_server).encrypt(nonce, password, _for(server))
    return base64.b64encode(sealed).decode()


def _unseal(keys: Keys, server: MailServer, text: str) -> str | None:
    try:
        sealed = base64.b64decode(text, validate=True)
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return AESGCM(keys.mail_server).decrypt(nonce, rest, _for(server)).decode()
    except (InvalidTag, ValueError, binascii.Error):
        return None


def _for(server: MailServer) -> bytes:
    return f"mail password:{server.host}\n{server.user}".encode()
