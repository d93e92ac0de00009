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


def changed(name, *replacements):
    """Return what is read of a report in which these texts were replaced."""
    raw = (FOLDER / f"{name}.eml").read_bytes()
    for old, new in replacements:
        assert old in raw
        raw = raw.replace(old, new)
    return read_bounce(raw)


def test_of_a_long_reason_300_characters_are_kept():
    told = changed("postfix", (b"User unknown", b"x" * 400))

    assert len(told.words) == 300
    assert told.words.startswith("550 5.1.1 <amina@example.com>: Recipient address rejected: xxx")


def test_a_reason_without_its_status_gets_it():
    told = changed("postfix", (b"smtp; 550 5.1.1 <amina", b"smtp; 550 <amina"))

    assert told.words.startswith("5.1.1 550 <amina@example.com>")


def test_a_reason_of_no_kind_is_taken_whole():
    told = changed("postfix", (b"Diagnostic-Code: smtp; 550 5.1.1", b"Diagnostic-Code: 550 5.1.1"))

    assert told.words.startswith("550 5.1.1 <amina@example.com>")


@pytest.mark.parametrize(
    ("header", "marked"),
    [
        (b"X-Original-To", (17, "0123456789ab")),
        (b"Delivered-To", (17, "0123456789ab")),
        (b"Envelope-To", (17, "0123456789ab")),
        (b"Cc", None),
    ],
)
def test_a_mark_is_found_where_the_mailbox_s_own_server_writes_it(header, marked):
    told = changed(
        "postfix",
        (b"To: bounces+17-0123456789ab@example.org\nAuto", b"To: bounces@example.org\nAuto"),
        (b"X-Original-To:", header + b":"),
    )

    assert told.marked == marked


def test_a_child_of_qmail_that_goes_on_trying_reports_no_bounce():
    assert changed("qmail", (b"550 5.1.1", b"450 4.2.1")) is None


def test_what_follows_the_reason_of_qmail_is_none_of_it():
    told = changed("qmail", (b"Giving up on 192.0.2.9.", b"Giving up.\n\nSecond paragraph."))

    assert told.words.endswith("Giving up.")


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


@pytest.mark.parametrize("to", [b"badges@", b"<", b"Amina <", b'"', b"\xff@\xff"])
def test_an_address_that_is_none_does_not_keep_a_failure_from_being_read(to):
    raw = (FOLDER / "gmail.eml").read_bytes()

    assert read_bounce(b"To: " + to + b"\n" + raw) == read("gmail")
