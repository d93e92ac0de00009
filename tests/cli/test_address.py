"""Commands name the address that others use, or say that nothing leaves with the one there is."""

from __future__ import annotations

import email
import email.policy
import json
import re
from email.message import EmailMessage
from pathlib import Path

import pytest

from checkin.cli.running.serving import reached_host
from checkin.db.engine import Database, in_transaction
from checkin.domain.network.public_address import Listening
from checkin.services.network.public_address import write_listening
from tests.cli.conftest import Run

LOCAL = "only this machine understands http://localhost:8000, so nothing leaves with it"


@pytest.fixture
def bare(demo: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The demo as it is on a laptop: nobody has set an address."""
    monkeypatch.delenv("CHECKIN_BASE_URL")
    return demo


def listen(home: Path, host: str, port: int, scheme: str = "http") -> None:
    """Write down what `run` does."""
    database = Database(f"sqlite:///{home / 'marhaba.db'}")
    in_transaction(database, lambda s: write_listening(s, Listening(scheme, host, port)))
    database.dispose()


def test_badges_are_not_sent_with_an_address_of_this_machine_alone(bare: Run, home: Path) -> None:
    ran = bare("badges", "send")

    assert (ran.code, ran.out) == (1, "")
    assert LOCAL in ran.err
    assert "CHECKIN_BASE_URL" in ran.err
    assert list(home.glob("outbox/*")) == []
    queued = json.loads(bare("badges", "status", "--json").out)["delegations"]
    assert {line["sent"] for line in queued} == {0}


def test_badges_are_not_sent_by_a_sender_of_this_machine_alone(
    demo: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKIN_MAIL_URL", "smtp://127.0.0.1:9")

    ran = demo("badges", "send")

    assert (ran.code, ran.out) == (1, "")
    assert "only this machine understands Marhaba <marhaba@localhost>" in ran.err
    assert "CHECKIN_MAIL_FROM" in ran.err


def test_badges_sent_at_home_say_what_a_network_address_means(
    demo: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKIN_BASE_URL", "http://192.168.1.20:8000")

    ran = demo("badges", "send", "--limit", 1)

    assert ran.code == 0
    assert "http://192.168.1.20:8000 works on this network only" in ran.err


def test_each_mail_leads_to_the_badges_page(demo: Run, home: Path) -> None:
    demo("badges", "send", "--limit", 1)

    [file] = home.glob("outbox/*.eml")
    letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    for kind in ("plain", "html"):
        body = letter.get_body((kind,))
        assert body is not None
        text = body.get_content()
        assert re.search(r"http://marhaba\.example\.org/b/[a-z2-7]{39}", text)
        assert "localhost" not in text


def test_pairing_on_this_machine_works_and_says_that_others_cannot(bare: Run, home: Path) -> None:
    listen(home, "127.0.0.1", 8222)

    for command in (
        ("device", "pair", "--gate", "Porte 1"),
        ("device", "add", "--gate", "Porte 1"),
    ):
        ran = bare(*command)

        assert ran.code == 0
        assert "python -m scanner --server http://localhost:8222 " in ran.out
        assert "on this machine only: other machines cannot use this address" in ran.out


def test_pairing_names_the_address_that_others_use(demo: Run) -> None:
    ran = demo("device", "pair", "--gate", "Porte 1")

    assert "scanner: python -m scanner --server http://marhaba.example.org --pair " in ran.out
    assert "browser: http://marhaba.example.org/scan#pair=" in ran.out
    assert "on this machine only" not in ran.out


def test_a_reissue_gives_no_link_that_nobody_else_opens(bare: Run) -> None:
    ran = bare("badges", "reissue", 1, "--reason", "perdu", "--json")

    assert (ran.code, json.loads(ran.out)["page"]) == (0, None)
    assert LOCAL in ran.err


def test_the_address_for_bounces_is_refused_and_given(bare: Run, monkeypatch) -> None:
    refused = bare("badges", "bounces", "--webhook")
    monkeypatch.setenv("CHECKIN_BASE_URL", "https://m.example.org/in")

    assert (refused.code, refused.out) == (1, "")
    assert bare("badges", "bounces", "--webhook").out.startswith(
        "https://m.example.org/in/mail/bounces/"
    )


def test_the_doctor_names_an_address_of_this_machine_alone(bare: Run) -> None:
    ran = bare("doctor")

    assert ran.code == 1
    assert "✗ server's address: http://localhost:8000 (nothing was set): other machines " in ran.out
    assert "✓ sender of mail" in ran.out


def test_the_doctor_names_the_sender_and_offers_the_telephone(
    demo: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKIN_MAIL_URL", "smtp://127.0.0.1:9")

    ran = demo("doctor")

    assert "✓ server's address" in ran.out
    assert "✗ sender of mail: only this machine understands Marhaba" in ran.out
    assert "– opened from another device: not yet: " in ran.out
    assert "http://marhaba.example.org/server-address has a QR" in ran.out


def test_the_address_is_shown_and_set(bare: Run) -> None:
    before = bare("address")
    kept = bare(
        *("address", "--set", "https://m.example.org/in/"),
        *("--sender", "Comité <badges@example.org>"),
    )
    refused = bare("address", "--set", "http://localhost:8000")
    foreign = bare("address", "--lan", "203.0.113.9")
    emptied = bare("address", "--set", "")

    assert before.out.startswith("address: http://localhost:8000 (nothing was set)\n")
    assert kept.out == (
        "address: https://m.example.org/in (set on the page or by this command)\n"
        "         opened from another device: not yet\n"
        "sender:  Comité <badges@example.org> (set on the page or by this command)\n"
    )
    assert (refused.code, LOCAL in refused.err) == (1, True)
    assert (foreign.code, "is no network address of this machine" in foreign.err) == (1, True)
    assert emptied.out.startswith("address: http://localhost:8000 (nothing was set)\n")


def test_a_line_of_the_file_is_named_and_rules_over_the_page(bare: Run, home: Path) -> None:
    bare("address", "--set", "https://page.example.org")
    (home.parent / ".env").write_text("CHECKIN_BASE_URL=https://file.example.org\n")

    ran = bare("address")

    assert ran.out.startswith("address: https://file.example.org (from the file .env)\n")


@pytest.mark.parametrize(
    ("host", "address", "reached"),
    [
        ("0.0.0.0", "0.0.0.0", "0.0.0.0"),
        ("laptop", "192.168.1.20", "192.168.1.20"),
        ("m.example.org", "192.0.2.7", "m.example.org"),
        ("localhost", "127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_name_that_others_do_not_know_is_replaced_by_its_address(host, address, reached) -> None:
    assert reached_host(host, address) == reached
