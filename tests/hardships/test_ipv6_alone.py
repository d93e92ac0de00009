"""A network without IPv4: the server listens there, says its address with brackets, and a gate
pairs by its QR, goes on without the network, and brings what it held."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from badges.link_qr import link_qr_png
from checkin.protocol.fingerprints import pairing_fragment
from tests.hardships.history import History, bring_everything
from tests.support.lan import Machine, needs_namespaces, two_machines
from tests.support.others.network_camera import NetworkCamera
from tests.support.servers.scanner_process import NOTHING, Laptop
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for

pytestmark = needs_namespaces

SERVER, GATE = "fd00:77::1", "fd00:77::2"


@pytest.fixture
def machines() -> Iterator[tuple[Machine, Machine]]:
    """The server's machine, where the test goes on as well, and a gate's; both with IPv6 alone."""
    with two_machines() as (here, there), here.entered():
        here.add_at_once(f"{SERVER}/64")
        there.add_at_once(f"{GATE}/64")
        yield here, there


def of_network(machine: Machine) -> list[str]:
    """The command that runs another one on a machine."""
    return ["ip", "netns", "exec", machine.name]


@pytest.mark.parametrize("host", [SERVER, "::1"], ids=["of the network", "of this machine"])
def test_a_gate_pairs_by_the_qr_of_an_address_with_brackets_and_scans(
    machines: tuple[Machine, Machine], tmp_path: Path, host: str
) -> None:
    here, there = machines
    server = Server(tmp_path / "home", CHECKIN_BASE_URL="")
    server.load_demo(20)
    server.url = f"http://[{host}]:{server.port}"
    server.start("--host", "::" if host == SERVER else host)
    lines = server.codes()
    codes, history = iter([line["code"] for line in lines]), History(tmp_path / "home", lines)
    told = json.loads(server.command("device", "pair", "--gate", "Porte 1", "--json"))
    if host == SERVER:
        shown = server.command("address")
        assert f"address: {server.url} (this machine's address on the network)" in shown
    link = f"{server.url}/scan{pairing_fragment(told['pairing_code'], '')}"
    gate_s = there if host == SERVER else here
    with gate_s.entered(), NetworkCamera(link_before_camera(link)) as camera:
        laptop = Laptop(camera, "", tmp_path / "spool", "--pair", within=of_network(gate_s))
        try:
            laptop.start()
            wait_for(lambda: laptop.is_told("Porte 1"), "the pairing", 120)
            laptop.put_away()
            laptop.show_until_online(codes)
            wait_for(laptop.holds_list, "the gate list", 120)
            with here.entered():
                server.kill()
            assert laptop.show(next(codes))["offline"]
            with here.entered():
                server.start("--host", "::" if host == SERVER else host)
            wait_for(lambda: laptop.waiting() == 0, "what waits", 120)
            bring_everything(laptop)
        finally:
            laptop.kill()
            server.kill()

    assert history.has_counted(laptop.accepted())
    assert history.lost(laptop.verdicts) == []
    assert re.fullmatch(r"http://\[[0-9a-f:]+\]:[0-9]+", server.url)


def link_before_camera(link: str) -> np.ndarray:
    """The QR of the devices page before a camera."""
    symbol = cv2.imdecode(np.frombuffer(link_qr_png(link, module_px=6), np.uint8), 0)
    frame = NOTHING.copy()
    height, width = symbol.shape
    frame[40 : 40 + height, 100 : 100 + width] = symbol[:, :, None]
    return frame
