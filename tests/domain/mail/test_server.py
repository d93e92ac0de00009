"""Which mail server is used: the environment, then `.env`, then the page; else files."""

from __future__ import annotations

from pathlib import Path

import pytest

from checkin.domain.mail.server import (
    MAIL_PER_DAY,
    MAIL_PER_MINUTE,
    MAIL_SERVER,
    PER_DAY,
    Encryption,
    MailGiven,
    MailServer,
    Tls,
    decide_mail,
    destination_of,
    server_of,
)
from checkin.domain.network.public_address import AddressSource, Given

FOLDER = Path("/home/outbox")
OURS = MailServer("smtp.example.org", 587, "me", encryption=Encryption.REQUIRED)
KEPT = {MAIL_SERVER: OURS.text, MAIL_PER_MINUTE: "30", MAIL_PER_DAY: "500"}


def given(**values: str) -> MailGiven:
    found = {name: Given(value, AddressSource.DOTENV) for name, value in values.items()}
    return MailGiven(FOLDER, **found)


def test_without_any_setting_messages_become_files_with_the_usual_limit():
    found = decide_mail(given(), {})

    assert (found.to, found.is_sent, found.source) == (FOLDER, False, AddressSource.LOCAL)
    assert (found.per_minute, found.per_day) == (None, PER_DAY)


def test_the_page_decides_where_nothing_else_does():
    found = decide_mail(given(), KEPT)

    assert (found.server, found.source) == (OURS, AddressSource.PAGE)
    assert (found.per_minute, found.per_minute_source) == (30, AddressSource.PAGE)
    assert (found.per_day, found.per_day_source) == (500, AddressSource.PAGE)


def test_the_settings_file_rules_over_the_page_each_setting_by_itself():
    found = decide_mail(given(url="smtps://me:pw@mail.example.org", per_day="7"), KEPT)

    assert found.server == MailServer("mail.example.org", 465, "me", "pw", Encryption.FROM_START)
    assert (found.source, found.encryption_source) == (AddressSource.DOTENV,) * 2
    assert (found.per_day, found.per_day_source) == (7, AddressSource.DOTENV)
    assert (found.per_minute, found.per_minute_source) == (30, AddressSource.PAGE)


def test_the_encryption_of_the_page_s_server_may_be_ruled_alone():
    found = decide_mail(given(tls="refused"), KEPT)

    assert found.server is not None
    assert (found.server.host, found.server.encryption) == (OURS.host, Encryption.REFUSED)
    assert (found.source, found.encryption_source) == (AddressSource.PAGE, AddressSource.DOTENV)
    assert found.ruled_tls is Tls.REFUSED


def test_files_may_be_asked_for_by_the_environment():
    found = decide_mail(given(url="file:/srv/out%20box"), KEPT)

    assert (found.to, found.is_sent, found.source) == (
        *(Path("/srv/out box"), False),
        AddressSource.DOTENV,
    )


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", MailServer("mail.example.org", 25)),
        (
            "smtp://m%40x:p%20w@mail.example.org:587",
            MailServer("mail.example.org", 587, "m@x", "p w"),
        ),
        (
            "smtps://mail.example.org",
            MailServer("mail.example.org", 465, encryption=Encryption.FROM_START),
        ),
    ],
)
def test_a_url_names_a_server(url, server):
    assert destination_of(url) == server


def test_what_is_kept_of_a_server_has_no_password():
    server = MailServer("smtp.example.org", 587, "me", "secret", Encryption.REQUIRED)

    assert "secret" not in server.text
    assert "secret" not in repr(server)
    assert server_of(server.text) == OURS
