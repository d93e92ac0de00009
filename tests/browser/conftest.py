"""A real server process, a real Chromium, and a webcam that shows what a test draws."""

from __future__ import annotations

import pytest

from checkin.db.models import Role
from tests.browser.gates.stations import open_station, pairing_link_at, wait_for_list
from tests.browser.gates.webcam import Chromium
from tests.support import factories
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Server
from tests.support.servers.working import working
from tests.web.browsing import PASSWORD, an_operator


@pytest.fixture
def databases(sqlite_databases):
    """Browsers see no difference between databases."""
    return sqlite_databases


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, "Khémisset", quota=1000)


@pytest.fixture
def server(database_url, event, tmp_path):
    settings = {
        "CHECKIN_DATABASE_URL": database_url,
        "CHECKIN_MASTER_KEY": factories.MASTER_KEY.hex(),
    }
    server = Server(tmp_path, begin=by_fork, **settings)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def worker(settings):
    """A worker that does the jobs that pages ask for."""
    with working(settings):
        yield


@pytest.fixture
def pairing_link(server, database, event):
    return pairing_link_at(server, database, event)


@pytest.fixture(scope="session")
def installed_chromium(tmp_path_factory):
    with Chromium(tmp_path_factory.mktemp("webcams")) as chromium:
        yield chromium


@pytest.fixture
def chromium(installed_chromium):
    """Starts browsers, with pictures for their webcam or without one."""
    yield installed_chromium
    installed_chromium.tidy()


@pytest.fixture
def context(chromium):
    return chromium.start().new_context()


@pytest.fixture
def page(context, pairing_link, codes):
    """Return the scan page, paired and with its list; the module's `codes` are in it."""
    page = open_station(context, pairing_link)
    wait_for_list(page)
    return page


@pytest.fixture
def organiser_page(server, database, chromium):
    """A page on which an organiser is signed in."""
    an_operator(database, Role.ORGANISER)
    page = chromium.start().new_page()
    page.goto(server.url + "/login")
    page.fill("#email", "organiser@example.org")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(server.url + "/")
    return page
