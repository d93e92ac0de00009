"""Walk-ins at a gate without the network: stored, sealed, sent, and registered once."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_tag
from checkin.protocol.walk_ins import open_walk_in, public_text
from scanner.core.errors import RequestRejected, ServerFailed, ServerUnreachable, SpoolUnwritable
from scanner.core.scan import Kind, ref_of
from scanner.offline.clock import DeviceClock
from scanner.offline.decisions import OfflineGate
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.offline.walk_in import Newcomer
from scanner.server.delivery import Delivery, Link
from tests.scanner.decode.pictures import a_code
from tests.scanner.offline.lists import NOON, a_list

OPENER = ec.generate_private_key(ec.SECP256R1())
KHEMISSET = {"id": 4, "name": "Khémisset", "name_ar": "الخميسات"}
STOPPED = {"fr": "Alarme incendie", "ar": "إنذار حريق", "en": "Fire alarm"}


class Server:
    """Registers as the real one does; `fault` is raised instead, after or before the work."""

    def __init__(self):
        self.people, self.batches, self.fault, self.loses_answers = {}, [], None, False
        self.stumbles_over = None

    def register(self, walk_in):
        if self.fault:
            raise self.fault
        told = open_walk_in(OPENER, walk_in.id, walk_in.sealed)
        if told["name"] == self.stumbles_over:
            raise ServerFailed(server="")
        number = self.people.setdefault(walk_in.id, (len(self.people) + 1, told))[0]
        if self.loses_answers:
            raise ServerUnreachable(server="")
        return {"participant_id": number, "code": a_code(number)}

    def post_batch(self, waiting, device_time):
        self.batches.append(waiting)
        return [{"scan_id": one.scan.scan_id, "status": "ok", "reason": None} for one in waiting]


@pytest.fixture
def server():
    return Server()


def opened(folder, server):
    spool, held = Spool(folder), HeldList(folder)
    clock = DeviceClock(lambda: NOON, lambda: 0.0)
    offline = OfflineGate(held, spool.memory, clock, {"id": 7, "name": "Porte A"}, "fr")
    return Delivery(spool, server, offline, Link(online=False), "fr")


def closed(gate):
    gate.offline.held.close()
    gate.spool.close()


@pytest.fixture
def gate(tmp_path, server):
    gate = opened(tmp_path, server)
    gate.offline.held.take(a_list())
    yield gate
    closed(gate)


def lend(gate, places=1, hall=None, **more):
    body = {
        "lease_id": "L1",
        "expires_at": (NOON + timedelta(minutes=10)).isoformat(),
        "delegations": [{**KHEMISSET, "places": places}],
        "hall": hall,
        "walk_in_key": public_text(OPENER),
    }
    gate.spool.memory.take_lease(body | more)


def come(gate, name="Amina Tazi", delegation=KHEMISSET):
    return gate.admit(Newcomer.named(name, delegation))


def test_a_walk_in_is_let_in_once_for_each_lent_place(gate):
    lend(gate, places=2)

    told = [come(gate, name) for name in ("Amina Tazi", "عمر العلوي", "Said Alami")]

    assert [one.kind for one in told] == [Kind.PENDING, Kind.PENDING, Kind.REFUSED]
    assert told[0].participant["name"] == "Amina Tazi"
    assert told[1].participant["name_ar"] == "عمر العلوي"
    assert told[2].reason == "quota_exceeded"
    assert gate.spool.waiting_count() == 2


@pytest.mark.parametrize(
    ("lease", "policy", "reason"),
    [
        (None, {}, "unapproved"),
        ({"walk_in_key": ""}, {}, "unapproved"),
        ({"expires_at": NOON.isoformat()}, {}, "quota_exceeded"),
        ({"hall": 0}, {"capacity": 9}, "capacity_exceeded"),
        ({}, {"stopped": STOPPED}, "invalid_time"),
        ({}, {"doors_close_at": NOON.isoformat()}, "invalid_time"),
        ({}, {"limited_gates": [7]}, "wrong_gate"),
    ],
)
def test_beyond_lease_and_rules_nobody_is_let_in_and_nothing_is_kept(gate, lease, policy, reason):
    gate.offline.held.take(a_list(cursor=2, **policy))
    if lease is not None:
        lend(gate, **lease)

    assert (come(gate).reason, gate.spool.waiting_count()) == (reason, 0)


def test_a_lent_seat_is_taken_with_the_place(gate):
    gate.offline.held.take(a_list(cursor=2, capacity=9))
    lend(gate, places=5, hall=1)

    assert [come(gate, name).reason for name in ("Amina", "Omar")] == [None, "capacity_exceeded"]


def test_no_name_is_on_the_disk(gate, tmp_path):
    lend(gate)
    come(gate, "Amina Tazi")
    closed(gate)

    held = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"Amina" not in held
    assert b"Tazi" not in held
    gate.__dict__.update(opened(tmp_path, gate.server).__dict__)


def test_after_a_restart_walk_ins_are_registered_and_their_entry_is_sent_with_its_lease(
    gate, server, tmp_path
):
    lend(gate)
    scan_id = come(gate, "Amina Tazi").scan.scan_id
    closed(gate)
    gate.__dict__.update(opened(tmp_path, server).__dict__)

    gate.register()
    gate.upload()

    ((_, person),) = server.people.values()
    ((sent,),) = server.batches
    assert person == {"name": "Amina Tazi", "allow_duplicate": True}
    assert (sent.scan.scan_id, sent.scan.badge_ref, sent.lease_id) == (
        *(scan_id, ref_of(a_code(1)), "L1"),
    )
    assert sent.decided == {"status": "ok", "reason": None}
    assert gate.spool.waiting_count() == 0
    assert come(gate, "Omar").reason == "quota_exceeded"  # the place stays given away
    assert gate.spool.memory.history(badge_tag(parse_code(a_code(1))), 1).inside


def test_an_answer_that_is_lost_registers_nobody_twice(gate, server):
    lend(gate)
    come(gate)
    server.loses_answers = True
    for _ in range(2):
        with pytest.raises(ServerUnreachable):
            gate.register()
    server.loses_answers = False

    gate.register()

    assert len(server.people) == 1
    assert [one.scan.badge_ref for one in gate.spool.decided()] == [ref_of(a_code(1))]


def test_a_new_lease_is_charged_with_those_who_are_not_registered_yet(gate):
    lend(gate)
    come(gate)
    lend(gate, lease_id="L2")

    assert come(gate, "Omar").reason == "quota_exceeded"


def test_one_whom_the_server_will_never_take_is_set_aside_for_a_person_to_see(gate, server):
    lend(gate)
    come(gate)
    server.fault = RequestRejected(404, "not_found", "no delegation has the number 4")

    gate.register()

    (aside,) = gate.spool.set_aside_list()
    assert aside.error == "404 not_found: no delegation has the number 4"
    assert (gate.spool.waiting_count(), gate.spool.set_aside_count()) == (0, 1)


def test_a_full_disk_lets_nobody_in(gate, monkeypatch):
    lend(gate)

    def full(*_):
        raise SpoolUnwritable(folder="x", detail="full")

    monkeypatch.setattr(type(gate.spool._file), "transaction", full)

    with pytest.raises(SpoolUnwritable):
        come(gate)


def test_a_walk_in_on_whom_the_server_fails_stays_and_does_not_delay_the_others(gate, server):
    lend(gate, places=2)
    for name in ("Amina Tazi", "Said Alami"):
        come(gate, name)
    server.stumbles_over = "Amina Tazi"

    assert (gate.register(), gate.upload(), gate.spool.waiting_count()) == (1, 1, 1)
    server.stumbles_over = None
    assert (gate.register(), gate.upload(), gate.spool.waiting_count()) == (1, 1, 0)
