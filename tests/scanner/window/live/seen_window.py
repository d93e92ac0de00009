"""The real window on a screen in memory, with real key presses.

The fixtures here are asked for by importing them.
"""

import contextlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import ImageGrab

from scanner.window.drawing.card import COLOURS
from scanner.window.system.keyboard import place_of
from tests.scanner.conftest import ROOT
from tests.scanner.decode.pictures import FATIMA, YOUSSEF, a_code, scene, write_video
from tests.scanner.server.fake_server import PAIRING_CODE, FakeServer
from tests.support.waiting import wait_for

ONE, TWO, UNKNOWN = a_code(1), a_code(2), a_code(3)
_SHIFT = "50"
_KEYCODES = {place_of(code): code for code in range(60, 9, -1) if place_of(code)}
# xdotool waits half of its delay before the key and half after it.
BY_HAND_MS = 250

needs_a_screen = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool") and shutil.which("setxkbmap")),
    reason="needs Xvfb, xdotool and setxkbmap (Debian, Ubuntu: apt-get install xvfb xdotool)",
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

    def set_layout(self, layout):
        environment = {"DISPLAY": self.display, "PATH": "/usr/bin:/bin"}
        subprocess.run(["setxkbmap", layout], env=environment, check=True)

    def scan(self, code, every_ms=10, end=None):
        """Press what a hand scanner does: the keys of an American keyboard, Shift for letters."""
        keys = [part for letter in code for part in _pressed(letter, every_ms)]
        keys += ["key", end] if end else []
        environment = {"DISPLAY": self.display, "PATH": "/usr/bin:/bin"}
        subprocess.run(["xdotool", *keys], env=environment, check=True)

    def shows_window(self):
        """Wait for the window's first paint, which the scanner itself sees to."""
        wait_for(lambda: self.picture().any(), "the window", timeout_s=20)

    def shows(self, kind, x=0.755, y=0.88):
        wait_for(lambda: self.colour(x, y) == COLOURS[kind].card, f"{kind} on the screen")

    def has(self, colour):
        """Whether many pixels have this colour."""
        rgb = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        return int((self.picture() == rgb).all(axis=2).sum()) > 20_000

    def shows_no_card(self):
        faces = {colours.card for colours in COLOURS.values()}
        wait_for(lambda: self.colour(0.755, 0.88) not in faces, "the card to go")


def _pressed(letter, every_ms):
    pressed = ["key", "--delay", str(every_ms), str(_KEYCODES[letter])]
    if letter.isdigit():
        return pressed
    down, up = (["key" + way, "--delay", "0", _SHIFT] for way in ("down", "up"))
    return [*down, *pressed, *up]


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
            stdin=subprocess.DEVNULL,  # with a terminal it would ask its questions there
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


def bodies(server):
    return [(body["code"], body["source"]) for body, _ in server.answers.values()]
