"""What lies on a gate's disk names nobody and opens nothing, whenever its power is cut."""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from scanner.core.scan import Scan
from scanner.offline.spool import Spool
from tests.scanner.decode.pictures import qr, scene, write_video
from tests.support import key_store
from tests.support.others.tcp_proxy import Wire
from tests.support.servers.server_process import ROOT, Server
from tests.support.traces import forms_of
from tests.support.waiting import wait_for

#: badges in a film, and the frames of each: a second for four of them
SHOWN, FRAMES_EACH = 6, 8
LONG_FILM_S = 4.0
#: names of fewer letters may be found in anything that is encrypted
SHORTEST_WORD = 6


class Thief:
    """Looks for secrets in every file below a folder, in the ways in which they may be written."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form: secret for secret in secrets for form in forms_of(secret)}
        self._secret = {form: secret for form, secret in forms.items() if form}
        self._any = re.compile(b"|".join(map(re.escape, self._secret)))

    def found(self, folder: Path) -> set[str]:
        """Return the secrets that some file holds."""
        files = [path for path in folder.rglob("*") if path.is_file()]
        hits = {hit for path in files for hit in self._any.findall(_bytes_of(path))}
        return {self._secret[hit] for hit in hits}


def _bytes_of(path: Path) -> bytes:
    with suppress(FileNotFoundError):  # a journal that was just removed
        return path.read_bytes()
    return b""


class Laptop:
    """A computer with the scanner of a help desk, its home, and the line to the server."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.home, self.films = folder / "laptop", folder
        self.wire = Wire(server.port)
        self._told = folder / "told.txt"
        self._pair: list[str] = []
        self._environment = os.environ | {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_STATE_HOME": str(self.home / "state"),
            "PYTHON_KEYRING_BACKEND": "tests.support.key_store.FileKeyStore",
            key_store.FILE: str(folder / "desktop.json"),
        }
        # On a busy machine an answer comes too late, and its code is used up.
        assert any(self._pairs(server) for _ in range(3)), self._told.read_text("utf-8")

    def _pairs(self, server: Server) -> bool:
        asked = ("--gate", "Porte 1", "--help-desk", "--json")
        pairing = json.loads(server.command("device", "pair", *asked))
        self._pair = ["--pair", pairing["pairing_code"]]
        ended = self.begin([]).wait(60)
        self._pair = []
        return ended == 0

    def begin(self, codes: list[str]) -> subprocess.Popen[bytes]:
        """Start the scanner before a film of these badges."""
        film = self.films / "film.avi"
        write_video(film, [scene(qr(code)) for code in codes] or [scene()], FRAMES_EACH)
        options = ["--headless", "--server", self.wire.url, "--source", str(film), *self._pair]
        with self._told.open("ab") as told:
            return subprocess.Popen(
                [sys.executable, "-m", "scanner", *options],
                cwd=ROOT,
                env=self._environment,
                stdout=told,
                stderr=told,
            )

    @property
    def token(self) -> str:
        """The device's token, which is in the desktop's key store."""
        [token] = json.loads((self.films / "desktop.json").read_text("utf-8")).values()
        return str(token)

    @property
    def verdicts(self) -> int:
        """How many verdicts it has told, in all its runs."""
        return self._told.read_bytes().count(b'"status"')

    @property
    def spool(self) -> Path:
        """The folder of its spool."""
        [folder] = (self.home / "state" / "marhaba").glob("spool-*")
        return folder

    def pages(self) -> int:
        """Count the sealed pages of people on its disk."""
        with closing(sqlite3.connect(self.spool / "people.sqlite")) as people:
            count: int = people.execute("SELECT count(*) FROM pages").fetchone()[0]
            return count

    def waiting(self) -> int:
        """Count the scans on its disk that the server has not taken."""
        with closing(Spool(self.spool)) as spool:
            return spool.waiting_count()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "home")
    server.load_demo(40)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def codes(server: Server) -> list[str]:
    return [line["code"] for line in server.codes()]


@pytest.fixture
def laptop(server: Server, tmp_path: Path) -> Iterator[Laptop]:
    laptop = Laptop(server, tmp_path)
    yield laptop
    laptop.wire.close()


@pytest.fixture
def thief(tmp_path: Path, codes: list[str], laptop: Laptop) -> Thief:
    names = {name for row in rows(tmp_path / "home", "participant") for name in row if name}
    words = {word for name in names for word in name.split() if len(word) >= SHORTEST_WORD}
    events = {name for row in rows(tmp_path / "home", "event") for name in row if name}
    return Thief([*codes, *names, *words, *events, laptop.token])


def rows(home: Path, table: str) -> list[tuple[str, ...]]:
    """Return the names in a table of the server's database, in both scripts."""
    [file] = home.glob("*.db")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return database.execute(f"SELECT name, name_ar FROM {table}").fetchall()


def scans_of(home: Path) -> int:
    """Return how many scans the server has."""
    [file] = home.glob("*.db")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        count: int = database.execute("SELECT count(*) FROM scan").fetchone()[0]
        return count


def test_a_laptop_holds_no_code_no_name_and_no_token_online_offline_and_killed(
    laptop: Laptop, thief: Thief, codes: list[str], tmp_path: Path
) -> None:
    assert laptop.begin(codes[:SHOWN]).wait(60) == 0
    assert (laptop.verdicts, thief.found(laptop.home)) == (SHOWN, set())
    assert laptop.pages() == 1  # of the 40 people of the demo

    laptop.wire.cut()
    running = laptop.begin(codes[SHOWN : 2 * SHOWN])
    wait_for(lambda: laptop.verdicts >= SHOWN + 2, timeout_s=60)
    running.kill()
    running.wait()
    assert thief.found(laptop.home) == set()
    waiting = laptop.waiting()
    assert waiting >= 2

    laptop.wire.heal()
    assert laptop.begin([]).wait(60) == 0
    assert (laptop.waiting(), scans_of(tmp_path / "home")) == (0, SHOWN + waiting)
    assert thief.found(laptop.home) == set()

    keep_as_an_earlier_version(laptop.spool, codes[-1])
    assert thief.found(laptop.home) == {codes[-1]}  # the control: the thief does find a code
    assert laptop.waiting() == 1
    assert thief.found(laptop.home) == set()


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_a_laptop_killed_at_25_random_instants_holds_nothing_at_any_of_them(
    laptop: Laptop, thief: Thief, codes: list[str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(request.config.getoption("--seed"))
    for _ in range(25):
        chance.choice((laptop.wire.cut, laptop.wire.heal))()
        running = laptop.begin(chance.sample(codes, SHOWN))
        with suppress(subprocess.TimeoutExpired):
            running.wait(chance.uniform(0.3, LONG_FILM_S))
        running.kill()
        running.wait()
        assert thief.found(laptop.home) == set()

    laptop.wire.heal()
    kept = laptop.waiting()
    before = scans_of(tmp_path / "home")
    assert laptop.begin([]).wait(120) == 0
    assert laptop.waiting() == 0
    assert before <= scans_of(tmp_path / "home") <= before + kept
    assert thief.found(laptop.home) == set()


def keep_as_an_earlier_version(folder: Path, code: str) -> None:
    """Let a scan wait in a spool as earlier versions wrote it: with its code."""
    scan = Scan(code)
    with closing(Spool(folder)) as spool:
        spool.put(scan)
        spool._file.write(
            "UPDATE waiting SET body = ?", (json.dumps({**scan.kept(), "code": code}),)
        )
        spool._file.write("PRAGMA user_version = 0")
