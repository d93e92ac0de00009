"""A delegation's buses on its pages, and on the board."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from checkin.db.models import Activity, Bus, BusLeader, BusPassenger
from checkin.services.people.buses import assign_people
from tests.support import factories
from tests.support.factories import NOW, write


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, "Khémisset", quota=9)


@pytest.fixture
def page(delegation):
    return f"/events/rabat-2025/delegations/{delegation.id}/buses"


@pytest.fixture
def bus(database, delegation):
    return factories.a_bus(database, delegation, seats=2)


@pytest.fixture
def people(database, event, delegation):
    return [
        str(
            factories.a_participant(
                database, event, f"Militant {x}", delegation=delegation
            ).participant_id
        )
        for x in "abc"
    ]


def buses(database):
    with database.read() as session:
        rows = session.scalars(select(Bus)).all()
    return [(one.name, one.leader, one.leader_phone, one.seats) for one in rows]


def riding(database):
    with database.read() as session:
        return sorted(session.scalars(select(BusPassenger.participant_id)))


def leading(database):
    with database.read() as session:
        query = select(BusLeader.participant_id).where(BusLeader.bus_id.is_not(None))
        return sorted(session.scalars(query))


def test_a_bus_is_added_changed_and_removed(coordinator, database, page):
    coordinator.send(page, bus="Car 1", leader="Hassan", leader_phone="06 11 11 11 11", seats="50")
    first = buses(database)
    coordinator.send(page, page + "/1", bus="Car A", leader="", leader_phone="", seats="20")
    second = buses(database)
    coordinator.send(page, page + "/1/remove")

    assert first == [("Car 1", "Hassan", "+212611111111", 50)]
    assert second == [("Car A", "", None, 20)]
    assert buses(database) == []
    with database.read() as session:
        lines = session.scalars(select(Activity).where(Activity.action.like("bus.%"))).all()
    assert [line.action for line in lines] == ["bus.add", "bus.change", "bus.remove"]
    assert all(line.operator_id for line in lines)
    assert all("Hassan" not in str(line.details) for line in lines)


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(coordinator, database, page):
    response = coordinator.send(page, bus="Car 1", leader="Hassan", leader_phone="1", seats="0")

    assert response.status_code == 400
    assert "n’est pas un nombre de places" in response.text
    assert 'value="Hassan"' in response.text
    assert buses(database) == []


def test_a_second_bus_of_one_name_is_told(coordinator, page, bus):
    response = coordinator.send(page, bus="Car 1", seats="3")

    assert response.status_code == 409
    assert "porte déjà ce nom" in response.text


def test_people_are_seated_many_at_once_and_taken_out_again(
    coordinator, database, page, bus, people
):
    coordinator.send(page, page + "/assign", to=str(bus.id), participant=people[:2])
    seated = riding(database)
    coordinator.send(page, page + f"/assign?bus={bus.id}", to="0", participant=people[:1])

    assert seated == [1, 2]
    assert riding(database) == [2]


def test_a_passenger_is_made_the_leader_and_marked_and_another_one_instead(
    coordinator, database, page, bus, people
):
    coordinator.send(page, page + "/assign", to=str(bus.id), participant=people[:2])
    coordinator.send(page, f"{page}/{bus.id}/leaders", participant=people[:1])
    first = leading(database), coordinator.open(f"{page}?bus={bus.id}").text.count("★")

    coordinator.send(page, f"{page}/{bus.id}/leaders", participant=people[1:])

    assert (first, leading(database)) == (([1], 1), [2])  # the third one rides in no bus


def test_the_table_of_buses_names_whoever_was_made_a_leader(coordinator, page, bus, people):
    coordinator.send(page, page + "/assign", to=str(bus.id), participant=people[:2])
    coordinator.send(page, f"{page}/{bus.id}/leaders", participant=people[:1])

    table = coordinator.read(page + "?lang=en").partition('data-label="Leader"')[2]

    assert "<bdi>Militant a</bdi>" in table.partition("</td>")[0]


def test_over_the_seats_nobody_is_moved_and_the_ticks_stay(
    coordinator, database, page, bus, people
):
    response = coordinator.send(page, page + "/assign", to=str(bus.id), participant=people)

    assert response.status_code == 409
    assert "places assises libres\N{NO-BREAK SPACE}: 2." in response.text
    assert response.text.count(" checked") == 3
    assert riding(database) == []


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_list_names_leader_and_passengers_in_both_scripts(
    coordinator, database, event, delegation, page, bus, language
):
    one = factories.a_participant(
        database,
        event,
        "Amina Alaoui",
        delegation=delegation,
        name_ar="أمينة العلوي",
        phone="+212612345678",
    )
    write(database, lambda s: assign_people(s, s.merge(bus), [one.participant_id], now=NOW))

    response = coordinator.open(f"{page}/{bus.id}/list.pdf?lang={language}")

    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(response.data)).pages)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert all(word in text for word in ("Amina Alaoui", "212612345678", "Hassan Tazi", "Car 1"))
    assert "régionale" not in text  # a sensitive event's name stays off the paper


def test_the_board_shows_arrivals_by_bus_and_nobodys_name(
    signed_in, database, event, delegation, bus
):
    device = factories.a_device(database, event)
    code = factories.a_badge(database, event, "Amina Alaoui", delegation=delegation)
    write(database, lambda s: assign_people(s, s.merge(bus), [1], now=NOW))
    factories.scan(database, device, code)

    viewer = signed_in("viewer")
    board = viewer.read("/events/rabat-2025/board")

    assert viewer.open("/events/rabat-2025/buses/counts").json == [
        {"id": bus.id, "arrived": 1, "passengers": 1, "missing": 0, "complete": True}
    ]
    assert "Car 1" in board
    assert "complet" in board
    assert ("Hassan" in board, "Amina" in board) == (False, False)


def test_html_in_a_buss_name_is_shown_as_it_was_written(coordinator, page):
    coordinator.send(page, bus="<b>x</b>", leader="<i>y</i>", seats="3")

    shown = coordinator.read(page)

    assert "<b>x" not in shown
    assert "<i>y" not in shown
    assert "&lt;b&gt;x" in shown


def test_another_delegations_buses_are_not_there(coordinator, database, event, page, bus, people):
    other = factories.a_delegation(database, event, "Salé")
    theirs = factories.a_bus(database, other, "Car 9")
    address = f"/events/rabat-2025/delegations/{other.id}/buses"
    stranger = factories.a_participant(database, event, "Zineb Tazi", delegation=other)

    opened = [coordinator.open(address + p).status_code for p in ("", f"/{theirs.id}/list.pdf")]
    sent = [
        coordinator.send(page, address + p, bus="x", seats="1").status_code
        for p in ("", f"/{theirs.id}", f"/{theirs.id}/remove", "/assign")
    ]
    # Their bus, or their person, through one's own pages.
    sideways = [
        coordinator.open(f"{page}/{theirs.id}/list.pdf").status_code,
        coordinator.send(page, f"{page}/{theirs.id}/remove").status_code,
        coordinator.send(
            page, page + "/assign", to=str(theirs.id), participant=people[:1]
        ).status_code,
    ]
    coordinator.send(
        page, page + "/assign", to=str(bus.id), participant=str(stranger.participant_id)
    )

    assert (opened, sent, sideways) == ([404] * 2, [404] * 4, [404] * 3)
    assert riding(database) == []
    assert len(buses(database)) == 2
