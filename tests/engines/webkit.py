"""WebKit, as Debian's MiniBrowser shows it: the nearest to Safari that is not made by Apple."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import requests

from tests.engines.driven import BrowserFault, Command, DrivenBrowser
from tests.support.servers.server_process import free_port

_ARGUMENTS = [
    "--automation",
    "--enable-media-stream=true",
    "--enable-mock-capture-devices=true",
]


def program() -> str | None:
    """Return where the driver is, if it is installed."""
    return shutil.which("WebKitWebDriver")


def _browser() -> Path:
    return next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))


class WebKit(DrivenBrowser):
    """A MiniBrowser on a screen of its own, which keeps its things under `folder`."""

    def __init__(self, folder: Path, *more: str) -> None:
        port = free_port()
        self._log = folder / "printed.log"
        homes = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
        screen = ["xvfb-run", "-a", "-s", "-screen 0 1500x1200x24"]
        command = [*screen, str(program()), "-p", str(port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **homes}, start_new_session=True
            )
        self._address = f"http://127.0.0.1:{port}/session"
        options = {"binary": str(_browser()), "args": [*_ARGUMENTS, *more]}
        told = self._begun({"webkitgtk:browserOptions": options, "acceptInsecureCerts": True})
        self._address += f"/{told['sessionId']}"
        self.version = f"WebKitGTK {told['capabilities']['browserVersion']}"

    def ask(self, command: Command, **parameters: Any) -> Any:
        address = self._address + command.path.format(**parameters)
        reply = requests.request(
            command.method,
            address,
            json=parameters if command.method == "POST" else None,
            timeout=60,
        )
        value = reply.json()["value"]
        if not reply.ok:
            raise BrowserFault(f"{value['error']}: {value['message']}")
        return value

    def faults(self) -> list[str]:
        # Its driver passes nothing of the console on: only what a page does is seen.
        return []

    def close(self) -> None:
        requests.delete(self._address, timeout=20)
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(20)

    def _begun(self, wanted: dict[str, Any]) -> Any:
        for _ in range(100):
            try:
                reply = requests.post(
                    self._address, json={"capabilities": {"alwaysMatch": wanted}}, timeout=60
                )
            except requests.ConnectionError:
                time.sleep(0.1)
                continue
            return reply.json()["value"]
        raise TimeoutError(self._log.read_text())
