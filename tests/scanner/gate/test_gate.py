"""A laptop that is paired again: which data of the earlier pairing it keeps."""

import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_tag
from scanner.core.scan import Scan
from scanner.gate.gate import Wanted, gate_for
from tests.scanner.decode.pictures import a_code
from tests.scanner.offline.lists import NOON, a_list, content
from tests.scanner.server.fake_server import EVENT, PAIRING_CODE, FakeServer

ONE, TWO = a_code(1), a_code(2)
TAG = badge_tag(parse_code(ONE))
LEASE = {"lease_id": "L1", "expires_at": NOON.isoformat(), "delegations": [], "hall": 9}
OK = {"status": "ok", "reason": None}


pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def server():
    with FakeServer() as server:
        yield server


@contextlib.contextmanager
def paired(server):
    gate = gate_for(Wanted(server.url, pairing_code=PAIRING_CODE))
    try:
        yield gate
    finally:
        gate.client._session.close()
        gate.close()


@pytest.fixture
def scan(server):
    """A scan that waits, from a pairing that held a list and a lease and let somebody in."""
    with paired(server) as gate:
        gate.held.take(a_list([(ONE, content(1))], event=EVENT["slug"]))
        gate.spool.memory.take_lease(LEASE)
        station, courier = gate.open(lambda gate_event: None)
        scan = Scan(code=ONE, scanned_at=station.clock())
        gate.spool.put(scan)
        gate.link.online = False
        courier.deliver(scan)
        return scan


def test_paired_for_another_event_it_takes_that_event_s_list_and_loses_no_scan(server, scan):
    server.event = EVENT | {"slug": "oujda"}
    with paired(server) as gate:
        kept = [gate.held.is_there, gate.spool.memory.lease()]
        key = Ed25519PrivateKey.generate()  # each event has its own
        gate.held.take(a_list([(TWO, content(2))], event="oujda", key=key))

        assert kept == [False, None]
        assert gate.held.held().event == "oujda"
        assert gate.spool.memory.history(TAG, 1).entries == 0
        assert [one.scan.scan_id for one in gate.spool.decided()] == [scan.scan_id]


def test_paired_again_for_its_event_it_knows_who_came_in_and_lends_nothing_of_the_old_device(
    server, scan
):
    with paired(server) as gate:
        assert gate.held.is_there
        assert gate.spool.memory.history(TAG, 1).entries == 1
        assert gate.spool.memory.lease() is None
