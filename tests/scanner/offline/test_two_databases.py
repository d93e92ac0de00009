"""A gate that changes between the central server and a hub offers to each what it lacks, once."""

from __future__ import annotations

from contextlib import contextmanager, suppress

import pytest

from scanner.core.errors import SpoolUnwritable
from scanner.core.scan import Scan
from scanner.offline.acknowledged import Acknowledgement
from scanner.offline.spool import Spool
from scanner.offline.walk_in import WalkIn
from tests.scanner.decode.pictures import a_code

CENTRAL, HUB = "c" * 32, "a" * 32


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "spool")
    yield spool
    spool.close()


def acknowledged(spool, epoch, number):
    """Scan, and have the database of an epoch acknowledge it."""
    scan = Scan(code=a_code(number))
    spool.put(scan)
    told = Acknowledgement(
        scan, {"status": "ok", "reason": None}, "run", epoch, f"{number} {scan.scan_id}"
    )
    spool.done([scan.scan_id], told=[told])
    return scan.scan_id


def offered(spool):
    return {offer.scan.scan_id for offer in spool.acknowledged.to_offer()}


def at(spool, place, epoch):
    """Go to a place, and be answered there."""
    spool.acknowledged.arrive(place)
    spool.acknowledged.meet(epoch)


def test_what_the_central_server_has_is_offered_to_a_hub_that_is_new(spool):
    at(spool, "", CENTRAL)
    before = acknowledged(spool, CENTRAL, 1)

    at(spool, "hub 1", HUB)

    assert offered(spool) == {before}


def test_back_at_the_central_server_what_the_hub_has_is_offered_and_nothing_else(spool):
    at(spool, "", CENTRAL)
    acknowledged(spool, CENTRAL, 1)
    at(spool, "hub 1", HUB)
    there = acknowledged(spool, HUB, 2)

    at(spool, "", CENTRAL)

    assert offered(spool) == {there}


def test_what_both_have_is_offered_to_neither_however_often_a_gate_changes(spool):
    at(spool, "", CENTRAL)
    scan_id = acknowledged(spool, CENTRAL, 1)
    at(spool, "hub 1", HUB)
    spool.acknowledged.heard([scan_id], HUB, f"7 {scan_id}")

    seen = []
    for place, epoch in (("", CENTRAL), ("hub 1", HUB), ("", CENTRAL)):
        at(spool, place, epoch)
        seen.append(offered(spool))

    assert seen == [set(), set(), set()]


def test_each_server_is_told_what_was_seen_of_its_own_database(spool):
    at(spool, "", CENTRAL)
    first = acknowledged(spool, CENTRAL, 5)
    at(spool, "hub 1", HUB)
    second = acknowledged(spool, HUB, 3)
    at_hub = spool.acknowledged.seen()

    at(spool, "", CENTRAL)

    assert at_hub == f"{HUB} 3 {second}"
    assert spool.acknowledged.seen() == f"{CENTRAL} 5 {first}"


def test_a_gate_that_was_switched_off_at_a_hub_begins_at_the_central_server(tmp_path):
    spool = Spool(tmp_path / "spool")
    at(spool, "", CENTRAL)
    acknowledged(spool, CENTRAL, 1)
    at(spool, "hub 1", HUB)
    there = acknowledged(spool, HUB, 2)
    spool.close()

    again = Spool(tmp_path / "spool")
    again.acknowledged.arrive("")
    found = offered(again)
    again.close()

    assert found == {there}


def test_a_device_of_before_hubs_takes_its_last_epoch_for_the_central_servers(spool):
    spool.acknowledged.meet(CENTRAL)
    acknowledged(spool, CENTRAL, 1)
    at(spool, "hub 1", HUB)

    at(spool, "", CENTRAL)

    assert spool.acknowledged.epoch == CENTRAL


@pytest.fixture
def full(spool, monkeypatch):
    """Fill the disk: nothing is noted any more, until it is emptied."""

    def fill():
        @contextmanager
        def transaction():
            raise SpoolUnwritable(detail="disk full")
            yield

        monkeypatch.setattr(spool.acknowledged._file, "transaction", transaction)

    return fill


@pytest.mark.parametrize("was_there_before", [True, False])
def test_a_gate_that_changed_while_its_disk_was_full_is_where_it_is_answered(
    spool, full, monkeypatch, was_there_before
):
    if was_there_before:
        at(spool, "hub 1", HUB)
    at(spool, "", CENTRAL)
    before = acknowledged(spool, CENTRAL, 1)
    full()
    for noted in (lambda: spool.acknowledged.arrive("hub 1"), lambda: spool.acknowledged.meet(HUB)):
        with suppress(SpoolUnwritable):
            noted()
    monkeypatch.undo()

    spool.acknowledged.meet(HUB)
    offered_at_hub = offered(spool)
    at(spool, "", CENTRAL)

    assert offered_at_hub == {before}
    assert (spool.acknowledged.epoch, offered(spool)) == (CENTRAL, set())


def test_an_answer_of_an_epoch_that_was_left_changes_nothing(spool):
    at(spool, "", CENTRAL)
    at(spool, "", restored := "b" * 32)

    spool.acknowledged.meet(CENTRAL)

    assert spool.acknowledged.epoch == restored


def test_a_walk_in_who_is_registered_again_has_the_new_badge_where_they_were_let_in(spool):
    """A refusal was of the badge of then, as the server that refused it has it in its log."""
    at(spool, "", CENTRAL)
    let_in, refused = Scan(code="", kept_ref="1" * 32), Scan(code="", kept_ref="1" * 32)
    for scan, status in ((let_in, "ok"), (refused, "error")):
        spool.put(scan)
        told = {"status": status, "reason": None}
        spool.done([scan.scan_id], told=[Acknowledgement(scan, told, "run", CENTRAL, "")])
    walk_in = WalkIn("w1", 1, "sealed", Scan(code=""))

    at(spool, "hub 1", HUB)
    spool.acknowledged.walk_in_is_back(walk_in, "1" * 32, "2" * 32, HUB)

    refs = {one.scan.scan_id: one.scan.kept_ref for one in spool.acknowledged.to_offer()}
    assert refs == {let_in.scan_id: "2" * 32, refused.scan_id: "1" * 32}
