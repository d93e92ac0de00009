"""Two organisers cancel one person at once, each after their page has read the person."""

from __future__ import annotations

from threading import Barrier

from sqlalchemy import select

from checkin.db.models import Delegation, Participant
from checkin.services.common import list_version
from checkin.services.common.lookup import by_id
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.factories import NOW, write
from tests.support.racing import race


def places_taken_after_two_cancel(database) -> int:
    """Register two people, let two transactions cancel the first, and return the places taken."""
    event = factories.an_event(database)
    delegation = factories.a_delegation(database, event, quota=5)
    person = factories.a_participant(database, event, "Amina Alaoui", delegation=delegation)
    factories.a_participant(database, event, "Driss Bennani", delegation=delegation)
    both_have_read = Barrier(2)

    def cancel_what_was_read(session):
        read = session.get_one(Participant, person.participant_id)
        both_have_read.wait(60)
        return cancel(session, event, read.id, now=NOW), read

    race(2, lambda _at: write(database, cancel_what_was_read))

    with database.read() as session:
        statement = select(Delegation.places_taken).where(Delegation.id == delegation.id)
        return session.scalars(statement).one()


# On SQLite the second transaction begins when the first has ended: it has read nothing before.
def test_two_concurrent_cancellations_free_one_place(postgres_database):
    assert places_taken_after_two_cancel(postgres_database) == 1


def test_control_cancelling_by_a_status_read_earlier_frees_the_place_twice(
    postgres_database, monkeypatch
):
    def by_what_was_read(session, event, kind, number, *, fresh=False):
        return by_id(session, event, kind, number)

    monkeypatch.setattr(list_version, "by_id", by_what_was_read)

    assert places_taken_after_two_cancel(postgres_database) == 0
