"""Register the pages that people read with the web application."""

from __future__ import annotations

from flask import Flask, Response
from flask_babel import Babel

from checkin.command_names import organiser_command
from checkin.db.models import Participant
from checkin.domain.events.details import is_demo
from checkin.protocol.version import VERSION
from checkin.services.accounts.own_delegation import own_delegation
from checkin.services.people.registering.unchecked import SeenStanding, standing_seen
from checkin.web.accounts import (
    account,
    activity_log,
    first_password,
    operator_access,
    operators,
    passkeys,
    passwords,
    pins,
    provider_settings,
    provider_sign_in,
    second_factor,
    sign_in,
)
from checkin.web.backups import backup
from checkin.web.badges import badge_page, badges, delegation_badges, event_badges
from checkin.web.board import board, flagged, report
from checkin.web.channels import calls, finding, outreach, telephone_settings
from checkin.web.events import (
    copying,
    demo,
    first_steps,
    legal,
    look,
    opening_times,
    overview,
    readiness,
    records,
    settings,
)
from checkin.web.gates import (
    conflicts,
    devices,
    gates,
    help_calls,
    help_page,
    overrides,
    rehearsal,
    scan_page,
    stops,
)
from checkin.web.hubs import hubs
from checkin.web.integrations import read_tokens, sheet, webhooks
from checkin.web.jobs import jobs
from checkin.web.mail import bounce_settings, bounces, delivery, mail_settings, message_texts
from checkin.web.messages import announcements, notices
from checkin.web.network import security_txt, server_address, trust
from checkin.web.people import (
    bulk,
    buses,
    categories,
    declining,
    delegation_link,
    delegations,
    flags,
    joining,
    merging,
    participants,
    quotas,
    to_check,
)
from checkin.web.people.importing import event_importing, import_runs, importing
from checkin.web.site.hub_line import hub_line
from checkin.web.site.languages import babel_locale, register_language
from checkin.web.site.navigation import leads_here
from checkin.web.site.page_words import Words
from checkin.web.site.permissions import PUBLIC, may_use, open_to
from checkin.web.site.refusals.errors import register_unknown_pages
from checkin.web.site.sessions import csrf, login_manager, operator_or_none, permit
from checkin.web.site.shared_forms import register_shared_forms
from checkin.web.site.state import EXTENSION
from checkin.web.site.static import pack_static_files
from checkin.words.compiled import compile_all

_PAGES = (
    sign_in,
    passwords,
    account,
    first_password,
    passkeys,
    second_factor,
    operators,
    operator_access,
    provider_settings,
    provider_sign_in,
    pins,
    server_address,
    activity_log,
    overview,
    board,
    flagged,
    report,
    stops,
    help_calls,
    devices,
    gates,
    hubs,
    conflicts,
    overrides,
    participants,
    bulk,
    merging,
    to_check,
    delegations,
    importing,
    event_importing,
    import_runs,
    delegation_badges,
    event_badges,
    outreach,
    calls,
    finding,
    jobs,
    delegation_link,
    buses,
    joining,
    delivery,
    announcements,
    notices,
    look,
    settings,
    copying,
    demo,
    opening_times,
    first_steps,
    readiness,
    categories,
    flags,
    quotas,
    legal,
    records,
    rehearsal,
    mail_settings,
    bounce_settings,
    backup,
    telephone_settings,
    webhooks,
    read_tokens,
    sheet,
    message_texts,
    bounces,
    declining,
    badges,
    badge_page,
    scan_page,
    help_page,
    trust,
    security_txt,
)

#: what may name people, whoever asked for it
_OF_PEOPLE = frozenset({"text/html", "text/csv", "application/json"})


def register_pages(app: Flask) -> None:
    """Add the pages to `app`, whose `extensions["marhaba"]` is already there.

    Every route of `app` is from then on refused unless it says who may use it.
    """
    open_to(PUBLIC)(app.view_functions["static"])
    _configure(app)
    compile_all()  # a broken catalogue is told at the start, not at the first scan
    babel = Babel(app, locale_selector=babel_locale)
    babel.domain_instance = Words()
    login_manager().init_app(app)
    csrf.init_app(app)
    app.before_request(permit)
    register_language(app)
    register_shared_forms(app)
    for module in _PAGES:
        app.register_blueprint(module.bp)
    register_unknown_pages(app)
    app.after_request(_keep_out_of_caches)
    pack_static_files(app)
    app.context_processor(
        lambda: {
            "operator": operator_or_none(),
            "may": _may,
            "standing_of": _standing_of,
            "leads_here": leads_here,
            "organiser_command": organiser_command,
            "is_demo": is_demo,
            "version": VERSION,
            "authority": app.extensions[EXTENSION].authority,
            "hub_line": hub_line,
        }
    )


def _configure(app: Flask) -> None:
    app.config.update(
        PERMANENT_SESSION_LIFETIME=app.extensions[EXTENSION].settings.lifetimes.whole,
        WTF_CSRF_CHECK_DEFAULT=False,  # `permit` checks, since it knows which routes use cookies
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: forms stay open all day
    )


def _keep_out_of_caches(response: Response) -> Response:
    if response.mimetype in _OF_PEOPLE:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _standing_of(person: Participant) -> SeenStanding:
    """Return a participant's standing as the reader may see it."""
    reader = operator_or_none()
    by_coordinator = reader is None or own_delegation(reader) is not None
    return standing_seen(person, by_coordinator=by_coordinator)


def _may(endpoint: str) -> bool:
    return may_use(operator_or_none(), endpoint)
