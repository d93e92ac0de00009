"""A participant's timeline: all that happened, the latest first, with who and why."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from checkin.db.models import Conflict, Message, MessageState, Participant, Role
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import Status
from checkin.services.badges.issue import reissue_badge
from checkin.services.badges.page import record_opening
from checkin.services.badges.printing import record_print
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.people.registering.blocking import block, unblock
from checkin.services.people.registering.registration import (
    RegistrationSource,
    cancel,
    edit,
    register,
    reinstate,
)
from checkin.services.people.timeline import PAGE_SIZE, timeline_of
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.conflicts import Decision, decide_conflict
from checkin.services.scanning.storage import Decided
from checkin.services.spreadsheets.reading import read_table
from tests.services.scanning.merged import merge
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes, write
from tests.web.browsing import an_operator


@pytest.fixture
def chief(database):
    return an_operator(database, Role.ORGANISER)


@pytest.fixture
def amina(database, event):
    return factories.a_participant(database, event, "Amina Alaoui", email="amina@example.org")


def timeline(database, person, **more):
    with database.read() as session:
        found = session.get_one(Participant, person.participant_id)
        return timeline_of(session, found, **more)


def told(database, person, **more):
    return [one.what for one in timeline(database, person, **more).items]


def test_everything_that_is_done_with_a_registration_is_told_with_who_did_it(
    database, event, amina, chief
):
    number, who = amina.participant_id, {"operator_id": chief.id}
    acts = [
        lambda s, at: edit(
            s,
            event,
            number,
            Registration(name="Amina Alaoui", delegation="", phone="+212612345678"),
            category_id=s.get_one(Participant, number).category_id,
            now=at,
            **who,
        ),
        lambda s, at: block(s, event, number, reason="menaces", now=at, **who),
        lambda s, at: unblock(s, event, number, now=at, **who),
        lambda s, at: cancel(s, event, number, now=at, **who),
        lambda s, at: reinstate(s, event, number, now=at, **who),
        lambda s, at: reissue_badge(s, event, number, keys=KEYS, reason="perdu", now=at, **who),
    ]
    for count, act in enumerate(acts, 1):
        write(database, lambda s, act=act, count=count: act(s, NOW + minutes(count)))

    found = timeline(database, amina).items

    assert [one.what for one in found] == [
        "badge.reissue",
        "participant.reinstate",
        "participant.cancel",
        "participant.unblock",
        "participant.block",
        "participant.edit",
        "message",
        "registered",
    ]
    assert {one.operator for one in found[:6]} == {"Poste organiser"}
    assert (found[0].why, found[5].about["fields"]) == ("perdu", ["email", "phone"])


def test_a_registration_tells_its_source_and_who_made_it(database, event, chief):
    delegation = factories.a_delegation(database, event)
    category = factories.a_category(database, event)

    def work(session):
        return register(
            session,
            event,
            Registration(name="Driss Tazi", delegation=""),
            delegation_id=delegation.id,
            category_id=category.id,
            source=RegistrationSource.FORM,
            keys=KEYS,
            now=NOW,
            operator_id=chief.id,
        )

    [one] = timeline(database, write(database, work)).items

    assert (one.what, one.operator, one.about) == (
        "registered",
        "Poste organiser",
        {"source": "form"},
    )


def test_what_happens_at_the_gates_is_told_with_gate_supervisor_and_reason(database, event, device):
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=0)
    person = factories.a_participant(database, event, delegation=tiflet)
    code = factories.code_of(event, person.badge_id)
    by = {"force_reason": "comité", "forced_by": factories.a_supervisor(database)}
    factories.scan(database, device, code, at=NOW)
    forced = factories.scan(database, device, code, at=NOW + minutes(1), **by)
    factories.scan(database, device, code, at=NOW + minutes(2), direction=Direction.EXIT)
    write(
        database,
        lambda s: annul_scan(
            s,
            event_id=event.id,
            scan_id=forced.scan_id,
            reason="taken back at the gate",
            now=NOW + minutes(3),
            device_id=device.id,
        ),
    )

    undone, left, let_in, refused, _ = timeline(database, person).items

    assert (undone.what, undone.device, undone.why) == ("scan.annul", "Laptop", None)
    assert (left.what, left.gate) == ("exit", "Porte 1")
    assert (let_in.what, let_in.operator, let_in.why, let_in.undone) == (
        "forced",
        "Superviseure",
        "comité",
        True,
    )
    assert let_in.about == {"reason": "unapproved"}
    assert (refused.what, refused.about) == ("refused", {"reason": "unapproved"})


def test_a_conflict_and_its_decision_are_told(database, event, device, chief):
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=0)
    person = factories.a_participant(database, event, delegation=tiflet)
    code = factories.code_of(event, person.badge_id)
    factories.scan(database, device, code, decided=Decided(Status.OK, None))

    def decide(session):
        number = session.scalars(select(Conflict.id)).one()
        decide_conflict(session, event, number, Decision.KEEP, "vue", chief.id, NOW + minutes(1))

    write(database, decide)

    decided, *others = timeline(database, person).items
    assert (decided.what, decided.operator, decided.why) == (
        "conflict.keep",
        "Poste organiser",
        "vue",
    )
    assert sorted(one.what for one in others) == ["conflict", "let_in", "registered"]


def test_prints_openings_and_messages_that_came_back_are_told(database, event, amina, chief):
    def work(session):
        record_print(
            session,
            event,
            badge_id=amina.badge_id,
            copies=2,
            design="card",
            printer=None,
            now=NOW + minutes(3),
            operator_id=chief.id,
        )
        for count in (1, 2):
            record_opening(session, amina.badge_id, NOW + minutes(count))
        message = session.scalars(select(Message)).one()
        message.state, message.sent_at = MessageState.BOUNCED, NOW + minutes(4)
        message.bounced_at = NOW + minutes(5)

    write(database, work)

    found = timeline(database, amina).items
    assert [one.what for one in found] == [
        "bounced",
        "message",
        "printed",
        "opened_last",
        "opened",
        "registered",
    ]
    assert (found[2].operator, found[2].about["copies"]) == ("Poste organiser", 2)


def test_a_list_tells_who_was_moved_and_corrected_and_by_whom(database, event, amina, chief):
    factories.a_delegation(database, event, "Rabat")
    lines = (
        "Nom;E-mail;Délégation;Téléphone",
        "Amina Alaoui;amina@example.org;Rabat;0612345678",
    )
    table = read_table("\n".join(lines).encode())

    import_list(
        database,
        Importing(event, table, operator_id=chief.id),
        KEYS,
        lambda: NOW + minutes(1),
    )

    found = {one.what: one for one in timeline(database, amina).items}
    assert found["participant.edit"].about == {"fields": ["phone"]}
    moved = found["participant.move"]
    assert (moved.operator, moved.about["before"], moved.about["after"]) == (
        "Poste organiser",
        "Khémisset",
        "Rabat",
    )


def test_who_moves_up_from_the_reserve_list_is_told_so(database, event):
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=1)
    first, second = (
        factories.a_participant(database, event, name, delegation=tiflet)
        for name in ("Amina Alaoui", "Driss Tazi")
    )

    write(database, lambda s: cancel(s, event, first.participant_id, now=NOW + minutes(1)))

    assert told(database, second) == ["participant.move_up", "registered"]


def test_without_the_gates_nothing_tells_where_a_person_was(database, event, device, amina):
    code = factories.code_of(event, amina.badge_id)
    scanned = factories.scan(database, device, code)
    factories.scan(database, device, code)
    asked = {"event_id": event.id, "reason": "erreur", "now": NOW, "device_id": device.id}
    write(database, lambda s: annul_scan(s, scan_id=scanned.scan_id, **asked))

    shown = timeline(database, amina, gates=False).items

    assert [one.what for one in shown] == ["message", "registered"]
    assert {one.gate for one in shown} == {None}


def test_another_persons_timeline_is_apart(database, event, device, amina):
    other = factories.a_participant(database, event, "Driss Tazi")
    factories.scan(database, device, factories.code_of(event, amina.badge_id))

    assert told(database, other) == ["registered"]


def test_a_long_timeline_is_told_in_pages_that_miss_and_repeat_nothing(
    database, event, device, amina
):
    code = factories.code_of(event, amina.badge_id)
    for count in range(PAGE_SIZE + 9):
        at = NOW + timedelta(seconds=count)
        factories.scan(database, device, code, at=at, scan_id=uuid4())

    pages = [timeline(database, amina, number=number) for number in (1, 2, 3)]

    assert [(len(one.items), one.older) for one in pages] == [
        (PAGE_SIZE, True),
        (11, False),
        (0, False),
    ]
    moments = [one.at for page in pages for one in page.items]
    assert moments == sorted(moments, reverse=True)
    assert pages[1].items[-1].what == "registered"


def test_what_happened_to_a_record_that_was_merged_into_another_is_on_the_timeline_of_that_one(
    database, event, amina
):
    twin = factories.a_participant(database, event, "Amina Alawi", allow_duplicate=True)
    write(database, lambda s: block(s, event, twin.participant_id, reason="essai", now=NOW))
    write(database, lambda s: unblock(s, event, twin.participant_id, now=NOW))

    merge(database, event, amina.participant_id, twin.participant_id)

    kinds = told(database, amina)
    assert kinds.count("registered") == 2
    assert {"participant.block", "participant.unblock", "participant.merge"} <= set(kinds)
