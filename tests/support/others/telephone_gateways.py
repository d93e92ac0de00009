"""A WhatsApp Cloud API and an SMS gateway on this machine, which fail as often as they are told."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import parse_qs

from checkin.domain.channels.gateway_form import (
    ORDER,
    WrittenChannels,
    read_channels_form,
    sms_values,
    whatsapp_values,
)
from checkin.domain.channels.gateways import SmsGateway, WhatsApp
from checkin.domain.network.destinations import outgoing_allowed
from checkin.services.channels.channel_settings import channel_settings, keep_channels
from tests.support.factories import KEYS, NOW, write
from tests.support.others.other_servers import Handler, Heard, OtherServer, other_server

#: what `CHECKIN_OUTGOING_ALLOWED` names in these tests
HERE = outgoing_allowed("127.0.0.0/8")
TOKEN, PASSWORD = "EAAG-a-token", "an SMS password"
NUMBER_ID = "106540352242922"


def error(code: int, message: str = "no") -> bytes:
    """Return the body of a refusal, as the Cloud API has it."""
    return json.dumps({"error": {"message": message, "code": code}}).encode()


@dataclass
class Gateways:
    """Both gateways behind one server, with all that they have taken.

    Attributes:
        fails: how often, from 0 to 1, a message is refused by a fault of theirs, which is one of
            500, 429 or no answer at all, in turns.
        silent_s: how long it does not answer when it does not.
        whatsapp, sms: how often each number has been sent something.
        references: of the SMS that were taken; one that comes again is not sent again.
        without: numbers that are not on WhatsApp.
        answers: refusals to be given before anything else, to whatever comes: status and body.
    """

    server: OtherServer
    fails: float = 0.0
    silent_s: float = 1.0
    whatsapp: Counter[str] = field(default_factory=Counter)
    sms: Counter[str] = field(default_factory=Counter)
    references: Counter[str] = field(default_factory=Counter)
    without: set[str] = field(default_factory=set)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    bodies: list[dict] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    #: takes a message, and then does not say so
    loses_answers: bool = False
    _random: random.Random = field(default_factory=lambda: random.Random(11))
    _mutex: Lock = field(default_factory=Lock)

    def answer(self, reply: Handler, heard: Heard) -> None:
        with self._mutex:
            fault = self._fault()
            if fault:
                self.faults[fault] += 1
            refusal = self.answers.pop(0) if self.answers else None
        if refusal:
            reply.answer(refusal[0], refusal[1], Retry_After="1")
        elif fault == "500":
            reply.answer(500, b"not now")
        elif fault == "429":
            body = error(130429) if heard.path != "/sms" else b""
            reply.answer(429, body, Retry_After="1")
        elif fault == "silence":
            if self.loses_answers:
                self._take(heard)
            time.sleep(self.silent_s)
            reply.hang_up()
        else:
            reply.answer(*self._take(heard))

    def _fault(self) -> str:
        if self._random.random() >= self.fails:
            return ""
        return self._random.choice(("500", "429", "silence"))

    def _take(self, heard: Heard) -> tuple[int, bytes]:
        if heard.path == "/sms":
            return self._take_sms(heard)
        if heard.path != f"/v23.0/{NUMBER_ID}/messages":
            return 404, error(100)
        if heard.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, error(190, "Error validating access token: Session has expired")
        body = json.loads(heard.body)
        with self._mutex:
            self.bodies.append(body)
            if body["to"] in self.without:
                return 400, error(131026, "Message undeliverable")
            self.whatsapp[body["to"]] += 1
        told = {"messaging_product": "whatsapp", "messages": [{"id": f"wamid.{body['to']}"}]}
        return 200, json.dumps(told).encode()

    def _take_sms(self, heard: Heard) -> tuple[int, bytes]:
        fields = {name: values[0] for name, values in parse_qs(heard.body.decode()).items()}
        with self._mutex:
            self.bodies.append(fields)
            reference = fields.get("reference")
            if reference is None or reference not in self.references:
                self.sms[fields["to"]] += 1
            if reference is not None:
                self.references[reference] += 1
        return 202, b"queued"


@contextmanager
def gateways() -> Iterator[Gateways]:
    """Run both while the block lasts."""
    made: list[Gateways] = []

    def answer(reply: Handler, heard: Heard) -> None:
        made[0].answer(reply, heard)

    with other_server(answer) as server:
        made.append(Gateways(server))
        yield made[0]


def form_for(gateways: Gateways, **changed: str) -> dict[str, str]:
    """Return the page's form with both gateways switched on."""
    whatsapp = WhatsApp(
        on=True, base=gateways.server.url, number_id=NUMBER_ID, template="badge_link"
    )
    sms = SmsGateway(
        on=True, url=f"{gateways.server.url}/sms", reference_field="reference", user="marhaba"
    )
    form = {
        ORDER: "email whatsapp sms",
        **whatsapp_values(whatsapp),
        **sms_values(sms),
        "whatsapp_token": TOKEN,
        "sms_secret": PASSWORD,
        "channels_sensitive": "yes",
    }
    return form | changed


def set_channels(database, gateways: Gateways, **changed: str) -> None:
    """Set both gateways as the page does; `changed` are fields of its form."""

    def keep(session) -> None:
        before = channel_settings(session)
        written = read_channels_form(form_for(gateways, **changed), before, frozenset())
        assert isinstance(written, WrittenChannels), written
        keep_channels(session, KEYS, written, now=NOW)

    write(database, keep)
