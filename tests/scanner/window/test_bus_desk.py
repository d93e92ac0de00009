"""The list of a bus in the window, by the keyboard alone: opened, let in, and taken back."""

from __future__ import annotations

import contextlib
import time

import pytest
from PIL import ImageColor

from scanner.core.errors import (
    DeskBudget,
    DeskLocked,
    RequestRejected,
    SearchBudget,
    SearchClosed,
    ServerUnreachable,
)
from scanner.core.scan import Kind, Scan
from scanner.gate.volunteer_requests import BusKey
from scanner.offline.clock import DeviceClock
from scanner.offline.decisions import OfflineGate
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.delivery import Delivery, Link
from scanner.window.bus_desk import BusDesk
from scanner.window.drawing.bus import bus_image
from scanner.window.state import Screen
from scanner.window.system.keyboard import DOWN, ENTER, ESCAPE, UP
from scanner.words import say
from tests.scanner.decode.pictures import a_code
from tests.scanner.offline.lists import NOON, a_bus, a_list, content
from tests.support.waiting import wait_for

LEADER, TWO, THREE = (a_code(number) for number in (1, 2, 3))
BUS = a_bus((LEADER, content(1)), (TWO, content(2)), (THREE, content(3, blocked=True)))


class Laptop:
    """The scanner's parts without the network, and somebody at the keyboard of its window."""

    def __init__(self, folder):
        self.spool, self.held = Spool(folder), HeldList(folder)
        self.held.take(a_list([(LEADER, content(1))], buses=[(LEADER, BUS)]))
        clock = DeviceClock(lambda: NOON, lambda: 0.0)
        offline = OfflineGate(
            self.held, self.spool.memory, clock, {"id": 7, "name": "Porte A"}, "fr"
        )
        self.delivery = Delivery(self.spool, None, offline, Link(online=False), "fr")
        self.opens = self.refuses
        self.annulled = []
        self.desk = BusDesk(self.open_bus, offline, self, clock.now)
        self.screen, self.at_s, self.sounds = Screen(language="fr"), 1.0, []

    def open_bus(self, key, pin):
        return self.opens(key, pin)

    def refuses(self, _key, _pin):
        raise ServerUnreachable(server="")

    def admit_bus(self, scans, tell):
        self.spool.put_all(scans)
        for scan in scans:
            tell(self.delivery.deliver(scan))

    def annul_bus(self, scan_ids, _reason):
        self.annulled = list(scan_ids)
        return len(self.annulled)

    def show(self, code):
        scan = Scan(code=code, scanned_at=NOON)
        self.spool.put(scan)
        self.screen = self.desk.heard(self.screen, self.delivery.deliver(scan), self.at_s)
        return self

    def press(self, *keys):
        for key in keys:
            self.screen = self.desk.pressed(self.screen, self.screen.bus, key)
        return self

    def take(self):
        self.screen, verdicts = self.desk.take(self.screen, self.at_s)
        self.sounds += [verdict.kind for verdict in verdicts]
        return self.screen.bus

    def until(self, condition):
        return wait_for(lambda: (panel := self.take()) and condition(panel) and panel)

    def opened(self):
        return self.until(lambda panel: True)

    def close(self):
        self.desk.close()
        self.spool.close()
        self.held.close()


@pytest.fixture
def laptop(tmp_path):
    with contextlib.closing(Laptop(tmp_path)) as laptop:
        yield laptop


def test_a_leaders_badge_opens_the_list_without_the_network_and_no_other_badge_does(laptop):
    panel = laptop.show(LEADER).opened()

    assert (panel.bus.name, panel.bus.in_before) == ("Car 1", 1)  # the leader has just come in
    laptop.press(ESCAPE).show(TWO)
    time.sleep(0.05)
    assert laptop.take() is None


@pytest.mark.parametrize("fault", [DeskLocked(), DeskBudget(minutes=9), SearchClosed()])
def test_a_help_desk_that_may_not_show_a_bus_says_why(fault, laptop):
    def refuses(_key, _pin):
        raise fault

    laptop.opens = refuses
    laptop.screen = laptop.desk.open(laptop.screen, BusKey(bus_id=3), laptop.at_s)

    wait_for(lambda: laptop.take() or laptop.screen.notice)
    assert laptop.screen.notice[0] == fault.code
    assert say("fr", fault.code, **dict(laptop.screen.notice[1]))


def test_who_is_missing_is_taken_out_by_letters_and_space_and_enter_lets_the_others_in(laptop):
    laptop.show(LEADER).opened()

    laptop.press("3", " ", ENTER)
    panel = laptop.until(lambda panel: panel.result)

    assert (panel.result.let_in, panel.result.already, panel.result.refused) == (1, 1, ())
    assert laptop.sounds == [Kind.PENDING]
    assert [one.scan.kept()["source"] for one in laptop.spool.decided()][1:] == ["bus"]


def test_a_badge_that_types_its_code_into_the_open_list_lets_nobody_in(laptop):
    laptop.show(LEADER).opened()

    panel = laptop.press(*TWO, ENTER).take()
    after = (panel.notice[0], panel.bus.letters, panel.waiting, panel.result)
    panel = laptop.press("3", ENTER).take()

    assert after == ("bus_letters", "", 0, None)
    assert (panel.notice[0], panel.bus.letters, panel.waiting) == ("bus_letters", "3", 0)


def test_the_refused_are_named_with_the_reason_and_the_bus_is_taken_back_after_a_question(laptop):
    laptop.show(LEADER).opened()
    panel = laptop.press(ENTER).until(lambda panel: panel.result)
    [refused] = [panel.verdicts[place] for place in panel.result.refused]
    assert (refused.participant["name"], refused.reason) == ("Amina 3", "blocked")

    laptop.press("z")
    assert laptop.screen.bus.notice[0] == "bus_undo_again"
    laptop.press("z").until(lambda panel: panel.is_undone)

    assert laptop.annulled == [panel.verdicts[0].scan.scan_id]
    assert laptop.press(ENTER).screen.bus is None


def test_online_the_server_opens_the_list_and_a_pin_is_checked_before_anybody_is_let_in(laptop):
    asked = []

    def opens(key, pin):
        asked.append((key.code, pin))
        if pin == "1":
            raise RequestRejected(403, "forbidden", "")
        return BUS

    laptop.opens = opens
    laptop.screen = Screen(language="fr", without_badge="supervisors")
    laptop.show(LEADER).opened()

    laptop.press(ENTER, "1", ENTER).until(lambda p: p.notice and p.notice[0] == "pin_refused")
    assert laptop.spool.waiting_count() == 1  # the leader's own scan alone
    panel = laptop.press("2", "4", ENTER).until(lambda panel: panel.result)

    assert asked == [(LEADER, ""), (LEADER, "1"), (LEADER, "24")]
    assert {one.scan.body()["supervisor_pin"] for one in panel.verdicts} == {"24"}
    assert not any("supervisor_pin" in one.scan.kept() for one in panel.verdicts)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_list_and_the_result_are_drawn_in_each_language(laptop, language):
    panel = laptop.show(LEADER).opened()
    drawn = [bus_image(panel, language, 1280, 600)]
    laptop.press(DOWN, ENTER)
    drawn.append(bus_image(laptop.until(lambda panel: panel.result), language, 1280, 600))

    assert len({image.tobytes() for image in drawn}) == 2
    assert "{" not in say(language, "bus_keys")


def test_a_state_has_its_colour_except_on_the_blue_of_the_marked_line(laptop):
    laptop.show(LEADER).opened()
    red = ImageColor.getrgb("#F87171")

    drawn = [
        bus_image(laptop.press(*keys).screen.bus, "fr", 1280, 600) for keys in ([DOWN, " "], [UP])
    ]

    assert [red in {one for _n, one in image.getcolors(99_999)} for image in drawn] == [False, True]


def test_what_lies_on_the_disk_of_a_gate_names_nobody_of_a_bus(laptop, tmp_path):
    laptop.show(LEADER).opened()
    laptop.press(ENTER).until(lambda panel: panel.result)

    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert b"bus" in written
    for secret in ("Amina", "أمينة", LEADER, TWO):
        assert secret.encode() not in written


def test_a_bus_beyond_the_budget_is_opened_by_a_supervisors_pin(laptop):
    def opens(_key, pin):
        if not pin:
            raise SearchBudget(minutes=40)
        return BUS

    laptop.opens = opens
    laptop.screen = laptop.desk.open(laptop.screen, BusKey(bus_id=3), laptop.at_s)
    assert laptop.opened().notice[0] == "search_budget"

    panel = laptop.press("2", ENTER).until(lambda panel: panel.bus.people)

    assert len(panel.bus.people) == 3
