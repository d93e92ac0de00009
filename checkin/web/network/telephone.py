"""The QR code to open with a telephone, and the browser that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask_login import current_user

from badges.link_qr import link_qr_address
from checkin.services.events.visibility import house_timezone
from checkin.services.network.telephone_check import (
    CHECK_LIFETIME,
    Browser,
    check_link,
    opened_elsewhere,
)
from checkin.web.site.addressing.behind_proxies import THROUGH_A_PROXY
from checkin.web.site.visits import Visit


@dataclass(frozen=True, slots=True)
class TelephoneCheck:
    """A link to open on another device.

    Attributes:
        picture: its QR as a data: address of an SVG.
        opened_at: when another device has last opened this address, None before.
        lasts_s: seconds for which the link is good.
    """

    link: str
    picture: str
    opened_at: datetime | None
    timezone: str
    lasts_s: int = int(CHECK_LIFETIME.total_seconds())


def telephone_check(visit: Visit, url: str) -> TelephoneCheck:
    """Return a new link under the server's address, for the operator who is signed in."""
    link = check_link(visit.keys, url, asking_browser(), visit.now)
    opened_at, timezone = opened_elsewhere(visit.session, url), house_timezone(visit.session)
    return TelephoneCheck(link, link_qr_address(link), opened_at, timezone)


def asking_browser() -> Browser:
    """Return the browser of this request, to compare it with others."""
    return Browser(
        address=request.remote_addr,
        agent=request.user_agent.string,
        session_id=getattr(current_user, "session_id", None),
        by_proxy=THROUGH_A_PROXY in request.environ or "Forwarded" in request.headers,
    )
