"""After kill -9 of the server during scans, every acknowledged scan is stored."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter

import pytest
import requests
from sqlalchemy import func, select

from checkin.db.engine import Database
from checkin.db.models import Admission, Scan
from tests.support.api_client import a_scan
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Server

CLIENTS = 4


class Client(threading.Thread):
    """A gate that scans without a pause and notes what was acknowledged."""

    def __init__(self, server, token, codes, stop):
        super().__init__()
        self._server, self._token, self._codes, self._done = server, token, codes, stop
        self.acknowledged = {}

    def run(self):
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {self._token}"
            waiting = None
            while not self._done.is_set():
                waiting = waiting or a_scan(next(self._codes))
                if self._sent(session, waiting):
                    waiting = None

    def _sent(self, session, body):
        """Send a scan; the same one again until the server answers, as a scanner does."""
        try:
            reply = session.post(f"{self._server.url}/api/v1/scans", json=body, timeout=5)
        except requests.RequestException:
            time.sleep(0.02)
            return False
        if reply.status_code == 200:
            self.acknowledged[body["scan_id"]] = (reply.json()["status"], reply.json()["reason"])
        return reply.status_code == 200


def work_through_kills(server, kills):
    """Scan in four clients while the server is killed and started again; return their notes."""
    people = [line["code"] for line in server.codes()]
    tokens = [server.token_at(f"Porte {number}") for number in range(1, CLIENTS + 1)]
    stop, chance = threading.Event(), random.Random(kills)
    clients = []
    for at, token in enumerate(tokens):
        order = itertools.cycle(random.Random(at).sample(people, len(people)))
        clients.append(Client(server, token, order, stop))
    server.start()
    for client in clients:
        client.start()
    try:
        for _ in range(kills):
            time.sleep(chance.uniform(0.1, 0.6))
            server.kill()
            server.start()
        time.sleep(0.3)
    finally:
        stop.set()
        for client in clients:
            client.join()
    return clients, server.status(tokens[0])


@pytest.mark.parametrize("kills", [5, pytest.param(200, marks=pytest.mark.proof)])
@pytest.mark.timeout(1800)
def test_every_acknowledged_scan_survives_a_killed_server(kills, tmp_path):
    server = Server(tmp_path / "home", begin=by_fork)
    server.load_demo(400)
    try:
        clients, status = work_through_kills(server, kills)
    finally:
        server.kill()

    database = Database(f"sqlite:///{tmp_path / 'home' / 'marhaba.db'}")
    with database.read() as session:
        rows = session.execute(select(Scan.scan_id, Scan.status, Scan.reason)).all()
        stored = {str(row.scan_id): (row.status, row.reason) for row in rows}
        entries = Counter(session.scalars(select(Admission.participant_id)))
        fully_checked = session.scalar(select(func.count()).select_from(Admission))
        sound = session.connection().exec_driver_sql("PRAGMA integrity_check").scalar()
    database.dispose()

    acknowledged = {key: told for client in clients for key, told in client.acknowledged.items()}
    lost = {key: told for key, told in acknowledged.items() if stored.get(key) != told}
    assert lost == {}
    assert sound == "ok"
    assert len(rows) == len(stored)
    assert set(entries.values()) == {1}
    assert status["totals"]["arrived"] == fully_checked
    assert len(acknowledged) > kills * CLIENTS
    assert len(rows) - len(acknowledged) <= CLIENTS  # at most one under way at each gate
