"""Every answer names the epoch; scans of an earlier one are history; a wrong epoch is noticed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from checkin.db.models import Conflict, Epoch, Participant, Scan
from checkin.domain.common.epochs import EpochCause
from checkin.services.backups.epochs import begin_epoch, current_epoch
from checkin.services.gates.devices import revoke_device
from checkin.web.api.offers import Offers
from checkin.web.api.scans import _offers
from tests.support import factories
from tests.support.api_client import Api, a_scan, text_of

OK = {"status": "ok", "reason": None}
SOME = "0" * 32


def epoch_of(database):
    with database.read() as session:
        return current_epoch(session)


def causes(database):
    with database.read() as session:
        return session.scalars(select(Epoch.cause).order_by(Epoch.id)).all()


def offered(code, *, minutes_ago=10, **more):
    """Return a scan that an earlier epoch had acknowledged."""
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    given = {"scanned_at": text_of(at), "decided": OK, "acknowledged": True}
    return a_scan(code, **given | more)


@pytest.mark.parametrize("path", ["/status", "/gate-list", "/participants?q=ami", "/nothing"])
def test_every_answer_names_the_epoch(api, database, path):
    response = api.ask("GET", path)

    assert response.headers["Marhaba-Epoch"] == epoch_of(database)


def test_so_does_a_refusal_of_the_token(app, database, event):
    stranger = Api(app, "no token", 0)

    response = stranger.ask("GET", "/status")

    assert response.status_code == 401
    assert response.headers["Marhaba-Epoch"] == epoch_of(database)


def test_an_acknowledgement_names_its_number_in_the_log(api, database, event):
    code = factories.a_badge(database, event)
    scan = a_scan(code)

    first = api.ask("POST", "/scans", json=scan).headers["Marhaba-Counter"]
    again = api.ask("POST", "/scans", json=scan).headers["Marhaba-Counter"]

    with database.read() as session:
        number = session.scalars(select(Scan.id)).one()
    assert (first, again) == (f"{number} {scan['scan_id']}",) * 2


def test_a_list_of_another_epoch_is_sent_whole(api, database, event):
    factories.a_badge(database, event)
    head = api.read("/gate-list")["head"]
    asked = f"/gate-list?since={head['cursor']}&epoch="

    same, other = api.read(asked + head["epoch"]), api.read(asked + SOME)

    assert (same["entries"], same["head"]["since"]) == ([], head["cursor"])
    assert (len(other["entries"]), other["head"]["since"]) == (1, None)


def test_the_etag_of_a_list_is_another_one_in_another_epoch(api, database, event):
    etag = api.ask("GET", "/gate-list").headers["ETag"]
    factories.write(database, lambda s: begin_epoch(s, EpochCause.RESTORED, datetime.now(UTC)))

    response = api.ask("GET", "/gate-list", headers={"If-None-Match": etag})

    assert response.status_code == 200


def test_a_gate_that_knows_no_epochs_gets_every_entry_after_a_restore(api, database, event):
    factories.badges(database, event, 3)
    cursor = api.read("/gate-list")["head"]["cursor"]
    factories.write(database, lambda s: begin_epoch(s, EpochCause.RESTORED, datetime.now(UTC)))

    body = api.read(f"/gate-list?since={cursor}")

    assert (len(body["entries"]), body["head"]["since"]) == (3, cursor)
    assert int(body["head"]["cursor"]) > int(cursor)


@pytest.mark.parametrize(
    "seen",
    ["{epoch} 99999 " + str(uuid4()), SOME, SOME + " 3 " + str(uuid4())],
    ids=["a number that is not there", "an epoch that it never had", "both"],
)
def test_a_device_that_has_seen_more_makes_a_new_epoch(api, database, event, seen):
    before = epoch_of(database)

    response = api.ask("GET", "/status", headers={"Marhaba-Seen": seen.format(epoch=before)})

    assert epoch_of(database) != before
    assert response.headers["Marhaba-Epoch"] == epoch_of(database)


def test_the_same_number_for_another_scan_makes_one_too(api, database, event):
    api.scan(factories.a_badge(database, event))
    with database.read() as session:
        number = session.scalars(select(Scan.id)).one()

    api.ask("GET", "/status", headers={"Marhaba-Seen": f"{epoch_of(database)} {number} {uuid4()}"})

    assert causes(database) == ["first", "behind"]


@pytest.mark.parametrize("seen", ["", "nonsense", SOME[:-1], SOME + " x y", "{epoch}", "{epoch} "])
def test_what_says_nothing_of_the_kind_makes_none(api, database, seen):
    before = epoch_of(database)

    api.ask("GET", "/status", headers={"Marhaba-Seen": seen.format(epoch=before)})

    assert epoch_of(database) == before


def test_nonsense_costs_one_epoch_a_minute(api, database):
    for number in range(5):
        api.ask("GET", "/status", headers={"Marhaba-Seen": f"{number}" * 32})

    assert causes(database) == ["first", "heard", "behind"]


def test_a_strangers_claim_makes_none(app, database, event):
    Api(app, "no token", 0).ask("GET", "/status", headers={"Marhaba-Seen": SOME})

    assert causes(database) == ["first"]


def test_a_revoked_devices_claim_does(api, database, event):
    now = datetime.now(UTC)
    factories.write(database, lambda s: revoke_device(s, event, api.device_id, now=now))

    response = api.ask("GET", "/status", headers={"Marhaba-Seen": SOME})

    assert response.status_code == 401
    assert response.headers["Marhaba-Epoch"] == epoch_of(database)
    assert causes(database) == ["first", "heard", "behind"]


def test_an_offered_scan_is_recorded_once_whoever_offers_it(app, api, database, event):
    scan = offered(factories.a_badge(database, event))
    other = Api.enrolled(app, database, event, gate="Porte 2")

    [first], [again], [elsewhere] = (
        list(device.batch(scan).values()) for device in (api, api, other)
    )

    assert [one["replayed"] for one in (first, again, elsewhere)] == [False, True, True]
    assert {one["error"] for one in (first, again, elsewhere)} == {None}


def test_without_the_word_another_devices_scan_is_still_a_conflict(app, api, database, event):
    scan = offered(factories.a_badge(database, event), acknowledged=False)
    other = Api.enrolled(app, database, event, gate="Porte 2")
    api.batch(scan)

    [told] = other.batch(scan).values()

    assert told["error"] == "scan_id_conflict"


def test_a_forced_scan_is_known_without_its_reason(api, database, event):
    factories.a_supervisor(database)
    code = factories.a_badge(database, event)
    forced = a_scan(code, force=True, force_reason="envoyé", supervisor_pin=factories.PIN)
    api.ask("POST", "/scans", json=forced)
    kept = {key: forced[key] for key in ("scan_id", "code", "type", "scanned_at", "source")}

    [told] = api.batch(kept | {"decided": OK, "acknowledged": True}).values()

    assert (told["replayed"], told["error"], told["conflict"]) == (True, None, False)


def test_who_had_the_number_at_the_time_is_who_was_scanned(api, database, event):
    person = factories.a_participant(database, event).participant_id
    scan = offered("", minutes_ago=10, participant_id=person, source="search")
    scan.pop("code")

    [told] = api.batch(scan).values()

    assert (told["status"], told["reason"], told["conflict"]) == ("ok", None, False)


def test_somebody_who_got_the_number_later_is_not_who_was_scanned(api, database, event):
    person = factories.a_participant(database, event).participant_id
    scan = offered("", minutes_ago=10, participant_id=person, source="search")
    scan.pop("code")
    _register_now(database, person)

    [told] = api.batch(scan).values()

    assert (told["status"], told["reason"], told["conflict"]) == ("error", "invalid", True)


def _register_now(database, number):
    def work(session):
        session.get_one(Participant, number).registered_at = datetime.now(UTC)

    factories.write(database, work)


def test_the_delegation_of_somebody_whom_nothing_knows_any_more_is_written_down(
    api, database, event
):
    delegation = factories.a_delegation(database, event)
    api.scan(factories.a_badge(database, event))

    api.batch(offered(factories.code_of(event, uuid4()), delegation_id=delegation.id))

    with database.read() as session:
        lost = session.scalars(select(Scan.lost_delegation_id).order_by(Scan.id)).all()
    assert lost == [None, delegation.id]


def test_a_delegation_of_another_event_is_not_written_down(api, database, event):
    other = factories.an_event(database, "sale-2025")
    strange = factories.a_delegation(database, other, "Salé")
    code = factories.code_of(event, uuid4())

    api.batch(offered(code, delegation_id=strange.id))

    with database.read() as session:
        assert session.scalars(select(Scan.lost_delegation_id)).one() is None
        assert session.scalars(select(Conflict.reason)).one() == "invalid"


def test_gates_take_turns_when_they_offer(api, database, event):
    scan = offered(factories.a_badge(database, event))
    body = {"device_time": text_of(datetime.now(UTC)), "scans": [scan]}
    with _offers.turn():
        later = api.ask("POST", "/scans/batch", json=body)
        waiting = api.ask(
            "POST", "/scans/batch", json=body | {"scans": [scan | {"acknowledged": False}]}
        )

    assert (later.status_code, later.json["error"]) == (503, "come_later")
    assert 3 <= int(later.headers["Retry-After"]) <= 15
    assert waiting.status_code == 200


def test_a_turn_is_free_again_after_a_fault():
    offers = Offers()
    with pytest.raises(ZeroDivisionError), offers.turn():
        1 / 0  # noqa: B018
    with offers.turn():
        pass


def test_who_was_taken_back_and_let_in_again_is_in(api, database, event):
    code = factories.a_badge(database, event)
    first = offered(code, minutes_ago=12, annulled=True)
    again = offered(code, minutes_ago=10)

    told = api.batch(again, first)

    assert (told[again["scan_id"]]["status"], told[again["scan_id"]]["conflict"]) == ("ok", False)
    assert api.ask("GET", "/status").json["totals"]["arrived"] == 1
