"""A device that was paired after the backup goes on, asks, and brings what it holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from checkin.db.models import Admission, ReturningDevice
from checkin.errors import NotFound
from checkin.services.gates.devices import device_names, revoke_device
from checkin.services.gates.returning import returning_devices, take_back, turn_away
from checkin.web.site.state import EXTENSION
from scanner.core.scan import Kind
from scanner.server.courier import Return
from scanner.server.events import Stopped, Trouble
from tests.support import factories


def now():
    return datetime.now(UTC)


def arrived(database):
    with database.read() as session:
        return session.scalar(select(func.count(Admission.id)))


def who_asks(database, event):
    with database.read() as session:
        return [
            (one.name, one.gate_name, one.held)
            for one in returning_devices(session, event.id, now())
        ]


@pytest.fixture
def unknown(database, event, laptop_at, save):
    """A laptop with one acknowledged scan, unknown to the server since."""
    operator = factories.a_supervisor(database)
    code, other = factories.badges(database, event, 2)
    restore = save()
    laptop = laptop_at("Porte 7")
    laptop.gate.name = "Laptop 7"
    laptop.close()
    laptop.open()
    laptop.courier._name = "Laptop 7"
    laptop.rounds()
    laptop.scan(code)
    restore()
    laptop.operator, laptop.code, laptop.other = operator, code, other
    return laptop


def test_it_goes_on_without_the_network_and_says_so(database, event, unknown):
    unknown.rounds()

    again, another = unknown.scan(unknown.code), unknown.scan(unknown.other)

    assert again.kind == Kind.ALREADY
    assert another.kind == Kind.PENDING
    assert [one for one in unknown.told if isinstance(one, Stopped)] == []
    troubles = {one.fault.code for one in unknown.told if isinstance(one, Trouble)}
    assert troubles == {"not_known_any_more"}


def test_an_organiser_sees_its_name_its_gate_and_what_it_holds(database, event, unknown):
    unknown.rounds()

    assert who_asks(database, event) == [("Laptop 7", "Porte 7", 1)]


def test_one_press_takes_it_back_and_what_it_holds_comes_first(database, event, unknown):
    unknown.rounds()
    with database.read() as session:
        [asks] = returning_devices(session, event.id, now())
    factories.write(
        database,
        lambda s: take_back(s, event, asks.id, operator_id=unknown.operator, now=now()),
    )
    unknown.line.asked.clear()

    unknown.rounds(1)
    first = [one for one in unknown.line.asked if "return" not in one and "status" not in one]
    unknown.rounds()

    assert first[0] == "POST /api/v1/scans/batch"
    assert unknown.courier._return == Return.NOT_NEEDED
    assert (arrived(database), unknown.to_offer) == (1, 0)
    assert who_asks(database, event) == []
    with database.read() as session:
        assert "Laptop 7" in device_names(session, event)
    assert factories.noted(database, "device")[-1] == "device.take_back"


def test_one_that_nobody_recognises_is_turned_away_and_may_ask_again(database, event, unknown):
    unknown.rounds(2)
    with database.read() as session:
        number = session.scalars(select(ReturningDevice.id)).one()
    factories.write(
        database, lambda s: turn_away(s, event, number, operator_id=unknown.operator, now=now())
    )
    gone = who_asks(database, event)
    unknown.rounds(1)

    assert (gone, len(who_asks(database, event))) == ([], 1)


def test_a_device_that_asks_no_more_cannot_be_taken_back(database, event):
    operator = factories.a_supervisor(database)

    with pytest.raises(NotFound):
        factories.write(
            database, lambda s: take_back(s, event, 99, operator_id=operator, now=now())
        )


def test_a_token_that_no_server_ever_accepted_still_stops_the_scanner(database, laptop_at):
    laptop = laptop_at()
    laptop.token = "never accepted"
    laptop.close()
    laptop.open()

    laptop.rounds()

    assert len([one for one in laptop.told if isinstance(one, Stopped)]) == 1


def test_a_revoked_device_keeps_what_a_restored_server_may_not_have(
    database, event, laptop_at, save
):
    code = factories.a_badge(database, event)
    laptop = laptop_at()
    laptop.rounds()
    restore = save()
    laptop.scan(code)
    restore()
    factories.write(
        database, lambda s: revoke_device(s, event, laptop.device_id, now=datetime.now(UTC))
    )

    laptop.rounds()

    assert laptop.gate.spool.acknowledged.count_to_offer() == 1


def test_a_revoked_device_erases_the_refs_that_the_server_has(database, event, laptop_at):
    laptop = laptop_at()
    laptop.rounds()
    laptop.scan(factories.a_badge(database, event))
    factories.write(
        database, lambda s: revoke_device(s, event, laptop.device_id, now=datetime.now(UTC))
    )
    laptop.app.extensions[EXTENSION].devices.forget()

    laptop.rounds()

    file = laptop.gate.spool.acknowledged._file
    assert file.number("SELECT count(*) FROM acknowledged") == 0
