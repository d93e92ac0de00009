from datetime import UTC, datetime, timedelta

import pytest

from checkin.protocol.gate_list import tag_of_ref
from scanner.core.errors import ServerUnreachable, TokenRefused
from scanner.core.scan import Kind, Scan, kept_scan
from scanner.offline.decisions import OfflineGate
from scanner.offline.held_list import HeldList
from scanner.offline.memory import passage_told
from scanner.offline.spool import Spool, Waiting
from scanner.server.client import Client
from scanner.server.delivery import Delivery
from tests.scanner.decode.pictures import FATIMA, a_code
from tests.scanner.offline.lists import NOON, a_list, content
from tests.scanner.server.fake_server import GATE, TOKEN, FakeServer

CODE, UNKNOWN = a_code(1), a_code(2)
OK = {"status": "ok", "reason": None}


@pytest.fixture
def server():
    with FakeServer({CODE: FATIMA, **{a_code(n): FATIMA for n in range(100, 600)}}) as server:
        yield server


@pytest.fixture
def delivery(tmp_path, server):
    client = Client(server.url, token=TOKEN)
    spool, held = Spool(tmp_path, frame=client.clock.frame), HeldList(tmp_path)
    offline = OfflineGate(held, spool.memory, client.clock, GATE, "fr")
    yield Delivery(spool, client, offline, language="fr")
    held.close()
    spool.close()


def put(delivery, code=CODE, decided=None):
    scan = Scan(code=code)
    delivery.spool.put(scan)
    if decided:
        delivery.spool.decide(scan.scan_id, decided)
    return scan


def test_an_acknowledged_scan_leaves_the_spool(delivery):
    verdict = delivery.deliver(put(delivery))

    assert (verdict.kind, verdict.participant) == (Kind.ADMITTED, FATIMA)
    assert delivery.spool.waiting_count() == 0


def test_the_second_time_is_amber_with_when_and_where(delivery, server):
    first = put(delivery)
    delivery.deliver(first)

    verdict = delivery.deliver(put(delivery))

    assert verdict.kind == Kind.ALREADY
    assert verdict.first_admission == {"at": first.body()["scanned_at"], "gate": "Porte A"}


def test_whoever_was_let_in_from_the_search_is_known_to_be_in_without_the_network(delivery):
    scan = Scan(code="", source="search", participant_id=FATIMA["id"])

    delivery.keep(scan, delivery.server.post_scan(scan, None))

    history = delivery.spool.memory.history(tag_of_ref(Scan(code=CODE).badge_ref), FATIMA["id"])
    assert (history.entries, history.inside) == (1, True)
    assert delivery.spool.waiting_count() == 0


@pytest.mark.parametrize("mood", ["broken", "portal", "silent"])
def test_without_an_answer_the_scan_is_kept_and_shown_blue(delivery, server, mood):
    server.mood = mood

    verdict = delivery.deliver(put(delivery))

    assert (verdict.kind, verdict.offline) == (Kind.PENDING, True)
    assert "Laissez passer" in verdict.message
    assert [one.decided for one in delivery.spool.decided()] == [OK]
    assert not delivery.link.online


@pytest.mark.parametrize(
    ("listed", "kind"), [([UNKNOWN], Kind.PENDING), ([], Kind.REFUSED)], ids=["listed", "not"]
)
def test_whom_a_hub_does_not_know_yet_the_gate_lets_in_by_its_list(delivery, server, listed, kind):
    server.is_hub = True
    delivery.offline.held.take(a_list([(code, content()) for code in listed]))

    verdict = delivery.deliver(put(delivery, UNKNOWN))

    assert (verdict.kind, verdict.offline) == (kind, bool(listed))
    assert [one.decided for one in delivery.spool.decided()] == [OK] * len(listed)
    assert delivery.link.online  # the next person is asked about as always
    assert delivery.deliver(put(delivery)).kind == Kind.ADMITTED


def test_while_the_connection_is_down_the_gate_does_not_wait_for_it(delivery, server):
    delivery.link.online = False

    assert delivery.deliver(put(delivery)).kind == Kind.PENDING
    assert server.answers == {}


def test_a_malformed_scan_is_set_aside_and_never_green(delivery, server):
    server.mood = "rejecting"

    verdict = delivery.deliver(put(delivery))

    assert (verdict.kind, verdict.status) == (Kind.REFUSED, "error")
    assert (delivery.spool.waiting_count(), delivery.spool.set_aside_count()) == (0, 1)


def test_a_revoked_device_keeps_its_scans(delivery, server):
    server.mood = "revoked"

    with pytest.raises(TokenRefused):
        delivery.deliver(put(delivery))

    assert delivery.spool.waiting_count() == 1


def test_waiting_scans_go_up_in_batches_matched_by_scan_id(delivery, server):
    # The server answers in the reverse order.
    scans = [put(delivery, a_code(n), OK) for n in range(100, 600)]
    late = put(delivery, CODE, OK)

    assert [delivery.upload(), delivery.upload(), delivery.upload()] == [500, 1, 0]
    assert set(server.answers) == {scan.scan_id for scan in [*scans, late]}
    assert delivery.spool.waiting_count() == 0


def test_a_scan_whose_answer_got_lost_is_not_admitted_twice(delivery, server):
    scan = put(delivery)
    delivery.server.post_scan(scan)  # the answer is lost: nothing leaves the spool
    delivery.spool.decide(scan.scan_id, OK)

    delivery.upload()

    assert list(server.answers) == [scan.scan_id]
    assert server.answers[scan.scan_id][1]["status"] == "ok"


def test_one_bad_scan_does_not_hold_up_the_others(delivery, server):
    bad = put(delivery, UNKNOWN, OK)
    good = [put(delivery, a_code(n), OK) for n in range(100, 104)]
    server.people["poison"] = [UNKNOWN]

    assert delivery.upload() == 5
    assert set(server.answers) == {scan.scan_id for scan in good}
    assert bad.scan_id not in server.answers
    assert (delivery.spool.waiting_count(), delivery.spool.set_aside_count()) == (0, 1)


def test_a_scan_on_which_the_server_fails_stays_and_does_not_hold_up_the_others(delivery, server):
    first = put(delivery, a_code(100), OK)
    bad = put(delivery, UNKNOWN, OK)
    more = [put(delivery, a_code(n), OK) for n in range(101, 104)]
    server.stumbles_over = {UNKNOWN}

    rounds = [delivery.upload() for _ in range(6)]

    assert (sum(rounds), set(server.answers)) == (4, {one.scan_id for one in [first, *more]})
    assert [one.scan.scan_id for one in delivery.spool.decided()] == [bad.scan_id]
    server.stumbles_over = set()
    assert delivery.upload() == 1


def test_a_result_that_is_missing_leaves_its_scan_waiting(delivery, server, monkeypatch):
    first, second = put(delivery, CODE, OK), put(delivery, UNKNOWN, OK)
    monkeypatch.setattr(
        delivery.server, "post_batch", lambda waiting, device_time: [{"scan_id": second.scan_id}]
    )

    assert delivery.upload() == 1
    assert [one.scan.scan_id for one in delivery.spool.decided()] == [first.scan_id]


def test_a_result_with_an_error_sets_its_scan_aside(delivery, monkeypatch):
    bad, good = put(delivery, CODE, OK), put(delivery, UNKNOWN, OK)
    results = [
        {"scan_id": good.scan_id, "error": None},
        {"scan_id": bad.scan_id, "error": "scan_id_conflict"},
    ]
    monkeypatch.setattr(delivery.server, "post_batch", lambda waiting, device_time: results)

    assert delivery.upload() == 2
    assert (delivery.spool.waiting_count(), delivery.spool.set_aside_count()) == (0, 1)


def test_scans_cut_off_by_a_crash_are_decided_by_the_server(delivery, server):
    scan = put(delivery)
    cut_off = delivery.spool.undecided()

    assert (delivery.resume(cut_off), cut_off) == (1, [])
    assert list(server.answers) == [scan.scan_id]
    assert delivery.spool.waiting_count() == 0


def test_a_later_scan_of_the_badge_that_was_decided_here_goes_before_one_that_was_cut_off(
    delivery, server
):
    first, other = put(delivery), put(delivery, a_code(100))
    cut_off = delivery.spool.undecided()
    delivery.decide_here(put(delivery))

    assert (delivery.resume(cut_off), [one.scan.scan_id for one in cut_off]) == (1, [first.scan_id])
    assert list(server.answers) == [other.scan_id]
    delivery.upload()
    assert (delivery.resume(cut_off), cut_off) == (1, [])

    assert server.answers[first.scan_id][1]["reason"] == "already_redeemed"
    assert delivery.spool.contradicted() == []


def test_after_a_restart_a_scan_goes_up_by_its_ref_and_its_badge_counts_as_in(delivery, server):
    scan = put(delivery)

    delivery.resume(delivery.spool.undecided())

    [(body, _)] = server.answers.values()
    assert {key for key in body if key in ("code", "badge_ref")} == {"badge_ref"}
    assert body["badge_ref"] == scan.badge_ref
    assert delivery.spool.memory.history(tag_of_ref(scan.badge_ref), None).inside


def test_a_practice_badge_that_goes_up_by_its_ref_counts_nobody():
    kept = kept_scan(Scan(CODE).kept())
    reply = {"status": "ok", "reason": None, "participant": None}

    counted = passage_told(kept, "tag", reply, NOON, "Porte A")
    practised = passage_told(kept, "tag", reply | {"rehearsal": True}, NOON, "Porte A")

    assert counted is not None
    assert practised is None


def test_scans_that_cannot_be_resumed_stay_in_the_spool(delivery, server):
    put(delivery)
    cut_off = delivery.spool.undecided()
    server.mood = "broken"

    with pytest.raises(ServerUnreachable):
        delivery.resume(cut_off)

    assert len(cut_off) == delivery.spool.waiting_count() == 1


def test_a_live_scan_tells_what_its_clock_says_now(delivery, server):
    scan = put(delivery)
    delivery.deliver(scan)

    body, _ = server.answers[scan.scan_id]
    sent = (datetime.fromisoformat(body[name]) for name in ("device_time", "scanned_at"))
    waited = next(sent) - next(sent)  # both in whole milliseconds
    assert timedelta() <= waited < timedelta(seconds=5)


def resumed(delivery, server):
    """Send a scan that an earlier run read, and return what was sent of it."""
    scan = put(delivery)
    delivery.resume([Waiting(scan, None, "earlier")])
    return server.answers[scan.scan_id][0]


def test_a_scan_of_an_earlier_run_tells_that_run_s_time(delivery, server):
    delivery.server.status()  # this run's clock is measured
    delivery.spool.keep_skew("earlier", 3600)

    told = datetime.fromisoformat(resumed(delivery, server)["device_time"])

    assert abs((told - datetime.now(UTC)).total_seconds() - 3600) < 5


def test_a_scan_of_a_run_that_measured_nothing_tells_no_time(delivery, server):
    assert "device_time" not in resumed(delivery, server)


def test_a_run_without_a_measured_skew_does_not_date_scans_of_an_earlier_run(delivery, server):
    scan = put(delivery)
    delivery.spool.keep_skew("earlier", 3600)

    with pytest.raises(ServerUnreachable):
        delivery.resume([Waiting(scan, None, "earlier")])

    assert server.answers == {}
    assert delivery.spool.waiting_count() == 1
