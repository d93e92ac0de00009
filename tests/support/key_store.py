"""A key store for a scanner of the tests, asked as a desktop's is: a file outside its folders."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

#: the variable that names the file
FILE = "MARHABA_TEST_KEY_STORE"


class FileKeyStore(KeyringBackend):
    """Keeps what it is given; `priority` says that it encrypts, as a desktop's store does."""

    priority = 5.0  # type: ignore[assignment] # keyring's own backends may compute theirs

    def get_password(self, service: str, username: str) -> str | None:
        """Return what was kept under a name."""
        return self._kept().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password under a name."""
        self._keep(self._kept() | {f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Forget what was kept under a name."""
        kept = self._kept()
        if kept.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError
        self._keep(kept)

    @property
    def _file(self) -> Path:
        return Path(os.environ[FILE])

    def _kept(self) -> dict[str, str]:
        return dict(json.loads(self._file.read_text("utf-8"))) if self._file.exists() else {}

    def _keep(self, kept: dict[str, str]) -> None:
        self._file.write_text(json.dumps(kept), "utf-8")
