"""The provider of sign-ins of an installation (OpenID Connect): kept from a page's form, and read.

Its secret is kept encrypted for its issuer and client alone: whoever changes the issuer in the
database does not get it sent there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from checkin.domain.accounts.provider import Provider, Written
from checkin.services.common.activity import note
from checkin.services.common.installation_settings import (
    keep_secret,
    keep_setting,
    kept_secret,
    kept_settings,
)
from checkin.services.common.keys import Keys

_ISSUER, _CLIENT_ID, _NAME = "provider_issuer", "provider_client_id", "provider_name"
_SECRET = "provider_secret"  # noqa: S105 - the name of a setting


def kept_provider(session: Session) -> Provider | None:
    """Return the provider that people may sign in with, if there is one."""
    kept = kept_settings(session)
    if _ISSUER not in kept:
        return None
    return Provider(kept[_ISSUER], kept.get(_CLIENT_ID, ""), kept.get(_NAME, ""))


def has_secret(session: Session) -> bool:
    """Say whether a secret is kept."""
    return _SECRET in kept_settings(session)


def provider_secret(session: Session, keys: Keys, provider: Provider) -> str:
    """Return the secret that this server shares with a provider; "" where there is none."""
    return kept_secret(session, keys, _SECRET, _place(provider)) or ""


def keep_provider(
    session: Session, keys: Keys, written: Written, *, now: datetime, operator_id: int | None
) -> None:
    """Store what the page's form says; a secret that is left empty stays as it is."""
    provider = written.provider
    keep_setting(session, _ISSUER, provider.issuer if provider else None)
    keep_setting(session, _CLIENT_ID, provider.client_id if provider else None)
    keep_setting(session, _NAME, provider.name if provider else None)
    if provider is None:
        keep_setting(session, _SECRET, None)
    elif written.secret:
        keep_secret(session, keys, _SECRET, _place(provider), written.secret)
    host = urlsplit(provider.issuer).netloc if provider else ""
    note(session, None, "installation.provider", now, operator_id=operator_id, provider=host)


def note_provider_test(
    session: Session, fault: str | None, *, now: datetime, operator_id: int | None
) -> None:
    """Record that an administrator asked the provider, and what was wrong if anything was."""
    details: dict[str, Any] = {"fault": fault} if fault else {}
    note(session, None, "installation.provider_test", now, operator_id=operator_id, **details)


def _place(provider: Provider) -> str:
    return f"provider:{provider.issuer}\n{provider.client_id}"
