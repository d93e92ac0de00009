"""A hall goes on when its line is cut: a central server, a hub, and gates that find both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.core.scan import Kind, Verdict
from scanner.gate.gate import Gate
from scanner.offline.clock import DeviceClock
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.client import Client
from scanner.server.events import GateEvent
from tests.support.others.tcp_proxy import Wire
from tests.support.servers.hub_process import CutOffHub
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for

PATIENCE_S = 60.0


class HallGate:
    """A gate in the hall: the scanner's parts as the window puts them together."""

    def __init__(self, central: Server, name: str, folder: Path) -> None:
        self.line = Wire(central.port)
        self.told: list[GateEvent] = []
        clock = DeviceClock()
        client = Client(self.line.url, token=central.token_at(name), clock=clock)
        spool, held = Spool(folder, frame=clock.frame), HeldList(folder)
        self.gate = Gate(client=client, spool=spool, held=held, language="fr", type="entry")
        self.station, self.courier = self.gate.open(self.told.append)
        self.courier.start()

    @property
    def place(self) -> str:
        """Return the hub at which this gate is; "" at the central server."""
        return self.gate.places.at_hub if self.gate.places else ""

    def show(self, code: str) -> Verdict:
        """Hold a badge before the camera, and return what the gate says."""
        before = len(self.told)
        self.station.saw(code, time.monotonic())
        return until(
            lambda: next((one for one in self.told[before:] if isinstance(one, Verdict)), None)
        )

    def close(self) -> None:
        """Send what waits, and close."""
        self.line.heal()
        self.courier.finish()
        self.gate.close()
        self.line.close()


def until(look: Callable[[], Any]) -> Any:
    return wait_for(look, timeout_s=PATIENCE_S)


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "home")
    server.load_demo(60)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def hub(central: Server, tmp_path: Path) -> Iterator[CutOffHub]:
    hub = CutOffHub(central, tmp_path / "home", tmp_path, "Salle A")
    hub.start()
    yield hub
    hub.close()


def arrived(board: Client) -> int:
    """Return how many are in, as the central server counts them."""
    return int(board.status()["totals"]["arrived"])


def test_gates_go_on_at_the_hub_while_the_line_is_cut_and_come_back(
    central: Server, hub: CutOffHub, tmp_path: Path
) -> None:
    gates = [HallGate(central, f"Porte {number}", tmp_path / f"gate{number}") for number in (1, 2)]
    codes = [line["code"] for line in central.codes()]
    board = Client(central.url, token=central.token_at("Porte 3"))
    try:
        for gate in gates:
            until(lambda gate=gate: gate.place == "Salle A")
        at_hub = gates[0].show(codes[0])
        for line in (hub.line, *(gate.line for gate in gates)):
            line.cut()
        cut = [gate.show(codes[1 + number]) for number, gate in enumerate(gates)]
        again = gates[1].show(codes[1])

        hub.kill()
        alone = gates[0].show(codes[3])
        hub.start()
        until(lambda: gates[0].gate.spool.waiting_count() == 0)

        for line in (hub.line, *(gate.line for gate in gates)):
            line.heal()
        until(lambda: arrived(board) == 4)
    finally:
        for gate in gates:
            gate.close()

    assert [one.kind for one in (at_hub, *cut, again)] == [
        Kind.ADMITTED,
        Kind.ADMITTED,
        Kind.ADMITTED,
        Kind.ALREADY,
    ]
    assert alone.kind == Kind.PENDING
