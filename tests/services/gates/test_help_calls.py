"""A gate calls for help once at a time, and one operator takes the call."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from checkin.db.models import Activity, Event, HelpCall, Role
from checkin.errors import NotFound
from checkin.services.gates.help_calls import call_help, call_of, open_calls, take_call
from tests.support import factories
from tests.support.factories import NOW, minutes, write
from tests.support.racing import race
from tests.web.browsing import an_operator


def call(database, device, now=NOW):
    return write(database, lambda s: call_help(s, device, now=now).called_at)


def take(database, event, operator, now=NOW):
    def work(session):
        [number] = [one.id for one in session.query(HelpCall)]
        of = session.get_one(Event, event.id)
        take_call(session, of, number, operator_id=operator.id, now=now)

    write(database, work)


def waiting(database, event):
    with database.read() as session:
        return [(one.gate, one.since) for one in open_calls(session, event.id)]


@pytest.fixture
def operators(database):
    return [an_operator(database, role) for role in (Role.SUPERVISOR, Role.ORGANISER)]


def test_a_gate_calls_and_whoever_goes_there_takes_the_call(database, event, device, operators):
    call(database, device)

    assert call(database, device, NOW + minutes(1)) == NOW
    assert waiting(database, event) == [("Porte 1", NOW)]
    for operator in operators:
        take(database, event, operator, NOW + minutes(2))
    assert waiting(database, event) == []
    with database.read() as session:
        [taken] = session.query(HelpCall)
        assert taken.taken_by == operators[0].id
        assert session.query(Activity).filter_by(action="help.take").count() == 1
        assert call_of(session, device.id, NOW + minutes(3)).taken_at == NOW + minutes(2)
        assert call_of(session, device.id, NOW + minutes(8)) is None


def test_a_call_of_another_event_is_not_there(database, event, device, operators):
    call(database, device)

    with pytest.raises(NotFound):
        take(database, factories.an_event(database, "sale-2025"), operators[0])


def test_calls_of_one_gate_at_once_are_one(database, event, device):
    race(8, lambda _: call(database, device))

    assert waiting(database, event) == [("Porte 1", NOW)]


def test_control_without_the_unique_index_they_are_several(postgres_database):
    event = factories.an_event(postgres_database)
    write(postgres_database, lambda s: s.execute(text("DROP INDEX uq_help_call_open")))

    def calls(number):
        device = factories.a_device(postgres_database, event, f"Porte {number}")
        race(8, lambda _: call(postgres_database, device))
        gates = [gate for gate, _since in waiting(postgres_database, event)]
        return gates.count(f"Porte {number}")

    assert any(calls(number) > 1 for number in range(5))
