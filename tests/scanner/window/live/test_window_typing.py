"""Typing into the window: by a hand scanner, by hand, and in forms."""

import itertools

import pytest

from scanner.core.scan import Kind
from tests.scanner.decode.pictures import a_code, qr, scene
from tests.scanner.server.fake_server import PIN
from tests.scanner.window.live import seen_window
from tests.scanner.window.live.seen_window import (
    BY_HAND_MS,
    ONE,
    TWO,
    UNKNOWN,
    bodies,
    needs_a_screen,
    quit_with,
)
from tests.support.waiting import wait_for

screen, server, window = seen_window.screen, seen_window.server, seen_window.window
pytestmark = needs_a_screen


def test_a_hand_scanner_works_while_the_camera_runs(screen, window, server):
    with window([scene()] * 12) as process:
        wait_for(lambda: screen.colour(0.5, 0.3) != "#000000", "the camera")
        for code in (ONE, TWO, UNKNOWN):
            screen.type(code.lower() + "\n")
            wait_for(lambda code=code: bodies(server)[-1:] == [(code, "wedge")], code)
        screen.shows(Kind.REFUSED)

        assert quit_with(screen, process, "q")[0] == 0
    assert bodies(server) == [(ONE, "wedge"), (TWO, "wedge"), (UNKNOWN, "wedge")]


#: the layouts of Morocco's keyboards
LAYOUTS = ("us", "fr", "ara")
ENDS = (None, "Return", "Tab")


def scanned_on_every_layout(screen, server, ways):
    """Scan a code for each way (layout, whether Caps Lock is on, end, ms); return what failed."""
    failed = []
    locked = False
    for number, (layout, caps, end, every_ms) in enumerate(ways, start=1):
        screen.set_layout(layout)
        if caps != locked:
            screen.press("Caps_Lock")
            locked = caps
        code = a_code(0xC0FFEE << 40 | number * 0x9E3779B1)
        screen.scan(code, every_ms, end)
        try:
            wait_for(lambda code=code: bodies(server)[-1:] == [(code, "wedge")], code)
        except AssertionError:
            failed.append((layout, caps, end, every_ms))
    if locked:
        screen.press("Caps_Lock")
    screen.set_layout("us")
    return failed


def test_a_hand_scanner_works_on_the_layouts_of_morocco(screen, window, server):
    ways = [
        ("us", True, "Tab", 10),
        ("fr", False, None, 10),
        ("fr", True, "Return", 10),
        ("ara", False, "Tab", 10),
        ("ara", True, None, 100),
    ]
    with window([], "--source", "7") as process:
        wait_for(lambda: screen.scan(ONE, end="Return") or bodies(server), "the window to listen")

        assert scanned_on_every_layout(screen, server, ways) == []
        assert quit_with(screen, process, "q")[0] == 0
    assert len(bodies(server)) == 1 + len(ways)


@pytest.mark.proof
def test_a_hand_scanner_works_on_every_layout_with_every_end_at_every_pace(screen, window, server):
    ways = list(itertools.product(LAYOUTS, (False, True), ENDS, (10, 40, 100, 300)))
    with window([], "--source", "7") as process:
        wait_for(lambda: screen.scan(ONE, end="Return") or bodies(server), "the window to listen")

        assert scanned_on_every_layout(screen, server, ways) == []
        assert quit_with(screen, process, "q")[0] == 0


@pytest.mark.proof
def test_a_code_typed_by_hand_is_taken_at_its_last_letter(screen, window, server):
    with window([scene()] * 24) as process:
        wait_for(lambda: screen.colour(0.5, 0.3) != "#000000", "the camera")
        screen.press("t")
        screen.type(ONE.lower(), every_ms=BY_HAND_MS)
        screen.shows(Kind.ADMITTED)

        assert quit_with(screen, process, "q")[0] == 0
    assert bodies(server) == [(ONE, "typed")]


def test_a_supervisor_overrides_a_refusal_with_pin_and_reason(screen, window, server):
    server.first[ONE] = "2025-06-14T14:12:03Z"
    with window([scene(qr(ONE))]) as process:
        screen.shows(Kind.ALREADY)
        screen.press("o")
        screen.type(PIN + "\n", every_ms=BY_HAND_MS)
        screen.type("badge lent\n", every_ms=BY_HAND_MS)
        screen.shows(Kind.ADMITTED)

        assert quit_with(screen, process, "q")[0] == 0
    forced = [body for body, _ in server.answers.values() if body.get("force")]
    assert [(b["code"], b["force_reason"], b["supervisor_pin"]) for b in forced] == [
        (ONE, "badge lent", PIN)
    ]


@pytest.mark.proof
def test_somebody_without_a_badge_is_registered_and_admitted(screen, window, server):
    with window([scene()] * 24) as process:
        wait_for(lambda: screen.colour(0.5, 0.3) != "#000000", "the camera")
        screen.press("w")
        screen.type("amina berrada\n", every_ms=BY_HAND_MS)
        screen.type("sal\n", every_ms=BY_HAND_MS)
        screen.shows(Kind.ADMITTED)

        assert quit_with(screen, process, "q")[0] == 0
    ((code, source),) = bodies(server)
    assert (server.people[code]["name"], source) == ("amina berrada", "typed")


def test_a_gate_without_a_camera_opens_and_takes_a_hand_scanner(screen, window, server):
    with window([], "--source", "7", "--language", "en") as process:
        # The window is painted a moment before it listens.
        wait_for(lambda: screen.type(ONE.lower() + "\n") or bodies(server), "the scan", 30)
        screen.shows(Kind.ADMITTED)

        assert quit_with(screen, process, "q")[0] == 0
    assert bodies(server) == [(ONE, "wedge")]
