"""A receiver of webhooks that checks signatures, and fails as often as it is told to."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from checkin.domain.integrations.webhooks import read_secret, signature
from checkin.domain.network.destinations import outgoing_allowed
from checkin.services.integrations.webhooks import WebhookDetails, add_webhook
from checkin.services.network.outgoing import check_destination
from tests.support.factories import KEYS, NOW, write
from tests.support.others.other_servers import Handler, Heard, OtherServer, other_server

#: what `CHECKIN_OUTGOING_ALLOWED` names in these tests
HERE = outgoing_allowed("127.0.0.0/8")


@dataclass
class Receiver:
    """What a receiver has taken, by `webhook-id`, and how often it was tried."""

    server: OtherServer
    fails: float = 0.0
    #: how often it hangs up when it fails, instead of answering
    hangs_up: float = 0.3
    status: int = 500
    secret: str = ""
    taken: list[dict] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    tries: int = 0
    forged: int = 0
    _random: random.Random = field(default_factory=lambda: random.Random(7))
    _mutex: Lock = field(default_factory=Lock)

    def answer(self, reply: Handler, heard: Heard) -> None:
        with self._mutex:
            self.tries += 1
            is_failing = self._random.random() < self.fails
            hangs_up = is_failing and self._random.random() < self.hangs_up
        if hangs_up:
            reply.hang_up()
        elif is_failing:
            reply.answer(self.status, b"not now")
        else:
            self._take(heard)
            reply.answer(204)

    def _take(self, heard: Heard) -> None:
        id_, sent_at = heard.headers["webhook-id"], int(heard.headers["webhook-timestamp"])
        expected = signature(read_secret(self.secret), id_, sent_at, heard.body)
        with self._mutex:
            self.forged += heard.headers["webhook-signature"] != expected
            self.ids[id_] += 1
            self.taken.append(json.loads(heard.body))


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run a receiver while the block lasts."""
    made: list[Receiver] = []

    def answer(reply: Handler, heard: Heard) -> None:
        made[0].answer(reply, heard)

    with other_server(answer) as server:
        made.append(Receiver(server))
        yield made[0]


def a_webhook(database, event, receiver: Receiver, *kinds, tells_names=False) -> int:
    """Add a webhook that leads to the receiver, and return its id."""
    destination = check_destination(f"{receiver.server.url}/hook?key=k", HERE)
    details = WebhookDetails("Écran", destination, frozenset(kinds), tells_names)
    webhook, receiver.secret = write(
        database, lambda s: add_webhook(s, event, details, KEYS, operator_id=None, now=NOW)
    )
    return webhook.id
