"""Another Marhaba has got the server's address: it is told nothing, the gate says so, and all that
was scanned arrives when the right server is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardships.conftest import Begin
from tests.hardships.history import bring_everything, the_figures_are_the_log_s
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Server]:
    """Another installation, with an event of the same name."""
    server = Server(tmp_path / "other")
    server.load_demo(10)
    yield server
    server.kill()


def test_nothing_reaches_a_stranger_and_everything_the_right_server(
    begin: Begin, stranger: Server, tmp_path: Path
) -> None:
    hall = begin(60)
    codes, laptop = iter(hall.codes), hall.laptop
    hall.hold_list()
    laptop.show_until_online(codes)

    hall.server.kill()
    stranger.port, stranger.url = hall.server.port, hall.server.url
    stranger.start()
    meanwhile = [laptop.show(next(codes)) for _ in range(3)]
    wait_for(lambda: laptop.is_told("Autre chose répond à la place du serveur"), "the warning", 120)
    laptop.kill()
    laptop.start()  # on the stranger's network from the first moment on
    meanwhile += [laptop.show(next(codes)) for _ in range(3)]
    recorded = stranger.status(stranger.token_at("Porte 1"))["totals"]["arrived"]
    stranger.kill()
    hall.server.start()
    wait_for(lambda: laptop.waiting() == 0, "what waits", 120)
    laptop.show_until_online(codes)
    bring_everything(laptop)

    assert [(one["status"], one["offline"]) for one in meanwhile] == [("ok", True)] * 6
    assert recorded == 0
    assert hall.history.has_counted(laptop.accepted())
    assert hall.history.lost(laptop.verdicts) == []
    the_figures_are_the_log_s(hall.server, hall.token, len(laptop.accepted()))
