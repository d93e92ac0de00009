"""Typing into the window: by a hand scanner, by hand, and in forms."""

from scanner.core.scan import Kind
from tests.scanner.decode.pictures import qr, scene
from tests.scanner.server.fake_server import PIN
from tests.scanner.window import seen_window
from tests.scanner.window.seen_window import (
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
