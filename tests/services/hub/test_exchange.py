"""What happens at a hub is known at the central server, and the reverse, once each."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from checkin.db.engine import in_transaction
from checkin.db.models import Admission, Conflict, Delegation, Participant, Scan, Upstream
from checkin.db.models import Hub as CentralsHub
from checkin.domain.common.epochs import EpochCause
from checkin.domain.gates.hub_numbers import OWN_NUMBERS
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.errors import ScanIdConflict
from checkin.services.backups.epochs import begin_epoch
from checkin.services.common.keys import Keys
from checkin.services.gates.authentication import mark_seen
from checkin.services.hub.exchange import try_exchange
from checkin.services.hub.link import CentralRefused, CentralUnreachable
from checkin.services.hub.loans import hold_back
from checkin.services.hub.strangers import recordable
from checkin.services.hub.upstream import upstream
from checkin.services.hubs.revocation import revoke_hub
from checkin.services.people.delegation_deletion import delete_delegation
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.record import Uploaded, record_scan, record_uploads
from checkin.services.scanning.storage import Answer, Decided
from checkin.services.scanning.walk_ins import Named, Newcomer, register_walk_in
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.databases.restores import saved
from tests.support.factories import NOW, write
from tests.support.lending import keep_places


@pytest.fixture
def code(database, event, hub):
    code = factories.a_badge(database, event, "Amina Alaoui")
    hub.exchange()
    return code


def scan_at(hub, device, code, **more):
    """Scan a badge at a gate that is connected to the hub."""
    reading = factories.a_reading(code, **more)
    with hub.database.writing() as connection:
        return record_scan(connection, hub.device(device.id), reading, hub.keys)


def count(database, model):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_who_is_admitted_at_the_hub_is_in_at_the_central_server_once(database, device, hub, code):
    answer = scan_at(hub, device, code)

    first, again = hub.exchange(), hub.exchange()

    assert (answer.status, answer.reason) == ("ok", None)
    assert (first.scans, again.scans) == (1, 0)
    with database.read() as session:
        (stored,) = session.scalars(select(Scan)).all()
        (entry,) = session.scalars(select(Admission)).all()
    assert (stored.scan_id, stored.device_id, stored.gate_id) == (
        answer.scan_id,
        device.id,
        device.gate_id,
    )
    assert entry.device_id == device.id
    assert abs(stored.corrected_at - NOW) < factories.minutes(0.1)


def test_who_came_in_elsewhere_is_refused_at_the_hub(database, device, hub, code):
    factories.scan(database, device, code, at=NOW)
    hub.exchange()

    answer = scan_at(hub, device, code, at=NOW + factories.minutes(1))

    assert (answer.status, answer.reason) == ("error", "already_redeemed")
    assert count(hub.database, Admission) == 1


def test_a_scan_of_another_gate_does_not_come_back_to_the_central_server(
    database, device, hub, code
):
    factories.scan(database, device, code)

    assert [hub.exchange().arrivals, hub.exchange().arrivals] == [1, 0]
    assert hub.exchange().scans == 0
    assert count(database, Scan) == 1


def test_who_came_in_at_both_while_the_line_was_cut_is_a_conflict_and_is_counted_once(
    database, device, hub, code
):
    hub.line.is_cut = True
    scan_at(hub, device, code)
    factories.scan(database, device, code, at=NOW + factories.minutes(1))
    with pytest.raises(CentralUnreachable):
        hub.exchange()
    hub.line.is_cut = False

    hub.exchange()

    assert (count(database, Scan), count(database, Conflict)) == (2, 1)
    assert count(database, Admission) == 1
    assert count(hub.database, Admission) == 1


def test_an_exchange_that_breaks_off_says_why_and_loses_nothing(database, device, hub, code):
    scan_at(hub, device, code)
    hub.line.is_cut = True

    assert try_exchange(hub.exchange_of) is None

    with hub.database.read() as session:
        assert upstream(session).fault == "it cannot be reached"
    hub.line.is_cut = False
    assert hub.exchange().scans == 1


def test_a_refusal_of_a_text_that_is_no_code_of_ours_counts_at_the_central_server(
    database, device, hub, code
):
    answer = scan_at(hub, device, "https://example.org/something")

    hub.exchange()

    assert answer.reason == "invalid"
    with database.read() as session:
        (stored,) = session.scalars(select(Scan)).all()
    assert (stored.status, stored.reason, stored.participant_id) == ("error", "invalid", None)


def walks_in(hub, device, delegation, name="Karim Tazi", number=1):
    newcomer = Newcomer(
        Registration(name=name, delegation=delegation.name),
        delegation.id,
        Named(factories.uuid4(), bytes([number]) * 32),
    )
    return in_transaction(
        hub.database,
        lambda s: register_walk_in(
            s, hub.device(device.id), newcomer, keys=hub.keys, now=datetime.now(UTC)
        ),
    )


def test_a_walk_in_of_the_hub_gets_the_central_servers_number(
    database, device, hub, code, delegation
):
    made = walks_in(hub, device, delegation)
    own = made.registered.participant_id

    hub.exchange()
    hub.exchange()

    with database.read() as session:
        there = session.scalars(select(Participant).where(Participant.name == "Karim Tazi")).one()
    here = [one for one in hub.rows(Participant) if one.name == "Karim Tazi"]
    assert own > OWN_NUMBERS
    assert [one.id for one in here] == [there.id]
    assert there.registered_by == "walk_in"


def test_whom_the_central_server_does_not_register_is_told_of_until_it_does(
    database, event, device, hub, code
):
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=5)
    hub.exchange()
    walks_in(hub, device, tiflet)
    write(
        database,
        lambda s: delete_delegation(
            s, s.merge(event), tiflet.id, operator_id=None, now=datetime.now(UTC)
        ),
    )

    hub.exchange()
    (told,) = [one.refused for one in hub.rows(Upstream)]
    write(
        database,
        lambda s: s.add(
            Delegation(id=tiflet.id, event_id=event.id, name="Tiflet", folded="tiflet", quota=5)
        ),
    )
    hub.exchange()

    assert told == ["Karim Tazi"]
    assert [one.refused for one in hub.rows(Upstream)] == [[]]
    assert count(database, Participant) == 2


def test_places_that_are_not_lent_to_the_hub_are_nobodys_there(database, event, device, hub):
    """Of eleven free places a tenth is lent to gates: one."""
    factories.a_category(database, event)
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=11)
    hub.exchange()

    made = [walks_in(hub, device, tiflet, name, at) for at, name in enumerate(("Ali", "Omar"), 1)]

    assert [one.registered.standing for one in made] == ["confirmed", "reserve"]


def test_a_place_that_a_gate_gave_away_before_the_loan_is_not_given_away_once_more(
    database, event, device, hub
):
    """The gate stood alone, too, and brings its scan after the hub has borrowed anew."""
    factories.lay_down(database, reserve_from=NOW - factories.minutes(60))
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=3)
    keep_places(database, tiflet.id, 2)
    _, waits = (
        factories.a_badge(database, event, name, delegation=tiflet) for name in ("Ali", "Omar")
    )
    hub.exchange()

    def lend_one(session):  # a gate of the central server holds the other
        link = upstream(session)
        link.lent = {**link.lent, "places": {str(tiflet.id): 1}}
        hold_back(session, datetime.now(UTC))

    write(hub.database, lend_one)
    let_in = {"decided": Decided(Status.OK, None), "at": datetime.now(UTC) - factories.minutes(30)}
    late = Uploaded(hub.device(device.id), factories.a_reading_by_ref(waits, **let_in))
    (answer,) = record_uploads(hub.database, [late], hub.keys)
    write(hub.database, lambda session: hold_back(session, datetime.now(UTC)))

    made = walks_in(hub, device, tiflet)

    assert (answer.status, answer.conflict) == ("ok", False)
    assert made.registered.standing == "reserve"


def test_a_place_that_a_walk_in_of_the_hub_has_is_nobody_elses(database, event, device, hub):
    factories.a_category(database, event)
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=11)
    hub.exchange()
    walks_in(hub, device, tiflet)

    hub.exchange()
    hub.exchange()

    with database.read() as session:
        taken = session.get_one(Delegation, tiflet.id).places_taken
    here = {one.id: one.places_taken for one in hub.rows(Delegation)}
    assert (taken, here[tiflet.id]) == (1, 1)


def test_a_central_server_that_was_put_back_is_offered_everything_again(
    database, device, hub, code
):
    scan_at(hub, device, code)
    hub.exchange()

    def put_back(session):
        upstream(session).epoch = "0" * 32

    in_transaction(hub.database, put_back)

    assert hub.exchange().scans == 1
    assert count(database, Scan) == 1


def test_a_hub_makes_no_badge_that_opens_anything_at_the_central_server(hub, event):
    assert hub.keys.for_event(event.slug) != factories.KEYS.for_event(event.slug)
    assert isinstance(hub.keys, Keys)


def test_the_quota_is_the_same_there_and_here(database, hub, code):
    with database.read() as session:
        there = {one.id: one.quota for one in session.scalars(select(Delegation)).all()}
    assert {one.id: one.quota for one in hub.rows(Delegation)} == there


def test_a_scan_that_was_taken_back_at_the_hub_is_taken_back_at_the_central_server(
    database, device, hub, code
):
    answer = scan_at(hub, device, code)
    hub.exchange()

    def take_back(session):
        annul_scan(
            session,
            event_id=device.event_id,
            scan_id=answer.scan_id,
            reason="by mistake",
            now=NOW,
            device_id=device.id,
        )

    write(hub.database, take_back)
    hub.exchange()

    with database.read() as session:
        (stored,) = session.scalars(select(Scan)).all()
    assert stored.annulled_at is not None


def test_a_hub_that_ends_tells_the_central_server_when_nothing_is_left(database, device, hub, code):
    scan_at(hub, device, code)
    before = hub.exchange_of.waiting()
    hub.exchange()
    after = hub.exchange_of.waiting()

    hub.central.ended()

    with database.read() as session:
        (there,) = session.scalars(select(CentralsHub)).all()
    assert (before, after) == (1, 0)
    assert there.wiped_at is not None
    with pytest.raises(CentralRefused) as refused:
        hub.exchange()
    assert refused.value.wipes


def test_a_revoked_hub_still_brings_what_it_holds(database, event, device, hub, code):
    scan_at(hub, device, code)
    (there,) = read(database, CentralsHub)
    write(database, lambda s: revoke_hub(s, s.merge(event), there.id, now=datetime.now(UTC)))
    with pytest.raises(CentralRefused) as refused:
        hub.exchange()

    hub.exchange_of.bring_last()

    assert refused.value.wipes
    assert count(database, Scan) == 1


def read(database, model):
    with database.read() as session:
        return list(session.scalars(select(model)).all())


def take_back(hub, device, answer, at=NOW):
    write(
        hub.database,
        lambda session: annul_scan(
            session,
            event_id=device.event_id,
            scan_id=answer.scan_id,
            reason="by mistake",
            now=at,
            device_id=device.id,
        ),
    )


def arrived(database):
    """Return the scans that count somebody in."""
    with database.read() as session:
        return session.scalars(
            select(Scan.scan_id)
            .join(Admission, Admission.scan_pk == Scan.id)
            .where(Admission.annulled_at.is_(None))
        ).all()


def test_who_was_taken_back_and_let_in_again_at_the_hub_is_in_at_the_central_server(
    database, device, hub, code
):
    take_back(hub, device, scan_at(hub, device, code))
    again = scan_at(hub, device, code, at=NOW + factories.minutes(1))

    hub.exchange()

    assert arrived(database) == [again.scan_id]
    assert count(database, Conflict) == 0


def test_who_was_taken_back_and_let_in_again_elsewhere_is_in_at_the_hub(
    database, device, hub, code
):
    first = factories.scan(database, device, code, at=NOW)
    hub.exchange()
    write(
        database,
        lambda session: annul_scan(
            session,
            event_id=device.event_id,
            scan_id=first.scan_id,
            reason="by mistake",
            now=NOW,
            device_id=device.id,
        ),
    )
    again = factories.scan(database, device, code, at=NOW + factories.minutes(1))

    hub.exchange()

    assert arrived(hub.database) == [again.scan_id]
    assert count(hub.database, Conflict) == 0


def test_what_was_taken_back_is_told_although_the_hubs_clock_went_back(
    database, event, device, hub, code
):
    other = factories.a_badge(database, event, "Omar Tazi")
    hub.exchange()
    first, second = scan_at(hub, device, code), scan_at(hub, device, other)
    take_back(hub, device, first, NOW + factories.minutes(10))
    hub.exchange()
    take_back(hub, device, second, NOW)

    hub.exchange()

    assert arrived(database) == []


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_walk_in_whom_a_restore_has_lost_is_registered_again(
    app, databases, database, device, hub, code, delegation, tmp_path, is_announced
):
    put_back = saved(databases, database, tmp_path)
    made = walks_in(hub, device, delegation)
    scan_at(hub, device, "", participant_id=made.registered.participant_id, source="search")
    hub.exchange()

    put_back()
    if is_announced:
        write(database, lambda session: begin_epoch(session, EpochCause.RESTORED, NOW))
    app.extensions[EXTENSION].epoch.forget()
    app.extensions[EXTENSION].devices.forget()
    for _ in range(4):
        hub.exchange()

    with database.read() as session:
        there = session.scalars(select(Participant).where(Participant.name == "Karim Tazi")).one()
        came = session.scalars(select(Admission.participant_id)).all()
    here = [one.id for one in hub.rows(Participant) if one.name == "Karim Tazi"]
    assert (here, came) == ([there.id], [there.id])
    assert [one.participant_id for one in hub.rows(Admission)] == [there.id]


def test_a_walk_in_whose_gate_has_told_the_central_server_itself_is_registered_once(
    database, device, hub, code, delegation
):
    named = Named(factories.uuid4(), b"\x01" * 32)
    newcomer = Newcomer(
        Registration(name="Karim Tazi", delegation=delegation.name), delegation.id, named
    )
    in_transaction(
        hub.database,
        lambda s: register_walk_in(
            s, hub.device(device.id), newcomer, keys=hub.keys, now=datetime.now(UTC)
        ),
    )
    write(
        database,
        lambda s: register_walk_in(s, device, newcomer, keys=factories.KEYS, now=datetime.now(UTC)),
    )

    hub.exchange()
    hub.exchange()

    with database.read() as session:
        there = session.scalars(select(Participant).where(Participant.name == "Karim Tazi")).one()
    assert [one.id for one in hub.rows(Participant) if one.name == "Karim Tazi"] == [there.id]


def test_a_quota_that_shrinks_below_whom_the_hub_let_in_stops_no_exchange(
    database, event, device, hub, code
):
    factories.a_category(database, event)
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=11)
    hub.exchange()
    walks_in(hub, device, tiflet)
    # Who lowers a quota is refused while its places are lent; a restore may bring it all the same.
    lower = update(Delegation).where(Delegation.id == tiflet.id).values(quota=0)
    write(database, lambda session: session.execute(lower))

    hub.exchange()

    with database.read() as session:
        row = session.get_one(Delegation, tiflet.id)
        there = (row.quota, row.places_taken)
    assert [
        (one.quota, one.places_taken) for one in hub.rows(Delegation) if one.id == tiflet.id
    ] == [there]


def test_who_was_let_in_and_is_not_known_here_yet_waits_at_the_gate(database, event, hub, code):
    stranger, now = factories.a_badge(database, event, "Omar Tazi"), datetime.now(UTC)
    let_in, refused = Decided(Status.OK, None), Decided(Status.ERROR, Reason.INVALID)
    known = factories.a_reading_by_ref(code, decided=let_in, at=now)
    unknown = factories.a_reading_by_ref(stranger, decided=let_in, at=now)
    not_let_in = factories.a_reading_by_ref(stranger, decided=refused, at=now)

    ready = recordable(hub.database, [known, unknown, not_let_in], now)

    assert ready == [known, not_let_in]


def test_whom_the_central_server_has_lost_is_recorded_with_what_their_badge_names(
    database, event, device, hub, code
):
    """A mirror that is newer than the scan names them not; it is known there whom that was."""
    stranger, now = factories.a_badge(database, event, "Omar Tazi"), datetime.now(UTC)
    lost = factories.a_reading_by_ref(
        stranger, decided=Decided(Status.OK, None), at=now - factories.minutes(2)
    )
    write(hub.database, lambda s: s.execute(update(Upstream).values(mirrored_at=now)))

    after_the_clock_was_put_back = recordable(hub.database, [lost], now - factories.minutes(9))
    ready = recordable(hub.database, [lost], now)
    record_uploads(hub.database, [Uploaded(hub.device(device.id), one) for one in ready], hub.keys)
    hub.exchange()

    assert (after_the_clock_was_put_back, ready) == ([], [lost])
    with database.read() as session:
        (entry,) = session.scalars(select(Admission)).all()
        (scan,) = session.scalars(select(Scan)).all()
    assert (scan.scan_id, scan.participant_id) == (lost.scan_id, entry.participant_id)


@pytest.mark.parametrize("text", ["MRHB1.AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "https://example.org/menu"])
def test_a_text_that_nobody_s_badge_has_is_the_same_scan_whoever_brings_it(
    database, device, hub, text
):
    scan_id, sent_at = uuid4(), datetime.now(UTC)
    told = {"scan_id": scan_id, "decided": Decided(Status.ERROR, Reason.INVALID), "at": sent_at}
    reading = factories.a_reading(text, **told)
    record_uploads(hub.database, [Uploaded(hub.device(device.id), reading)], hub.keys)
    hub.exchange()

    (answer,) = record_uploads(database, [Uploaded(device, reading)], factories.KEYS)
    (other,) = record_uploads(
        database, [Uploaded(device, factories.a_reading(text + "x", **told))], factories.KEYS
    )

    assert isinstance(answer, Answer)
    assert isinstance(other, ScanIdConflict)


def test_an_exchange_with_a_gate_at_the_hub_is_noted_and_told(database, device, hub, code):
    write(hub.database, lambda s: mark_seen(s, device.id, datetime.now(UTC), waiting=2, battery=40))

    hub.exchange()

    (link,) = hub.rows(Upstream)
    (there,) = read(database, CentralsHub)
    assert link.exchanged_at is not None
    assert [(one["device"], one["waiting"]) for one in there.reported["gates"]] == [(device.id, 2)]
