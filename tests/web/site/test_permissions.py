"""Every route states who may use it, and the pages enforce it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import request, template_rendered
from sqlalchemy import select
from werkzeug.routing import Rule

from checkin.db.models import Operator, Role
from checkin.domain.events.details import DEMO_CONTACT
from checkin.domain.messages.audience import Audience as Chosen
from checkin.services.messages.announcements import Written, write_announcement
from checkin.web.site.permissions import Allowed, Audience, permissions_of
from checkin.web.site.state import API
from tests.support import factories

EVENT = "/events/rabat-2025"
TEMPLATES = Path(__file__).parents[3] / "templates"
_NAMED = re.compile(r"""\b(?:may|url_for)\(["']([a-z_.]+)["']""")
EVERYBODY = set(Role)
ADMINISTRATORS = {Role.ADMINISTRATOR}
STAFF = {Role.ADMINISTRATOR, Role.ORGANISER}
COUNTS = STAFF | {Role.SUPERVISOR, Role.VIEWER}
SUPERVISORS = STAFF | {Role.SUPERVISOR}
NAMES = STAFF | {Role.SUPERVISOR, Role.COORDINATOR}
REGISTRARS = STAFF | {Role.COORDINATOR}
#: page → who may open it, written out again so that a slip in the table is seen
PAGES = {
    "/": EVERYBODY,
    "/account": EVERYBODY,
    "/account/first-password": EVERYBODY,
    "/account/second-factor": EVERYBODY,
    "/activity": STAFF,
    "/activity.csv": STAFF,
    "/operators": ADMINISTRATORS,
    "/operators/1": ADMINISTRATORS,
    "/operators/provider": ADMINISTRATORS,
    "/pins": STAFF,
    "/server-address": STAFF,
    "/server-address/opened": STAFF,
    "/mail/settings": STAFF,
    "/backup": STAFF,
    "/mail/returned": STAFF,
    "/telephone/settings": STAFF,
    f"{EVENT}/board": COUNTS,
    f"{EVENT}/board/report": COUNTS,
    f"{EVENT}/board/report.csv": COUNTS,
    f"{EVENT}/board/counts": COUNTS,
    f"{EVENT}/devices": STAFF,
    f"{EVENT}/stop": STAFF,
    f"{EVENT}/conflicts": STAFF,
    f"{EVENT}/overrides": STAFF,
    f"{EVENT}/participants": NAMES,
    f"{EVENT}/participants/new": REGISTRARS,
    f"{EVENT}/participants/1": NAMES,
    f"{EVENT}/participants/change?change=cancel": REGISTRARS,
    f"{EVENT}/participants/1/badge.pdf": NAMES,
    f"{EVENT}/participants/1/edit": REGISTRARS,
    f"{EVENT}/participants/1/merge": REGISTRARS,
    f"{EVENT}/delegations/1": REGISTRARS,
    f"{EVENT}/delegations/1/arrivals": REGISTRARS,
    f"{EVENT}/delegations/1/badges": REGISTRARS,
    f"{EVENT}/badges": STAFF,
    f"{EVENT}/jobs": REGISTRARS,
    f"{EVENT}/buses/counts": COUNTS,
    f"{EVENT}/delegations/1/buses": REGISTRARS,
    f"{EVENT}/delegations/1/buses/1/list.pdf": REGISTRARS,
    f"{EVENT}/delegations/1/telephone": REGISTRARS,
    f"{EVENT}/delegations/1/calls": REGISTRARS,
    f"{EVENT}/calls": REGISTRARS,
    f"{EVENT}/find-badge/qr.png": STAFF,
    f"{EVENT}/delegations/1/link": REGISTRARS,
    f"{EVENT}/delegations/1/import": REGISTRARS,
    f"{EVENT}/delegations/1/import/model.csv": REGISTRARS,
    f"{EVENT}/import": STAFF,
    f"{EVENT}/import/model.csv": STAFF,
    f"{EVENT}/imports": REGISTRARS,
    f"{EVENT}/delivery": REGISTRARS,
    f"{EVENT}/delivery/progress": REGISTRARS,
    "/events/new": STAFF,
    f"{EVENT}/settings": STAFF,
    f"{EVENT}/hours": STAFF,
    f"{EVENT}/to-check": STAFF,
    f"{EVENT}/categories": STAFF,
    f"{EVENT}/categories/band.png?name=x&colour=%230e8148&shape=star": STAFF,
    f"{EVENT}/ready": STAFF,
    f"{EVENT}/copy": STAFF,
    f"{EVENT}/demo": STAFF,
    f"{EVENT}/flags": STAFF,
    f"{EVENT}/arrivals": STAFF,
    f"{EVENT}/arrivals/pages/Protocole": STAFF,
    f"{EVENT}/start/gate": STAFF,
    f"{EVENT}/rehearsal": STAFF,
    f"{EVENT}/webhooks": STAFF,
    f"{EVENT}/read-tokens": STAFF,
    f"{EVENT}/hubs": STAFF,
    f"{EVENT}/sheet": STAFF,
    f"{EVENT}/rehearsal/badges": STAFF,
    f"{EVENT}/legal": STAFF,
    f"{EVENT}/legal/pack.pdf": STAFF,
    f"{EVENT}/export": STAFF,
    f"{EVENT}/purge": {Role.ADMINISTRATOR},
    f"{EVENT}/quotas": STAFF,
    f"{EVENT}/quotas/sheet": STAFF,
    f"{EVENT}/quotas/sheet/model.csv": STAFF,
    f"{EVENT}/look": STAFF,
    f"{EVENT}/look/preview.png": STAFF,
    f"{EVENT}/delivery/message/fr": STAFF,
    f"{EVENT}/delivery/message/fr/preview": STAFF,
    f"{EVENT}/messages": STAFF,
    f"{EVENT}/messages/new": STAFF,
    f"{EVENT}/messages/count": STAFF,
    f"{EVENT}/messages/1": REGISTRARS,
    f"{EVENT}/messages/1/edit": STAFF,
    f"{EVENT}/messages/1/preview": REGISTRARS,
    f"{EVENT}/messages/1/progress": REGISTRARS,
    f"{EVENT}/participants/1/message/canceled": REGISTRARS,
}
FORMS = {
    "/account/password": EVERYBODY,
    "/account/sessions/999/end": EVERYBODY,
    "/account/sessions/end-others": EVERYBODY,
    "/account/first-password": EVERYBODY,
    "/account/passkeys": EVERYBODY,
    "/account/passkeys/999/remove": EVERYBODY,
    "/account/second-factor": EVERYBODY,
    "/account/second-factor/begin": EVERYBODY,
    "/account/second-factor/codes": EVERYBODY,
    "/account/second-factor/off": EVERYBODY,
    "/operators/999/second-factor/reset": ADMINISTRATORS,
    "/operators/999/sessions/1/end": ADMINISTRATORS,
    "/operators/999/sessions/end": ADMINISTRATORS,
    "/operators": ADMINISTRATORS,
    "/operators/999": ADMINISTRATORS,
    "/operators/999/disable": ADMINISTRATORS,
    "/operators/999/enable": ADMINISTRATORS,
    "/operators/999/link": ADMINISTRATORS,
    "/operators/provider": ADMINISTRATORS,
    "/operators/provider/test": ADMINISTRATORS,
    "/operators/999/provider/forget": ADMINISTRATORS,
    "/pins/999": STAFF,
    "/server-address": ADMINISTRATORS,
    "/server-address/lan": STAFF,
    "/mail/settings": ADMINISTRATORS,
    "/backup/copy": STAFF,
    "/mail/returned": ADMINISTRATORS,
    "/mail/returned/read": STAFF,
    "/backup/file": ADMINISTRATORS,
    "/backup/key-sheet": ADMINISTRATORS,
    "/mail/settings/test": STAFF,
    "/telephone/settings": ADMINISTRATORS,
    "/telephone/settings/test": ADMINISTRATORS,
    f"{EVENT}/devices/pairing": STAFF,
    f"{EVENT}/devices/1": STAFF,
    f"{EVENT}/devices/1/revoke": STAFF,
    f"{EVENT}/devices/1/send-again": STAFF,
    f"{EVENT}/devices/returning/999": STAFF,
    f"{EVENT}/devices/returning/999/refuse": STAFF,
    f"{EVENT}/gates": STAFF,
    f"{EVENT}/gates/1": STAFF,
    f"{EVENT}/stop": STAFF,
    f"{EVENT}/stop/lift": STAFF,
    f"{EVENT}/conflicts/1": STAFF,
    f"{EVENT}/conflicts/duplicates/1": STAFF,
    f"{EVENT}/participants/new": REGISTRARS,
    f"{EVENT}/to-check/1": STAFF,
    f"{EVENT}/participants/1/print": NAMES,
    f"{EVENT}/participants/1/resend": REGISTRARS,
    f"{EVENT}/participants/change?change=cancel": REGISTRARS,
    f"{EVENT}/participants/columns": NAMES,
    f"{EVENT}/participants/search": NAMES,
    f"{EVENT}/participants/1/reissue": NAMES,
    f"{EVENT}/participants/1/revoke": REGISTRARS,
    f"{EVENT}/participants/1/cancel": REGISTRARS,
    f"{EVENT}/participants/1/undo-cancel": REGISTRARS,
    f"{EVENT}/participants/1/block": STAFF,
    f"{EVENT}/participants/1/unblock": STAFF,
    f"{EVENT}/participants/1/edit": REGISTRARS,
    f"{EVENT}/participants/1/merge": REGISTRARS,
    f"{EVENT}/participants/1/merge/2": REGISTRARS,
    f"{EVENT}/participants/1/merged/take-back": REGISTRARS,
    f"{EVENT}/delegations/1/badges.pdf": REGISTRARS,
    f"{EVENT}/delegations/1/badges.zip": REGISTRARS,
    f"{EVENT}/delegations/1/telephone/1": REGISTRARS,
    f"{EVENT}/delegations/1/telephone/1/undo": REGISTRARS,
    f"{EVENT}/delegations/1/calls/1": REGISTRARS,
    f"{EVENT}/badges.pdf": STAFF,
    f"{EVENT}/jobs/1/cancel": REGISTRARS,
    f"{EVENT}/delegations/1/import": REGISTRARS,
    f"{EVENT}/delegations/1/link": REGISTRARS,
    f"{EVENT}/delegations/1/link/renew": REGISTRARS,
    f"{EVENT}/delegations/1/link/badges": REGISTRARS,
    f"{EVENT}/delegations/1/buses": REGISTRARS,
    f"{EVENT}/delegations/1/buses/1": REGISTRARS,
    f"{EVENT}/delegations/1/buses/1/leaders": REGISTRARS,
    f"{EVENT}/delegations/1/buses/1/remove": REGISTRARS,
    f"{EVENT}/delegations/1/buses/assign": REGISTRARS,
    f"{EVENT}/delegations/1/applications": REGISTRARS,
    f"{EVENT}/delegations/1/import/settle": REGISTRARS,
    f"{EVENT}/delegations/1/import/category": REGISTRARS,
    f"{EVENT}/categories/wishes": STAFF,
    f"{EVENT}/import": STAFF,
    f"{EVENT}/import/settle": STAFF,
    f"{EVENT}/import/check": STAFF,
    f"{EVENT}/import/cancel": STAFF,
    f"{EVENT}/import/discard": STAFF,
    f"{EVENT}/imports/1/take-back": REGISTRARS,
    f"{EVENT}/delegations/1/import/check": REGISTRARS,
    f"{EVENT}/delegations/1/import/cancel": REGISTRARS,
    f"{EVENT}/delegations/1/import/discard": REGISTRARS,
    f"{EVENT}/delivery/resend": REGISTRARS,
    f"{EVENT}/delivery/people.csv": REGISTRARS,
    f"{EVENT}/delivery/send": STAFF,
    f"{EVENT}/delivery/test": STAFF,
    f"{EVENT}/delivery/cancel": STAFF,
    f"{EVENT}/delivery/switch": STAFF,
    f"{EVENT}/messages/new": STAFF,
    f"{EVENT}/messages/1/edit": STAFF,
    f"{EVENT}/messages/1/test": REGISTRARS,
    f"{EVENT}/messages/1/send": REGISTRARS,
    f"{EVENT}/messages/1/drop": REGISTRARS,
    f"{EVENT}/messages/1/cancel": REGISTRARS,
    f"{EVENT}/messages/1/switch": STAFF,
    f"{EVENT}/messages/1/people.csv": REGISTRARS,
    "/events/new": STAFF,
    "/events/new/demo": STAFF,
    f"{EVENT}/copy": STAFF,
    f"{EVENT}/settings": STAFF,
    f"{EVENT}/categories": STAFF,
    f"{EVENT}/categories/1": STAFF,
    f"{EVENT}/flags": STAFF,
    f"{EVENT}/flags/1": STAFF,
    f"{EVENT}/flags/1/people": STAFF,
    f"{EVENT}/flags/1/remove": STAFF,
    f"{EVENT}/start/gate": STAFF,
    f"{EVENT}/start/gate/skip": STAFF,
    f"{EVENT}/hours": STAFF,
    f"{EVENT}/hours/days": STAFF,
    f"{EVENT}/help/1": SUPERVISORS,
    f"{EVENT}/rehearsal/begin": STAFF,
    f"{EVENT}/webhooks": STAFF,
    f"{EVENT}/read-tokens": STAFF,
    f"{EVENT}/read-tokens/1/revoke": STAFF,
    f"{EVENT}/hubs": STAFF,
    f"{EVENT}/hubs/1/revoke": STAFF,
    f"{EVENT}/sheet": STAFF,
    f"{EVENT}/sheet/look": STAFF,
    f"{EVENT}/sheet/fetch": STAFF,
    f"{EVENT}/sheet/pause": STAFF,
    f"{EVENT}/sheet/decide": STAFF,
    f"{EVENT}/sheet/remove": STAFF,
    f"{EVENT}/webhooks/1": STAFF,
    f"{EVENT}/webhooks/1/secret": STAFF,
    f"{EVENT}/webhooks/1/test": STAFF,
    f"{EVENT}/webhooks/1/retry": STAFF,
    f"{EVENT}/webhooks/1/disable": STAFF,
    f"{EVENT}/webhooks/1/enable": STAFF,
    f"{EVENT}/webhooks/1/remove": STAFF,
    f"{EVENT}/rehearsal/end": STAFF,
    f"{EVENT}/export": STAFF,
    f"{EVENT}/purge": {Role.ADMINISTRATOR},
    f"{EVENT}/categories/1/move": STAFF,
    f"{EVENT}/categories/1/remove": STAFF,
    f"{EVENT}/quotas": STAFF,
    f"{EVENT}/quotas/1": STAFF,
    f"{EVENT}/quotas/1/remove": STAFF,
    f"{EVENT}/quotas/sheet": STAFF,
    f"{EVENT}/quotas/sheet/check": STAFF,
    f"{EVENT}/look": STAFF,
    f"{EVENT}/delivery/message/fr": STAFF,
    f"{EVENT}/delivery/message/fr/send": STAFF,
    f"{EVENT}/demo/remove": STAFF,  # the last one: the event is gone then
}


def routes_of(app) -> list[tuple[Rule, Allowed | None]]:
    """Every route of the pages and of the device API, with who may use it."""
    both = (app, app.extensions[API])
    return [
        (rule, permissions_of(each)[rule.endpoint])
        for each in both
        for rule in each.url_map.iter_rules()
    ]


def silent(app) -> list[str]:
    return [rule.endpoint for rule, allowed in routes_of(app) if allowed is None]


def test_every_route_says_who_may_use_it(app):
    assert silent(app) == []


def test_a_route_that_does_not_say_who_may_use_it_is_found_in_pages_and_api(app):
    for each in (app, app.extensions[API]):
        each.add_url_rule("/forgotten", "forgotten", lambda: "secret")

    assert silent(app) == ["forgotten", "forgotten"]


def test_only_the_device_api_goes_without_a_session(app):
    without = {rule.rule for rule, allowed in routes_of(app) if allowed is Audience.DEVICE}
    assert without
    assert {rule for rule in without if not rule.startswith("/api/v1/")} == set()


def test_a_route_that_does_not_say_who_may_use_it_is_refused_to_everybody(app, signed_in):
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")

    for role in Role:
        assert signed_in(role).open("/forgotten").status_code == 403
    assert app.test_client().get("/forgotten").status_code == 403


def test_every_page_that_a_template_asks_about_or_leads_to_exists(app):
    """`may` says no to an endpoint that is not there: a slip would hide a link from everybody."""
    asked = {name: sorted(_NAMED.findall(path.read_text("utf-8"))) for name, path in _templates()}
    unknown = {
        (name, endpoint)
        for name, endpoints in asked.items()
        for endpoint in endpoints
        if endpoint not in app.view_functions
    }

    assert sum(map(len, asked.values())) > 150
    assert unknown == set()


def _templates():
    return [(path.name, path) for path in TEMPLATES.rglob("*.html")]


def a_message(database, event, delegation):
    """Keep a message that organisers may change, and that concerns the delegation's coordinator."""
    texts = {"fr": Written("Parking", "Bonjour {name}.")}

    def work(session):
        operator_id = session.scalars(select(Operator.id)).first()
        kept = write_announcement(
            session, event, Chosen(), texts, operator_id=operator_id, now=factories.NOW
        )
        kept.delegation_id = delegation.id

    factories.write(database, work)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_pages_and_no_others(signed_in, database, event, delegation, role):
    factories.a_participant(database, event, delegation=delegation)
    factories.a_bus(database, delegation)
    factories.a_flag(database, event)
    factories.lay_down(database, contact=DEMO_CONTACT)
    browsing = signed_in(role)
    a_message(database, event, delegation)

    opened = {page: browsing.open(page).status_code for page in PAGES}

    assert opened == {page: 200 if role in roles else 403 for page, roles in PAGES.items()}


def test_a_page_stands_in_the_folder_that_its_view_is_named_for(
    app, signed_in, database, event, delegation
):
    factories.a_participant(database, event, delegation=delegation)
    factories.a_flag(database, event)
    browsing = signed_in(Role.ADMINISTRATOR)
    a_message(database, event, delegation)
    rooms = set()

    def note(sender, template, **about):
        view = sender.view_functions[request.endpoint]
        rooms.add((view.__module__.split(".")[2], template.name.split("/")[0]))

    with template_rendered.connected_to(note, app):
        for page in PAGES:
            browsing.open(page)

    shared = {"error.html", "overview.html"}
    assert {(room, folder) for room, folder in rooms if folder not in {room, *shared}} == {
        ("badges", "people"),  # a participant's badge is on the participant's page
    }


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sends_its_forms_and_no_others(signed_in, database, event, delegation, role):
    factories.a_new_device(database, event)
    factories.a_participant(database, event, delegation=delegation)
    browsing = signed_in(role)

    token = browsing.token("/")
    refused = {
        form: browsing.send_without_token(form, csrf_token=token).status_code == 403
        for form in FORMS
    }

    assert refused == {form: role not in roles for form, roles in FORMS.items()}


def test_no_form_is_taken_without_its_token(signed_in):
    """So none of them changes what the next one finds."""
    browsing = signed_in(Role.ADMINISTRATOR)

    taken = {form: browsing.send_without_token(form).status_code for form in FORMS}

    assert taken == dict.fromkeys(FORMS, 400)


def test_a_stranger_opens_only_the_form_and_the_scan_page(app, event):
    strangers = app.test_client()

    statuses = {page: strangers.get(page).status_code for page in [*PAGES, "/login", "/scan"]}

    assert statuses == {**dict.fromkeys(PAGES, 302), "/login": 200, "/scan": 200}
