"""Log which requests were refused: what was asked and from which network, never what was in it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import Response, g, request

from checkin.domain.accounts.browsers import network_of
from checkin.domain.accounts.security_events import FORM_REFUSED, REQUEST_REFUSED
from checkin.services.common.security_log import tell


def log_refusals(statuses: Collection[int]) -> Callable[[Response], Response]:
    """Return what logs an answer of one of these statuses, for `after_request`."""

    def logged(response: Response) -> Response:
        if response.status_code in statuses:
            device = getattr(g.get("device"), "id", None)
            token = getattr(g.get("reader"), "token_id", None)
            who = {"device": device, "token": token}
            tell(REQUEST_REFUSED, status=response.status_code, **who, **_asked())
        return response

    return logged


def log_refused_form(cause: str) -> None:
    """Log that a form came without a valid token, and why as far as it is known."""
    tell(FORM_REFUSED, cause=cause, **_asked())


def _asked() -> dict[str, str]:
    # An address may hold a name, as its query does: the route says enough.
    return {
        "method": request.method,
        "endpoint": request.endpoint or "none",
        "network": network_of(request.remote_addr),
    }
