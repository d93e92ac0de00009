"""The address stored by pages and `run` is used by every process, on both databases."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from sqlalchemy import select

from checkin.db.models import Activity
from checkin.domain.common.problems import InvalidValue
from checkin.domain.network.public_address import AddressSource, Listening, PublicAddress
from checkin.services.network import public_address as service
from checkin.services.network.public_address import (
    choose_lan_address,
    keep_base_url,
    keep_sender,
    lan_choices,
    public_address,
    sender_of_mail,
    write_listening,
)
from tests.support.factories import NOW, write


@pytest.fixture(autouse=True)
def _two_networks(monkeypatch):
    """The interfaces of the machine that runs the tests are not ours to count on."""
    lan = [IPv4Address("192.168.1.20"), IPv4Address("10.8.0.3")]
    monkeypatch.setattr(service, "likely_lan_addresses", lambda: lan)


def listen(database, port, host="0.0.0.0"):
    write(database, lambda session: write_listening(session, Listening("http", host, port)))


def address(database):
    with database.read() as session:
        return public_address(session, None)


def test_a_restart_on_another_port_changes_the_public_address(database):
    listen(database, 8222)
    first = address(database).url
    listen(database, 8333)

    assert (first, address(database).url) == (
        "http://192.168.1.20:8222",
        "http://192.168.1.20:8333",
    )


def test_an_address_set_on_the_page_has_precedence_until_it_is_cleared(database):
    listen(database, 8222)

    write(database, lambda s: keep_base_url(s, "https://m.example.org/in/", now=NOW))
    kept = address(database)
    write(database, lambda s: keep_base_url(s, " ", now=NOW))

    assert kept == PublicAddress("https://m.example.org/in", AddressSource.PAGE)
    assert address(database).source == AddressSource.LISTENING


def test_a_chosen_network_address_is_kept_and_follows_the_port(database):
    listen(database, 8222)
    write(database, lambda s: keep_base_url(s, "https://m.example.org", now=NOW))

    write(database, lambda s: choose_lan_address(s, "10.8.0.3", now=NOW))
    listen(database, 8333)

    assert address(database).url == "http://10.8.0.3:8333"
    with database.read() as session:
        assert list(lan_choices(session).items()) == [
            ("10.8.0.3", "http://10.8.0.3:8333"),
            ("192.168.1.20", "http://192.168.1.20:8333"),
        ]


def test_a_server_for_this_machine_alone_offers_no_network_address(database):
    listen(database, 8000, "127.0.0.1")

    with database.read() as session:
        assert lan_choices(session) == {}


@pytest.mark.parametrize(
    ("keep", "text", "reason"),
    [
        (keep_base_url, "http://localhost:8000", "url_only_here"),
        (keep_base_url, "http://laptop:8000", "url_only_here"),
        (keep_base_url, "marhaba.example.org", "url_scheme"),
        (choose_lan_address, "192.168.1.21", "not_this_machines_address"),
        (keep_sender, "Marhaba <marhaba@localhost>", "sender_only_here"),
        (keep_sender, "Marhaba", "invalid_sender"),
    ],
)
def test_an_address_that_other_machines_cannot_use_is_not_stored(database, keep, text, reason):
    with pytest.raises(InvalidValue) as refused:
        write(database, lambda session: keep(session, text, now=NOW))

    assert refused.value.reason == reason
    assert address(database).source == AddressSource.LOCAL


def test_the_sender_address_is_stored_and_every_change_is_logged(database):
    write(database, lambda s: keep_sender(s, "Comité <badges@example.org>", now=NOW))
    write(database, lambda s: keep_base_url(s, "https://m.example.org", now=NOW))
    write(database, lambda s: choose_lan_address(s, "10.8.0.3", now=NOW))

    with database.read() as session:
        sender = sender_of_mail(session, None, is_sent=True)
        acts = session.execute(select(Activity.action, Activity.details).order_by(Activity.id))
        assert [tuple(act) for act in acts] == [
            ("installation.sender", {"sender": "Comité <badges@example.org>"}),
            ("installation.address", {"address": "https://m.example.org"}),
            ("installation.lan_address", {"address": "10.8.0.3"}),
        ]
    assert (sender.text, sender.source) == ("Comité <badges@example.org>", AddressSource.PAGE)
