"""Four gates and one server over real HTTP, through a cut network and a killed server."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from scanner.core.scan import Kind, Scan, Verdict
from scanner.gate.gate import Gate
from scanner.gate.station import Station
from scanner.offline.clock import DeviceClock
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.client import Client
from scanner.server.courier import Courier
from scanner.server.events import GateEvent
from tests.support.others.tcp_proxy import Wire
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for


class GateUnderTest:
    """One gate: the scanner's parts as the window puts them together, on a wire of its own."""

    def __init__(self, server: Server, name: str, folder: Path, off: timedelta) -> None:
        self.name, self.off = name, off
        self.wire = Wire(server.port)
        self.told: list[GateEvent] = []
        clock = DeviceClock(lambda: datetime.now(UTC) + off)
        client = Client(self.wire.url, token=server.token_at(name), clock=clock)
        spool, held = Spool(folder, frame=clock.frame), HeldList(folder)
        self.scanner = Gate(client=client, spool=spool, held=held, language="fr", type="entry")
        self.station: Station
        self.courier: Courier
        self.station, self.courier = self.scanner.open(self.told.append)
        self.courier.start()

    def show(self, code: str) -> Verdict:
        """Hold a badge before the camera and return what the gate says."""
        self.station.saw(code, time.monotonic())
        return wait_for(lambda: next((v for v in self.verdicts if v.scan.code == code), None))

    @property
    def verdicts(self) -> list[Verdict]:
        """Return what the gate said, the newest first."""
        return [one for one in reversed(self.told) if isinstance(one, Verdict)]

    @property
    def is_settled(self) -> bool:
        """Say whether the server has everything."""
        return self.scanner.spool.waiting_count() == 0

    def close(self) -> None:
        """Send what waits, then close the scanner."""
        self.wire.heal()
        self.courier.finish()
        self.scanner.close()
        self.wire.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "home")
    server.load_demo(200)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def gates(server: Server, tmp_path: Path) -> Iterator[list[GateUnderTest]]:
    hour = timedelta(hours=1)
    names = [
        ("Porte 1", -hour),
        ("Porte 2", hour * 0),
        ("Porte 3", hour * 0),
        ("Porte 4", hour * 0),
    ]
    gates = [GateUnderTest(server, name, tmp_path / name, off) for name, off in names]
    for gate in gates:
        wait_for(lambda gate=gate: gate.scanner.held.is_there)
    yield gates
    for gate in gates:
        gate.close()


def rows(home: Path, query: str) -> list[tuple[object, ...]]:
    """Read the server's database, as nobody else does."""
    (file,) = home.glob("*.db")
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    found = database.execute(query).fetchall()
    database.close()
    return found


def test_four_gates_agree_after_a_cut_network_and_a_killed_server(
    server: Server, gates: list[GateUnderTest], tmp_path: Path
) -> None:
    codes = [line["code"] for line in server.codes()]
    at_both, late, *codes = codes
    green = [gate.show(codes.pop()) for gate in gates for _ in range(3)]
    for gate in gates[:2]:
        gate.wire.cut()
    blue = [gate.show(codes.pop()) for gate in gates[:2] for _ in range(5)]
    both = [gate.show(at_both) for gate in gates[:2]]
    still_green = [gate.show(codes.pop()) for gate in gates[2:] for _ in range(3)]
    server.kill()
    for gate in gates[2:]:
        gate.wire.heal()
    killed = [gate.show(codes.pop()) for gate in gates[2:] for _ in range(2)]
    again = gates[2].show(killed[0].scan.code)
    server.start()
    for gate in gates:
        gate.wire.heal()
    wait_for(lambda: all(gate.is_settled for gate in gates))
    wait_for(lambda: all(gate.scanner.link.online for gate in gates))
    last = gates[0].show(late)

    assert {v.kind for v in [*green, *still_green, last]} == {Kind.ADMITTED}
    assert {v.kind for v in [*blue, *both, *killed]} == {Kind.PENDING}
    assert all(v.participant and v.delegation for v in [*blue, *both, *killed])
    assert again.scan == killed[0].scan  # the camera still sees the same showing
    shown = [*green, *still_green, *blue, *both, *killed, last]
    home = tmp_path / "home"
    each_badge_is_admitted_once(home, {v.scan.code for v in shown})
    each_scan_is_recorded_once_and_answered_the_same(home, gates[0], shown)
    nothing_waits_and_nothing_is_set_aside(gates)
    no_quota_is_passed_and_what_contradicts_is_listed(home, gates)
    counts_are_the_log_s(home, server.status(server.token_at("Porte 4")))
    doors_decided_as_the_server(home, [*blue, *both, *killed])
    times_are_those_of_the_readings(home, gates)


def each_badge_is_admitted_once(home: Path, people: set[str]) -> None:
    """Invariant 1."""
    counted = "SELECT count(*), count(DISTINCT participant_id), max(entry_no) FROM admission"
    assert rows(home, counted) == [(len(people), len(people), 1)]


def each_scan_is_recorded_once_and_answered_the_same(
    home: Path, gate: GateUnderTest, shown: list[Verdict]
) -> None:
    """Invariant 2, by asking again for what this gate scanned."""
    recorded = [str(UUID(i)) for (i,) in rows(home, "SELECT scan_id FROM scan")]
    assert sorted(recorded) == sorted(v.scan.scan_id for v in shown)
    stored = dict(rows(home, "SELECT scan_id, status FROM scan"))
    own = [v for v in gate.verdicts if v.scan.scan_id in recorded]
    for verdict in own:
        again = gate.scanner.client.post_scan(verdict.scan)
        assert again["replayed"]
        assert again["status"] == stored[UUID(verdict.scan.scan_id).hex]
    assert len(rows(home, "SELECT id FROM scan")) == len(shown)


def nothing_waits_and_nothing_is_set_aside(gates: list[GateUnderTest]) -> None:
    """Invariant 3."""
    spools = [gate.scanner.spool for gate in gates]
    assert [(one.waiting_count(), one.set_aside_count()) for one in spools] == [(0, 0)] * 4


def no_quota_is_passed_and_what_contradicts_is_listed(
    home: Path, gates: list[GateUnderTest]
) -> None:
    """Invariant 4, and the badge that two gates let in."""
    over = (
        "SELECT d.name FROM delegation d JOIN admission a ON a.delegation_id = d.id"
        " WHERE NOT a.without_place GROUP BY d.id HAVING count(*) > d.quota"
    )
    assert rows(home, over) == []
    assert rows(home, "SELECT reason FROM conflict") == [("already_redeemed",)]
    assert sorted(len(gate.scanner.spool.contradicted()) for gate in gates) == [0, 0, 0, 1]


def counts_are_the_log_s(home: Path, counts: dict[str, Any]) -> None:
    """Invariant 5."""
    logged = dict(
        rows(
            home,
            "SELECT g.name, count(*) FROM admission a JOIN gate g ON g.id = a.gate_id"
            " WHERE a.annulled_at IS NULL GROUP BY g.name",
        )
    )
    told = {gate["name"]: gate["arrived"] for gate in counts["gates"] if gate["arrived"]}
    totals = counts["totals"]
    assert told == logged
    assert totals["arrived"] == totals["inside"] == sum(logged.values())
    assert sum(one["arrived"] for one in counts["delegations"]) == totals["arrived"]


def doors_decided_as_the_server(home: Path, offline: list[Verdict]) -> None:
    """Invariant 6: but for what the other gate did meanwhile, which no gate could know."""
    told = {v.scan.scan_id: (str(v.status), v.reason) for v in offline}
    answered = rows(home, "SELECT scan_id, status, reason FROM scan WHERE decided_status NOT NULL")
    differing = [
        reason for i, status, reason in answered if told[str(UUID(str(i)))] != (status, reason)
    ]
    assert len(answered) == len(offline)
    assert differing == ["already_redeemed"]


def times_are_those_of_the_readings(home: Path, gates: list[GateUnderTest]) -> None:
    """Invariant 7, at every gate by how wrong its clock is."""
    found = rows(home, "SELECT scan_id, corrected_at FROM scan")
    corrected = {
        str(UUID(str(i))): datetime.fromisoformat(str(at)).replace(tzinfo=UTC) for i, at in found
    }
    for gate in gates:
        for verdict in gate.verdicts:
            scan = verdict.scan
            off = corrected[scan.scan_id] - (scan.scanned_at - gate.off)
            assert abs(off.total_seconds()) < 2
    skews = rows(home, "SELECT g.name, d.skew_ms FROM device d JOIN gate g ON g.id = d.gate_id")
    measured = {name: int(str(skew)) for name, skew in skews if skew is not None}
    assert abs(measured["Porte 1"] - 3_600_000) < 2_000


def test_a_gate_without_network_refuses_a_blocked_person_after_its_next_list_and_not_before(
    server: Server, gates: list[GateUnderTest], tmp_path: Path
) -> None:
    one, other = server.codes()[:2]
    uninformed, informed, *_ = gates
    uninformed.wire.cut()
    wait_for(lambda: not uninformed.scanner.link.online, timeout_s=60)
    for line in (one, other):
        server.command("participant", "block", line["participant_id"], "--reason", "menaces")
    ((newest,),) = rows(tmp_path / "home", "SELECT list_version FROM event")
    wait_for(lambda: informed.scanner.held.held().cursor == newest, timeout_s=90)
    informed.wire.cut()
    wait_for(lambda: not informed.scanner.link.online, timeout_s=60)

    let_in, refused = uninformed.show(one["code"]), informed.show(other["code"])
    for gate in (uninformed, informed):
        gate.wire.heal()
    wait_for(lambda: uninformed.is_settled and informed.is_settled, timeout_s=60)

    assert (let_in.kind, refused.kind, refused.reason) == (Kind.PENDING, Kind.REFUSED, "blocked")
    assert refused.offline
    assert [listed.reason for listed in uninformed.scanner.spool.contradicted()] == ["blocked"]
    assert rows(tmp_path / "home", "SELECT reason FROM conflict") == [("blocked",)]


#: several uploads of them
_WAITING = 4000


def test_thousands_of_waiting_scans_are_sent_while_live_scans_go_first(
    server: Server, tmp_path: Path
) -> None:
    codes = [line["code"] for line in server.codes()]
    gate = GateUnderTest(server, "Porte 1", tmp_path / "spool", timedelta())
    wait_for(lambda: gate.scanner.held.is_there)
    gate.wire.cut()
    wait_for(lambda: not gate.scanner.link.online, timeout_s=60)
    fill(gate, [codes[n % 50] for n in range(_WAITING)])
    gate.wire.heal()
    wait_for(lambda: gate.scanner.spool.waiting_count() < _WAITING)
    live = [gate.show(code).kind for code in codes[50:70]]
    still_waiting = gate.scanner.spool.waiting_count()
    wait_for(lambda: gate.is_settled, timeout_s=60)
    gate.close()

    assert live == [Kind.ADMITTED] * 20
    assert still_waiting > 0
    assert rows(tmp_path / "home", "SELECT count(*) FROM scan") == [(_WAITING + 20,)]
    assert rows(tmp_path / "home", "SELECT count(*) FROM admission") == [(70,)]


def fill(gate: GateUnderTest, codes: list[str]) -> None:
    """Let scans wait that were decided offline; each further showing was refused."""
    refused = {"status": "error", "reason": "already_redeemed"}
    known, rows = set(), []
    for code in codes:
        scan = Scan(code=code, scanned_at=gate.scanner.client.clock.now())
        decided = refused if code in known else {"status": "ok", "reason": None}
        rows.append((scan.scan_id, json.dumps(scan.kept()), json.dumps(decided)))
        known.add(code)
    # All at once: thousands of fsyncs of this machine are not what is measured.
    with gate.scanner.spool._file.transaction() as connection:
        connection.executemany(
            "INSERT INTO waiting (scan_id, body, decided) VALUES (?, ?, ?)", rows
        )
