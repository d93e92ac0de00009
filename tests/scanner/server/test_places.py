"""A gate believes in a hub by the word of its event's server, and goes where it is answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkin.protocol.gate_list import public_key_text
from checkin.protocol.hubs import HubCertificate, sign_certificate
from scanner.server.places import HUBS, Place, Places

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
NOW = datetime(2026, 12, 1, 14, tzinfo=UTC)


class Line:
    """Which places answer."""

    def __init__(self) -> None:
        self.place: Place | None = None
        self.answering: set[str] = set()

    def go_to(self, place: Place | None) -> None:
        self.place = place

    def answers_at(self, place: Place | None) -> bool:
        return (place.address if place else "central") in self.answering


def a_certificate(hub_id=1, event="rabat-2025", key=KEY, **more):
    told = {
        "event": event,
        "hub_id": hub_id,
        "name": f"Salle {hub_id}",
        "public_key": public_key_text(KEY),
        "walk_in_key": "",
        "authority": "-----BEGIN CERTIFICATE-----",
        "addresses": [f"https://192.168.1.{hub_id}:8443"],
        "not_after": NOW + timedelta(days=7),
        "issued_at": NOW,
    }
    return sign_certificate(key, HubCertificate(**(told | more)))


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def places(line, tmp_path):
    return Places(line, tmp_path, lambda: "rabat-2025", lambda: public_key_text(KEY), lambda: NOW)


ADDRESS = "https://192.168.1.1:8443"


def test_a_gate_goes_to_the_hub_that_answers_and_stays_there(line, places):
    places.learn({"hubs": [a_certificate()]})
    line.answering = {"central", ADDRESS}

    moved = [places.choose(is_online=True), places.choose(is_online=True)]

    assert (moved, places.at_hub, line.place.address) == ([True, False], "Salle 1", ADDRESS)


def test_where_the_hub_is_gone_it_goes_to_the_central_server(line, places):
    places.learn({"hubs": [a_certificate()]})
    line.answering = {ADDRESS}
    places.choose(is_online=True)
    line.answering = {"central"}

    assert places.choose(is_online=False)
    assert places.at_hub == ""


def test_with_nobody_there_it_stays_where_it_is(line, places):
    places.learn({"hubs": [a_certificate()]})
    line.answering = {ADDRESS}
    places.choose(is_online=True)
    line.answering = set()

    assert not places.choose(is_online=False)
    assert places.at_hub == "Salle 1"


def test_a_hub_is_found_by_the_name_that_it_announces_when_its_address_has_changed(line, places):
    places.learn({"hubs": [a_certificate()]})
    line.answering = {"https://marhaba.local:8443"}

    places.choose(is_online=False)

    assert line.place.address == "https://marhaba.local:8443"


@pytest.mark.parametrize(
    "forged",
    [
        a_certificate(key=Ed25519PrivateKey.from_private_bytes(b"x" * 32)),
        a_certificate(event="fes-2025"),
        a_certificate(not_after=NOW - timedelta(seconds=1)),
        a_certificate() | {"signature": "AAAA"},
        {"document": {}, "signature": ""},
        "no certificate",
    ],
    ids=["another key", "another event", "expired", "no signature", "empty", "text"],
)
def test_a_hub_without_the_word_of_the_events_server_is_none(line, places, forged):
    places.learn({"hubs": [forged]})
    line.answering = {ADDRESS}

    assert not places.choose(is_online=False)


def test_what_was_changed_on_the_disk_is_not_believed(line, places, tmp_path):
    places.learn({"hubs": [a_certificate()]})
    kept = (tmp_path / HUBS).read_text("utf-8")
    (tmp_path / HUBS).write_text(kept.replace("192.168.1.1", "192.168.1.66"), "utf-8")
    line.answering = {"https://192.168.1.66:8443"}

    assert not places.choose(is_online=False)


def test_a_gate_leaves_a_hub_that_was_revoked(line, places):
    places.learn({"hubs": [a_certificate(1), a_certificate(2)]})
    line.answering = {ADDRESS}
    places.choose(is_online=True)

    places.learn({"hubs": [a_certificate(2)]})

    assert line.place is None


def test_what_is_known_of_hubs_is_erased_with_the_device(line, places, tmp_path):
    places.learn({"hubs": [a_certificate()]})
    line.answering = {ADDRESS}
    places.choose(is_online=True)

    places.forget()

    assert (line.place, list(tmp_path.iterdir())) == (None, [])


def test_nobody_vouches_for_a_hub_while_the_events_key_is_unknown(line, tmp_path):
    places = Places(line, tmp_path, lambda: "rabat-2025", str, lambda: NOW)
    places.learn({"hubs": [a_certificate()]})
    line.answering = {ADDRESS}

    assert not places.choose(is_online=False)
