"""Which hub sends a request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, g

from checkin.errors import DeviceRevoked
from checkin.services.gates.authentication import try_to_write
from checkin.services.hubs.access import PairedHub, hub_by_token, hub_revoked, mark_hub_seen
from checkin.web.api.contract import (
    HUB_SCHEME,
    View,
    check_epoch,
    describe,
    now,
    token_of_request,
)
from checkin.web.site.permissions import HUB, open_to
from checkin.web.site.state import marhaba


def for_hubs(view: View) -> View:
    """Require the token of a hub for a route; a revoked one is told to erase what it holds."""
    return _checked(view, _hub_in_use)


def for_hubs_that_bring(view: View) -> View:
    """Do the same for a route by which also a revoked hub brings what it holds."""
    return _checked(view, _hub)


def for_hubs_that_end(view: View) -> View:
    """Describe a route that takes the token of any hub, whatever became of it; it checks itself."""
    return describe(open_to(HUB)(view), security=HUB_SCHEME)


def _checked(view: View, ask: Callable[[], PairedHub]) -> View:
    @open_to(HUB)
    @wraps(view)
    def checked(**arguments: Any) -> Response:
        g.hub = ask()
        check_epoch()
        return view(**arguments)

    return describe(checked, security=HUB_SCHEME)


def current_hub() -> PairedHub:
    """Return the hub that sent the request."""
    hub: PairedHub = g.hub
    return hub


def _hub() -> PairedHub:
    state = marhaba()
    try:
        hub = hub_by_token(state.database, token_of_request())
    except DeviceRevoked as revoked:
        g.event_slug = revoked.event_slug
        raise
    g.epoch, g.event_slug = hub.device.epoch, hub.event_slug
    if state.last_seen.due(hub.device.id):
        try_to_write(state.database, lambda session: mark_hub_seen(session, hub.id, now()))
    return hub


def _hub_in_use() -> PairedHub:
    hub = _hub()
    if hub.is_revoked:
        # It erases what the present epoch has acknowledged: this must be the right one.
        check_epoch()
        raise hub_revoked(hub.event_slug)
    return hub
