"""The lines of a participant's timeline: a sign and words for each thing that happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from checkin.db.models import CallResult, MessageState, SharedBy
from checkin.domain.channels.reach import Channel
from checkin.domain.people.fields import FIELDS, KEY_OF
from checkin.domain.scanning.messages import let_in_message, refusal_message
from checkin.domain.scanning.verdict import Source
from checkin.services.mail.delivery_report import Delivery
from checkin.services.people.registering.registration import RegistrationSource
from checkin.services.people.timeline import TimelineItem
from checkin.web.accounts.activity_words import action_words
from checkin.web.mail.channel_words import channel_word
from checkin.web.mail.delivery_words import delivery_word
from checkin.web.mail.message_words import kinds_of_messages

#: the sign and the tone of each kind; the tone colours what the sign and the words say already
_LOOKS = {
    "registered": ("●", ""),
    "participant.edit": ("✎", ""),
    "participant.move": ("⇄", ""),
    "participant.move_up": ("✓", "ok"),
    "participant.cancel": ("✗", "bad"),
    "participant.decline": ("✗", "bad"),
    "participant.reinstate": ("↺", "ok"),
    "participant.mail_wish": ("✉", ""),
    "participant.ask_badge": ("?", ""),
    "participant.share_badge": ("☎", ""),
    "participant.unshare_badge": ("☎", "warn"),
    "participant.call": ("☎", ""),
    "participant.block": ("■", "bad"),
    "participant.unblock": ("□", "ok"),
    "badge.reissue": ("⟳", "warn"),
    "badge.revoke": ("✗", "bad"),
    "message": ("✉", ""),
    "bounced": ("✉", "bad"),
    "opened": ("◉", ""),
    "opened_last": ("◉", ""),
    "printed": ("▤", ""),
    "entry": ("✓", "ok"),
    "exit": ("↤", ""),
    "forced": ("★", "warn"),
    "refused": ("✗", "bad"),
    "let_in": ("▲", "warn"),
    "scan.annul": ("↶", "warn"),
    "conflict": ("▲", "warn"),
    "conflict.keep": ("✓", "ok"),
    "conflict.annul": ("✗", "bad"),
    "duplicate": ("▲", "warn"),
    "duplicate.keep": ("✓", "ok"),
    "duplicate.annul": ("✗", "bad"),
    "duplicate.merge": ("✓", "ok"),
    "participant.merge": ("⧉", "warn"),
    "participant.unmerge": ("⧉", "warn"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the timeline.

    Attributes:
        tone: "ok", "warn", "bad", or "" for what is neither.
        facts: further facts, each a short text of its own direction.
        other: the number of another participant, to whom the line leads.
    """

    at: datetime
    sign: str
    tone: str
    words: str
    facts: tuple[str, ...]
    why: str | None
    undone: bool
    other: int | None


def lines_of(items: Iterable[TimelineItem], language: str) -> list[Line]:
    """Return the lines of a timeline in the page's language."""
    words = _words() | _message_words() | _registration_words()
    return [_line(one, words, language) for one in items]


def _line(one: TimelineItem, words: Mapping[str, str], language: str) -> Line:
    sign, tone = _LOOKS.get(one.what, ("·", ""))
    said = (
        _by_telephone(one)
        or words.get(_key(one))
        or words.get(one.what)
        or action_words().get(one.what, one.what)
    )
    facts = [*_facts(one, language), one.operator, one.gate, one.device]
    return Line(
        at=one.at,
        sign=sign,
        tone=tone,
        words=said,
        facts=tuple(fact for fact in facts if fact),
        why=one.why,
        undone=one.undone,
        other=one.about.get("other"),
    )


def _by_telephone(one: TimelineItem) -> str:
    """Return what became of a message by another channel than e-mail; "" for all else."""
    channel = one.about.get("channel", Channel.EMAIL)
    if one.what != "message" or channel == Channel.EMAIL:
        return ""
    state = delivery_word(Delivery(one.about["state"]))
    return str(_("%(channel)s: %(state)s", channel=channel_word(channel), state=state))


def _key(one: TimelineItem) -> str:
    which = one.about.get("state" if one.what == "message" else "source")
    return f"{one.what}.{which}"


def _facts(one: TimelineItem, language: str) -> Iterator[str]:
    told = one.about
    if reason := told.get("reason") if one.what in _BY_RULES else None:
        said = let_in_message if one.what in ("let_in", "conflict") else refusal_message
        yield said(reason, language)
    if found_in := told.get("found_in"):
        yield _found_in()[found_in]
    if fields := told.get("fields"):
        yield ", ".join(_field_names(fields, language))
    if one.what == "participant.move":
        yield _("from %(before)s to %(after)s", before=told["before"], after=told["after"])
    if "copies" in told:
        yield _("Copies: %(count)s", count=told["copies"])
    if issue := told.get("issue"):
        yield _("Issue %(number)s", number=issue)
    if "is_mailed" in told:
        yield (
            _("The badge and messages are e-mailed")
            if told["is_mailed"]
            else _("Nothing is e-mailed")
        )
    if one.what == "participant.call":
        yield _call_results()[told.get("result")]
    if one.what == "participant.share_badge" and (by := told.get("by")):
        yield {SharedBy.WHATSAPP: "WhatsApp", SharedBy.SMS: "SMS"}[by]
    if kind := told.get("kind"):
        yield kinds_of_messages()[kind]
    if address := told.get("address"):
        yield address


def _found_in() -> dict[str, str]:
    return {
        Source.SEARCH: _("Without the badge, by the search"),
        Source.BUS: _("Without the badge, by the list of the bus"),
    }


def _call_results() -> dict[str | None, str]:
    return {
        CallResult.CALLED: _("Called"),
        CallResult.COMING: _("Coming"),
        CallResult.NOT_COMING: _("Will not come"),
        None: _("Result removed"),
    }


#: what happened by the rules of the gates, and so has one of their reasons
_BY_RULES = ("forced", "refused", "let_in", "conflict")


def _field_names(columns: list[str], language: str) -> Iterator[str]:
    by_key = {field.key: field for field in FIELDS}
    for column in columns:
        field = by_key.get(KEY_OF.get(column, column))
        yield field.label(language) if field else column


def _words() -> dict[str, str]:
    return {
        "registered": _("Registration"),
        "participant.edit": _("Registration corrected"),
        "participant.move": _("Moved to another delegation"),
        "participant.move_up": _("Place given from the reserve list"),
        "participant.cancel": _("Registration canceled"),
        "participant.decline": _("Place given up by the person's own link"),
        "participant.reinstate": _("Registered again"),
        "participant.mail_wish": _("The person's choice about e-mails"),
        "participant.block": _("Blocked at the gates"),
        "participant.unblock": _("No longer blocked"),
        "badge.reissue": _("Badge replaced"),
        "badge.revoke": _("Badge revoked"),
        "bounced": _("E-mail came back"),
        "opened": _("Badge page opened for the first time"),
        "opened_last": _("Badge page opened for the last time so far"),
        "printed": _("Badge printed"),
        "entry": _("Entry"),
        "exit": _("Exit"),
        "forced": _("Let in by a supervisor"),
        "refused": _("Refused at the gate"),
        "let_in": _("Let in offline against the rules"),
        "scan.annul": _("Scan undone"),
        "conflict": _("Conflict, for an organiser to decide"),
        "conflict.keep": _("Conflict decided: it stays counted"),
        "conflict.annul": _("Conflict decided: the scan is undone"),
        "duplicate": _("Possible duplicate, for an organiser to decide"),
        "duplicate.keep": _("Decided: two people"),
        "duplicate.annul": _("Decided: one person, registered twice"),
        "duplicate.merge": _("One person, merged"),
    }


def _message_words() -> dict[str, str]:
    sent = _("E-mail sent")
    return {
        f"message.{MessageState.QUEUED}": _("E-mail waiting to be sent"),
        f"message.{MessageState.SENDING}": _("E-mail being sent"),
        f"message.{MessageState.SENT}": sent,
        f"message.{MessageState.BOUNCED}": sent,  # that it came back is a line of its own
        f"message.{MessageState.FAILED}": _("E-mail refused by the mail server"),
        f"message.{MessageState.UNKNOWN}": _("E-mail handed over without an answer"),
    }


def _registration_words() -> dict[str, str]:
    return {
        f"registered.{RegistrationSource.IMPORT}": _("Registered by a list"),
        f"registered.{RegistrationSource.FORM}": _("Registered by the form"),
        f"registered.{RegistrationSource.WALK_IN}": _("Registered at a gate"),
        f"registered.{RegistrationSource.LINK}": _("Registered by the delegation's link"),
    }
