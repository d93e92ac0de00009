"""The real window on a screen in memory, with real key presses."""

import contextlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import ImageGrab

from scanner.scan import Kind
from scanner.window.card import COLOURS
from tests.scanner.conftest import ROOT, wait_until
from tests.scanner.fake_server import PAIRING_CODE, TOKEN, FakeServer
from tests.scanner.pictures import FATIMA, YOUSSEF, a_code, qr, scene, write_video

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

    def show_window(self):
        """Wait for the window's first paint.

        On an X server without a window manager Qt now and then misses that it is visible (a
        program of ten lines shows it too): taking it off the screen and back tells it again.
        """
        environment = {"DISPLAY": self.display, "PATH": "/usr/bin:/bin"}
        search = ["xdotool", "search", "--name", "Marhaba"]
        for _ in range(20):
            with contextlib.suppress(AssertionError):
                return wait_until(lambda: self.picture().any(), "the window", timeout_s=1)
            subprocess.run([*search, "windowunmap", "windowmap"], env=environment, check=False)
        raise AssertionError("the window was never painted")

    def shows(self, kind, x=0.99, y=0.91):
        wait_until(lambda: self.colour(x, y) == COLOURS[kind][0], f"{kind} on the screen")

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
            screen.show_window()
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
            wait_until(lambda: screen.colour(0.99, 0.91) != COLOURS[Kind.REFUSED][0], "", 4)
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
