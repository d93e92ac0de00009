"""Firefox, driven over the socket that it opens itself (Marionette), without a further program."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.engines.driven import BrowserFault, Command, DrivenBrowser
from tests.support.servers.server_process import free_port

_SESSION = Command("WebDriver:NewSession", "", "")
_CONTEXT = Command("Marionette:SetContext", "", "")
_PLAIN_RUN = Command("WebDriver:ExecuteScript", "", "")
_PREFERENCES = {
    "media.navigator.streams.fake": True,  # a camera that shows a pattern
    "media.navigator.permission.disabled": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.auto": False,
}
# The console as Firefox keeps it: errors of our address, and nothing of the browser's own.
_ERRORS = """
const found = Services.console.getMessageArray().filter((one) =>
  one instanceof Ci.nsIScriptError && !(one.flags & 1) && one.sourceName.includes("localhost"));
Services.console.reset();
return found.map((one) => one.toString());
"""


def program() -> str | None:
    """Return where Firefox is, if it is installed."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox(DrivenBrowser):
    """A Firefox without a window, with a profile of its own in `folder`."""

    def __init__(
        self, folder: Path, *, takes_any_certificate: bool = True, **preferences: Any
    ) -> None:
        self._port = free_port()
        wanted = {**_PREFERENCES, "marionette.port": self._port, **preferences}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(wanted[name])});" for name in wanted]
        (folder / "user.js").write_text("\n".join(lines))
        command = [
            str(program()),
            "--headless",
            "--marionette",
            "--remote-allow-system-access",
            "--no-remote",
            "--profile",
            folder,
        ]
        with (folder / "printed.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._count = 0
        self._wire = self._connected()
        self._heard()  # it introduces itself
        wishes = {"acceptInsecureCerts": takes_any_certificate}
        told = self.ask(_SESSION, capabilities={"alwaysMatch": wishes})
        self.version = f"Firefox {told['capabilities']['browserVersion']}"

    def ask(self, command: Command, **parameters: Any) -> Any:
        self._count += 1
        text = json.dumps([0, self._count, command.name, parameters]).encode()
        self._wire.sendall(b"%d:%s" % (len(text), text))
        _kind, _number, fault, result = self._heard()
        if fault:
            raise BrowserFault(f"{fault['error']}: {fault['message']}")
        return result["value"] if set(result) == {"value"} else result

    def faults(self) -> list[str]:
        self.ask(_CONTEXT, value="chrome")
        found: list[str] = self.ask(_PLAIN_RUN, script=_ERRORS, args=[])
        self.ask(_CONTEXT, value="content")
        return found

    def close(self) -> None:
        self._wire.close()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)

    def _connected(self) -> socket.socket:
        for _ in range(600):
            try:
                return socket.create_connection(("127.0.0.1", self._port), timeout=60)
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("Firefox did not open its socket")

    def _heard(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._wire.recv(1)
        text = b""
        while len(text) < int(length[:-1]):
            text += self._wire.recv(int(length[:-1]) - len(text))
        return json.loads(text)
