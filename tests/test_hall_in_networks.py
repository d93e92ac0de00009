"""A hall on networks of its own: cables are pulled, the hub is killed, the server is put back.

Afterwards nothing is lost, nothing is there twice, and everybody counts the same.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from sqlalchemy import select

from checkin.db.engine import Database
from checkin.db.models import Admission, Delegation, Participant, Scan
from checkin.protocol.fingerprints import fingerprint_of
from tests.support.hall_network import HallNetwork, hall_network, needs_networks
from tests.support.hub_process import HubProcess, hub_code
from tests.support.lan import Machine
from tests.support.server_fork import ROOT, by_fork, run_by_fork
from tests.support.venue_server import VenueServer
from tests.support.waiting import wait_for

GATES = 6
LET_IN = ("admitted", "pending")
#: of gates 5 and 6, in seconds
WRONG_CLOCKS = {5: -86_400.0, 6: 420.0}
#: all that is on its way is there so soon after the lines are back
MEETS_WITHIN_S = 60.0
_PATIENCE_S = 240.0


def cables() -> dict[str, dict[str, str]]:
    """The hall's network, the internet of the gates, and that of the hub."""
    gates = {
        f"gate{n}": {"hall": f"10.77.1.{10 + n}", "internet": f"10.77.2.{10 + n}"}
        for n in range(1, GATES + 1)
    }
    return {
        "central": {"internet": "10.77.2.1", "uplink": "10.77.3.1"},
        "hub": {"hall": "10.77.1.2", "uplink": "10.77.3.2"},
        "watch": {"hall": "10.77.1.9", "internet": "10.77.2.9", "uplink": "10.77.3.9"},
    } | gates


class Central(VenueServer):
    """The central server, on its own machine."""

    def __init__(self, network: HallNetwork, home: Path) -> None:
        self._space = network.space("central")
        super().__init__(home, address="10.77.2.1", begin=self._begin_there)

    def command(self, *arguments: object) -> str:
        """Do on this machine what `python -m checkin …` does, and return what it printed."""
        done = run_by_fork([*map(str, arguments)], self._environ, network=self._space)
        assert done.code == 0, done.err
        return done.out

    def _begin_there(self, arguments: list[str], environ: dict[str, str], log: Path) -> Any:
        return by_fork(arguments, environ, log, network=self._space)


class GateProcess:
    """A gate on its own machine; one thread at a time tells it what to do."""

    def __init__(
        self, network: HallNetwork, number: int, central: Central, token: str, folder: Path
    ) -> None:
        self.name = f"gate{number}"
        folder.mkdir()
        self._process = subprocess.Popen(
            network.within(
                *(self.name, sys.executable, "-m", "tests.support.hall_gate"),
                *("--server", central.url, "--token", token, "--folder", str(folder)),
                *("--authority", str(central.authority)),
                *("--off", str(WRONG_CLOCKS.get(number, 0.0))),
            ),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "gate.log").open("ab"),
            text=True,
        )

    def __call__(self, *what: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait(20)
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                end.close()


@dataclass
class Hall:
    """Everything, and what the gates have said."""

    network: HallNetwork
    central: Central
    hub: HubProcess
    gates: list[GateProcess]
    tokens: list[str]
    codes: list[str]
    folder: Path
    delegation: dict[str, Any]
    let_in: set[str] = field(default_factory=set)
    came: set[str] = field(default_factory=set)
    found: list[Any] = field(default_factory=list)
    shown: int = 0

    def scan(self, gates: Sequence[int], count: int) -> None:
        """Show so many badges at these gates at once; every tenth was shown before."""
        shares = [range(at, count, len(gates)) for at in range(len(gates))]
        with ThreadPoolExecutor(len(gates)) as pool:
            list(pool.map(self._show, gates, shares))
        self.shown += count

    def _show(self, gate: int, share: Sequence[int]) -> None:
        for number in share:
            at = self.shown + number
            code = self.codes[at // 2 if number % 10 == 9 else at]
            told = self.gates[gate]("show", code)
            assert told["kind"] != "none", (self.gates[gate].name, code)
            if told["kind"] in LET_IN:
                self.let_in.add(told["id"])

    def come(self, gates: Sequence[int], count: int) -> None:
        """Let people without a badge come."""
        for number in range(count):
            name = f"Visiteur {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[len(self.came) % 26]} {len(self.came)}"
            told = self.gates[gates[number % len(gates)]]("come", name, self.delegation)
            if told["kind"] in LET_IN:
                self.came.add(name)
                self.let_in.add(told["id"])

    def meet(self) -> float:
        """Wait until nothing is on its way any more; return how many seconds that took."""
        began = time.monotonic()
        wait_for(self._has_met, "everything to meet", _PATIENCE_S)
        return time.monotonic() - began

    def _has_met(self) -> bool:
        if any(gate("state")["waiting"] for gate in self.gates):
            return False
        recorded = self.recorded()
        return self.let_in <= recorded and self.arrived_at_hub() == self.arrived()

    def recorded(self) -> set[str]:
        """Return the scans in the central log."""
        with self.database() as database, database.read() as session:
            return set(map(str, session.scalars(select(Scan.scan_id))))

    def arrived(self) -> int:
        """Return how many are in at the central server."""
        return int(self._status(self.central.url, self.central.authority))

    def arrived_at_hub(self) -> int:
        """Return how many are in at the hub."""
        return int(self._status(self.hub.url, self.hub.authority))

    def database(self) -> Any:
        """Open the central server's database."""
        stack = ExitStack()
        (file,) = self.central.home.glob("*.db")
        database = Database(f"sqlite:///{file}")
        stack.callback(database.dispose)
        return _Closing(database)

    def _status(self, url: str, authority: Path) -> Any:
        reply = requests.get(
            f"{url}/api/v1/status",
            headers={"Authorization": f"Bearer {self.tokens[0]}"},
            verify=str(authority),
            timeout=20,
        )
        reply.raise_for_status()
        return reply.json()["totals"]["arrived"]


class _Closing:
    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Database:
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.dispose()


@pytest.fixture
def participants(request: pytest.FixtureRequest) -> int:
    return int(getattr(request, "param", 400))


@pytest.fixture
def hall(tmp_path: Path, participants: int) -> Iterator[Hall]:
    with ExitStack() as stack:
        network = stack.enter_context(hall_network(cables()))
        stack.enter_context(Machine(network.space("watch")).entered())
        central = Central(network, tmp_path / "home")
        central.home = tmp_path / "home"
        central.load_demo(participants)
        tokens = [central.token_at(f"Porte {number}") for number in range(1, GATES + 1)]
        codes = [line["code"] for line in central.codes()]
        stack.callback(central.kill)
        central.start()
        hub = HubProcess(
            tmp_path,
            [
                *("--upstream", f"https://10.77.3.1:{central.port}"),
                *("--pair", hub_code(central.home, "Salle A")),
                *("--authority", _fingerprint(central.authority)),
            ],
            host="10.77.1.2",
            within=lambda *command: network.within("hub", *command),
        )
        stack.callback(hub.kill)
        hub.start()
        gates = []
        for number, token in enumerate(tokens, 1):
            gates.append(GateProcess(network, number, central, token, tmp_path / f"gate{number}"))
            stack.callback(gates[-1].close)
        hall = Hall(network, central, hub, gates, tokens, codes, tmp_path, {})
        with hall.database() as database, database.read() as session:
            row = session.scalars(select(Delegation).order_by(Delegation.quota.desc())).first()
            hall.delegation = {"id": row.id, "name": row.name, "name_ar": row.name_ar}
        yield hall


def _fingerprint(authority: Path) -> str:
    certificate = load_pem_x509_certificate(authority.read_bytes())
    return fingerprint_of(certificate.public_bytes(Encoding.DER))


def an_afternoon(hall: Hall, scans: int) -> float:
    """Let everything go wrong, and return the seconds until all have met."""
    names = [gate.name for gate in hall.gates]
    wait_for(
        lambda: all(gate("state")["place"] == "Salle A" for gate in hall.gates),
        "all gates to be at the hub",
        _PATIENCE_S,
    )
    part = scans // 6
    hall.scan(range(GATES), part)
    passphrase = hall.folder / "backup-passphrase.txt"
    passphrase.write_text("six words for a backup copy")
    saved = hall.folder / "saved.zip"
    hall.central.command("backup", saved, "--passphrase-file", passphrase)
    hall.scan(range(GATES), part)

    hall.network.cut("hub", "uplink")
    for name in names:
        hall.network.cut(name, "internet")
    for _ in range(3):
        hall.scan(range(GATES), part)
        hall.come(range(GATES), 2)
        hall.found.append(hall.gates[0]("search", "ala"))
        hall.hub.kill()
        hall.scan(range(3), 6)
        hall.hub.start()
    hall.central.kill()
    hall.central.command("restore", saved, "--passphrase-file", passphrase)
    hall.central.start()

    for name in names[3:]:
        hall.network.cut(name, "hall")
        hall.network.heal(name, "internet")
    hall.scan(range(GATES), part)

    hall.network.heal("hub", "uplink")
    for name in names[:3]:
        hall.network.heal(name, "internet")
    for name in names[3:]:
        hall.network.heal(name, "hall")
    return hall.meet()


def check(hall: Hall) -> None:
    """Nothing is lost, nothing is there twice, and the counts are those of the logs."""
    with hall.database() as database, database.read() as session:
        recorded = list(map(str, session.scalars(select(Scan.scan_id))))
        entries = session.scalars(
            select(Admission.participant_id).where(
                Admission.annulled_at.is_(None), Admission.entry_no == 1
            )
        ).all()
        visitors = session.scalars(
            select(Participant.name).where(Participant.name.startswith("Visiteur"))
        ).all()
    assert len(recorded) == len(set(recorded))
    assert hall.let_in - set(recorded) == set()
    assert len(entries) == len(set(entries))
    assert (hall.arrived(), hall.arrived_at_hub()) == (len(entries), len(entries))
    assert sorted(visitors) == sorted(hall.came)
    assert [gate("state")["set_aside"] for gate in hall.gates] == [0] * GATES


@needs_networks
@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("scans", "participants"), [(500, 1200), (5000, 8000)], indirect=["participants"]
)
def test_nothing_is_lost_in_a_hall_whose_lines_are_cut(hall: Hall, scans: int, capsys) -> None:
    took_s = an_afternoon(hall, scans)

    check(hall)
    with capsys.disabled():
        print(
            f"\n{len(hall.let_in)} let in of {hall.shown} badges, {len(hall.came)} without one:"
            f" all met after {took_s:.0f} s"
        )
    assert took_s < MEETS_WITHIN_S
