"""What is set of WhatsApp and of the SMS gateway, without the secrets, and what is kept of it.

WhatsApp is Meta's Cloud API, https://developers.facebook.com/docs/whatsapp/cloud-api; an SMS
gateway is whatever takes a number and a text by HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self

from checkin.domain.channels.answers import ChannelFault
from checkin.domain.channels.reach import BY_TELEPHONE, USUAL_ORDER, Channel, Reach

#: what the page keeps: the order as JSON; of each channel its settings as JSON, its secret sealed,
#: and why it was stopped
CHANNEL_ORDER = "channel_order"
SECRET = {Channel.WHATSAPP: "whatsapp_secret", Channel.SMS: "sms_secret"}
STOP = {Channel.WHATSAPP: "whatsapp_stop", Channel.SMS: "sms_stop"}

GRAPH = "https://graph.facebook.com"
GRAPH_VERSION = "v23.0"
USUAL_LANGUAGES = "fr ar en"


class LinkIn(StrEnum):
    """Where a template has the link of the badge's page."""

    #: the third variable of its body
    BODY = "body"
    #: the variable at the end of its button's address
    BUTTON = "button"


class BodyFormat(StrEnum):
    """How an SMS gateway is handed a message."""

    FORM = "form"
    JSON = "json"


class SignIn(StrEnum):
    """How an SMS gateway knows us."""

    NONE = "none"
    BEARER = "bearer"
    BASIC = "basic"


@dataclass(frozen=True, slots=True)
class _Kept:
    on: bool = False

    @property
    def text(self) -> str:
        """The line that is kept in the database."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of(cls, text: str | None) -> Self:
        """Read what is kept; what is not kept is as it usually is."""
        kept: dict[str, Any] = json.loads(text) if text else {}
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})


@dataclass(frozen=True, slots=True)
class WhatsApp(_Kept):
    """WhatsApp's Cloud API, as the page sets it.

    Attributes:
        base, version: where the API is.
        number_id: of the number that messages come from, as Meta's console shows it.
        template: the name of the approved template.
        languages: the codes that it was approved in, with spaces between.
        link: where the template has the link.
        picture: whether its header is the badge's picture.
    """

    base: str = GRAPH
    version: str = GRAPH_VERSION
    number_id: str = ""
    template: str = ""
    languages: str = USUAL_LANGUAGES
    link: str = LinkIn.BODY
    picture: bool = False

    @property
    def url(self) -> str:
        """Where messages are posted."""
        return f"{self.base.rstrip('/')}/{self.version}/{self.number_id}/messages"

    @property
    def place(self) -> str:
        """For what the token was typed: it is sent nowhere else."""
        return f"whatsapp token:{self.base}\n{self.number_id}"

    def language_for(self, language: str) -> str:
        """Return the template's language for a person's: theirs, else the first."""
        codes = self.languages.split()
        own = [code for code in codes if code.partition("_")[0] == language]
        return (own or codes or [language])[0]


@dataclass(frozen=True, slots=True)
class SmsGateway(_Kept):
    """An SMS gateway, as the page sets it.

    Attributes:
        number_field, text_field: the names of the fields for the number and for the text.
        sender_field, sender: a further field with what stands as the sender; "" without one.
        reference_field: the field for a number by which the gateway knows a message that comes
            twice; "" if it knows none.
        plus: whether numbers begin with a plus.
        user: for basic sign-in.
    """

    url: str = ""
    body: str = BodyFormat.FORM
    number_field: str = "to"
    text_field: str = "text"
    sender_field: str = ""
    sender: str = ""
    reference_field: str = ""
    plus: bool = True
    sign_in: str = SignIn.BEARER
    user: str = ""

    @property
    def place(self) -> str:
        """For what the token or the password was typed: it is sent nowhere else."""
        return f"sms secret:{self.url}\n{self.sign_in}\n{self.user}"


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a channel was stopped.

    Attributes:
        answer: what the gateway said.
    """

    fault: ChannelFault
    answer: str

    @property
    def text(self) -> str:
        """The line that is kept in the database."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What is set of all channels.

    Attributes:
        sensitive: whether sensitive events use them, too.
        stops: the channels that their gateways take nothing from.
    """

    order: tuple[Channel, ...]
    sensitive: bool
    whatsapp: WhatsApp
    sms: SmsGateway
    stops: Mapping[Channel, Stop]

    @property
    def on(self) -> frozenset[Channel]:
        """The channels that are switched on, e-mail among them."""
        found = {Channel.WHATSAPP: self.whatsapp.on, Channel.SMS: self.sms.on}
        return frozenset({Channel.EMAIL, *(one for one, is_on in found.items() if is_on)})

    def for_event(self, *, is_sensitive: bool) -> Reach:
        """Return the channels of an event."""
        if is_sensitive and not self.sensitive:
            return Reach(self.order)
        return Reach(self.order, self.on)

    @property
    def knows_repetitions(self) -> frozenset[Channel]:
        """The channels whose gateway knows a message that it was handed before."""
        return frozenset({Channel.SMS} if self.sms.reference_field else ())


def decide_channels(kept: Mapping[str, str]) -> ChannelSettings:
    """Return what is set of the channels.

    Args:
        kept: what pages have stored, by name.
    """
    order = json.loads(kept.get(CHANNEL_ORDER, "{}"))
    stops = {one: json.loads(kept[STOP[one]]) for one in BY_TELEPHONE if STOP[one] in kept}
    return ChannelSettings(
        order=tuple(map(Channel, order.get("order", USUAL_ORDER))),
        sensitive=bool(order.get("sensitive", False)),
        whatsapp=WhatsApp.of(kept.get(Channel.WHATSAPP)),
        sms=SmsGateway.of(kept.get(Channel.SMS)),
        stops={
            one: Stop(ChannelFault(stop["fault"]), stop["answer"]) for one, stop in stops.items()
        },
    )


def order_text(order: tuple[Channel, ...], *, sensitive: bool) -> str:
    """Return the line that is kept of the order."""
    return json.dumps({"order": order, "sensitive": sensitive})
