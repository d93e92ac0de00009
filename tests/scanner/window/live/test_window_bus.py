"""A bus in the real window: opened, let in, and taken back, with the network and without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import func, select

from checkin.db.models import Admission
from scanner.gate.bus import NO_LIST, BusResult
from scanner.gate.volunteer_requests import BusKey
from scanner.offline.held_list import HeldList
from scanner.window.bus_panel import BusPanel, noticed
from scanner.window.drawing.bus import bus_image
from scanner.window.drawing.compose import HEIGHT_PX, STRIP_PX, WIDTH_PX
from scanner.window.drawing.panel import MARKED
from tests.scanner.decode.pictures import scene
from tests.scanner.window.live import seen_window
from tests.scanner.window.live.seen_window import needs_a_screen, quit_with
from tests.support import factories
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for

screen, window = seen_window.screen, seen_window.window
pytestmark = needs_a_screen
SEATS = 12


@pytest.fixture
def databases(sqlite_databases):
    """What a window shows is the same on every database."""
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


class Volunteer:
    """Somebody at the window, who has a hand scanner and sees what is drawn of a bus."""

    def __init__(self, screen, database, leader):
        self.screen, self.database, self.leader = screen, database, leader

    def open_list(self):
        self.screen.type(self.leader + "\n")
        wait_for(lambda: self.screen.has(MARKED), "the list of the bus")

    def press(self, *keys):
        for key in keys:
            self.screen.press(key)

    def sees(self, result, language, notice="", **facts):
        """Wait for the title, the counts and the notice, exactly as they are drawn."""
        panel = BusPanel(replace(NO_LIST, name="Car 1"), BusKey(), 0.0, result=result)
        image = bus_image(noticed(panel, notice, **facts) if notice else panel, language, *_SIZE)
        drawn = np.asarray(image)
        wait_for(lambda: self._shows(drawn), f"{result} {notice}")

    def _shows(self, drawn):
        shown = self.screen.picture()[STRIP_PX:]
        return all(np.array_equal(shown[part], drawn[part]) for part in _LINES)

    def inside(self):
        query = select(func.count()).select_from(Admission).where(Admission.annulled_at.is_(None))
        with self.database.read() as session:
            return session.scalar(query)


_SIZE = (WIDTH_PX, HEIGHT_PX - STRIP_PX)
#: of the title and the result, of the first line below, and of the notice and the keys
_LINES = (slice(0, 220), slice(_SIZE[1] - 110, _SIZE[1]))


def test_a_bus_is_let_in_but_one_and_taken_back_with_the_network_and_without(
    screen, window, server, database, event, tmp_path
):
    leader = factories.a_full_bus(database, event, SEATS)[0]
    token = factories.a_new_device(database, event, "Porte A").token
    volunteer = Volunteer(screen, database, leader)
    whole = BusResult(let_in=SEATS - 2, already=1, refused=())  # one is missing, one has come

    with window([scene()] * 4, credentials=("--token", token)) as process:
        _wait_for_list(tmp_path)
        volunteer.open_list()
        volunteer.press("7", "space", "Return")
        volunteer.sees(whole, "fr")
        wait_for(lambda: volunteer.inside() == SEATS - 1, "the bus to be in")
        volunteer.press("z", "z")
        volunteer.sees(whole, "fr", "bus_undone", count=SEATS - 2, all=SEATS - 2)
        assert volunteer.inside() == 1

        volunteer.press("Return", "l")
        server.kill()
        volunteer.open_list()
        volunteer.press("7", "space", "Return")
        volunteer.sees(whole, "ar")
        volunteer.press("z", "z")
        volunteer.sees(whole, "ar", "bus_undo_offline")
        assert volunteer.inside() == 1

        server.start()
        wait_for(lambda: volunteer.inside() == SEATS - 1, "the scans that were kept")
        volunteer.press("z", "z")
        volunteer.sees(whole, "ar", "bus_undone", count=SEATS - 2, all=SEATS - 2)
        assert volunteer.inside() == 1

        screen.press("Return")
        assert quit_with(screen, process, "q")[0] == 0


def _wait_for_list(folder):
    """Wait until the scanner holds the gate list, which it opens without the network."""
    wait_for(lambda: list(folder.rglob("gate-list.sqlite")), "the file of the list")
    [file] = folder.rglob("gate-list.sqlite")
    held = HeldList(file.parent)
    try:
        wait_for(lambda: held.is_there, "the list")
    finally:
        held.close()
