"""Two organisers who stop the entries at once make one stop."""

from __future__ import annotations

from sqlalchemy import func, select

from checkin.db.models import EntryStop, Role
from checkin.services.gates.stops import lift_stop, open_stop, stop_entries
from checkin.words.languages import LANGUAGES
from tests.support import factories
from tests.support.factories import NOW
from tests.support.racing import race
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
