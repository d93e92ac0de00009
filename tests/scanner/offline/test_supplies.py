"""What a gate fetches and stores, and what it erases when it is revoked."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from checkin.cli.running.venue_network import self_signed
from checkin.words.languages import LANGUAGES
from scanner.core.errors import CertificateRefused, DeviceWiped, SpoolUnwritable, WipeFailed
from scanner.core.scan import Kind, Scan, Verdict
from scanner.gate.gate import Gate
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.client import Client, Pairing
from scanner.server.courier import STATUS_EVERY_S
from scanner.server.device import remember, remembered
from scanner.server.events import LinkSeen, Stopped, Trouble
from scanner.server.refresh import EVERY_S
from scanner.words import say
from tests.scanner.decode.pictures import FATIMA, a_code
from tests.scanner.offline.lists import a_list, content
from tests.scanner.server.fake_server import EVENT, GATE, TOKEN, FakeServer

ONE, TWO = a_code(1), a_code(2)
MINUTE = timedelta(minutes=1)
STOPPED = {"fr": "Alarme incendie", "ar": "إنذار حريق", "en": "Fire alarm"}
LEASE = {
    "lease_id": "L1",
    "expires_at": (datetime.now(UTC) + timedelta(minutes=10)).isoformat(),
    "delegations": [{"id": 4, "name": "Khémisset", "places": 2}],
    "hall": None,
}


pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def server():
    with FakeServer({ONE: FATIMA}) as server:
        server.list = a_list([(ONE, content(1))], at=datetime.now(UTC))
        server.lease = LEASE
        yield server


@pytest.fixture
def gate(server, tmp_path):
    client = Client(server.url, token=TOKEN)
    spool = Spool(tmp_path / "gate", frame=client.clock.frame)
    held = HeldList(tmp_path / "gate", event=EVENT["slug"])
    gate = Gate(client, spool, held, "fr", "entry", token=TOKEN)
    yield gate
    gate.close()


@pytest.fixture
def told():
    return []


@pytest.fixture
def courier(gate, told):
    return gate.open(told.append)[1]


def cannot_write():
    raise SpoolUnwritable(detail="disk full")


def waiting(gate, code=ONE):
    scan = Scan(code=code)
    gate.spool.put(scan)
    gate.spool.decide(scan.scan_id, {"status": "ok", "reason": None})
    return scan


def test_the_first_round_brings_list_lease_and_the_gate_s_name(gate, courier, told):
    courier.round()

    (seen,) = [one for one in told if isinstance(one, LinkSeen)]
    assert (gate.held.is_there, gate.held.place()) == (True, GATE)
    assert gate.spool.memory.lease().places == {4: 2}
    assert gate.spool.skew_of(gate.client.clock.frame) == pytest.approx(0, abs=1)
    assert (seen.online, seen.freshness.clock_off) == (True, False)


def test_a_certificate_that_is_not_trusted_is_told_once(server, tmp_path, told):
    cert, key = self_signed(tmp_path / "tls", "127.0.0.1")
    server.speak_tls(cert, key)
    client = Client(server.url, token=TOKEN)
    spool = Spool(tmp_path / "gate", frame=client.clock.frame)
    held = HeldList(tmp_path / "gate", event=EVENT["slug"])
    gate = Gate(client, spool, held, "fr", "entry", token=TOKEN)
    courier = gate.open(told.append)[1]

    courier.round()
    courier.round()
    gate.close()

    (trouble,) = [one for one in told if isinstance(one, Trouble)]
    assert isinstance(trouble.fault, CertificateRefused)
    assert "--cafile" in say("fr", trouble.fault.code, **trouble.fault.details)
    assert not any(one.online for one in told if isinstance(one, LinkSeen))


def test_a_stop_that_the_status_tells_of_is_fetched_before_the_next_refresh(
    gate, courier, server, monkeypatch
):
    courier.round()
    server.stop = {"since": "2025-06-14T14:00:00.000Z", "messages": STOPPED}
    server.list = a_list([(ONE, content(1))], at=datetime.now(UTC), stopped=STOPPED)
    began_s = gate.client.clock.elapsed_s()

    monkeypatch.setattr(gate.client.clock, "elapsed_s", lambda: began_s + STATUS_EVERY_S + 0.1)
    courier.round()

    assert STATUS_EVERY_S + 0.1 < EVERY_S
    assert gate.held.policy()["stopped"] == STOPPED


def test_the_heartbeat_tells_how_many_scans_wait(gate, courier, server):
    waiting(gate)
    courier.round()

    asked = next(path for path in server.asked if path.startswith("/api/v1/status"))
    told = parse_qs(urlsplit(asked).query)
    assert told["waiting"] == ["1"]
    assert abs(datetime.fromisoformat(told["device_time"][0]) - datetime.now(UTC)) < MINUTE


def test_the_lease_is_not_renewed_while_the_server_has_yet_to_hear_of_a_scan(gate, courier, server):
    waiting(gate)
    courier._supply()
    while_waiting = gate.spool.memory.lease()
    courier._next_refresh = 0
    courier.round()

    assert (while_waiting, gate.spool.memory.lease().lease_id) == (None, "L1")


def test_at_the_end_the_lease_is_given_back_and_lends_nothing_more(gate, courier, server):
    courier.round()
    courier.start()
    courier.finish()

    assert server.deleted == ["/api/v1/leases?lease_id=L1"]
    assert gate.spool.memory.lease() is None


@pytest.mark.parametrize("mood", ["broken", "silent"])
def test_a_server_that_does_not_answer_delays_the_end_by_a_second_at_most(
    gate, courier, server, mood
):
    courier.round()
    server.mood = mood
    began_s = time.monotonic()
    courier._guarded(courier._return_lease)

    assert time.monotonic() - began_s < 1.3
    assert gate.spool.memory.lease() is None


def test_a_lease_is_kept_while_the_server_lacks_a_scan_or_is_away(gate, courier, server):
    courier.round()
    waiting(gate)
    courier._guarded(courier._return_lease)
    gate.spool.done([one.scan.scan_id for one in gate.spool.decided()])
    courier._delivery.link.online = False
    courier._guarded(courier._return_lease)

    assert (server.deleted, gate.spool.memory.lease().lease_id) == ([], "L1")


def test_a_clock_that_is_off_by_more_than_a_minute_is_said(gate, courier, server, told):
    server.ahead_s = -90
    courier.round()
    courier._note_connection(online=True)

    assert told[-1].freshness.clock_off


def test_a_wiped_device_keeps_only_the_scans_that_the_server_lacks(
    gate, courier, server, told, tmp_path
):
    remember(server.url, Pairing("3", TOKEN, GATE, EVENT))
    courier.round()
    scan = waiting(gate)
    server.mood = "wiped"
    courier.round()
    (stopped,) = [one for one in told if isinstance(one, Stopped)]

    assert isinstance(stopped.fault, DeviceWiped)
    assert stopped.fault.details == {"count": 1}
    assert [one.scan.scan_id for one in gate.spool.decided()] == [scan.scan_id]
    assert (gate.held.is_there, gate.spool.memory.lease()) == (False, None)
    assert remembered(server.url) is None
    assert server.asked.count("/api/v1/devices/wiped") == 1
    left = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert [
        word
        for word in (TOKEN, "Amina", server.list["entries"][0]["sealed"])
        if word.encode() in left
    ] == []


def test_a_disk_that_fails_while_it_is_wiped_keeps_nothing_else_and_stops_all_the_same(
    gate, courier, server, told, monkeypatch
):
    remember(server.url, Pairing("3", TOKEN, GATE, EVENT))
    courier.round()
    server.mood = "wiped"
    with monkeypatch.context() as broken:
        broken.setattr(gate.held._file, "clean", cannot_write)
        scan = Scan(code=ONE)
        gate.spool.put(scan)
        courier.deliver(scan)

    (stopped,) = [one for one in told if isinstance(one, Stopped)]
    assert (type(stopped.fault), stopped.fault.details) == (WipeFailed, {"detail": "disk full"})
    assert [one.fault for one in told if isinstance(one, Verdict)] == [
        ("wipe_failed", {"detail": "disk full"})
    ]
    assert (gate.spool.memory.lease(), remembered(server.url)) == (None, None)
    assert "/api/v1/devices/wiped" not in server.asked


def test_a_disk_that_cannot_be_read_for_a_moment_does_not_end_the_rounds(
    gate, courier, server, told, monkeypatch
):
    scan = waiting(gate)
    server.mood = "broken"
    with monkeypatch.context() as broken:
        broken.setattr(gate.held, "confirmed_at", cannot_write)
        courier.round()
    server.mood = "well"
    courier.round()

    assert [one.fault.code for one in told if isinstance(one, Trouble)] == ["spool_unwritable"]
    assert scan.scan_id in server.answers


def test_a_wiped_device_admits_nobody_even_offline(gate, courier, server, told):
    courier.round()
    for server.mood in ("wiped", "broken"):
        scan = Scan(code=ONE)
        gate.spool.put(scan)
        courier.deliver(scan)

    verdicts = [(one.kind, one.fault) for one in told if isinstance(one, Verdict)]
    assert verdicts == [(Kind.REFUSED, ("wiped", {"count": 1}))] * 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_after_a_wipe_says_how_many_scans_are_kept(language):
    assert "12" in say(language, "wiped", count=12)
