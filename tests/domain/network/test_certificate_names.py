"""Which names a certificate of our own making is about, and when it is too old."""

from datetime import UTC, datetime, timedelta

import pytest

from checkin.domain.network.certificate_names import (
    LOCAL_NAMES,
    RENEW_BEFORE,
    Names,
    is_outdated,
    is_permitted,
    permitted,
)

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@pytest.mark.parametrize(
    "inside",
    [
        *("127.0.0.1", "127.0.1.1", "10.255.255.255", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.20", "169.254.3.4", "100.64.0.1", "100.127.255.255"),
        *("::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "[::1]"),
        *("localhost", "LOCALHOST", "local", "marhaba.local", "Marhaba.Local.", "a.b.lan", "lan."),
    ],
)
def test_private_addresses_and_local_names_are_inside(inside):
    assert is_permitted(inside)


@pytest.mark.parametrize(
    "outside",
    [
        *("192.0.2.2", "11.0.0.1", "172.32.0.1", "192.169.0.1", "100.128.0.1", "8.8.8.8"),
        *("::2", "2001:db8::1", "::ffff:10.0.0.1"),
        *("laptop", "example.org", "notlocal", "xlocal", "local.example", "le pc.local"),
        *("مرحبا.local", "a_b.local", ""),
    ],
)
def test_everything_else_is_outside(outside):
    assert not is_permitted(outside)


def test_what_is_outside_is_left_out():
    names = Names.of(["laptop", "laptop.local", "192.168.1.20", "192.0.2.2"])

    assert permitted(names) == Names.of(["laptop.local", "192.168.1.20"])
    assert (names - permitted(names)).texts() == ("laptop", "192.0.2.2")


def test_names_are_told_in_one_order():
    texts = ["::1", "b.local", "10.0.0.10", "fd00::2", "10.0.0.9", "a.local", "172.16.0.1"]

    assert Names.of(texts).texts() == (
        *("a.local", "b.local", "10.0.0.9", "10.0.0.10", "172.16.0.1", "::1", "fd00::2"),
    )


def test_a_server_takes_one_of_five_names_on_its_network():
    assert (
        *("marhaba.local", "marhaba-2.local", "marhaba-3.local", "marhaba-4.local"),
        "marhaba-5.local",
    ) == LOCAL_NAMES


def test_a_new_address_or_name_makes_a_leaf_old():
    covered = Names.of(["laptop.local", "192.168.1.20"])

    assert is_outdated(covered, Names.of(["10.0.8.77"]), LATER, NOW)
    assert is_outdated(covered, Names.of(["stage.local", "192.168.1.20"]), LATER, NOW)


def test_a_network_that_is_lost_for_a_moment_does_not():
    covered = Names.of(["laptop.local", "192.168.1.20"])

    assert not is_outdated(covered, Names.of(["laptop.local"]), LATER, NOW)


def test_a_link_local_address_of_ipv6_waits_for_the_next_leaf():
    """Each container and each virtual network brings one, and no browser can be told to open it."""
    covered = Names.of(["192.168.1.20"])

    assert not is_outdated(covered, Names.of(["192.168.1.20", "fe80::1"]), LATER, NOW)
    assert is_outdated(covered, Names.of(["192.168.1.20", "fd00::1"]), LATER, NOW)


def test_a_leaf_is_old_before_it_expires():
    names = Names.of(["192.168.1.20"])

    assert not is_outdated(names, names, NOW + RENEW_BEFORE, NOW)
    assert is_outdated(names, names, NOW + RENEW_BEFORE - timedelta(seconds=1), NOW)
