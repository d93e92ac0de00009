"""The page of the mail server: which it is, where that is set, a form to change it, and a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.db.engine import in_transaction
from checkin.domain.common.forms import FormRefused
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.mail import server_form
from checkin.domain.mail.rules import Fate
from checkin.domain.mail.server import USUAL_PORTS, Encryption, MailSettings
from checkin.domain.network.public_address import MAIL_FROM, RULING, AddressSource
from checkin.services.mail.account_letters import trial_letter
from checkin.services.mail.outcomes import Outcome
from checkin.services.mail.post import outcome_of
from checkin.services.mail.server_settings import (
    has_password,
    keep_mail,
    note_test,
)
from checkin.services.network.public_address import SenderAddress, keep_sender
from checkin.web.accounts.confirming import FIELD, confirmed, is_confirmed_here
from checkin.web.mail.fault_words import fault_sentence
from checkin.web.site.addressing.addresses import own_address
from checkin.web.site.addressing.outgoing import (
    mail_destination,
    sender_refusal,
    shown_sender,
    source_words,
)
from checkin.web.site.visits import ADMINISTRATORS, STAFF, Answer, Visit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)

#: for each answer of the mail server: somebody waits for the page
_TEST_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Tried:
    """The result of a test message.

    Attributes:
        was_sent: the server has taken it.
        sentence: what is wrong and what to do; "" where nothing is.
        answer: what the server said, in its own words.
    """

    was_sent: bool
    sentence: str
    answer: str


@bp.get("/mail/settings")
@visited_by(STAFF)
def show(visit: Visit) -> Answer:
    """Show which mail server is used, with the form for administrators."""
    return _page(visit)


# Whoever sets the server reads every badge on its way.
@bp.post("/mail/settings")
@confirmed
@visited_by(ADMINISTRATORS)
def save(visit: Visit) -> Answer:
    """Keep the server, the sender and the limits, or show what is wrong with them."""
    try:
        visit.write(_keep)
    except FormRefused as fault:
        return _page(visit, request.form, fault.problems), 400
    flash(_("Saved."))
    return redirect(visit.address("mail_settings.show", **_back()), 303)


@bp.post("/mail/settings/test")
@visited_by(STAFF)
def test(visit: Visit) -> Answer:
    """Send a message to the operator's own address, and show what the mail server answered."""
    settings = visit.server.settings
    settings.sender_address(visit.session).for_others()
    me, sender, destination = visit.operator, shown_sender(), mail_destination()
    letter = trial_letter(me.email, visit.language, sender, visit.now)
    visit.session.close()  # a mail server may be slow
    database = visit.server.database
    outcome = outcome_of(database, letter, destination, visit.now, timeout_s=_TEST_TIMEOUT_S)
    in_transaction(database, lambda session: note_test(session, outcome.fault, **visit.who))
    return _page(visit, tried=_tried(outcome, settings.mail(visit.session), me.email))


def _keep(visit: Visit) -> None:
    """Keep all of the form, or nothing where any field is refused."""
    settings, problems = visit.server.settings, []
    try:
        keep_mail(visit.session, visit.keys, settings.mail_given, request.form, **visit.who)
    except FormRefused as fault:
        problems = fault.problems
    sender = settings.sender_address(visit.session)
    written = _written_sender()
    if sender.source not in RULING and written != _own_sender(sender):
        try:
            keep_sender(visit.session, written, **visit.who)
        except InvalidValue as fault:
            problems.append(fault.in_column(MAIL_FROM))
    if problems:
        raise FormRefused(problems)


def _tried(outcome: Outcome, mail: MailSettings, recipient: str) -> Tried:
    sentence = ""
    if outcome.fault is not None:
        sender = shown_sender().address
        sentence = fault_sentence(outcome.fault, mail.server, sender=sender, recipient=recipient)
    return Tried(outcome.fate is Fate.SENT, sentence, outcome.answer)


def _page(
    visit: Visit,
    written: Mapping[str, str] | None = None,
    problems: list[Problem] | None = None,
    tried: Tried | None = None,
) -> str:
    settings = visit.server.settings
    mail, sender = settings.mail(visit.session), settings.sender_address(visit.session)
    return visit.show(
        "mail/settings.html",
        mail=mail,
        sender=sender,
        values=_values(mail, sender) | dict(written or {}),
        problems={one.column: problem_advice(one, visit.language) for one in problems or []},
        sources=_sources(mail, sender),
        encryptions=encryption_words(),
        usual_ports={str(one): port for one, port in USUAL_PORTS.items()},
        has_password=has_password(visit.session) and mail.source is AddressSource.PAGE,
        refused_sender=sender_refusal(sender),
        tried=tried,
        confirmation="" if is_confirmed_here() else FIELD,
        **({"back": ""} | _back()),
    )


def _back() -> dict[str, str]:
    """Return the page of this server from which somebody has come here, if one is named."""
    named = request.values.get("back")
    return {"back": own_address(named)} if named else {}


def _values(mail: MailSettings, sender: SenderAddress) -> dict[str, str]:
    server = mail.server
    is_limited = mail.per_day_source is not AddressSource.LOCAL
    values = {
        server_form.PER_MINUTE: str(mail.per_minute or ""),
        server_form.PER_DAY: str(mail.per_day) if is_limited else "",
        MAIL_FROM: _own_sender(sender),
        server_form.ENCRYPTION: str(mail.ruled_tls or Encryption.REQUIRED),
    }
    if server is None:
        return values
    return values | {
        server_form.HOST: server.host,
        server_form.PORT: str(server.port),
        server_form.ENCRYPTION: str(server.encryption),
        server_form.USER: server.user,
    }


def _sources(mail: MailSettings, sender: SenderAddress) -> dict[str, dict[str, object]]:
    """Return of each setting what set it, in words, and the variable if that rules."""
    found = {
        server_form.HOST: (mail.source, "CHECKIN_MAIL_URL"),
        server_form.ENCRYPTION: (
            mail.encryption_source,
            "CHECKIN_MAIL_TLS" if mail.ruled_tls else "CHECKIN_MAIL_URL",
        ),
        server_form.PER_MINUTE: (mail.per_minute_source, "CHECKIN_MAIL_PER_MINUTE"),
        server_form.PER_DAY: (mail.per_day_source, "CHECKIN_MAIL_PER_DAY"),
        MAIL_FROM: (sender.source, "CHECKIN_MAIL_FROM"),
    }
    return {
        name: {
            "words": source_words(source),
            "variable": variable if source in RULING else "",
            "source": source,
        }
        for name, (source, variable) in found.items()
    }


def encryption_words() -> list[tuple[str, str]]:
    """Return the choices of encryption with their names."""
    words = {
        Encryption.REQUIRED: _("TLS required (STARTTLS, usually port 587)"),
        Encryption.FROM_START: _("TLS from the start (usually port 465)"),
        Encryption.OPPORTUNISTIC: _("TLS where the server offers it (port 25)"),
        Encryption.REFUSED: _("No TLS (a server on this machine)"),
    }
    return [(str(one), words[one]) for one in words]


def _own_sender(sender: SenderAddress) -> str:
    return "" if sender.source is AddressSource.LOCAL else sender.text


def _written_sender() -> str:
    """Return the sender that the form asks for; an address to sign in with is one, too."""
    user = request.form.get(server_form.USER, "").strip()
    return (request.form.get(MAIL_FROM, "").strip() or (user if "@" in user else ""))[:400]
