"""A device that names many badges without their codes shows on the board; a crash does not."""

from __future__ import annotations

import pytest

from checkin.domain.board.unusual import MOST_A_MINUTE, MOST_LIVE, WINDOW, Unusual
from checkin.domain.scanning.verdict import Source, Status
from checkin.services.board.unusual import UnusualDevice, unusual_devices
from checkin.services.people.bus_leaders import appoint_leaders
from checkin.services.people.buses import assign_people
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW, minutes, write

LET_IN = Decided(Status.OK, None)


def seen(refs):
    return (UnusualDevice("Laptop", "Porte 1", Unusual.REFS, refs),)


def send_by_ref(database, event, device, count, *, per_minute=None, **more):
    """Send the refs of new badges; `per_minute` spreads their readings over the time before."""
    for at, code in enumerate(factories.badges(database, event, count)):
        read_at = NOW - minutes(at // per_minute + 1) if per_minute else NOW
        reading = factories.a_reading_by_ref(code, at=read_at, received_at=NOW, **more)
        factories.record(database, device, reading)


def shown(database, event, now=NOW):
    with database.read() as session:
        return unusual_devices(session, event.id, now)


@pytest.mark.parametrize(
    ("count", "more", "shows"),
    [
        (MOST_LIVE, {}, False),
        (MOST_LIVE + 1, {}, True),
        (MOST_A_MINUTE, {"decided": LET_IN}, False),
        (MOST_A_MINUTE + 1, {"decided": LET_IN}, True),
        (MOST_A_MINUTE + 1, {"decided": LET_IN, "per_minute": 20}, False),
    ],
)
def test_refs_at_an_unusual_pace_are_seen(count, more, shows, sqlite_database):
    event = factories.an_event(sqlite_database)
    device = factories.a_device(sqlite_database, event)

    send_by_ref(sqlite_database, event, device, count, **more)

    assert shown(sqlite_database, event) == (seen(count) if shows else ())


def test_it_is_shown_for_a_while_and_codes_never_are(database, event, device):
    for code in factories.badges(database, event, MOST_LIVE + 1):
        factories.scan(database, device, code)
    assert shown(database, event) == ()

    send_by_ref(database, event, device, MOST_LIVE + 1)
    assert shown(database, event) == seen(MOST_LIVE + 1)
    assert shown(database, event, NOW + WINDOW) == ()


def test_the_people_of_a_bus_are_no_unusual_pace_once_their_leaders_badge_was_read(
    database, event, device
):
    codes = factories.badges(database, event, MOST_A_MINUTE + 2)
    bus = factories.a_bus(database, factories.a_delegation(database, event), seats=200)

    def seat(session):
        assign_people(session, session.merge(bus), range(1, len(codes) + 1), now=NOW)
        appoint_leaders(session, session.merge(bus), [1], now=NOW)

    write(database, seat)
    for code in codes[1:]:
        reading = factories.a_reading_by_ref(code, source=Source.BUS, decided=LET_IN)
        factories.record(database, device, reading)
    assert shown(database, event) == seen(MOST_A_MINUTE + 1)

    factories.record(database, device, factories.a_reading_by_ref(codes[0], decided=LET_IN))

    assert shown(database, event) == ()
