"""A way to run Marhaba: its commands, its server, and the addresses that people use."""

from __future__ import annotations

import csv
import io
import json
import re
import ssl
import subprocess
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
from tests.modes.running import Running
from tests.modes.trust import home_that_trusts
from tests.services.mail.mail_server import MailServer
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
        https_for_good: whether browsers are told to refuse plain HTTP at this name from now on.
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
    https_for_good: bool = False
    scanner_trusts: Sequence[str] = ()
    language: str = "fr"

    def __post_init__(self) -> None:
        """Make the home of the person who runs it."""
        self._home = self.files / "person"
        self._home.mkdir(parents=True)
        self._environ = {**_SHELL, "HOME": str(self._home), **self.settings}
        self._running: list[Running] = []

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

    def codes(self) -> list[dict[str, str]]:
        """Return the lines of `badges codes`."""
        return list(csv.DictReader(io.StringIO(self.command("badges", "codes", "--csv", "-"))))

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
        self.begin("server", "run", *self.listen)
        self.wait_for_an_answer(self.url)

    def begin(self, name: str, *arguments: str, **settings: str) -> Running:
        """Begin a command that goes on; what it prints is in a file of that name.

        Args:
            settings: `CHECKIN_*` variables of its own.
        """
        command = [*self.programs.checkin, *arguments]
        environ = {**self._environ, **settings}
        log = self.files / f"{name}.log"
        self._running.append(Running(command, self.programs.folder, environ, log))
        return self._running[-1]

    def kill(self, running: Running) -> None:
        """Kill a command that goes on, with all of its processes."""
        self._running.remove(running)
        running.kill()

    def wait_for_an_answer(self, url: str) -> None:
        """Wait until a server answers at this address, while all that was begun runs."""
        wait_for(lambda: self._answers(url), f"{url}/healthz", 60)

    def stop(self) -> None:
        """Press Ctrl-C, and wait until every process of all that was begun has ended."""
        while self._running:
            self._running.pop().stop()

    def printed(self) -> str:
        """Return what was printed by all that was begun."""
        return "".join(log.read_text("utf-8") for log in sorted(self.files.glob("*.log")))

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

    def _answers(self, url: str) -> bool:
        for one in self._running:
            one.check()
        try:
            with opened_by_anybody(f"{url}/healthz") as answer:
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
