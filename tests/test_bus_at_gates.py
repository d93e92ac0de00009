"""A bus at two gates of the scanner, over real HTTP: opened, let in once, and taken back."""

from __future__ import annotations

import contextlib
import time

import pytest
from sqlalchemy import func, select

from checkin.db.models import Admission, Scan
from scanner.gate.gate import Gate
from scanner.gate.volunteer_requests import VolunteerRequests
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.client import Client
from scanner.window.bus_desk import BusDesk
from scanner.window.state import Screen, after
from tests.support import factories
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for

SEATS = 50


@pytest.fixture
def databases(sqlite_databases):
    """SQLite alone: tests/services/scanning/races/test_race_buses.py has both databases."""
    return sqlite_databases


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
def leader(database, event):
    """The code of the badge of who leads a bus of fifty."""
    return factories.a_full_bus(database, event, SEATS)[0]


class Laptop:
    """The scanner's parts as its window puts them together, and somebody at its keyboard."""

    def __init__(self, server, token, folder):
        client = Client(server.url, token=token)
        spool, held = Spool(folder, frame=client.clock.frame), HeldList(folder)
        self.gate = Gate(client=client, spool=spool, held=held, language="fr", type="entry")
        self.told = []
        self.station, self.courier = self.gate.open(self.told.append)
        self.courier.start()
        requests = VolunteerRequests(client)
        self.desk = BusDesk(requests.open_bus, self.courier.lists, self.courier, client.clock.now)
        self.screen = Screen(language="fr")
        wait_for(lambda: held.is_there)

    def show(self, code):
        """Hold a leader's badge before the camera, and wait for the list."""
        self.station.saw(code, time.monotonic())
        return self.until(lambda panel: not panel.result)

    def press(self, *keys):
        for key in keys:
            self.screen = self.desk.pressed(self.screen, self.screen.bus, key)

    def until(self, happened):
        return wait_for(lambda: (panel := self._panel()) and happened(panel) and panel)

    def _panel(self):
        while self.told:
            event = self.told.pop(0)
            self.screen = after(self.screen, event, 1.0)
            if hasattr(event, "scan"):
                self.screen = self.desk.heard(self.screen, event, 1.0)
        self.screen, _ = self.desk.take(self.screen, 1.0)
        return self.screen.bus

    def close(self):
        self.desk.close()
        self.courier.finish()
        self.gate.close()


def inside(database):
    with database.read() as session:
        query = select(func.count()).select_from(Admission).where(Admission.annulled_at.is_(None))
        return session.scalar(query)


def test_a_bus_that_two_gates_open_is_let_in_once_and_taken_back_in_one_act(
    server, database, event, leader, tmp_path
):
    tokens = [factories.a_new_device(database, event, gate).token for gate in ("A", "B")]
    with contextlib.ExitStack() as stack:
        one, other = (
            stack.enter_context(contextlib.closing(Laptop(server, token, tmp_path / token[:8])))
            for token in tokens
        )
        for laptop in (one, other):
            laptop.show(leader)
        one.press("4", "9", " ", "enter")
        first = one.until(lambda panel: panel.result).result
        other.press("enter")
        second = other.until(lambda panel: panel.result).result

        assert (first.let_in, first.already, first.refused) == (SEATS - 2, 1, ())
        assert (second.let_in, second.already, second.refused) == (1, SEATS - 1, ())
        assert inside(database) == SEATS

        one.press("z", "z")
        one.until(lambda panel: panel.is_undone)

        assert one.screen.bus.notice == ("bus_undone", (("count", 48), ("all", 48)))
        assert inside(database) == 2
        with database.read() as session:
            assert set(session.scalars(select(Scan.source))) == {"camera", "bus"}
