"""Who may use what: one row for every route, and none that is open by omission.

A route without a row is refused to everybody, and fails the tests.
"""

from __future__ import annotations

from enum import StrEnum

from checkin.db.models import Operator, Role


class Audience(StrEnum):
    """Routes that ask for no account.

    PUBLIC: anybody. DEVICE: a paired device's token, or what stands for it; the route asks itself.
    LINK: whoever knows the secret in the address; the route asks itself, and looks at no cookie.
    """

    PUBLIC = "public"
    DEVICE = "device"
    LINK = "link"


_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


_STAFF = _ADMINISTRATORS | {Role.ORGANISER}


_COUNTS = _STAFF | {Role.SUPERVISOR, Role.VIEWER}


_NAMES = _STAFF | {Role.SUPERVISOR, Role.COORDINATOR}


_REGISTRARS = _STAFF | {Role.COORDINATOR}


_ALL = frozenset(Role)


PERMISSIONS: dict[str, frozenset[Role] | Audience] = {
    "static": Audience.PUBLIC,
    "openapi.spec": Audience.PUBLIC,
    "health.healthz": Audience.PUBLIC,
    "health.readyz": Audience.PUBLIC,
    "health.metrics": Audience.PUBLIC,
    "api.devices.pair": Audience.DEVICE,
    "api.devices.wiped": Audience.DEVICE,
    "api.scans.create_scan": Audience.DEVICE,
    "api.scans.create_scans": Audience.DEVICE,
    "api.scans.annul": Audience.DEVICE,
    "api.leases.grant": Audience.DEVICE,
    "api.leases.give_back": Audience.DEVICE,
    "api.people.search": Audience.DEVICE,
    "api.people.create_walk_in": Audience.DEVICE,
    "api.lists.read_gate_list": Audience.DEVICE,
    "api.lists.read_status": Audience.DEVICE,
    "api.lists.stream_counts": Audience.DEVICE,
    "auth.login": Audience.PUBLIC,
    "auth.sign_in": Audience.PUBLIC,
    "auth.code": Audience.PUBLIC,
    "auth.send_code": Audience.PUBLIC,
    "auth.logout": _ALL,
    "account.show": _ALL,
    "account.change_password": _ALL,
    "account.end_one": _ALL,
    "account.end_others": _ALL,
    "second_factor.show": _ALL,
    "second_factor.begin": _ALL,
    "second_factor.turn_on": _ALL,
    "second_factor.turn_off": _ALL,
    "second_factor.renew": _ALL,
    "operator_access.reset_second_factor": _ADMINISTRATORS,
    "operator_access.end_one": _ADMINISTRATORS,
    "operator_access.end_all": _ADMINISTRATORS,
    "passwords.forgotten": Audience.PUBLIC,
    "passwords.ask": Audience.PUBLIC,
    "passwords.choose": Audience.PUBLIC,
    "passwords.save": Audience.PUBLIC,
    "activity_log.index": _STAFF,
    "activity_log.download": _STAFF,
    "operators.index": _ADMINISTRATORS,
    "operators.invite": _ADMINISTRATORS,
    "operators.show": _ADMINISTRATORS,
    "operators.change": _ADMINISTRATORS,
    "operators.disable_one": _ADMINISTRATORS,
    "operators.enable_one": _ADMINISTRATORS,
    "operators.renew_link": _ADMINISTRATORS,
    "server_address.show": _STAFF,
    "server_address.opened": _STAFF,
    "server_address.choose_lan": _STAFF,
    # Whoever sets these receives what links of other people's accounts lead to.
    "server_address.save": _ADMINISTRATORS,
    "server_address.telephone": Audience.PUBLIC,
    "pins.index": _STAFF,
    "pins.make": _STAFF,
    "trust.show": Audience.PUBLIC,
    "trust.certificate": Audience.PUBLIC,
    "trust.certificate_as_text": Audience.PUBLIC,
    "scan_page.scan": Audience.PUBLIC,
    "scan_page.worker": Audience.PUBLIC,
    "scan_page.decoder": Audience.PUBLIC,
    "organiser.overview": _ALL,
    "organiser.board": _COUNTS,
    "organiser.board_report": _COUNTS,
    "organiser.board_counts": _COUNTS,
    "organiser.board_live": _COUNTS,
    "organiser.devices": _STAFF,
    "organiser.create_pairing": _STAFF,
    "organiser.revoke": _STAFF,
    "gate_desk.create_gate": _STAFF,
    "gate_desk.edit_gate": _STAFF,
    "gate_desk.edit_device": _STAFF,
    "stops.show": _STAFF,
    "stops.stop": _STAFF,
    "stops.lift": _STAFF,
    "conflicts.index": _STAFF,
    "conflicts.decide": _STAFF,
    "conflicts.decide_duplicated": _STAFF,
    "participants.index": _NAMES,
    "participants.new": _REGISTRARS,
    "participants.create": _REGISTRARS,
    "participants.cancel": _REGISTRARS,
    # A block keeps people out whom others registered: coordinators ask the organisers for it.
    "participants.block": _STAFF,
    "participants.unblock": _STAFF,
    "participants.edit": _REGISTRARS,
    "participants.save": _REGISTRARS,
    "delegations.index": _REGISTRARS,
    "delegations.show": _REGISTRARS,
    "delegations.arrivals": _REGISTRARS,
    "importing.show": _REGISTRARS,
    "importing.model": _REGISTRARS,
    "importing.upload": _REGISTRARS,
    "importing.check": _REGISTRARS,
    "importing.discard": _REGISTRARS,
    "delegation_badges.show": _REGISTRARS,
    "delegation_badges.sheets": _REGISTRARS,
    "delegation_link.show": _REGISTRARS,
    "delegation_link.picture": _REGISTRARS,
    "delegation_link.save": _REGISTRARS,
    "delegation_link.renew": _REGISTRARS,
    "delegation_link.decide": _REGISTRARS,
    "joining.ask": Audience.PUBLIC,
    "joining.apply": Audience.PUBLIC,
    "buses.counts": _COUNTS,
    "buses.show": _REGISTRARS,
    "buses.add": _REGISTRARS,
    "buses.change": _REGISTRARS,
    "buses.remove": _REGISTRARS,
    "buses.assign": _REGISTRARS,
    "buses.list_pdf": _REGISTRARS,
    "badge_desk.show": _NAMES,
    "badge_desk.open_pdf": _NAMES,
    "badge_desk.print_one": _NAMES,
    "badge_desk.reissue": _NAMES,
    "badge_desk.revoke": _REGISTRARS,
    "badge_page.show": Audience.PUBLIC,
    "badge_page.picture": Audience.PUBLIC,
    "badge_page.calendar": Audience.PUBLIC,
    "badge_page.keep": Audience.PUBLIC,
    "badge_page.apple_wallet": Audience.PUBLIC,
    "badge_page.google_wallet": Audience.PUBLIC,
    "participants.undo_cancel": _REGISTRARS,
    "delivery.index": _REGISTRARS,
    "delivery.progress": _REGISTRARS,
    "delivery.people_csv": _REGISTRARS,
    "delivery.send_again": _REGISTRARS,
    "delivery.switch": _STAFF,
    "event_settings.new": _STAFF,
    "event_settings.create": _STAFF,
    "event_settings.edit": _STAFF,
    "event_settings.save": _STAFF,
    "categories.show": _STAFF,
    "categories.add": _STAFF,
    "categories.change": _STAFF,
    "categories.move": _STAFF,
    "categories.remove": _STAFF,
    "quotas.show": _STAFF,
    "quotas.add": _STAFF,
    "quotas.change": _STAFF,
    "quotas.sheet": _STAFF,
    "quotas.model": _STAFF,
    "quotas.upload": _STAFF,
    "quotas.check": _STAFF,
    "first_steps.resume": _STAFF,
    "first_steps.show": _STAFF,
    "first_steps.pair": _STAFF,
    "first_steps.skip": _STAFF,
    "rehearsal.show": _STAFF,
    "rehearsal.begin": _STAFF,
    "rehearsal.end": _STAFF,
    "rehearsal.sheet": _STAFF,
    "records.export": _STAFF,
    "records.download": _STAFF,
    "records.purge": _ADMINISTRATORS,
    "records.erase": _ADMINISTRATORS,
    "records.receipt": _ADMINISTRATORS,
    "event_look.edit": _STAFF,
    "event_look.save": _STAFF,
    "event_look.preview": _STAFF,
    "message_texts.edit": _STAFF,
    "message_texts.save": _STAFF,
    "message_texts.preview": _STAFF,
    "message_texts.send_to_me": _STAFF,
    "bounces.take": Audience.LINK,
    "declining.ask": Audience.LINK,
    "declining.confirm": Audience.LINK,
}


def may_use(operator: Operator | None, endpoint: str) -> bool:
    """Say whether an operator, or nobody, may use a route.

    Devices are let through here: their routes check the token themselves.
    """
    allowed = PERMISSIONS.get(endpoint)
    if allowed is None:
        return False
    if isinstance(allowed, Audience):
        return True
    return operator is not None and Role(operator.role) in allowed
