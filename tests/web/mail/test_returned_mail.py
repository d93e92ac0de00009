"""The page of e-mails that come back: the mailbox that is read, its secret, and a look at once."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import text

from checkin.db.models import Role
from checkin.services.mail.mailbox.mailbox_settings import bounce_mailbox
from checkin.settings import Settings
from tests.support import factories
from tests.support.factories import KEYS
from tests.support.servers.server_process import free_port
from tests.web.browsing import Browsing

PAGE = "/mail/returned"
FORM = {"host": "imap.example.org", "port": "", "user": "badges@example.org", "password": "s3cret"}


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    """An installation for which the page alone says which mailbox is read."""
    return Settings(
        home=tmp_path,
        database_url=database_url,
        master_key=factories.MASTER_KEY.hex(),
        base_url=factories.BASE_URL,
        second_factor="optional",
    )


@pytest.fixture
def chief(signed_in) -> Browsing:
    browsing = signed_in(Role.ADMINISTRATOR)
    browsing.read("/?lang=en")
    return browsing


def kept(database):
    with database.read() as session:
        return bounce_mailbox(session, KEYS, None)


def test_a_mailbox_is_kept_with_its_password_sealed(chief, database):
    assert "No mailbox is read" in chief.read(PAGE)

    assert chief.send(PAGE, PAGE, **FORM).status_code == 303
    page, mailbox = chief.read(PAGE), kept(database)
    with database.read() as session:
        stored = repr(session.execute(text("SELECT * FROM installation_setting")).all())

    assert (mailbox.host, mailbox.port, mailbox.user) == ("imap.example.org", 993, FORM["user"])
    assert (mailbox.password, mailbox.tls_from_start) == ("s3cret", True)
    assert "read every five minutes" in page
    assert "s3cret" not in page + stored


def test_a_password_that_is_left_empty_stays_for_its_mailbox_alone(chief, database):
    chief.send(PAGE, PAGE, **FORM)

    same = chief.send(PAGE, PAGE, **FORM | {"password": "", "port": "1993"})
    other = chief.send(PAGE, PAGE, **FORM | {"password": "", "user": "autre@example.org"})

    assert (same.status_code, kept(database).port, kept(database).password) == (303, 1993, "s3cret")
    assert other.status_code == 400
    assert "type the password that belongs to it" in other.text
    assert kept(database).user == FORM["user"]


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("host", "http://imap.example.org", "is no name of a server"),
        ("port", "70000", "65535"),
        ("user", "", "fill this field in"),
        ("password", "", "no password"),
    ],
)
def test_what_will_not_do_is_told_at_its_field_and_nothing_is_lost(
    chief, database, field, written, said
):
    answer = chief.send(PAGE, PAGE, **FORM | {field: written})

    assert answer.status_code == 400
    assert said in unescape(answer.text)
    assert 'aria-invalid="true"' in answer.text
    assert all(f'value="{FORM[one]}"' in answer.text for one in ("host", "user") if one != field)
    assert "s3cret" not in answer.text
    assert kept(database) is None


def test_without_a_server_no_mailbox_is_read(chief, database):
    chief.send(PAGE, PAGE, **FORM)
    chief.send(PAGE, PAGE, **FORM | {"host": ""})

    assert kept(database) is None
    assert "No mailbox is read" in chief.read(PAGE)


def test_a_mailbox_that_does_not_answer_is_told_with_what_to_do(chief, database):
    chief.send(PAGE, PAGE, **FORM | {"host": "localhost", "port": str(free_port())})

    assert chief.send(PAGE, f"{PAGE}/read").status_code == 303
    page = chief.read(PAGE)

    assert "The mailbox could not be read" in page
    assert "The mail server does not answer" in page
    assert "ConnectionRefusedError" in page
