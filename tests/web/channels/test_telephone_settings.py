"""The page of WhatsApp and SMS: what it keeps, refuses and never shows, and its test messages."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import select, text

from checkin.db.models import Activity, Role
from checkin.domain.channels.answers import ChannelFault
from checkin.domain.channels.gateways import STOP, Stop
from checkin.domain.channels.reach import Channel
from checkin.services.channels.channel_settings import channel_settings, secret_of
from checkin.services.common.installation_settings import keep_setting
from checkin.services.common.keys import Keys
from checkin.settings import Settings
from tests.support import factories
from tests.support.factories import KEYS, write
from tests.support.others.telephone_gateways import (
    HERE,
    PASSWORD,
    TOKEN,
    form_for,
    gateways,
)

PAGE = "/telephone/settings"
TEST = f"{PAGE}/test"


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=database_url,
        master_key=factories.MASTER_KEY.hex(),
        base_url=factories.BASE_URL,
        second_factor="optional",
        outgoing_allowed=HERE,
    )


@pytest.fixture
def phones():
    with gateways() as running:
        yield running


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.ADMINISTRATOR)


def kept(database):
    with database.read() as session:
        return channel_settings(session)


def secret(database, channel, keys=KEYS):
    with database.read() as session:
        return secret_of(session, keys, channel_settings(session), channel)


def stored(database):
    with database.read() as session:
        rows = session.execute(text("SELECT name, value FROM installation_setting")).all()
        log = session.scalars(select(Activity.details)).all()
    return repr(rows) + repr(log)


def tried(page):
    page = unescape(page)
    start = page.index('id="tried"')
    return page[start : page.index("</div>", start)]


def test_gateways_and_order_are_kept_and_the_secrets_never_shown(chief, database, phones):
    answer = chief.send(PAGE, **form_for(phones, channel_order="sms email whatsapp"))
    shown = unescape(chief.read(PAGE))

    assert answer.status_code == 303
    settings = kept(database)
    assert settings.order == (Channel.SMS, Channel.EMAIL, Channel.WHATSAPP)
    assert (settings.on, settings.sensitive) == (frozenset(Channel), True)
    assert settings.sms.url == f"{phones.server.url}/sms"
    assert (secret(database, Channel.WHATSAPP), secret(database, Channel.SMS)) == (TOKEN, PASSWORD)
    assert secret(database, Channel.SMS, Keys(bytes(32))) is None
    for one in (TOKEN, PASSWORD):
        assert one not in shown
        assert one not in stored(database)
    assert factories.noted(database, "installation") == ["installation.channels"]


def test_a_secret_that_is_left_empty_stays_for_the_same_gateway_alone(chief, database, phones):
    chief.send(PAGE, **form_for(phones))
    empty = {"whatsapp_token": "", "sms_secret": ""}

    same = chief.send(PAGE, **form_for(phones, **empty, whatsapp_template="another"))
    other = chief.send(PAGE, **form_for(phones, **empty, sms_url="http://127.0.0.1:9/evil"))

    assert same.status_code == 303
    assert (other.status_code, 'id="sms_secret-problem"' in other.text) == (400, True)
    assert (kept(database).whatsapp.template, secret(database, Channel.SMS)) == (
        "another",
        PASSWORD,
    )
    off = chief.send(
        PAGE, **form_for(phones, **empty, sms_on="", sms_url="http://127.0.0.1:9/evil")
    )
    assert (off.status_code, secret(database, Channel.SMS)) == (303, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("channel_order", "email email sms"),
        ("whatsapp_number_id", "+212 6 12 34"),
        ("whatsapp_number_id", ""),
        ("whatsapp_template", "Mon modèle"),
        ("whatsapp_template", ""),
        ("whatsapp_languages", "français"),
        ("whatsapp_version", "latest"),
        ("whatsapp_token", "clé secrète"),
        ("whatsapp_token", ""),
        ("whatsapp_base", "ftp://graph.facebook.com"),
        ("sms_url", ""),
        ("sms_url", "http://192.168.1.1/sms"),
        ("sms_number_field", "two words"),
        ("sms_number_field", ""),
        ("sms_text_field", "to"),
        ("sms_secret", ""),
    ],
)
def test_what_will_not_do_is_named_at_its_field_and_loses_nothing(
    chief, database, phones, field, value
):
    answer = chief.send(PAGE, **form_for(phones, **{field: value}))

    page = unescape(answer.text)
    assert answer.status_code == 400
    assert f'id="{field}-problem"' in page
    assert 'value="reference"' in page
    assert kept(database).on == {Channel.EMAIL}


def test_a_channel_that_is_off_needs_nothing(chief, database, phones):
    bare = form_for(phones, whatsapp_on="", whatsapp_number_id="", whatsapp_template="")

    bare["whatsapp_token"] = ""
    assert chief.send(PAGE, **bare).status_code == 303
    assert kept(database).on == {Channel.EMAIL, Channel.SMS}


def test_a_test_message_goes_to_one_s_own_number_and_tells_what_was_answered(
    chief, database, phones
):
    chief.send(PAGE, **form_for(phones))

    by_whatsapp = chief.send(PAGE, TEST, channel="whatsapp", number="06 12 34 56 78")
    by_sms = chief.send(PAGE, TEST, channel="sms", number="06 12 34 56 78")

    assert "✓" in tried(by_whatsapp.text)
    assert "✓" in tried(by_sms.text)
    assert phones.whatsapp == phones.sms == {"+212612345678": 1}
    assert factories.noted(database, "installation")[1:] == ["installation.channel_test"] * 2


def test_a_test_that_is_refused_says_what_to_do(chief, phones):
    chief.send(PAGE, **form_for(phones, whatsapp_token="old"))

    page = tried(chief.send(PAGE, TEST, channel="whatsapp", number="0612345678").text)

    assert "✗" in page
    assert "Session has expired" in page


def test_a_number_that_is_none_is_named_and_stays(chief, phones):
    chief.send(PAGE, **form_for(phones))

    answer = chief.send(PAGE, TEST, channel="sms", number="06 12")

    assert answer.status_code == 400
    assert 'id="sms_number-problem"' in answer.text
    assert 'value="06 12"' in answer.text
    assert phones.server.heard == []


def test_a_channel_that_was_stopped_says_why_and_goes_on_after_a_test_that_works(
    chief, database, phones
):
    chief.send(PAGE, **form_for(phones))
    stop = Stop(ChannelFault.TEMPLATE, "132001 Template name does not exist")
    write(database, lambda s: keep_setting(s, STOP[Channel.WHATSAPP], stop.text))
    before = unescape(chief.read(PAGE))

    chief.send(PAGE, TEST, channel="whatsapp", number="0612345678")

    assert "132001 Template name does not exist" in before
    assert "132001" not in chief.read(PAGE)


def test_organisers_see_the_page_without_the_form(signed_in, phones):
    page = signed_in(Role.ORGANISER).read(PAGE)

    assert 'name="whatsapp_token"' not in page
    assert "WhatsApp" in page
