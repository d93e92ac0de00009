"""A way to run Marhaba: its commands, its server, and the addresses that people use."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser

from tests.browser.gates.webcam import Chromium
from tests.modes.camera import Picture, write_webcam
from tests.modes.trust import home_that_trusts
from tests.services.mail.mail_server import MailServer
from tests.support.server_process import group_lives
from tests.support.waiting import wait_for

#: what a person's shell has besides settings
_SHELL = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Programs:
    """How the two programs are called, and in which folder.

    Attributes:
        checkin: `python -m checkin` or `marhaba`.
        scanner: `python -m scanner` or `marhaba-scanner`.
    """

    checkin: Sequence[str]
    scanner: Sequence[str]
    folder: Path


@dataclass
class Mode:
    """An installation of one kind, and how its people reach it.

    Attributes:
        programs: what its commands are.
        files: a folder of its own, for the home of the person who runs it, logs and downloads.
        url: the address that people use, without a slash at its end.
        listen: what follows `run` on the command line.
        mail: the mail server that takes its messages.
        settings: `CHECKIN_*` variables of its environment.
        camera_url: where a browser on the server's own machine opens cameras, if not at `url`.
        authority: returns the file with the authority that signed the server's certificate, once
            the server runs; None where the address is no https.
        scanner_trusts: what the scanner is told about the certificate on its command line.
        language: of the organiser's pages and of the gate.
    """

    programs: Programs
    files: Path
    url: str
    listen: Sequence[str]
    mail: MailServer
    settings: Mapping[str, str] = field(default_factory=dict)
    camera_url: str = ""
    authority: Callable[[], Path] | None = None
    scanner_trusts: Sequence[str] = ()
    language: str = "fr"

    def __post_init__(self) -> None:
        """Make the home of the person who runs it."""
        self._home = self.files / "person"
        self._home.mkdir(parents=True)
        self._environ = {**_SHELL, "HOME": str(self._home), **self.settings}
        self._log = self.files / "server.log"
        self._server: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: object) -> str:
        """Run an organiser's command and return what it printed."""
        done = subprocess.run(
            [*self.programs.checkin, *map(str, arguments)],
            cwd=self.programs.folder,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def scan_film(self, film: Path, *arguments: object) -> list[dict[str, object]]:
        """Run the scanner on a film, without a window, and return its verdicts."""
        done = subprocess.run(
            [
                *self.programs.scanner,
                *map(str, arguments),
                *("--headless", "--source", str(film), "--language", "fr"),
                *self.scanner_trusts,
            ],
            cwd=self.programs.folder,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def start(self) -> None:
        """Start the server, and wait until it answers at the address people use."""
        with self._log.open("ab") as printed:
            self._server = subprocess.Popen(
                [*self.programs.checkin, "run", *self.listen],
                cwd=self.programs.folder,
                env=self._environ,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )
        wait_for(self._answers, f"{self.url}/healthz")

    def stop(self) -> None:
        """Press Ctrl-C, and wait until every process of the server has ended."""
        if self._server is None:
            return
        os.killpg(self._server.pid, signal.SIGINT)
        self._server.wait(20)
        while group_lives(self._server.pid):
            time.sleep(0.01)
        self._server = None

    def printed(self) -> str:
        """Return what the server printed."""
        return self._log.read_text("utf-8")

    def browser(
        self, chromium: Chromium, pictures: Sequence[tuple[Picture, float]] = ()
    ) -> Browser:
        """Return the browser of a person who did what it takes to trust the server.

        Args:
            pictures: what its webcam shows, each for so many seconds, over and over.
        """
        webcam = []
        if pictures:
            write_webcam(self.files / "webcam.y4m", pictures)
            webcam.append(f"--use-file-for-fake-video-capture={self.files / 'webcam.y4m'}")
        home = home_that_trusts(self.authority(), self._home) if self.authority else None
        return chromium.start(more=webcam, home=home)

    def with_camera(self, address: str) -> str:
        """Return where the server's own machine opens an address whose page needs a camera."""
        return self.camera_url + address.removeprefix(self.url) if self.camera_url else address

    def is_public(self, address: str) -> bool:
        """Say whether an address is below the one that people use."""
        return re.match(re.escape(self.url) + r"(?:[/?#]|$)", address) is not None

    def _answers(self) -> bool:
        assert self._server is not None
        assert self._server.poll() is None, self.printed()
        try:
            with opened_by_anybody(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except (URLError, ConnectionError, TimeoutError):
            return False


def opened_by_anybody(address: str) -> HTTPResponse:
    """Open an address whatever its certificate: whom to trust is for browsers and scanners."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    answer: HTTPResponse = urlopen(address, timeout=2, context=anybody)
    return answer


@dataclass(frozen=True)
class Place:
    """Where a mode is built.

    Attributes:
        files: an empty folder.
        mail: a running mail server.
        until_the_end: closes what the mode started.
        fixture: returns a fixture of pytest by its name.
    """

    files: Path
    mail: MailServer
    until_the_end: ExitStack
    fixture: Callable[[str], object]
