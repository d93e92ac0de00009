"""E-mails to operators about their accounts: invitation, voided password, forgotten password."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from functools import partial
from typing import Any

from badges.mail_templates import mail_template
from badges.texts import moment_text
from checkin.db.models import LinkPurpose
from checkin.domain.common.contacts import deliverable
from checkin.services.accounts.password_links import IssuedLink
from checkin.services.mail.outcomes import Letter
from checkin.services.mail.sender import Sender
from checkin.words.catalogues import msgid, say
from checkin.words.languages import spoken

_SUBJECTS = {
    LinkPurpose.INVITATION: msgid("Your Marhaba account"),
    LinkPurpose.RESET: msgid("Choose a new password"),
    LinkPurpose.FORGOTTEN: msgid("Forgotten password"),
}
_OPENINGS = {
    LinkPurpose.INVITATION: msgid("An account was opened for you. Choose your password:"),
    LinkPurpose.RESET: msgid("Your old password no longer works. Choose another one:"),
    LinkPurpose.FORGOTTEN: msgid("To choose a new password:"),
}


def account_letter(link: IssuedLink, sender: Sender, now: datetime) -> Letter:
    """Return the e-mail with an operator's password link, in their language."""
    language = link.operator.language
    address = link.address(sender.base_url)
    before, after = _paragraphs(link, language)
    message = EmailMessage()
    message["From"] = sender.address
    message["To"] = recipient = deliverable(link.operator.email)
    message["Subject"] = say("letters", language, _SUBJECTS[link.purpose])
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join([*before, address, *after]) + "\n")
    words = {"before": before, "address": address, "after": after, "subject": message["Subject"]}
    message.add_alternative(_html(words, language), subtype="html")
    return Letter(message, parseaddr(sender.address)[1], recipient)


def trial_letter(recipient: str, language: str, sender: Sender, now: datetime) -> Letter:
    """Return the message by which somebody tries whether the mail server takes messages."""
    message, recipient = EmailMessage(), deliverable(recipient)
    message["From"] = sender.address
    message["To"] = recipient
    message["Subject"] = say("letters", language, "Marhaba: this test message has arrived")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        say(
            "letters",
            language,
            "The mail server takes messages from Marhaba, and this one has found its way to you. "
            "If it lies in the spam folder, badges will, too: ask whoever looks after the domain "
            "of the sender for SPF and DKIM.",
        )
        + "\n"
    )
    return Letter(message, parseaddr(sender.address)[1], recipient)


def _paragraphs(link: IssuedLink, language: str) -> tuple[list[str], list[str]]:
    said = partial(say, "letters", language)
    until = moment_text(link.expires_at.astimezone(UTC), language)
    hello = said(msgid("Hello {name},"), name=link.operator.name)
    after = [
        said(msgid("This link works once, until {until} (UTC). Give it to nobody."), until=until)
    ]
    if link.purpose is LinkPurpose.FORGOTTEN:
        after.append(
            said(msgid("If you did not expect this message, do nothing: nothing changes."))
        )
    return [hello, said(_OPENINGS[link.purpose])], after


def _html(words: dict[str, Any], language: str) -> str:
    frame = {
        "language": language,
        "button": say("letters", language, "Choose my password"),
        "direction": spoken(language).direction,
        "start": "right" if spoken(language).is_from_right else "left",
    }
    return mail_template("account.html").render(words | frame)
