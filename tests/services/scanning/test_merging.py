"""Two records of one person: one is kept, and the merge can be taken back exactly."""

from __future__ import annotations

import io
import json
from random import Random

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Conflict, HourlyArrivals, Message, Participant, Role, Scan
from checkin.domain.people.registration import Registration
from checkin.domain.people.selection import Selection
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.errors import Conflict as Contradiction
from checkin.errors import InvalidRequest, MergedAway, NotFound, PlaceGone
from checkin.services.accounts.operators import add_operator
from checkin.services.export.people import people_table
from checkin.services.export.whole import write_whole
from checkin.services.gates.authentication import device_by_token
from checkin.services.gates.gate_list import SealedEntries, gate_list
from checkin.services.lifecycle.purge import purge_event
from checkin.services.mail.delivery_report import Chosen, Delivery, people_by_delivery
from checkin.services.people.buses import assign_people
from checkin.services.people.registering.blocking import block
from checkin.services.people.registering.duplicates import twin_of
from checkin.services.people.registering.registration import cancel, edit, reinstate
from checkin.services.people.search import search_participants
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.merging import (
    Wish,
    merge_plan,
    merge_records,
    parting_plan,
)
from checkin.services.scanning.storage import Decided
from checkin.services.selection.people import Asked, people_page
from tests.services.scanning.merged import (
    LATER,
    arrivals,
    checked,
    merge,
    standing,
    take_back,
    tallied,
    whole_state,
)
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes, write


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, "Salé", quota=5)


@pytest.fixture
def elsewhere(database, event):
    return factories.a_delegation(database, event, "Tiflet", quota=1)


@pytest.fixture
def amina(database, event, delegation):
    return factories.a_participant(
        database, event, "Amina Alaoui", delegation=delegation, email="amina@example.org"
    )


@pytest.fixture
def again(database, event, elsewhere):
    """The same person, registered by another delegation with another spelling."""
    return factories.a_participant(
        database, event, "Emina Allaoui", delegation=elsewhere, phone="+212611111111"
    )


def code(event, person):
    return factories.code_of(event, person.badge_id)


def column(database, kind, name, number):
    with database.read() as session:
        return getattr(session.get_one(kind, number), name)


def test_the_other_code_is_refused_as_replaced_and_names_the_kept_person(
    database, event, device, amina, again
):
    kept = merge(database, event, again.participant_id, amina.participant_id)

    answer = factories.scan(database, device, code(event, again), at=LATER)

    assert kept == amina.participant_id
    assert (answer.reason, answer.holder.participant_id) == (Reason.REVOKED, kept)
    assert factories.scan(database, device, code(event, amina), at=LATER).status == Status.OK


def test_the_record_by_which_somebody_came_in_is_kept(database, event, device, amina, again):
    factories.scan(database, device, code(event, again))

    kept = merge(database, event, amina.participant_id, again.participant_id)

    assert kept == again.participant_id
    assert standing(database, amina.participant_id) == ("canceled", kept)


def test_the_place_of_the_other_goes_to_who_waits_in_its_delegation(
    database, event, elsewhere, amina, again
):
    waiting = factories.a_participant(database, event, "Driss Tazi", delegation=elsewhere)
    with database.read() as session:
        plan = merge_plan(session, event, amina.participant_id, again.participant_id, LATER)

    merge(database, event, amina.participant_id, again.participant_id)

    assert [one.id for one in plan.moving_up] == [waiting.participant_id]
    assert standing(database, waiting.participant_id) == ("confirmed", None)
    checked(database)


def test_a_person_on_the_reserve_list_who_came_in_takes_over_the_place_of_the_other(
    database, event, device, elsewhere, again
):
    waited = factories.a_participant(database, event, "Mina Alaoui", delegation=elsewhere)
    by = {"force_reason": "connue", "forced_by": factories.a_supervisor(database)}
    let_in = factories.a_reading(code(event, waited), **by)
    assert factories.record(database, device, let_in).status == Status.OK

    kept = merge(database, event, again.participant_id, waited.participant_id)

    assert kept == waited.participant_id
    assert standing(database, kept) == ("confirmed", None)
    checked(database)
    take_back(database, event, again.participant_id)
    assert standing(database, kept) == ("reserve", None)
    assert standing(database, again.participant_id) == ("confirmed", None)
    checked(database)


def test_of_two_records_on_one_reserve_list_the_smaller_number_stays(database, event, elsewhere):
    people = [
        factories.a_participant(database, event, name, delegation=elsewhere)
        for name in ("Omar Alami", "Amina Alaoui", "Driss Tazi", "Mina Alaoui")
    ]
    first, third = people[1].participant_id, people[3].participant_id

    merge(database, event, first, third)

    assert column(database, Participant, "reserve_no", first) == 1
    take_back(database, event, third)
    assert column(database, Participant, "reserve_no", third) == 3


@pytest.fixture
def both_arrived(database, event, device, amina, again):
    """The second record came in first."""
    other = factories.a_device(database, event, "Porte 2")
    factories.scan(database, device, code(event, again), at=NOW)
    factories.scan(database, other, code(event, amina), at=NOW + minutes(5))
    return amina, again


def test_a_person_who_came_in_by_both_is_counted_once_at_the_first_arrival(
    database, event, delegation, both_arrived
):
    amina, again = both_arrived

    kept = merge(database, event, amina.participant_id, again.participant_id)

    assert kept == amina.participant_id
    assert arrivals(database, kept) == [(1, delegation.id, False)]
    with database.read() as session:
        arrived = session.scalars(select(Scan).where(Scan.annulled_at.is_(None))).one()
        annulled = session.scalars(select(Activity).where(Activity.action == "scan.annul")).one()
    assert (arrived.participant_id, arrived.corrected_at) == (kept, NOW)
    assert annulled.details["reason"] == "vu ensemble"
    assert sum(count for key, count in tallied(database).items() if key[-1] == "inside") == 1
    checked(database)


def test_two_arrivals_are_two_again_when_the_merge_is_taken_back(database, event, both_arrived):
    before, counted = whole_state(database), tallied(database)
    amina, again = both_arrived
    merge(database, event, amina.participant_id, again.participant_id)

    take_back(database, event, again.participant_id)

    assert whole_state(database) == before
    assert tallied(database) == counted


def test_a_second_entry_after_an_exit_is_a_further_entry_of_the_same_person(
    database, event, delegation, amina, again
):
    write(database, lambda s: setattr(s.merge(event), "reentry", Reentry.AFTER_EXIT))
    token = factories.a_new_device(database, event).token
    device = device_by_token(database, token)
    factories.scan(database, device, code(event, again), at=NOW)
    factories.scan(
        database, device, code(event, again), at=NOW + minutes(5), direction=Direction.EXIT
    )
    factories.scan(database, device, code(event, amina), at=NOW + minutes(9))
    before = whole_state(database)

    kept = merge(database, event, amina.participant_id, again.participant_id)

    assert arrivals(database, kept) == [(1, delegation.id, True), (2, delegation.id, False)]
    checked(database)
    take_back(database, event, again.participant_id)
    assert whole_state(database) == before
    checked(database)


def offline(database, device, event, person):
    at = LATER + minutes(1)
    reading = factories.a_reading(code(event, person), at=at, decided=Decided(Status.OK, None))
    return factories.record(database, device, reading)


def test_a_gate_that_let_the_other_code_in_offline_has_counted_the_kept_person(
    database, event, device, delegation, amina, again
):
    kept = merge(database, event, amina.participant_id, again.participant_id)

    answer = offline(database, device, event, again)

    assert (answer.reason, answer.conflict) == (Reason.REVOKED, True)
    assert arrivals(database, kept) == [(1, delegation.id, False)]
    checked(database)
    factories.scan(database, device, code(event, amina), at=LATER + minutes(2))
    assert len(arrivals(database, kept)) == 1


def test_a_gate_that_let_both_codes_in_offline_is_a_conflict_and_counts_once(
    database, event, device, amina, again
):
    kept = merge(database, event, amina.participant_id, again.participant_id)
    factories.scan(database, device, code(event, amina), at=LATER)

    answer = offline(database, device, event, again)

    assert answer.conflict
    assert len(arrivals(database, kept)) == 1
    with database.read() as session:
        assert [one.reason for one in session.scalars(select(Conflict))] == ["revoked"]
    checked(database)


def test_scans_with_either_badge_return_to_its_own_record(database, event, device, amina, again):
    merge(database, event, amina.participant_id, again.participant_id)
    offline(database, device, event, again)

    take_back(database, event, again.participant_id)

    assert arrivals(database, amina.participant_id) == []
    assert [entry for entry, _, _ in arrivals(database, again.participant_id)] == [1]
    assert factories.scan(database, device, code(event, amina), at=LATER).status == Status.OK
    checked(database)


def test_the_gate_list_buries_the_other_badge_and_brings_it_back(database, event, amina, again):
    def changes(since):
        with database.read() as session:
            new = gate_list(session, event.id, since, KEYS, SealedEntries(), NOW)
        return int(new.head["cursor"]), len(new.tombstones), len(new.entries)

    cursor, _, _ = changes(0)
    merge(database, event, amina.participant_id, again.participant_id)
    merged, tombstones, entries = changes(cursor)
    take_back(database, event, again.participant_id)

    assert (tombstones, entries) == (1, 1)
    assert changes(merged)[1:] == (0, 2)


def test_messages_follow_and_the_delivery_shows_the_kept_persons_own(
    database, event, amina, delegation
):
    twin = factories.a_participant(
        database, event, "Amina Allaoui", delegation=delegation, email="a.alaoui@example.org"
    )

    def sent(session):
        for message in session.scalars(select(Message)):
            message.state = "bounced" if message.address.startswith("a.") else "sent"

    write(database, sent)

    merge(database, event, amina.participant_id, twin.participant_id)

    with database.read() as session:
        owners = set(session.scalars(select(Message.participant_id)))
        [reached] = people_by_delivery(session, event, Chosen())
    assert owners == {amina.participant_id}
    assert reached.delivery is Delivery.SENT
    take_back(database, event, twin.participant_id)
    with database.read() as session:
        reached = people_by_delivery(session, event, Chosen())
    assert sorted(one.delivery for one in reached) == [Delivery.BOUNCED, Delivery.SENT]


def test_an_address_that_only_the_other_told_is_sent_the_kept_badge(
    database, event, device, amina, again
):
    factories.scan(database, device, code(event, again))

    kept = merge(database, event, amina.participant_id, again.participant_id, from_other=("email",))

    with database.read() as session:
        rows = session.scalars(select(Message).where(Message.badge_id == again.badge_id)).all()
    assert [(row.participant_id, row.address) for row in rows] == [(kept, "amina@example.org")]
    merge_again = take_back(database, event, amina.participant_id)
    assert column(database, Participant, "email", merge_again) is None


def test_fields_are_filled_in_and_a_later_correction_outlives_the_merge(
    database, event, amina, again
):
    kept = merge(
        database, event, amina.participant_id, again.participant_id, from_other=("phone", "name")
    )
    assert column(database, Participant, "folded_name", kept) == "emina allaoui"
    corrected = Registration(name="Amina El Alaoui", delegation="–", phone="+212611111111")
    category = column(database, Participant, "category_id", kept)
    write(
        database,
        lambda s: edit(s, event, kept, corrected, category_id=category, now=LATER),
    )

    take_back(database, event, again.participant_id)

    assert column(database, Participant, "name", kept) == "Amina El Alaoui"
    assert column(database, Participant, "phone", kept) is None


def test_no_merge_leaves_a_person_without_a_name(database, event, delegation):
    latin = factories.a_participant(database, event, "Amina", delegation=delegation)
    arabic = factories.a_participant(database, event, "", name_ar="مينة", delegation=delegation)

    with pytest.raises(InvalidRequest):
        merge(database, event, latin.participant_id, arabic.participant_id, from_other=("name",))


def test_a_block_and_a_seat_follow_and_return(database, event, delegation, amina):
    twin = factories.a_participant(database, event, "Mina Allaoui", delegation=delegation)
    bus = factories.a_bus(database, delegation, seats=1)
    number = twin.participant_id
    write(database, lambda s: assign_people(s, s.merge(bus), [number], now=NOW))
    write(database, lambda s: block(s, event, number, reason="menaces", now=NOW))
    before = whole_state(database)

    kept = merge(database, event, amina.participant_id, number)

    assert column(database, Participant, "blocked_reason", kept) == "menaces"
    take_back(database, event, number)
    assert whole_state(database) == before


def test_a_merged_record_is_in_no_list_and_leads_to_the_kept_person(
    database, event, elsewhere, amina, again
):
    kept = merge(database, event, amina.participant_id, again.participant_id)

    with database.read() as session:
        everybody = people_page(session, event, Asked())
        by_old_name = people_page(session, event, Asked(selection=Selection(text="emina all")))
        found = search_participants(session, event.id, "allaoui").people
        twins = [
            twin_of(session, event.id, elsewhere.id, Registration(**told))
            for told in (
                {"name": "Emina Allaoui", "delegation": "Tiflet"},
                {"name": "Someone", "delegation": "Tiflet", "phone": "+212611111111"},
            )
        ]
        none = twin_of(
            session,
            event.id,
            elsewhere.id,
            Registration(name="Emina Allaoui", delegation="Tiflet"),
            besides=kept,
        )
    assert [one.participant.id for one in everybody.people] == [kept]
    assert [one.participant.id for one in by_old_name.people] == [kept]
    assert [one.id for one in found] == [kept]
    assert [(one.participant.id, one.same) for one in twins] == [(kept, "name"), (kept, "phone")]
    assert none is None


def test_a_merged_record_is_not_changed_any_more(database, event, amina, again):
    merge(database, event, amina.participant_id, again.participant_id)

    for change in (cancel, reinstate):
        with pytest.raises(MergedAway):
            write(database, lambda s, c=change: c(s, event, again.participant_id, now=LATER))


def test_merging_again_changes_nothing_and_a_third_record_follows(
    database, event, delegation, amina, again
):
    third = factories.a_participant(database, event, "Mina Alaoui", delegation=delegation)
    one, two, three = (who.participant_id for who in (amina, again, third))
    before = whole_state(database)
    merge(database, event, one, two)
    once = whole_state(database)
    with pytest.raises(MergedAway):
        merge(database, event, two, three)
    write(database, lambda s: merge_records(s, event, two, one, Wish(one, (), "!"), now=LATER))
    assert whole_state(database) == once

    merge(database, event, one, three)
    assert standing(database, two) == ("canceled", one)
    for other in (two, three):
        take_back(database, event, other)

    assert whole_state(database) == before


def test_what_was_merged_into_a_merged_record_is_taken_back_after_it(
    database, event, device, delegation, amina, again
):
    third = factories.a_participant(database, event, "Mina Alaoui", delegation=delegation)
    factories.scan(database, device, code(event, third))
    before = whole_state(database)
    one, two, three = (who.participant_id for who in (amina, again, third))
    merge(database, event, one, two)
    merge(database, event, one, three)
    assert standing(database, two) == ("canceled", three)
    answer = factories.scan(database, device, code(event, again), at=LATER)
    assert answer.holder.participant_id == three

    with pytest.raises(MergedAway):
        take_back(database, event, two)
    take_back(database, event, one)
    assert standing(database, two) == ("canceled", one)
    take_back(database, event, two)

    after = whole_state(database)
    refused = after.pop("scan")
    assert len(refused) == len(before.pop("scan")) + 1
    assert after == before


def test_what_happened_since_the_operator_looked_is_not_overruled(
    database, event, device, amina, again
):
    with database.read() as session:
        shown = merge_plan(session, event, amina.participant_id, again.participant_id, LATER)
    factories.scan(database, device, code(event, again))

    with pytest.raises(Contradiction):
        merge(database, event, amina.participant_id, again.participant_id, kept=shown.kept.id)


def test_a_place_that_was_given_away_puts_the_returning_record_at_the_end_of_the_list(
    database, event, elsewhere, amina, again
):
    for name in ("Driss Tazi", "Omar Alami"):
        factories.a_participant(database, event, name, delegation=elsewhere)
    merge(database, event, amina.participant_id, again.participant_id)
    with database.read() as session:
        plan = parting_plan(session, event, again.participant_id, LATER)

    take_back(database, event, again.participant_id)

    assert (plan.parting.other_returns, plan.parting.is_possible) == (False, True)
    assert column(database, Participant, "standing", again.participant_id) == "reserve"
    assert column(database, Participant, "reserve_no", again.participant_id) == 3
    checked(database)


def test_a_person_who_has_arrived_is_not_parted_from_a_place_that_is_gone(
    database, event, elsewhere, both_arrived
):
    amina, again = both_arrived
    factories.a_participant(database, event, "Driss Tazi", delegation=elsewhere)
    merge(database, event, amina.participant_id, again.participant_id)
    with database.read() as session:
        assert not parting_plan(session, event, again.participant_id, LATER).parting.is_possible
    merged = whole_state(database)

    with pytest.raises(PlaceGone):
        take_back(database, event, again.participant_id)

    assert whole_state(database) == merged


def test_a_record_of_another_event_or_the_same_one_is_not_merged(database, event, amina):
    other = factories.an_event(database, "other")
    stranger = factories.a_participant(database, other)

    with pytest.raises(NotFound):
        merge(database, event, amina.participant_id, stranger.participant_id)
    with pytest.raises(InvalidRequest):
        merge(database, event, amina.participant_id, amina.participant_id)
    with pytest.raises(NotFound):
        take_back(database, event, amina.participant_id)


def test_an_admission_annulled_while_merged_stays_annulled(database, event, both_arrived):
    amina, again = both_arrived
    kept = merge(database, event, amina.participant_id, again.participant_id)
    with database.read() as session:
        counted = session.scalars(select(Scan).where(Scan.annulled_at.is_(None))).one()
    write(
        database,
        lambda s: annul_scan(
            s,
            event_id=event.id,
            scan_id=counted.scan_id,
            reason="erreur",
            now=LATER + minutes(1),
            device_id=counted.device_id,
            supervisor_id=a_supervisor(s),
        ),
    )

    take_back(database, event, again.participant_id)

    assert len(arrivals(database, kept)) == 1
    assert arrivals(database, again.participant_id) == []
    checked(database)


def a_supervisor(session):
    opened = add_operator(
        session, email="salma@example.org", name="Salma", role=Role.ORGANISER, now=NOW
    )
    return opened.operator.id


def test_a_sheet_has_a_row_for_each_person_and_the_whole_export_tells_of_the_merge(
    database, event, amina, again
):
    merge(database, event, amina.participant_id, again.participant_id)

    file = io.StringIO()
    with database.snapshot() as session:
        rows = [row["participant_id"] for row in people_table(session, event, "fr").rows]
        write_whole(session, event, file, now=LATER)
    told = json.loads(file.getvalue())
    assert rows == [amina.participant_id]
    assert [one["merged_into"] for one in told["participants"]] == [None, amina.participant_id]
    [merged] = told["merged_records"]
    assert (merged["participant_id"], merged["kept_id"], merged["note"]) == (
        again.participant_id,
        amina.participant_id,
        "vu ensemble",
    )


def test_a_purge_erases_merged_records(database, event, device, both_arrived, tmp_path):
    amina, again = both_arrived
    merge(database, event, amina.participant_id, again.participant_id)

    receipt = purge_event(database, event, tmp_path, now=LATER, early=True)

    assert (receipt.rows["merged_record"], receipt.rows["participant"]) == (1, 2)
    with database.read() as session:
        assert session.scalars(select(HourlyArrivals.arrived)).all() == [1]


@pytest.mark.parametrize("seed", range(12))
def test_any_afternoon_counts_once_while_merged_and_returns_to_what_it_was(database, event, seed):
    chance = Random(seed)
    write(database, lambda s: setattr(s.merge(event), "reentry", chance.choice(list(Reentry))))
    delegations = [
        factories.a_delegation(database, event, name, quota=chance.randrange(3, 5))
        for name in ("Salé", "Tiflet")
    ]
    people = [
        factories.a_participant(
            database, event, f"Militant {number}", delegation=chance.choice(delegations)
        )
        for number in range(6)
    ]
    gates = [factories.a_device(database, event, f"Porte {number}") for number in (1, 2)]
    for minute in range(14):
        direction = chance.choice([Direction.ENTRY, Direction.ENTRY, Direction.EXIT])
        person = chance.choice(people[:3])
        decided = chance.choice([None, Decided(Status.OK, None)])
        factories.scan(
            database,
            chance.choice(gates),
            code(event, person),
            at=NOW + minutes(minute),
            direction=direction,
            decided=decided,
        )
    if chance.random() < 0.3:
        gone = chance.choice(people[:3]).participant_id
        write(database, lambda s: cancel(s, event, gone, now=NOW))
    checked(database)
    before, counted = whole_state(database), tallied(database)
    waits = any("'reserve'" in repr(row) for row in before["participant"])

    first, second = (one.participant_id for one in chance.sample(people[:3], 2))
    kept = merge(database, event, first, second)

    other = second if kept == first else first
    checked(database)
    assert arrivals(database, other) == []
    assert [number for number, _, _ in arrivals(database, kept)] == list(
        range(1, len(arrivals(database, kept)) + 1)
    )
    if waits:
        return
    take_back(database, event, other)
    assert whole_state(database) == before
    assert tallied(database) == counted
    checked(database)
