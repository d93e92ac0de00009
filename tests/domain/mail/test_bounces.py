"""Reports of mail servers, in the forms that they have in the world."""

from __future__ import annotations

from pathlib import Path

import pytest

from checkin.domain.mail.bounces import Bounce, read_bounce

FOLDER = Path(__file__).parent / "bounces"


def read(name: str) -> Bounce | None:
    return read_bounce((FOLDER / f"{name}.eml").read_bytes())


@pytest.mark.parametrize(
    ("name", "bounce"),
    [
        (
            "postfix",
            Bounce(
                "<aa11@example.org>",
                (17, "0123456789ab"),
                "550 5.1.1 <amina@example.com>: Recipient address rejected: User unknown",
            ),
        ),
        (
            "exchange",
            Bounce(
                "<bb22@example.org>",
                None,
                "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient omar@contoso.example "
                "not found by SMTP address lookup",
            ),
        ),
        (
            "gmail",
            Bounce(
                "<cc33@example.org>",
                None,
                "550-5.1.1 The email account that you tried to reach does not exist. Please try "
                "550-5.1.1 double-checking the recipient's email address for typos or "
                "550 5.1.1 unnecessary spaces. - gsmtp",
            ),
        ),
        (
            "qmail",
            Bounce(
                "<dd44@example.org>",
                None,
                "192.0.2.9 does not like recipient. Remote host said: 550 5.1.1 no such mailbox "
                "Giving up on 192.0.2.9.",
            ),
        ),
    ],
)
def test_a_failure_names_its_message_and_the_reason(name, bounce):
    assert read(name) == bounce


@pytest.mark.parametrize("name", ["delayed", "delivered", "absent"])
def test_delays_successes_and_absent_people_are_no_bounces(name):
    assert read(name) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n",
        b"Content-Type: message/delivery-status\r\n\r\nAction\r\n\r\n\r\n",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\nHi. This is the qmail\n<a@b>:\n",
        b"Content-Type: message/rfc822\r\n\r\n",
    ],
)
def test_what_is_no_report_is_no_bounce_and_no_fault(raw):
    assert read_bounce(raw) is None
