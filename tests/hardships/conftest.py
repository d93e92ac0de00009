"""A server, a gate's laptop, and the badges that are held before its camera."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hardships.history import History
from tests.support.others.network_camera import NetworkCamera
from tests.support.servers.scanner_process import NOTHING, Laptop
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for


@dataclass
class Hall:
    """A server with an event, and a laptop at one of its gates.

    Attributes:
        codes: of badges that admit.
    """

    server: Server
    laptop: Laptop
    token: str
    codes: list[str]
    history: History

    def hold_list(self) -> None:
        """Let the laptop fetch the gate list, by which it decides without the server."""
        self.laptop.start()
        wait_for(self.laptop.holds_list, "the gate list", 120)


Begin = Callable[..., Hall]


@pytest.fixture
def camera() -> Iterator[NetworkCamera]:
    with NetworkCamera(NOTHING) as camera:
        yield camera


@pytest.fixture
def begin(tmp_path: Path, camera: NetworkCamera) -> Iterator[Begin]:
    """Set up a hall with so many people, whose server runs; the laptop is not started."""
    halls: list[Hall] = []

    def make(people: int = 30, **of_laptop: object) -> Hall:
        server = Server(tmp_path / "home")
        server.load_demo(people)
        server.start()
        token = server.token_at("Porte 1")
        spool = tmp_path / "laptop" / "spool"
        laptop = Laptop(camera, server.url, spool, "--token", token, **of_laptop)  # type: ignore[arg-type]
        lines = server.codes()
        codes = [line["code"] for line in lines]
        halls.append(Hall(server, laptop, token, codes, History(tmp_path / "home", lines)))
        return halls[-1]

    yield make
    for hall in halls:
        hall.laptop.kill()
        hall.server.kill()
