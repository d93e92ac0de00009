"""Mail servers that answer wrongly, stall or disconnect: the outcome at each step."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from threading import Thread

import pytest

from checkin.domain.mail.faults import MailFault
from checkin.domain.mail.rules import Fate
from checkin.domain.mail.server import Encryption, MailServer
from checkin.services.mail.outcomes import Letter, Outcome
from checkin.services.mail.smtp import SmtpTransport

#: what a server answers to each line, b"" keeps it waiting, None hangs up
Script = dict[bytes, bytes | None]
POLITE: Script = {
    b"hello": b"220 hello\r\n",
    b"EHLO": b"250 hello\r\n",
    b"MAIL": b"250 ok\r\n",
    b"RCPT": b"250 ok\r\n",
    b"DATA": b"354 go on\r\n",
    b".": b"250 taken\r\n",
}


@contextmanager
def server(script: Script) -> Iterator[int]:
    """Listen for one connection and answer by the script; None hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=_serve, args=(listener, script))
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def _serve(listener: socket.socket, script: Script) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as lines:
        words, in_text = b"hello", False
        while (answer := script.get(words, b"" if in_text else b"500 what?\r\n")) is not None:
            connection.sendall(answer)
            in_text = answer.startswith(b"354") or (in_text and answer == b"")
            line = lines.readline()
            if not line or line.startswith(b"QUIT"):
                return
            words = line.strip() if in_text else line[:4].strip().upper()
            in_text = in_text and words != b"."


def letter() -> Letter:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "Badge"
    message.set_content(".a line that begins with a dot\n")
    return Letter(message, "badges@example.org", "amina@example.org")


def send(
    script: Script, encryption: Encryption = Encryption.OPPORTUNISTIC, **to: str | None
) -> Outcome:
    with server(script) as port:
        return sent_to(MailServer("127.0.0.1", port, encryption=encryption, **to))


def sent_to(to: MailServer) -> Outcome:
    with closing(SmtpTransport(to, timeout_s=0.5)) as transport:
        return transport.send(letter(), lambda: True)


def test_a_working_mail_server_accepts_the_message():
    assert send(POLITE) == Outcome(Fate.SENT, "250 taken")


@pytest.mark.parametrize(
    ("at", "answer", "fate"),
    [
        (b"hello", b"554 go away\r\n", Fate.HALTED),
        (b"hello", b"", Fate.HALTED),
        (b"EHLO", None, Fate.HALTED),
        (b"MAIL", None, Fate.LATER),
        (b"RCPT", None, Fate.LATER),
        (b"RCPT", b"", Fate.LATER),
        (b"DATA", None, Fate.LATER),
        (b"DATA", b"554 no\r\n", Fate.FAILED),
        (b".", None, Fate.UNKNOWN),
        (b".", b"", Fate.UNKNOWN),
        (b".", b"I am no mail server\r\n", Fate.UNKNOWN),
        (b".", b"354 still going\r\n", Fate.UNKNOWN),
        (b".", b"451 full\r\n", Fate.LATER),
        (b".", b"554 spam\r\n", Fate.FAILED),
    ],
)
def test_each_smtp_fault_has_the_outcome_of_the_step_at_which_it_occurs(at, answer, fate):
    assert send(POLITE | {at: answer}).fate is fate


def test_where_tls_is_required_nothing_is_sent_to_a_server_that_offers_none():
    refused = send(POLITE, Encryption.REQUIRED)

    words = "the server offers no TLS, and it is required"
    assert refused == Outcome(Fate.HALTED, words, MailFault.NO_TLS)


@pytest.mark.parametrize(
    ("encryption", "fate"),
    [
        (Encryption.REQUIRED, Fate.HALTED),
        (Encryption.OPPORTUNISTIC, Fate.HALTED),
        (Encryption.REFUSED, Fate.SENT),
    ],
)
def test_tls_that_fails_halts_the_sending_unless_it_is_not_asked_for(encryption, fate):
    offering = {b"EHLO": b"250-hello\r\n250 STARTTLS\r\n", b"STAR": b"454 not now\r\n"}

    assert send(POLITE | offering, encryption).fate is fate


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ({}, None),
        ({b"hello": b"554 go away\r\n"}, MailFault.REFUSED),
        ({b"hello": b""}, MailFault.TIMED_OUT),
        ({b"EHLO": None}, MailFault.UNREACHED),
        ({b"MAIL": b"550 5.7.1 not from you\r\n"}, MailFault.SENDER),
        ({b"RCPT": b"550 5.1.1 nobody\r\n"}, MailFault.RECIPIENT),
        ({b"RCPT": b"451 4.7.1 later\r\n"}, MailFault.NOT_NOW),
        ({b".": b"554 5.7.1 spam\r\n"}, MailFault.MESSAGE),
    ],
)
def test_each_fault_has_a_kind_that_people_can_do_something_about(script, fault):
    assert send(POLITE | script).fault is fault


def test_a_password_is_never_sent_in_plain_text():
    refused = send(POLITE, user="me", password="secret")

    assert (refused.fate, refused.fault) == (Fate.HALTED, MailFault.NO_TLS)


def test_a_password_that_cannot_be_opened_halts_the_sending():
    refused = send(POLITE, user="me", password=None)

    assert (refused.fate, refused.fault) == (Fate.HALTED, MailFault.SEALED_PASSWORD)


def test_a_name_that_no_machine_has_is_told_as_such():
    refused = sent_to(MailServer("nobody.invalid", 25))

    assert (refused.fate, refused.fault) == (Fate.HALTED, MailFault.UNKNOWN_HOST)
