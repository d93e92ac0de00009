"""Read the form of WhatsApp and SMS: what is written, and everything that is wrong with it.

A channel that is off is kept as it is written; what it lacks is asked for when it is switched on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from checkin.domain.channels.gateways import (
    GRAPH,
    GRAPH_VERSION,
    USUAL_LANGUAGES,
    BodyFormat,
    ChannelSettings,
    LinkIn,
    SignIn,
    SmsGateway,
    WhatsApp,
)
from checkin.domain.channels.reach import BY_TELEPHONE, Channel
from checkin.domain.common.forms import Form
from checkin.domain.common.problems import InvalidValue, Problem

#: the fields of secrets
TOKEN, SMS_SECRET = "whatsapp_token", "sms_secret"
ORDER, SENSITIVE = "channel_order", "channels_sensitive"
SECRET_FIELD = {Channel.WHATSAPP: TOKEN, Channel.SMS: SMS_SECRET}
#: the addresses of others that are checked before they are kept
ADDRESSES = {Channel.WHATSAPP: "whatsapp_base", Channel.SMS: "sms_url"}
LONGEST = 500
_LONGEST_SECRET = 2_000
_NUMBER_ID = re.compile(r"\d{5,25}")
_TEMPLATE = re.compile(r"[a-z0-9_]{1,512}")
_VERSION = re.compile(r"v\d{1,3}\.\d{1,2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_FIELD = re.compile(r"[!-~]{1,100}")


@dataclass(frozen=True, slots=True)
class WrittenChannels:
    """What the form says.

    Attributes:
        secrets: what was typed; "" where the one that is kept stays.
    """

    order: tuple[Channel, ...]
    sensitive: bool
    whatsapp: WhatsApp
    sms: SmsGateway
    secrets: Mapping[Channel, str]


def written_order(order: tuple[Channel, ...]) -> str:
    """Return an order as the form has it."""
    return " ".join(order)


#: every order that can be chosen
ORDERS = tuple(permutations(Channel))


def read_channels_form(
    raw: Mapping[str, str], before: ChannelSettings, has_secret: frozenset[Channel]
) -> WrittenChannels | list[Problem]:
    """Return what a form says, or everything that is wrong with it.

    Args:
        has_secret: the channels for which one is kept, for what `before` says.
    """
    form = Form(raw)
    order = form.read(ORDER, _order)
    whatsapp, sms = _whatsapp(form, raw), _sms(form, raw)
    typed = {one: raw.get(SECRET_FIELD[one], "").strip() for one in BY_TELEPHONE}
    for channel, secret in typed.items():
        if not secret.isascii() or not secret.isprintable() or len(secret) > _LONGEST_SECRET:
            form.problems.append(Problem(SECRET_FIELD[channel], "password_signs"))
    if form.problems:
        return form.problems
    needs = {
        Channel.WHATSAPP: (whatsapp.on, whatsapp.place == before.whatsapp.place),
        Channel.SMS: (sms.on and sms.sign_in != SignIn.NONE, sms.place == before.sms.place),
    }
    for channel, (is_needed, is_same) in needs.items():
        # A secret is sent nowhere but where it was typed for.
        if is_needed and not typed[channel] and not (is_same and channel in has_secret):
            code = "secret_again" if channel in has_secret else "missing_secret"
            form.object(SECRET_FIELD[channel], code)
    sensitive = raw.get(SENSITIVE) == "yes"
    return form.problems or WrittenChannels(order, sensitive, whatsapp, sms, typed)


def whatsapp_values(gateway: WhatsApp) -> dict[str, str]:
    """Return what the form shows of WhatsApp."""
    return {
        "whatsapp_on": _ticked(gateway.on),
        "whatsapp_base": gateway.base,
        "whatsapp_version": gateway.version,
        "whatsapp_number_id": gateway.number_id,
        "whatsapp_template": gateway.template,
        "whatsapp_languages": gateway.languages,
        "whatsapp_link": gateway.link,
        "whatsapp_picture": _ticked(gateway.picture),
    }


def sms_values(gateway: SmsGateway) -> dict[str, str]:
    """Return what the form shows of the SMS gateway."""
    return {
        "sms_on": _ticked(gateway.on),
        "sms_url": gateway.url,
        "sms_body": gateway.body,
        "sms_number_field": gateway.number_field,
        "sms_text_field": gateway.text_field,
        "sms_sender_field": gateway.sender_field,
        "sms_sender": gateway.sender,
        "sms_reference_field": gateway.reference_field,
        "sms_plus": _ticked(gateway.plus),
        "sms_sign_in": gateway.sign_in,
        "sms_user": gateway.user,
    }


def _whatsapp(form: Form, raw: Mapping[str, str]) -> WhatsApp:
    on = raw.get("whatsapp_on") == "yes"
    return WhatsApp(
        on=on,
        base=form.read("whatsapp_base", _text) or GRAPH,
        version=form.read("whatsapp_version", _like(_VERSION, "invalid_version")) or GRAPH_VERSION,
        number_id=form.read("whatsapp_number_id", _like(_NUMBER_ID, "invalid_number_id", on)) or "",
        template=form.read("whatsapp_template", _like(_TEMPLATE, "invalid_template", on)) or "",
        languages=form.read("whatsapp_languages", _languages) or USUAL_LANGUAGES,
        link=form.read("whatsapp_link", _one_of(LinkIn)) or LinkIn.BODY,
        picture=raw.get("whatsapp_picture") == "yes",
    )


def _sms(form: Form, raw: Mapping[str, str]) -> SmsGateway:
    on = raw.get("sms_on") == "yes"
    gateway = SmsGateway(
        on=on,
        url=form.read("sms_url", _needed(_text, on)) or "",
        body=form.read("sms_body", _one_of(BodyFormat)) or BodyFormat.FORM,
        number_field=form.read("sms_number_field", _like(_FIELD, "invalid_field", on)) or "",
        text_field=form.read("sms_text_field", _like(_FIELD, "invalid_field", on)) or "",
        sender_field=form.read("sms_sender_field", _like(_FIELD, "invalid_field")) or "",
        sender=form.read("sms_sender", _text) or "",
        reference_field=form.read("sms_reference_field", _like(_FIELD, "invalid_field")) or "",
        plus=raw.get("sms_plus") == "yes",
        sign_in=form.read("sms_sign_in", _one_of(SignIn)) or SignIn.NONE,
        user=form.read("sms_user", _text) or "",
    )
    if on and gateway.sign_in == SignIn.BASIC and not gateway.user:
        form.object("sms_user", "missing_text")
    names = [gateway.number_field, gateway.text_field]
    names += [one for one in (gateway.sender_field, gateway.reference_field) if one]
    if on and len(set(names)) < len(names):
        form.object("sms_text_field", "same_field")
    return gateway


def _order(text: str) -> tuple[Channel, ...]:
    orders = {written_order(one): one for one in ORDERS}
    if text not in orders:
        raise InvalidValue("unknown_choice", text)
    return orders[text]


def _languages(text: str) -> str:
    codes = text.replace(",", " ").split()
    wrong = next((code for code in codes if not _LANGUAGE.fullmatch(code)), None)
    if wrong is not None or len(text) > LONGEST:
        raise InvalidValue("invalid_language_code", wrong or text)
    return " ".join(codes)


def _text(text: str) -> str:
    if len(text) > LONGEST:
        raise InvalidValue("too_long", text, str(LONGEST))
    if not text.isprintable():
        raise InvalidValue("control_characters", text)
    return text


def _needed(reader: Callable[[str], str], on: bool) -> Callable[[str], str]:
    def read(text: str) -> str:
        if on and not text:
            raise InvalidValue("missing_text", text)
        return reader(text)

    return read


def _like(pattern: re.Pattern[str], code: str, on: bool = False) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text and not pattern.fullmatch(text):
            raise InvalidValue(code, text)
        return text

    return _needed(read, on)


def _one_of(choices: type[StrEnum]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in set(choices):
            raise InvalidValue("unknown_choice", text)
        return text

    return read


def _ticked(is_so: bool) -> str:
    return "yes" if is_so else ""
