"""The real window on a screen in memory, with real key presses."""

import contextlib
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import ImageGrab

from scanner.scan import Kind
from scanner.window.card import COLOURS
from tests.scanner.conftest import ROOT, wait_until
from tests.scanner.fake_server import PAIRING_CODE, PIN, TOKEN, FakeServer
from tests.scanner.pictures import FATIMA, YOUSSEF, a_code, qr, scene, write_video

# xdotool waits half of its delay before the key and half after it.
BY_HAND_MS = 250
ONE, TWO, UNKNOWN = a_code(1), a_code(2), a_code(3)

pytestmark = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")),
    reason="needs Xvfb and xdotool (Debian, Ubuntu: apt-get install xvfb xdotool)",
)


class Screen:
    """An X server in memory."""

    def __init__(self, display):
        self.display = display

    def picture(self):
        return np.asarray(ImageGrab.grab(xdisplay=self.display).convert("RGB"))

    def colour(self, x, y):
        """The colour at a place given in parts of the width and the height."""
        picture = self.picture()
        height, width, _ = picture.shape
        return "#{:02X}{:02X}{:02X}".format(*picture[int(y * (height - 1)), int(x * (width - 1))])

    def press(self, key):
        environment = {"DISPLAY": self.display, "PATH": "/usr/bin:/bin"}
        subprocess.run(["xdotool", "key", key], env=environment, check=True)

    def type(self, text, every_ms=2):
        """Type as a hand scanner does, with Enter at the end where `text` has a newline."""
        environment = {"DISPLAY": self.display, "PATH": "/usr/bin:/bin"}
        command = ["xdotool", "type", "--delay", str(every_ms), text]
        subprocess.run(command, env=environment, check=True)

    def shows_window(self):
        """Wait for the window's first paint, which the scanner itself sees to."""
        wait_until(lambda: self.picture().any(), "the window", timeout_s=20)

    def shows(self, kind, x=0.99, y=0.88):
        wait_until(lambda: self.colour(x, y) == COLOURS[kind][0], f"{kind} on the screen")

    def has(self, colour):
        """Whether many pixels have this colour."""
        rgb = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        return int((self.picture() == rgb).all(axis=2).sum()) > 20_000

    def shows_no_card(self):
        faces = {colour for pair in COLOURS.values() for colour in pair}
        wait_until(lambda: self.colour(0.99, 0.8) not in faces, "the card to go")


@pytest.fixture(scope="module")
def screen():
    # Without -noreset the server starts anew when its last client goes, and a window that opens at
    # that moment hangs.
    command = [
        "Xvfb",
        "-displayfd",
        "1",
        "-noreset",
        "-screen",
        "0",
        "1280x720x24",
        "-nolisten",
        "tcp",
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as xvfb:
        yield Screen(f":{xvfb.stdout.readline().strip()}")
        xvfb.terminate()


@pytest.fixture
def server():
    with FakeServer({ONE: FATIMA, TWO: YOUSSEF}) as server:
        yield server


@pytest.fixture
def window(screen, scanner_env, server, tmp_path):
    @contextlib.contextmanager
    def opened(scenes, *more, credentials=("--pair", PAIRING_CODE)):
        path = tmp_path / "gate.avi"
        # Two seconds of an empty gate first, for the window to open.
        write_video(path, [*[scene()] * 4, *scenes], frames_each=15)
        arguments = ["--server", server.url, "--source", str(path), *credentials, *more]
        process = subprocess.Popen(
            [sys.executable, "-m", "scanner", *arguments],
            cwd=ROOT,
            env=scanner_env | {"DISPLAY": screen.display},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            screen.shows_window()
            yield process
        finally:
            process.kill()
            process.wait()
            process.stderr.close()

    return opened


def quit_with(screen, process, key):
    screen.press(key)
    return process.wait(timeout=15), process.stderr.read()


def test_green_comes_and_goes_by_itself_and_q_quits(screen, window):
    with window([scene(qr(ONE))]) as process:
        screen.shows(Kind.ADMITTED)
        screen.shows_no_card()

        assert quit_with(screen, process, "q") == (0, "Associé à la porte Porte A.\n")


def test_red_waits_for_a_key(screen, window):
    with window([scene(qr(UNKNOWN))]) as process:
        screen.shows(Kind.REFUSED)
        with pytest.raises(AssertionError, match="waited in vain"):
            wait_until(lambda: screen.colour(0.99, 0.88) != COLOURS[Kind.REFUSED][0], "", 4)
        screen.press("space")
        screen.shows_no_card()

        assert quit_with(screen, process, "Escape")[0] == 0


def test_l_mirrors_the_card_for_arabic(screen, window, server):
    server.first[ONE] = "2025-06-14T14:12:03Z"
    with window([scene(qr(ONE))]) as process:
        screen.shows(Kind.ALREADY)
        screen.press("l")
        screen.shows(Kind.ALREADY, x=0.01)

        assert quit_with(screen, process, "q")[0] == 0


def test_e_turns_to_exit_and_z_takes_the_last_admission_back(screen, window, server):
    # Three seconds of an empty gate: time for the key before the badge comes.
    with window([*[scene()] * 3, *[scene(qr(ONE))] * 2]) as process:
        wait_until(lambda: screen.colour(0.5, 0.3) != "#000000", "the camera")
        screen.press("e")
        screen.shows(Kind.ADMITTED)
        screen.press("z")
        wait_until(lambda: server.annulled, "the annulment")
        screen.shows_no_card()

        assert quit_with(screen, process, "q")[0] == 0
    assert [body["type"] for body, _ in server.answers.values()] == ["exit"]
    assert server.annulled == list(server.answers)


def test_without_a_server_the_verdict_is_blue_and_confirmed_when_it_returns(screen, window, server):
    server.mood = "broken"
    with window([scene(qr(ONE))], credentials=("--token", TOKEN)) as process:
        screen.shows(Kind.PENDING)
        server.mood = "well"
        wait_until(lambda: server.batches, "the waiting scan to be sent")

        assert quit_with(screen, process, "q")[0] == 0
    assert server.batches[0]["scans"][0]["code"] == ONE


def test_a_revoked_device_says_so_and_ends_with_a_fault(screen, window, server):
    server.mood = "revoked"
    with window([scene(qr(ONE))], credentials=("--token", TOKEN)) as process:
        screen.shows(Kind.REFUSED)
        code, said = quit_with(screen, process, "q")

    assert code == 2
    assert "--pair CODE" in said


def test_a_hand_scanner_works_while_the_camera_runs(screen, window, server):
    with window([scene()] * 12) as process:
        wait_until(lambda: screen.colour(0.5, 0.3) != "#000000", "the camera")
        for code in (ONE, TWO, UNKNOWN):
            screen.type(code.lower() + "\n")
            wait_until(lambda code=code: bodies(server)[-1:] == [(code, "wedge")], code)
        screen.shows(Kind.REFUSED)

        assert quit_with(screen, process, "q")[0] == 0
    assert bodies(server) == [(ONE, "wedge"), (TWO, "wedge"), (UNKNOWN, "wedge")]


def test_a_code_typed_by_hand_is_taken_at_its_last_letter(screen, window, server):
    with window([scene()] * 24) as process:
        wait_until(lambda: screen.colour(0.5, 0.3) != "#000000", "the camera")
        screen.press("t")
        screen.type(ONE.lower(), every_ms=BY_HAND_MS)
        screen.shows(Kind.ADMITTED)

        assert quit_with(screen, process, "q")[0] == 0
    assert bodies(server) == [(ONE, "typed")]


def test_four_badges_held_up_at_once_have_four_cards(screen, window, server):
    server.first[TWO] = "2025-06-14T14:12:03Z"
    shown = scene(*(qr(code, 5) for code in (ONE, TWO, UNKNOWN, a_code(4))))
    with window([shown] * 6, "--language", "ar") as process:
        for kind in (Kind.ADMITTED, Kind.ALREADY, Kind.REFUSED):
            wait_until(lambda kind=kind: screen.has(COLOURS[kind][0]), f"a tile for {kind}")

        assert quit_with(screen, process, "q")[0] == 0
    assert sorted(code for code, _ in bodies(server)) == sorted([ONE, TWO, UNKNOWN, a_code(4)])


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
        wait_until(lambda: screen.colour(0.5, 0.3) != "#000000", "the camera")
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
        wait_until(lambda: screen.type(ONE.lower() + "\n") or bodies(server), "the scan", 30)
        screen.shows(Kind.ADMITTED)

        assert quit_with(screen, process, "q")[0] == 0
    assert bodies(server) == [(ONE, "wedge")]


def test_a_laptop_without_a_gate_pairs_by_its_camera_and_goes_on(screen, window, server):
    server.pairing_code = "7K2MQ9XD"
    invitation = scene(qr(f"{server.url}/scan#pair=7K2MQ9XD"))
    with window([*[invitation] * 6, *[scene(qr(ONE))] * 6], credentials=()) as process:
        wait_until(lambda: bodies(server) == [(ONE, "camera")], "the scan", 60)

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
        wait_until(lambda: any("/pair" in asked for asked in server.asked), "the wrong code", 30)
        assert process.poll() is None
        time.sleep(3)
        screen.type("7k2mq9xd\n", every_ms=80)
        wait_until(lambda: any("/status" in asked for asked in server.asked), "the gate", 30)

        # A key between the two windows goes nowhere: it is pressed until one hears it, at a hand's
        # pace, for many in a row are a hand scanner's.
        wait_until(lambda: screen.press("q") or ended(process, within_s=1), "the end", 30)
        assert (process.returncode, "Porte A" in process.stderr.read()) == (0, True)


def test_escape_leaves_the_pairing(screen, window, server):
    with window([scene()] * 30, credentials=()) as process:
        wait_until(lambda: screen.press("Escape") or process.poll() is not None, "the end", 30)
        assert "--pair CODE" in process.stderr.read()
    assert process.returncode == 2


def bodies(server):
    return [(body["code"], body["source"]) for body, _ in server.answers.values()]
