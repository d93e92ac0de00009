"""An address of another machine, or of another scheme or port than the server's, is warned of."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from checkin.domain.network.contradictions import contradiction
from checkin.domain.network.public_address import Listening
from checkin.words.isolates import without_isolates
from checkin.words.problems import problem_advice

OWN = [ip_address(text) for text in ("10.77.5.1", "127.0.0.1", "::1", "fd00::2", "fe80::1")]
EVERYWHERE = Listening("https", "0.0.0.0", 8000)
THERE = Listening("https", "10.77.5.1", 8000)
HERE = Listening("http", "127.0.0.1", 8000)


def found(url, listening, own=OWN):
    warning = contradiction(url, listening, own)
    return warning and (warning.code, warning.value, warning.hints)


@pytest.mark.parametrize("listening", [EVERYWHERE, THERE, None, Listening("http", "m.org", 80)])
@pytest.mark.parametrize("host", ["192.168.1.20", "10.77.5.2", "172.16.0.9", "100.64.0.9"])
def test_an_address_of_another_machine(host, listening):
    assert found(f"http://{host}:8000", listening) == ("url_not_here", host, ("10.77.5.1",))


def test_an_ipv6_address_of_another_machine():
    assert found("http://[fd00::9]", EVERYWHERE) == ("url_not_here", "fd00::9", ("fd00::2",))


def test_a_machine_on_no_network_and_one_on_many():
    many = [ip_address(f"10.0.{number}.1") for number in (9, 1, 2, 3)]

    assert found("http://10.0.0.1", EVERYWHERE, OWN[1:3]) == ("url_no_network", "10.0.0.1", ())
    assert found("http://10.0.0.1", EVERYWHERE, [*many, *many]) == (
        *("url_not_here", "10.0.0.1"),
        ("10.0.9.1", "10.0.1.1", "10.0.2.1"),
    )


def test_the_address_that_the_server_had_before_the_network_changed():
    lost = Listening("http", "192.168.1.20", 8000)

    assert found("http://192.168.1.20:8000", lost) == (
        *("url_not_here", "192.168.1.20"),
        ("10.77.5.1",),
    )


@pytest.mark.parametrize(
    ("url", "listening", "answers"),
    [
        ("http://10.77.5.1:8000", EVERYWHERE, "https://10.77.5.1:8000"),
        ("https://10.77.5.1", EVERYWHERE, "https://10.77.5.1:8000"),
        ("http://10.77.5.1:8000", THERE, "https://10.77.5.1:8000"),
        ("http://10.77.5.1:8000/m", THERE, "https://10.77.5.1:8000"),
        ("https://localhost", EVERYWHERE, "https://localhost:8000"),
        ("http://marhaba.local:8000", EVERYWHERE, "https://marhaba.local:8000"),
        ("https://marhaba.local", THERE, "https://marhaba.local:8000"),
        ("http://localhost:9000", HERE, "http://localhost:8000"),
        ("https://127.0.0.1:8000", HERE, "http://127.0.0.1:8000"),
        ("https://[fd00::2]", Listening("https", "::", 443), None),
        ("http://[fd00::2]", Listening("https", "::", 443), "https://[fd00::2]"),
        ("http://[fd00::2]", Listening("https", "fd00::2", 443), "https://[fd00::2]"),
        # over IPv4 alone nobody answers there, whatever the port
        ("http://[fd00::2]", EVERYWHERE, None),
    ],
)
def test_another_scheme_or_port_than_the_servers(url, listening, answers):
    wanted = answers and ("url_answers_elsewhere", url, (answers,))

    assert found(url, listening) == wanted


@pytest.mark.parametrize(
    ("url", "listening"),
    [
        ("https://10.77.5.1:8000", EVERYWHERE),
        ("https://10.77.5.1:8000/m", EVERYWHERE),
        ("https://marhaba.local:8000", THERE),
        ("http://localhost:8000", HERE),
        # names that others give, and addresses of the internet, lead here by ways of their own
        ("https://marhaba.example.org", EVERYWHERE),
        ("http://8.8.8.8", EVERYWHERE),
        ("http://laptop.local", EVERYWHERE),
        # for this machine alone: something else brings people here
        ("http://192.168.1.20", HERE),
        ("http://10.77.5.1", HERE),
        ("https://marhaba.local", HERE),
        ("http://localhost:9000", THERE),
        # before the first start scheme and port are not known
        ("http://10.77.5.1:8000", None),
        ("http://localhost:9000", None),
    ],
)
def test_what_may_well_be_right_is_not_warned_of(url, listening):
    assert found(url, listening) is None


@pytest.mark.parametrize("url", ["http://192.168.1.20", "http://10.77.5.1", "http://localhost"])
def test_behind_a_proxy_every_address_may_be_right(url):
    assert found(url, EVERYWHERE) is not None
    assert contradiction(url, EVERYWHERE, OWN, is_behind_proxy=True) is None


@pytest.mark.parametrize(
    ("language", "another", "elsewhere", "none"),
    [
        (
            "fr",
            "cette machine a 10.77.5.1, et non 192.168.1.20\u00a0;",
            "le serveur répond à https://10.77.5.1:8000, et non à http://10.77.5.1:8000\u00a0;",
            "cette machine n’a pas 192.168.1.20, ni aucune autre adresse sur un réseau\u00a0;",
        ),
        (
            "ar",
            "لهذه الآلة في الشبكة 10.77.5.1 وليس 192.168.1.20؛",
            "الخادم يجيب في https://10.77.5.1:8000 وليس في http://10.77.5.1:8000؛",
            "ليس لهذه الآلة 192.168.1.20 ولا أي عنوان آخر في شبكة؛",
        ),
        (
            "en",
            "this machine has 10.77.5.1, not 192.168.1.20;",
            "the server answers at https://10.77.5.1:8000, not at http://10.77.5.1:8000;",
            "this machine does not have 192.168.1.20, nor any other address on a network;",
        ),
    ],
)
def test_the_sentences_are_in_the_readers_language(language, another, elsewhere, none):
    warnings = [
        contradiction("http://192.168.1.20:8000", EVERYWHERE, OWN),
        contradiction("http://10.77.5.1:8000", EVERYWHERE, OWN),
        contradiction("http://192.168.1.20:8000", EVERYWHERE, []),
    ]

    for warning, begins in zip(warnings, (another, elsewhere, none), strict=True):
        assert warning is not None
        told = without_isolates(problem_advice(warning, language))
        assert told.startswith(begins)
        assert told.endswith("(CHECKIN_TRUSTED_PROXIES).")
