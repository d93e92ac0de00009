"""A revoked hub's places are free at once; what it held before still counts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from checkin.db.models import Device, Hub, Lease
from checkin.errors import NotFound
from checkin.services.gates.leases import grant_lease
from checkin.services.hubs.access import hub_by_token
from checkin.services.hubs.pairing import HubSelf, open_hub_pairing, pair_hub
from checkin.services.hubs.revocation import revoke_hub
from tests.support import factories
from tests.support.factories import write
from tests.support.hub_client import ADDRESS, an_authority

NOW = datetime.now(UTC)


@pytest.fixture
def hub(database, event, device):
    factories.a_delegation(database, event)
    code = write(database, lambda s: open_hub_pairing(s, s.merge(event), "Salle A", now=NOW))
    told = HubSelf("pc", "marhaba-hub/1", "A" * 43, an_authority(), [ADDRESS])
    return pair_hub(database, code=code, told=told, now=NOW)


def test_its_leases_and_devices_end_with_it(database, event, hub):
    paired = hub_by_token(database, hub.token)
    write(database, lambda s: grant_lease(s, paired.device, now=NOW, to_hub=True))

    write(database, lambda s: revoke_hub(s, s.merge(event), hub.hub.id, now=NOW))

    with database.read() as session:
        assert session.scalars(select(Lease.ended_at)).one() == NOW
        assert session.get_one(Device, hub.hub.device_id).revoked_at == NOW
    assert hub_by_token(database, hub.token).is_revoked


def test_revoking_twice_is_the_same_as_once(database, event, hub):
    for _ in range(2):
        write(database, lambda s: revoke_hub(s, s.merge(event), hub.hub.id, now=NOW))

    assert factories.noted(database, "hub") == ["hub.pairing_opened", "hub.add", "hub.revoke"]


def test_another_events_hub_is_not_found(database, hub):
    other = factories.an_event(database, "autre")

    with pytest.raises(NotFound):
        write(database, lambda s: revoke_hub(s, s.merge(other), hub.hub.id, now=NOW))
    with database.read() as session:
        assert session.scalars(select(Hub.revoked_at)).one() is None
