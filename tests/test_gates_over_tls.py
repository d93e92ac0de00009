"""A gate over TLS: paired by QR or fingerprint, through changes of address and leaf."""

from __future__ import annotations

import functools
import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext

import cv2
import numpy as np
import pytest
import requests

from badges.link_qr import link_qr_png
from badges.qr import qr_image
from checkin.protocol.fingerprints import pairing_fragment
from checkin.services.network.certificates.authority import authority_of
from scanner.server.local_names import system_asks_the_network
from tests.support.lan import Machine, needs_namespaces, two_machines
from tests.support.others.network_camera import NetworkCamera
from tests.support.servers.server_process import ROOT
from tests.support.servers.venue_server import ADDRESS, VenueServer
from tests.support.waiting import wait_for
from tests.test_end_to_end import FRAME, film, picture_of

pytestmark = needs_namespaces

EMPTY = np.full((*FRAME, 3), 90, np.uint8)


@pytest.fixture(scope="module")
def machines() -> Iterator[tuple[Machine, Machine]]:
    """The server's laptop, where the tests go on as well, and a gate's."""
    with two_machines() as (here, there), here.entered():
        here.add(f"{ADDRESS}/24")
        there.add("10.77.0.2/24")
        yield here, there


@pytest.fixture(scope="module")
def laptop(machines) -> Machine:
    found: Machine = machines[0]
    return found


@pytest.fixture(scope="module")
def server(laptop, tmp_path_factory) -> Iterator[VenueServer]:
    server = VenueServer(tmp_path_factory.mktemp("venue") / "home", CHECKIN_MDNS="on")
    server.load_demo(100)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def home(tmp_path) -> dict[str, str]:
    """The environment of a gate's laptop that knows nothing yet."""
    return {
        "PATH": "/usr/bin:/bin",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }


def pairing(server: VenueServer, gate: str) -> str:
    return str(
        json.loads(server.command("device", "pair", "--gate", gate, "--json"))["pairing_code"]
    )


def link_of(server: VenueServer, gate: str, fingerprint: str) -> np.ndarray:
    """The QR of the devices page before a camera."""
    link = f"{server.url}/scan{pairing_fragment(pairing(server, gate), fingerprint)}"
    symbol = cv2.imdecode(np.frombuffer(link_qr_png(link, module_px=8), np.uint8), 0)
    frame = np.full((*FRAME, 3), 90, np.uint8)
    height, width = symbol.shape
    frame[100 : 100 + height, 300 : 300 + width] = symbol[:, :, None]
    return frame


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "scanner", "--headless", "--language", "fr", *map(str, arguments)]


def scanned(home: dict[str, str], *arguments: object) -> tuple[int, list[str], str]:
    done = subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, [json.loads(x)["status"] for x in done.stdout.splitlines()], done.stderr


def fingerprint_of_server(server: VenueServer) -> str:
    found = authority_of(server.folder)
    assert found
    return found.fingerprint


def tls_spoken(server: VenueServer, newest: ssl.TLSVersion) -> str | None:
    """Return the version of TLS that the server agrees on with a client that knows none newer."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers("ALL:@SECLEVEL=0")  # what OpenSSL itself no longer speaks unasked
    client.minimum_version, client.maximum_version = ssl.TLSVersion.TLSv1, newest
    line = socket.create_connection((ADDRESS, server.port), timeout=10)
    with line, client.wrap_socket(line) as spoken:
        return spoken.version()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_the_server_speaks_tls_1_3_and_nothing_older(server):
    assert tls_spoken(server, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
    for older in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_1):
        with pytest.raises(ssl.SSLError):
            tls_spoken(server, older)


def test_a_gate_pairs_by_the_qr_and_verifies_from_then_on(server, home, tmp_path):
    first, second = server.codes()[:2]
    seen = link_of(server, "Porte QR", fingerprint_of_server(server))
    film(tmp_path / "first.avi", [seen, picture_of(first)])
    film(tmp_path / "second.avi", [picture_of(second)])

    by_qr = scanned(home, "--pair", "--source", tmp_path / "first.avi")
    later = scanned(home, "--server", server.url, "--source", tmp_path / "second.avi")

    assert (by_qr[:2], "Associé à la porte Porte QR" in by_qr[2]) == ((0, ["ok"]), True)
    assert later[:2] == (0, ["ok"]), later[2]


def test_a_gate_pairs_by_a_code_and_a_fingerprint(server, home, tmp_path):
    line = server.codes()[2]
    film(tmp_path / "gate.avi", [picture_of(line)])
    spaced = fingerprint_of_server(server).upper()
    told = ("--pair", pairing(server, "Porte code"), "--fingerprint", spaced)

    run = scanned(home, "--server", server.url, *told, "--source", tmp_path / "gate.avi")

    assert run[:2] == (0, ["ok"]), run[2]


def test_a_code_alone_is_sent_to_nobody(server, home, tmp_path):
    film(tmp_path / "gate.avi", [picture_of(server.codes()[3])])
    code = pairing(server, "Porte inconnue")

    run = scanned(home, "--server", server.url, "--pair", code, "--source", tmp_path / "gate.avi")

    assert run[:2] == (2, [])
    assert "n’est pas reconnu" in run[2]
    assert "--fingerprint" in run[2]
    with_it = ("--fingerprint", fingerprint_of_server(server))
    again = scanned(
        home, "--server", server.url, "--pair", code, *with_it, "--source", tmp_path / "gate.avi"
    )
    assert again[:2] == (0, ["ok"]), "the code was used up"


def before_camera(line: dict[str, str]) -> np.ndarray:
    """A badge's code alone, which is drawn quickly."""
    symbol = np.asarray(qr_image(line["code"], module_px=8).convert("L"))
    frame = EMPTY.copy()
    height, width = symbol.shape
    frame[100 : 100 + height, 300 : 300 + width] = symbol[:, :, None]
    return frame


class Gate:
    """A scanner process before a camera of the test's."""

    def __init__(self, camera: NetworkCamera, process: subprocess.Popen[str]) -> None:
        self._camera = camera
        self._lines: list[dict[str, object]] = []
        assert process.stdout
        reading = functools.partial(self._read, process.stdout)
        self._reader = threading.Thread(target=reading, daemon=True)
        self._reader.start()

    def _read(self, out: Iterable[str]) -> None:
        for line in out:
            self._lines.append(json.loads(line))

    def show(self, badge: np.ndarray) -> dict[str, object]:
        """Hold a badge up until it has its verdict, and return that."""
        before = len(self._lines)
        self._camera.show(badge)
        wait_for(lambda: len(self._lines) > before, "the verdict")
        self._camera.show(EMPTY)
        return self._lines[-1]


@contextmanager
def gate_at(
    server: VenueServer,
    home: dict[str, str],
    token: str,
    *,
    url: str = "",
    on: Machine | None = None,
) -> Iterator[Gate]:
    """Run a scanner at a server, believing its authority by the fingerprint.

    Args:
        url: the server's address, where it is not the usual one.
        on: the machine to run it on; here where it is None.
    """
    told = ("--token", token, "--fingerprint", fingerprint_of_server(server))
    with on.entered() if on else nullcontext(), NetworkCamera(EMPTY) as camera:
        arguments = command("--server", url or server.url, *told, "--source", camera.url)
        process = subprocess.Popen(
            arguments,
            cwd=ROOT,
            env=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield Gate(camera, process)
        finally:
            process.kill()
            process.communicate()


@pytest.mark.skipif(
    system_asks_the_network(), reason="this system looks local names up outside of the test"
)
def test_a_changed_address_does_no_harm_to_a_gate_that_uses_the_local_name(server, machines, home):
    """On a system without mDNS of its own; the laptop moves to another network meanwhile."""
    here, there = machines
    first, second, third = map(before_camera, server.codes()[-6:-3])
    token = server.token_at("Porte 9")
    before = server.arrived(token)
    wait_for(lambda: "marhaba.local is 10.77.0.1" in server.printed(), "the announcement", 60)
    there.add("10.99.0.2/24")
    url = f"https://marhaba.local:{server.port}"
    with gate_at(server, home, token, url=url, on=there) as gate, here.entered():
        assert not gate.show(first)["offline"]
        here.remove(f"{ADDRESS}/24")
        here.add("10.99.0.7/24")
        try:
            gate.show(second)
            wait_for(lambda: arrived(server, token) == before + 2, "what waited", 60)
            assert not gate.show(third)["offline"]
            wait_for(lambda: "marhaba.local is 10.99.0.7" in server.printed(), "the change", 60)
        finally:
            here.add(f"{ADDRESS}/24")
            here.remove("10.99.0.7/24")


def test_scans_arrive_while_the_leaf_changes(server, laptop, home):
    """The laptop gets one more network: its worker restarts with another leaf."""
    badges = iter([before_camera(line) for line in server.codes()[10:-8]])
    token = server.token_at("Porte 7")
    before, shown, waits_s = server.arrived(token), 0, []
    new_address = f"https://10.88.0.5:{server.port}"

    def scan() -> None:
        nonlocal shown
        began_s = time.monotonic()
        assert gate.show(next(badges))["status"] == "ok"
        shown += 1
        wait_for(lambda: arrived(server, token) == before + shown, "the scan at the server", 60)
        waits_s.append(time.monotonic() - began_s)

    with gate_at(server, home, token) as gate:
        scan()
        laptop.add("10.88.0.5/24")
        while not server.answers(new_address):
            scan()
        for _ in range(5):  # the worker of before ends a few seconds after the new one began
            scan()

    print(f"the slowest of {shown} scans arrived after {max(waits_s):.1f} s")
    # Three seconds where nothing else runs; a machine that is busy with tests takes its time.
    assert max(waits_s) < 12


def arrived(server: VenueServer, token: str) -> int | None:
    """Return how many came in, or None while the worker restarts."""
    try:
        return server.arrived(token)
    except requests.ConnectionError:
        return None


@pytest.mark.proof
def test_a_gate_comes_back_by_itself_when_the_laptop_returns_to_its_address(server, laptop, home):
    """Same authority, new leaf: nobody pairs again, and nothing that was scanned is lost."""
    badges = map(before_camera, server.codes()[-3:])
    token = server.token_at("Porte 8")
    before = server.arrived(token)
    with gate_at(server, home, token) as gate:
        assert not gate.show(next(badges))["offline"]
        laptop.remove(f"{ADDRESS}/24")
        laptop.add("10.99.0.5/24")
        try:
            server.wait_for(f"https://10.99.0.5:{server.port}")
            assert gate.show(next(badges))["offline"]
        finally:
            laptop.add(f"{ADDRESS}/24")

        wait_for(lambda: arrived(server, token) == before + 2, "what waited")
        assert not gate.show(next(badges))["offline"]
