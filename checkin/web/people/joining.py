"""The public form of self-registration by a delegation's link, which reveals nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from flask import Response, redirect, request
from flask_babel import gettext as _

from checkin.domain.common.problems import Problem
from checkin.domain.people.fields import AskedIn, asked_in
from checkin.domain.people.registration import NOT_ASKED, Registration, validate
from checkin.errors import TooManyRequests
from checkin.services.limits.rules import JOINING_ADDRESS, JOINING_CONTACT, JOINING_LINK
from checkin.services.mail.letters import notice_of
from checkin.services.mail.mailbox.received_letters import may_leave, received_letter
from checkin.services.mail.post import send_now
from checkin.services.people.registering.applications import apply_by_link
from checkin.services.people.registering.public_registration import (
    PrivacyNotice,
    RegistrationLink,
    privacy_notice,
    registration_link_by_secret,
)
from checkin.web.site.addressing.outgoing import mail_refusals
from checkin.web.site.doubts import doubt_of
from checkin.web.site.refusals.limits import by_client, by_path, limit_wrong_links, limited
from checkin.web.site.visits import PUBLIC, Answer, Visit, pages, visited_by
from checkin.words.problems import problem_sentence

bp = pages(__name__)

_FIELDS = asked_in(AskedIn.LINK)


@dataclass(frozen=True)
class Attempt:
    """A form as it was sent, with a sentence for each wrong field.

    Attributes:
        doubted: an e-mail address that looks mistyped; "" if none.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    doubted: str = ""


_limited = limit_wrong_links()


@bp.get("/r/<secret>")
@_limited
@visited_by(PUBLIC)
def ask(visit: Visit, secret: str) -> Answer:
    """Show the form, or that the link is closed, or that the registration was received."""
    link, notice = _link(visit, secret)
    return _page(visit, link, notice, Attempt(), sent=request.args.get("sent") == "1")


@bp.post("/r/<secret>")
@_limited
@limited(JOINING_ADDRESS, by_client)
@limited(JOINING_LINK, by_path)
@visited_by(PUBLIC)
def apply(visit: Visit, secret: str) -> Answer:
    """Accept an application; the response is the same whoever applied."""
    link, notice = _link(visit, secret)
    attempt = Attempt({one.key: request.form.get(one.key, "")[:1000] for one in _FIELDS})
    if not link.is_open:
        return _page(visit, link, notice, attempt), 409
    checked = _checked(attempt.values, notice, visit.language)
    if not isinstance(checked, Registration):
        return _page(visit, link, notice, Attempt(attempt.values, checked)), 400
    if doubt := doubt_of(checked.email, request.form):
        told = {doubt.column: problem_sentence(doubt, visit.language)}
        return _page(visit, link, notice, Attempt(attempt.values, told, doubt.value)), 400
    over = _over_their_limit(visit, checked)
    visit.write(lambda v: _apply(v, secret, checked, notice, too_often=bool(over)))
    visit.server.live.nudge(link.event.id)
    if checked.email and checked.email not in over and not mail_refusals():
        _say_received(visit, link, checked.email)
    return redirect(visit.address("joining.ask", secret=secret, sent=1), 303)


@bp.after_request
def _private(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _link(visit: Visit, secret: str) -> tuple[RegistrationLink, PrivacyNotice]:
    session = visit.session
    link = registration_link_by_secret(session, visit.keys, secret, visit.now)
    answers = notice_of(link.event, visit.server.settings.shown_sender(session))
    language = visit.language
    return link, privacy_notice(session, link.event, link.delegation, answers, language)


def _apply(
    visit: Visit,
    secret: str,
    registration: Registration,
    notice: PrivacyNotice,
    *,
    too_often: bool,
) -> None:
    link, _notice = _link(visit, secret)
    keys, now = visit.keys, visit.now
    apply_by_link(
        visit.session, link, registration, notice, keys=keys, now=now, too_often=too_often
    )


def _say_received(visit: Visit, link: RegistrationLink, address: str) -> None:
    """E-mail that the registration was received; no response waits for it, in no case."""
    server, language, now = visit.server, visit.language, visit.now
    event, delegation = link.event, link.delegation

    def send() -> None:
        with server.database.read() as session:
            sender = server.settings.mail_sender(session)
            destination = server.settings.mail_destination(session, server.keys)
            if not may_leave(session, event, sender, now):
                return
        letter = received_letter(event, delegation, address, language, sender, now)
        send_now(server.database, letter, destination, now)

    server.background_tasks.do(send)


def _checked(
    values: Mapping[str, str], notice: PrivacyNotice, language: str
) -> Registration | dict[str, str]:
    checked = validate({**values, "delegation": NOT_ASKED, "language": language})
    problems = checked if isinstance(checked, list) else []
    if isinstance(checked, Registration) and not checked.contacts():
        problems = [Problem("phone", "missing_contact")]
    told = {problem.column: problem_sentence(problem, language) for problem in problems}
    if request.form.get("consent") != notice.version:
        told["consent"] = _("Read the notice and tick the box, if you agree.")
    return told or cast(Registration, checked)


def _over_their_limit(visit: Visit, registration: Registration) -> set[str]:
    """Count this attempt for each contact, and return those that have applied too many times.

    Each is counted by itself: whether somebody's telephone has applied must not show by the mail to
    another one's address.
    """
    return {one for _key, one in registration.contacts() if _is_over_its_limit(visit, one)}


def _is_over_its_limit(visit: Visit, contact: str) -> bool:
    try:
        visit.server.limits.reserve((JOINING_CONTACT, contact))
    except TooManyRequests:
        return True
    return False


def _page(
    visit: Visit,
    link: RegistrationLink,
    notice: PrivacyNotice,
    attempt: Attempt,
    *,
    sent: bool = False,
) -> str:
    about = {"link": link, "notice": notice, "fields": _FIELDS, "attempt": attempt}
    return visit.show("people/delegations/joining.html", **about, sent=sent)
