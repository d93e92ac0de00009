"""A hub holds the central server's rows under the same numbers, in a sealed file."""

from __future__ import annotations

from checkin.db.models import Badge, Delegation, Device, Event, Participant, Upstream
from checkin.services.hub.loans import CENTRAL_DEVICE
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
