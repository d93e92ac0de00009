"""The server's certificate changes while a gate scans: another one of the same authority is taken
without a word; another authority is believed by nobody until a person has confirmed it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkin.services.network.certificates.authority import authority_of
from checkin.services.network.certificates.leaf import CHAIN
from tests.hardships.history import History, bring_everything
from tests.support.others.network_camera import NetworkCamera
from tests.support.servers.scanner_process import Laptop
from tests.support.servers.venue_server import VenueServer
from tests.support.waiting import wait_for


@pytest.fixture
def server(tmp_path: Path) -> Iterator[VenueServer]:
    server = VenueServer(tmp_path / "home", address="127.0.0.1")
    server.load_demo(30)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def laptop(server: VenueServer, camera: NetworkCamera, tmp_path: Path) -> Iterator[Laptop]:
    """A laptop that was paired with a code and the fingerprint that an organiser showed."""
    laptop = Laptop(camera, server.url, tmp_path / "laptop" / "spool")
    laptop.start("--pair", code_of(server), "--fingerprint", fingerprint_of(server))
    wait_for(laptop.holds_list, "the gate list", 120)
    yield laptop
    laptop.kill()


def code_of(server: VenueServer) -> str:
    told = json.loads(server.command("device", "pair", "--gate", "Porte 1", "--json"))
    return str(told["pairing_code"])


def fingerprint_of(server: VenueServer) -> str:
    authority = authority_of(server.folder)
    assert authority
    return authority.fingerprint


def renewed(server: VenueServer, *, authority: bool) -> None:
    """Let the server have a certificate with another key: its own, or its authority's, too."""
    server.kill()
    for file in server.folder.iterdir():
        if authority or file.name == CHAIN:
            file.unlink()
    server.start()


def test_another_one_of_the_same_authority_is_taken_without_a_word(
    server: VenueServer, laptop: Laptop, tmp_path: Path
) -> None:
    lines = server.codes()
    codes = iter([line["code"] for line in lines])
    laptop.show_until_online(codes)
    before = {file.name: file.read_bytes() for file in server.folder.iterdir()}

    renewed(server, authority=False)
    laptop.show_until_online(codes)
    bring_everything(laptop)

    after = {file.name: file.read_bytes() for file in server.folder.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {CHAIN}
    assert not laptop.is_told("certificat")
    assert History(tmp_path / "home", lines).has_counted(laptop.accepted())


@pytest.mark.parametrize("again", [pytest.param("fingerprint", marks=pytest.mark.proof), "pairing"])
def test_another_authority_is_believed_once_a_person_has_confirmed_it(
    server: VenueServer, laptop: Laptop, tmp_path: Path, again: str
) -> None:
    lines = server.codes()
    codes = iter([line["code"] for line in lines])
    laptop.show_until_online(codes)

    renewed(server, authority=True)
    offline = [laptop.show(next(codes)) for _ in range(2)]
    wait_for(
        lambda: laptop.is_told("n’est plus celui que cet ordinateur a appris"), "the warning", 120
    )
    laptop.kill()
    laptop.start()  # which alone confirms nothing
    offline.append(laptop.show(next(codes)))
    assert laptop.waiting() >= len(offline)
    laptop.kill()
    confirmed = ("--fingerprint", fingerprint_of(server))
    laptop.start(*(("--pair", code_of(server)) if again == "pairing" else ()), *confirmed)
    wait_for(lambda: laptop.waiting() == 0, "what waits", 120)
    laptop.show_until_online(codes)
    bring_everything(laptop)

    assert [(one["status"], one["offline"]) for one in offline] == [("ok", True)] * 3
    history = History(tmp_path / "home", lines)
    assert history.has_counted(laptop.accepted())
    assert history.lost(laptop.verdicts) == []
