"""The key of a hub's sealed database: derived from a passphrase, or of memory alone."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from checkin.db.sealing import KEY_BYTES
from checkin.services.common.private_files import hide_folder

#: in the folder of the installation; without it no passphrase opens anything again
SALT = "hub.salt"
_SALT_BYTES = 16
#: argon2id, RFC 9106's second recommended set: half a second on an old laptop, once at each start
_TIME_COST, _MEMORY_KIB, _LANES = 3, 64 * 1024, 4
LEAST_LETTERS = 10


@dataclass(frozen=True, slots=True)
class HubKeys:
    """The keys of a hub, each 64 hexadecimal digits.

    Attributes:
        database: opens the sealed file.
        master: the installation's master key, which is on no disk either.
    """

    database: str
    master: str


def keys_from(passphrase: str, home: Path) -> HubKeys:
    """Return the keys that a passphrase makes, with the salt of this folder."""
    return _keys(
        hash_secret_raw(
            passphrase.encode(), _salt(home), _TIME_COST, _MEMORY_KIB, _LANES, KEY_BYTES, Type.ID
        )
    )


def keys_of_memory() -> HubKeys:
    """Return new keys, which nobody has once this program ends."""
    return _keys(secrets.token_bytes(KEY_BYTES))


def has_salt(home: Path) -> bool:
    """Say whether a passphrase was chosen for this folder."""
    return (home / SALT).exists()


def erase(home: Path, database: Path) -> None:
    """Erase a hub: the salt first, without which nothing in the files can be opened."""
    for file in (home / SALT, database, *_beside(database)):
        if file.exists():
            with file.open("r+b") as opened:
                opened.write(b"\0" * min(file.stat().st_size, 4096))
                opened.flush()
                os.fsync(opened.fileno())
            file.unlink()


def _beside(database: Path) -> list[Path]:
    return [database.with_name(database.name + end) for end in ("-wal", "-shm")]


def _keys(secret: bytes) -> HubKeys:
    made = HKDF(
        algorithm=hashes.SHA256(), length=2 * KEY_BYTES, salt=None, info=b"marhaba hub"
    ).derive(secret)
    return HubKeys(made[:KEY_BYTES].hex(), made[KEY_BYTES:].hex())


def _salt(home: Path) -> bytes:
    file = home / SALT
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        hide_folder(home)
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as opened:
            opened.write(secrets.token_bytes(_SALT_BYTES))
    return file.read_bytes()
