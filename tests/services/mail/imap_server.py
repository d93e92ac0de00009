"""A real IMAP server process (Dovecot, where it is installed) with one mailbox."""

from __future__ import annotations

import getpass
import grp
import imaplib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.mail.mail_server import wait_for
from tests.support.servers.server_process import free_port

PASSWORD = "bounces-password"
_CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{home}/mail
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={user} home={home}/mail
}}
"""


@dataclass(frozen=True)
class Mailbox:
    """A running server's only mailbox."""

    url: str
    port: int
    home: Path

    def put(self, *messages: bytes) -> None:
        """Deliver messages, unseen."""
        with self._open() as imap:
            for message in messages:
                imap.append("INBOX", "", "", message)

    def unseen(self) -> int:
        """Return how many messages are not seen."""
        with self._open() as imap:
            imap.select("INBOX")
            return len(imap.search(None, "UNSEEN")[1][0].split())

    def renumber(self) -> None:
        """Give the messages other numbers, as when a mailbox was made anew."""
        numbers = self.home / "mail" / "dovecot-uidlist"
        numbers.write_bytes(re.sub(rb" V(\d+) ", rb" V1 ", numbers.read_bytes(), count=1))
        for index in (self.home / "mail").glob("dovecot.index*"):
            index.unlink()

    @contextmanager
    def _open(self) -> Iterator[imaplib.IMAP4]:
        imap = imaplib.IMAP4("127.0.0.1", self.port)
        imap.login("bounces", PASSWORD)
        try:
            yield imap
        finally:
            imap.logout()


def dovecot() -> str | None:
    """Return the program, None where it is not installed."""
    return shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:/usr/bin")


@contextmanager
def imap_server(home: Path) -> Iterator[Mailbox]:
    """Run Dovecot as the present user, with all its files in `home`."""
    port, config = free_port(), home / "dovecot.conf"
    (home / "mail").mkdir(parents=True)
    # As root, Dovecot insists on users of its own, and on a third one for the mail.
    root = os.getuid() == 0
    me, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    words = {"internal": me, "group": group, "login": me, "user": me}
    if root:
        words = {"internal": "dovecot", "group": "dovecot", "login": "dovenull", "user": "mail"}
        home.chmod(0o755)
        shutil.chown(home / "mail", "mail")
    config.write_text(_CONFIG.format(password=PASSWORD, home=home, port=port, **words))
    server = subprocess.Popen([str(dovecot()), "-F", "-c", str(config)])
    try:
        wait_for(port)
        yield Mailbox(f"imap://bounces:{PASSWORD}@127.0.0.1:{port}", port, home)
    finally:
        server.terminate()
        server.wait(10)
