"""What the server has rejected is sent once more: by hand, when asked, and to a new version."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from scanner.core.errors import SpoolUnwritable
from scanner.core.scan import Scan, Verdict, kept_scan
from scanner.offline.acknowledged import Acknowledgement
from scanner.offline.memory import Passage
from scanner.offline.spool import what_was_told
from scanner.offline.walk_in import WalkIn
from scanner.server.events import SentAgain, Trouble
from tests.scanner.decode.pictures import FATIMA, a_code
from tests.scanner.server.fake_server import FakeServer
from tests.scanner.server.test_answers_of_others import Laptop

CODE = a_code(1)
#: held to by the scan page, too
VECTORS = json.loads((Path(__file__).parents[2] / "vectors/sent_again.json").read_text("utf-8"))


@pytest.fixture
def server():
    with FakeServer({a_code(n): FATIMA for n in range(1, 30)}) as server:
        yield server


@pytest.fixture
def laptop(server, tmp_path):
    laptop = Laptop(server, tmp_path, None)
    laptop.rounds(1)
    yield laptop
    laptop.gate.close()


@pytest.fixture
def rejected(laptop, server):
    """The ids of two scans that the server has rejected: one live, one of a batch."""
    server.mood = "rejecting"
    live = laptop.scan()
    server.people["poison"] = [a_code(2)]
    laptop.gate.link.online = False
    batched = laptop.scan(a_code(2))
    laptop.rounds()
    assert laptop.spool.set_aside_count() == 2
    server.mood = "well"
    del server.people["poison"]
    return {live.scan_id, batched.scan_id}


def count_sent_again(laptop):
    return [one.count for one in laptop.told if isinstance(one, SentAgain)]


def test_from_the_window(laptop, server, rejected):
    laptop.courier.send_set_aside_again()
    laptop.rounds()

    assert set(server.answers) == rejected
    assert laptop.spool.set_aside_count() == laptop.spool.waiting_count() == 0
    assert count_sent_again(laptop) == [2]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_it_is_sent_as_what_it_was(case):
    assert what_was_told(case["decided"], was_counted=case["was_counted"]) == case["sent"]


def test_who_was_turned_away_at_the_door_is_sent_as_refused_and_who_was_let_in_as_let_in(
    laptop, server, rejected
):
    asked = server.asked.count("/api/v1/scans")
    laptop.courier.send_set_aside_again()
    laptop.rounds()

    [batch] = server.batches[-1:]
    assert [scan["decided"] for scan in batch["scans"]] == [
        {"status": "error", "reason": None},
        {"status": "ok", "reason": None},
    ]
    assert server.asked.count("/api/v1/scans") == asked  # nothing is decided as a new one


def test_one_of_an_earlier_version_whom_this_device_counted_was_let_in(laptop, server, rejected):
    laptop.spool._file.write("UPDATE set_aside SET decided = NULL")  # it kept no decision
    laptop.courier.send_set_aside_again()
    laptop.rounds()

    [batch] = server.batches[-1:]
    assert [scan["decided"]["status"] for scan in batch["scans"]] == ["error", "ok"]


def test_who_was_told_that_the_disk_is_full_is_sent_as_turned_away(laptop, server, monkeypatch):
    def is_full(*_):
        raise SpoolUnwritable(detail="disk full")

    laptop.gate.link.online = False
    with monkeypatch.context() as patch:
        patch.setattr(laptop.spool, "decide", is_full)
        scan = laptop.scan()
    [verdict] = [one for one in laptop.told if isinstance(one, Verdict)]
    assert verdict.fault == ("spool_unwritable", {"detail": "disk full"})
    laptop.rounds()

    [batch] = server.batches
    assert [(one["scan_id"], one["decided"]["status"]) for one in batch["scans"]] == [
        (scan.scan_id, "error")
    ]
    assert laptop.spool.waiting_count() == 0


def test_when_an_organiser_asks_once(laptop, server, rejected):
    laptop.rounds()
    assert laptop.spool.set_aside_count() == 2  # nobody has asked

    server.send_again = "2025-06-14T15:00:00.000Z"
    server.mood = "rejecting"
    laptop.rounds(4)
    assert count_sent_again(laptop) == [2]  # and was not answered by asking on and on

    server.mood, server.send_again = "well", "2025-06-14T15:10:00.000Z"
    laptop.rounds()
    assert set(server.answers) == rejected


def test_once_by_itself_when_the_server_is_of_another_version(laptop, server, rejected):
    server.version = "1.1.0"
    laptop.rounds(4)

    assert set(server.answers) == rejected
    assert count_sent_again(laptop) == [2]


def test_a_walk_in_waits_again_with_their_place(laptop):
    scan = kept_scan(Scan(code="").kept())
    walk_in = WalkIn("w1", 1, "sealed", scan)
    passage = Passage(scan.scan_id, "", None, 1, "entry", scan.scanned_at, lease_id="L1")
    laptop.spool.walk_ins.take_in(walk_in, {"status": "ok", "reason": None}, passage)
    laptop.spool.walk_ins.set_aside(walk_in, "409 conflict")

    laptop.spool.send_again()

    assert laptop.spool.walk_ins.all() == [walk_in]
    assert laptop.spool.set_aside_count() == 0
    [(decided, lease_id)] = laptop.spool._file.rows("SELECT decided, lease_id FROM walk_ins")
    assert (decided, lease_id) == ('{"status": "ok", "reason": null}', "L1")


def test_each_heartbeat_tells_what_is_set_aside_and_counts_on(laptop, server, rejected):
    first, last = server.reports[0], server.reports[-1]

    assert (first["set_aside"], last["set_aside"]) == (["0"], ["2"])
    turns = [int(one["turn"][0]) for one in server.reports]
    assert turns == list(range(1, len(turns) + 1))
    assert len({one["run"][0] for one in server.reports}) == 1


def test_a_lost_memory_is_told_at_the_gate_and_to_the_server_once(laptop, server, tmp_path):
    server.mood = "silent"
    laptop.gate.link.online = False
    laptop.scan()
    laptop.gate.close()
    with (tmp_path / "spool.sqlite").open("r+b") as file:
        file.write(os.urandom(100))
    server.mood = "well"

    again = Laptop(server, tmp_path, None)
    assert again.troubles() == ["memory_lost"]
    [trouble] = [one for one in again.told if isinstance(one, Trouble)]
    assert trouble.fault.details["count"] == 1
    again.rounds(3)

    told = [one.get("lost") for one in server.reports[-3:]]
    assert told == [["true"], None, None]
    assert server.reports[-3]["saved"] == ["1"]
    assert len(server.answers) == 1  # what was saved has arrived
    again.gate.close()


def test_an_old_server_is_told_no_more_than_it_understands(laptop, server):
    # It ignores what it does not know; and what it does not tell asks for nothing.
    server.version = server.send_again = None
    laptop.rounds()

    assert laptop.spool.told("version") == "1.0.0"
    assert laptop.scan(a_code(3)).scan_id in server.answers


def test_an_offered_scan_that_was_rejected_is_offered_again(laptop, server):
    epochs = ("a" * 32, "b" * 32)
    for epoch in epochs:
        laptop.spool.acknowledged.meet(epoch)
    scan = Scan(code=CODE)
    told = Acknowledgement(scan, {"status": "ok", "reason": None}, "run", epoch=epochs[0])
    laptop.spool.done([], None, [told])
    laptop.spool.set_aside(scan, "400 invalid_request")
    laptop.spool.acknowledged.heard([scan.scan_id], epochs[1])
    assert laptop.spool.acknowledged.count_to_offer() == 0

    laptop.spool.send_again()

    assert laptop.spool.acknowledged.count_to_offer() == 1
    assert laptop.spool.waiting_count() == 0
