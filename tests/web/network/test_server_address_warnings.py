"""The page of the server's address warns of one that contradicts the server."""

from __future__ import annotations

import re
from html import unescape
from ipaddress import IPv4Address

import pytest

from checkin.domain.network.public_address import Listening
from checkin.services.network import public_address as service
from checkin.services.network.public_address import write_listening
from tests.support.factories import write
from tests.web.network.test_server_address import PAGE, Unset


class TestWarnings(Unset):
    """Saved all the same, with a sentence, a sign and a word beside it."""

    @pytest.fixture(autouse=True)
    def _two_networks(self, database, monkeypatch):
        lan = [IPv4Address("192.168.1.20"), IPv4Address("10.8.0.3")]
        monkeypatch.setattr(service, "likely_lan_addresses", lambda: lan)
        monkeypatch.setattr(service, "own_addresses", lambda: [IPv4Address("127.0.0.1"), *lan])
        write(database, lambda s: write_listening(s, Listening("http", "0.0.0.0", 8222)))

    @pytest.mark.parametrize(
        ("url", "language", "sentence"),
        [
            ("http://10.77.5.2:8222", "fr", "Attention\u00a0: cette machine a 192.168.1.20, "),
            ("http://10.77.5.2:8222", "ar", "تنبيه: لهذه الآلة في الشبكة 192.168.1.20، "),
            ("http://10.77.5.2:8222", "en", "Warning: this machine has 192.168.1.20, "),
            (
                *("https://192.168.1.20:8222", "fr"),
                "Attention\u00a0: le serveur répond à http://192.168.1.20:8222, et non à https://",
            ),
            (
                *("https://192.168.1.20:8222", "ar"),
                "تنبيه: الخادم يجيب في http://192.168.1.20:8222 وليس في https://192.168.1.20:8222؛",
            ),
            (
                *("https://192.168.1.20:8222", "en"),
                "Warning: the server answers at http://192.168.1.20:8222, not at https://",
            ),
        ],
    )
    def test_an_address_that_contradicts_the_server_shows_a_warning(
        self, chief, url, language, sentence
    ):
        saved = chief.send(PAGE, PAGE, value=url)
        shown = unescape(chief.read(f"{PAGE}?lang={language}"))

        warned = re.findall(r'<p class="notice notice-warn">▲ <strong>(.*)</p>', shown)
        assert saved.status_code == 303  # a warning, and not a refusal
        assert [
            re.sub("</?strong>|[\u2068\u2069]", "", one)[: len(sentence)] for one in warned
        ] == [sentence]

    def test_an_address_that_agrees_with_the_server_shows_no_warning(self, chief):
        for url in ("http://10.8.0.3:8222", "https://marhaba.example.org", ""):
            chief.send(PAGE, PAGE, value=url)

            assert "<strong>Attention" not in chief.read(PAGE)
