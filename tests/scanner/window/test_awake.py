"""What keeps a gate's computer awake: the real logind and X server; a desktop that is played."""

import ctypes
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from ctypes.util import find_library
from pathlib import Path

import pytest
from jeepney import HeaderFields, MessageType, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

from scanner.window.system.awake import kept_awake
from tests.scanner.window.live import seen_window
from tests.support.waiting import wait_for

screen = seen_window.screen
LOGIND = shutil.which("systemd-logind", path="/lib/systemd")
WHY = "Marhaba scans badges"
_OPEN_BUS = """<busconfig><type>{kind}</type><listen>unix:path={path}</listen>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/>
<allow receive_sender="*"/></policy>
</busconfig>"""


@pytest.fixture
def short_folder():
    """A folder with a short path: a bus has one of 99 bytes at most, and a test may have more."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def bus(short_folder, tmp_path, monkeypatch):
    """Start a bus of D-Bus and return its address; programs that start later find no other."""
    started = []

    def start(kind):
        path, settings = short_folder / kind, short_folder / f"{kind}.conf"
        settings.write_text(_OPEN_BUS.format(kind=kind, path=path))
        command = ["dbus-daemon", f"--config-file={settings}", "--nofork"]
        started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        wait_for(lambda: _listens(path), "the bus")
        monkeypatch.setenv(f"DBUS_{kind.upper()}_BUS_ADDRESS", f"unix:path={path}")
        return started

    for kind in ("SYSTEM", "SESSION"):
        monkeypatch.setenv(f"DBUS_{kind}_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.delenv("DISPLAY", raising=False)
    yield start
    for process in started:
        process.terminate()
        process.wait()


def _listens(path):
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(path)) == 0


def inhibitors():
    return subprocess.run(
        ["systemd-inhibit", "--list"], capture_output=True, text=True, check=False
    ).stdout


@pytest.mark.skipif(
    not (LOGIND and shutil.which("dbus-daemon") and os.geteuid() == 0),
    reason="needs systemd-logind, dbus-daemon and root",
)
def test_sleep_and_the_power_button_are_held_off_until_the_end(bus):
    bus("system").append(subprocess.Popen([LOGIND], stderr=subprocess.DEVNULL))
    wait_for(lambda: "No inhibitors" in inhibitors(), "logind")

    with kept_awake(WHY) as is_awake:
        held = inhibitors()

    assert is_awake
    assert "sleep:idle:handle-power-key" in held
    assert WHY in held
    wait_for(lambda: "No inhibitors" in inhibitors(), "the end of it")


class Desktop(threading.Thread):
    """Answers as a desktop's screen saver does, and notes what was asked."""

    def __init__(self):
        super().__init__(daemon=True)
        self.asked = []
        self._bus = open_dbus_connection("SESSION")
        self._bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.ScreenSaver"))

    def run(self):
        while not self.asked:
            message = self._bus.receive()
            if message.header.message_type != MessageType.method_call:
                continue
            self.asked.append((message.header.fields[HeaderFields.member], message.body))
            self._bus.send(new_method_return(message, "u", (7,)))

    def close(self):
        self.join()
        self._bus.close()


@pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon")
def test_the_desktop_is_asked_to_keep_its_screen_saver_away(bus):
    bus("session")
    desktop = Desktop()
    desktop.start()

    with kept_awake(WHY) as is_awake:
        pass
    desktop.close()

    assert is_awake
    assert desktop.asked == [("Inhibit", ("Marhaba", WHY))]


class _Info(ctypes.Structure):
    # XScreenSaverInfo
    _fields_ = [("window", ctypes.c_ulong), ("state", ctypes.c_int), ("kind", ctypes.c_int)] + [
        (name, ctypes.c_ulong) for name in ("til_ms", "idle_ms", "mask")
    ]


class Saver:
    """The X server's screen saver, set to come after a second."""

    def __init__(self, display):
        self._x, self._saver = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXss.so.1")
        pointer = ctypes.c_void_p
        self._x.XOpenDisplay.restype = pointer
        self._x.XDefaultRootWindow.argtypes = [pointer]
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XSetScreenSaver.argtypes = [pointer, *[ctypes.c_int] * 4]
        self._saver.XScreenSaverQueryInfo.argtypes = [pointer, ctypes.c_ulong, pointer]
        self._display = self._x.XOpenDisplay(display.encode())
        self._x.XSetScreenSaver(self._display, 1, 0, 1, 1)

    def info(self):
        info = _Info()
        root = self._x.XDefaultRootWindow(self._display)
        self._saver.XScreenSaverQueryInfo(self._display, root, ctypes.byref(info))
        return info


@seen_window.needs_a_screen
@pytest.mark.skipif(not find_library("Xss"), reason="needs libXss (Debian: libxss1)")
def test_the_screen_saver_of_x11_waits_for_the_end(bus, screen, monkeypatch):
    saver = Saver(screen.display)
    monkeypatch.setenv("DISPLAY", screen.display)

    with kept_awake(WHY) as is_awake:
        wait_for(lambda: saver.info().idle_ms > 1_500, "an idle second and a half")
        held = saver.info().state

    assert (is_awake, held) == (True, 0)
    wait_for(lambda: saver.info().state == 1, "the screen saver")


def test_where_nothing_keeps_it_awake_this_is_said(bus):
    with kept_awake(WHY) as is_awake:
        assert not is_awake
