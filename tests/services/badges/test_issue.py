"""Reissuing and revoking badges, and the effect on gates, gate lists and the outbox."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Badge, Message
from checkin.errors import Conflict, NotFound, SettingsError
from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_tag
from checkin.services.badges import issue as badge_issue
from checkin.services.badges.issue import reissue_badge, revoke_badge
from checkin.services.common import list_version
from checkin.services.common.keys import Keys
from checkin.services.common.lookup import by_id
from checkin.services.gates.gate_list import SealedEntries, current_cursor, gate_list
from checkin.services.people.registering.registration import cancel
from tests.support.factories import (
    KEYS,
    NOW,
    a_delegation,
    a_participant,
    an_event,
    code_of,
    scan,
    write,
)
from tests.support.guards import run
from tests.support.racing import race


@pytest.fixture
def amina(database, event):
    return a_participant(database, event, email="amina@example.org")


def reissue(database, event, participant_id, **more):
    return write(
        database,
        lambda session: reissue_badge(
            session, event, participant_id, **({"keys": KEYS, "reason": "lost", "now": NOW} | more)
        ),
    )


def revoke(database, event, participant_id):
    return write(
        database,
        lambda session: revoke_badge(session, event, participant_id, reason="leaked", now=NOW),
    )


def badges_of(database, participant_id):
    with database.read() as session:
        rows = session.scalars(
            select(Badge).where(Badge.participant_id == participant_id).order_by(Badge.issue)
        )
        return [(row.issue, row.revoked_at) for row in rows]


def messages(database):
    with database.read() as session:
        return [
            (m.address, m.badge_id) for m in session.scalars(select(Message).order_by(Message.id))
        ]


def reasons(database, device, *codes):
    return [scan(database, device, code).reason for code in codes]


def test_after_a_reissue_the_old_code_is_refused_and_the_new_one_admitted(
    database, event, device, amina
):
    new = reissue(database, event, amina.participant_id)

    old_code, new_code = code_of(event, amina.badge_id), code_of(event, new.badge_id, new.issue)
    assert reasons(database, device, old_code, new_code, old_code) == ["revoked", None, "revoked"]
    assert badges_of(database, amina.participant_id) == [(1, NOW), (2, None)]


def test_a_person_who_is_inside_stays_inside_when_their_badge_is_reissued(
    database, event, device, amina
):
    scan(database, device, code_of(event, amina.badge_id))

    new = reissue(database, event, amina.participant_id)

    new_code = code_of(event, new.badge_id, new.issue)
    assert reasons(database, device, new_code) == ["already_redeemed"]


def test_the_next_gate_list_delta_has_a_tombstone_of_the_old_badge_and_the_new_badge(
    database, event, amina
):
    with database.read() as session:
        cursor = current_cursor(session, event.id)

    new = reissue(database, event, amina.participant_id)

    with database.read() as session:
        delta = gate_list(session, event.id, cursor, KEYS, SealedEntries(), NOW)
    old_tag, new_tag = (
        badge_tag(parse_code(code))
        for code in (code_of(event, amina.badge_id), code_of(event, new.badge_id, new.issue))
    )
    assert [(each.tag, each.reason) for each in delta.tombstones] == [(old_tag, "revoked")]
    assert [entry.tag for entry in delta.entries] == [new_tag]


def test_a_reissued_badge_is_sent_to_a_participant_with_an_address(database, event, amina):
    new = reissue(database, event, amina.participant_id)

    assert new.told
    assert messages(database) == [
        ("amina@example.org", amina.badge_id),
        ("amina@example.org", new.badge_id),
    ]


def test_nobody_on_the_reserve_list_is_sent_a_badge(database, event, amina):
    full = a_delegation(database, event, "Salé", quota=0)
    waiting = a_participant(
        database, event, "Bahia Idrissi", delegation=full, email="bahia@example.org"
    )

    new = reissue(database, event, waiting.participant_id)

    assert (new.issue, new.told) == (2, False)
    assert [address for address, _ in messages(database)] == ["amina@example.org"]


def test_a_repeated_reissue_request_replaces_the_badge_once(database, event, amina):
    first = reissue(database, event, amina.participant_id, of_issue=1)
    second = reissue(database, event, amina.participant_id, of_issue=1)

    assert (first.replaced, second.replaced, second.badge_id) == (True, False, first.badge_id)
    assert [issue for issue, _ in badges_of(database, amina.participant_id)] == [1, 2]


def test_sixteen_concurrent_reissues_of_a_badge_make_one_new_badge(database, event, amina):
    done = race(16, lambda _: reissue(database, event, amina.participant_id, of_issue=1))

    assert sorted(each.replaced for each in done) == [False] * 15 + [True]
    assert badges_of(database, amina.participant_id) == [(1, NOW), (2, None)]


def two_clerks_at_once(database, event, participant_id, monkeypatch):
    """Let two clerks replace one badge, each having seen the old one; nothing but the lock helps.

    Returns how many badges work afterwards.
    """
    run(
        database,
        "DROP INDEX uq_badge_working",
        "ALTER TABLE badge DROP CONSTRAINT uq_badge_participant_id_issue",
    )
    both_have_looked = Barrier(2)
    look = badge_issue.working_badge

    def look_and_wait(session, person_id):
        found = look(session, person_id)
        with suppress(BrokenBarrierError):  # with the lock the second one looks only afterwards
            both_have_looked.wait(2)
        return found

    monkeypatch.setattr(badge_issue, "working_badge", look_and_wait)
    race(2, lambda _: reissue(database, event, participant_id, of_issue=1))
    return [revoked_at for _, revoked_at in badges_of(database, participant_id)].count(None)


@pytest.fixture
def amina_on_postgres(postgres_database):
    event = an_event(postgres_database)
    return event, a_participant(postgres_database, event).participant_id


def lock_no_participant(monkeypatch):
    """Leave the lock on the event's row as the only one."""

    def found(session, event, kind, number, **_lock):
        return by_id(session, event, kind, number)

    monkeypatch.setattr(list_version, "by_id", found)


def test_locking_the_event_s_row_alone_serialises_two_reissues(
    postgres_database, amina_on_postgres, monkeypatch
):
    lock_no_participant(monkeypatch)

    assert two_clerks_at_once(postgres_database, *amina_on_postgres, monkeypatch) == 1


def test_control_without_locking_the_event_s_row_a_person_gets_two_badges(
    postgres_database, amina_on_postgres, monkeypatch
):
    lock_no_participant(monkeypatch)
    monkeypatch.setattr(list_version, "next_list_version", lambda *_: 2)

    assert two_clerks_at_once(postgres_database, *amina_on_postgres, monkeypatch) == 2


def test_revoking_a_badge_twice_changes_nothing_more(database, event, device, amina):
    assert revoke(database, event, amina.participant_id)
    assert not revoke(database, event, amina.participant_id)

    assert reasons(database, device, code_of(event, amina.badge_id)) == ["revoked"]
    assert badges_of(database, amina.participant_id) == [(1, NOW)]


def test_after_revoking_a_new_badge_can_be_issued(database, event, device, amina):
    revoke(database, event, amina.participant_id)

    new = reissue(database, event, amina.participant_id, of_issue=1)

    assert (new.issue, new.replaced) == (2, True)
    assert reasons(database, device, code_of(event, new.badge_id, 2)) == [None]


def test_a_reissue_is_logged_with_the_operator_and_the_reason(database, event, amina):
    reissue(database, event, amina.participant_id)
    revoke(database, event, amina.participant_id)

    with database.read() as session:
        rows = session.scalars(
            select(Activity).where(Activity.action.like("badge.%")).order_by(Activity.id)
        )
        found = [(row.action, row.participant_id, row.details) for row in rows]
    person = amina.participant_id
    assert found == [
        ("badge.reissue", person, {"issue": 2, "reason": "lost"}),
        ("badge.revoke", person, {"issue": 2, "reason": "leaked"}),
    ]


def test_a_canceled_registration_gets_no_new_badge(database, event, amina):
    write(database, lambda s: cancel(s, event, amina.participant_id, now=NOW))

    with pytest.raises(Conflict, match="canceled"):
        reissue(database, event, amina.participant_id)

    assert badges_of(database, amina.participant_id) == [(1, None)]


def test_another_events_participant_is_not_found(database, event, amina):
    other = an_event(database, "autre")

    with pytest.raises(NotFound):
        reissue(database, other, amina.participant_id)
    with pytest.raises(NotFound):
        revoke(database, other, amina.participant_id)


def test_with_another_master_key_no_badge_is_reissued(database, event, amina):
    with pytest.raises(SettingsError, match="master key"):
        reissue(database, event, amina.participant_id, keys=Keys(b"x" * 32))

    assert badges_of(database, amina.participant_id) == [(1, None)]
