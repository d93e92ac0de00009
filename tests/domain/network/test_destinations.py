"""Which addresses of others may be called."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from checkin.domain.network.destinations import (
    DestinationRefused,
    OutgoingAllowed,
    is_inside,
    outgoing_allowed,
    written_address,
)

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.1.20",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "3fff::1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "224.0.0.251",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:7f00:1::",
]
OUTSIDE = [
    "1.1.1.1",
    "8.8.8.8",
    "193.110.81.0",
    "196.200.131.1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2606:4700:4700::1111",
    "2002:808:808::1",
    "2a00:1450::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_are_not_of_the_public_internet_are_inside(address):
    assert is_inside(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_addresses_of_the_public_internet_are_not(address):
    assert not is_inside(ip_address(address))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://Example.ORG", "https://example.org/"),
        (" https://example.org:443/a?b=c#d ", "https://example.org/a?b=c"),
        ("https://example.org:8443/é", "https://example.org:8443/%C3%A9"),
        ("https://exämple.org/%41", "https://xn--exmple-cua.org/%41"),
        ("http://[2001:db8::1]:80/x", "http://[2001:db8::1]/x"),
    ],
)
def test_an_address_is_taken_apart_and_put_together_in_normal_form(text, url):
    assert written_address(text).url == url


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("example.org", "destination_not_https"),
        ("file:///etc/passwd", "destination_not_https"),
        ("gopher://example.org", "destination_not_https"),
        ("https://", "destination_written"),
        ("https://exa mple.org/", "destination_written"),
        ("https://example.org/a b", "destination_written"),
        ("https://example.org/\r\nX: y", "destination_written"),
        ("https://example.org\\@evil.org/", "destination_password"),
        ("https://example.org\\evil/", "destination_written"),
        ("https://example.org:0/", "destination_written"),
        ("https://example.org:99999/", "destination_written"),
        ("https://[fe80::1%eth0]/", "destination_written"),
        ("https://[::1", "destination_written"),
        ("https://me:secret@example.org/", "destination_password"),
        ("https://example.org/" + "a" * 2_000, "destination_long"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(text, reason):
    with pytest.raises(DestinationRefused) as refused:
        written_address(text)

    assert refused.value.reason == reason
    assert "secret" not in refused.value.value


def test_the_setting_reads_networks_addresses_and_names():
    assert outgoing_allowed("10.0.0.0/8, 192.168.1.5 ,Intranet.Example.org., ") == OutgoingAllowed(
        (ip_network("10.0.0.0/8"), ip_network("192.168.1.5/32")),
        frozenset({"intranet.example.org"}),
    )


@pytest.mark.parametrize("text", ["10.0.0.0/99", "1.2.3", "a b", "https://x.org", "0.0.0.0/0"])
def test_the_setting_refuses_what_is_neither(text):
    with pytest.raises(ValueError, match=r"neither|whole internet"):
        outgoing_allowed(text)


def test_an_address_is_held_by_its_network_however_it_is_written():
    allowed = outgoing_allowed("10.0.0.0/8")

    assert [allowed.holds(one) for one in ("10.1.1.1", "::ffff:10.1.1.1", "11.1.1.1")] == [
        True,
        True,
        False,
    ]
