"""How the server's and the sender's addresses are written, and who understands them."""

from __future__ import annotations

import pytest

from checkin.domain.common.problems import InvalidValue
from checkin.domain.network.addresses import (
    host_of_sender,
    only_this_machine_understands,
    only_this_network_understands,
    public_url,
    sender_address,
)
from checkin.words.problems import problem_sentence


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST", "localhost.", "marhaba.localhost", "localhost.localdomain"),
        *("127.0.0.1", "127.1.2.3", "0.0.0.0", "::1", "[::1]", "::", "::ffff:127.0.0.1"),
        *("laptop", "ip6-localhost", ""),
    ],
)
def test_local_hosts_are_understood_by_this_machine_only(host):
    assert only_this_machine_understands(host)


@pytest.mark.parametrize(
    "host",
    [
        *("192.168.1.20", "10.0.0.5", "169.254.7.7", "fd00::2", "[fd00::2]", "::ffff:10.0.0.5"),
        *("marhaba.local", "marhaba.example.org", "localhost.example.org", "notlocalhost.ma"),
    ],
)
def test_other_hosts_are_understood_by_other_machines(host):
    assert not only_this_machine_understands(host)


@pytest.mark.parametrize(
    ("host", "nearby"),
    [
        *(("192.168.1.20", True), ("10.0.0.5", True), ("100.64.0.9", True), ("fd00::2", True)),
        *(("marhaba.local", True), ("marhaba.lan", True), ("marhaba.home.arpa", True)),
        *(("marhaba.home", True), ("marhaba.internal", True), ("[fd00::2]", True)),
        *(("marhaba.example.org", False), ("8.8.8.8", False), ("2606:4700::1111", False)),
    ],
)
def test_some_hosts_are_reached_from_their_own_network_only(host, nearby):
    assert only_this_network_understands(host) is nearby


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://marhaba.example.org", "https://marhaba.example.org"),
        (" HTTPS://Marhaba.Example.ORG/ ", "https://marhaba.example.org"),
        ("https://example.org/marhaba/", "https://example.org/marhaba"),
        ("https://example.org:443/a/b_c.d~e-f", "https://example.org/a/b_c.d~e-f"),
        ("http://example.org:80", "http://example.org"),
        ("http://example.org:443", "http://example.org:443"),
        ("http://192.168.1.20:8000", "http://192.168.1.20:8000"),
        ("http://[FD00::2]:8000", "http://[fd00::2]:8000"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("http://example.org:1", "http://example.org:1"),
        ("http://example.org:65535", "http://example.org:65535"),
        ("https://événement.ma", "https://xn--vnement-9xab.ma"),
        ("https://مرحبا.المغرب", "https://xn--mgbbop3h.xn--mgbc0a9azcg"),
    ],
)
def test_an_address_is_kept_in_one_form(text, url):
    assert public_url(text) == url


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((text, "url_scheme") for text in ("", "marhaba.example.org", "ftp://example.org", "//x")),
        *((text, "url_scheme") for text in ("localhost:8000", "http:/example.org", "http:example")),
        *((text, "url_spaces") for text in ("http://a b.org", "http://example.org/a b")),
        *((text, "url_spaces") for text in ("http://exa\nmple.org", "http://example.org:8 0")),
        *((text, "url_password") for text in ("http://me@example.org", "http://u:p@example.org")),
        ("http://u:p#w@example.org", "url_password"),
        *((text, "url_query") for text in ("http://example.org?x=1", "http://example.org/#top")),
        *((text, "url_host") for text in ("http://", "https:///path", "http://-a.org")),
        *((text, "url_host") for text in ("http://a..org", "http://a_b.org", "http://[::1")),
        *((text, "url_host") for text in ("http://[fe80::1%25eth0]", "http://[192.168.1.1]")),
        # what browsers read as 127.0.0.1, however it is written
        *((text, "url_host") for text in ("http://127.1", "http://2130706433", "http://0x7f.1")),
        *((text, "url_host") for text in ("http://192.168.1.300", "http://1.2.3")),
        *((text, "url_port") for text in ("http://a.org:0", "http://a.org:65536", "http://a.org:")),
        *((text, "url_port") for text in ("http://a.org:x", "http://a.org:-1", "http://a.org:٨٠")),
        *(
            (text, "url_path")
            for text in (
                "http://a.org//b",
                "http://a.org/../b",
                "http://a.org/./b",
                "http://a.org/é",
                "http://a.org/مرحبا",
            )
        ),
        # where browsers were when somebody copied the address
        *((f"https://a.org/{page}", "url_own_path") for page in ("login", "events/salon/board")),
        ("http://a.org/" + "b" * 200, "too_long"),
    ],
)
def test_an_address_that_will_not_do_is_refused_with_its_reason(text, reason):
    with pytest.raises(InvalidValue) as refused:
        public_url(text)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("read", "longest"),
    [
        (public_url, "http://a.org/" + "b" * 187),
        (sender_address, "b" * 194 + "@a.org"),
    ],
)
def test_an_address_has_at_most_200_characters(read, longest):
    assert read(longest) == longest
    with pytest.raises(InvalidValue) as refused:
        read("b" + longest)

    assert (refused.value.reason, refused.value.hints) == ("too_long", ("200",))


def test_a_password_in_an_address_is_not_repeated():
    with pytest.raises(InvalidValue) as refused:
        public_url("https://admin:geheim@example.org")

    assert "geheim" not in problem_sentence(refused.value.in_column("base_url"), "fr")


@pytest.mark.parametrize(
    "text", ["no", "http://a b.org", "http://u@a.org", "http://a.org?x", "http://127.1", "http://"]
)
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_refusal_has_a_sentence_in_each_language(text, language):
    with pytest.raises(InvalidValue) as refused:
        public_url(text)

    sentence = problem_sentence(refused.value.in_column("base_url"), language)
    assert "{" not in sentence
    assert any("\u0600" <= letter <= "\u06ff" for letter in sentence) is (language == "ar")


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("badges@example.org", "badges@example.org"),
        ("Secrétariat <badges@example.org>", "Secrétariat <badges@example.org>"),
        (' "Secrétariat" <Badges@Example.ORG> ', "Secrétariat <Badges@example.org>"),
        ("مرحبا <badges@événement.ma>", "مرحبا <badges@xn--vnement-9xab.ma>"),
        ("Marhaba <marhaba@localhost>", "Marhaba <marhaba@localhost>"),
    ],
)
def test_a_sender_is_kept_in_one_form(text, sender):
    assert sender_address(text) == sender


@pytest.mark.parametrize(
    "text",
    [
        *("", "Marhaba", "a@", "@b.org", "a@b@c.org", "A <a@b.org", "a@b.org, c@d.org"),
        *("A\r\nBcc: x@y.org <a@b.org>", "a b@c.org", "é@example.org", "a@-b.org"),
    ],
)
def test_what_is_no_sender_is_refused(text):
    with pytest.raises(InvalidValue) as refused:
        sender_address(text)

    assert refused.value.reason == "invalid_sender"


def test_the_host_of_a_sender_is_its_domain():
    senders = ("Marhaba <marhaba@localhost>", "a@example.org", "nobody")

    assert [host_of_sender(one) for one in senders] == ["localhost", "example.org", ""]
