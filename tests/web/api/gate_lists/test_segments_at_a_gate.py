"""A laptop fetches the list of very many people: whole, cut off, tampered with, replaced."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Event as Signal

import pytest
import requests

from checkin.db.models import Category, Delegation, Event, Gate
from checkin.domain.common.epochs import EpochCause
from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_tag, bus_tag, open_bus_list, open_entry
from checkin.services.backups.epochs import begin_epoch
from checkin.services.badges.issue import reissue_badge
from checkin.services.badges.specs import badge_codes
from checkin.services.gates import list_passes, list_segments
from checkin.services.gates.devices import revoke_device
from checkin.services.gates.gates import limit_gate
from checkin.services.gates.list_passes import write_pass
from checkin.services.jobs.workers import worker_seen
from checkin.services.lifecycle.demo import load_demo
from checkin.services.people.registering.registration import cancel
from checkin.web.site.state import API, EXTENSION
from scanner.core.errors import SpoolUnwritable
from scanner.core.scan import Scan
from scanner.server.events import LinkSeen, Stopped, Trouble
from tests.restores.laptops import Laptop
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.waiting import wait_for


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    monkeypatch.setattr(list_passes, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(list_segments, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(list_passes, "PASS_AFTER", 1)
    monkeypatch.setattr(list_passes, "SEGMENT_BYTES", 450)


@pytest.fixture
def codes(database, event):
    codes = factories.badges(database, event, 9)
    write_pass(database, event.id, KEYS, lambda: NOW)
    return codes


@pytest.fixture
def laptop(app, database, event, tmp_path):
    laptop = Laptop(app, database, event, tmp_path)
    yield laptop
    laptop.close()


def fetched(laptop):
    """Return the marks of the segments that it has asked for."""
    paths = [path for path in laptop.line.asked if "/segments/" in path]
    return [mark for path in paths for mark in path.rpartition("/")[2].split(",")]


def told(laptop, code):
    """Return what its list tells of a badge, as it reads it without the network."""
    token, held = parse_code(code), laptop.gate.held
    entry = held.entry(badge_tag(token))
    return entry and open_entry(token, entry, held.names)


def canceled(database, event, people):
    def work(session):
        for number in people:
            cancel(session, session.get_one(Event, event.id), number, now=NOW)

    write(database, work)


def faults(laptop):
    return [one.fault.code for one in laptop.told if isinstance(one, Trouble)]


def coming(laptop):
    seen = [one.freshness.coming for one in laptop.told if isinstance(one, LinkSeen)]
    return [one for at, one in enumerate(seen) if one and one not in seen[:at]]


class Cut:
    """Lets so many requests for segments through, and then nothing, or what it is given."""

    def __init__(self, laptop, requests, instead=None):
        self.left, self.instead = requests, instead
        self.send, laptop.line.send = laptop.line.send, self

    def __call__(self, request, **given):
        if "/segments/" in request.url:
            if not self.left:
                if self.instead is None:
                    raise requests.ConnectTimeout
                answer = self.send(request, **given)
                answer._content = self.instead(answer.content)
                return answer
            self.left -= 1
        return self.send(request, **given)

    def heal(self):
        self.left = 10**6


def test_the_list_comes_in_segments_and_then_what_has_changed(laptop, database, event, codes):
    canceled(database, event, [2])
    laptop.rounds(1)
    assert [told(laptop, code)["standing"] for code in codes[:3]] == ["confirmed"] * 3

    laptop.rounds(1)
    assert [told(laptop, code)["standing"] for code in codes[:3]] == [
        "confirmed",
        "canceled",
        "confirmed",
    ]
    assert len(fetched(laptop)) == len(set(fetched(laptop))) > 2
    assert told(laptop, codes[0])["delegation"]["name"] == "Khémisset"


def test_without_the_network_verdicts_are_those_of_the_list(laptop, codes):
    laptop.rounds(2)
    laptop.line.is_cut = True

    assert [laptop.scan(code).reason for code in (codes[0], codes[8])] == [None, None]
    stranger = codes[0][:-4] + "0000"
    assert laptop.scan(stranger).reason == "invalid"


def test_who_is_cut_off_goes_on_where_it_was_after_a_restart_too(laptop, codes):
    Cut(laptop, 1)
    laptop.rounds(2)
    of = len(laptop.gate.held._coming.segments)
    assert laptop.gate.held.progress() == (2, of)
    assert not laptop.gate.held.is_there
    first = fetched(laptop)

    laptop.close()
    laptop.open()
    laptop.rounds(2)

    again = fetched(laptop)
    assert not laptop.gate.held.is_coming
    assert len(first) == 2  # of the first request
    assert not set(first) & set(again)
    assert len(again) == of - 2
    assert [bool(told(laptop, code)) for code in codes] == [True] * 9


def test_a_gate_scans_with_the_server_while_its_list_arrives(laptop, codes):
    Cut(laptop, 1)
    laptop.rounds(1)

    verdict = laptop.scan(codes[3])

    assert (verdict.offline, verdict.reason, verdict.status) == (False, None, "ok")
    assert coming(laptop)[0] == (0, len(laptop.gate.held._coming.segments))


def test_a_slow_line_holds_up_neither_scans_nor_the_heartbeat(laptop, codes):
    let_go, send = Signal(), laptop.line.send

    def slow(request, **given):
        if "/segments/" in request.url:
            assert let_go.wait(60)
        return send(request, **given)

    laptop.line.send = slow
    laptop.courier.start()
    wait_for(lambda: laptop.gate.held.is_coming)
    asked = len(laptop.line.asked)
    laptop.courier._next_status = float("-inf")
    wait_for(lambda: any("/status" in path for path in laptop.line.asked[asked:]))

    assert laptop.scan(codes[3]).offline is False
    assert not laptop.gate.held.is_there
    let_go.set()
    wait_for(lambda: laptop.gate.held.is_there)
    laptop.courier.finish()
    assert told(laptop, codes[0])


def test_the_list_before_stays_in_use_until_the_new_one_is_here(laptop, database, event, codes):
    laptop.rounds(2)
    for number in (1, 2, 3, 4):
        write(
            database,
            lambda s, number=number: cancel(s, s.get_one(Event, event.id), number, now=NOW),
        )
    write_pass(database, event.id, KEYS, lambda: NOW)
    cut = Cut(laptop, 0)
    laptop.rounds(1)
    assert told(laptop, codes[0])["standing"] == "confirmed"
    assert laptop.gate.held.is_coming

    cut.heal()
    laptop.rounds(2)
    assert [told(laptop, code)["standing"] for code in (codes[0], codes[8])] == [
        "canceled",
        "confirmed",
    ]


def test_of_a_later_pass_only_its_own_segments_are_fetched(laptop, database, event, codes):
    laptop.rounds(2)
    first = fetched(laptop)
    factories.badges(database, event, 4)  # fewer than half as many again
    write_pass(database, event.id, KEYS, lambda: NOW)
    laptop.rounds(2)

    later = fetched(laptop)[len(first) :]
    assert later
    assert not set(first) & set(later)
    assert sorted(laptop.gate.held._segments._file.rows("SELECT mark FROM segments")) == sorted(
        (mark,) for mark in {*first, *later}
    )


def test_a_segment_that_was_tampered_with_is_refused_and_fetched_again(laptop, codes):
    cut = Cut(laptop, 1, lambda content: content[:-1] + bytes([content[-1] ^ 1]))
    laptop.rounds(1)
    assert faults(laptop) == ["list_refused"]
    assert not laptop.gate.held.is_there

    cut.heal()
    laptop.rounds(2)
    assert told(laptop, codes[0])


def test_a_segment_that_vanished_is_asked_for_no_more(laptop, database, event, codes):
    cut = Cut(laptop, 1)
    laptop.rounds(1)
    for number in range(1, 7):
        write(
            database,
            lambda s, number=number: cancel(s, s.get_one(Event, event.id), number, now=NOW),
        )
    write_pass(database, event.id, KEYS, lambda: NOW)  # writes all anew
    cut.heal()
    laptop.courier.round()  # goes on, and finds that it is gone
    laptop.rounds(2)

    assert [told(laptop, code)["standing"] for code in (codes[0], codes[8])] == [
        "canceled",
        "confirmed",
    ]
    assert faults(laptop) == []


def test_a_list_of_another_epoch_takes_the_place_of_one_that_arrives(
    laptop, app, database, event, codes
):
    laptop.rounds(2)
    before = laptop.gate.held.held().epoch
    write(database, lambda s: begin_epoch(s, EpochCause.RESTORED, NOW))
    app.extensions[API].extensions[EXTENSION].devices.forget()
    app.extensions[API].extensions[EXTENSION].epoch.forget()
    write_pass(database, event.id, KEYS, lambda: NOW)
    laptop.rounds(3)

    held = laptop.gate.held.held()
    assert held.epoch != before
    assert held.left == {before}
    assert told(laptop, codes[0])


def test_a_badge_that_is_revoked_while_the_list_arrives_is_refused(laptop, database, event, codes):
    cut = Cut(laptop, 1)
    laptop.rounds(1)
    of = {"keys": KEYS, "reason": "lost", "now": NOW}
    write(database, lambda s: reissue_badge(s, s.get_one(Event, event.id), 1, **of))
    cut.heal()
    laptop.rounds(2)
    laptop.line.is_cut = True

    assert laptop.scan(codes[0]).reason == "revoked"


def test_a_device_that_is_revoked_while_its_list_arrives_erases_it(
    laptop, app, database, event, codes
):
    Cut(laptop, 2)
    laptop.rounds(1)
    device = laptop.device_id
    write(database, lambda s: revoke_device(s, s.get_one(Event, event.id), device, now=NOW))
    app.extensions[API].extensions[EXTENSION].devices.forget()
    laptop.rounds(1)

    assert [one for one in laptop.told if isinstance(one, Stopped)]
    assert laptop.gate.held._file.rows("SELECT mark FROM segments") == []
    assert not laptop.gate.held.is_coming


def test_a_gate_waits_while_segments_are_written_and_then_asks_for_the_whole_list(
    laptop, database, event
):
    codes = factories.badges(database, event, 9)
    write(database, lambda s: worker_seen(s, "worker", datetime.now(UTC)))
    laptop.rounds(1)
    assert (faults(laptop), laptop.gate.held.is_there) == ([], False)
    assert laptop.scan(codes[0]).offline is False
    refresh = laptop.courier._refresh
    assert 0 < laptop.courier._next_refresh - refresh.clock.elapsed_s() <= 5

    refresh._not_ready_since -= 121
    laptop.rounds(1)
    assert told(laptop, codes[0])["standing"] == "confirmed"
    assert fetched(laptop) == []


def test_an_older_server_s_list_takes_the_place_of_segments(laptop, database, event, codes):
    laptop.rounds(2)
    body = laptop.gate.client.gate_list(0, "").body
    laptop.gate.held.take(body)

    assert told(laptop, codes[0])["standing"] == "confirmed"
    assert laptop.gate.held._file.rows("SELECT mark FROM segments") == []


def test_a_full_disk_keeps_what_is_here_and_is_told(laptop, codes, monkeypatch):
    def full(*_):
        raise SpoolUnwritable(detail="full")

    monkeypatch.setattr(laptop.gate.held, "keep_segment", full)
    laptop.rounds(1)
    assert faults(laptop) == ["spool_unwritable"]

    monkeypatch.undo()
    laptop.rounds(2)
    assert told(laptop, codes[0])


def demo(database):
    """Load the reference event with flags, telephones, limited gates and buses."""

    def work(session):
        load_demo(session, KEYS, 240, 1, datetime.now(UTC))
        event = session.query(Event).one()
        event.gates_call_coordinators = True
        for number, one in enumerate(session.query(Delegation).all()):
            one.coordinator_phone = f"+2126000000{number:02}"
        gate = session.query(Gate).order_by(Gate.id).first()
        limit_gate(session, event, gate, [session.query(Category).first().name])
        return event, [one.code for one in badge_codes(session, event, KEYS)]

    return write(database, work)


def test_verdicts_by_segments_are_those_by_whole_entries_for_the_reference_event(
    app, database, tmp_path
):
    event, codes = demo(database)
    write_pass(database, event.id, KEYS, lambda: NOW)
    with database.read() as session:
        gate = session.query(Gate).order_by(Gate.id).first().name
    laptops = [Laptop(app, database, event, tmp_path / name, gate) for name in ("a", "b")]
    short, whole = laptops
    short.rounds(2)
    whole.gate.held.take(whole.gate.client.gate_list(0, "").body)
    assert short.gate.held.names != whole.gate.held.names
    head = short.gate.client.gate_list(0, "", segments=True).body["head"]
    size, records = (sum(one[of] for one in head["segments"]) for of in ("bytes", "records"))
    assert 100_000 * size / records < 20e6

    verdicts, now = [], datetime.now(UTC)
    for laptop in laptops:
        laptop.line.is_cut = True
        offline = laptop.courier.lists
        scans = [Scan(code=code, scanned_at=now) for code in codes]
        verdicts.append([_shown(offline.answer(scan)) for scan in scans])
    assert verdicts[0] == verdicts[1]
    reasons = {reason for _status, reason, *_ in verdicts[0]}
    assert reasons >= {None, "canceled", "wrong_gate"}
    for code in codes:
        assert told(short, code) == told(whole, code)
        assert _bus(short, code) == _bus(whole, code)
    for laptop in laptops:
        laptop.close()


def _shown(answer):
    verdict = answer.verdict
    return (
        *(verdict.status, verdict.reason, verdict.message, verdict.participant),
        *(verdict.delegation, verdict.next_step, verdict.flags, answer.decided),
    )


def _bus(laptop, code):
    token, held = parse_code(code), laptop.gate.held
    entry = held.entry(bus_tag(token))
    return entry and open_bus_list(token, entry, held.names)
