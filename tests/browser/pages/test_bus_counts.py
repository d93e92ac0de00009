"""Arrivals by bus on a board that stays open."""

from __future__ import annotations

import pytest

from checkin.services.people.buses import assign_people
from tests.support import factories
from tests.support.factories import NOW, write

pytestmark = pytest.mark.browser


def test_a_bus_is_counted_on_an_open_board_as_its_people_arrive(
    organiser_page, server, database, event, delegation
):
    bus = factories.a_bus(database, delegation)
    code = factories.a_badge(database, event, delegation=delegation)
    write(database, lambda s: assign_people(s, s.merge(bus), [1], now=NOW))
    device = factories.a_device(database, event)
    organiser_page.goto(server.url + "/events/rabat-2025/board")
    row = organiser_page.locator(f"[data-bus='{bus.id}']")
    before = row.locator("[data-count]").all_inner_texts()

    factories.scan(database, device, code)
    row.locator("[data-complete]").wait_for(state="visible")

    assert before == ["0", "1", "1"]
    assert row.locator("[data-count]").all_inner_texts() == ["1", "1", "0"]
