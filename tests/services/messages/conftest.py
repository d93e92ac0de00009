"""People of an event to whom messages are written, and the mail server that takes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from checkin.domain.mail.server import destination_of
from checkin.services.accounts.operators import add_operator
from checkin.services.mail.outbox import PostOffice, Run, send_due
from checkin.services.mail.sender import Sender
from checkin.services.mail.transport import transport_to
from tests.services.mail.mail_server import MailServer, mail_server
from tests.support import factories
from tests.support.factories import KEYS, NOW

SENDER = Sender("Marhaba <badges@example.org>", "https://marhaba.example.org")


@pytest.fixture
def smtp(tmp_path) -> Iterator[MailServer]:
    with mail_server(tmp_path / "taken") as smtp:
        yield smtp


@pytest.fixture
def send(database, event, smtp):
    """A function that sends what is due of the event over SMTP, at a moment."""

    def send(at=NOW) -> Run:
        with closing(transport_to(destination_of(smtp.url))) as transport:
            return send_due(PostOffice(database, event, KEYS, transport, SENDER, lambda: at))

    return send


@pytest.fixture
def operator_id(database) -> int:
    account = {"email": "o@example.org", "name": "Omar", "role": "organiser", "password": None}
    return factories.write(
        database, lambda s: add_operator(s, **account, delegation_id=None, now=NOW).operator.id
    )


@pytest.fixture
def person(database, event):
    """A function that registers a person with an e-mail address and returns their id."""

    def person(name: str, **more) -> int:
        given = {"email": f"{name.lower()}@example.org"} | more
        return factories.a_participant(database, event, name, **given).participant_id

    return person
