"""In which of the documented ways an installation is run."""

from __future__ import annotations

import pytest

from checkin.domain.network.modes import Mode, mode_of


@pytest.mark.parametrize(
    ("url", "answers", "has_proxies", "mode"),
    [
        ("http://192.168.1.20:8000", "", False, Mode.LAPTOP),
        ("http://192.168.1.20:8000", "http", False, Mode.LAPTOP),
        ("https://192.168.1.20:8000", "https", False, Mode.LAPTOP_TLS),
        ("https://marhaba.local:8000", "", False, Mode.LAPTOP_TLS),
        ("https://checkin.example.org", "https", False, Mode.LAPTOP_TLS),
        ("https://checkin.example.org", "", False, Mode.PROXY),
        ("https://checkin.example.org", "http", False, Mode.PROXY),
        ("https://192.168.1.20", "http", False, Mode.PROXY),
        ("http://192.168.1.20:8000", "http", True, Mode.PROXY),
    ],
)
def test_the_way_is_told_by_the_address_and_by_what_the_server_speaks(
    url: str, answers: str, has_proxies: bool, mode: Mode
) -> None:
    assert mode_of(url, answers, has_proxies=has_proxies) is mode
