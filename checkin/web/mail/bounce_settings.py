"""The page of e-mails that come back: the mailbox that is read for them, and a look at once."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.domain.common.forms import FormRefused
from checkin.domain.common.problems import Problem
from checkin.domain.mail import server_form
from checkin.domain.mail.bounce_mailbox import TLS_PORT, MailboxFault, MailboxSettings
from checkin.domain.network.public_address import RULING, AddressSource, Given
from checkin.services.events.visibility import house_timezone
from checkin.services.jobs.workers import is_any_alive
from checkin.services.mail.mailbox.mailbox_settings import (
    has_mailbox_password,
    keep_mailbox,
    last_look,
    look_into,
    mailbox_settings,
)
from checkin.web.accounts.confirming import FIELD, confirmed, is_confirmed_here
from checkin.web.site.addressing.outgoing import source_words
from checkin.web.site.visits import ADMINISTRATORS, STAFF, Answer, Visit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)


@bp.get("/mail/returned")
@visited_by(STAFF)
def show(visit: Visit) -> Answer:
    """Say whether a mailbox is read for what comes back, and what was found in it."""
    return _page(visit)


# Whoever sets the mailbox learns who could not be reached.
@bp.post("/mail/returned")
@confirmed
@visited_by(ADMINISTRATORS)
def save(visit: Visit) -> Answer:
    """Keep the mailbox, or show what is wrong with the form."""
    try:
        visit.write(lambda v: keep_mailbox(v.session, v.keys, _given(v), request.form, **v.who))
    except FormRefused as fault:
        return _page(visit, request.form, fault.problems), 400
    flash(_("Saved."))
    return redirect(visit.address("bounce_settings.show"), 303)


@bp.post("/mail/returned/read")
@visited_by(STAFF)
def read(visit: Visit) -> Answer:
    """Read the mailbox at once, and show what is in it."""
    database, keys, now = visit.server.database, visit.keys, visit.now
    mailbox = visit.server.settings.bounce_mailbox(visit.session, keys)
    visit.session.close()  # a mail server may be slow
    if mailbox is not None:
        look_into(database, keys, mailbox, now)
    return redirect(visit.address("bounce_settings.show"), 303)


def _given(visit: Visit) -> Given | None:
    return visit.server.settings.given("bounces_url")


def _page(
    visit: Visit,
    written: Mapping[str, str] | None = None,
    problems: list[Problem] | None = None,
) -> str:
    session = visit.session
    settings, look = mailbox_settings(session, _given(visit)), last_look(session)
    return visit.show(
        "mail/returned.html",
        mailbox=settings.mailbox,
        source=settings.source,
        source_words=source_words(settings.source),
        is_ruled=settings.source in RULING,
        look=look,
        fault=fault_words()[look.fault] if look and look.fault else "",
        has_worker=is_any_alive(session, visit.now),
        timezone=house_timezone(session),
        values=_values(settings) | dict(written or {}),
        problems={one.column: problem_advice(one, visit.language) for one in problems or []},
        has_password=has_mailbox_password(session) and settings.source is AddressSource.PAGE,
        confirmation="" if is_confirmed_here() else FIELD,
    )


def _values(settings: MailboxSettings) -> dict[str, str]:
    mailbox = settings.mailbox
    if mailbox is None:
        return {}
    port = "" if mailbox.port == TLS_PORT else str(mailbox.port)
    return {
        server_form.HOST: mailbox.host,
        server_form.PORT: port,
        server_form.USER: mailbox.user,
    }


def fault_words() -> dict[MailboxFault, str]:
    """Return what is wrong and what to do, for each reason why a mailbox cannot be read."""
    return {
        MailboxFault.UNREACHABLE: _(
            "The mail server does not answer. Check how its name is written, and the port."
        ),
        MailboxFault.NO_TLS: _(
            "The mail server offers no encryption, so the password was not sent. Try port 993."
        ),
        MailboxFault.SIGN_IN: _(
            "The mail server refuses the user name or the password. Some providers want a password "
            "of its own for programs: make one in the settings of the mailbox."
        ),
        MailboxFault.NO_FOLDER: _("The mailbox has no such folder."),
        MailboxFault.NO_PASSWORD: _("The password cannot be read any more: type it again."),
    }
