"""Registering oneself by a delegation's link: a public form that tells nothing about others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from badges.spec import Language
from checkin.db.engine import in_transaction
from checkin.domain.common.problems import Problem
from checkin.domain.people.fields import AskedIn, asked_in
from checkin.domain.people.registration import Registration, validate
from checkin.errors import TooManyRequests
from checkin.services.limits.rules import JOINING_ADDRESS, JOINING_CONTACT, JOINING_LINK
from checkin.services.mail.letters import notice_of
from checkin.services.people.applications import apply_by_link
from checkin.services.people.public_registration import (
    PrivacyNotice,
    RegistrationLink,
    privacy_notice,
    registration_link_by_secret,
)
from checkin.web.site.errors import register_page_errors
from checkin.web.site.languages import page_language
from checkin.web.site.limits import by_client, by_path, limit_wrong_links, limited
from checkin.web.site.state import database, marhaba

bp = APIBlueprint("joining", __name__, enable_openapi=False)
register_page_errors(bp)

_FIELDS = asked_in(AskedIn.LINK)


@dataclass(frozen=True)
class Attempt:
    """A filled-in form, and a sentence by field about what is wrong."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


_limited = limit_wrong_links()


@bp.get("/r/<secret>")
@_limited
def ask(secret: str) -> ResponseReturnValue:
    """Show the form, or that it is closed, or that what was sent has arrived."""
    with database().read() as session:
        link, notice = _link(session, secret)
    return _page(link, notice, Attempt(), sent=request.args.get("sent") == "1")


@bp.post("/r/<secret>")
@_limited
@limited(JOINING_ADDRESS, by_client)
@limited(JOINING_LINK, by_path)
def apply(secret: str) -> ResponseReturnValue:
    """Take a registration; the answer is the same whoever applied."""
    with database().read() as session:
        link, notice = _link(session, secret)
    attempt = Attempt({one.key: request.form.get(one.key, "")[:1000] for one in _FIELDS})
    if not link.is_open:
        return _page(link, notice, attempt), 409
    checked = _checked(attempt.values, notice)
    if not isinstance(checked, Registration):
        return _page(link, notice, Attempt(attempt.values, checked)), 400

    too_often = _is_too_often(checked)

    def work(session: Session) -> None:
        fresh, _notice = _link(session, secret)
        now, keys = datetime.now(UTC), marhaba().keys
        apply_by_link(session, fresh, checked, notice, keys=keys, now=now, too_often=too_often)

    in_transaction(database(), work)
    marhaba().live.nudge(link.event.id)
    return redirect(url_for("joining.ask", secret=secret, sent=1), 303)


@bp.after_request
def _private(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _link(session: Session, secret: str) -> tuple[RegistrationLink, PrivacyNotice]:
    link = registration_link_by_secret(session, marhaba().keys, secret, datetime.now(UTC))
    answers = notice_of(link.event, marhaba().settings.shown_sender(session))
    language = cast(Language, page_language())
    return link, privacy_notice(session, link.event, link.delegation, answers, language)


def _checked(values: Mapping[str, str], notice: PrivacyNotice) -> Registration | dict[str, str]:
    language = page_language()
    checked = validate({**values, "delegation": "–", "language": language})
    problems = checked if isinstance(checked, list) else []
    if isinstance(checked, Registration) and not checked.contacts():
        problems = [Problem("phone", "missing_contact")]
    told = {problem.column: problem.sentence(language) for problem in problems}
    if request.form.get("consent") != notice.version:
        told["consent"] = _("Read the notice and tick the box, if you agree.")
    return told or cast(Registration, checked)


def _is_too_often(registration: Registration) -> bool:
    try:
        marhaba().limits.reserve(
            *((JOINING_CONTACT, contact) for _key, contact in registration.contacts())
        )
    except TooManyRequests:
        return True
    return False


def _page(
    link: RegistrationLink, notice: PrivacyNotice, attempt: Attempt, *, sent: bool = False
) -> str:
    return render_template(
        "people/joining.html",
        link=link,
        notice=notice,
        fields=_FIELDS,
        attempt=attempt,
        sent=sent,
    )
