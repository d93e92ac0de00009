"""Check whether another device reaches the server, by a link shown as a QR code.

The link contains a hash of the browser that shows it, with which the opening browser is compared:
the same session, this machine, or the same browser at the same address do not count. Behind a proxy
that is not trusted everybody has the proxy's address, so there only the browser is compared.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address

from sqlalchemy.orm import Session

from checkin.services.common.installation_settings import keep_setting, kept_settings
from checkin.services.common.keys import Keys
from checkin.services.network.interfaces import IPAddress

CHECK_LIFETIME = timedelta(minutes=30)
_KEPT = "opened_elsewhere"
#: bytes of a link's parts: what makes it unique, seconds since 1970, two marks, and the proof
_NONCE, _TIME, _MARK, _PROOF = 6, 4, 6, 13
_WHOLE = _NONCE + _TIME + 2 * _MARK + _PROOF


class Opening(StrEnum):
    """Who opened the link of a telephone check."""

    ELSEWHERE = "elsewhere"
    SAME = "same"
    #: it is too old, was used, was for another address, or was never ours
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that a request comes from.

    Attributes:
        address: the client's IP address, None for a command.
        agent: the User-Agent header.
        session_id: the id of the session that is signed in, if one is.
        by_proxy: whether an untrusted proxy forwarded the request for another client.
    """

    address: str | None
    agent: str = ""
    session_id: int | None = None
    by_proxy: bool = False


@dataclass(frozen=True, slots=True)
class _Link:
    made_at: datetime
    browser: bytes
    session: bytes


def check_link(keys: Keys, url: str, shown_to: Browser, now: datetime) -> str:
    """Return a link under `url` that is good for half an hour and counts once."""
    head = secrets.token_bytes(_NONCE) + int(now.timestamp()).to_bytes(_TIME, "big")
    body = head + _browser_mark(keys, shown_to) + _session_mark(keys, shown_to)
    whole = body + _proof(keys, url, body)
    return f"{url}/t/{base64.b32encode(whole).decode().lower()}"


def opening_of(
    keys: Keys,
    url: str,
    secret: str,
    opened_by: Browser,
    *,
    own: Collection[IPAddress],
    now: datetime,
) -> Opening:
    """Classify who opens a link, without a database query, because anybody may send anything.

    Args:
        own: this machine's addresses.
    """
    link = _link_of(keys, url, secret)
    if link is None or not now - CHECK_LIFETIME < link.made_at <= now + CHECK_LIFETIME:
        return Opening.NOWHERE
    return Opening.ELSEWHERE if _is_another(keys, link, opened_by, own) else Opening.SAME


def record_opening(session: Session, url: str, secret: str, now: datetime) -> Opening:
    """Record that another device has opened this link, once `opening_of` said `ELSEWHERE`."""
    # Base 32 is read in any case, so a link written otherwise is the same link.
    secret = secret.lower()
    if _kept_openings(session).get("secret") == secret:
        return Opening.NOWHERE
    value = {"url": url, "at": now.isoformat(), "secret": secret}
    keep_setting(session, _KEPT, json.dumps(value))
    return Opening.ELSEWHERE


def opened_elsewhere(session: Session, url: str) -> datetime | None:
    """Return when another device last opened the server at this address; None before."""
    kept = _kept_openings(session)
    return datetime.fromisoformat(kept["at"]) if kept.get("url") == url else None


def _kept_openings(session: Session) -> dict[str, str]:
    kept: dict[str, str] = json.loads(kept_settings(session).get(_KEPT, "{}"))
    return kept


def _is_another(keys: Keys, link: _Link, opened_by: Browser, own: Collection[IPAddress]) -> bool:
    if opened_by.session_id is not None and link.session == _session_mark(keys, opened_by):
        return False
    if link.browser == _browser_mark(keys, opened_by):
        return False
    return opened_by.by_proxy or _ip(opened_by.address) not in own


def _browser_mark(keys: Keys, browser: Browser) -> bytes:
    return _mark(keys, f"browser {_ip(browser.address)} {browser.agent}")


def _session_mark(keys: Keys, browser: Browser) -> bytes:
    return _mark(keys, f"session {browser.session_id}")


def _mark(keys: Keys, text: str) -> bytes:
    return hmac.digest(keys.telephone_checks, text.encode(), "sha256")[:_MARK]


def _proof(keys: Keys, url: str, body: bytes) -> bytes:
    return hmac.digest(keys.telephone_checks, body + url.encode(), "sha256")[:_PROOF]


def _link_of(keys: Keys, url: str, secret: str) -> _Link | None:
    try:
        whole = base64.b32decode(secret.upper())
    except (binascii.Error, ValueError):
        return None
    body, proof = whole[:-_PROOF], whole[-_PROOF:]
    if len(whole) != _WHOLE or not hmac.compare_digest(proof, _proof(keys, url, body)):
        return None
    made_at = datetime.fromtimestamp(int.from_bytes(body[_NONCE : _NONCE + _TIME], "big"), UTC)
    return _Link(made_at, body[-2 * _MARK : -_MARK], body[-_MARK:])


def _ip(text: str | None) -> IPAddress | None:
    try:
        address = ip_address(text or "")
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
