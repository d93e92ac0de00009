"""E-mails to a real SMTP server process: each ends in one state, and none is sent twice."""

from __future__ import annotations

import email
import email.policy
import io
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Thread

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select, update

from checkin.db.engine import Database
from checkin.db.models import Event, Message
from checkin.services.badges import badge_specs
from checkin.services.mail.outbox import STALE_AFTER, WAITS, send_due, states
from checkin.services.mail.transport import Fate, transport_to
from checkin.services.registration import cancel
from tests import factories
from tests.factories import KEYS, NOW

SENDER = "Marhaba <badges@example.org>"


@dataclass(frozen=True)
class Desk:
    """A running mail server, and what it has taken."""

    url: str
    folder: Path

    def taken(self) -> list[EmailMessage]:
        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted(self.folder.glob("*.eml"))
        ]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the mail server did not start")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    port, folder = free_port(), tmp_path / "taken"
    folder.mkdir()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}"),
            *("-c", "tests.services.smtp_desk.Desk", str(folder)),
        ],
        cwd=Path(__file__).parents[2],
    )
    try:
        wait_for(port)
        yield Desk(f"smtp://127.0.0.1:{port}", folder)
    finally:
        server.terminate()
        server.wait(10)


def send(database: Database, event: Event, url: str, *, at=NOW) -> dict[Fate, int]:
    transport = transport_to(url)
    try:
        return dict(send_due(database, event, KEYS, transport, sender=SENDER, clock=lambda: at))
    finally:
        transport.close()


def registered(database: Database, event: Event, *names: str) -> list[int]:
    return [
        factories.a_participant(
            database, event, name=f"Personne {name}", email=f"{name}@example.org"
        ).participant_id
        for name in names
    ]


def outbox(database: Database) -> list[tuple[str, int, str | None]]:
    with database.read() as session:
        rows = session.execute(
            select(Message.state, Message.attempts, Message.last_answer).order_by(Message.id)
        )
        return [tuple(row) for row in rows]


def test_each_participant_receives_their_own_badge(database, event, desk) -> None:
    registered(database, event, "amina", "omar")

    assert send(database, event, desk.url) == {Fate.SENT: 2}

    with database.read() as session:
        codes = {spec.code: spec.number for spec in badge_specs(session, event, KEYS)}
        numbers = {m.address: str(m.participant_id) for m in session.scalars(select(Message))}
    found = {message["To"]: codes[_code_in(message)] for message in desk.taken()}
    assert found == numbers


def test_a_message_has_text_html_picture_and_pdf_and_names_no_event_outside(
    database, event, desk
) -> None:
    registered(database, event, "amina")
    send(database, event, desk.url)

    [message] = desk.taken()

    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "image/png", "application/pdf"]
    assert event.name not in str(message["Subject"]) + str(message["From"])
    assert event.name in message.get_body(("plain",)).get_content()


def test_refusals_are_retried_or_final_by_their_code(database, event, desk) -> None:
    registered(database, event, "later1", "never1", "amina")

    first = send(database, event, desk.url)
    too_early = send(database, event, desk.url)
    second = send(database, event, desk.url, at=NOW + WAITS[0])

    assert first == {Fate.LATER: 1, Fate.FAILED: 1, Fate.SENT: 1}
    assert too_early == {}
    assert second == {Fate.LATER: 1}
    assert outbox(database) == [
        ("queued", 2, "451 4.7.1 greylisted, come back later"),
        ("failed", 1, "550 5.1.1 nobody of that name"),
        ("sent", 1, "250 OK"),
    ]


def test_a_temporary_refusal_fails_for_good_in_the_end(database, event, desk) -> None:
    registered(database, event, "later1")
    at = NOW
    for wait in (timedelta(0), *WAITS):
        at += wait
        send(database, event, desk.url, at=at)

    assert outbox(database) == [("failed", len(WAITS) + 1, "451 4.7.1 greylisted, come back later")]


def test_a_line_lost_after_the_message_leaves_it_unknown_and_unrepeated(
    database, event, desk
) -> None:
    registered(database, event, "dropped1", "amina")

    first = send(database, event, desk.url)
    again = send(database, event, desk.url, at=NOW + timedelta(days=1))

    assert first == {Fate.UNKNOWN: 1, Fate.SENT: 1}
    assert again == {}
    assert len(desk.taken()) == 2


def test_a_server_that_is_away_loses_nothing(database, event) -> None:
    registered(database, event, "amina")

    assert send(database, event, f"smtp://127.0.0.1:{free_port()}") == {Fate.LATER: 1}

    [(state, attempts, answer)] = outbox(database)
    assert (state, attempts) == ("queued", 1)
    assert "ConnectionRefusedError" in str(answer)


def test_four_senders_at_once_send_no_message_twice(database, event, desk) -> None:
    registered(database, event, *(f"person{n}" for n in range(24)))
    senders = [Thread(target=send, args=(database, event, desk.url)) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    addresses = sorted(str(message["To"]) for message in desk.taken())
    assert addresses == sorted(f"person{n}@example.org" for n in range(24))


def test_a_message_of_a_sender_that_died_waits_for_a_persons_word(database, event, desk) -> None:
    registered(database, event, "amina")

    def die(session) -> None:
        session.execute(update(Message).values(state="sending", claimed_by="gone", claimed_at=NOW))

    factories.write(database, die)

    assert send(database, event, desk.url, at=NOW + timedelta(minutes=1)) == {}
    assert send(database, event, desk.url, at=NOW + 2 * STALE_AFTER) == {}
    assert [row[0] for row in outbox(database)] == ["unknown"]
    assert desk.taken() == []


def test_nobody_is_sent_a_badge_that_is_no_longer_good(database, event, desk) -> None:
    [person] = registered(database, event, "amina")
    factories.write(database, lambda session: cancel(session, event, person, now=NOW))

    assert send(database, event, desk.url) == {Fate.FAILED: 1}

    assert desk.taken() == []
    with database.read() as session:
        assert states(session, event) == {"failed": 1}


def _code_in(message: EmailMessage) -> str:
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    content = picture.get_payload(decode=True)
    assert isinstance(content, bytes)
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(content)).convert("L"))
    text: str = found.text
    return text
