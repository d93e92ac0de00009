"""A laptop without a gate: paired in its window."""

import subprocess
import time
from datetime import UTC, datetime

import pytest

from checkin.domain.network.certificate_names import Names
from checkin.protocol.fingerprints import AUTHORITY_PATH
from checkin.services.network.certificates.authority import authority_of
from checkin.services.network.certificates.leaf import leaf_for
from scanner.window.authority_window import BOX
from tests.scanner.decode.pictures import qr, scene
from tests.scanner.window.live import seen_window
from tests.scanner.window.live.seen_window import ONE, bodies, needs_a_screen, quit_with
from tests.support.waiting import wait_for

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


@pytest.mark.proof
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


@pytest.mark.proof
def test_escape_leaves_the_pairing(screen, window, server):
    with window([scene()] * 30, credentials=()) as process:
        wait_for(lambda: screen.press("Escape") or process.poll() is not None, "the end", 30)
        assert "--pair CODE" in process.stderr.read()
    assert process.returncode == 2


def test_a_typed_code_asks_first_whether_the_server_is_the_organisers(
    screen, window, server, tmp_path
):
    """Over TLS with an authority of its own; nothing is sent before the key that says yes."""
    leaf = leaf_for(tmp_path / "tls", Names.of(["127.0.0.1"]), datetime.now(UTC)).file
    server.pairing_code = "7K2MQ9XD"
    server.speak_tls(leaf, leaf)
    server.authority = authority_of(tmp_path / "tls").der
    with window([scene()] * 30, credentials=("--pair", "7K2MQ9XD")) as process:
        wait_for(lambda: AUTHORITY_PATH in server.asked, "the question", 30)
        wait_for(lambda: screen.has(BOX), "the question", 30)
        assert not [path for path in server.asked if path != AUTHORITY_PATH]
        wait_for(
            lambda: screen.press("o") or any("/pair" in asked for asked in server.asked),
            "the pairing",
            30,
        )
        wait_for(lambda: any("/status" in asked for asked in server.asked), "the gate", 30)
        wait_for(lambda: screen.press("q") or ended(process, within_s=1), "the end", 30)
        assert (process.returncode, "Porte A" in process.stderr.read()) == (0, True)


@pytest.mark.proof
def test_a_no_ends_the_scanner_and_nothing_was_sent(screen, window, server, tmp_path):
    leaf = leaf_for(tmp_path / "tls", Names.of(["127.0.0.1"]), datetime.now(UTC)).file
    server.pairing_code = "7K2MQ9XD"
    server.speak_tls(leaf, leaf)
    server.authority = authority_of(tmp_path / "tls").der
    with window([scene()] * 30, credentials=("--pair", "7K2MQ9XD")) as process:
        wait_for(lambda: screen.has(BOX), "the question", 30)
        wait_for(lambda: screen.press("n") or ended(process, within_s=1), "the end", 30)

        assert process.returncode == 2
        assert "Rien ne lui a été envoyé" in process.stderr.read()
    assert set(server.asked) == {AUTHORITY_PATH}
