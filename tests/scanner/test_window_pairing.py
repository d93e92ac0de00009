"""A laptop without a gate: paired in its window."""

import subprocess
import time

from tests.scanner import seen_window
from tests.scanner.pictures import qr, scene
from tests.scanner.seen_window import ONE, bodies, needs_a_screen, quit_with
from tests.waiting import wait_for

screen, server, window = seen_window.screen, seen_window.server, seen_window.window
pytestmark = needs_a_screen


def test_a_laptop_without_a_gate_pairs_by_its_camera_and_goes_on(screen, window, server):
    server.pairing_code = "7K2MQ9XD"
    invitation = scene(qr(f"{server.url}/scan#pair=7K2MQ9XD"))
    with window([*[invitation] * 6, *[scene(qr(ONE))] * 6], credentials=()) as process:
        wait_for(lambda: bodies(server) == [(ONE, "camera")], "the scan", 60)

        code, said = quit_with(screen, process, "q")
    assert (code, "Porte A" in said) == (0, True)


def ended(process, within_s):
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def test_a_pairing_code_can_be_typed_in_the_window_and_again_after_a_slip(screen, window, server):
    server.pairing_code = "7K2MQ9XD"
    with window([scene()] * 30, credentials=()) as process:
        screen.shows_window()
        time.sleep(3)  # it is painted a moment before it listens, and half a code is a wrong one
        screen.type("7k2mq9xc\n", every_ms=80)
        wait_for(lambda: any("/pair" in asked for asked in server.asked), "the wrong code", 30)
        assert process.poll() is None
        time.sleep(3)
        screen.type("7k2mq9xd\n", every_ms=80)
        wait_for(lambda: any("/status" in asked for asked in server.asked), "the gate", 30)

        # A key between the two windows goes nowhere: it is pressed until one hears it, at a hand's
        # pace, for many in a row are a hand scanner's.
        wait_for(lambda: screen.press("q") or ended(process, within_s=1), "the end", 30)
        assert (process.returncode, "Porte A" in process.stderr.read()) == (0, True)


def test_escape_leaves_the_pairing(screen, window, server):
    with window([scene()] * 30, credentials=()) as process:
        wait_for(lambda: screen.press("Escape") or process.poll() is not None, "the end", 30)
        assert "--pair CODE" in process.stderr.read()
    assert process.returncode == 2
