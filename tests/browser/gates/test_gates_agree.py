"""Two browsers and one Python scanner at the gates of one event, through a cut network."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from checkin.db.models import Admission, Conflict, Scan
from scanner.core.scan import Kind, Verdict
from scanner.gate.gate import Gate
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.client import Client
from tests.browser.gates.stations import (
    card,
    dismiss,
    open_station,
    pairing_link_at,
    stored,
    type_code,
    wait_for_list,
)
from tests.support import factories
from tests.support.others.tcp_proxy import Wire
from tests.support.waiting import wait_for

# Minutes of real browsers: script/proof runs these, script/test the shorter stories beside them.
pytestmark = [pytest.mark.browser, pytest.mark.proof]


class PythonGate:
    """The scanner's parts as its window puts them together, on a wire that can be cut."""

    def __init__(self, port, token, folder):
        self.wire = Wire(port)
        self.told = []
        self.client = Client(self.wire.url, token=token)
        frame = self.client.clock.frame
        spool, held = Spool(folder, frame=frame), HeldList(folder)
        self.scanner = Gate(client=self.client, spool=spool, held=held, language="fr", type="entry")
        self.station, self.courier = self.scanner.open(self.told.append)
        self.courier.start()
        wait_for(lambda: held.is_there)

    def show(self, code):
        """Hold a badge before the camera and return what the gate says."""
        self.station.saw(code, time.monotonic())
        return wait_for(lambda: next((v for v in self.verdicts if v.scan.code == code), None))

    @property
    def verdicts(self):
        return [one for one in self.told if isinstance(one, Verdict)]

    def close(self):
        self.courier.finish()
        self.scanner.close()
        self.wire.close()


@pytest.fixture
def codes(database, event, delegation):
    return factories.badges(database, event, 12, delegation=delegation)


@pytest.fixture
def browsers(chromium, server, database, event, codes):
    """Two browsers: (context, page) each, at gates of their own."""
    browser, opened = chromium.start(), []
    for gate in ("Porte 1", "Porte 2"):
        context = browser.new_context()
        page = open_station(context, pairing_link_at(server, database, event, gate))
        wait_for_list(page)
        opened.append((context, page))
    return opened


@pytest.fixture
def python_gate(server, database, event, codes, tmp_path):
    token = factories.a_new_device(database, event, "Porte 3").token
    port = server.port
    gate = PythonGate(port, token, tmp_path / "python")
    yield gate
    gate.close()


def shown(page, code):
    type_code(page, code)
    said = card(page)["kind"]
    dismiss(page)
    return said


def test_two_browsers_and_a_python_scanner_make_the_same_decisions(
    browsers, python_gate, codes, database
):
    (_, first), (_, second) = browsers
    at_all, *codes = codes
    began = datetime.now(UTC)
    for context, page in browsers:
        context.set_offline(True)
        page.wait_for_selector("#line[data-state=offline]", timeout=20_000)
    python_gate.wire.cut()

    said = [shown(page, code) for page in (first, second) for code in (at_all, codes.pop())]
    python_said = [python_gate.show(code).kind for code in (at_all, codes.pop())]
    second.reload()  # a browser that is restarted meanwhile forgets nothing
    second.wait_for_selector("#line[data-state=offline]", timeout=20_000)
    said.append(shown(second, codes.pop()))
    again = shown(second, at_all)
    python_gate.wire.heal()
    for context, page in browsers:
        context.set_offline(False)
        page.wait_for_selector("#line[data-state=online]", timeout=20_000)
        page.wait_for_selector("#waiting", state="hidden", timeout=20_000)
    wait_for(lambda: python_gate.scanner.spool.waiting_count() == 0)

    assert (said, again) == (["pending"] * 5, "already")
    assert python_said == [Kind.PENDING, Kind.PENDING]
    with database.read() as session:
        admitted = session.execute(
            select(func.count(), func.count(Admission.participant_id.distinct()))
        ).one()
        conflicts = session.scalars(select(Conflict.reason)).all()
        times = session.scalars(select(Scan.corrected_at)).all()
    assert tuple(admitted) == (5, 5)  # one at all three gates, and four others
    assert conflicts == ["already_redeemed"] * 2
    assert len(times) == 8
    assert all(began <= at <= datetime.now(UTC) for at in times)
    contradicted = len(python_gate.scanner.spool.contradicted())
    contradicted += sum(len(stored(page)["contradicted"]) for _, page in browsers)
    assert contradicted == 2
    assert first.faults + second.faults == []
