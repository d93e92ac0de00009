"""Hand one message to WhatsApp's Cloud API, or to an SMS gateway; no database is touched."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from checkin.domain.channels.answers import ChannelFault, Handed, of_sms, of_whatsapp
from checkin.domain.channels.gateways import (
    BodyFormat,
    ChannelSettings,
    LinkIn,
    SignIn,
    SmsGateway,
    WhatsApp,
)
from checkin.domain.channels.reach import Channel
from checkin.domain.mail.rules import Fate
from checkin.domain.network.destinations import DestinationRefused
from checkin.services.network.outgoing import Bounds, Caller, CallFailed, CallProblem

#: a gateway is to take a message at once; of its answer the beginning says what became of it
BOUNDS = Bounds(total_s=15.0, most_bytes=4_000, cut=True, redirects=0)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one person is to be sent.

    Attributes:
        reference: stays the same whenever the message is handed over again.
        number: E.164, with its plus.
        event: its name in their language, or words that name no event.
        page: the address of the badge's page, of which `secret` is the last part.
        text: of an SMS.
    """

    reference: str
    number: str
    language: str
    name: str
    event: str
    page: str
    secret: str
    text: str


def by_whatsapp(
    caller: Caller, gateway: WhatsApp, token: str, parcel: Parcel, bounds: Bounds = BOUNDS
) -> Handed:
    """Hand a template message to WhatsApp."""
    body = json.dumps(whatsapp_body(gateway, parcel), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return _handed(caller, gateway.url, body, headers, bounds, of_whatsapp)


def by_sms(
    caller: Caller, gateway: SmsGateway, secret: str, parcel: Parcel, bounds: Bounds = BOUNDS
) -> Handed:
    """Hand a text to an SMS gateway."""
    fields = sms_fields(gateway, parcel)
    if gateway.body == BodyFormat.JSON:
        body, mime = json.dumps(fields, ensure_ascii=False).encode(), "application/json"
    else:
        body, mime = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    headers = {"Content-Type": mime, **_signed_in(gateway, secret)}
    return _handed(caller, gateway.url, body, headers, bounds, of_sms)


def handed_over(
    caller: Caller,
    settings: ChannelSettings,
    channel: Channel,
    secret: str,
    parcel: Parcel,
    bounds: Bounds = BOUNDS,
) -> Handed:
    """Hand a message to a channel's gateway."""
    if channel is Channel.WHATSAPP:
        return by_whatsapp(caller, settings.whatsapp, secret, parcel, bounds)
    return by_sms(caller, settings.sms, secret, parcel, bounds)


def whatsapp_body(gateway: WhatsApp, parcel: Parcel) -> dict[str, Any]:
    """Return the body of a template message, as the Cloud API has it."""
    said = [parcel.name, parcel.event]
    components: list[dict[str, Any]] = []
    if gateway.picture:
        picture = {"type": "image", "image": {"link": f"{parcel.page}/badge.png"}}
        components.append({"type": "header", "parameters": [picture]})
    if gateway.link == LinkIn.BODY:
        said.append(parcel.page)
    components.append({"type": "body", "parameters": [_variable(text) for text in said]})
    if gateway.link == LinkIn.BUTTON:
        button = {"type": "button", "sub_type": "url", "index": "0"}
        components.append(button | {"parameters": [_variable(parcel.secret)]})
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": parcel.number,
        "type": "template",
        "template": {
            "name": gateway.template,
            "language": {"code": gateway.language_for(parcel.language)},
            "components": components,
        },
        "biz_opaque_callback_data": parcel.reference,
    }


def sms_fields(gateway: SmsGateway, parcel: Parcel) -> dict[str, str]:
    """Return the fields that an SMS gateway is posted."""
    number = parcel.number if gateway.plus else parcel.number.removeprefix("+")
    fields = {gateway.number_field: number, gateway.text_field: parcel.text}
    if gateway.sender_field:
        fields[gateway.sender_field] = gateway.sender
    if gateway.reference_field:
        fields[gateway.reference_field] = parcel.reference
    return fields


def _variable(text: str) -> dict[str, str]:
    # WhatsApp refuses variables with line breaks, tabs, or several spaces in a row.
    return {"type": "text", "text": " ".join(text.split()) or "–"}


def _signed_in(gateway: SmsGateway, secret: str) -> dict[str, str]:
    if gateway.sign_in == SignIn.BEARER:
        return {"Authorization": f"Bearer {secret}"}
    if gateway.sign_in == SignIn.BASIC:
        pair = base64.b64encode(f"{gateway.user}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {}


def _handed(
    caller: Caller,
    url: str,
    body: bytes,
    headers: dict[str, str],
    bounds: Bounds,
    understood: Callable[[int, bytes, str], Handed],
) -> Handed:
    try:
        answer = caller.post(url, body, headers, bounds)
    except DestinationRefused as refused:
        if refused.reason == "destination_unknown":  # the names' server may be away for a moment
            return Handed(Fate.LATER, refused.reason)
        return Handed(Fate.HALTED, refused.reason, ChannelFault.ADDRESS)
    except CallFailed as failed:
        if failed.problem is CallProblem.CERTIFICATE:
            return Handed(Fate.HALTED, str(failed), ChannelFault.CERTIFICATE)
        # It may have arrived, and then comes twice where the gateway does not know it again.
        return Handed(Fate.LATER, failed.problem)
    return understood(answer.status, answer.body, answer.headers.get("retry-after", ""))
