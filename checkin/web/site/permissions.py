"""Permissions: every route states who may use it, and none is open by omission.

A route that does not state it is refused to everybody, and fails the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app

from checkin.db.models import Operator, Role
from checkin.web.site.state import marhaba

View = TypeVar("View", bound=Callable[..., object])


class Audience(StrEnum):
    """The audiences of routes that need no account.

    PUBLIC: anybody. DEVICE: a paired device's token or its equivalent, which the route checks.
    LINK: anybody who knows the secret in the address, which the route checks without cookies.
    TOKEN: a program with a read token, which the route checks with what it may read.
    HUB: a hub of an event, whose token the route checks.
    """

    PUBLIC = "public"
    DEVICE = "device"
    LINK = "link"
    TOKEN = "token"  # noqa: S105 - the name of an audience
    HUB = "hub"


Allowed = frozenset[Role] | Audience

PUBLIC, DEVICE, LINK, TOKEN = Audience.PUBLIC, Audience.DEVICE, Audience.LINK, Audience.TOKEN
HUB = Audience.HUB
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
STAFF = ADMINISTRATORS | {Role.ORGANISER}
#: who may see counts, and no names
COUNTS = STAFF | {Role.SUPERVISOR, Role.VIEWER}
#: who may see names; coordinators those of their own delegation
NAMES = STAFF | {Role.SUPERVISOR, Role.COORDINATOR}
#: who walks about at the gates
SUPERVISORS = STAFF | {Role.SUPERVISOR}
REGISTRARS = STAFF | {Role.COORDINATOR}
EVERYBODY = frozenset(Role)


#: the pages of a hub: blueprints, or single routes. Whatever changes what is the central server's,
#: such as registrations, badges and its devices, is done there.
AT_A_HUB = frozenset(
    {
        *("static", "trust", "security_txt", "help_page", "scan_page"),
        *("sign_in", "first_password", "second_factor", "passkeys", "account"),
        *("overview", "board", "flagged", "overrides", "help_calls", "stops"),
        *("devices.show", "devices.pair", "devices.pairing_state", "devices.send_again"),
    }
)


def is_at_a_hub(endpoint: str) -> bool:
    """Say whether a hub has the page of this route."""
    return not AT_A_HUB.isdisjoint({endpoint, endpoint.partition(".")[0]})


def open_to(allowed: Allowed) -> Callable[[View], View]:
    """State who may use a view's route."""

    def decorate(view: View) -> View:
        view.__dict__["allowed"] = allowed
        return view

    return decorate


def permissions_of(app: Flask) -> dict[str, Allowed | None]:
    """Return who may use each route of an app, by endpoint; None where a route does not say."""
    return {endpoint: _stated(view) for endpoint, view in app.view_functions.items()}


def allowed_at(endpoint: str) -> Allowed | None:
    """Return who may use a route of the current app; None where nobody may."""
    return _stated(current_app.view_functions.get(endpoint))


def may_use(operator: Operator | None, endpoint: str) -> bool:
    """Say whether an operator may use a route; None stands for a visitor without an account.

    Devices' routes are allowed here, because they check the token themselves.
    """
    allowed = allowed_at(endpoint)
    if allowed is None or (marhaba().central_url and not is_at_a_hub(endpoint)):
        return False
    if isinstance(allowed, Audience):
        return True
    return operator is not None and Role(operator.role) in allowed


def _stated(view: Any) -> Allowed | None:
    stated: Allowed | None = getattr(view, "allowed", None)
    return stated
