"""Addresses that pages send to others, and the explanation where no address may be sent."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request
from flask_babel import gettext as _

from checkin.domain.common.problems import Problem
from checkin.domain.mail.server import Destination
from checkin.domain.network.addresses import only_this_machine_understands
from checkin.domain.network.public_address import BASE_URL, MAIL_FROM, RULING, AddressSource
from checkin.services.mail.sender import Sender
from checkin.services.network.public_address import PublicAddress, SenderAddress
from checkin.web.site.languages import page_language
from checkin.web.site.state import database, marhaba
from checkin.words.problems import problem_sentence

#: the variable behind each setting that a page offers, too
VARIABLES = {BASE_URL: "CHECKIN_BASE_URL", MAIL_FROM: "CHECKIN_MAIL_FROM"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no address may be sent, for a page with the field to change that.

    Attributes:
        field: the setting's name.
        sentence: in the page's language.
        ruled_by: where the address is set, if the page cannot change it.
        suggestion: a value to fill the field with.
    """

    field: str
    sentence: str
    ruled_by: AddressSource | None = None
    suggestion: str = ""

    @property
    def variable(self) -> str:
        """The environment variable of the setting."""
        return VARIABLES[self.field]


def source_words(source: AddressSource) -> str:
    """Return the text that says where an address was set."""
    return str(
        {
            AddressSource.ENVIRONMENT: _("from the server's environment"),
            AddressSource.DOTENV: _("from the server's file .env"),
            AddressSource.PAGE: _("set on this page"),
            AddressSource.LISTENING: _("this machine's address on the network"),
            AddressSource.LOCAL: _("nothing was set"),
        }[source]
    )


def public_address() -> PublicAddress:
    """Return the address at which people and other machines reach this server."""
    with database().read() as session:
        return marhaba().settings.public_address(session)


def sender_address() -> SenderAddress:
    """Return the sender of e-mails, and where it is set."""
    with database().read() as session:
        return marhaba().settings.sender_address(session)


def address_for_others() -> str:
    """Return the server's address, for links that are sent to others.

    Raises:
        OnlyThisMachine: only this machine understands the address.
    """
    return public_address().for_others()


def mail_sender() -> Sender:
    """Return the sender for a message that is sent.

    Raises:
        OnlyThisMachine: only this machine understands the message's links, or the sender's address.
    """
    with database().read() as session:
        return marhaba().settings.mail_sender(session)


def shown_sender() -> Sender:
    """Return the sender for a message that is only shown on a page, such as a preview."""
    with database().read() as session:
        return marhaba().settings.shown_sender(session)


def mail_destination() -> Destination:
    """Return where messages go, with the mail server's password."""
    with database().read() as session:
        return marhaba().settings.mail_destination(session, marhaba().keys)


def address_refusal(address: PublicAddress | None = None) -> Refusal | None:
    """Return why no link may be sent; None if it may."""
    address = address or public_address()
    return _refusal(address.problem, address.source)


def sender_refusal(sender: SenderAddress | None = None) -> Refusal | None:
    """Return why the sender cannot be used for e-mails; None if it can."""
    sender = sender or sender_address()
    return _refusal(sender.problem, sender.source)


def mail_refusals() -> list[Refusal]:
    """Return why no e-mail may be sent: because of the server's address, the sender, or both."""
    found = (address_refusal(), sender_refusal())
    return [refusal for refusal in found if refusal]


def refusal_of(problem: Problem) -> Refusal | None:
    """Return the refusal that a page shows for a problem."""
    source = public_address().source if problem.column == BASE_URL else sender_address().source
    return _refusal(problem, source)


def _refusal(problem: Problem | None, source: AddressSource) -> Refusal | None:
    if problem is None:
        return None
    return Refusal(
        problem.column,
        problem_sentence(problem, page_language()),
        source if source in RULING else None,
        _reader_address() if problem.column == BASE_URL else "",
    )


def _reader_address() -> str:
    """Return the address that the reader's browser uses, if others can use it, too."""
    here = (request.host_url + request.script_root.lstrip("/")).rstrip("/")
    return "" if only_this_machine_understands(urlsplit(here).hostname or "") else here


def is_told() -> bool:
    """Say whether people are told of what the sent form changes: as was ticked, if it has asked.

    A form that has not asked tells them: when it was shown there was nobody to tell, or it is of an
    older page.
    """
    return request.form.get("tell") == "yes" or "asked" not in request.form
