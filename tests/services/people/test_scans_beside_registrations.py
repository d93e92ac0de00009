"""On PostgreSQL a scan waits for no registration: it refers to the delegation that gives places."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from checkin.db.models import Event
from checkin.services.people.reserve_list import places_to_move_up, take_places
from tests.support import factories
from tests.support.factories import NOW


@pytest.fixture
def databases(postgres_databases):
    """SQLite takes one transaction after the other."""
    return postgres_databases


@pytest.mark.parametrize("of_several", [True, False], ids=["take_places", "move_up"])
def test_who_comes_in_while_places_of_their_delegation_are_given_away_does_not_wait(
    database, event, device, of_several
):
    delegation = factories.a_delegation(database, event)
    code = factories.a_badge(database, event, delegation=delegation)

    with ThreadPoolExecutor(1) as gate, database.write() as session:
        if of_several:
            here = session.get_one(Event, event.id)
            assert take_places(session, here, delegation.id, 2, here.list_version, NOW) == 2
        else:
            assert places_to_move_up(session, delegation.id, NOW) > 0
        answer = gate.submit(factories.scan, database, device, code).result(timeout=20)

    assert answer.status == "ok"
