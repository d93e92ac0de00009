"""A hub holds the central server's rows under the same numbers, in a sealed file."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from checkin.db.models import (
    Activity,
    Badge,
    Delegation,
    Device,
    EntryStop,
    Event,
    Hub,
    Message,
    Participant,
    Upstream,
)
from checkin.domain.gates.hub_numbers import OWN_NUMBERS
from checkin.services.badges.issue import reissue_badge
from checkin.services.gates.stops import lift_stop, open_stop, stop_entries
from checkin.services.hub.loans import CENTRAL_DEVICE
from checkin.services.hubs.revocation import revoke_hub
from checkin.services.scanning.record import record_scan
from tests.support import factories
from tests.support.factories import write


def numbers(hub, model):
    return sorted(one.id for one in hub.rows(model))


def test_people_badges_and_devices_have_the_same_numbers_there_and_here(
    database, event, device, hub
):
    factories.badges(database, event, 3)

    hub.exchange()

    with database.read() as session:
        there = {
            model: sorted(one.id for one in session.query(model).all())
            for model in (Participant, Badge, Delegation)
        }
    assert {model: numbers(hub, model) for model in there} == there
    assert [one.id for one in hub.rows(Device) if one.id != CENTRAL_DEVICE] == [device.id]


def test_a_name_that_changes_there_changes_here(database, event, hub):
    factories.a_badge(database, event, "Amina Alaoui")
    hub.exchange()

    def rename(session):
        person = session.query(Participant).one()
        person.name = "Amina El Alaoui"
        session.get_one(Event, event.id).list_version += 1

    write(database, rename)
    hub.exchange()

    assert [one.name for one in hub.rows(Participant)] == ["Amina El Alaoui"]


def test_the_file_of_a_hub_is_sealed(hub, tmp_path, database, event):
    factories.a_badge(database, event, "Amina Alaoui")
    hub.exchange()
    hub.database.compact()

    whole = b"".join(file.read_bytes() for file in tmp_path.glob("hub.db*"))

    assert not whole.startswith(b"SQLite format 3")
    assert b"Amina" not in whole
    assert b"participant" not in whole


def test_reserve_lists_do_not_move_up_at_a_hub(hub):
    (event,) = hub.rows(Event)
    assert event.reserve_until.year == 2000


def test_the_link_names_the_central_server_and_its_event(hub, event):
    (link,) = hub.rows(Upstream)
    assert (link.url, link.event_id) == ("http://central.test", event.id)


def test_a_badge_that_was_replaced_there_is_replaced_here(database, event, hub):
    factories.a_badge(database, event, "Amina Alaoui")
    hub.exchange()
    (person,) = hub.rows(Participant)
    write(
        database,
        lambda session: reissue_badge(
            session,
            session.merge(event),
            person.id,
            keys=factories.KEYS,
            reason="lost",
            now=factories.NOW,
        ),
    )

    hub.exchange()

    with database.read() as session:
        there = {(one.id, one.issue, one.revoked_at) for one in session.query(Badge).all()}
    assert {(one.id, one.issue, one.revoked_at) for one in hub.rows(Badge)} == there
    assert len(there) == 2


def test_a_stop_there_takes_the_place_of_one_that_was_ordered_here(database, event, hub):
    supervisor = factories.a_supervisor(database)
    hub.exchange()
    here = {
        "event_id": event.id,
        "stopped_at": factories.NOW,
        "stopped_by": supervisor,
        **{f"message_{language}": "" for language in ("fr", "ar", "en")},
    }
    write(hub.database, lambda session: session.add(EntryStop(id=OWN_NUMBERS + 1, **here)))
    write(database, lambda session: session.add(EntryStop(id=1, **here)))

    hub.exchange()

    assert {one.id: one.lifted_at is None for one in hub.rows(EntryStop)} == {
        1: True,
        OWN_NUMBERS + 1: False,
    }


@pytest.fixture
def ordered(database, event, hub):
    """Order a stop at the central server, of which the hub hears; return who and its words."""
    who = {"operator_id": factories.a_supervisor(database), "now": factories.NOW}
    said = dict.fromkeys(("fr", "ar", "en"), "Alarme")
    write(database, lambda s: stop_entries(s, s.merge(event), said, **who))
    hub.exchange()
    return who, said


def stopped(database, event):
    with database.read() as session:
        return open_stop(session, event.id) is not None


def lift(database, event, who):
    write(database, lambda s: lift_stop(s, s.get_one(Event, event.id), **who))


def test_a_stop_of_the_central_server_that_is_lifted_there_is_lifted_at_the_hub(
    database, event, hub, ordered
):
    before = stopped(hub.database, event)
    lift(database, event, ordered[0])

    hub.exchange()

    assert (before, stopped(hub.database, event)) == (True, False)


def test_a_stop_of_the_central_server_that_is_lifted_at_the_hub_is_lifted_there(
    database, event, hub, ordered
):
    who, said = ordered
    lift(hub.database, event, who)
    other = dict.fromkeys(said, "Attendez")
    write(database, lambda s: stop_entries(s, s.merge(event), other, **who))  # other words for it

    hub.exchange()
    at_once = (stopped(database, event), stopped(hub.database, event))
    hub.exchange()

    assert at_once == (False, False)
    assert hub.rows(EntryStop) == []
    assert "entries.resume" in factories.noted(database, "entries")


def test_a_stop_that_is_ordered_anew_is_not_lifted_by_what_a_hub_lifted_before(
    database, event, hub, ordered
):
    who, said = ordered
    lift(hub.database, event, who)
    lift(database, event, who)
    write(database, lambda s: stop_entries(s, s.merge(event), said, **who))

    hub.exchange()
    hub.exchange()

    assert (stopped(database, event), stopped(hub.database, event)) == (True, True)


def test_a_revoked_hub_lifts_no_stop(database, event, hub, ordered):
    lift(hub.database, event, ordered[0])
    (there,) = read_hubs(database)
    write(database, lambda s: revoke_hub(s, s.merge(event), there.id, now=factories.NOW))

    hub.exchange_of._report()

    assert stopped(database, event)


def read_hubs(database):
    with database.read() as session:
        return session.query(Hub).all()


def test_a_stop_of_the_hall_is_the_halls_alone_until_the_central_server_orders_one(
    database, event, hub
):
    who = {"operator_id": factories.a_supervisor(database), "now": factories.NOW}
    said = dict.fromkeys(("fr", "ar", "en"), "Alarme")
    hub.exchange()
    write(hub.database, lambda s: stop_entries(s, s.get_one(Event, event.id), said, **who))
    hub.exchange()
    own = (stopped(database, event), stopped(hub.database, event))

    write(database, lambda s: stop_entries(s, s.merge(event), said, **who))
    hub.exchange()
    both = (stopped(database, event), stopped(hub.database, event))
    lift(database, event, who)
    hub.exchange()

    assert (own, both) == ((False, True), (True, True))
    assert (stopped(database, event), stopped(hub.database, event)) == (False, False)


def test_somebody_whom_the_central_server_has_lost_is_canceled_here_if_they_came(
    database, event, device, hub
):
    code = factories.a_badge(database, event, "Amina Alaoui")
    hub.exchange()
    with hub.database.writing() as connection:
        record_scan(connection, hub.device(device.id), factories.a_reading(code), hub.keys)
    (person,) = hub.rows(Participant)
    hub.line.is_cut = True

    def lose(session):
        session.execute(delete(Activity))
        session.execute(delete(Message))
        session.execute(delete(Badge))
        session.execute(delete(Participant))
        session.get_one(Event, event.id).list_version += 1

    write(database, lose)
    hub.line.is_cut = False
    hub.exchange()

    assert [(one.id, one.standing) for one in hub.rows(Participant)] == [(person.id, "canceled")]


def test_delegations_that_swap_their_names_there_do_so_here(database, event, hub):
    first, second = (factories.a_delegation(database, event, name) for name in ("Salé", "Témara"))
    hub.exchange()

    def swap(session):
        one, other = (session.get_one(Delegation, made.id) for made in (first, second))
        names = one.name, one.folded, other.name, other.folded
        one.folded = "?"
        session.flush()
        other.name, other.folded = names[:2]
        session.flush()
        one.name, one.folded = names[2:]
        session.get_one(Event, event.id).list_version += 1

    write(database, swap)
    hub.exchange()

    here = {one.id: one.name for one in hub.rows(Delegation)}
    assert (here[first.id], here[second.id]) == ("Témara", "Salé")
