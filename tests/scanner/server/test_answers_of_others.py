"""What something between a gate and its server answers in its place ends nothing at the gate."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkin.protocol.gate_list import public_key_text
from scanner.core.errors import AnsweredByAnother, DeviceWiped, RequestRejected, TokenRefused
from scanner.core.scan import Scan
from scanner.gate.gate import Gate
from scanner.gate.volunteer_requests import VolunteerRequests
from scanner.offline.clock import DeviceClock
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.client import Client
from scanner.server.events import Stopped, Trouble
from tests.scanner.decode.pictures import FATIMA, a_code
from tests.scanner.server.fake_server import EVENT, GATE, TOKEN, FakeServer

CODE = a_code(1)
EPOCH, OTHER_EPOCH = "a" * 32, "b" * 32
REFUSALS = {
    status: json.dumps({"error": "not_found", "detail": "no such route", "wipe": status == 401})
    for status in (400, 401, 403, 404, 409)
}
LOSES_NOTHING = {503: "{}", 502: "<html>", 429: json.dumps({"error": "slow_down"})}


class Laptop:
    """A gate's scanner; its second thread runs once for each `round`."""

    def __init__(
        self,
        server: FakeServer,
        folder,
        key: Ed25519PrivateKey | None,
        clock: DeviceClock | None = None,
    ) -> None:
        client = Client(server.url, token=TOKEN, clock=clock)
        self.spool = Spool(folder, frame=client.clock.frame)
        self.gate = Gate(
            client=client,
            spool=self.spool,
            held=HeldList(folder),
            language="fr",
            type="entry",
            token=TOKEN,
            place=GATE,
            event=EVENT,
            public_key=public_key_text(key) if key else "",
        )
        self.told: list[object] = []
        _, self.courier = self.gate.open(self.told.append)

    def scan(self, code: str = CODE):
        """Show a badge."""
        scan = Scan(code=code, scanned_at=self.gate.client.clock.now())
        self.spool.put(scan)
        self.courier.deliver(scan)
        return scan

    def rounds(self, count: int = 2) -> None:
        """Let the second thread run, with its heartbeat each time."""
        for _ in range(count):
            self.courier._next_status = float("-inf")
            self.courier.round()

    def has_stopped(self) -> bool:
        """Say whether it goes on no more."""
        return any(isinstance(one, Stopped) for one in self.told)

    def troubles(self) -> list[str]:
        """Return the faults that were told."""
        return [one.fault.code for one in self.told if isinstance(one, Trouble)]


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


@pytest.fixture
def server(key):
    with FakeServer({a_code(n): FATIMA for n in range(1, 30)}) as server:
        server.epoch, server.key = EPOCH, key
        yield server


@pytest.fixture
def laptop(server, key, tmp_path):
    laptop = Laptop(server, tmp_path, key)
    laptop.rounds(1)  # it meets the epoch
    yield laptop
    laptop.gate.close()


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_of_something_else_sets_nothing_aside_and_stops_nothing(laptop, server, status):
    server.other = (status, REFUSALS[status])

    laptop.scan()
    laptop.rounds()

    assert (laptop.spool.set_aside_count(), laptop.spool.decided_count()) == (0, 1)
    assert not laptop.has_stopped()
    assert laptop.troubles() == ["answered_by_another"]  # once, not every second
    server.other = None
    laptop.rounds()
    assert laptop.spool.waiting_count() == 0
    assert len(server.answers) == 1


@pytest.mark.parametrize("status", LOSES_NOTHING)
def test_a_proxy_whose_server_is_away_is_waited_for(laptop, server, status):
    server.other = (status, LOSES_NOTHING[status])

    laptop.scan()
    laptop.rounds()

    assert (laptop.spool.set_aside_count(), laptop.spool.decided_count()) == (0, 1)
    assert laptop.troubles() == []


def test_success_without_a_mark_is_no_success(laptop, server):
    server.other = (200, json.dumps({"totals": {}, "gates": [], "device": {}}))

    laptop.rounds()

    assert not laptop.gate.link.online
    assert laptop.troubles() == ["answered_by_another"]


def test_the_servers_own_refusals_hold(laptop, server):
    server.mood = "rejecting"
    laptop.scan()
    assert laptop.spool.set_aside_count() == 1

    server.mood = "wiped"
    laptop.rounds()
    assert laptop.has_stopped()


def test_a_refusal_with_the_mark_and_without_the_signature_ends_nothing(laptop, server):
    server.key = None
    server.mood = "rejecting"

    laptop.scan()
    server.mood = "wiped"
    laptop.rounds()

    assert (laptop.spool.set_aside_count(), laptop.spool.decided_count()) == (0, 1)
    assert not laptop.has_stopped()


def test_an_old_signed_refusal_is_none_of_another_request(laptop, server, monkeypatch):
    monkeypatch.setattr(server, "mood", "wiped")
    monkeypatch.setattr("scanner.server.http_link.new_nonce", lambda: "x" * 22)
    with pytest.raises(DeviceWiped):
        laptop.gate.client.status()
    monkeypatch.setattr("tests.scanner.server.fake_server.NONCE", "X-Nonce-Of-An-Earlier-Request")
    monkeypatch.setattr("scanner.server.http_link.new_nonce", lambda: "y" * 22)
    with pytest.raises(AnsweredByAnother):
        laptop.gate.client.status()


def test_the_server_of_another_event_at_the_same_address_ends_nothing(laptop, server, key):
    laptop.scan()
    server.epoch, server.key = OTHER_EPOCH, Ed25519PrivateKey.generate()
    server.mood = "revoked"  # it has never heard of this device

    laptop.scan()
    laptop.rounds()

    assert not laptop.has_stopped()
    assert laptop.spool.acknowledged.epoch == EPOCH
    assert laptop.spool.acknowledged.count_to_offer() == 0
    assert laptop.spool.decided_count() == 1


def test_another_marhaba_that_takes_this_device_for_its_own_gets_nothing(laptop, server, key):
    laptop.scan()
    server.epoch, server.key = OTHER_EPOCH, Ed25519PrivateKey.generate()
    before = len(server.answers)
    laptop.scan(a_code(2))
    laptop.rounds()

    assert laptop.troubles() == ["answered_by_another"]
    assert laptop.spool.acknowledged.epoch == EPOCH
    assert laptop.spool.decided_count() == 1
    server.epoch, server.key = EPOCH, key
    server.answers.clear()
    laptop.rounds()
    assert (laptop.spool.waiting_count(), len(server.answers)) == (0, before)


def test_a_server_that_was_put_back_signs_its_new_epoch_which_is_met(laptop, server):
    laptop.scan()
    server.epoch = OTHER_EPOCH

    laptop.rounds(1)

    assert laptop.spool.acknowledged.epoch == OTHER_EPOCH
    assert laptop.gate.link.online


def test_an_old_server_is_believed_until_it_has_shown_an_epoch(server, tmp_path):
    server.epoch, server.key = "", None
    laptop = Laptop(server, tmp_path, None)
    laptop.rounds(1)

    server.mood = "rejecting"
    laptop.scan()
    assert laptop.spool.set_aside_count() == 1
    server.mood = "revoked"
    laptop.rounds()
    assert laptop.has_stopped()
    laptop.gate.close()


def test_a_gate_that_knows_no_key_takes_the_epoch_for_a_mark(server, tmp_path):
    laptop = Laptop(server, tmp_path, None)
    laptop.rounds(1)
    server.key = None

    server.other = (404, REFUSALS[404])
    with pytest.raises(AnsweredByAnother):
        laptop.gate.client.status()
    server.other, server.mood = None, "rejecting"
    with pytest.raises(RequestRejected):
        laptop.gate.client.post_scan(Scan(code=CODE))
    server.mood = "revoked"
    with pytest.raises(TokenRefused):
        laptop.gate.client.status()
    laptop.gate.close()


def test_what_takes_no_large_request_gets_smaller_batches(laptop, server):
    server.other = (503, "{}")
    for number in range(1, 21):
        laptop.scan(a_code(number))
    server.other, server.largest_body = None, 1_500  # some five scans
    laptop.rounds(8)

    assert laptop.spool.waiting_count() == 0
    assert len(server.answers) == 20
    assert laptop.spool.set_aside_count() == 0


def test_an_earlier_server_that_knows_no_search_by_a_body_is_searched_by_the_address(
    laptop, server, monkeypatch
):
    """It does not sign that it knows no such address: nothing of it knows whose device asks."""
    server.is_earlier, key = True, server.key

    def signs_nothing_of_unknown_addresses(path, body):
        server.key = None if path == "/api/v1/participants/search" else key
        return answered(path, body)

    answered = server._signed_in
    monkeypatch.setattr(server, "_signed_in", signs_nothing_of_unknown_addresses)

    found = VolunteerRequests(laptop.gate.client).search("Fatima")

    assert {person.name for person in found.people} == {FATIMA["name"]}


def test_what_only_answers_in_the_server_s_place_is_not_searched_by_the_address(laptop, server):
    server.other = (404, REFUSALS[404])
    paths = []
    get, laptop.gate.client.get = laptop.gate.client.get, lambda path, **how: paths.append(path)

    with pytest.raises(AnsweredByAnother):
        VolunteerRequests(laptop.gate.client).search("Fatima")

    laptop.gate.client.get = get
    assert paths == []


def test_a_batch_names_what_is_never_taken_only_with_a_signature(laptop, server, monkeypatch):
    def refuses(body):
        results = [
            {"scan_id": one["scan_id"], "status": "error", "reason": "invalid", "error": "conflict"}
            for one in body["scans"]
        ]
        return 200, {"results": results, "server_time": server._now()}

    monkeypatch.setattr(server, "_batch", refuses)
    server.other = (503, "{}")
    laptop.scan()
    server.other, key = None, server.key

    server.key = None
    laptop.rounds()
    assert (laptop.spool.set_aside_count(), laptop.spool.decided_count()) == (0, 1)

    server.key = key
    laptop.rounds()
    assert (laptop.spool.set_aside_count(), laptop.spool.decided_count()) == (1, 0)
