"""A venue with a laptop, on both databases."""

from __future__ import annotations

import pytest

import scanner.server.client
import scanner.server.courier
from checkin.db.models import Event
from checkin.services.events.days import set_days
from tests.restores.laptops import Laptop
from tests.support import factories
from tests.support.databases.restores import saved


@pytest.fixture
def event(database):
    """An event that is not over: its devices keep what was acknowledged."""
    event = factories.postponed(database, factories.an_event(database))
    factories.write(database, lambda s: set_days(s, s.get_one(Event, event.id)))
    return event


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch):
    """No answer is too late: a laptop that takes one for lost is another test's matter."""
    for module in (scanner.server.client, scanner.server.courier):
        monkeypatch.setattr(module, "within", lambda _seconds, work: work())


@pytest.fixture
def save(databases, database, app, tmp_path):
    """A function that saves the database; what it returns puts it back, and tells nobody."""
    from checkin.web.site.state import EXTENSION

    def save():
        app.extensions[EXTENSION].database.disconnect()
        put_back = saved(databases, database, tmp_path)

        def restore():
            for one in (app.extensions[EXTENSION].database, database):
                one.disconnect()
            put_back()
            app.extensions[EXTENSION].devices.forget()
            app.extensions[EXTENSION].epoch.forget()

        return restore

    return save


@pytest.fixture
def laptop_at(app, database, event, tmp_path):
    """A function that makes a laptop at a gate."""
    laptops = []

    def make(gate="Porte 1"):
        laptops.append(Laptop(app, database, event, tmp_path, gate))
        return laptops[-1]

    yield make
    for laptop in laptops:
        laptop.close()
