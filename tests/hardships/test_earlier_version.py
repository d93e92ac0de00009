"""Gates and server of two versions, one back: they work together, also through an update in the
midst of an event, on either side (the rule is in docs/operating.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hardships.history import History, bring_everything, the_figures_are_the_log_s
from tests.support.others.network_camera import NetworkCamera
from tests.support.servers.earlier_version import EarlierServer, taken_out
from tests.support.servers.scanner_process import Laptop
from tests.support.servers.server_process import ROOT, Server
from tests.support.waiting import wait_for

# Each of its commands is a new interpreter: on a busy machine that takes its time.
pytestmark = pytest.mark.timeout(900)

OLD, NEW = "earlier", "present"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the earlier version."""
    return taken_out(tmp_path_factory.mktemp("versions") / "earlier")


Serve = Callable[[str], Server]


@pytest.fixture
def serve(program: Path, tmp_path: Path) -> Iterator[Serve]:
    """A function that sets up a server of a version, and starts it."""
    begun: list[Server] = []

    def make(version: str) -> Server:
        home = tmp_path / "home"
        server = EarlierServer(program, home) if version == OLD else Server(home)
        begun.append(server)
        server.load_demo(40)
        server.start()
        return server

    yield make
    for server in begun:
        server.kill()


@pytest.fixture
def laptop_of(
    program: Path, tmp_path: Path, camera: NetworkCamera
) -> Iterator[Callable[..., Laptop]]:
    """A function that makes a laptop with the scanner of a version, on the same disk each time."""
    made: list[Laptop] = []

    def make(version: str, server: Server, token: str) -> Laptop:
        folder = program if version == OLD else ROOT
        spool = tmp_path / "laptop" / "spool"
        laptop = Laptop(camera, server.url, spool, "--token", token, program=folder)
        made.append(laptop)
        return laptop

    yield make
    for laptop in made:
        laptop.kill()


def history_of(server: Server, tmp_path: Path) -> tuple[History, Iterator[str]]:
    """Return the log of a server, and the codes of its badges."""
    lines = server.codes()
    return History(tmp_path / "home", lines), iter([line["code"] for line in lines])


@pytest.mark.parametrize(
    ("of_gate", "of_server"),
    [(OLD, NEW), pytest.param(NEW, OLD, marks=pytest.mark.proof)],
    ids=["earlier gate", "earlier server"],
)
def test_they_scan_online_offline_and_bring_what_they_held(
    serve: Serve, laptop_of: Callable[..., Laptop], tmp_path: Path, of_gate: str, of_server: str
) -> None:
    server = serve(of_server)
    history, codes = history_of(server, tmp_path)
    token = server.token_at("Porte 1")
    laptop = laptop_of(of_gate, server, token)
    laptop.start()
    wait_for(laptop.holds_list, "the gate list", 120)

    laptop.show_until_online(codes)
    server.kill()
    offline = [laptop.show(next(codes)) for _ in range(3)]
    again = laptop_shows_again(laptop, str(offline[0]["code"]))
    server.start()
    bring_everything(laptop)

    assert [(one["status"], one["offline"]) for one in offline] == [("ok", True)] * 3
    assert again["reason"] == "already_redeemed"
    assert history.has_counted(laptop.accepted())
    assert history.lost(laptop.verdicts) == []
    the_figures_are_the_log_s(server, token, len(laptop.accepted()))


def laptop_shows_again(laptop: Laptop, code: str) -> dict[str, object]:
    """Start the scanner again on its disk, and show it a badge that it knows."""
    laptop.kill()
    laptop.start()
    return laptop.show(code)


def test_a_gate_that_is_updated_sends_what_the_earlier_version_held(
    serve: Serve, laptop_of: Callable[..., Laptop], tmp_path: Path
) -> None:
    server = serve(NEW)
    history, codes = history_of(server, tmp_path)
    token = server.token_at("Porte 1")
    old = laptop_of(OLD, server, token)
    old.start()
    wait_for(old.holds_list, "the gate list", 120)
    server.kill()
    held = [old.show(next(codes)) for _ in range(3)]
    old.kill()

    new = laptop_of(NEW, server, token)
    new.start()
    held += [new.show(next(codes))]
    assert laptop_shows_again(new, held[0]["code"])["reason"] == "already_redeemed"
    server.start()
    bring_everything(new)

    assert history.has_counted(old.accepted() | new.accepted())
    assert history.lost(held) == []


@pytest.mark.proof
def test_a_server_that_is_updated_in_the_midst_of_an_event_goes_on_with_both(
    serve: Serve, laptop_of: Callable[..., Laptop], tmp_path: Path
) -> None:
    server = serve(OLD)
    assert isinstance(server, EarlierServer)
    history, codes = history_of(server, tmp_path)
    token = server.token_at("Porte 1")
    laptop = laptop_of(OLD, server, token)
    laptop.start()
    wait_for(laptop.holds_list, "the gate list", 120)
    laptop.show_until_online(codes)

    server.stop()
    offline = [laptop.show(next(codes))["offline"] for _ in range(2)]
    server.becomes_present()
    server.start()
    wait_for(lambda: laptop.waiting() == 0, "what waits", 120)
    laptop.show_until_online(codes)
    bring_everything(laptop)

    assert offline == [True, True]
    assert history.has_counted(laptop.accepted())
    assert history.lost(laptop.verdicts) == []
    the_figures_are_the_log_s(server, token, len(laptop.accepted()))
