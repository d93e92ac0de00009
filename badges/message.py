"""E-mails to participants: text and HTML in one language; most carry the badge, picture and PDF.

Nothing is sent here: `compose` returns the whole message, the same bytes for the same arguments.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from badges.calendar import CalendarEntry, calendar_file
from badges.mail_templates import mail_template
from badges.spec import BadgeError, BadgeSpec, check_line
from badges.texts import BADGE, Texts, fill, filling, texts_in
from badges.written import paragraphs_of
from checkin.words.isolates import without_isolates
from checkin.words.languages import spoken

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
# One mailbox, in letters that every mail server takes.
_MAILBOX = re.compile(
    r"(?P<name>[^<>,@]*)<(?P<in_angles>[!-;=?-~]+@[A-Za-z0-9.-]+)>"
    r"|(?P<bare>[!-+\--;=?-~]+@[A-Za-z0-9.-]+)"
)
_LONGEST_HEADER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Who answers for the participant's data, and for how long they are kept.

    Args:
        organiser: the body responsible, as the notice names it; `organiser_ar` in Arabic.
        contact: where a participant writes about their data, an address or a page.
        kept_days: days after the event until personal data are erased.
    """

    organiser: str
    contact: str
    kept_days: int
    organiser_ar: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses in a message.

    Args:
        decline: where the participant says that they are not coming.
        page: where the badge is shown on a telephone.
        no_mail: where the participant says that they want no more e-mails.
        wallets: what leads to a telephone's wallet, each with its words.
    """

    decline: str | None = None
    page: str | None = None
    no_mail: str | None = None
    wallets: Sequence[tuple[str, str]] = ()


NO_LINKS = Links()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Why a message is written.

    Args:
        kind: `badges.texts` has the sentences of each; they are not said where there is a `text`.
        before: what `when` and `venue` were, if they have changed.
        subject, text: what organisers have written themselves, with the same placeholders.
    """

    kind: str = BADGE
    before: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    text: str = ""


PLAIN_BADGE = Occasion()


def compose(
    spec: BadgeSpec,
    *,
    sender: str,
    recipient: str,
    message_id: str,
    sent_at: datetime,
    notice: Notice,
    pdf: bytes | None = None,
    png: bytes | None = None,
    occasion: Occasion = PLAIN_BADGE,
    texts: Texts | None = None,
    sensitive: bool = False,
    calendar: CalendarEntry | None = None,
    links: Links = NO_LINKS,
    replaces: bool = False,
) -> EmailMessage:
    """Return the message to a participant; equal arguments give equal bytes.

    Args:
        sender: ``Name <address>`` or an address. Where `sensitive`, only the address is kept.
        recipient: one address. The name comes from the badge.
        message_id: ``<unique@domain>``, the same at every attempt, so that a repeat is seen.
        sent_at: aware; the Date header.
        pdf, png: the badge, for a message that carries it.
        texts: instead of the language's own sentences.
        sensitive: nothing outside the message's body names the event or its organiser.
        calendar: the entry to attach as a file.
        replaces: say that an earlier badge works no more.

    Raises:
        BadgeError: an address, the subject or the Message-ID cannot stand in a header.
    """
    texts = texts or texts_in(spec.language)
    letter = _Letter(spec, texts, notice, occasion, sensitive, links, replaces)
    message = _headed(letter, sender, recipient, message_id, sent_at)
    name = f"badge-{_ascii_name(spec.number)}"
    _add_bodies(message, letter, _content_id(message_id), png)
    if pdf is not None:
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{name}.pdf")
    if calendar is not None:
        _attach_calendar(message, f"{name}.ics", calendar)
    # Last, because setting the content of a message drops the headers that describe it.
    message["Content-Language"] = spec.language
    _fix_boundaries(message, message_id)
    return message


@dataclass(frozen=True, slots=True)
class _Letter:
    spec: BadgeSpec
    texts: Texts
    notice: Notice
    occasion: Occasion
    sensitive: bool
    links: Links
    replaces: bool

    @property
    def words(self) -> dict[str, str]:
        arabic = self.spec.language == "ar"
        organiser = (arabic and self.notice.organiser_ar) or self.notice.organiser
        days = str(self.notice.kept_days)
        contact = self.notice.contact
        return filling(self.spec) | {"organiser": organiser, "contact": contact, "days": days}

    @property
    def subject(self) -> str:
        usual = "subject_neutral" if self.sensitive else "subject"
        # A header holds no marks that turn the direction, and an inbox shows it by itself.
        text = self.occasion.subject or without_isolates(self.texts.of(self.occasion.kind, usual))
        subject = fill(text, self.words)
        check_line("subject", subject, longest=_LONGEST_HEADER)
        return subject

    def context(self, picture_cid: str) -> dict[str, Any]:
        texts, words = self.texts, self.words
        labels = {
            name: f"{getattr(texts, f'{name}_label')}{texts.colon}"
            for name in ("when", "where", "before", "delegation", "number", "code")
        }
        shown = {"when": "when", "where": "venue", "delegation": "delegation", "number": "number"}
        before = self.occasion.before
        language = spoken(self.spec.language)
        return {
            **words,
            **{name: fill(getattr(texts, name), words) for name in _SENTENCES},
            "labels": labels,
            "details": [
                (labels[label], words[word], before.get(word)) for label, word in shown.items()
            ],
            "has_changed": bool(before),
            "paragraphs": self._paragraphs,
            "written": bool(self.occasion.text),
            "code": self.spec.grouped_code,
            "subject": self.subject,
            "language": self.spec.language,
            "direction": language.direction,
            "start": "right" if language.is_from_right else "left",
            "picture_cid": picture_cid,
            "decline_link": self.links.decline,
            "decline_words": texts.decline_link,
            "page_link": self.links.page,
            "page_words": texts.page_link,
            "no_mail_link": self.links.no_mail,
            "no_mail_words": texts.no_mail_link,
            "wallets": self.links.wallets,
            "replaces": texts.replaces if self.replaces else "",
        }

    @property
    def _paragraphs(self) -> Any:
        text = self.occasion.text or self.texts.of(self.occasion.kind, "intro")
        return paragraphs_of(fill(text, self.words))


_SENTENCES = ("greeting", "show", "print_out", "personal", "picture", "privacy", "decline")


def _headed(
    letter: _Letter, sender: str, recipient: str, message_id: str, sent_at: datetime
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = _checked_message_id(message_id)
    message["Date"] = format_datetime(_checked_time(sent_at))
    message["From"] = _address("sender", sender, with_name=not letter.sensitive)
    message["To"] = _address("recipient", recipient, with_name=False)
    message["Subject"] = letter.subject
    # Without it, thousands of out-of-office answers would come back (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    return message


def _add_bodies(message: EmailMessage, letter: _Letter, cid: str, png: bytes | None) -> None:
    template = "notice" if png is None else "badge"
    context = letter.context(cid) | {"has_badge": png is not None}
    message.set_content(mail_template(f"{template}.txt").render(context))
    message.add_alternative(mail_template(f"{template}.html").render(context), subtype="html")
    html = list(message.iter_parts())[1]
    if not isinstance(html, EmailMessage):
        raise TypeError("the HTML alternative is not a message part")
    if png is not None:
        html.add_related(
            png,
            maintype="image",
            subtype="png",
            cid=f"<{cid}>",
            disposition="inline",
            filename=f"badge-{_ascii_name(letter.spec.number)}.png",
        )


def _attach_calendar(message: EmailMessage, name: str, calendar: CalendarEntry) -> None:
    message.add_attachment(
        calendar_file(calendar),
        maintype="text",
        subtype="calendar",
        filename=name,
        cte="base64",
        # RFC 5545, 8.1: without them programs take the text for ASCII and guess what it is for.
        params={"charset": "utf-8", "method": calendar.method},
    )


def _address(field: str, text: str, *, with_name: bool) -> Address:
    check_line(field, text, longest=_LONGEST_HEADER)
    match = _MAILBOX.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        name, address = match["name"] or "", match["in_angles"] or match["bare"]
        return Address(display_name=name.strip(' "') if with_name else "", addr_spec=address)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise BadgeError(
            f"{field} {text!r} is not one e-mail address: write it as name@example.org"
        ) from error


def _checked_message_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id) or len(message_id) > _LONGEST_HEADER:
        raise BadgeError(f"message_id {message_id!r} is not of the form <unique@domain>")
    return message_id


def _checked_time(sent_at: datetime) -> datetime:
    if sent_at.utcoffset() is None:
        raise BadgeError("sent_at has no time zone: give an aware time, such as UTC")
    return sent_at.astimezone(UTC)


def _content_id(message_id: str) -> str:
    digest = hashlib.sha256(message_id.encode()).hexdigest()
    return f"{digest[:24]}@badge.invalid"


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    # Python's boundaries are random; these follow from the Message-ID, so a repeat is identical.
    digest = hashlib.sha256(message_id.encode()).hexdigest()[:32]
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{digest}_{depth}")


def _ascii_name(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z.-]", "-", text)
