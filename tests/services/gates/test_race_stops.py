"""Organisers and hubs that stop the entries or lift a stop at once make one stop, lifted once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select, text

from checkin.db.models import EntryStop, Role
from checkin.services.gates.stops import lift_stop, lift_stop_of_hub, open_stop, stop_entries
from checkin.words.languages import LANGUAGES
from tests.support import factories
from tests.support.factories import NOW
from tests.support.racing import race
from tests.support.waiting import wait_for
from tests.web.browsing import an_operator

ORGANISERS = 8


def test_concurrent_stops_make_one_stop_with_the_last_words(database, event):
    operator = an_operator(database, Role.ORGANISER)

    def stop(at):
        words = dict.fromkeys(LANGUAGES, f"Arrêt {at}")
        factories.write(
            database, lambda s: stop_entries(s, event, words, operator_id=operator.id, now=NOW)
        )

    race(ORGANISERS, stop)

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(EntryStop)) == 1
        assert open_stop(session, event.id).messages["fr"].startswith("Arrêt ")


def test_two_concurrent_lifts_end_a_stop_once_and_another_may_begin(database, event):
    operator = an_operator(database, Role.ORGANISER)
    words = dict.fromkeys(LANGUAGES, "Arrêt")

    def lift(_at):
        factories.write(database, lambda s: lift_stop(s, event, operator_id=operator.id, now=NOW))

    def stop():
        factories.write(
            database, lambda s: stop_entries(s, event, words, operator_id=operator.id, now=NOW)
        )

    stop()
    race(ORGANISERS, lift)
    stop()

    with database.read() as session:
        lifted = session.scalars(select(EntryStop.lifted_by).order_by(EntryStop.id)).all()
    assert lifted == [operator.id, None]


def test_a_stop_that_two_hubs_and_two_organisers_lift_at_once_is_lifted_and_told_of_once(
    database, event
):
    operator = an_operator(database, Role.ORGANISER)
    words = dict.fromkeys(LANGUAGES, "Arrêt")
    factories.write(
        database, lambda s: stop_entries(s, event, words, operator_id=operator.id, now=NOW)
    )
    with database.read() as session:
        number = session.scalars(select(EntryStop.id)).one()

    def lift(at):
        if at % 2:
            return factories.write(
                database, lambda s: lift_stop(s, event, operator_id=operator.id, now=NOW)
            )
        return factories.write(
            database,
            lambda s: lift_stop_of_hub(s, event, {number}, hub=f"Salle {at}", now=NOW),
        )

    race(ORGANISERS, lift)

    assert factories.noted(database, "entries") == ["entries.stop", "entries.resume"]
    with database.read() as session:
        assert open_stop(session, event.id) is None


def test_a_hub_that_saw_a_stop_while_an_organiser_lifted_it_lifts_nothing(postgres_database):
    database = postgres_database
    event, operator = factories.an_event(database), an_operator(database, Role.ORGANISER)
    words = dict.fromkeys(LANGUAGES, "Arrêt")
    factories.write(
        database, lambda s: stop_entries(s, event, words, operator_id=operator.id, now=NOW)
    )
    with database.read() as session:
        number = session.scalars(select(EntryStop.id)).one()

    def lifts_by_a_hub():
        return factories.write(
            database, lambda s: lift_stop_of_hub(s, event, {number}, hub="Salle 2", now=NOW)
        )

    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as other:

        def lift_while_it_waits(session):
            lift_stop(session, event, operator_id=operator.id, now=NOW)
            session.flush()
            late = other.submit(lifts_by_a_hub)
            wait_for(lambda: session.scalar(waiting), "the hub's report to wait for the organiser")
            return late

        late = factories.write(database, lift_while_it_waits)

    assert late.result() is False
    assert factories.noted(database, "entries") == ["entries.stop", "entries.resume"]
