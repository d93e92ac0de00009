"""The page of WhatsApp and SMS: switches, gateways, the order of channels, and a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.db.engine import in_transaction
from checkin.domain.channels import gateway_form as form
from checkin.domain.channels.answers import Handed
from checkin.domain.channels.gateways import BodyFormat, ChannelSettings, LinkIn, SignIn
from checkin.domain.channels.reach import BY_TELEPHONE, Channel
from checkin.domain.common.contacts import normalise_phone
from checkin.domain.common.forms import FormRefused
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.mail.rules import Fate
from checkin.errors import InvalidRequest
from checkin.services.channels.channel_settings import (
    channel_settings,
    channels_with_secret,
    checked_form,
    keep_channels,
    note_trial,
    secret_of,
)
from checkin.services.channels.gateways import handed_over
from checkin.services.channels.parcels import trial_parcel
from checkin.web.accounts.confirming import FIELD, confirmed, is_confirmed_here
from checkin.web.mail.channel_words import (
    channel_fault_sentence,
    channel_word,
    channels_words,
    stop_sentences,
)
from checkin.web.site.addressing.outgoing import public_address
from checkin.web.site.visits import ADMINISTRATORS, STAFF, Answer, Visit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)

_NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Tried:
    """The result of a test message.

    Attributes:
        sentence: what is wrong and what to do; "" where nobody knows.
        answer: what the gateway said, in its own words.
    """

    channel: str
    was_sent: bool
    sentence: str
    answer: str


@bp.get("/telephone/settings")
@visited_by(STAFF)
def show(visit: Visit) -> Answer:
    """Show which channels are used, with the form for administrators."""
    return _page(visit)


# Whoever sets a gateway gets the number and the name of everybody who is written to by it.
@bp.post("/telephone/settings")
@confirmed
@visited_by(ADMINISTRATORS)
def save(visit: Visit) -> Answer:
    """Keep the gateways and the order, or show what is wrong with them."""
    settings, has_secret = channel_settings(visit.session), channels_with_secret(visit.session)
    visit.session.close()  # names are looked up, which may be slow
    check = visit.server.settings.caller.check
    try:
        written = checked_form(settings, has_secret, request.form, check)
    except FormRefused as fault:
        return _page(visit, request.form, fault.problems), 400
    visit.write(lambda v: keep_channels(v.session, v.keys, written, **v.who))
    flash(_("Saved."))
    return redirect(visit.address("telephone_settings.show"), 303)


# It costs money, and goes to whatever number is typed.
@bp.post("/telephone/settings/test")
@visited_by(ADMINISTRATORS)
def test(visit: Visit) -> Answer:
    """Send a message to a number, and show what the gateway answered."""
    settings = channel_settings(visit.session)
    channel = _asked_channel()
    try:
        number = normalise_phone(request.form.get(_NUMBER, ""))
    except InvalidValue as fault:
        return _page(visit, _tested(settings, channel), [fault.in_column(_field(channel))]), 400
    address = public_address()
    secret = secret_of(visit.session, visit.keys, settings, channel)
    parcel = trial_parcel(number, visit.language, visit.operator.name, address.url, uuid4().hex)
    visit.session.close()  # a gateway may be slow
    caller = visit.server.settings.caller
    handed = handed_over(caller, settings, channel, secret or "", parcel)
    in_transaction(visit.server.database, lambda s: note_trial(s, channel, handed, **visit.who))
    return _page(visit, _tested(settings, channel), tried=_tried(channel, handed))


def _field(channel: Channel) -> str:
    return f"{channel}_{_NUMBER}"


def _tested(settings: ChannelSettings, channel: Channel) -> dict[str, str]:
    """Return what the page shows after a test: the number stays."""
    return _values(settings) | {_field(channel): request.form.get(_NUMBER, "")[:40]}


def _asked_channel() -> Channel:
    asked = request.form.get("channel", "")
    if asked not in BY_TELEPHONE:
        raise InvalidRequest("channel is whatsapp or sms")
    return Channel(asked)


def _tried(channel: Channel, handed: Handed) -> Tried:
    sentence = channel_fault_sentence(handed.fault) if handed.fault else ""
    is_taken = handed.fate is Fate.SENT
    return Tried(channel_word(channel), is_taken, sentence, handed.answer)


def _page(
    visit: Visit,
    written: Mapping[str, str] | None = None,
    problems: list[Problem] | None = None,
    tried: Tried | None = None,
) -> str:
    settings = channel_settings(visit.session)
    return visit.show(
        "channels/settings.html",
        settings=settings,
        in_order=channels_words(one for one in settings.order if one in settings.on),
        values=_values(settings) if written is None else dict(written),
        problems={one.column: problem_advice(one, visit.language) for one in problems or []},
        choices=_choices(),
        has_secret=channels_with_secret(visit.session),
        stops=stop_sentences(settings.stops),
        is_only_here=public_address().is_only_here,
        tried=tried,
        confirmation="" if is_confirmed_here() else FIELD,
    )


def _values(settings: ChannelSettings) -> dict[str, str]:
    return {
        form.ORDER: form.written_order(settings.order),
        form.SENSITIVE: "yes" if settings.sensitive else "",
        **form.whatsapp_values(settings.whatsapp),
        **form.sms_values(settings.sms),
    }


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "order": [(form.written_order(one), channels_words(one)) for one in form.ORDERS],
        "link": [
            (LinkIn.BODY, _("in the third variable of its text")),
            (LinkIn.BUTTON, _("in the variable of its button")),
        ],
        "body": [(BodyFormat.FORM, _("form fields")), (BodyFormat.JSON, "JSON")],
        "sign_in": [
            (SignIn.BEARER, _("a token (Bearer)")),
            (SignIn.BASIC, _("user name and password (Basic)")),
            (SignIn.NONE, _("nothing")),
        ],
    }
