"""How many keys and clicks errands take on the scan page, and that these do them."""

from __future__ import annotations

import pytest

from tests.browser.gates.page_gate import PageGate
from tests.browser.gates.stations import card, open_station, wait_for_list
from tests.support.errands import BY_MOUSE, ERRANDS, done, with_people

pytestmark = pytest.mark.browser


@pytest.fixture
def leader(database, event):
    return with_people(database, event)


@pytest.fixture
def gate(chromium, pairing_link, leader):
    page = open_station(chromium.start(), pairing_link)
    wait_for_list(page)
    return PageGate(page, leader)


@pytest.mark.parametrize(
    ("errand", "keys", "clicks", "name"),
    [
        (ERRANDS["forgotten badge"], 6, 0, "Khadija Lazrak"),
        (ERRANDS["namesake"], 8, 0, "Omar Tazi"),
        (BY_MOUSE["forgotten badge"], 4, 2, "Khadija Lazrak"),
    ],
    ids=["forgotten badge", "namesake", "forgotten badge, by mouse"],
)
def test_whoever_has_no_badge_is_let_in_by_so_many_keys(gate, errand, keys, clicks, name):
    done(gate, errand)

    said = card(gate.page)
    assert (said["kind"], said["name"]) == ("ok", name)
    assert (errand.keys, errand.clicks) == (keys, clicks)
    assert errand.person_s < errand.aim_s


def test_a_bus_of_fifty_without_two_is_let_in_by_seven_keys(gate):
    errand = ERRANDS["bus of 50"]
    done(gate, errand)

    counts = gate.page.text_content("#bus-counts").replace("\N{NO-BREAK SPACE}", " ")
    assert counts == "Entrées : 46 · déjà faites : 1 · refus : 1"
    assert (errand.keys, errand.clicks) == (7, 0)
    assert errand.person_s < errand.aim_s
