"""An event with a gate, and a hub of it."""

from __future__ import annotations

import pytest

from tests.support import factories
from tests.support.hub_client import HubApi


@pytest.fixture
def hub(app, database, event, device) -> HubApi:
    factories.a_delegation(database, event)
    return HubApi.of(app, database, event)
