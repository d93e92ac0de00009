"""SQLite files that are sealed at rest by SQLCipher, as a hub's is.

A sealed file is AES-256 in CBC mode with an HMAC for each page, under a key of 32 bytes that is
nowhere on the disk. The processes of an installation hand the key on in their environment, which
the system shows to nobody but their owner and root, who could read it in their memory, too.
"""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

#: holds the key of this installation's database, as 64 hexadecimal digits; empty: it is not sealed
VARIABLE = "MARHABA_DATABASE_KEY"
KEY_BYTES = 32

#: https://www.sqlite.org/fileformat2.html; a sealed file begins with its random salt
_PLAIN = b"SQLite format 3\0"
_FORM = re.compile("[0-9a-f]{64}")

#: what either driver raises
DRIVER_ERRORS: tuple[type[Exception], ...] = (sqlite3.Error, sqlcipher.Error)


def is_plain(file: Path) -> bool:
    """Say whether a file is a SQLite database that is not sealed.

    Raises:
        FileNotFoundError: there is no such file.
    """
    with file.open("rb") as opened:
        return opened.read(len(_PLAIN)) == _PLAIN


def handed_on_key() -> str:
    """Return the key that the process was started with; "" where the database is not sealed."""
    return os.environ.get(VARIABLE, "")


def driver_for(key: str) -> ModuleType:
    """Return the driver (PEP 249) for a file under this key, or for one that is not sealed."""
    return sqlcipher if key else sqlite3


def unlock(connection: Any, key: str) -> None:
    """Give a new connection the key of its file, before anything else is asked of it.

    Raises:
        ValueError: the key is no 64 hexadecimal digits.
    """
    if not key:
        return
    if not _FORM.fullmatch(key):
        raise ValueError("the key of a sealed database is 64 hexadecimal digits")
    connection.execute(f"PRAGMA key = \"x'{key}'\"")


def connect(address: str, key: str) -> Any:
    """Open a file by its URI, outside of the pools; each statement commits by itself."""
    connection = driver_for(key).connect(address, uri=True, isolation_level=None)
    unlock(connection, key)
    return connection
