"""A real server process, a real Chromium, and a webcam that shows what a test draws."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from checkin.db.engine import Database
from checkin.db.models import Role
from tests import factories
from tests.browser.stations import open_station, pairing_link_at, wait_for_list
from tests.browser.webcam import Chromium
from tests.server_process import free_port
from tests.web.pages.browsing import PASSWORD, an_operator

ROOT = Path(__file__).parents[2]


@pytest.fixture
def databases(sqlite_databases):
    """Browsers see no difference between databases."""
    return sqlite_databases


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, "Khémisset", quota=1000)


def wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(address + "/healthz", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not answer within 30 s")


class Server:
    """`python -m checkin run` as its own process; `stop` and `start` keep address and data."""

    def __init__(self, home: Path, database_url: str) -> None:
        self._port = free_port()
        self.address = f"http://localhost:{self._port}"
        self._log = home / "server.log"
        self._environ = {name: v for name, v in os.environ.items() if name[:8] != "CHECKIN_"} | {
            "CHECKIN_HOME": str(home),
            "CHECKIN_DATABASE_URL": database_url,
            "CHECKIN_MASTER_KEY": factories.MASTER_KEY.hex(),
        }
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "checkin", "run", "--port", str(self._port)],
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until_ready(self.address, self._process, self._log)

    def stop(self) -> None:
        """End it with its workers, as a power cut would."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def server(database_url, event, tmp_path):
    server = Server(tmp_path, database_url)
    yield server
    server.stop()


@pytest.fixture
def pairing_link(server, database, event):
    return pairing_link_at(server, database, event)


@pytest.fixture
def chromium(tmp_path):
    """A function that starts Chromium, with pictures for its webcam or without a webcam."""
    with Chromium(tmp_path) as chromium:
        yield chromium


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
    page.goto(server.address + "/login")
    page.fill("#email", "organiser@example.org")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(server.address + "/")
    return page


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.dispose()
