import socket
import time

import pytest

from scanner.core.errors import (
    BadServerAddress,
    CertificateMissing,
    PairingRefused,
    RequestRejected,
    ServerUnreachable,
    TokenRefused,
)
from scanner.core.scan import Scan
from scanner.offline.clock import skew_s
from scanner.offline.spool import Waiting
from scanner.server.client import Client
from scanner.server.http_link import server_address
from tests.scanner.decode.pictures import FATIMA, a_code
from tests.scanner.server.fake_server import EVENT, GATE, PAIRING_CODE, TOKEN, FakeServer

CODE = a_code(1)


@pytest.fixture
def server():
    with FakeServer({CODE: FATIMA}) as server:
        yield server


@pytest.fixture
def client(server):
    return Client(server.url + "/", token=TOKEN, language="ar")


def test_pairing_gives_token_gate_and_event(server):
    pairing = Client(server.url).pair(PAIRING_CODE, "gate laptop")

    assert (pairing.token, pairing.gate, pairing.event) == (TOKEN, GATE, EVENT)


def test_a_wrong_pairing_code_is_its_own_fault(server):
    with pytest.raises(PairingRefused):
        Client(server.url).pair("000000", "gate laptop")


def test_a_scan_gets_its_verdict_and_the_same_scan_the_same_one(client, server):
    scan = Scan(code=CODE)

    first, again = client.post_scan(scan), client.post_scan(scan)

    assert first["participant"] == FATIMA
    assert {**again, "replayed": False, "server_time": 0} == {**first, "server_time": 0}
    assert again["replayed"]
    assert server.languages == {"ar"}


def test_a_batch_carries_what_was_decided_and_when_by_this_clock(client, server):
    scan = Scan(code=CODE)
    decided = {"status": "ok", "reason": None}

    (result,) = client.post_batch([Waiting(scan, decided)], scan.scanned_at)

    assert result["scan_id"] == scan.scan_id
    assert [s["decided"] for s in server.batches[0]["scans"]] == [decided]
    assert server.batches[0]["device_time"] == scan.body()["scanned_at"]


@pytest.mark.parametrize(
    ("mood", "fault"),
    [
        ("broken", ServerUnreachable),
        ("portal", ServerUnreachable),
        ("login", ServerUnreachable),
        ("proxy", ServerUnreachable),
        ("revoked", TokenRefused),
        ("rejecting", RequestRejected),
    ],
)
def test_each_kind_of_failure_is_its_own_fault(client, server, mood, fault):
    server.mood = mood

    with pytest.raises(fault):
        client.post_scan(Scan(code=CODE))


def test_a_silent_server_is_given_up_after_a_second_and_a_half(client, server):
    server.mood = "silent"
    began = time.monotonic()

    with pytest.raises(ServerUnreachable):
        client.post_scan(Scan(code=CODE))

    assert 1.4 < time.monotonic() - began < 2.4


def test_nobody_listening_is_unreachable():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(ServerUnreachable):
        Client(f"http://127.0.0.1:{port}", token=TOKEN).status()


def test_an_answer_to_another_scan_does_not_count(client, server, monkeypatch):
    monkeypatch.setattr(server, "_scan", lambda body: (200, {"scan_id": "other", "status": "ok"}))

    with pytest.raises(ServerUnreachable):
        client.post_scan(Scan(code=CODE))


def test_skew_is_measured_from_the_middle_of_the_round_trip(client, server):
    server.ahead_s = -90

    client.post_scan(Scan(code=CODE))

    assert client.clock.skew_s == pytest.approx(90, abs=0.5)


def test_half_the_round_trip_is_taken_off():
    from datetime import UTC, datetime, timedelta

    sent_at = datetime(2025, 6, 14, 15, tzinfo=UTC)

    assert skew_s(sent_at, sent_at + timedelta(seconds=1), 2.0) == 0


@pytest.mark.parametrize(
    "server",
    ["", "marhaba.local", "ftp://x", "http://", "192.168.1.10:80", "http://[::", "http://x:99999"],
)
def test_an_address_that_is_none_is_refused(server):
    with pytest.raises(BadServerAddress):
        server_address(server)


def test_a_missing_certificate_is_said_before_anything_is_sent(tmp_path):
    with pytest.raises(CertificateMissing):
        Client("https://localhost", cafile=tmp_path / "none.pem")
