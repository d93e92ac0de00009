"""A server as it runs at a venue, at an address of the local network."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from checkin.services.network.certificates.authority import CERTIFICATE, own_authority
from checkin.services.network.certificates.files import pem_of_key
from checkin.services.network.certificates.leaf import signed_leaf
from tests.scanner.server.fake_server import FakeServer
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Begin, Server

ADDRESS = "10.77.0.1"

needs_certutil = pytest.mark.skipif(
    not shutil.which("certutil"),
    reason="needs certutil (Debian, Ubuntu: apt-get install libnss3-tools)",
)


class VenueServer(Server):
    """A server at all addresses of a test's network, over HTTPS with its own authority.

    Args:
        tls: without it, over http.

    Attributes:
        password: the first administrator's, where a test keeps it.
    """

    password = ""

    def __init__(
        self,
        home: Path,
        *,
        address: str = ADDRESS,
        tls: bool = True,
        begin: Begin = by_fork,
        worker: bool = False,
        **settings: str,
    ) -> None:
        super().__init__(home, begin=begin, worker=worker, **settings)
        self._tls = tls
        self.url = f"{'https' if tls else 'http'}://{address}:{self.port}"
        self.folder = home / "tls"
        self._environ["CHECKIN_BASE_URL"] = self.url

    @property
    def authority(self) -> Path:
        """The file that devices have to trust."""
        return self.folder / CERTIFICATE

    def start(self) -> None:
        """Start serving on all addresses, and wait until it answers."""
        arguments = ["run", "--host", "0.0.0.0", "--port", str(self.port)]
        arguments += [*self._of_run, *(["--tls"] if self._tls else [])]
        self._process = self._begin(arguments, self._environ, self._log)
        self.wait_for(self.url)

    def wait_for(self, url: str) -> None:
        """Wait until the server answers at an address whose certificate is right."""
        until = time.monotonic() + 60
        while not self.answers(url):
            assert self._process is not None
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < until, self._log.read_text()
            time.sleep(0.05)

    def answers(self, url: str) -> bool:
        """Say whether it answers at an address, with a certificate that is about it."""
        try:
            return requests.get(f"{url}/healthz", verify=str(self.authority), timeout=2).ok
        except (requests.RequestException, OSError):
            return False

    def arrived(self, token: str) -> int:
        """Return how many people the server has let in."""
        # By the address that stays when a test takes others away.
        url = f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/api/v1/status"
        bearer = {"Authorization": f"Bearer {token}"}
        reply = requests.get(url, headers=bearer, verify=str(self.authority), timeout=10)
        count: int = reply.json()["totals"]["arrived"]
        return count

    def printed(self) -> str:
        """Return what the server said so far."""
        return self._log.read_text()


@contextmanager
def served_with(folder: Path, *names: str) -> Iterator[str]:
    """Serve a page with a certificate for any names, signed by the authority in the folder."""
    authority, key = own_authority(folder, datetime.now(UTC))
    own = ec.generate_private_key(ec.SECP256R1())
    leaf = signed_leaf(authority, key, own, names, datetime.now(UTC))
    (folder / "forged.pem").write_bytes(pem_of_key(own) + leaf.public_bytes(Encoding.PEM))
    with FakeServer() as server:
        server.speak_tls(folder / "forged.pem", folder / "forged.pem")
        yield f"https://127.0.0.1:{server.port}/"


def trusting_home(folder: Path, certificate: Path) -> Path:
    """Return a home folder whose Chromium trusts an authority, as after the steps of /trust."""
    database = folder / ".pki" / "nssdb"
    database.mkdir(parents=True)
    add_to_nss(database, certificate)
    return folder


def add_to_nss(database: Path, certificate: Path) -> None:
    """Add an authority for servers to a database of Mozilla's library, which is made if new."""
    where = ["-d", f"sql:{database}"]
    subprocess.run(["certutil", "-N", "--empty-password", *where], check=True, capture_output=True)
    subprocess.run(
        ["certutil", "-A", *where, "-n", "Marhaba", "-t", "C,,", "-i", str(certificate)],
        check=True,
        capture_output=True,
    )
