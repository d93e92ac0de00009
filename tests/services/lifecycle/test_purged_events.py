"""A purged event takes nobody any more, and keeps of its own what somebody chose to keep."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import select, update

from checkin.db.models import EntryStop, Event, Gate, Operator, OperatorSession, Participant, Role
from checkin.errors import Conflict, EventPurged
from checkin.services.accounts.operators import add_operator
from checkin.services.accounts.sessions import Lifetimes, open_session
from checkin.services.gates.devices import add_device, open_pairing
from checkin.services.gates.stops import stop_entries
from checkin.services.lifecycle.purge import purge_event
from checkin.services.lifecycle.retention import Keepable
from checkin.services.people.importing.import_drafts import UploadedFile, Uploader, keep_upload
from tests.support import factories
from tests.support.factories import NOW, minutes, write
from tests.support.racing import race_outcomes
from tests.web.browsing import an_operator

MESSAGES = {"fr": "Fumée près de Hassan", "ar": "دخان", "en": "Smoke"}


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event)


@pytest.fixture
def coordinator(database, delegation):
    return an_operator(database, Role.COORDINATOR, delegation_id=delegation.id)


@pytest.fixture
def organiser(database):
    return an_operator(database, Role.ORGANISER)


def erased(database, event, tmp_path, *keep):
    return purge_event(database, event, tmp_path, now=NOW, early=True, keep=set(keep))


def test_nobody_is_registered_or_paired_at_a_purged_event(
    database, event, delegation, organiser, tmp_path
):
    device = factories.a_device(database, event)
    with database.read() as session:
        gate = session.get_one(Gate, device.gate_id)
    erased(database, event, tmp_path)
    uploader = Uploader(organiser.id, event.id, delegation.id)
    asked = {
        "list": lambda s: keep_upload(s, uploader, UploadedFile("a.csv", b"Nom\nA\n"), NOW),
        "device": lambda s: add_device(s, event, gate, name="Poste", software="", now=NOW),
        "pairing": lambda s: open_pairing(s, event, gate, now=NOW),
        "coordinator": lambda s: add_operator(
            s,
            email="c@example.org",
            name="Clerk",
            role=Role.COORDINATOR,
            delegation_id=delegation.id,
            now=NOW,
        ),
    }

    with pytest.raises(EventPurged, match="it takes nobody any more"):
        factories.a_participant(database, event, "Amina Alaoui", delegation=delegation)
    for work in asked.values():
        with pytest.raises(EventPurged, match="it takes nobody any more"):
            write(database, work)


_LAST = 7


def contest(database, event, tmp_path):
    """Purge an event while clerks register people, the last one right after; return who is left."""
    delegation = factories.a_delegation(database, event, quota=100)
    category = factories.a_category(database, event)

    is_erased = threading.Event()

    def work(at):
        if at == 0:
            try:
                return erased(database, event, tmp_path)
            finally:
                is_erased.set()
        if at == _LAST:
            is_erased.wait(30)
        return factories.a_participant(
            database, event, f"Clerk {at}", delegation=delegation, category=category
        )

    told = race_outcomes(_LAST + 1, work)
    with database.read() as session:
        left = session.scalars(select(Participant.name)).all()
    return told, left


def test_whoever_registers_during_a_purge_is_erased_or_refused(database, event, tmp_path):
    told, left = contest(database, event, tmp_path)

    assert left == []
    assert {type(one) for one in told if isinstance(one, Exception)} <= {EventPurged}


def test_control_without_the_look_at_the_purge_somebody_is_left(
    database, event, tmp_path, monkeypatch
):
    def unguarded(session, event_id):
        time.sleep(0.2)  # whatever the purge does meanwhile
        bumped = update(Event).where(Event.id == event_id)
        bumped = bumped.values(list_version=Event.list_version + 1).returning(Event.list_version)
        return session.execute(bumped).scalar_one()

    monkeypatch.setattr(
        "checkin.services.people.registering.registration.next_list_version", unguarded
    )

    _told, left = contest(database, event, tmp_path)

    assert left != []


def house(database, event, organiser, coordinator):
    """A gate named after a person, a stop with a message, a coordinator who is signed in."""
    factories.a_device(database, event, "Porte de Hassan")
    lifetimes = Lifetimes(idle=minutes(60), whole=minutes(600))

    def work(session):
        stop_entries(session, event, MESSAGES, operator_id=organiser.id, now=NOW)
        session_of = {"device": "", "network": "", "now": NOW, "lifetimes": lifetimes}
        open_session(session, coordinator.id, **session_of)

    write(database, work)


def left_of(database, coordinator):
    with database.read() as session:
        account = session.get_one(Operator, coordinator.id)
        return (
            session.scalars(select(Gate.name)).all(),
            session.scalars(select(EntryStop.message_fr)).all(),
            (account.name, account.email, account.disabled_at is not None),
            len(session.scalars(select(OperatorSession.id)).all()),
        )


def test_names_of_gates_messages_of_stops_and_coordinators_accounts_are_erased(
    database, event, organiser, coordinator, tmp_path
):
    house(database, event, organiser, coordinator)

    receipt = erased(database, event, tmp_path)

    nobody = ("", f"account-{coordinator.id}@erased.invalid", True)
    assert left_of(database, coordinator) == (["1"], [], nobody, 0)
    assert [receipt.rows[table] for table in ("gate", "entry_stop", "operator")] == [1, 1, 1]


def test_what_somebody_chose_to_keep_is_kept_and_the_receipt_says_so(
    database, event, organiser, coordinator, tmp_path
):
    house(database, event, organiser, coordinator)

    receipt = erased(database, event, tmp_path, *Keepable)

    somebody = ("Poste coordinator", "coordinator@example.org", False)
    kept = (["Porte de Hassan"], [MESSAGES["fr"]], somebody, 1)
    assert left_of(database, coordinator) == kept
    assert set(receipt.kept) == set(Keepable)
    assert not {"gate", "entry_stop", "operator"} & set(receipt.rows)


def test_accounts_of_other_events_and_roles_stay(database, event, organiser, coordinator, tmp_path):
    other = factories.an_event(database, "fes-2025")
    at_fes = factories.a_delegation(database, other)
    theirs = write(
        database,
        lambda s: (
            add_operator(
                s,
                email="fes@example.org",
                name="Clerk of Fès",
                role=Role.COORDINATOR,
                delegation_id=at_fes.id,
                now=NOW,
            ).operator
        ),
    )

    erased(database, event, tmp_path)

    with database.read() as session:
        assert session.get_one(Operator, theirs.id).name == "Clerk of Fès"
        assert session.get_one(Operator, organiser.id).disabled_at is None


def test_a_purge_before_the_end_is_refused(database, event, tmp_path):
    with pytest.raises(Conflict, match="wait for it"):
        purge_event(database, event, tmp_path, now=NOW)
