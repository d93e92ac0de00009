"""By which channel somebody is reached, and by which next."""

from __future__ import annotations

from checkin.domain.channels.gateways import WhatsApp, decide_channels
from checkin.domain.channels.reach import Channel, Contact, Reach, Way

ALL = Reach(usable=frozenset(Channel))
MOBILE, FIXED = "+212612345678", "+212522123456"


def test_the_first_channel_is_one_that_is_on_and_has_an_address():
    assert ALL.first(Contact("a@example.org", MOBILE)) == Way(Channel.EMAIL, "a@example.org")
    assert ALL.first(Contact(None, MOBILE)) == Way(Channel.WHATSAPP, MOBILE)
    assert ALL.first(Contact(None, FIXED)) is None
    assert ALL.first(Contact("a@example.org", MOBILE, wants_none=True)) is None
    assert Reach().first(Contact(None, MOBILE)) is None


def test_whom_one_channel_fails_goes_on_to_the_next_that_is_on():
    contact = Contact("a@example.org", MOBILE)
    backwards = Reach((Channel.SMS, Channel.WHATSAPP, Channel.EMAIL), frozenset(Channel))
    without_whatsapp = Reach(usable=frozenset({Channel.EMAIL, Channel.SMS}))

    assert ALL.after(Channel.EMAIL, contact) == Way(Channel.WHATSAPP, MOBILE)
    assert ALL.after(Channel.SMS, contact) is None
    assert backwards.after(Channel.WHATSAPP, contact) == Way(Channel.EMAIL, "a@example.org")
    assert without_whatsapp.after(Channel.EMAIL, contact) == Way(Channel.SMS, MOBILE)
    assert without_whatsapp.after(Channel.WHATSAPP, contact) == Way(Channel.SMS, MOBILE)


def test_nothing_but_e_mail_is_on_unless_it_was_set():
    settings = decide_channels({})

    assert settings.on == {Channel.EMAIL}
    assert settings.for_event(is_sensitive=False).is_by_mail_alone


def test_settings_of_a_later_version_are_left_out():
    assert WhatsApp.of('{"on": true, "unheard_of": 1}') == WhatsApp(on=True)


def test_a_template_is_asked_for_in_the_person_s_language_or_its_first():
    gateway = WhatsApp(languages="en_US ar")

    assert [gateway.language_for(one) for one in ("en", "ar", "fr")] == ["en_US", "ar", "en_US"]
