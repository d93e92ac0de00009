"""A backup as one file: a copy of the database, what it is, and the master key, sealed.

The file is a ZIP archive of three members. `backup.json` says what it is, and the SHA-256 of its
database. The database is a SQLite file, copied by SQLite's own backup while others write, or what
`pg_dump` writes in its custom format. `master.key.json` holds the master key, sealed with
AES-256-GCM under a key that scrypt makes of a passphrase: a stolen backup opens no badge.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from sqlalchemy.engine import URL, make_url

from checkin.db.engine import Database
from checkin.db.migrate import current_revision
from checkin.errors import InvalidRequest, Unavailable
from checkin.protocol.base64url import bytes_of, text_of
from checkin.protocol.version import VERSION
from checkin.services.common.installation_settings import kept_settings
from checkin.services.common.master_key import CHECK_VALUE
from checkin.services.common.private_files import only_ours

FORMAT = 1
MANIFEST, SEALED_KEY = "backup.json", "master.key.json"
#: the member that holds the database, by its kind
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
#: fewer are guessed in days
SHORTEST_PASSPHRASE = 12
#: of scrypt: about a tenth of a second and 32 MiB a guess
_COST = {"n": 2**15, "r": 8, "p": 1}
_PIECE = 2**20
#: what reading an archive raises whose bytes were changed
_DAMAGED = (OSError, EOFError, KeyError, NotImplementedError, zipfile.BadZipFile, zlib.error)
_PROGRAM_TIMEOUT_S = 3_600


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        database: sqlite or postgresql.
        revision: of the schema.
        sha256: of the database's member, hexadecimal.
        key_check: what tells whether a master key is the database's; "" where it does not know.
    """

    format: int
    version: str
    made_at: str
    database: str
    revision: str
    sha256: str
    key_check: str = ""

    @property
    def moment(self) -> datetime:
        """Return when it was made."""
        return datetime.fromisoformat(self.made_at)


def write_backup(
    database: Database,
    file: Path,
    *,
    now: datetime,
    master_key: bytes | None = None,
    passphrase: str = "",
) -> Manifest:
    """Write a backup while others use the database, and open it again to see that it is whole.

    A file of that name is replaced once the new one is complete; until then nothing of it is there.

    Args:
        master_key: to be sealed in it; None leaves it out.

    Raises:
        InvalidRequest: the passphrase is too short.
        Unavailable: a program of PostgreSQL is missing or failed, or the copy is not whole.
    """
    sealed = None if master_key is None else seal_key(master_key, passphrase)
    kind = database.dialect
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        copy, new = Path(folder, DATABASES[kind]), Path(folder, "new")
        _copy_database(database, copy)
        manifest = Manifest(
            format=FORMAT,
            version=VERSION,
            made_at=now.isoformat(),
            database=kind,
            revision=current_revision(database) or "",
            sha256=_sha256(copy),
            key_check=_key_check(database),
        )
        _pack(new, manifest, copy, sealed)
        copy.unlink()
        check_backup(new)
        new.replace(file)
    return manifest


def _key_check(database: Database) -> str:
    with database.read() as session:
        return kept_settings(session).get(CHECK_VALUE, "")


def _pack(new: Path, manifest: Manifest, copy: Path, sealed: Mapping[str, Any] | None) -> None:
    with open(new, "wb", opener=only_ours) as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
            if sealed is not None:
                archive.writestr(SEALED_KEY, json.dumps(sealed))
            packed = manifest.database == "postgresql"  # a dump is compressed already
            how = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            archive.write(copy, DATABASES[manifest.database], how)
        out.flush()
        os.fsync(out.fileno())


def read_manifest(file: Path) -> Manifest:
    """Return what a backup says of itself.

    Raises:
        InvalidRequest: it is no backup of Marhaba's, or of a later format.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = Manifest(**json.loads(archive.read(MANIFEST)))
    except (*_DAMAGED, TypeError, ValueError) as fault:
        raise InvalidRequest(f"{file} is no backup of Marhaba's ({fault})") from None
    if manifest.format != FORMAT or manifest.database not in DATABASES:
        raise InvalidRequest(f"{file} was made by a newer version of Marhaba: use that version")
    return manifest


def check_backup(file: Path) -> Manifest:
    """Open a backup and read all of it: that it is whole, and that its database opens.

    Raises:
        InvalidRequest: it is damaged.
        Unavailable: it holds a database of PostgreSQL, whose `pg_restore` is missing or too old.
    """
    manifest = read_manifest(file)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".check-") as folder:
        unpack_database(file, Path(folder, DATABASES[manifest.database]))
    return manifest


def unpack_database(file: Path, target: Path) -> Manifest:
    """Take the database out of a backup, and check it.

    Raises:
        InvalidRequest: it is damaged.
        Unavailable: it holds a database of PostgreSQL, whose `pg_restore` is missing or too old.
    """
    manifest = read_manifest(file)
    try:
        with (
            zipfile.ZipFile(file) as archive,
            archive.open(DATABASES[manifest.database]) as packed,
            open(target, "wb", opener=only_ours) as out,
        ):
            while piece := packed.read(_PIECE):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
    except _DAMAGED as fault:
        raise InvalidRequest(f"{file} is damaged ({fault})") from None
    if _sha256(target) != manifest.sha256 or not _opens(target, manifest.database):
        raise InvalidRequest(f"{file} is damaged: its database is not the one that was copied")
    return manifest


def seal_key(master_key: bytes, passphrase: str) -> dict[str, Any]:
    """Seal the master key under a passphrase; the result is JSON, and short enough for a QR.

    Raises:
        InvalidRequest: the passphrase is too short.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InvalidRequest(
            f"the passphrase needs {SHORTEST_PASSPHRASE} characters or more: whoever finds the "
            "backup may try as many as they like"
        )
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_key_of(passphrase, salt, _COST)).encrypt(nonce, master_key, _LABEL)
    return {**_COST, "salt": text_of(salt), "nonce": text_of(nonce), "sealed": text_of(sealed)}


def open_key(sealed: Mapping[str, Any], passphrase: str) -> bytes:
    """Return the master key that was sealed.

    Raises:
        InvalidRequest: it is another passphrase, or no sealed key.
    """
    try:
        cost = {name: int(sealed[name]) for name in _COST}
        if cost != _COST:  # of other sizes, a file might ask for all of the memory
            raise InvalidRequest("this sealed key is of a newer version of Marhaba")
        key = _key_of(passphrase, bytes_of(sealed["salt"]), cost)
        return AESGCM(key).decrypt(bytes_of(sealed["nonce"]), bytes_of(sealed["sealed"]), _LABEL)
    except (InvalidTag, KeyError, TypeError, ValueError):
        raise InvalidRequest("this passphrase does not open the key") from None


def sealed_key_in(file: Path) -> dict[str, Any] | None:
    """Return the sealed master key of a backup; None where it has none."""
    with zipfile.ZipFile(file) as archive:
        if SEALED_KEY not in archive.namelist():
            return None
        sealed: dict[str, Any] = json.loads(archive.read(SEALED_KEY))
        return sealed


def add_key(file: Path, sealed: Mapping[str, Any]) -> None:
    """Add the sealed master key to a backup that has none."""
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(SEALED_KEY, json.dumps(sealed))


_LABEL = b"marhaba master key"


def _key_of(passphrase: str, salt: bytes, cost: Mapping[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, **cost).derive(passphrase.encode())


def _copy_database(database: Database, copy: Path) -> None:
    url = make_url(database.direct_url)
    if database.dialect == "sqlite":
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _copy_file(Path(str(url.database)).resolve(), copy)
        return
    run_program("pg_dump", "--format=custom", "--no-owner", f"--file={copy}", url=url)


def _copy_file(source: Path, copy: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(copy)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    except sqlite3.Error as fault:
        raise Unavailable(f"the database cannot be copied: {fault}") from None


def run_program(name: str, *arguments: str, url: URL | None = None) -> None:
    """Run a program of PostgreSQL's, a database's password out of other people's sight.

    Args:
        url: of the database on which it works; None where it reads a file alone.

    Raises:
        Unavailable: it is not installed, or it failed; the sentence ends with its own words.
    """
    database, environment = [], dict(os.environ)
    if url is not None:
        address = url.set(drivername="postgresql", password=None)
        database = [f"--dbname={address.render_as_string(hide_password=False)}"]
        environment |= {"PGPASSWORD": str(url.password)} if url.password else {}
    try:
        subprocess.run(  # noqa: S603 - PostgreSQL's own program, arguments of our own
            [name, *arguments, *database],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=_PROGRAM_TIMEOUT_S,
        )
    except FileNotFoundError:
        raise Unavailable(
            f"{name} is missing: apt-get install postgresql-client, of the server's version"
        ) from None
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{name} did not end within an hour") from None
    except subprocess.CalledProcessError as fault:
        raise Unavailable(f"{name} failed: {fault.stderr.strip()[-500:]}") from None


def _opens(copy: Path, kind: str) -> bool:
    if kind == "sqlite":
        try:
            with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as database:
                return bool(database.execute("PRAGMA quick_check").fetchone() == ("ok",))
        except sqlite3.Error:
            return False
    # Without this program, or with one that is too old, nothing could be put back either.
    run_program("pg_restore", "--list", str(copy))
    return True


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
