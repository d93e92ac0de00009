"""The letters about accounts: an invitation, a password taken away, a password forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Any, cast

from badges.mail_templates import mail_template
from badges.spec import Language
from badges.texts import moment_text
from checkin.db.models import LinkPurpose
from checkin.services.accounts.password_links import IssuedLink
from checkin.services.mail.outcomes import Letter
from checkin.services.mail.sender import Sender

_SUBJECTS = {
    "fr": {
        LinkPurpose.INVITATION: "Votre compte Marhaba",
        LinkPurpose.RESET: "Choisissez un nouveau mot de passe",
        LinkPurpose.FORGOTTEN: "Mot de passe oublié",
    },
    "ar": {
        LinkPurpose.INVITATION: "حسابكم في مرحبا",
        LinkPurpose.RESET: "اختاروا كلمة سر جديدة",
        LinkPurpose.FORGOTTEN: "كلمة سر منسية",
    },
    "en": {
        LinkPurpose.INVITATION: "Your Marhaba account",
        LinkPurpose.RESET: "Choose a new password",
        LinkPurpose.FORGOTTEN: "Forgotten password",
    },
}
_SENTENCES = {
    "fr": {
        "hello": "Bonjour {name},",
        LinkPurpose.INVITATION: "Un compte a été ouvert pour vous. Choisissez votre mot de passe :",
        LinkPurpose.RESET: "Votre ancien mot de passe ne sert plus. Choisissez-en un autre :",
        LinkPurpose.FORGOTTEN: "Pour choisir un nouveau mot de passe :",
        "button": "Choisir mon mot de passe",
        "once": "Ce lien sert une fois, jusqu’au {until} (UTC). Ne le transmettez à personne.",
        "not_you": "Si vous n’attendiez pas ce message, ne faites rien : rien ne change.",
    },
    "ar": {
        "hello": "السلام عليكم {name}،",
        LinkPurpose.INVITATION: "فُتح لكم حساب. اختاروا كلمة السر:",
        LinkPurpose.RESET: "كلمة سركم القديمة لم تعد صالحة. اختاروا كلمة أخرى:",
        LinkPurpose.FORGOTTEN: "لاختيار كلمة سر جديدة:",
        "button": "اختيار كلمة السر",
        "once": "هذا الرابط يعمل مرة واحدة، إلى غاية {until} (UTC). لا تعطوه لأحد.",
        "not_you": "إذا لم تكونوا تنتظرون هذه الرسالة فلا تفعلوا شيئاً: لن يتغير شيء.",
    },
    "en": {
        "hello": "Hello {name},",
        LinkPurpose.INVITATION: "An account was opened for you. Choose your password:",
        LinkPurpose.RESET: "Your old password works no more. Choose another one:",
        LinkPurpose.FORGOTTEN: "To choose a new password:",
        "button": "Choose my password",
        "once": "This link works once, until {until} (UTC). Give it to nobody.",
        "not_you": "If you did not expect this message, do nothing: nothing changes.",
    },
}
_FROM_LEFT = {"direction": "ltr", "start": "left"}
_DIRECTIONS = {"fr": _FROM_LEFT, "ar": {"direction": "rtl", "start": "right"}, "en": _FROM_LEFT}


def account_letter(link: IssuedLink, sender: Sender, now: datetime) -> Letter:
    """Return the letter that brings an operator their link, in their language."""
    language = cast(Language, link.operator.language)
    address = link.address(sender.base_url)
    before, after = _paragraphs(link, language)
    message = EmailMessage()
    message["From"] = sender.address
    message["To"] = link.operator.email
    message["Subject"] = _SUBJECTS[language][link.purpose]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join([*before, address, *after]) + "\n")
    words = {"before": before, "address": address, "after": after, "subject": message["Subject"]}
    message.add_alternative(_html(words, language), subtype="html")
    return Letter(message, parseaddr(sender.address)[1], link.operator.email)


def _paragraphs(link: IssuedLink, language: Language) -> tuple[list[str], list[str]]:
    words = _SENTENCES[language]
    until = moment_text(link.expires_at.astimezone(UTC), language)
    hello = words["hello"].format(name=link.operator.name)
    after = [words["once"].format(until=until)]
    if link.purpose is LinkPurpose.FORGOTTEN:
        after.append(words["not_you"])
    return [hello, words[link.purpose]], after


def _html(words: dict[str, Any], language: Language) -> str:
    frame = {"language": language, "button": _SENTENCES[language]["button"]}
    return mail_template("account.html").render(words | frame | _DIRECTIONS[language])
