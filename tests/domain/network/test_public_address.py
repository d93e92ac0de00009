"""The setting rules, else where the server listens; what only this machine knows never leaves."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest

from checkin.domain.network.addresses import OnlyThisMachine
from checkin.domain.network.public_address import (
    NO_SENDER,
    AddressSource,
    Given,
    Listening,
    PublicAddress,
    SenderAddress,
    decide_address,
    decide_sender,
    listening_of,
)
from checkin.words.problems import problem_sentence

IPV6_ALONE = [IPv6Address("fd00::2")]
LAN = [IPv4Address("192.168.1.20"), IPv4Address("10.8.0.3")]
EVERYWHERE = Listening("http", "0.0.0.0", 8222).text
OVER_TLS = Listening("https", "0.0.0.0", 8443).text
ENVIRONMENT = Given("https://set.example.org/m", AddressSource.ENVIRONMENT)
DOTENV = Given("https://file.example.org", AddressSource.DOTENV)


@pytest.mark.parametrize(
    ("given", "kept", "lan", "url", "source"),
    [
        (None, {}, LAN, "http://localhost:8000", "local"),
        (None, {"listening": "http 8222 127.0.0.1"}, LAN, "http://localhost:8222", "local"),
        (None, {"listening": "https 8443 ::1"}, LAN, "https://localhost:8443", "local"),
        (None, {"listening": EVERYWHERE}, LAN, "http://192.168.1.20:8222", "listening"),
        (None, {"listening": "http 80 ::"}, LAN, "http://192.168.1.20", "listening"),
        (None, {"listening": EVERYWHERE}, [], "http://localhost:8222", "local"),
        # of a network without IPv4 the server is reached at what it listens on
        (None, {"listening": "http 8000 ::"}, IPV6_ALONE, "http://[fd00::2]:8000", "listening"),
        (None, {"listening": EVERYWHERE}, IPV6_ALONE, "http://localhost:8222", "local"),
        (None, {"listening": OVER_TLS}, LAN, "https://192.168.1.20:8443", "listening"),
        (None, {"listening": "http 80 10.8.0.3"}, LAN, "http://10.8.0.3", "listening"),
        (None, {"listening": "http 8000 fd00::2"}, LAN, "http://[fd00::2]:8000", "listening"),
        (
            None,
            {"listening": "http 8000 a.example.org"},
            [],
            "http://a.example.org:8000",
            "listening",
        ),
        (
            None,
            {"listening": EVERYWHERE, "lan_address": "10.8.0.3"},
            LAN,
            "http://10.8.0.3:8222",
            "listening",
        ),
        # what was chosen is no address of this machine any more: another network
        (
            None,
            {"listening": EVERYWHERE, "lan_address": "172.16.0.9"},
            LAN,
            "http://192.168.1.20:8222",
            "listening",
        ),
        (
            None,
            {"listening": EVERYWHERE, "base_url": "https://page.example.org"},
            LAN,
            "https://page.example.org",
            "page",
        ),
        (DOTENV, {"base_url": "https://page.example.org"}, LAN, DOTENV.value, "dotenv"),
        (ENVIRONMENT, {"listening": EVERYWHERE}, LAN, ENVIRONMENT.value, "environment"),
    ],
)
def test_the_address_is_what_is_set_else_where_the_server_listens(given, kept, lan, url, source):
    assert decide_address(given, kept, lan) == PublicAddress(url, AddressSource(source))


def test_where_the_server_listens_is_kept_in_one_line():
    kept = Listening("https", "fd00::2", 8443)

    assert listening_of(kept.text) == kept


def test_an_address_of_this_machine_alone_leaves_with_nothing():
    local = PublicAddress("http://localhost:8000", AddressSource.LOCAL)

    with pytest.raises(OnlyThisMachine) as refused:
        local.for_others()

    assert refused.value.detail == (
        "Server's address: only this machine understands http://localhost:8000, so nothing leaves "
        "with it; set the address that others use (CHECKIN_BASE_URL)."
    )
    assert "CHECKIN_BASE_URL" in problem_sentence(refused.value.problem, "fr")
    assert "CHECKIN_BASE_URL" in problem_sentence(refused.value.problem, "ar")


def test_an_address_that_others_know_leaves():
    address = PublicAddress("https://marhaba.example.org/m", AddressSource.PAGE)

    assert (address.for_others(), address.is_https) == ("https://marhaba.example.org/m", True)


@pytest.mark.parametrize(("is_sent", "leaves"), [(False, True), (True, False)])
def test_a_mail_server_never_sees_the_sender_of_nobody(is_sent, leaves):
    sender = decide_sender(None, {}, is_sent=is_sent)

    assert (sender.text, sender.source) == (NO_SENDER, AddressSource.LOCAL)
    assert (sender.problem is None) is leaves
    if not leaves:
        with pytest.raises(OnlyThisMachine, match="CHECKIN_MAIL_FROM"):
            sender.for_others()


def test_the_sender_is_what_is_set_environment_first():
    page = {"mail_from": "page@example.org"}
    given = Given("env@example.org", AddressSource.ENVIRONMENT)

    assert decide_sender(None, page, is_sent=True) == SenderAddress(
        "page@example.org", AddressSource.PAGE, True
    )
    assert decide_sender(given, page, is_sent=True).for_others() == "env@example.org"
