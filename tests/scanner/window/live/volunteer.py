"""Somebody at the keyboard of the window's forms; the client, server, station and spool are real.

The fixtures here are asked for by importing them.
"""

import contextlib

import pytest

from scanner.camera.names import CameraName
from scanner.gate.station import Station
from scanner.gate.volunteer_requests import VolunteerRequests, delegations_in
from scanner.offline.clock import DeviceClock
from scanner.offline.decisions import OfflineGate
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.client import Client
from scanner.server.delivery import Delivery
from scanner.window.counter import Counter
from scanner.window.state import Screen
from tests.scanner.decode.pictures import FATIMA, YOUSSEF, a_code
from tests.scanner.server.fake_server import DELEGATIONS, TOKEN, FakeServer

ONE, TWO = a_code(1), a_code(2)
SALE_AND_KHEMISSET = delegations_in({"delegations": DELEGATIONS})


class Volunteer:
    """Presses keys and waits for the server."""

    def __init__(self, counter, screen, delivery):
        self.counter = counter
        self.screen = screen
        self.delivery = delivery
        self.at_s = 1.0

    def open(self, purpose):
        self.screen = self.counter.open(self.screen, purpose, self.at_s)
        return self

    def type(self, *keys):
        for key in keys:
            form = self.screen.form_in_front
            self.screen = self.counter.pressed(self.screen, form, key, self.at_s)
        return self

    def answered(self):
        answer = self.counter.background_tasks.answers.get(timeout=10)
        self.screen = self.counter.take(self.screen, answer, self.at_s)
        return self

    @property
    def notice(self):
        form = self.screen.form
        notice = form.notice if form else self.screen.notice
        return notice and notice[0]


@pytest.fixture
def server():
    with FakeServer({ONE: FATIMA, TWO: YOUSSEF}) as server:
        yield server


@pytest.fixture
def told():
    return []


@pytest.fixture
def submitted():
    return []


@pytest.fixture
def client(server):
    client = Client(server.url, token=TOKEN)
    yield client
    client._session.close()


@pytest.fixture
def volunteer(client, tmp_path, told, submitted):
    spool, held, clock = Spool(tmp_path), HeldList(tmp_path), DeviceClock()
    gate = OfflineGate(held, spool.memory, clock, {"id": 7, "name": "Porte A"}, "fr")
    delivery = Delivery(spool, client, gate)
    station = Station(spool, submitted.append, tell=told.append)
    found = [CameraName(0, "Integrated"), CameraName(2, "USB")]
    counter = Counter(
        VolunteerRequests(client),
        station,
        told.append,
        told.append,
        delivery.admit,
        pytest.fail,
        lambda: found,
    )
    with (
        contextlib.closing(spool),
        contextlib.closing(held),
        contextlib.closing(counter.background_tasks),
    ):
        screen = Screen(language="fr", delegations=SALE_AND_KHEMISSET)
        yield Volunteer(counter, screen, delivery)
