"""An installation to measure: the reference event, its badges, and sixteen paired devices."""

from __future__ import annotations

import csv
import http.client
import io
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from bench.setup.processes import ROOT, free_port, server
from bench.setup.stores import Store
from checkin.services.common.keys import Keys
from checkin.settings import Settings, load_keys

GATES = 4
DEVICES = 16
SCANS = "/api/v1/scans"


@dataclass
class Venue:
    """An installed event.

    Attributes:
        codes: of confirmed participants not scanned yet; `take_codes` takes them away.
        tokens: one for each device; four devices at each gate.
    """

    home: Path
    url: str
    codes: list[str]
    tokens: list[str]

    @property
    def environment(self) -> dict[str, str]:
        return {"CHECKIN_HOME": str(self.home), "CHECKIN_DATABASE_URL": self.url}

    def take_codes(self, count: int) -> list[str]:
        if count > len(self.codes):
            raise RuntimeError("more badges were scanned than there are: raise --participants")
        taken, self.codes = self.codes[:count], self.codes[count:]
        return taken

    @property
    def keys(self) -> Keys:
        """The secrets that the venue's badges were made with."""
        return load_keys(Settings(home=self.home, database_url=self.url))

    def pairing_code(self, gate: str) -> str:
        """Return a code by which a device is paired with a gate."""
        told: dict[str, str] = json.loads(
            _checkin(self, "device", "pair", "--gate", gate, "--json")
        )
        return told["pairing_code"]

    @contextmanager
    def served(self, *, worker: bool = False, **settings: str) -> Iterator[tuple[int, int]]:
        """Serve it as its organiser would; yield the port and the process id.

        Args:
            worker: whether a worker does jobs beside it, as it does for an organiser.
            settings: further `CHECKIN_*` variables.
        """
        port = free_port()
        beside = [] if worker else ["--no-worker"]
        command = ["-m", "checkin", "run", "--port", str(port), *beside]
        environment = {**self.environment, **settings}
        with server(command, port, environment, self.home / "server.log") as pid:
            yield port, pid


def open_venue(store: Store, participants: int, name: str = "marhaba") -> Venue:
    """Load the reference event into a new database, through the organiser's own commands."""
    home = store.folder / f"home-{name}"
    home.mkdir()
    venue = Venue(home, store.url(name), [], [])
    _checkin(venue, "init")
    _checkin(venue, "demo", "--participants", str(participants))
    listed = csv.DictReader(io.StringIO(_checkin(venue, "badges", "codes", "--csv", "-")))
    venue.codes = [row["code"] for row in listed if row["status"] == "confirmed"]
    venue.tokens = [_paired(venue, f"Porte {at % GATES + 1}") for at in range(DEVICES)]
    return venue


def scan_body(code: str) -> dict[str, str]:
    return {
        "scan_id": str(uuid4()),
        "code": code,
        "type": "entry",
        "scanned_at": datetime.now(UTC).isoformat(),
        "source": "camera",
    }


def organiser_cookie(venue: Venue, port: int, number: int = 1) -> str:
    """Sign an organiser in for the first time, as a browser does; return the session's cookie.

    Args:
        number: which organiser; another one has an account of their own.
    """
    email, own = f"bench{number}@example.org", secrets.token_urlsafe(12)
    added = ("operator", "add", email, "--name", "Bench", "--role", "organiser", "--json")
    password = json.loads(_checkin(venue, *added))["password"]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    cookie = _filled_in(connection, "/login", "", email=email, password=password)
    chosen = {"password": own, "again": own}
    cookie = _filled_in(connection, "/account/first-password", cookie, **chosen)
    connection.close()
    return cookie


def _filled_in(
    connection: http.client.HTTPConnection, path: str, cookie: str, **fields: str
) -> str:
    """Send the form of a page and return the cookie from then on."""
    page, given = _asked(connection, "GET", path, "", cookie)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if token is None:
        raise RuntimeError(f"the page {path} has no form")
    form = urlencode({"csrf_token": token[1], **fields})
    return _asked(connection, "POST", path, form, given or cookie)[1]


def _asked(
    connection: http.client.HTTPConnection, method: str, path: str, form: str, cookie: str
) -> tuple[str, str]:
    """Send a request; return the answer's text and the cookies that it sets."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request(method, path, form, headers)
    reply = connection.getresponse()
    text = reply.read().decode()
    if reply.status not in (200, 302, 303):
        raise RuntimeError(f"{method} {path} was answered with {reply.status}")
    given = reply.headers.get_all("Set-Cookie") or []
    return text, "; ".join(one.partition(";")[0] for one in given)


def _paired(venue: Venue, gate: str) -> str:
    device: dict[str, str] = json.loads(_checkin(venue, "device", "add", "--gate", gate, "--json"))
    return device["device_token"]


def _checkin(venue: Venue, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "checkin", *arguments],
        cwd=ROOT,
        env={**os.environ, **venue.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"checkin {arguments[0]} failed:\n{done.stderr[-2000:]}")
    return done.stdout
