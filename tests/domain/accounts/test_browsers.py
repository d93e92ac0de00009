"""What is kept of a browser and of an address."""

from __future__ import annotations

import pytest

from checkin.domain.accounts.browsers import client_of, device_name, network_of


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox · Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 OPR/120.0",
            "Opera · Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
            "Chrome · Android",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130.0 Safari/537.36",
            "Samsung Internet · Android",
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/140.0 Safari/537.36",
            "Chrome · Chromebook",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Safari/604.1",
            "Chrome · iPhone",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) FxiOS/140.0 Safari/605.1",
            "Firefox · iPad",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1",
            "Safari · Mac",
        ),
        ("curl/8.0 <script>", ""),
    ],
)
def test_of_a_browser_only_its_kind_is_kept(agent, name):
    assert device_name(agent) == name


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("196.200.131.77", "196.200.131.0/24"),
        ("196.200.131.200", "196.200.131.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::9", "2001:db8:1::/48"),
        ("unix", ""),
        (None, ""),
    ],
)
def test_of_an_address_only_its_network_is_kept(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", ""),
        (None, ""),
    ],
)
def test_whoever_has_a_whole_ipv6_network_is_one_client(address, client):
    assert client_of(address) == client
