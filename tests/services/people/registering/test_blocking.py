"""Blocking a participant: once, with a reason, told to gates, exported, and erased with them."""

from __future__ import annotations

import io
import json

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Badge, Delegation, Event, Participant, Role
from checkin.domain.scanning.reasons import Reason
from checkin.errors import InvalidRequest, NotFound
from checkin.services.export.whole import write_whole
from checkin.services.lifecycle.purge import purge_event
from checkin.services.people.registering.blocking import Block, block, block_of, unblock
from checkin.services.people.registering.registration import cancel, reinstate
from checkin.services.people.search import participant_called
from tests.support import factories
from tests.support.factories import NOW, minutes, write
from tests.web.browsing import an_operator


@pytest.fixture
def amina(database, event):
    return factories.a_participant(database, event, email="amina@example.org")


@pytest.fixture
def chief(database):
    return an_operator(database, Role.ORGANISER)


def blocks(database, event, person, reason="Menaces", **more):
    return write(
        database,
        lambda s: block(s, event, person.participant_id, reason=reason, **{"now": NOW} | more),
    )


def unblocks(database, event, person, **more):
    return write(database, lambda s: unblock(s, event, person.participant_id, now=NOW, **more))


def known_block(database, person):
    with database.read() as session:
        return block_of(session, session.get_one(Participant, person.participant_id))


def versions(database, event):
    """Return the event's list version, and that of its only badge."""
    with database.read() as session:
        badge = session.scalars(select(Badge.list_version)).one()
        return session.get_one(Event, event.id).list_version, badge


def acts(database):
    with database.read() as session:
        rows = session.scalars(
            select(Activity).where(Activity.action.endswith("block")).order_by(Activity.id)
        )
        return [(row.action, row.operator_id, row.participant_id, row.details) for row in rows]


def test_a_block_stores_who_when_and_why_and_is_in_the_gate_list(database, event, amina, chief):
    done = blocks(database, event, amina, "  Menaces \n envers l’accueil ", operator_id=chief.id)

    assert done
    assert known_block(database, amina) == Block(NOW, "Poste organiser", "Menaces envers l’accueil")
    assert versions(database, event) == (2, 2)


def test_the_activity_log_names_the_operator_and_keeps_no_reason(database, event, amina, chief):
    blocks(database, event, amina, "Menaces", operator_id=chief.id)
    unblocks(database, event, amina)

    about = (amina.participant_id, {})
    assert acts(database) == [
        ("participant.block", chief.id, *about),
        ("participant.unblock", None, *about),
    ]


def test_blocking_a_blocked_person_keeps_the_first_reason(database, event, amina, chief):
    blocks(database, event, amina, "Menaces", operator_id=chief.id)
    again = blocks(database, event, amina, "Autre chose", now=NOW + minutes(5))

    assert not again
    assert known_block(database, amina) == Block(NOW, "Poste organiser", "Menaces")
    assert versions(database, event)[1] == 2
    assert len(acts(database)) == 1


def test_an_unblocked_person_is_admitted_and_unblocking_again_changes_nothing(
    database, event, device, amina
):
    code = factories.code_of(event, amina.badge_id)
    _list, before = versions(database, event)
    blocks(database, event, amina)
    refused = factories.scan(database, device, code)
    done = [unblocks(database, event, amina) for _ in range(2)]

    assert done == [True, False]
    assert known_block(database, amina) is None
    assert versions(database, event)[1] == before + 2
    assert (refused.reason, factories.scan(database, device, code).reason) == (Reason.BLOCKED, None)


def test_a_blocked_person_keeps_their_place(database, event, amina):
    blocks(database, event, amina)

    with database.read() as session:
        person = session.get_one(Participant, amina.participant_id)
        taken = session.get_one(Delegation, person.delegation_id).places_taken
    assert (person.standing, taken) == ("confirmed", 1)


def test_a_canceled_person_who_is_blocked_stays_so_when_registered_again(
    database, event, device, amina
):
    code = factories.code_of(event, amina.badge_id)
    write(database, lambda s: cancel(s, event, amina.participant_id, now=NOW))
    blocks(database, event, amina)
    as_canceled = factories.scan(database, device, code)
    write(database, lambda s: reinstate(s, event, amina.participant_id, now=NOW))

    again = factories.scan(database, device, code)

    assert (as_canceled.reason, again.reason) == (Reason.CANCELED, Reason.BLOCKED)


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_block_needs_a_reason(reason, database, event, amina):
    with pytest.raises(InvalidRequest):
        blocks(database, event, amina, reason)

    assert known_block(database, amina) is None


@pytest.mark.parametrize("act", [blocks, unblocks])
def test_nobody_is_blocked_or_unblocked_from_another_event(act, database, event, amina):
    other = factories.an_event(database, "fes-2025")

    with pytest.raises(NotFound):
        act(database, other, amina)


def exported(database, event):
    file = io.StringIO()
    with database.snapshot() as session:
        write_whole(session, event, file, now=NOW)
    names = ("blocked", "blocked_at", "blocked_by", "blocked_reason")
    return [[one[name] for name in names] for one in json.loads(file.getvalue())["participants"]]


def test_a_block_is_in_the_export_and_erased_by_a_purge(database, event, amina, chief, tmp_path):
    factories.a_participant(database, event, "Bahia Idrissi")
    blocks(database, event, amina, "Menaces", operator_id=chief.id)
    before = exported(database, event)

    purge_event(database, event, tmp_path, now=NOW, early=True)

    assert before == [
        [True, NOW.isoformat(), "Poste organiser", "Menaces"],
        [False, None, None, None],
    ]
    assert exported(database, event) == []


def called(database, event, who):
    with database.read() as session:
        return participant_called(session, event, who).id


def test_a_participant_is_found_by_number_or_address(database, event, amina):
    number = amina.participant_id

    assert called(database, event, str(number)) == number
    assert called(database, event, " Amina@Example.org ") == number


@pytest.mark.parametrize("who", ["99", "9" * 30, "nobody@example.org", "Amina", "²", ""])
def test_a_participant_is_not_found_by_other_texts(who, database, event, amina):
    with pytest.raises((NotFound, InvalidRequest)):
        called(database, event, who)


def test_for_a_shared_address_the_numbers_of_its_participants_are_listed(database, event, amina):
    other = factories.a_participant(
        database, event, "Bahia Idrissi", email="amina@example.org", allow_duplicate=True
    )
    elsewhere = factories.an_event(database, "fes-2025")
    factories.a_participant(database, elsewhere, email="amina@example.org")

    with pytest.raises(
        InvalidRequest, match=f"one of {amina.participant_id}, {other.participant_id}$"
    ):
        called(database, event, "amina@example.org")
